/* SPDX-License-Identifier: BSD-2-Clause */
/* t/73-stat-sticky: stat says how many came to a sticky listener, and calls none at home who got no seat; and who believes a proxy */
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/command.h"
#include "t/lib/keeper.h"
#include "t/lib/sticky.h"
#include "t/lib/tap.h"

enum { WORKERS = 2, GONE = 30, ASK = 5, PAUSE_MS = 10 };

static struct cadre_shm_intake
came(const struct app *a, uint64_t accepted)
{
	struct cadre_shm_intake in = { .accepted = 0 };

	for (int i = 0; i < APP_WAIT_S * 1000 / PAUSE_MS; i++) {
		if (cadre_region_intake(a->region, 0, &in) == 0 &&
		    in.accepted >= accepted)
			break;
		poll(NULL, 0, PAUSE_MS);
	}
	return in;
}

int
main(void)
{
	struct app *a = keeper_start(WORKERS, sticky_web,
	    "mode=sticky:cookie:sid mode=sticky:proxy,proxy=10.0.0.0/8");
	struct sticky_answer answer;
	struct cadre_shm_intake before, in;
	struct command c;
	char line[128], cookie[32];
	int fd, asked = 0;
	json_t *j;

	ok(sticky_seated(a, WORKERS), "all seats are known");
	before = came(a, 1);
	for (int i = 0; i < GONE; i++)
		if ((fd = sticky_connect(a, 0)) >= 0)
			close(fd);
	for (int i = 0; i < ASK; i++) {
		snprintf(cookie, sizeof(cookie), "sid=%d", i);
		asked += sticky_get(a, 0, "/", cookie, &answer) == 0;
	}
	is_int(asked, ASK, "some ask, with their keys");
	in = came(a, before.accepted + GONE + ASK);
	is_u64(in.accepted, before.accepted + GONE + ASK, "others only came");
	COMMAND(&c, "stat", "-1", "app");
	snprintf(line, sizeof(line), "  accepted %" PRIu64 "  away %" PRIu64
	    "  no key %" PRIu64 "\n", in.accepted, before.away,
	    before.unkeyed);
	ok(strstr(c.out, line) != NULL && strstr(c.out, "home") == NULL,
	    "it says:%s", line) || (diag("%s%s", c.out, c.err), 0);
	COMMAND(&c, "stat", "-j", "app");
	j = command_json(&c);
	ok(json_is_false(json_at(j, "listeners.0.proxy")) &&
	    json_is_true(json_at(j, "listeners.1.proxy")),
	    "the second believes PROXY headers") || (diag("%s", c.out), 0);
	json_decref(j);
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
