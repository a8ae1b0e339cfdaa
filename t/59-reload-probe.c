/* t/59-reload-probe: a version that does not pass the probe serves nobody, and the old workers are not touched */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/restart.h"
#include "t/lib/tap.h"
#include "t/lib/deploy.h"

static const struct bad {
	const char	*version, *probe, *why;
} bad[] = {
	{ "500", NULL, "does not pass the probe: exit code 1: HTTP status 500" },
	{ "mute", NULL, "no answer within 1000 ms" },
	{ "garbage", NULL, "no HTTP answer" },
	{ "closes", NULL, "not ready within the ready timeout" },
	{ "ok-x", "echo not today >&2; exit 4", "exit code 4: not today" },
	{ "ok-x", "kill -9 $$", "signal 9" },
	{ "ok-x", "! { test -d /proc/$CADRE_PROBE_PID && "
	    "test \"$CADRE_SEAT\" -lt 2; }", "exit code 1" },
	{ "exit", NULL, "exit code 3" },
};

/* More than is kept, by the shell itself. */
#define FLOOD	"for i in $(seq 3000); do echo $i 0123456789012345678901234567"\
	" >&2; done; exit 0"

static int
reload(const struct app *a, const char *probe, char *why, size_t bytes)
{
	const struct cadre_reload how = { .probe = probe };

	return ask_restart_end(ask_reload_begin(a, &how), why, bytes);
}

/* Who was withdrawn may still be on its way out. */
struct old {
	const struct app *app;
	uint64_t generations[2];
};

static bool
are_old(void *arg)
{
	const struct old *o = arg;

	return app_generation(o->app, 0) == o->generations[0] &&
	    app_generation(o->app, 1) == o->generations[1];
}

static void
mode(const char *options)
{
	struct app *a = web_start(2, options);
	struct old old = { a, { app_generation(a, 0), app_generation(a, 1) } };
	char why[700];

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		web_deploy(bad[i].version);
		is_int(reload(a, bad[i].probe != NULL ? bad[i].probe :
		    web_probe(), why, sizeof(why)), -ECHILD, "%s, %s: it "
		    "fails", options, bad[i].version);
		ok(strstr(why, bad[i].why) != NULL, "%s", why);
		ok(app_until(are_old, &old), "%s: no seat has another worker",
		    options);
		ok(web_answers(a, "ok-a"), "%s: the old ones answer",
		    options);
	}
	web_deploy("ok-b");
	is_int(reload(a, web_probe(), why, sizeof(why)), 0,
	    "%s: one that passes is taken: %s", options, why);
	ok(web_answers(a, "ok-b"), "%s: it answers", options);
	web_deploy("ok-c");
	is_int(reload(a, FLOOD, why, sizeof(why)), 0, "%s: so is one whose "
	    "probe says too much: %s", options, why);
	is_int(app_stop(a), 0, "%s: the master exits 0", options);
}

int
main(void)
{
	mode("mode=spread");
	mode("mode=gate");
	mode("mode=rr");
	unlink("program");
	return chdir("/") < 0 ? 1 : done_testing();
}
