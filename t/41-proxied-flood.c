/* t/41-proxied-flood: of many refused connections there is an event a second, and no one is missing in their numbers */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <unistd.h>

#include "shm/clock.h"
#include "t/lib/introduced.h"
#include "t/lib/keeper.h"
#include "t/lib/tap.h"

#define FLOOD_NS	(2500 * NS_PER_MS)

static struct {
	struct cadre_cursor cursor;
	uint64_t	events, tries, lost;
} seen;

/* Whatever has come; more than the ring holds cannot have. */
static void
look(const struct app *a)
{
	struct cadre_shm_event e[16];
	int n;

	while ((n = cadre_region_events(a->region, &seen.cursor, e, 16)) > 0)
		for (int i = 0; i < n; i++) {
			seen.events += e[i].kind == CADRE_EVENT_PEERS;
			if (e[i].kind == CADRE_EVENT_PEERS)
				seen.tries += e[i].tries;
		}
	seen.lost = seen.cursor.lost;
}

static bool
all_told(void *arg)
{
	look(arg);
	return seen.tries == app_total(arg, "refused");
}

static void
flood(const char *options)
{
	struct app *a = keeper_start(2, introduced, options);
	uint64_t begin_ns = clock_now_ns(), end_ns = begin_ns + FLOOD_NS;
	uint64_t sent = 0, seconds;
	int fd;

	memset(&seen, 0, sizeof(seen));
	while (clock_now_ns() < end_ns) {
		fd = introduced_send(a, "GET / HTTP/1.1\r\n", 16);
		sent += introduced_closed(fd);
		close(fd);
		look(a);
	}
	ok(app_wait_total(a, "refused", sent) && app_until(all_told, a),
	    "%s: all %llu are told of", options, (unsigned long long)sent);
	is_u64(seen.tries, sent, "and no more");
	seconds = (clock_now_ns() - begin_ns) / NS_PER_S + 1;
	ok(sent > 20 && seen.events >= 1 && seen.events <= seconds + 1,
	    "by %llu events in %llu s", (unsigned long long)seen.events,
	    (unsigned long long)seconds);
	is_u64(seen.lost, 0, "none was overwritten before we looked");
	is_int(app_stop(a), 0, "the master exits 0");
}

int
main(void)
{
	flood("mode=gate,proxy=127.0.0.1");
	flood("mode=rr,proxy=127.0.0.1");
	return done_testing();
}
