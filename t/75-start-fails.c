/* SPDX-License-Identifier: BSD-2-Clause */
/* t/75-start-fails: 1, exit code and last words; no process, no directory */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "t/lib/app.h"
#include "t/lib/command.h"
#include "t/lib/plain.h"
#include "t/lib/tap.h"

#define DIES	"echo begin >&2; echo 'no database: /srv/db' >&2; exit 3"
#define HALF	"[ $CADRE_SEAT = 1 ] && exit 1; " PLAIN_FOR_EVER

/* All that the command leaves running becomes ours. */
static bool
none_left(void *arg)
{
	(void)arg;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	return waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD;
}

int
main(void)
{
	char *dir = plain_dir();
	struct command c;
	json_t *j;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	is_int(COMMAND(&c, "start", "-n", "f", "-i", "2", "sh", "-c", DIES), 1,
	    "a program that dies at its start: 1");
	ok(strstr(c.err, "exit code 3") != NULL, "its exit code");
	ok(strstr(c.err, "begin\\nno database: /srv/db\n") != NULL,
	    "its last words, escaped once") || (diag("%s", c.err), 0);
	is_int(command_lines(c.err), 1, "in one line");
	is_str(c.out, "", "nothing on standard output");
	ok(none_left(NULL), "no process is left");
	is_int(rmdir(dir), 0, "no directory is left");

	mkdir(dir, 0700);
	is_int(COMMAND(&c, "start", "-n", "h", "-i", "2", "--max-tries", "2",
	    "--ready-after", "1500", "sh", "-c", HALF), 0, "the rest serve: 0");
	ok(strstr(c.err, "1 of 2 seats are parked") != NULL, "a warning") ||
	    (diag("%s", c.err), 0);
	ok(strstr(c.out, "1 worker ready") != NULL, "and what is ready");
	COMMAND(&c, "stat", "-j", "h");
	j = command_json(&c);
	is_str(json_string_value(json_at(j, "seats.1.state")), "parked",
	    "and that is so");
	json_decref(j);
	is_int(COMMAND(&c, "stop", "h"), 0, "stop: 0");
	ok(app_until(none_left, NULL), "no process is left");
	rmdir(dir);
	return done_testing();
}
