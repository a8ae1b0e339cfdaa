/* SPDX-License-Identifier: BSD-2-Clause */
/* t/76-acceptor: an acceptor that dies is told of, and so is the next one */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/doctor.h"
#include "t/lib/exec.h"
#include "t/lib/plain.h"
#include "t/lib/tap.h"

static int deaths;

static pid_t
acceptor(json_int_t *ret_restarts)
{
	struct command c;
	json_t *j;
	pid_t pid;

	COMMAND(&c, "stat", "-j", "a");
	j = command_json(&c);
	pid = (pid_t)json_int_at(j, "acceptor_pid");
	*ret_restarts = json_int_at(j, "acceptor_restarts");
	json_decref(j);
	return pid;
}

static bool
is_back(void *arg)
{
	json_int_t restarts;

	return acceptor(&restarts) > 0 && restarts == *(int *)arg;
}

static void
kill_it(void)
{
	json_int_t restarts;
	pid_t pid = acceptor(&restarts);

	deaths++;
	ok(pid > 0 && kill(pid, SIGKILL) == 0, "acceptor %d killed", deaths);
	ok(app_until(is_back, &deaths), "another one is there");
}

int
main(void)
{
	char *dir = plain_dir();
	struct command c;
	json_t *j;

	if (COMMAND(&c, "start", "-n", "a", "-i", "1", "--mode", "rr", "-l",
	    "tcp:127.0.0.1:0", exec_path(), "answer") != 0)
		bail_out("no app: %s", c.err);
	doctor(&c, NULL, "a", &j);
	doctor_is(j, "acceptor", "ok", "respawned 0 times", NULL);
	doctor_is(j, "left_running", "ok", "none", NULL);
	json_decref(j);
	for (int i = 0; i < 3; i++)
		kill_it();
	doctor(&c, NULL, "a", &j);
	doctor_is(j, "acceptor", "warn", "respawned 3 times", "events a");
	json_decref(j);
	COMMAND(&c, "events", "a");
	ok(strstr(c.out, " acceptor (pid ") != NULL, "events tell of it") ||
	    (diag("%s", c.out), 0);
	is_int(COMMAND(&c, "stop", "a"), 0, "its end");
	is_int(rmdir(dir), 0, "nothing is left behind");
	return done_testing();
}
