/* t/13-kill-subscribe: a subscriber killed at any instruction is woken once for nothing at most, and its successor is as the first */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "t/lib/news.h"
#include "t/lib/step.h"
#include "t/lib/tap.h"

#define HASH	UINT64_C(0x0123456789abcdef)
#define OTHER	UINT64_C(0xfedcba9876543210)
#define LIMIT	20000	/* boundaries */

static struct sample *s;
static struct cadre_shm_wanted *w;

static void
live(void)
{
	cadre__wanted_set(w, 0, HASH);
	cadre__wanted_set(w, 1, OTHER);
	cadre__wanted_sleep(w);
	cadre__wanted_awake(w);
	cadre__wanted_sleep(w);
	cadre__wanted_set(w, 0, 0);
}

static void
begin(void)
{
	news_begin(s, 0);
}

static const struct op {
	const char	*name;
	void		(*run)(void);
} ops[] = { { "a life", live }, { "its successor's begin", begin } };

/* Kill it after so many instructions; false: it was through before. */
static bool
kill_at(const struct op *op, unsigned int steps, unsigned int *wrong)
{
	uint64_t woken = 0, fresh = 0;
	bool inside = true;
	pid_t pid;

	if (op->run == begin)
		live();
	step_start(&pid, op->run);
	for (; inside && steps > 0; steps--)
		inside = step_next(pid);
	step_kill(pid);
	if (cadre__wanted_sleeps(w, HASH, &woken))
		wrong[0] += cadre__wanted_sleeps(w, HASH, &woken);
	begin();
	wrong[1] += cadre__wanted_sleeps(w, HASH, &fresh) || w->filter != 0 ||
	    w->topics != 0 || cadre__wanted_has(w, HASH) ||
	    cadre__wanted_has(w, OTHER);
	cadre__wanted_set(w, 5, HASH);
	cadre__wanted_sleep(w);
	wrong[2] += !cadre__wanted_sleeps(w, HASH, &woken) ||
	    !cadre__wanted_sleeps(w, HASH, &fresh) ||
	    cadre__wanted_sleeps(w, OTHER, &fresh) ||
	    cadre__wanted_sleeps(w, HASH, &fresh);
	begin();
	return inside;
}

int
main(void)
{
	s = sample_new();
	sample_spawn(s, 0);
	w = &news_head(s, 0)->wanted;
	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
		unsigned int wrong[3] = { 0 }, n = 0;

		while (n < LIMIT && kill_at(&ops[i], n, wrong))
			n += step_all() ? 1 : 11;
		ok(n > 300 && n < LIMIT, "%s: killed up to instruction %u",
		    ops[i].name, n);
		is_int(wrong[0], 0, "%s: woken once at most", ops[i].name);
		is_int(wrong[1], 0, "%s: the next wants nothing, and is awake",
		    ops[i].name);
		is_int(wrong[2], 0, "%s: and is woken, once a sleep, for what "
		    "it wants", ops[i].name);
	}
	sample_free(s);
	return done_testing();
}
