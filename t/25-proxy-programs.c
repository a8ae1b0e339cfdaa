/* t/25-proxy-programs: an attached program is told who its peers are as a forked worker is; one that does not attach cannot have proxy= */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/wait.h>

#include "t/lib/exec.h"
#include "t/lib/introduced.h"
#include "t/lib/keeper.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

static const char *options;
static int64_t after_ms = -1;		/* it says itself when it has attached */

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	if (cadre_master_listen(m, "tcp:127.0.0.1:0", options) < 0 ||
	    cadre_master_set(m, CADRE_READY_AFTER_MS, after_ms) < 0)
		exit(99);
}

/* The second listener is the one with the list. */
static void
attached(const char *with)
{
	static struct preface h;
	struct app *a;
	int fd;

	options = with;
	a = EXEC_START(2, config, "introduced");
	ok(app_wait_state(a, 0, CADRE_STATE_UP) &&
	    app_wait_state(a, 1, CADRE_STATE_UP), "%s: both attach", with);
	a->port = keeper_port(a, 1);
	preface_tcp(&h, "2001:db8::1", 40000, "2001:db8::2", 443);
	preface_tlv(&h, 2, "example.org", 11);
	strcpy((char *)h.bytes + h.n, "more");
	fd = introduced_send(a, h.bytes, h.n + 4);
	ok(introduced_as(fd, "2001:db8::1:40000 v2 via 127.0.0.1 to "
	    "2001:db8::2:443 example.org") && introduced_echoes(fd, "more"),
	    "it is told");
	close(fd);
	fd = introduced_send(a, "GET /", 5);
	ok(introduced_closed(fd), "and refuses who says nothing");
	close(fd);
	ok(app_wait_total(a, "refused", 1) && keeper_rests(a, 2), "no load is "
	    "left");
	is_int(app_stop(a), 0, "the master exits 0");
}

int
main(void)
{
	char err[2048] = "";
	int status;

	attached("mode=spread,proxy=127.0.0.1");
	attached("mode=gate,proxy=127.0.0.0/8");
	attached("mode=rr,proxy=127.0.0.1");
	options = "proxy=127.0.0.1";
	after_ms = 50;
	status = EXEC_TRY(config, probe_dir(), err, "plain");
	ok(WIFEXITED(status) && WEXITSTATUS(status) != 0, "of another program "
	    "the start fails");
	ok(strstr(err, "proxy= of tcp:127.0.0.1:") != NULL &&
	    strstr(err, "cadre_worker_attach()") != NULL &&
	    strstr(err, "leave proxy= out") != NULL, "and says what to do: %s",
	    err);
	return done_testing();
}
