/* t/75-seat-listen: cadre start gives any program a door for each seat; what cannot be is refused with what to type */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/app.h"
#include "t/lib/command.h"
#include "t/lib/plain.h"
#include "t/lib/tap.h"

static const struct {
	const char	*words[5], *says;
} bad[] = {
	{ { "--seat-listen", "tcp:127.0.0.1:9000" }, "ends with +N" },
	{ { "--seat-listen", "tcp:127.0.0.1:65535+N", "-i2" },
	    "65535 is the highest" },
	{ { "--seat-listen", "tcp:127.0.0.1:70000+N" },
	    "tcp:127.0.0.1:70000+N: 70000 is no port (0 to 65535); type "
	    "tcp:HOST:PORT+N" },
	{ { "--seat-listen", "9100+N" }, "unix:; type tcp:HOST:PORT+N" },
	{ { "--seat-listen", "127.0.0.1:9100+N" }, "type tcp:HOST:PORT+N" },
	{ { "-l", "tcp:127.0.0.1:9100+N" },
	    "type --seat-listen tcp:127.0.0.1:9100+N" },
	{ { "--seat-listen", "tcp:127.0.0.1:23450+N", "-i2", "-l",
	    "tcp:127.0.0.1:23455" }, "this app has a port of it" },
	{ { "--seat-listen", "unix:/tmp/x-N,mode=rr" }, "nothing left for" },
};

static void
refused(const char *const words[5], const char *says)
{
	const char *all[12] = { "start", "-n", "p" };
	struct command c;
	int n = 3;

	for (int i = 0; i < 5 && words[i] != NULL; i++)
		all[n++] = words[i];
	all[n++] = plain_program();
	all[n++] = "plain";
	command(&c, all);
	ok(c.code == 2 || c.code == 1, "%s: exit code %d", words[1], c.code);
	ok(strstr(c.err, says) != NULL, "it says %s", says) ||
	    (diag("%s%s", c.out, c.err), 0);
	is_int(command_lines(c.err), 1, "in one line");
}

static unsigned int
port_of_doors(void)
{
	struct command c;
	json_t *j;
	unsigned int port;

	COMMAND(&c, "stat", "-j", "p");
	j = command_json(&c);
	is_str(json_string_value(json_at(j, "listeners.0.mode")), "seat",
	    "stat shows them");
	port = plain_port(json_string_value(json_at(j,
	    "listeners.0.address")));
	json_decref(j);
	return port;
}

static const char *
door_of_seat(int seat, struct command *c)
{
	static char door[16];
	char path[32];
	const char *said;
	json_t *j;

	snprintf(path, sizeof(path), "seats.%d.door", seat);
	COMMAND(c, "stat", "-j", "p");
	j = command_json(c);
	said = json_string_value(json_at(j, path));
	snprintf(door, sizeof(door), "%s", said != NULL ? said : "none");
	json_decref(j);
	return door;
}

static bool
has_said(void *path)
{
	char text[64] = "";
	FILE *f = fopen(path, "re");

	if (f == NULL)
		return false;
	(void)!fgets(text, sizeof(text), f);
	fclose(f);
	return strcmp(text, "3 listener0:door:listener2\n") == 0;
}

/* What a program is told of its sockets: doors stand behind the others. */
static void
named(const char *dir)
{
	char shared[128], door[128], file[128], script[256];
	struct command c;

	snprintf(shared, sizeof(shared), "unix:%s/all", dir);
	snprintf(door, sizeof(door), "unix:%s/N", dir);
	snprintf(file, sizeof(file), "%s/said", dir);
	snprintf(script, sizeof(script), "echo $LISTEN_FDS $LISTEN_FDNAMES "
	    ">%s; " PLAIN_FOR_EVER, file);
	is_int(COMMAND(&c, "start", "-n", "q", "-i", "1", "--seat-listen",
	    "tcp:127.0.0.1:0+N,name=door", "--seat-listen", door, "-l", shared,
	    "sh", "-c", script), 0, "another starts%s", c.err);
	ok(app_until(has_said, file), "it was given two doors behind one");
	is_int(COMMAND(&c, "stop", "q"), 0, "its end");
	unlink(file);
}

struct wanted {
	unsigned int	port;
	bool		there;
};

static bool
is_so(void *arg)
{
	const struct wanted *w = arg;

	return (plain_ask(w->port) > 0) == w->there;
}

int
main(int argc, char **argv)
{
	struct command c;
	unsigned int port;
	char *dir;

	plain_main(argc, argv);
	dir = plain_dir();
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		refused(bad[i].words, bad[i].says);
	is_int(COMMAND(&c, "start", "-n", "p", "-i", "2", "--max-workers", "3",
	    "--seat-listen", "tcp:127.0.0.1:0+N,name=door",
	    plain_program(), "plain"), 0, "it starts%s", c.err);
	port = port_of_doors();
	ok(plain_ask(port) > 0 && plain_ask(port + 1) > 0 &&
	    plain_ask(port) != plain_ask(port + 1), "each seat at its own");
	is_int(plain_ask(port + 2), -1, "nobody at a third");
	is_int(COMMAND(&c, "scale", "p", "3"), 0, "one more");
	ok(app_until(is_so, &(struct wanted){ port + 2, true }), "is there");
	is_str(door_of_seat(1, &c), "open", "stat says so");
	is_int(COMMAND(&c, "scale", "p", "1"), 0, "one");
	ok(app_until(is_so, &(struct wanted){ port + 2, false }) &&
	    app_until(is_so, &(struct wanted){ port + 1, false }),
	    "the doors of two are refused");
	is_str(door_of_seat(0, &c), "open", "stat says which is open");
	is_str(door_of_seat(1, &c), "shut", "and which is shut");
	COMMAND(&c, "stat", "-1", "p");
	ok(strstr(c.out, "door shut") != NULL, "the screen, too");
	ok(plain_ask(port) > 0, "and one is there");
	is_int(COMMAND(&c, "stop", "p"), 0, "its end");
	named(dir);
	is_int(rmdir(dir), 0, "nothing is left");
	return done_testing();
}
