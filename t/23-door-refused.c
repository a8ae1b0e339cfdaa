/* t/23-door-refused: an address of seats that cannot be is refused, and who holds one of their ports is named by its seat */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/wait.h>

#include "runtime/door.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"
#include "t/lib/visit.h"

static const struct {
	const char	*address, *options, *says;
} bad[] = {
	{ NULL, NULL, "is missing" },
	{ "", NULL, "is missing" },
	{ "tcp:127.0.0.1:9000", NULL, "ends with +N" },
	{ "tcp:127.0.0.1:9000+M", NULL, "ends with +N" },
	{ "tcp:127.0.0.1:9000+N+N", NULL, "is no port" },
	{ "tcp:127.0.0.1:+N", NULL, "nothing after the last colon" },
	{ "tcp:here:9000+N", NULL, "no IP address" },
	{ "+N", NULL, "neither tcp: nor unix:" },
	{ "unix:/tmp/x.sock", NULL, "exactly one N" },
	{ "unix:/tmp/NN", NULL, "exactly one N" },
	{ "unix:/tmp/N-N", NULL, "exactly one N" },
	{ "unix:@x-N", NULL, "abstract" },
	{ "tcp:127.0.0.1:9000+N", "mode=rr", "nothing left for mode=" },
	{ "tcp:127.0.0.1:9000+N", "stalled=never", "not never" },
	{ "tcp:127.0.0.1:9000+N", "backlog=0", "backlog is" },
	{ "tcp:127.0.0.1:9000+N", "what=1", "unknown option" },
};

static void
config(struct cadre_master *m, void *address)
{
	cadre_master_set(m, CADRE_MAX_WORKERS, 3);
	if (cadre_master_seat_listen(m, address, NULL) < 0)
		_exit(99);
}

static void
starts_not(const char *address, const char *says)
{
	char dir[] = "/tmp/cadre-test-XXXXXX", err[512];
	int status;

	if (mkdtemp(dir) == NULL)
		bail_out("mkdtemp");
	status = app_try(1, app_idle, config, (void *)(uintptr_t)address, dir,
	    err, sizeof(err));
	ok(WIFEXITED(status) && WEXITSTATUS(status) == 1, "%s: exit code 1",
	    address);
	ok(strstr(err, says) != NULL, "says: %s", err);
	ok(strchr(err, '\n') == strrchr(err, '\n'), "in one line");
	ok(probe_empty(dir), "leaves nothing");
	rmdir(dir);
}

int
main(void)
{
	char text[200], seat[200];
	struct cadre_shm_listener l;
	struct cadre_master *m;
	unsigned int port;
	struct app *a;

	cadre_master_new("app", &m);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		is_int(cadre_master_seat_listen(m, bad[i].address,
		    bad[i].options), -EINVAL, "%s", bad[i].address);
		ok(strstr(cadre_error(-EINVAL), bad[i].says) != NULL,
		    "says: %s", cadre_error(-EINVAL));
	}
	is_int(cadre_master_listen(m, "tcp:127.0.0.1:0", "stalled=wait"),
	    -EINVAL, "no such option of a shared one: %s",
	    cadre_error(-EINVAL));
	memset(text, 'x', sizeof(text));
	memcpy(text, "unix:/N-", 8);
	text[110] = '\0';
	is_int(cadre_master_seat_listen(m, text, NULL), -EINVAL, "%s",
	    cadre_error(-EINVAL));
	cadre_master_free(m);

	starts_not("tcp:127.0.0.1:65534+N", "begin at 65533 or lower");
	a = visit_start(1, NULL);
	cadre_region_listener(a->region, VISIT_TCP, &l);
	port = (unsigned int)strtoul(strrchr(l.address, ':') + 1, NULL, 10);
	snprintf(text, sizeof(text), "tcp:127.0.0.1:%u+N", port - 2);
	snprintf(seat, sizeof(seat), "%u, which seat 2 of the 3 ", port);
	starts_not(text, seat);
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
