/* t/41-proxied-late: peers in the list that send no header delay nobody, and are closed at its time limit, in any loop */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>

#include <sys/socket.h>

#include "shm/clock.h"
#include "t/lib/introduced.h"
#include "t/lib/keeper.h"
#include "t/lib/tap.h"

#define SILENT	100
#define TURNS	1000	/* of 121 connections, some in many parts */
#define LINE	"PROXY TCP4 192.0.2.1 198.51.100.7 40000 443"

static struct preface h;

static bool
is_served(const struct app *a)
{
	int fd = introduced_line(a, LINE);
	bool good = introduced_as(fd, "192.0.2.1:40000 v1 via 127.0.0.1 to "
	    "198.51.100.7:443 ");

	close(fd);
	return good;
}

/* Byte by byte does not buy more time than nothing. */
static bool
trickles(const struct app *a)
{
	int fd = app_connect(a);
	uint64_t begin_ns = clock_now_ns();
	bool ended = false;
	char byte;

	preface_line(&h, LINE);
	for (size_t i = 0; i < h.n - 1 && !ended; i++) {
		(void)!send(fd, h.bytes + i, 1, MSG_NOSIGNAL);
		poll(NULL, 0, 20);
		ended = recv(fd, &byte, 1, MSG_DONTWAIT) == 0;
	}
	ended = ended || introduced_closed(fd);
	close(fd);
	return ended && clock_now_ns() - begin_ns >= 400 * NS_PER_MS;
}

static void
loop(const char *what, cadre_worker_fn *fn, const char *options)
{
	struct app *a = keeper_start(1, fn, options);
	uint64_t begin_ns = clock_now_ns();
	int fds[SILENT], served = 0, closed = 0;
	struct cadre_shm_event e;

	for (int i = 0; i < SILENT; i++)
		fds[i] = app_connect(a);
	for (int i = 0; i < 20; i++)
		served += is_served(a);
	is_int(served, 20, "%s, %s: others are served", what, options);
	for (int i = 0; i < SILENT; i++) {
		closed += introduced_closed(fds[i]);
		close(fds[i]);
	}
	is_int(closed, SILENT, "those that are silent are closed");
	ok(clock_now_ns() - begin_ns >= 400 * NS_PER_MS, "not before their "
	    "time");
	ok(trickles(a), "one that sends byte by byte as well");
	ok(app_wait_event(a, CADRE_EVENT_PEERS, CADRE_NO_SEAT, &e) &&
	    memmem(e.text, e.text_bytes, "in time", 7) != NULL, "told of");
	ok(app_wait_total(a, "refused", SILENT + 1) && keeper_rests(a, 1),
	    "no load is left");
	is_u64(app_total(a, "requests"), 20, "the application saw the others");
	ok(app_total(a, "turns") < TURNS, "and slept meanwhile: %llu turns",
	    (unsigned long long)app_total(a, "turns"));
	is_int(app_stop(a), 0, "the master exits 0");
}

int
main(void)
{
	loop("wait", introduced, "mode=gate,proxy=127.0.0.1,"
	    "proxy-timeout=400ms");
	loop("wait", introduced, "mode=rr,proxy-timeout=400,proxy=127.0.0.1");
	loop("its own loop", introduced_alone, "mode=spread,proxy=127.0.0.1,"
	    "proxy-timeout=400ms");
	return done_testing();
}
