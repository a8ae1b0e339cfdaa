/* SPDX-License-Identifier: BSD-2-Clause */
/* Long messages in memory of any kind; see sealed.h. */
#include <unistd.h>

#include <sys/mman.h>

#include "runtime/mailbox.h"
#include "t/lib/sealed.h"

static int
memory(const struct sealed *s)
{
	static const char bytes[SEALED_BYTES] = { 1 };
	int fd, p[2];

	if (s->seals == 0)
		return pipe(p) < 0 ? -1 : p[0];
	fd = memfd_create("t", MFD_ALLOW_SEALING | MFD_CLOEXEC);
	if ((s->filled && write(fd, bytes, SEALED_BYTES) != SEALED_BYTES) ||
	    ftruncate(fd, s->there) < 0 ||
	    (s->behind && fallocate(fd, FALLOC_FL_KEEP_SIZE, s->there,
	    2 * SEALED_BYTES) < 0) || fcntl(fd, F_ADD_SEALS, s->seals) < 0)
		_exit(1);
	return fd;
}

/* No call of ours sends such. */
void
sealed_send(struct cadre_mailbox *mb, uint32_t to, uint32_t type,
    const struct sealed *s)
{
	struct wire wire = { .frame = { CADRE_FRAME_VERSION,
	    CADRE_FRAME_MESSAGE, 0, sizeof(wire.head), 0 } };
	struct iovec part = { &wire, sizeof(wire) };
	int fd = memory(s);

	wire.head = (struct cadre__frame_message){ type, to, 0, s->said };
	if (cadre__frame_put(mb->channel.fd, &part, 1, &fd, 1) < 0)
		_exit(1);
	close(fd);
}
