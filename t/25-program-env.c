/* t/25-program-env: an assignment that cannot be, or is ours, is refused */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <cadre/cadre.h>

#include "t/lib/tap.h"

static const char *const wrong[] = {
	"", "=", "=x", "NAME", "9LIVES=1", "A B=1", "A-B=1", "\303\204=1",
	"A\nB=1", "LISTEN_FDS=3", "LISTEN_PID=1", "LISTEN_FDNAMES=x",
	"NOTIFY_SOCKET=/x", "WATCHDOG_USEC=1", "CADRE_SEAT=1",
	"CADRE_CONTROL=3", "CADRE_MESSAGES=3", "CADRE_NAME=x",
};

int
main(void)
{
	static char large[5000] = "LARGE=", name[5000];
	struct cadre_master *m;
	char text[32];

	if (cadre_master_new("app", &m) < 0)
		bail_out("no master");
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		is_int(cadre_master_env(m, wrong[i]), -EINVAL, "%s", wrong[i]);
		ok(strstr(cadre_error(-EINVAL), "NAME") != NULL ||
		    strstr(cadre_error(-EINVAL), "the runtime itself") != NULL,
		    "%s", cadre_error(-EINVAL));
	}
	is_int(cadre_master_env(m, NULL), -EINVAL, "none");
	memset(name, 'n', sizeof(name) - 1);
	is_int(cadre_master_env(m, name), -EINVAL, "4 KiB and no =");
	ok(strlen(cadre_error(-EINVAL)) < 200, "is said in a line");
	memset(large + strlen(large), 'x', 4900);
	is_int(cadre_master_env(m, large), 0, "a value of 4 KiB is fine");
	is_int(cadre_master_env(m, "_EMPTY="), 0, "and an empty one");
	for (int i = 2; i < CADRE_ENV_MAX; i++) {
		snprintf(text, sizeof(text), "V%d=%d", i, i);
		if (cadre_master_env(m, text) < 0)
			bail_out("only %d fit", i);
	}
	is_int(cadre_master_env(m, "MORE=1"), -ENOSPC, "one too many");
	is_int(cadre_master_env(m, "V2=again"), 0, "another value is no more");
	cadre_master_free(m);
	return done_testing();
}
