/* SPDX-License-Identifier: BSD-2-Clause */
/* t/78-log-flood: a worker that floods its log is cut, told of, and serves on */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sys/stat.h>

#include <cadre/cadre.h>

#include "t/lib/app.h"
#include "t/lib/command.h"
#include "t/lib/plain.h"
#include "t/lib/tap.h"

#define FLOOD	"while :; do echo a line and one more of it >&2; done"
#define CUTS	3

struct flood {
	struct cadre_region *region;
	struct cadre_cursor events;
	struct cadre_shm_event cut;	/* the last one */
	unsigned int	cuts;
	uint64_t	bytes;		/* that were cut off, in all */
};

/* "seat-0.log cut: 812000 bytes were over the limit …" */
static uint64_t
bytes_of(const struct cadre_shm_event *e)
{
	unsigned long bytes = 0;
	char text[512];

	snprintf(text, sizeof(text), "%.*s", (int)e->text_bytes, e->text);
	return sscanf(text, "%*s cut: %lu", &bytes) == 1 ? bytes : 0;
}

static bool
is_cut(void *arg)
{
	struct flood *f = arg;
	struct cadre_shm_event e;

	while (cadre_region_events(f->region, &f->events, &e, 1) > 0)
		if (e.kind == CADRE_EVENT_LOG) {
			f->cut = e;
			f->cuts++;
			f->bytes += bytes_of(&e);
		}
	return f->cuts >= CUTS;
}

int
main(void)
{
	struct cadre_seat_view before, after;
	char *dir = plain_dir(), path[128], text[512];
	struct flood f = { .cuts = 0 };
	struct command c;
	struct stat st;

	if (COMMAND(&c, "start", "-n", "f", "-i", "1", "--log-bytes", "4096",
	    "--ready-after", "50", "sh", "-c", FLOOD) != 0 ||
	    cadre_region_open("f", &f.region) < 0)
		bail_out("no app: %s", c.err);
	cadre_region_seat(f.region, 0, &before);
	snprintf(path, sizeof(path), "%s/f/log/seat-0.log", dir);
	ok(app_until(is_cut, &f), "it is cut, %d times", CUTS);
	ok(stat(path, &st) == 0 && (uint64_t)st.st_size < f.bytes,
	    "so it is shorter, %ld, than all of the cuts, %lu",
	    (long)st.st_size, (unsigned long)f.bytes);
	cadre_event_text(&f.cut, text, sizeof(text));
	ok(strstr(text, "over the limit of 4096") != NULL, "%s", text);
	cadre_region_seat(f.region, 0, &after);
	ok(after.state == CADRE_STATE_UP && after.newest.life.generation ==
	    before.newest.life.generation, "the worker is the same");
	cadre_region_close(f.region);
	is_int(COMMAND(&c, "stop", "f"), 0, "stop: 0");
	is_int(rmdir(dir), 0, "nothing is left behind");
	return done_testing();
}
