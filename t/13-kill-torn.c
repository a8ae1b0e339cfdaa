/* t/13-kill-torn: what a publisher tore before it was killed nobody reads, though its successor writes less */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "t/lib/news.h"
#include "t/lib/step.h"
#include "t/lib/tap.h"

#define FULL	400		/* news until then: several laps */
#define LONG	415		/* of 1,019 bytes */
#define APART	200		/* more than the short one takes */
#define SHORT	448		/* of none */
#define LIMIT	20000		/* boundaries */

static struct sample *s;
static struct cadre__reader old;	/* only the long one overwrites its next */
static char *before;

static void
publish_long(void)
{
	news_publish(s, 0, LONG);
}

/* A reader stands at each record of the last lap; the first that may. */
static void
fill(void)
{
	struct cadre__reader r[64];
	uint64_t end;

	for (uint64_t i = 1; i < FULL; i++) {
		news_publish(s, 0, i);
		cadre__reader_begin(&r[i % 64], news_head(s, 0),
		    news_publisher[0].ring, SAMPLE_PUBLISH);
	}
	end = r[(FULL - 1) % 64].at;
	for (uint64_t i = FULL - 63; i < FULL; i++)
		if (r[i % 64].at + SAMPLE_PUBLISH >= end + APART) {
			old = r[i % 64];
			return;
		}
	bail_out("no record is left");
}

/* Kill it after so many instructions; false: it was through before. */
static bool
kill_at(unsigned int steps, unsigned int *wrong)
{
	struct cadre__reader r = old;
	bool inside = true;
	uint64_t n, last = 0;
	pid_t pid;
	int one;

	memcpy(s->slot[0], before, s->anchor->places.slot_bytes);
	step_start(&pid, publish_long);
	for (; inside && steps > 0; steps--)
		inside = step_next(pid);
	step_kill(pid);
	news_begin(s, 0);
	news_publish(s, 0, SHORT);
	while ((one = news_read(&r, &n)) != 0) {
		wrong[0] += one < 0;
		last = n;
	}
	wrong[1] += last != SHORT;
	return inside;
}

int
main(void)
{
	unsigned int wrong[2] = { 0 }, n = 0;

	s = sample_new();
	sample_spawn(s, 0);
	news_begin(s, 0);
	fill();
	before = malloc(s->anchor->places.slot_bytes);
	memcpy(before, s->slot[0], s->anchor->places.slot_bytes);
	while (n < LIMIT && kill_at(n, wrong))
		n += step_all() ? 4 : 47;
	ok(n > 300 && n < LIMIT, "%u boundaries", n);
	is_int((int)wrong[0], 0, "nothing torn is read");
	is_int((int)wrong[1], 0, "and all get to the newest");
	free(before);
	sample_free(s);
	return done_testing();
}
