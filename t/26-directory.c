/* SPDX-License-Identifier: BSD-2-Clause */
/* t/26-directory: a runtime directory that cannot be trusted is refused */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/stat.h>
#include <sys/wait.h>

#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

/* `make` is run by sh where the runtime directory is to be ./base. */
static const struct row {
	const char	*claim, *make;
	const char	*text;		/* in the error; NULL: it starts */
	bool		drop;		/* what root may do is no test */
} rows[] = {
	{ "not there", "true", NULL, false },
	{ "others may write but not remove", "mkdir -m 1777 base", NULL, false },
	{ "left by a dead app", "mkdir -p base/app/log && cd base/app && "
	    "touch sock name alive log/seat-0.log", NULL, false },
	{ "others may write", "mkdir -m 0777 base", "others may", false },
	{ "a symlink", "mkdir else && ln -s else base", "a symlink", false },
	{ "a file", "touch base", "no directory", false },
	{ "the app's is a symlink", "mkdir base else && ln -s ../else base/app",
	    "a symlink", false },
	{ "the app's is a file", "mkdir base && touch base/app",
	    "no directory", false },
	{ "the lock is a symlink", "mkdir -p base/app && touch else && "
	    "ln -s ../../else base/app/name", "/app/name", false },
	{ "its log directory is a symlink", "mkdir -p base/app else && "
	    "ln -s ../../else base/app/log", "app/log is a symlink", false },
	{ "not ours to write", "mkdir -m 0555 base", "Permission denied", true },
};
#define ROWS	(sizeof(rows) / sizeof(rows[0]))

static void
config(struct cadre_master *m, void *row)
{
	if (((const struct row *)row)->drop && geteuid() == 0 &&
	    (setgid(65534) < 0 || setuid(65534) < 0))
		exit(98);
	app_once(m, NULL);
}

int
main(void)
{
	const char *top = probe_dir();
	char dir[128], base[160], app[192], command[512], err[1024];
	struct stat st;
	int status;

	chmod(top, 0755);	/* so that somebody else can get there */
	for (const struct row *r = rows; r < &rows[ROWS]; r++) {
		snprintf(dir, sizeof(dir), "%s/%d", top, (int)(r - rows));
		snprintf(base, sizeof(base), "%s/base", dir);
		snprintf(app, sizeof(app), "%s/app", base);
		snprintf(command, sizeof(command),
		    "mkdir %s && cd %s && %s", dir, dir, r->make);
		if (system(command) != 0)
			bail_out("%s", command);
		status = app_try(1, app_idle, config, (void *)(uintptr_t)r,
		    base, err, sizeof(err));
		is_int(WIFEXITED(status) ? WEXITSTATUS(status) : -1,
		    r->text != NULL, "%s", r->claim);
		if (r->text == NULL)
			ok(lstat(app, &st) < 0, "in the end it is gone");
		else
			ok(strstr(err, r->text) != NULL && strchr(err, '\n') ==
			    err + strlen(err) - 1, "one line: %s", err);
	}
	return done_testing();
}
