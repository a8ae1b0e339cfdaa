/* t/57-run-signals: what a signal does to a master it does to that of cadre run, too */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <unistd.h>

#include "t/lib/command.h"
#include "t/lib/exec.h"
#include "t/lib/tap.h"

int
main(void)
{
	const char *dir = command_dir();
	struct command c;

	COMMAND_START(&c, "run", "-n", "app", "-i", "2", "--max-workers", "3",
	    "--min-uptime", "0", "--", exec_path(), "answer");
	ok(command_tells(&c, "2 workers ready"), "it runs");
	kill(c.pid, SIGUSR1);
	ok(command_tells(&c, "opened anew"), "USR1 opens logs anew");
	kill(c.pid, SIGHUP);
	ok(command_tells(&c, "reloaded"), "HUP reloads");
	kill(c.pid, SIGTTIN);
	ok(command_tells(&c, "3 workers"), "TTIN: one more");
	kill(c.pid, SIGTTIN);
	ok(command_tells(&c, "SIGTTIN: 4 workers are more"), "TTIN: no more");
	kill(c.pid, SIGTTOU);
	ok(command_tells(&c, "2 workers wanted now"), "TTOU: one less");
	kill(c.pid, SIGTERM);
	ok(command_ends(&c), "TERM stops it");
	is_int(c.code, 0, "with 0");
	is_int(rmdir(dir), 0, "nothing is left");
	return done_testing();
}
