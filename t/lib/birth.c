/* SPDX-License-Identifier: BSD-2-Clause */
/* Births that fail; see birth.h. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <sys/resource.h>

#include <cadre/cadre.h>

#include "runtime/worker.h"
#include "t/lib/birth.h"
#include "t/lib/nth.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

static struct cadre_master *m;
static int failed;		/* births */
static char words[512];		/* the last of them */

static void
on_event(const struct cadre_shm_event *e, void *arg)
{
	(void)arg;
	if (e->kind != CADRE_EVENT_DIED || e->exit_code != EXIT_SETUP)
		return;
	failed++;
	memcpy(words, e->text, e->text_bytes);
	words[e->text_bytes < sizeof(words) ? e->text_bytes : 0] = '\0';
}

static void
befall(const char *call, unsigned int n)
{
	int before = failed, err = dup(STDERR_FILENO);
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	struct cadre_health h = { .pid = 0 };
	bool up;

	cadre_master_health(m, 0, &h);
	nth_arm_children(call, n, EXFULL);
	kill((pid_t)h.pid, SIGKILL);
	/* Until it has its log, it says why where its master would. */
	dup2(null, STDERR_FILENO);
	up = probe_up(m, 0, h.generation);
	dup2(err, STDERR_FILENO);
	close(err);
	close(null);
	ok(up && nth_fired() && failed == before + 1, "%s %u: it ends, and "
	    "another comes", call, n);
	nth_disarm();
}

void
birth_walk(void (*config)(struct cadre_master *),
    const struct birth_call *calls)
{
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur /= 2;		/* so that the master raises it */
	setrlimit(RLIMIT_NOFILE, &limit);
	probe_dir();
	cadre_master_new("app", &m);
	cadre_master_listen(m, "tcp:127.0.0.1:0", NULL);
	cadre_master_set(m, CADRE_MIN_UPTIME_MS, 0);
	cadre_master_on_event(m, on_event, NULL);
	config(m);
	ok(cadre_master_start(m) == 0 && probe_up(m, 0, 0), "a worker is up");
	for (; calls->call != NULL; calls++)
		for (unsigned int n = 1; n <= calls->n; n++)
			befall(calls->call, n);
	ok(strstr(words, "cannot set up a worker: ") != NULL &&
	    strstr(words, "Exchange full") != NULL,
	    "it said: %s", words);
	cadre_master_free(m);
	m = NULL;
	failed = 0;
}
