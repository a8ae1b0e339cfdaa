/* t/25-wrong-limits: hang limit, connection limits, overload, busy polling and shed bytes, at their bounds and beyond */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>

#include <cadre/cadre.h>

#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

static const struct row {
	const char	*name;
	enum cadre_option option;
	int64_t		least, most;
} rows[] = {
	{ "CADRE_HANG_MS", CADRE_HANG_MS, 0, 86400000 },
	{ "CADRE_WORKER_CONNECTIONS", CADRE_WORKER_CONNECTIONS, 0, 1000000000 },
	{ "CADRE_APP_CONNECTIONS", CADRE_APP_CONNECTIONS, 0, 1000000000 },
	{ "CADRE_OVERLOAD", CADRE_OVERLOAD, CADRE_OVERLOAD_WAIT,
	    CADRE_OVERLOAD_SHED },
	{ "CADRE_BUSY_POLL_US", CADRE_BUSY_POLL_US, 0, 1000 },
};

int
main(void)
{
	static char bytes[CADRE_SHED_BYTES + 1];
	struct cadre_master *m;

	probe_dir();
	cadre_master_new("app", &m);
	for (const struct row *r = rows;
	    r < rows + sizeof(rows) / sizeof(rows[0]); r++) {
		is_int(cadre_master_set(m, r->option, r->most), 0,
		    "%s: the most", r->name);
		is_int(cadre_master_set(m, r->option, r->most + 1), -EINVAL,
		    "%s: one more", r->name);
		is_int(cadre_master_set(m, r->option, r->least - 1), -EINVAL,
		    "%s: one less than the least", r->name);
		is_int(cadre_master_set(m, r->option, r->least), 0,
		    "%s: the least", r->name);
	}
	is_int(cadre_master_shed(m, bytes, CADRE_SHED_BYTES), 0, "so many "
	    "bytes");
	is_int(cadre_master_shed(m, bytes, CADRE_SHED_BYTES + 1), -EINVAL,
	    "one more");
	is_int(cadre_master_shed(m, NULL, 0), 0, "none");
	cadre_master_workers(m, 1, app_idle, NULL);
	ok(cadre_master_start(m) == 0 && probe_up(m, 0, 0), "it starts");
	is_int(cadre_master_set(m, CADRE_HANG_MS, 1), -EBUSY, "then it is too "
	    "late for an option");
	is_int(cadre_master_shed(m, NULL, 0), -EBUSY, "and for bytes");
	cadre_master_free(m);
	return done_testing();
}
