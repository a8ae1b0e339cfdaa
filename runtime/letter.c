/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A message goes with one system call, out of the caller's memory; one that is
 * longer than a frame is put once into a memfd that nobody can change, to
 * however many it goes.
 */
#include "runtime/export.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "runtime/letter.h"
#include "shm/fault.h"

#ifndef MFD_NOEXEC_SEAL			/* Linux 6.3 */
#define MFD_NOEXEC_SEAL	0x0008U
#endif

#define SMALL		512	/* bytes that are copied together in here: that
				   is cheaper than to have the kernel do it */

static int
write_all(int fd, const char *bytes, size_t n)
{
	ssize_t done;

	while (n > 0) {
		done = CADRE_FAULT("letter.write") < 0 ? -1 :
		    write(fd, bytes, n);
		if (done < 0 && errno != EINTR)
			return -errno;
		if (done > 0) {
			bytes += done;
			n -= (size_t)done;
		}
	}
	return 0;
}

int
letter_seal(struct letter *l)
{
	unsigned int flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
	struct rlimit most;
	int fd, err;

	l->memfd = -1;
	if (l->n <= CADRE_MESSAGE_INLINE)
		return 0;
	/* A write beyond it would be the end, by SIGXFSZ. */
	if (getrlimit(RLIMIT_FSIZE, &most) == 0 && l->n > most.rlim_cur)
		return -EFBIG;
	fd = CADRE_FAULT("letter.memfd") < 0 ? -1 :
	    memfd_create("cadre-message", flags | MFD_NOEXEC_SEAL);
	if (fd < 0 && errno == EINVAL)	/* an older kernel */
		fd = memfd_create("cadre-message", flags);
	if (fd < 0)
		return -errno;
	err = write_all(fd, l->bytes, l->n);
	if (err == 0 && (CADRE_FAULT("letter.seal") < 0 ||
	    fcntl(fd, F_ADD_SEALS, LETTER_SEALS) < 0))
		err = -errno;
	if (err < 0)
		close(fd);
	else
		l->memfd = fd;
	return err;
}

void
letter_done(struct letter *l)
{
	if (l->memfd >= 0)
		close(l->memfd);
	l->memfd = -1;
}

static void
wire_fill(struct wire *wire, const struct letter *l)
{
	size_t bytes = sizeof(wire->head);

	if (l->seats != NULL)
		bytes += sizeof(*l->seats);
	if (l->memfd < 0)
		bytes += l->n;
	wire->frame = (struct cadre__frame){
		.version = CADRE_FRAME_VERSION,
		.type = l->frame,
		.id = l->id,
		.length = (uint32_t)bytes,
	};
	wire->head = (struct cadre__frame_message){
		.type = l->type,
		.seat = l->seat,
		.generation = l->generation,
		.bytes = l->n,
	};
}

static int
post_small(struct channel *c, const struct letter *l)
{
	struct {
		struct wire	wire;
		char		bytes[SMALL];
	} all;
	struct sending sending;

	wire_fill(&all.wire, l);
	if (l->n > 0)
		memcpy(all.bytes, l->bytes, l->n);
	sending.parts[0] = (struct iovec){ &all, sizeof(all.wire) + l->n };
	sending.nparts = 1;
	sending.fds = NULL;
	sending.nfds = sending.own = 0;
	sending.relayed = false;
	sending.weight = sizeof(all.wire) + l->n;
	sending.given = false;
	sending.kept = l->kept;
	return channel_post(c, &sending);
}

static int
post_large(struct channel *c, const struct letter *l)
{
	int fds[LETTER_FDS_MAX];
	struct wire wire;
	struct sending sending = {
		.parts = { { &wire, sizeof(wire) } },
		.nparts = 1,
		.fds = l->fds,
		.nfds = l->nfds,
		.weight = sizeof(wire) + l->n,
		.kept = l->kept,
	};

	wire_fill(&wire, l);
	if (l->seats != NULL)
		sending.parts[sending.nparts++] = (struct iovec){
		    (void *)(uintptr_t)l->seats, sizeof(*l->seats) };
	if (l->memfd < 0 && l->n > 0)
		sending.parts[sending.nparts++] = (struct iovec){
		    (void *)(uintptr_t)l->bytes, l->n };
	if (l->memfd >= 0) {
		fds[0] = l->memfd;
		if (l->nfds > 0)
			memcpy(fds + 1, l->fds, l->nfds * sizeof(*fds));
		sending.fds = fds;
		sending.nfds = l->nfds + 1;
		sending.own = 1;
	}
	return channel_post(c, &sending);
}

int
letter_post(struct channel *c, const struct letter *l)
{
	return l->n <= SMALL && l->nfds == 0 && l->seats == NULL ?
	    post_small(c, l) : post_large(c, l);
}
