/* SPDX-License-Identifier: BSD-2-Clause */
/* t/71-doctor-rundir: a directory that a start would refuse; what is left there */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/stat.h>

#include "t/lib/doctor.h"
#include "t/lib/tap.h"

static char *dir, text[512];

static void
below(const char *name)
{
	snprintf(text, sizeof(text), "%s/%s", dir, name);
	setenv("CADRE_RUNTIME_DIR", text, 1);
}

static void well(void) { }
static void to_make(void) { below("new"); }
static void nowhere(void) { below("no/where"); }
static void open_to_all(void) { below("open"); mkdir(text, 0);
    chmod(text, 0777); }
static void sticky(void) { open_to_all(); chmod(text, 01777); }
static void link_to(void) { below("link"); (void)!symlink(dir, text); }
static void file(void) { below("file"); close(creat(text, 0600)); }
static void over_255(void) { snprintf(text, sizeof(text), "%s/%0250d", dir, 0);
    setenv("CADRE_RUNTIME_DIR", text, 1); }
static void over_107(void) { over_255(); text[100] = '\0';
    setenv("CADRE_RUNTIME_DIR", text, 1); }
static void relative(void) { setenv("CADRE_RUNTIME_DIR", ".", 1); }

static const struct place {
	void		(*make)(void);
	const char	*check, *state, *found, *remedy;
} places[] = {
	{ well, "rundir", "ok", "/tmp/", NULL },
	{ well, "rundir_fs", "ok", "locks and sockets", NULL },
	{ well, "rundir_path", "ok", " bytes of 107", NULL },
	{ well, "left_behind", "ok", "none", NULL },
	{ to_make, "rundir", "ok", "the first start makes", NULL },
	{ to_make, "rundir_fs", "unknown", "not there yet", NULL },
	{ nowhere, "rundir", "fail", "No such file", "mkdir -p" },
	{ open_to_all, "rundir", "fail", "others may write", "mode 755" },
	{ sticky, "rundir", "ok", "/open", NULL },
	{ link_to, "rundir", "fail", "a symlink", "CADRE_RUNTIME_DIR=" },
	{ file, "rundir", "fail", "no directory", "CADRE_RUNTIME_DIR=" },
	{ over_255, "rundir", "fail", "longer than 255", "mkdir -p" },
	{ over_107, "rundir_path", "warn", " bytes of 107", "short" },
	{ relative, "rundir_path", "warn", "no slash", "absolute" },
};

int
main(void)
{
	const struct place *p;
	struct command c;
	char lock[600];
	json_t *j;

	dir = command_dir();
	for (p = places; p < places + sizeof(places) / sizeof(*p); p++) {
		doctor(&c, p->make, NULL, &j);
		doctor_is(j, p->check, p->state, p->found, p->remedy);
		json_decref(j);
	}
	snprintf(text, sizeof(text), "rm -rf %s/*", dir);
	(void)!system(text);
	snprintf(text, sizeof(text), "%s/web", dir);
	mkdir(text, 0750);
	snprintf(lock, sizeof(lock), "%s/name", text);
	close(creat(lock, 0600));
	is_int(doctor(&c, NULL, "web", &j), 1, "an app that is gone: 1");
	doctor_is(j, "left_behind", "warn", "1 without a master: web", "rm");
	doctor_is(j, "master", "fail", text, "rm -r");
	doctor_is(j, "workers", "unknown", "no app runs in", NULL);
	json_decref(j);
	unlink(lock);
	rmdir(text);
	is_int(rmdir(dir), 0, "nothing is left behind");
	return done_testing();
}
