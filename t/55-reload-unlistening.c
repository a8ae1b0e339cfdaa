/* t/55-reload-unlistening: of a new version that is ready and accepts nothing, in one seat or in all, no connection is lost */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/lib/background.h"
#include "t/lib/clients.h"
#include "t/lib/command.h"
#include "t/lib/tap.h"
#include "t/lib/version.h"

static const struct version in_one = { "seat 0 closes its listener",
    "test $CADRE_SEAT = 0 && exec $PROGRAM unlistening; "
    "exec $PROGRAM answer", NULL, { "" } };
static const struct version in_all = { "all close their listeners",
    "exec $PROGRAM unlistening", NULL, { "" } };

static void
reload(struct app *a, const struct version *v, const char *mode)
{
	struct command c;

	version_put(a, v);
	is_int(COMMAND(&c, "reload", "--no-canary", "app"), 0, "%s, %s: %s%s",
	    mode, v->name, c.out, c.err);
}

/* What a canary leaves its elder takes: that cannot tell. A probe would. */
static void
loses_nothing(const char *mode)
{
	struct app *a = background_new();
	struct clients *clients;

	version_put(a, &version_good);
	BACKGROUND_START(a, "-i", "2", "--mode", mode, "--wait-ready", "--",
	    version_path(a));
	clients = clients_begin(a, 4);
	ok(clients_go_on(clients, 20), "%s: clients come", mode);
	reload(a, &in_one, mode);
	ok(clients_go_on(clients, 100), "%s: the other seat serves, and what "
	    "waits for this one is rescued", mode);
	reload(a, &in_all, mode);
	reload(a, &version_good, mode);
	ok(clients_go_on(clients, 20), "%s: who waited is served", mode);
	clients_end(clients);
	is_int((int)clients_failed(clients), 0, "%s: none failed of %u", mode,
	    clients_answered(clients));
	is_int(app_stop(a), 0, "%s: the master exits 0", mode);
}

int
main(void)
{
	loses_nothing("spread");
	loses_nothing("gate");
	loses_nothing("rr");
	return done_testing();
}
