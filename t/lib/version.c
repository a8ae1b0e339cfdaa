/* SPDX-License-Identifier: BSD-2-Clause */
/* See version.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/stat.h>

#include "t/lib/exec.h"
#include "t/lib/tap.h"
#include "t/lib/version.h"

/* t/lib/program itself, but it needs a library that is nowhere. */
static void
without_library(int fd)
{
	static const char known[] = "libc.so.6";
	int from = open(exec_path(), O_RDONLY | O_CLOEXEC);
	struct stat st;
	char *bytes, *at;

	if (from < 0 || fstat(from, &st) < 0)
		bail_out("%s: %s", exec_path(), strerror(errno));
	bytes = malloc((size_t)st.st_size);
	if (bytes == NULL ||
	    read(from, bytes, (size_t)st.st_size) != st.st_size)
		bail_out("cannot read %s", exec_path());
	at = memmem(bytes, (size_t)st.st_size, known, sizeof(known));
	if (at == NULL)
		bail_out("%s needs no %s", exec_path(), known);
	at[3] = '-';
	if (write(fd, bytes, (size_t)st.st_size) != st.st_size)
		bail_out("cannot write: %s", strerror(errno));
	free(bytes);
	close(from);
}

static void
not_executable(int fd)
{
	dprintf(fd, "#!/bin/sh\nexit 0\n");
	fchmod(fd, 0600);
}

static void
no_format(int fd)
{
	dprintf(fd, "this is no program\n");
}

const struct version version_good = { "good", "exec $PROGRAM answer", NULL, { "" } };

const struct version versions_bad[] = {
	{ "exit 1", "echo no good >&2; exit 1", NULL,
	    { "exit code 1", "no good" } },
	{ "abort", "kill -ABRT $$", NULL, { "SIGABRT", "is not ready" } },
	{ "hang before ready", "exec sleep 1000", NULL,
	    { "was not ready within the ready timeout", "SIGKILL" } },
	{ "ready, then dies", "exec $PROGRAM brief", NULL,
	    { "did not stay up", "exit code 7" } },
	{ "missing library", NULL, without_library,
	    { "lib-.so.6: cannot open", "exit code 127" } },
	{ "not executable", NULL, not_executable,
	    { "cannot be executed", "chmod +x" } },
	{ "no program", NULL, no_format, { "neither a program", "/program" } },
	{ "refuses its arguments", "exec $PROGRAM no-such-word", NULL,
	    { "no behaviour of that name", "exit code 2" } },
	{ "slow past the deadline", "sleep 30; exec $PROGRAM answer", NULL,
	    { "was not ready within the ready timeout", "SIGKILL" } },
	{ "forks away", "exec $PROGRAM background", NULL,
	    { "go into the background", "exit code 0" } },
};
const unsigned int nversions_bad =
    sizeof(versions_bad) / sizeof(versions_bad[0]);

const char *
version_path(const struct app *a)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/program", a->dir);
	return path;
}

void
version_put(const struct app *a, const struct version *v)
{
	char new[128];
	int fd;

	snprintf(new, sizeof(new), "%s/new", a->dir);
	fd = open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700);
	if (fd < 0)
		bail_out("%s: %s", new, strerror(errno));
	if (v->make != NULL) {
		v->make(fd);
	} else {
		dprintf(fd, "#!/bin/sh\nPROGRAM=%s\n%s\n", exec_path(),
		    v->script);
	}
	if (close(fd) < 0 || rename(new, version_path(a)) < 0)
		bail_out("cannot write the program: %s", strerror(errno));
}
