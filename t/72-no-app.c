/* SPDX-License-Identifier: BSD-2-Clause */
/* t/72-no-app: without the app it is 3, an empty list is none, JSON is JSON */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <unistd.h>

#include <sys/stat.h>

#include "t/lib/command.h"
#include "t/lib/tap.h"

/* What the demo made for a user without a runtime directory is named. */
static void
elsewhere(void)
{
	char dir[64], want[128];
	struct command c;
	int made;

	unsetenv("CADRE_RUNTIME_DIR");
	unsetenv("XDG_RUNTIME_DIR");
	snprintf(dir, sizeof(dir), "/tmp/cadre-%u", (unsigned int)geteuid());
	snprintf(want, sizeof(want), "CADRE_RUNTIME_DIR=%s ", dir);
	made = mkdir(dir, 0700) == 0;
	is_int(COMMAND(&c, "stat", "no-such-app"), 3, "stat: 3");
	ok(strstr(c.err, want) != NULL, "says where there may be one") ||
	    (diag("%s", c.err), 0);
	if (made)
		rmdir(dir);
}

int
main(void)
{
	static const char *const verbs[] = { "stat", "health", "events",
	    "stop" };
	char *dir = command_dir(), path[128];
	char lock[600];
	struct command c;
	json_t *j;

	is_int(COMMAND(&c, "ls"), 0, "ls of nothing");
	is_str(c.out, "no apps running\n", "and it says so");
	is_int(COMMAND(&c, "ls", "-j"), 0, "ls --json of nothing");
	is_str(c.out, "{\"apps\":[]}\n", "is an empty list");
	for (int i = 0; i < 4; i++) {
		is_int(COMMAND(&c, verbs[i], "web"), 3, "%s: 3", verbs[i]);
		ok(strstr(c.err, "web") != NULL && command_lines(c.err) == 1 &&
		    c.out[0] == '\0', "one line that names it") ||
		    (diag("%s", c.err), 0);
	}
	is_int(COMMAND(&c, "stat", "-j", "web"), 3, "with --json too");
	is_str(c.out, "", "and nothing on standard output");

	/* What a killed master leaves. */
	snprintf(path, sizeof(path), "%s/web", dir);
	mkdir(path, 0750);
	snprintf(lock, sizeof(lock), "%s/name", path);
	close(creat(lock, 0600));
	is_int(COMMAND(&c, "ls"), 0, "ls with a directory left behind");
	ok(strstr(c.out, "web  gone") != NULL, "it is gone") ||
	    (diag("%s", c.out), 0);
	is_int(COMMAND(&c, "ls", "-j"), 0, "the same as JSON");
	j = command_json(&c);
	is_str(json_string_value(json_at(j, "apps.0.state")), "gone", "state");
	ok(json_is_null(json_at(j, "apps.0.master_pid")), "without a master");
	json_decref(j);
	is_int(COMMAND(&c, "stat", "web"), 3, "stat of it: 3");
	is_int(COMMAND(&c, "stop", "web"), 3, "stop of it: 3");
	ok(strstr(c.err, path) != NULL, "and says what it left");
	unlink(lock);
	rmdir(path);
	is_int(rmdir(dir), 0, "nothing else is left behind");
	elsewhere();
	return done_testing();
}
