/* t/29-odd-requests: a request that makes no sense is answered or costs its connection, nothing else */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>

#include "shm/frame.h"
#include "shm/rundir.h"
#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

/* -EPIPE: the connection is closed. */
static const struct row {
	const char	*what;
	uint16_t	version, type;
	uint32_t	length;
	size_t		bytes;
	int		err;
} rows[] = {
	{ "of a type that is none", 1, 99, 0, 16, -EOPNOTSUPP },
	{ "to attach, with a body", 1, CADRE_FRAME_ATTACH, 8, 24, -EPROTO },
	{ "to stop, without how", 1, CADRE_FRAME_STOP, 0, 16, -EPROTO },
	{ "to stop in no such way", 1, CADRE_FRAME_STOP, 4, 20, -EINVAL },
	{ "to reset, without a seat", 1, CADRE_FRAME_RESET, 0, 16, -EPROTO },
	{ "to reload, cut", 1, CADRE_FRAME_RELOAD, 4, 20, -EPROTO },
	{ "to reload, with more", 1, CADRE_FRAME_RELOAD, 40, 56, -EPROTO },
	{ "to scale, cut", 1, CADRE_FRAME_SCALE, 4, 20, -EPROTO },
	{ "to scale by 0 to -1", 1, CADRE_FRAME_SCALE, 8, 24, -EINVAL },
	{ "to signal, cut", 1, CADRE_FRAME_SIGNAL, 4, 20, -EPROTO },
	{ "to send signal -1", 1, CADRE_FRAME_SIGNAL, 8, 24, -EINVAL },
	{ "that only a worker is sent", 1, CADRE_FRAME_LOG, 0, 16,
	    -EOPNOTSUPP },
	{ "that is an answer", 1, CADRE_FRAME_DONE, 0, 16, -EOPNOTSUPP },
	{ "of a version to come", 2, CADRE_FRAME_ATTACH, 0, 16, -EPIPE },
	{ "that is cut", 1, CADRE_FRAME_ATTACH, 0, 7, -EPIPE },
	{ "longer than it says", 1, CADRE_FRAME_ATTACH, 0, 200, -EPIPE },
	{ "with more than it may have", 1, CADRE_FRAME_STOP, 600, 616, -EPIPE },
	{ "without a byte", 1, 0, 0, 0, -EPIPE },
};

static int
ask(const struct app *a, const struct row *r)
{
	struct cadre__frame f = { r->version, r->type, 77, r->length, 0 };
	struct cadre__frame_error body = { .err = 0 };
	char path[512], bytes[640];
	int dirfd = cadre__rundir_find(a->name, path, sizeof(path)), err;
	struct pollfd p = { cadre__rundir_connect(dirfd), POLLIN, 0 };

	close(dirfd);
	memset(bytes, 0xff, sizeof(bytes));
	memcpy(bytes, &f, sizeof(f));
	if (send(p.fd, bytes, r->bytes, MSG_NOSIGNAL) < 0 ||
	    poll(&p, 1, APP_WAIT_S * 1000) != 1)
		err = -EIO;
	else
		err = cadre__frame_recv(p.fd, &f, &body, sizeof(body), NULL,
		    NULL);
	if (err == 0)
		err = f.type == CADRE_FRAME_ERROR && f.id == 77 ? body.err :
		    -EBADMSG;
	close(p.fd);
	return err;
}

int
main(void)
{
	struct app *a = app_start(1, app_answer);
	uint64_t generation = app_generation(a, 0);
	char answer[64];

	for (const struct row *r = rows; r < rows + sizeof(rows) / sizeof(*r);
	    r++)
		is_int(ask(a, r), r->err, "a request %s", r->what);
	ok(app_ask(a, "hello\n", answer, sizeof(answer)) > 0, "it answers");
	is_u64(app_generation(a, 0), generation, "and has its worker yet");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
