/* t/25-privileges-refused: what workers cannot be, or do, fails the start with one line, and leaves nothing */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/stat.h>
#include <sys/wait.h>

#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"
#include "t/lib/user.h"

static const char *below;	/* a directory of root's alone */

static void
locked_dir(struct cadre_master *m)
{
	user_take(m);
	(void)cadre_master_chdir(m, below);
}

static void
locked_program(struct cadre_master *m)
{
	const char *argv[] = { "./true", NULL };

	user_take(m);
	if (chdir(below) < 0 || cadre_master_program(m, 1, argv) < 0)
		exit(97);
}

static void
few_descriptors(struct cadre_master *m)
{
	cadre_master_rlimit(m, "nofile=15");
}

static void
high_limit(struct cadre_master *m)
{
	cadre_master_user(m, USER_TEXT, USER_GROUP);
	cadre_master_rlimit(m, "nofile=unlimited");
}

static void
other_cpu(struct cadre_master *m)
{
	cadre_master_affinity(m, "0-8191");
}

static void
not_root(struct cadre_master *m)
{
	const char *dir = getenv("CADRE_RUNTIME_DIR");

	if (chown(dir, 54322, 54322) < 0 || setgroups(0, NULL) < 0 ||
	    setgid(54322) < 0 || setuid(54322) < 0 ||
	    cadre_master_user(m, USER_TEXT, USER_GROUP) < 0)
		exit(97);
}

static const struct row {
	const char	*what;
	void		(*config)(struct cadre_master *);
	bool		root;
	const char	*says;
} rows[] = {
	{ "a directory it may not enter", locked_dir, true, "cannot enter" },
	{ "a program it may not execute", locked_program, true,
	    "may not execute" },
	{ "fewer descriptors than it needs", few_descriptors, false,
	    "for itself" },
	{ "more than the kernel has", high_limit, true, "nofile=unlimited" },
	{ "a processor that is not ours", other_cpu, false, "may use" },
	{ "another user, by one who may not", not_root, true,
	    "start it as root" },
};

static void
config(struct cadre_master *m, void *arg)
{
	const struct row *r = arg;

	r->config(m);
}

int
main(void)
{
	char top[] = "/tmp/cadre-test-XXXXXX", path[64], err[4096], *nl;
	char dir[64];
	int status;

	if (mkdtemp(top) == NULL || symlink("/bin/true",
	    (snprintf(path, sizeof(path), "%s/true", top), path)) < 0)
		bail_out("mkdtemp");
	below = top;
	for (const struct row *r = rows; r < rows + sizeof(rows) / sizeof(*r);
	    r++) {
		if (r->root && geteuid() != 0) {
			skip(1, "%s: needs root", r->what);
			continue;
		}
		strcpy(dir, "/tmp/cadre-test-XXXXXX");
		if (mkdtemp(dir) == NULL)
			bail_out("mkdtemp");
		status = app_try(1, app_idle, config, (void *)(uintptr_t)r, dir,
		    err, sizeof(err));
		ok(WIFEXITED(status) && WEXITSTATUS(status) == 1, "%s: exit 1",
		    r->what);
		nl = strchr(err, '\n');
		ok(strstr(err, r->says) != NULL && nl != NULL && nl[1] == '\0',
		    "one line: %s", err);
		ok(probe_empty(dir) && rmdir(dir) == 0, "nothing is left");
	}
	unlink(path);
	rmdir(top);
	return done_testing();
}
