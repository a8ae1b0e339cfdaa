/* t/25-program-refused: what cannot run is refused before anything is made */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/stat.h>

#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

static const struct row {
	const char	*name;		/* of a file made here; NULL: none is */
	const char	*text;
	mode_t		mode;
	int		err;
	const char	*says;
} rows[] = {
	{ "text", "hello, world\n", 0755, -ENOEXEC, "neither a program" },
	{ "empty", "", 0755, -ENOEXEC, "neither a program" },
	{ "script", "#!/bin/sh\n", 0644, -EACCES, "chmod +x" },
	{ "lost", "#!/nonexistent/interpreter -x\n", 0755, -ENOENT,
	    "/nonexistent/interpreter" },
	{ "blank", "#! \t\n", 0755, -ENOEXEC, "names no interpreter" },
	{ "loop", "#!./loop\n", 0755, -ENOEXEC, "too many times" },
	{ "of-dir", "#!/tmp\n", 0755, -EACCES, "directory" },
};

static void
refused(struct cadre_master *m, const char *path, int want, const char *says)
{
	const char *argv[] = { path, NULL };

	is_int(cadre_master_program(m, 1, argv), want, "%.40s", path);
	ok(strstr(cadre_error(want), says) != NULL, "%.80s",
	    cadre_error(want));
}

int
main(void)
{
	const char *none[] = { NULL }, *right[] = { "true", NULL };
	char cwd[] = "/tmp/cadre-test-XXXXXX", path[64], longer[5000];
	struct cadre_master *m;
	const char *dir = probe_dir();

	if (mkdtemp(cwd) == NULL || chdir(cwd) < 0 ||
	    cadre_master_new("app", &m) < 0)
		bail_out("%s", strerror(errno));
	for (const struct row *r = rows; r < rows + sizeof(rows) / sizeof(*r);
	    r++) {
		int fd = open(r->name, O_WRONLY | O_CREAT, 0600);

		if (write(fd, r->text, strlen(r->text)) < 0 ||
		    fchmod(fd, r->mode) < 0 || close(fd) < 0)
			bail_out("%s: %s", r->name, strerror(errno));
		snprintf(path, sizeof(path), "./%s", r->name);
		refused(m, path, r->err, r->says);
		unlink(r->name);
	}
	refused(m, "./missing", -ENOENT, "./missing");
	refused(m, "/tmp", -EACCES, "a directory");
	refused(m, "/dev/null", -EACCES, "a special file");
	refused(m, "no-such-program-in-path", -ENOENT, "type its path");
	memset(longer, 'x', sizeof(longer));
	longer[sizeof(longer) - 1] = '\0';
	refused(m, longer, -ENOENT, "type its path");
	is_int(cadre_master_program(m, 1, none), -EINVAL, "no words");
	ok(cadre_master_start(m) < 0, "nothing was set by any of these");
	is_int(cadre_master_program(m, 1, right), 0, "one in PATH is found");
	cadre_master_free(m);
	ok(chdir("/") == 0 && rmdir(cwd) == 0 && probe_empty(dir),
	    "nothing was made");
	return done_testing();
}
