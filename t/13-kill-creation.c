/* t/13-kill-creation: a maker that is killed at any instruction leaves nothing, and the next one makes a region */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shm/region.h"
#include "t/lib/maker.h"
#include "t/lib/route.h"
#include "t/lib/step.h"
#include "t/lib/tap.h"

static unsigned int aside, left, differs, failed;

/* What a reader that holds the anchor may think of it, its maker gone. */
static bool
same(int fd, enum maker_seen before)
{
	struct cadre_region *r;
	struct stat st;
	int err;

	if (fstat(fd, &st) < 0 || st.st_nlink != 0)
		return false;		/* it has a name somewhere */
	err = cadre__region_new(fd, &r);
	if (err == 0)
		cadre_region_close(r);
	return before == MAKER_WHOLE ? err == 0 : err == -EPROTO;
}

static void
kill_at(const struct route *to)
{
	enum maker_seen seen;
	pid_t pid;
	int fd;

	aside += !route_take(to, maker_make, &pid);
	seen = maker_look(pid);
	fd = maker_fd(pid, 0);
	step_kill(pid);
	left += maker_look(pid) != MAKER_NOTHING;
	differs += fd >= 0 && !same(fd, seen);
	if (fd >= 0)
		close(fd);
}

/* In the same place, under the same name. */
static void
succeed(void)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		maker_make();
		_exit(maker_look(getpid()) != MAKER_WHOLE);
	}
	waitpid(pid, &status, 0);
	failed += status != 0;
}

/* The way is long to the changes, most of which come after the last call. */
static bool
is_due(const struct route *to)
{
	static unsigned int changes;

	if (step_all())
		return to->changed || to->steps % 97 == 0;
	return to->steps == 0 || (to->changed && ++changes % 12 == 0);
}

int
main(void)
{
	unsigned int n, changes = 0, kills = 0;
	struct route *routes;

	n = route_find(maker_make, maker_changed, &routes);
	for (unsigned int i = 0; i < n; i++) {
		changes += routes[i].changed;
		if (!is_due(&routes[i]))
			continue;
		kill_at(&routes[i]);
		succeed();
		kills++;
	}
	ok(routes[n - 1].calls > 8 && changes > 16, "%u boundaries, %u system "
	    "calls, %u changes of bytes, %u kills", n, routes[n - 1].calls,
	    changes, kills);
	ok(aside < kills / 2, "%u of them a little aside", aside);
	is_int(left, 0, "no object outlives its maker");
	is_int(differs, 0, "none has a name, or looks other than before");
	is_int(failed, 0, "each successor makes a whole region");
	free(routes);
	return done_testing();
}
