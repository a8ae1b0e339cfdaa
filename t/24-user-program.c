/* t/24-user-program: a program of a user of its own has its descriptors, says that it is ready, attaches and sees its peers */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/stat.h>

#include "t/lib/exec.h"
#include "t/lib/probe.h"
#include "t/lib/restart.h"
#include "t/lib/tap.h"
#include "t/lib/user.h"

static const char want[] =
    "fd 0 null ro\n"
    "fd 1 seat-0.log rw\n"
    "fd 2 seat-0.log rw\n"
    "fd 3 listener rw\n"
    "fd 4 channel rw\n"
    "fd 5 channel rw\n"
    "fd 6 alive ro\n"
    "fd 7 memfd:cadre:app:anchor ro\n";

static const char *const *words;	/* behind the program */

static void
config(struct cadre_master *m, void *arg)
{
	const char *argv[] = { NULL, words[0], words[1], words[2], NULL };

	user_take(m);
	argv[0] = user_program();
	if (arg != NULL)	/* so that they must see each other */
		cadre_master_set(m, CADRE_APP_CONNECTIONS, 10);
	if (cadre_master_listen(m, "tcp:127.0.0.1:0", arg) < 0 ||
	    cadre_master_set(m, CADRE_READY_AFTER_MS, -1) < 0 ||
	    cadre_master_set(m, CADRE_MIN_UPTIME_MS, 50) < 0 ||
	    cadre_master_program(m, 2, argv) < 0)
		exit(99);
}

static void
surroundings(void)
{
	struct app *a;
	char text[65536], *end;

	words = (const char *const[]){ "surroundings", NULL, NULL };
	a = app_start_with(2, app_idle, config, NULL);
	ok(exec_says(a, 0, "told\n"), "it has told");
	text[probe_log(a, 0, text, sizeof(text) - 1)] = '\0';
	ok(strstr(text, "death signal: 15") != NULL, "the death signal is set");
	ok(strstr(text, "env HOME=") == NULL, "it has no HOME of another");
	end = strstr(text, "env:\n");
	if (end != NULL)
		*end = '\0';
	is_str(text, want, "its descriptors");
	user_is(app_pid(a, 0), a->master, "not attached");
	is_int(app_stop(a), 0, "the master exits 0");
}

static void
notify(void)
{
	struct app *a;

	words = (const char *const[]){ "notify", "self", "READY=1" };
	a = app_start_with(2, app_idle, config, NULL);
	ok(app_wait_state(a, 0, CADRE_STATE_UP), "READY=1 is heard");
	is_int(app_stop(a), 0, "the master exits 0");
}

/* The directory is shared with whoever says the same name. */
static void
start_again(void)
{
	struct cadre_master *m;

	cadre_master_new("app", &m);
	cadre_master_workers(m, 1, app_idle, NULL);
	is_int(cadre_master_start(m), -EEXIST, "a second start is refused");
	cadre_master_free(m);
}

static void
attach(void)
{
	struct app *a;
	char why[300], path[128];
	struct stat st;

	words = (const char *const[]){ "answer", NULL, NULL };
	a = app_start_with(2, app_idle, config,
	    (void *)(uintptr_t)"mode=gate");
	for (unsigned int i = 0; i < 2; i++)
		ok(app_wait_state(a, i, CADRE_STATE_UP), "seat %u attaches, "
		    "under a limit of the app", i);
	start_again();
	snprintf(path, sizeof(path), "%s/app", a->dir);
	ok(stat(path, &st) == 0 && (st.st_mode & 0777) == 0751,
	    "the app's directory can be passed through, not listed");
	is_int(ask_reload(a, 0, why, sizeof(why)), 0, "a reload: %s", why);
	for (unsigned int i = 0; i < 2; i++)
		user_is(app_pid(a, i), a->master, "attached, after a reload");
	ok(app_ask(a, "hello\n", why, sizeof(why)) > 0, "they answer");
	is_int(app_stop(a), 0, "the master exits 0");
}

int
main(void)
{
	if (geteuid() != 0)
		skip_all("needs root, to become another user");
	surroundings();
	notify();
	attach();
	return done_testing();
}
