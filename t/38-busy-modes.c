/* t/38-busy-modes: in every mode workers that look before they sleep take their connections, and sleep when these have gone */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <unistd.h>

#include "t/lib/keeper.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

enum { WORKERS = 2, ASKED = 100, AT_ONCE = 4 };

static const char modes[] = "busy mode=gate mode=spread mode=rr mode=least "
    "mode=sticky:addr unix,mode=gate";
static const char *const names[] = { "gate", "spread", "rr", "least",
	"sticky:addr", "gate of a Unix socket" };
enum { MODES = sizeof(names) / sizeof(names[0]) };

/* Of these several wait at a time. */
static int
enter_some(const struct app *a)
{
	int fds[AT_ONCE], kept = 0;

	for (int i = 0; i < AT_ONCE; i++)
		fds[i] = app_connect(a);
	for (int i = 0; i < AT_ONCE; i++)
		kept += fds[i] >= 0 && keeper_greeted(fds[i]) >= 0 &&
		    keeper_echoes(fds[i]);
	for (int i = 0; i < AT_ONCE; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	return kept;
}

int
main(void)
{
	struct app *a = keeper_start(WORKERS, keeper, modes);
	long before[WORKERS];
	int kept;

	for (unsigned int i = 0; i < MODES; i++) {
		a->port = i < MODES - 1 ? keeper_port(a, i) : 0;
		kept = 0;
		for (int n = 0; n < ASKED; n += AT_ONCE)
			kept += enter_some(a);
		is_int(kept, ASKED, "%s: %d are taken, and kept", names[i],
		    ASKED);
	}
	ok(keeper_idle(a, WORKERS, MODES * ASKED), "and let go");
	ok(probe_beats(a, 1), "all is quiet");
	for (unsigned int k = 0; k < WORKERS; k++)
		before[k] = probe_switches(app_pid(a, k));
	ok(probe_beats(a, 1), "time passes");
	for (unsigned int k = 0; k < WORKERS; k++)
		is_int(probe_switches(app_pid(a, k)) - before[k], 0, "seat %u "
		    "does not wake", k);
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
