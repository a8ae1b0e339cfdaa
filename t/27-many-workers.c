/* t/27-many-workers: 256 workers start, answer, stop under ulimit -Sn 1024 */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sys/resource.h>

#include "t/lib/app.h"
#include "t/lib/exec.h"
#include "t/lib/tap.h"

#ifdef __SANITIZE_ADDRESS__		/* a fork takes a tenth of a second */
#define WORKERS	64
#else
#define WORKERS	256
#endif
#define SOFT	1024
#define HARD	4096		/* what the master will need of it, and some */
#define ASKS	20000

/* Ask until each has answered; how many requests that took. */
static int
ask_all(const struct app *a, int *ret_wrong)
{
	bool answered[WORKERS] = { false };
	unsigned int left = WORKERS, seat;
	char answer[64];
	int asked, pid;

	*ret_wrong = 0;
	for (asked = 0; left > 0 && asked < ASKS; asked++) {
		if (app_ask(a, "hello\n", answer, sizeof(answer)) <= 0 ||
		    sscanf(answer, "seat %u pid %d", &seat, &pid) != 2 ||
		    seat >= WORKERS || pid != app_pid(a, seat)) {
			(*ret_wrong)++;
			continue;
		}
		left -= !answered[seat];
		answered[seat] = true;
	}
	return left == 0 ? asked : -1;
}

/* All at once on two processors, some are slow. */
static void
config(struct cadre_master *m, void *address)
{
	if ((address != NULL && cadre_master_listen(m, address, NULL) < 0) ||
	    cadre_master_set(m, CADRE_READY_TIMEOUT_MS, 120000) < 0)
		exit(99);
}

static void
many(struct app *a, const char *what)
{
	int asked, ready = 0, wrong;

	for (unsigned int i = 0; i < WORKERS; i++)
		ready += app_wait_state(a, i, CADRE_STATE_UP);
	is_int(ready, WORKERS, "so many %s get ready", what);
	asked = ask_all(a, &wrong);
	ok(asked > 0, "each answers, within %d requests", asked);
	is_int(wrong, 0, "as who it is");
	is_u64(app_total(a, "requests"), (uint64_t)asked, "all are counted");
	is_int(app_stop(a), 0, "the master exits 0");
}

int
main(void)
{
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_max < HARD)
		skip_all("ulimit -Hn is %d, and %d workers need %d",
		    (int)limit.rlim_max, WORKERS, HARD);
	limit.rlim_cur = SOFT;
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		bail_out("setrlimit");
	many(app_start_with(WORKERS, app_answer, config,
	    (void *)(uintptr_t)"tcp:127.0.0.1:0"), "functions");
	many(EXEC_START(WORKERS, config, "answer"), "programs");
	return done_testing();
}
