/* t/96-reloads: 10,000 reloads leave the master no descriptor, no memory and no zombie more, be it of functions or of programs */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "t/lib/exec.h"
#include "t/lib/probe.h"
#include "t/lib/restart.h"
#include "t/lib/tap.h"

enum { RELOADS = 10000, WARM = 1000, NOISE_KIB = 16 };

struct kept {
	int		fds, children;
	long		kib;
};

static void
config(struct cadre_master *m, void *arg)
{
	if ((arg != NULL &&
	    cadre_master_listen(m, "tcp:127.0.0.1:0", arg) < 0) ||
	    cadre_master_set(m, CADRE_MIN_UPTIME_MS, 0) < 0)
		exit(99);
}

/* What it had open for its last client is closed by then. */
static struct kept
measure(const struct app *a)
{
	ok(probe_beats(a, 2), "the master is at rest");
	return (struct kept){
		.fds = probe_fds(a->master),
		.children = probe_children(a->master, 0),
		.kib = probe_status(a->master, "RssAnon"),
	};
}

static unsigned int
reloads(struct app *a, unsigned int n)
{
	unsigned int done = 0;
	char why[700];

	while (done < n && ask_reload(a, CADRE_RELOAD_NO_CANARY, why,
	    sizeof(why)) == 0)
		done++;
	if (done < n)
		diag("reload %u: %s", done + 1, why);
	return done;
}

static void
all(struct app *a, const char *what)
{
	struct kept warm, end;

	ok(app_wait_state(a, 0, CADRE_STATE_UP), "%s: it is up", what);
	is_int((int)reloads(a, WARM), WARM, "%s: so many reloads", what);
	warm = measure(a);
	is_int((int)reloads(a, RELOADS - WARM), RELOADS - WARM, "%s: and the "
	    "others", what);
	end = measure(a);
	is_int(end.fds, warm.fds, "%s: descriptors", what);
	is_int(end.children, 2, "%s: its children: a worker, the acceptor",
	    what);
	ok(end.kib <= warm.kib + NOISE_KIB, "%s: memory: %ld, then %ld KiB",
	    what, warm.kib, end.kib);
	is_u64(app_generation(a, 0), RELOADS + 1, "%s: each had a worker", what);
	is_int(app_stop(a), 0, "%s: the master exits 0", what);
}

int
main(void)
{
	measures("memory");
	all(app_start_with(1, app_idle, config, (void *)(uintptr_t)"mode=rr"),
	    "rr");
	all(EXEC_START(1, config, "answer"), "programs");
	return done_testing();
}
