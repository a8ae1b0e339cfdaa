/* SPDX-License-Identifier: BSD-2-Clause */
/* t/28-log-dir: a log directory that is named must be safe, its files stay */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sys/stat.h>

#include <cadre/error.h>

#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

static int
talk(struct cadre_worker *w, void *arg)
{
	dprintf(STDERR_FILENO, "hello\n");
	return app_idle(w, arg);
}

static int
start_and_end(const char *log_dir)
{
	struct cadre_master *m;
	int err;

	cadre_master_new("app", &m);
	cadre_master_workers(m, 1, talk, NULL);
	cadre_master_log_dir(m, log_dir);
	err = cadre_master_start(m);
	if (err == 0 && !probe_up(m, 0, 0))
		err = -ETIMEDOUT;
	cadre_master_free(m);
	return err;
}

int
main(void)
{
	const char *dir = probe_dir();
	char log[128], file[160], other[128], text[64] = "";
	int fd, saved, err, ends[2];

	snprintf(log, sizeof(log), "%s/log", dir);
	snprintf(file, sizeof(file), "%s/seat-0.log", log);
	snprintf(other, sizeof(other), "%s/other", dir);
	err = start_and_end(log);
	is_int(err, -ENOENT, "one that is not there is refused");
	ok(strstr(cadre_error(err), log) != NULL, "by name");
	mkdir(log, 0750);
	is_int(start_and_end(log), 0, "one that is there is taken");
	is_int(start_and_end(log), 0, "and taken again");
	fd = open(file, O_RDONLY);
	ok(read(fd, text, sizeof(text) - 1) > 0, "its file stays");
	is_str(text, "hello\nhello\n", "and was appended to");
	close(fd);
	chmod(log, 0777);
	is_int(start_and_end(log), -EPERM, "one that others write is refused");
	chmod(log, 0750);
	ok(symlink(log, other) == 0 && start_and_end(other) < 0,
	    "a symlink is refused");
	if (pipe(ends) < 0 || (saved = dup(STDERR_FILENO)) < 0)
		bail_out("pipe: %s", strerror(errno));
	dup2(ends[1], STDERR_FILENO);
	err = start_and_end(NULL);
	dup2(saved, STDERR_FILENO);
	is_int(err, 0, "without any it starts");
	is_int(read(ends[0], text, sizeof(text)), 6, "and writes where we do");
	return done_testing();
}
