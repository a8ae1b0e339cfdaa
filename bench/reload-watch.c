/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How many seats of an app are served, looked at each millisecond until TERM:
 * those with a worker that is up. And how many of its reloads ended well or
 * early, by its events. An observer: the app is asked once, at the start.
 *
 *	reload-watch NAME
 *
 * Prints, at the end, one line: looks N least N most N reloads N early N
 */
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <sys/signalfd.h>

#include <cadre/cadre.h>

static struct cadre_region *region;

/*
 * In a reload the one that is up may be the elder. The two rows are read one
 * after the other, and meanwhile one may have passed to the other what the
 * first look missed: it had it, then, at the second.
 */
static bool
is_served(unsigned int seat)
{
	struct cadre_seat_view v;

	for (int look = 0; look < 2; look++)
		if (cadre_region_seat(region, seat, &v) == 0 &&
		    (v.newest.life.state == CADRE_STATE_UP ||
		    v.draining.life.state == CADRE_STATE_UP))
			return true;
	return false;
}

static unsigned int
served(void)
{
	struct cadre_app app;
	unsigned int n = 0;

	cadre_region_app(region, &app);
	for (unsigned int i = 0; i < app.max_workers; i++)
		n += is_served(i);
	return n;
}

static void
events(struct cadre_cursor *at, uint64_t *reloads, uint64_t *early)
{
	struct cadre_shm_event e;

	while (cadre_region_events(region, at, &e, 1) == 1)
		if (e.kind == CADRE_EVENT_RELOADED) {
			bool ends_early = e.text_bytes >= 5 &&
			    memcmp(e.text, "ended", 5) == 0;

			*reloads += !ends_early;
			*early += ends_early;
		}
}

int
main(int argc, char **argv)
{
	uint64_t looks = 0, reloads = 0, early = 0;
	unsigned int n, least = UINT32_MAX, most = 0;
	struct cadre_cursor at = { 0 };
	struct pollfd p = { .events = POLLIN };
	sigset_t term;
	int err;

	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	p.fd = signalfd(-1, &term, SFD_CLOEXEC);
	if (argc != 2 || p.fd < 0) {
		fputs("usage: reload-watch NAME\n", stderr);
		return 2;
	}
	err = cadre_region_open(argv[1], &region);
	if (err < 0)
		return cadre_fail(err);
	do {
		n = served();
		least = n < least ? n : least;
		most = n > most ? n : most;
		looks++;
		events(&at, &reloads, &early);
	} while (poll(&p, 1, 1) == 0);
	printf("looks %" PRIu64 " least %u most %u reloads %" PRIu64
	    " early %" PRIu64 "\n", looks, least, most, reloads, early);
	return 0;
}
