/* SPDX-License-Identifier: BSD-2-Clause */
/* t/47-bad-frames: a worker that breaks the protocol loses its channel only */
#include <errno.h>
#include <string.h>

#include <sys/socket.h>

#include "shm/frame.h"
#include "t/lib/app.h"
#include "t/lib/tap.h"

/* The first life of seat i sends row i; the seat behind the last is good. */
static const struct row {
	const char	*name;
	uint16_t	version, type;
	uint32_t	length;
	size_t		bytes;		/* really sent */
	bool		fds;
} rows[] = {
	{ "cut", 1, CADRE_FRAME_READY, 0, 7, false },
	{ "of a version to come", 2, CADRE_FRAME_READY, 0, 16, false },
	{ "of an unknown type", 1, 99, 0, 16, false },
	{ "that only a master sends", 1, CADRE_FRAME_DRAIN, 0, 16, false },
	{ "of a log file to come", 1, CADRE_FRAME_LOG, 0, 16, false },
	{ "of a successor", 1, CADRE_FRAME_SUCCEEDED, 0, 16, false },
	{ "that a client sends", 1, CADRE_FRAME_RELOAD, 8, 24, false },
	{ "with a body", 1, CADRE_FRAME_READY, 8, 24, false },
	{ "that is longer than it says", 1, CADRE_FRAME_READY, 0, 60000, false },
	{ "that says more than can be", 1, CADRE_FRAME_READY, ~0U, 16, false },
	{ "that repeats itself", 1, CADRE_FRAME_READY, 0, 16, false },
	{ "that refuses nobody", 1, CADRE_FRAME_REFUSED, 16, 32, false },
	{ "with half a refusal", 1, CADRE_FRAME_REFUSED, 8, 24, false },
	{ "with descriptors", 1, CADRE_FRAME_READY, 0, 16, true },
};
enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

/* On every channel there is: control, and messages. */
static void
misbehave(const struct row *r)
{
	struct cadre__frame frame = { r->version, r->type, 0, r->length, 0 };
	const int fds[] = { 0, 1 };
	char bytes[65536] = "";

	memcpy(bytes, &frame, sizeof(frame));
	/* What is no channel takes neither; a new kernel, no descriptors. */
	for (int fd = 3; fd < 1024; fd++)
		if (!r->fds ||
		    cadre__frame_send(fd, &frame, NULL, fds, 2) == -EPERM)
			(void)!send(fd, bytes, r->bytes, MSG_NOSIGNAL);
}

static int
serve(struct cadre_worker *w, void *arg)
{
	cadre_worker_ready(w);
	if (cadre_worker_generation(w) <= ROWS)
		misbehave(&rows[cadre_worker_seat(w)]);
	return app_answer(w, arg);
}

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	cadre_master_listen(m, "tcp:127.0.0.1:0", NULL);
	cadre_master_set(m, CADRE_MIN_UPTIME_MS, 0);
}

int
main(void)
{
	struct app *a = app_start_with(ROWS + 1, serve, config, NULL);
	struct cadre_shm_event e;
	char answer[64];
	int answered = 0;

	for (unsigned int i = 0; i < ROWS; i++) {
		a->events = (struct cadre_cursor){ 0 };
		ok(app_wait_event(a, CADRE_EVENT_BAD_FRAME, i, &e),
		    "a frame %s is bad", rows[i].name);
		ok(app_wait_respawn(a, i, e.generation), "another one comes");
		answered += app_ask(a, "hello\n", answer, sizeof(answer)) > 0;
	}
	is_int(answered, ROWS, "meanwhile requests are answered");
	is_u64(app_generation(a, ROWS), ROWS + 1, "who behaved is still there");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
