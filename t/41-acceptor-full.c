/* t/41-acceptor-full: an acceptor out of descriptors does not spin, loses nobody, and goes on when it has some */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <grp.h>
#include <unistd.h>

#include <sys/resource.h>

#include "shm/clock.h"
#include "t/lib/keeper.h"
#include "t/lib/tap.h"

enum { WAITING = 10, FAILURES = 8, RETRY_MS = 5, NOBODY = 65534 };

static bool
fails(void *arg)
{
	struct cadre_shm_intake intake;

	return cadre_region_intake(((struct app *)arg)->region, 0,
	    &intake) == 0 && intake.failures >= FAILURES;
}

/* Who may change its limits: for root it would be a stranger. */
static struct app *
begin(void)
{
	const gid_t gid = NOBODY;

	if (geteuid() == 0 && (setgroups(1, &gid) < 0 ||
	    setresgid(NOBODY, NOBODY, NOBODY) < 0 ||
	    setresuid(NOBODY, NOBODY, NOBODY) < 0))
		skip_all("root cannot become another user here");
	return keeper_start(2, keeper, "mode=rr");
}

int
main(void)
{
	struct app *a = begin();
	struct cadre_shm_intake intake = { .failures = 0 };
	struct rlimit before, none;
	pid_t pid = keeper_acceptor(a);
	int fds[WAITING], answered = 0;
	uint64_t from_ns, took_ms;
	unsigned int seat;

	ok((fds[0] = keeper_enter(a, &seat)) >= 0, "it works");
	close(fds[0]);
	if (prlimit(pid, RLIMIT_NOFILE, NULL, &before) < 0)
		bail_out("cannot ask for the acceptor's limits");
	none = before;
	none.rlim_cur = 0;
	ok(prlimit(pid, RLIMIT_NOFILE, &none, NULL) == 0,
	    "it may open no descriptor more");
	from_ns = clock_now_ns();
	for (int i = 0; i < WAITING; i++)
		fds[i] = app_connect(a);
	ok(app_until(fails, a), "it is refused, and counts that");
	took_ms = (clock_now_ns() - from_ns) / NS_PER_MS;
	cadre_region_intake(a->region, 0, &intake);
	ok(took_ms >= (FAILURES - 2) * RETRY_MS, "%d times in %d ms",
	    (int)intake.failures, (int)took_ms);
	prlimit(pid, RLIMIT_NOFILE, &before, NULL);
	for (int i = 0; i < WAITING; i++) {
		answered += keeper_greeted(fds[i]) >= 0;
		close(fds[i]);
	}
	is_int(answered, WAITING, "all who waited are answered");
	is_int(keeper_acceptor(a), pid, "by the same acceptor");
	ok(keeper_rests(a, 2), "no load is left");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
