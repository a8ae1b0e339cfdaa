/* t/13-kill-status: killed at any instruction, a status publish is done or undone, and a successor goes on */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/lib/sample.h"
#include "t/lib/step.h"
#include "t/lib/tap.h"

static struct sample *s;
static uint64_t value;

static void
set(uint64_t v)
{
	s->worker[0].head->accepted = s->worker[0].head->open = value = v;
	*sample_word(s, 0, SAMPLE_REQUESTS) = v;
	*sample_word(s, 0, SAMPLE_ERRORS) = v;
}

static void
publish(void *arg)
{
	(void)arg;
	cadre__slot_status_publish(&s->worker[0], value);
}

static int
read_status(uint64_t *ret_value)
{
	struct cadre_shm_status st;

	if (cadre_region_status(s->region, 0, 0, &st) < 0)
		return -1;
	*ret_value = st.open;
	return st.accepted == st.open && st.requests == st.open &&
	    st.errors == st.open && st.stamp_ns == st.open ? 0 : -1;
}

int
main(void)
{
	const struct step_op op = { "status", set, publish, read_status };

	s = sample_new();
	sample_spawn(s, 0);
	set(1);
	publish(NULL);
	step_test(&op);
	sample_free(s);
	return done_testing();
}
