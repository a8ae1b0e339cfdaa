/* SPDX-License-Identifier: BSD-2-Clause */
/* t/78-master-log: events go to master.log, which is cut at the limit */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/stat.h>

#include <cadre/cadre.h>

#include "t/lib/app.h"
#include "t/lib/command.h"
#include "t/lib/plain.h"
#include "t/lib/tap.h"

#define LIMIT	4096
#define EVENTS	400		/* some 60 bytes each: the limit, five times */

struct log {
	char		path[128];
	off_t		most;		/* bytes that it was long */
	unsigned int	cuts;		/* it got shorter */
	off_t		last;
	struct cadre_region *region;
};

static bool
many_events(void *arg)
{
	struct cadre_shm_event e[16];
	static struct cadre_cursor cursor;
	struct log *l = arg;
	struct stat st;
	int n;

	if (stat(l->path, &st) == 0) {
		l->most = st.st_size > l->most ? st.st_size : l->most;
		l->cuts += st.st_size < l->last;
		l->last = st.st_size;
	}
	if (l->region == NULL && cadre_region_open("m", &l->region) < 0)
		return false;
	while ((n = cadre_region_events(l->region, &cursor, e, 16)) > 0)
		;
	return cursor.next >= EVENTS;
}

int
main(void)
{
	char *dir = plain_dir(), there[] = "/tmp/cadre-test-XXXXXX", line[256];
	struct log l = { .most = 0 };
	struct command c;
	FILE *f;

	if (mkdtemp(there) == NULL)
		bail_out("mkdtemp");
	snprintf(l.path, sizeof(l.path), "%s/master.log", there);
	/* Ready and never early, so it comes again at once. */
	COMMAND_START(&c, "start", "-n", "m", "-i", "1", "--min-uptime", "0",
	    "--ready-after", "0", "--log-bytes", "4096", "--log-dir", there, "sh", "-c", "exit 7");
	ok(app_until(many_events, &l), "%d events", EVENTS);
	ok(command_ends(&c), "start has returned");
	is_int(COMMAND(&c, "stop", "--now", "m"), 0, "it is stopped");
	cadre_region_close(l.region);
	ok(l.most > LIMIT / 2 && l.most <= LIMIT,
	    "the log was never longer than its limit: %ld", (long)l.most);
	ok(l.cuts > 0, "but cut, %u times at least", l.cuts);
	f = fopen(l.path, "r");
	ok(f != NULL && fgets(line, sizeof(line), f) != NULL &&
	    strncmp(line, "20", 2) == 0 && strchr(line, '\n') != NULL,
	    "it begins with a whole line, the day first");
	if (f != NULL)
		fclose(f);
	is_int(rmdir(dir), 0, "the app is gone");
	snprintf(line, sizeof(line), "rm -rf %s", there);
	is_int(system(line), 0, "but its logs stayed where they were wanted");
	return done_testing();
}
