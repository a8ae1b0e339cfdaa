/* t/29-sock: a master that can accept nobody just now lets observers in later, and does not spin */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <unistd.h>

#include <sys/wait.h>

#include <cadre/cadre.h>

#include "t/lib/app.h"
#include "t/lib/nth.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

static struct cadre_master *m;
static pid_t observer;
static int status, turns;

static int
observe(void)
{
	struct cadre_region *region;
	int err = cadre_region_open("app", &region);

	if (err == 0)
		cadre_region_close(region);
	return -err;
}

static bool
observed(void *arg)
{
	(void)arg;
	turns++;
	return cadre_master_dispatch(m) > 0 &&
	    waitpid(observer, &status, WNOHANG) == observer;
}

static bool
fired(void *arg)
{
	(void)arg;
	return cadre_master_dispatch(m) > 0 && nth_fired();
}

/* Of each call the first fails; what the observer is told then. */
static const struct row {
	const char	*call;
	int		err, told;
} rows[] = {
	{ "accept4", EMFILE, 0 }, { "accept4", ECONNABORTED, 0 },
	{ "accept4", EINTR, 0 }, { "epoll_ctl", ENOSPC, -1 },
	{ "open", EMFILE, EMFILE },
};

int
main(void)
{
	probe_dir();
	cadre_master_new("app", &m);
	cadre_master_workers(m, 1, app_idle, NULL);
	ok(cadre_master_start(m) == 0 && probe_up(m, 0, 0), "an app");
	for (const struct row *r = rows; r < rows + sizeof(rows) / sizeof(*r);
	    r++) {
		observer = fork();
		if (observer == 0)
			_exit(observe());
		nth_arm(r->call, 1, r->err);
		ok(app_until(fired, NULL), "%s: %d", r->call, r->err);
		nth_disarm();
		ok(app_until(observed, NULL), "the observer ends");
		if (r->told >= 0)
			is_int(WEXITSTATUS(status), r->told, "it was told");
		else
			ok(WIFEXITED(status), "its connection is shut");
	}
	cadre_master_free(m);
	return done_testing();
}
