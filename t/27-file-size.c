/* SPDX-License-Identifier: BSD-2-Clause */
/* t/27-file-size: a limit of file sizes is an error, not the end by SIGXFSZ */
#include <errno.h>
#include <signal.h>
#include <string.h>

#include <sys/resource.h>

#include <cadre/error.h>

#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

int
main(void)
{
	struct rlimit before, small;
	const char *dir = probe_dir();
	struct cadre_master *m;
	struct sigaction sa;
	int err, fds;

	getrlimit(RLIMIT_FSIZE, &before);
	small = before;
	small.rlim_cur = 16384;
	cadre_master_new("app", &m);
	cadre_master_workers(m, 1, app_idle, NULL);
	fds = probe_fds(0);
	setrlimit(RLIMIT_FSIZE, &small);
	err = cadre_master_start(m);
	setrlimit(RLIMIT_FSIZE, &before);
	is_int(err, -EFBIG, "the start fails");
	ok(strstr(cadre_error(err), "ulimit -f") != NULL, "says: %s",
	    cadre_error(err));
	sigaction(SIGXFSZ, NULL, &sa);
	ok(sa.sa_handler == SIG_DFL, "SIGXFSZ is as it was");
	ok(probe_empty(dir) && probe_fds(0) == fds, "nothing is left");
	is_int(cadre_master_start(m), 0, "without the limit it starts");
	ok(probe_up(m, 0, 0), "and its worker is up");
	cadre_master_free(m);
	return done_testing();
}
