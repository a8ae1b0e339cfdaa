/* t/28-proxied-limits: who waits for a PROXY header counts at a limit of connections, and of them there are not more than room */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <unistd.h>

#include "t/lib/introduced.h"
#include "t/lib/keeper.h"
#include "t/lib/tap.h"

#define LIMIT	4
#define ROOM	1024
#define LINE	"PROXY UNKNOWN\r\n"
#define WHO	"127.0.0.1 v1 via 127.0.0.1 to nobody "

static void
limited(struct cadre_master *m, void *arg)
{
	cadre_master_listen(m, "tcp:127.0.0.1:0", arg);
	cadre_master_set(m, CADRE_WORKER_CONNECTIONS, LIMIT);
}

static void
limit(const char *options)
{
	struct app *a = app_start_with(1, introduced, limited,
	    (void *)(uintptr_t)options);
	int fds[LIMIT], next;
	bool good = app_wait_state(a, 0, CADRE_STATE_UP);

	for (int i = 0; i < LIMIT; i++)
		fds[i] = app_connect(a);
	ok(good && app_wait_total(a, "open", LIMIT), "%s: full of silent ones",
	    options);
	next = introduced_send(a, LINE, strlen(LINE));
	(void)!send(fds[0], LINE, strlen(LINE), MSG_NOSIGNAL);
	ok(introduced_as(fds[0], WHO), "who is in is served");
	is_u64(app_total(a, "accepted"), LIMIT, "the next one waits");
	close(fds[1]);
	ok(introduced_as(next, WHO), "until there is room");
	for (int i = 0; i < LIMIT; i++)
		if (i != 1)
			close(fds[i]);
	close(next);
	ok(keeper_rests(a, 1), "no load is left");
	is_u64(app_total(a, "refused"), 0, "and nobody was refused");
	is_int(app_stop(a), 0, "the master exits 0");
}

/* The oldest leaves for the newest; who speaks is served all the time. */
static void
room(void)
{
	static int fds[ROOM + 8];
	struct app *a = keeper_start(1, introduced, "mode=gate,"
	    "proxy=127.0.0.1,proxy-timeout=60s,backlog=4096");
	int n = 0, fd;

	for (int i = 0; i < ROOM + 8; i++)
		n += (fds[i] = app_connect(a)) >= 0;
	is_int(n, ROOM + 8, "more connect than there is room for");
	ok(app_wait_total(a, "refused", 8), "eight had to leave");
	for (int i = 0; i < 8; i++)
		n -= introduced_closed(fds[i]);
	is_int(n, ROOM, "those that had come first");
	fd = introduced_send(a, LINE, strlen(LINE));
	ok(introduced_as(fd, WHO), "one who speaks is served at once");
	close(fd);
	(void)!send(fds[ROOM], LINE, strlen(LINE), MSG_NOSIGNAL);
	ok(introduced_as(fds[ROOM], WHO), "one who waited, when he speaks");
	for (int i = 0; i < ROOM + 8; i++)
		close(fds[i]);
	ok(keeper_rests(a, 1), "no load is left");
	is_int(app_stop(a), 0, "the master exits 0");
}

int
main(void)
{
	limit("mode=gate,proxy=127.0.0.1,proxy-timeout=60s");
	limit("mode=rr,proxy=127.0.0.1,proxy-timeout=60s");
	room();
	return done_testing();
}
