/* t/59-probe-declares: what the master says while a worker declares a metric is not lost: it is asked, and released */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <unistd.h>

#include "t/lib/deploy.h"
#include "t/lib/restart.h"
#include "t/lib/tap.h"

int
main(void)
{
	struct app *a = web_start(1, "mode=spread");
	struct cadre_reload how = { .probe_timeout_ms = 5000 };
	char command[4300], why[700];

	/* The connection is sent before the answer to what is declared. */
	snprintf(command, sizeof(command), ": >asked; %s", web_probe());
	how.probe = command;
	web_deploy("declares");
	is_int(ask_restart_end(ask_reload_begin(a, &how), why, sizeof(why)),
	    0, "the probe reaches it: %s", why);
	ok(web_answers(a, "declares"), "it serves");
	is_int(app_stop(a), 0, "the master exits 0");
	unlink("asked");
	unlink("program");
	return chdir("/") < 0 ? 1 : done_testing();
}
