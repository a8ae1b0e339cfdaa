/* t/51-restart-new-file: a restart runs the file that stands there now */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/stat.h>

#include "t/lib/exec.h"
#include "t/lib/probe.h"
#include "t/lib/restart.h"
#include "t/lib/tap.h"

/* A new file in its place, as a deployment does it. */
static void
program_write(const char *behaviour)
{
	char text[4200];
	int fd;

	snprintf(text, sizeof(text), "#!/bin/sh\necho %s\nexec %s %s\n",
	    behaviour, exec_path(), behaviour);
	fd = open("new", O_WRONLY | O_CREAT | O_EXCL, 0700);
	if (write(fd, text, strlen(text)) < 0 || close(fd) < 0 ||
	    rename("new", "program") < 0)
		bail_out("cannot write the program");
}

static void
config(struct cadre_master *m, void *arg)
{
	static const char *const argv[] = { "./program", NULL };

	(void)arg;
	if (cadre_master_listen(m, "tcp:127.0.0.1:0", NULL) < 0 ||
	    cadre_master_set(m, CADRE_MIN_UPTIME_MS, 60000) < 0 ||
	    cadre_master_program(m, 2, argv) < 0)
		exit(99);
}

int
main(void)
{
	char answer[64], why[300];
	uint64_t generations[2];
	struct app *a;

	if (chdir(probe_dir()) < 0)
		bail_out("no directory");
	program_write("plain");
	a = app_start_with(2, app_idle, config, NULL);
	ok(app_wait_state(a, 0, CADRE_STATE_UP) &&
	    app_wait_state(a, 1, CADRE_STATE_UP), "two run the old one");
	program_write("answer");
	is_int(ask_restart(a, why, sizeof(why)), 0, "a restart");
	for (unsigned int i = 0; i < 2; i++) {
		ok(exec_says(a, i, "answer\n"), "seat %u runs the new one", i);
		generations[i] = app_generation(a, i);
	}
	program_write("unknown");
	ok(ask_restart(a, why, sizeof(why)) < 0, "a bad one: it fails");
	ok(strstr(why, "the new worker of seat 0 is not ready") != NULL &&
	    strstr(why, "0 of 2 seats were replaced") != NULL, "%s", why);
	is_u64(app_generation(a, 1), generations[1], "seat 1 is left alone");
	ok(app_generation(a, 0) > generations[0], "seat 0 tries on");
	ok(app_ask(a, "hello\n", answer, sizeof(answer)) > 0, "it answers");
	program_write("answer");
	is_int(ask_restart(a, why, sizeof(why)), 0, "mended: a restart again");
	ok(app_wait_state(a, 0, CADRE_STATE_UP), "seat 0 is up");
	is_int(app_stop(a), 0, "the master exits 0");
	unlink("program");
	return chdir("/") < 0 ? 1 : done_testing();
}
