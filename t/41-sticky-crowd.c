/* t/41-sticky-crowd: silent peers hold up nobody: the oldest make room, and all are passed on in the end */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sys/resource.h>
#include <sys/socket.h>

#include "t/lib/keeper.h"
#include "t/lib/sticky.h"
#include "t/lib/tap.h"

enum { WORKERS = 2, FILES = 256, SILENT = 120, CLIENTS = 50 };

static bool
crowd_told(struct app *a)
{
	struct cadre_shm_event e;

	while (app_wait_event(a, CADRE_EVENT_PEERS, CADRE_NO_SEAT, &e))
		if (memmem(e.text, e.text_bytes, "too many keys", 13) != NULL)
			return true;
	return false;
}

int
main(void)
{
	struct rlimit limit = { FILES, FILES };
	struct sticky_answer answer;
	int fds[SILENT], answered = 0;
	uint64_t accepted;
	struct app *a;

	/* A quarter of them may be peeked at. */
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		bail_out("setrlimit");
	a = keeper_start(WORKERS, sticky_web,
	    "mode=sticky:cookie:sid,peek-ms=2000");
	ok(sticky_seated(a, WORKERS), "all seats are known");
	accepted = app_total(a, "accepted");
	for (int i = 0; i < SILENT; i++)
		fds[i] = sticky_connect(a, STICKY_CLIENT(i));
	ok(app_wait_total(a, "accepted", accepted + SILENT - FILES / 4),
	    "of %d silent ones the oldest are passed on", SILENT);
	ok(crowd_told(a), "an event says so");
	for (unsigned int i = 0; i < CLIENTS; i++)
		answered += sticky_get(a, 0, "/", "sid=a", &answer) == 0 &&
		    (int)answer.seat == sticky_home_of_text("a", WORKERS);
	is_int(answered, CLIENTS, "meanwhile others are led home");
	ok(app_wait_total(a, "accepted", accepted + SILENT + CLIENTS),
	    "in the end all are passed on");
	answered = 0;
	for (int i = 0; i < SILENT; i++)
		answered += sticky_ask(fds[i], "GET / HTTP/1.1\r\n\r\n",
		    &answer) == 0;
	is_int(answered, SILENT, "and each is answered, when it speaks");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
