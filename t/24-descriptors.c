/* SPDX-License-Identifier: BSD-2-Clause */
/* t/24-descriptors: a worker has those that inherit.h lists, and no others */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/app.h"
#include "t/lib/tap.h"

static int report[2];		/* a pipe; its end for writing is kept */

/* Of the worker of seat 1. The last two its runtime made for itself. */
static const struct row {
	const char	*line;
	int		times;
} rows[] = {
	{ "\n", 38 }, { "0 null ro\n", 1 }, { "1 seat-1.log rw\n", 1 },
	{ "2 seat-1.log rw\n", 1 },
	/* Two listeners, their hand-overs, control, messages; the cords of 16
	   seats, a bell. */
	{ "+ socket: rw\n", 23 },
	{ "+ alive ro\n", 1 }, { "+ pipe: wo\n", 1 },
	{ "+ memfd:cadre:app:anchor (deleted) ro\n", 1 },
	{ "+ memfd:cadre:app:acceptor (deleted) ro\n", 1 },
	{ "+ memfd:cadre:app:slot:2 (deleted) ro\n", 1 },
	{ "+ memfd:cadre:app:slot:3 (deleted) ro\n", 1 },
	/* One of its own, and a pair per listener. */
	{ "+ anon_inode:[eventfd] rw\n", 3 },
	{ "+ anon_inode:[eventpoll] rw\n", 3 },
};

static int
tell(struct cadre_worker *w, void *arg)
{
	static const char *const modes[] = { "ro", "wo", "rw", "path" };
	char link[32], to[256], *name;

	for (int fd = 0; cadre_worker_seat(w) == 1 && fd < 1024; fd++) {
		int flags = fcntl(fd, F_GETFL);

		if (flags < 0)
			continue;
		snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
		to[readlink(link, to, sizeof(to) - 1)] = '\0';
		name = strrchr(to, '/') != NULL ? strrchr(to, '/') + 1 : to;
		if (strncmp(to, "anon", 4) != 0)
			name[strcspn(name, "[")] = '\0';
		dprintf(report[1], "%c %s %s\n", fd < 3 ? '0' + fd : '+', name,
		    modes[flags & O_ACCMODE]);
	}
	return app_idle(w, arg);
}

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	if (cadre_master_listen(m, "tcp:127.0.0.1:0", NULL) < 0 ||
	    cadre_master_listen(m, "tcp:127.0.0.1:0", NULL) < 0 ||
	    cadre_master_keep_fd(m, report[1]) < 0)
		exit(99);
}

int
main(void)
{
	struct app *a = pipe2(report, O_CLOEXEC) == 0 ?
	    app_start_with(2, tell, config, NULL) : NULL;
	char text[4096], *at;
	int times;

	ok(app_wait_state(a, 1, CADRE_STATE_UP), "the worker has told");
	text[read(report[0], text, sizeof(text) - 1)] = '\0';
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		times = 0;
		for (at = text; (at = strstr(at, rows[i].line)) != NULL; at++)
			times++;
		is_int(times, rows[i].times, "%s", rows[i].line);
	}
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
