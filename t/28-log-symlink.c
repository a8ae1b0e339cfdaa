/* t/28-log-symlink: a log file that is a symlink is refused by name, and nothing is written through it */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sys/stat.h>

#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

static char words[512];		/* of the last trouble */

static void
on_event(const struct cadre_shm_event *e, void *arg)
{
	(void)arg;
	if (e->kind == CADRE_EVENT_TROUBLE)
		snprintf(words, sizeof(words), "%.*s", (int)e->text_bytes,
		    e->text);
}

int
main(void)
{
	const char *dir = probe_dir();
	char log[128], file[160], other[128];
	struct cadre_master *m;
	struct stat st;

	snprintf(log, sizeof(log), "%s/log", dir);
	snprintf(file, sizeof(file), "%s/seat-0.log", log);
	snprintf(other, sizeof(other), "%s/other", dir);
	mkdir(log, 0750);
	ok(symlink(other, file) == 0, "seat-0.log is a symlink to nothing");
	cadre_master_new("app", &m);
	cadre_master_workers(m, 1, app_idle, NULL);
	cadre_master_log_dir(m, log);
	cadre_master_on_event(m, on_event, NULL);
	is_int(cadre_master_start(m), 0, "a master starts");
	ok(strstr(words, "seat-0.log: it is a symlink; remove it") != NULL,
	    "its worker does not: %s", words);
	ok(lstat(other, &st) < 0, "nothing was made");
	unlink(file);
	ok(probe_up(m, 0, 0), "removed, its next try succeeds");
	cadre_master_free(m);
	return done_testing();
}
