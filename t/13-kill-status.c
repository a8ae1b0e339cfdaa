/* t/13-kill-status: killed at any instruction, a status publish is done or undone, and a successor goes on */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>

#include "t/lib/step.h"
#include "t/lib/tap.h"

static struct sample *s;
static uint64_t value;

static void
begin(void)
{
	sample_spawn(s, 0);
}

static void
set(uint64_t n)
{
	s->worker[0].head->accepted = s->worker[0].head->open = value = n;
	*sample_word(s, 0, SAMPLE_REQUESTS) = n;
	*sample_word(s, 0, SAMPLE_ERRORS) = n;
}

static void
publish(void)
{
	cadre__slot_status_publish(&s->worker[0], value);
}

static int
read_status(const struct cadre_region *r, uint64_t *ret_n)
{
	struct cadre_shm_status st;
	int err = cadre_region_status(r, 0, 0, &st);

	if (err < 0)
		return err;
	*ret_n = st.open;
	return st.accepted == st.open && st.requests == st.open &&
	    st.errors == st.open && st.stamp_ns == st.open ? 0 : -EPROTO;
}

int
main(void)
{
	static const struct step_op op = {
		"status publish", begin, set, publish, read_status
	};

	s = sample_new();
	sample_spawn(s, 0);
	set(1);
	publish();
	step_test(s, &op);
	sample_free(s);
	return done_testing();
}
