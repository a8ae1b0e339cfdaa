/* t/75-gen: cadre gen writes what an app has, or says what is missing and what to type */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/command.h"
#include "t/lib/exec.h"
#include "t/lib/plain.h"
#include "t/lib/tap.h"

static int
count(const char *text, const char *word)
{
	int n = 0;

	while ((text = strstr(text, word)) != NULL) {
		text += strlen(word);
		n++;
	}
	return n;
}

#define REFUSED(want, says, ...) do {					\
	struct command c_;						\
	is_int(COMMAND(&c_, "gen", __VA_ARGS__), (want), "exit code");	\
	ok(strstr(c_.err, (says)) != NULL && c_.out[0] == '\0',		\
	    "it says: %s", c_.err);					\
	is_int(command_lines(c_.err), 1, "in one line");		\
} while (0)

static void
usage(void)
{
	REFUSED(2, "gen nginx|haproxy NAME", "nginx");
	REFUSED(2, "no proxy known", "apache", "app");
	REFUSED(2, "cookie, addr or any", "--by", "name", "nginx", "app");
	REFUSED(2, "letters, digits", "--cookie", "a-b", "nginx", "app");
	REFUSED(2, "HOST:PORT", "-l", "here", "nginx", "app");
	REFUSED(2, "HOST:PORT", "-l", "1.2.3.4:99999", "nginx", "app");
	REFUSED(3, "no app called", "nginx", "none");
}

static void
start(const char *const listen[4])
{
	struct command c;

	is_int(COMMAND(&c, "start", "-n", "app", "-i", "2", "--max-workers",
	    "3", "--ready-after", "10000", listen[0], listen[1], listen[2],
	    listen[3], exec_path(), "answer"), 0, "an app%s", c.err);
}

static void
with_doors(const char *dir)
{
	struct command c;
	char file[128], port[32];
	FILE *f;

	start((const char *const[]){ "-l", "tcp:*:0", "--seat-listen",
	    "tcp:*:0+N" });
	is_int(COMMAND(&c, "gen", "nginx", "app"), 0, "of nginx");
	is_int(count(c.out, "# seat "), 2, "the doors of two seats");
	ok(strstr(c.out, "server 0.0.0.0") == NULL, "as one can connect");
	ok(strstr(c.out, "listen 127.0.0.1:8000;") != NULL, "on 8000");
	is_int(COMMAND(&c, "gen", "--all", "--cookie", "me", "-l", "[::1]:80",
	    "haproxy", "app"), 0, "of HAProxy");
	is_int(count(c.out, "\tserver seat"), 3, "the doors of all");
	ok(strstr(c.out, "cookie me insert") != NULL &&
	    strstr(c.out, "bind [::1]:80") != NULL, "as it was asked for");
	REFUSED(2, "no effect", "--by", "any", "--all", "nginx", "app");
	REFUSED(2, "no effect", "--by", "addr", "--cookie", "c", "nginx", "app");
	snprintf(port, sizeof(port), "%u", plain_port(strstr(c.out,
	    "server seat1")));
	REFUSED(2, "which is in", "-l", port, "haproxy", "app");
	REFUSED(1, "cannot write", "-o", "/nowhere/x", "nginx", "app");
	snprintf(file, sizeof(file), "%s/conf", dir);
	is_int(COMMAND(&c, "gen", "-o", file, "haproxy", "app"), 0, "a file");
	f = fopen(file, "re");
	ok(f != NULL && fread(c.err, 1, 18, f) == 18 &&
	    memcmp(c.err, "# haproxy for the ", 18) == 0 &&
	    c.out[0] == '\0', "has it all");
	if (f != NULL)
		fclose(f);
	unlink(file);
	COMMAND(&c, "stop", "app");
}

int
main(void)
{
	char *dir = plain_dir();
	struct command c;

	usage();
	with_doors(dir);
	start((const char *const[]){ "-l", "tcp:127.0.0.1:0", "--name",
	    "app" });
	REFUSED(1, "--seat-listen", "--by", "cookie", "nginx", "app");
	is_int(COMMAND(&c, "gen", "nginx", "app"), 0, "without doors");
	ok(strstr(c.out, "proxy_pass http://app_any;") != NULL &&
	    strstr(c.out, "door") == NULL, "it is what all share");
	REFUSED(2, "--all is about the doors", "--all", "haproxy", "app");
	REFUSED(2, "has none that haproxy", "--cookie", "c", "haproxy", "app");
	COMMAND(&c, "stop", "app");
	start((const char *const[]){ "--name", "app", "-l",
	    "tcp:127.0.0.1:0,proxy=127.0.0.1" });
	is_int(COMMAND(&c, "gen", "nginx", "app"), 1, "nginx sends no PROXY");
	ok(strstr(c.err, "proxy=") != NULL, "it says so: %s", c.err);
	is_int(COMMAND(&c, "gen", "haproxy", "app"), 0, "HAProxy does");
	ok(strstr(c.out, " send-proxy-v2") != NULL &&
	    strstr(c.out, "must list the address") != NULL, "as it shall");
	ok(strstr(c.err, "see that proxy= there lists") != NULL &&
	    command_lines(c.err) == 1, "and says who must be trusted");
	COMMAND(&c, "stop", "app");
	is_int(rmdir(dir), 0, "nothing is left");
	return done_testing();
}
