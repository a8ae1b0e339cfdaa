/* SPDX-License-Identifier: BSD-2-Clause */
/* t/75-privileges: run and start pass on who workers are and within what; what cannot be is refused by name, and nothing is made */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/command.h"
#include "t/lib/tap.h"

static const struct refusal {
	const char	*words[4];
	int		code;
	const char	*says;
} refusals[] = {
	{ { "--user", "no such user" },		2, "no user 'no such user'" },
	{ { "--user", "54321" },		2, "name that, too" },
	{ { "--group", "no such group" },	2, "no group" },
	{ { "--rlimit", "nofile=20:10" },	2, "above the hard one" },
	{ { "--rlimit", "nofile=15" },		2, "for itself" },
	{ { "--rlimit", "files=10" },		2, "NAME of as, core" },
	{ { "--umask", "8" },			2, "octal" },
	{ { "--umask", "01777" },		2, "octal" },
	{ { "--umask", "-1" },			2, "octal" },
	{ { "--chdir", "/nonexistent" },	1, "No such file" },
	{ { "--chdir", "/dev/null" },		1, "no directory" },
	{ { "--cpu-affinity", "all" },		2, "compact, spread" },
	{ { "--cpu-affinity", "0-8191" },	2, "may use" },
	{ { "--pass-env", "HOME" },		2, "--clean-env" },
	{ { "--clean-env", "--pass-env", "A-B" }, 2, "'A-B'" },
	{ { "--clean-env", "--pass-env", "CADRE_SEAT" }, 2, "itself" },
	{ { "--new-privs", "--no-new-privs" },	2, "contradict" },
};

static void
refused(const char *verb, const struct refusal *r)
{
	const char *words[9] = { verb };
	struct command c;
	int n = 1;

	for (int i = 0; i < 4 && r->words[i] != NULL; i++)
		words[n++] = r->words[i];
	words[n++] = "true";
	is_int(command(&c, words), r->code, "%s %s %s: %d", verb, r->words[0],
	    r->words[1], r->code);
	ok(command_lines(c.err) == 1 && c.out[0] == '\0' &&
	    strstr(c.err, r->says) != NULL, "says: %s", r->says) ||
	    (diag("%s", c.err), 0);
}

static void
works(void)
{
	struct command c;

	setenv("OTHER", "no", 1);
	setenv("PASSED", "yes", 1);

	COMMAND_START(&c, "run", "-n", "p", "-i", "1", "--no-new-privs",
	    "--rlimit", "nofile=100:200", "--umask", "027", "--chdir", "/usr",
	    "--cpu-affinity", "spread", "--clean-env", "--pass-env",
	    "PATH,PASSED", "-e", "GIVEN=too", "--", "sh", "-c",
	    "echo $(ulimit -n) $(ulimit -Hn) $(umask) $(pwd) "
	    "${OTHER-none} $PASSED $GIVEN $CADRE_SEAT "
	    "$(grep -c 'NoNewPrivs:.1' /proc/self/status); exec sleep 1000");
	ok(command_says(&c, "100 200 0027 /usr none yes too 0 1\n"),
	    "a program is within all of it") || (diag("%s%s", c.out, c.err), 0);
	kill(-c.pid, SIGTERM);
	ok(command_ends(&c), "it ends");
}

static void
as_user(void)
{
	struct command c;

	COMMAND_START(&c, "run", "-n", "p", "-i", "1", "--user", "54321",
	    "--group", "54323", "--", "sh", "-c",
	    "echo $(id -u) $(id -g) $(id -G) ${HOME-none}; exec sleep 1000");
	ok(command_says(&c, "54321 54323 54323 none\n"), "and as a user") ||
	    (diag("%s%s", c.out, c.err), 0);
	kill(-c.pid, SIGTERM);
	ok(command_ends(&c), "which the master can end");
}

int
main(void)
{
	char *dir = command_dir();

	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		refused(i % 2 == 0 ? "run" : "start", &refusals[i]);
	works();
	if (geteuid() == 0)
		as_user();
	else
		skip(2, "needs root, to become another user");
	is_int(rmdir(dir), 0, "nothing was left");
	return done_testing();
}
