/* t/28-swapped: what is put in the place of a log file or a directory while an app runs is left alone */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/stat.h>

#include "t/lib/app.h"
#include "t/lib/tap.h"

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	if (cadre_master_listen(m, "tcp:127.0.0.1:0", NULL) < 0)
		exit(99);
}

static void
shell(const struct app *a, const char *command)
{
	char line[512];

	snprintf(line, sizeof(line), "cd %s && %s", a->dir, command);
	if (system(line) != 0)
		bail_out("%s", line);
}

static off_t
size_of(const struct app *a, const char *file)
{
	char path[256];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", a->dir, file);
	return lstat(path, &st) == 0 ? st.st_size : -1;
}

int
main(void)
{
	struct app *a = app_start_with(1, app_answer, config, NULL);
	static const char *const kept[] = { "sock", "name", "alive",
	    "log/seat-0.log", "notify-0" };
	struct cadre_shm_event e;
	char answer[64], file[64];

	ok(app_wait_state(a, 0, CADRE_STATE_UP), "a worker is up");
	shell(a, "echo mine >theirs && rm app/log/seat-0.log && "
	    "ln -s ../../theirs app/log/seat-0.log");
	kill(a->master, SIGUSR1);
	ok(app_wait_event(a, CADRE_EVENT_TROUBLE, 0, &e) &&
	    strstr(e.text, "seat-0.log cannot be opened anew: it is a symlink")
	    != NULL, "USR1: %.*s", (int)e.text_bytes, e.text);
	ok(app_ask(a, "print\n", answer, sizeof(answer)) > 0, "it serves, and "
	    "prints");
	is_int(size_of(a, "theirs"), 5, "not there");
	/* Another directory in the app's place: it has the same names. */
	shell(a, "mv app moved && mkdir -p theirs.d/log && cd theirs.d && "
	    "touch sock name alive log/seat-0.log notify-0 && cd .. && "
	    "ln -s theirs.d app");
	ok(app_ask(a, "hello\n", answer, sizeof(answer)) > 0, "it serves yet");
	kill(a->master, SIGTERM);
	is_int(app_wait_end(a), 0, "TERM: it ends with 0");
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		snprintf(file, sizeof(file), "theirs.d/%s", kept[i]);
		is_int(size_of(a, file), 0, "%s is there yet", file);
	}
	ok(size_of(a, "app") > 0, "and the symlink");
	is_int(size_of(a, "moved/sock"), -1, "its own are gone");
	shell(a, "rm -r theirs theirs.d app moved");
	app_free(a);
	return done_testing();
}
