/* SPDX-License-Identifier: BSD-2-Clause */
/* t/23-port-taken: a port has one app, and the one who comes late is told */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/wait.h>

#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

static const char *const hosts[] = { "127.0.0.1", "*" };

static void
config(struct cadre_master *m, void *address)
{
	if (cadre_master_listen(m, address, NULL) < 0)
		exit(99);
}

/* Both are this user's, so SO_REUSEPORT alone would let them share. */
int
main(void)
{
	struct app *a = app_start(2, app_answer);
	char address[64], dir[] = "/tmp/cadre-test-XXXXXX", err[512], text[64];
	int answered = 0, status;

	if (mkdtemp(dir) == NULL)
		bail_out("mkdtemp: %s", strerror(errno));
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		snprintf(address, sizeof(address), "tcp:%s:%u", hosts[i],
		    a->port);
		status = app_try(1, app_idle, config, address, dir, err,
		    sizeof(err));
		ok(WIFEXITED(status) && WEXITSTATUS(status) == 1,
		    "another app on %s exits 1", address);
		ok(strstr(err, address) != NULL &&
		    strstr(err, "somebody else") != NULL, "says: %s", err);
		ok(strchr(err, '\n') == strrchr(err, '\n'), "in one line");
		ok(probe_empty(dir), "leaves nothing");
	}
	for (int i = 0; i < 40; i++)
		answered += app_ask(a, "hello\n", text, sizeof(text)) > 0;
	is_int(answered, 40, "the first app still gets every connection");
	rmdir(dir);
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
