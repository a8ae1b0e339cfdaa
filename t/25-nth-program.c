/* t/25-nth-program: whichever call fails before a program's fork, the reason is told, and nothing is left */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <cadre/cadre.h>

#include "t/lib/app.h"
#include "t/lib/exec.h"
#include "t/lib/nth.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

/* Of these calls the n-th is needed, counted from the first fork on. */
static const struct row {
	const char	*call;
	unsigned int	n;
} rows[] = {
	{ "openat", 1 }, { "fstat", 1 }, { "socketpair", 1 },
	{ "socketpair", 2 }, { "setsockopt", 2 }, { "socket", 1 },
	{ "setsockopt", 4 }, { "bind", 1 }, { "getsockname", 1 },
	{ "calloc", 1 }, { "fork", 1 }, { "pidfd_open", 1 },
	{ "epoll_ctl", 1 }, { "epoll_ctl", 2 }, { "epoll_ctl", 3 },
	{ "epoll_ctl", 4 },
};

static char trouble[512];

static void
on_event(const struct cadre_shm_event *e, void *arg)
{
	const struct row *r = arg;

	if (e->kind == CADRE_EVENT_STARTED)
		nth_arm(r->call, r->n, EXFULL);
	if (e->kind == CADRE_EVENT_TROUBLE)
		cadre_event_text(e, trouble, sizeof(trouble));
}

/* It would try again in a second. */
static void
befall(const struct row *r)
{
	const char *const argv[] = { exec_path(), "mute", NULL };
	struct cadre_health h = { .pid = -1 };
	struct cadre_master *m;
	int err;

	cadre_master_new("app", &m);
	cadre_master_program(m, 1, argv);
	cadre_master_on_event(m, on_event, (void *)(uintptr_t)r);
	trouble[0] = '\0';
	err = cadre_master_start(m);
	nth_disarm();
	ok(err == 0 && nth_fired() && strstr(trouble, "cannot fork") != NULL,
	    "%s %u: %s", r->call, r->n, trouble);
	ok(cadre_master_health(m, 0, &h) == 0 && h.pid == 0 &&
	    h.state == CADRE_STATE_BACKOFF, "there is no worker, but a wait");
	cadre_master_free(m);
}

int
main(void)
{
	const char *dir = probe_dir();
	int fds;

	befall(&rows[0]);		/* what is opened once stays open */
	fds = probe_fds(0);
	for (const struct row *r = rows; r < rows + sizeof(rows) / sizeof(*r);
	    r++)
		befall(r);
	is_int(probe_fds(0), fds, "no descriptor is left");
	is_int(probe_children(getpid(), 0), 0, "no child");
	ok(probe_empty(dir), "no file");
	return done_testing();
}
