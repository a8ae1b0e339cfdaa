/* SPDX-License-Identifier: BSD-2-Clause */
/* t/41-answers-counted: over 200 kills, what clients got is what was counted */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/mman.h>
#include <sys/wait.h>

#include "t/lib/app.h"
#include "t/lib/tap.h"

#define KILLS	200
#define WORKERS	4
#define CLIENTS	2

struct tally {			/* shared with the clients */
	int	stop;
	uint64_t answers, failures;
};

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	if (cadre_master_listen(m, "tcp:127.0.0.1:0", NULL) < 0 ||
	    cadre_master_set(m, CADRE_MIN_UPTIME_MS, 0) < 0)
		exit(99);
}

static pid_t
client(const struct app *a, struct tally *t)
{
	pid_t pid = fork();
	char answer[64];

	if (pid != 0)
		return pid;
	while (!__atomic_load_n(&t->stop, __ATOMIC_RELAXED))
		__atomic_add_fetch(app_ask(a, "hello\n", answer,
		    sizeof(answer)) > 0 ? &t->answers : &t->failures, 1,
		    __ATOMIC_RELAXED);
	_exit(0);
}

int
main(void)
{
	struct tally *t = mmap(NULL, sizeof(*t), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct app *a = app_start_with(WORKERS, app_answer, config, NULL);
	uint64_t killed[WORKERS] = { 0 }, before = 0, total;
	unsigned int kills;
	pid_t pids[CLIENTS];

	for (int i = 0; i < CLIENTS; i++)
		pids[i] = client(a, t);
	for (kills = 0; kills < KILLS; kills++) {
		/* Each kill comes into traffic: some was answered before it. */
		if (!app_wait_total(a, "requests", before + 1) ||
		    !app_kill_next(a, kills % WORKERS, &killed[kills % WORKERS]))
			break;
		before = app_total(a, "requests");
	}
	is_int(kills, KILLS, "workers killed");
	__atomic_store_n(&t->stop, 1, __ATOMIC_RELAXED);
	for (int i = 0; i < CLIENTS; i++)
		waitpid(pids[i], NULL, 0);
	total = app_total(a, "requests");
	ok(t->answers >= KILLS, "%lu answers", (unsigned long)t->answers);
	ok(t->answers <= total && total <= t->answers + kills,
	    "answers %lu <= total %lu <= answers + kills",
	    (unsigned long)t->answers, (unsigned long)total);
	ok(t->failures <= 4 * KILLS, "%lu connections failed, at most those "
	    "a killed worker had taken", (unsigned long)t->failures);
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
