/* t/75-gen-unix: cadre gen says who must be let in at Unix sockets, and names none by a relative path */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/stat.h>

#include "t/lib/command.h"
#include "t/lib/exec.h"
#include "t/lib/plain.h"
#include "t/lib/tap.h"

int
main(void)
{
	char *dir = plain_dir(), door[128], file[160], line[200];
	struct command c;
	struct stat st;

	if (chdir(dir) < 0)
		bail_out("chdir");
	snprintf(door, sizeof(door), "unix:%s/N.sock,socket-mode=0660", dir);
	is_int(COMMAND(&c, "start", "-n", "app", "-i", "2", "--ready-after",
	    "10000", "-l", "unix:web.sock", "--seat-listen", door, exec_path(),
	    "answer"), 0, "an app%s", c.err);
	snprintf(file, sizeof(file), "%s/1.sock", dir);
	ok(stat(file, &st) == 0 && (st.st_mode & 0777) == 0660,
	    "%s can be had by its group", file);
	is_int(COMMAND(&c, "gen", "nginx", "app"), 0, "its configuration");
	snprintf(line, sizeof(line), "server unix:%s max_fails=0;", file);
	ok(strstr(c.out, line) != NULL, "has %s", line);
	ok(strstr(c.out, "socket-mode=0660") != NULL, "and who must be let in");
	ok(strstr(c.out, "web.sock") == NULL &&
	    strstr(c.err, "unix:/DIR/FILE") != NULL,
	    "not what is relative: %s", c.err);
	is_int(COMMAND(&c, "gen", "--by", "any", "haproxy", "app"), 1,
	    "nothing else is shared");
	COMMAND(&c, "stop", "app");
	ok(chdir("/") == 0 && rmdir(dir) == 0, "nothing is left");
	return done_testing();
}
