/* t/25-wrong-values: what is out of range is refused, and the app starts without it */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>

#include <cadre/cadre.h>

#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

static struct cadre_master *m;

static void
refused(int err, int want, const char *says)
{
	is_int(err, want, "%s: %s", strerrorname_np(-want),
	    err < 0 ? cadre_error(err) : "not refused");
	ok(err < 0 && strstr(cadre_error(err), says) != NULL, "it says %s",
	    says);
}

int
main(void)
{
	const char *const none[] = { NULL }, *const empty[] = { "", NULL };
	struct cadre_counter *c;
	struct cadre_gauge *g;
	char options[1100];

	probe_dir();
	refused(cadre_master_new(NULL, &m), -EINVAL, "(none) is no name");
	refused(cadre_master_new("-a", &m), -EINVAL, "-a is no name");
	cadre_master_new("app", &m);
	refused(cadre_master_workers(m, 99999, app_idle, NULL), -EINVAL,
	    "99999");
	refused(cadre_master_workers(m, -99999, app_idle, NULL), -EINVAL,
	    "-99999");
	refused(cadre_master_workers(m, 1, NULL, NULL), -EINVAL, "missing");
	refused(cadre_master_program(m, 99999, none), -EINVAL, "99999");
	refused(cadre_master_program(m, 1, NULL), -EINVAL, "there is none");
	refused(cadre_master_program(m, 1, none), -EINVAL, "there is none");
	refused(cadre_master_program(m, 1, empty), -EINVAL, "there is none");
	refused(cadre_master_set(m, CADRE_OPTIONS, 1), -EINVAL, "no option");
	refused(cadre_master_set(m, (enum cadre_option)-1, 1), -EINVAL, "-1");
	refused(cadre_master_set(m, CADRE_MAX_WORKERS, 0), -EINVAL, "not 0");
	refused(cadre_master_set(m, CADRE_SUBREAPER, 2), -EINVAL, "not 2");
	refused(cadre_master_set(m, CADRE_SIGNALS, 2), -EINVAL, "not 2");
	refused(cadre_master_log_dir(m, ""), -EINVAL, "is missing");
	refused(cadre_master_keep_fd(m, -1), -EBADF, "-1 is not open");
	refused(cadre_master_slot_bytes(m, 8), -EINVAL, "16 bytes");
	refused(cadre_master_counter(m, NULL, NULL, NULL, &c), -EINVAL, "name");
	refused(cadre_master_counter(m, "requests", "ms", NULL, &c), -EEXIST,
	    "something else");
	refused(cadre_master_gauge(m, "requests", NULL, NULL, &g), -EEXIST,
	    "something else");
	cadre_master_set(m, CADRE_BACKOFF_FIRST_MS, 200);
	cadre_master_set(m, CADRE_BACKOFF_MAX_MS, 100);
	cadre_master_workers(m, 1, app_idle, NULL);
	refused(cadre_master_start(m), -EINVAL, "is longer than the longest");
	cadre_master_set(m, CADRE_BACKOFF_MAX_MS, 200);
	memset(options, 'x', sizeof(options) - 1);
	options[sizeof(options) - 1] = '\0';
	refused(cadre_master_listen(m, "unix:@y", options), -EINVAL,
	    "too long");
	cadre_master_set(m, CADRE_MAX_WORKERS, 1);
	cadre_master_workers(m, 2, app_idle, NULL);
	refused(cadre_master_start(m), -EINVAL, "2 workers are more than");
	cadre_master_workers(m, 1, app_idle, NULL);
	ok(cadre_master_start(m) == 0 && probe_up(m, 0, 0), "then it starts");
	refused(cadre_master_stop(m, (enum cadre_stop)3), -EINVAL,
	    "no such way");
	refused(cadre_master_health(m, 1, &(struct cadre_health){ 0 }), -ENOENT,
	    "no seat 1");
	cadre_master_free(m);
	return done_testing();
}
