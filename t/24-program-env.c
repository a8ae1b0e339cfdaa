/* t/24-program-env: a program's environment is the master's, less its own */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "t/lib/exec.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

/* What a service manager meant for the master, and what cadre sets anew. */
static const char *const own[] = {
	"LISTEN_FDS=7", "LISTEN_PID=8", "LISTEN_FDNAMES=x:y", "LISTEN_PIDFDID=9",
	"NOTIFY_SOCKET=/run/systemd/notify", "WATCHDOG_USEC=1", "WATCHDOG_PID=2",
	"CADRE_NAME=other", "CADRE_SEAT=5", "CADRE_CONTROL=6",
	"CADRE_MESSAGES=7",
};
#define OWN	(sizeof(own) / sizeof(own[0]))

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	for (size_t i = 0; i < OWN; i++)
		putenv((char *)(uintptr_t)own[i]);
	putenv((char *)(uintptr_t)"PLAIN=kept");
	putenv((char *)(uintptr_t)"REPLACED=old");
	putenv((char *)(uintptr_t)"REPLACED_NOT=kept");
	if (cadre_master_listen(m, "tcp:127.0.0.1:0", "name=web") < 0 ||
	    cadre_master_env(m, "REPLACED=once") < 0 ||
	    cadre_master_env(m, "NEW=a=b c") < 0 ||
	    cadre_master_env(m, "REPLACED=twice") < 0)
		exit(99);
}

int
main(void)
{
	struct app *a = EXEC_START(1, config, "surroundings");
	char text[65536], want[256];
	const char *const wants[] = {
		"LISTEN_FDS=2\n", "LISTEN_FDNAMES=listener0:web\n",
		"CADRE_NAME=app\n", "CADRE_SEAT=0\n", "CADRE_CONTROL=5\n",
		"CADRE_MESSAGES=6\n", "PLAIN=kept\n", "REPLACED=twice\n",
		"REPLACED_NOT=kept\n", "NEW=a=b c\n",
	};
	int there = 0, equals = 0;
	long n;

	ok(exec_says(a, 0, "told\n"), "the worker has told");
	n = probe_log(a, 0, text, sizeof(text) - 1);
	text[n > 0 ? n : 0] = '\0';
	for (size_t i = 0; i < sizeof(wants) / sizeof(wants[0]); i++) {
		snprintf(want, sizeof(want), "\nenv %s", wants[i]);
		ok(strstr(text, want) != NULL, "%s", wants[i]);
	}
	snprintf(want, sizeof(want), "\nenv NOTIFY_SOCKET=%s/app/notify-0\n",
	    a->dir);
	ok(strstr(text, want) != NULL, "NOTIFY_SOCKET is one of its own");
	ok(strstr(text, "LISTEN_PID is right") != NULL, "LISTEN_PID is its pid");
	for (size_t i = 0; i < OWN; i++) {
		snprintf(want, sizeof(want), "\nenv %s\n", own[i]);
		there += strstr(text, want) != NULL;
	}
	is_int(there, 0, "nothing that was meant for the master");
	for (const char *at = text; (at = strstr(at, "\nenv REPLACED=")) != NULL;
	    at++)
		equals++;
	is_int(equals, 1, "a replaced variable is there once");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
