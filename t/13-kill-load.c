/* t/13-kill-load: killed at any instruction, an accept and a close leave each word of the load old or new */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>

#include "shm/atomic.h"
#include "shm/region.h"
#include "t/lib/step.h"
#include "t/lib/tap.h"

static struct sample *s;

static void
begin(void)
{
	sample_spawn(s, 0);
}

static void
begin_with_one(void)
{
	sample_spawn(s, 0);
	cadre__slot_accepted(&s->worker[0], false);
}

static void
accepted(void)
{
	cadre__slot_accepted(&s->worker[0], false);
}

static void
closed(void)
{
	cadre__slot_closed(&s->worker[0]);
}

/*
 * Of this life: a connection is counted before it is open and open no more
 * before it is done, so at most one is in neither word.
 */
static int
read_load(const struct cadre_region *r, uint64_t *ret_accepted,
    uint64_t *ret_done)
{
	const struct cadre_shm_slot *base =
	    (const void *)cadre__record(r, PART_BASELINES, 0);
	struct cadre_shm_health now;
	uint64_t between;

	if (cadre_region_health_now(r, 0, 0, &now) < 0)
		return -EPROTO;
	*ret_accepted = now.accepted;
	*ret_done = shm_load(&cadre__head(r, 0)->done);
	between = (now.accepted - shm_load(&base->accepted)) - now.open -
	    (*ret_done - shm_load(&base->done));
	return between <= 1 ? 0 : -EPROTO;
}

static int
read_accepted(const struct cadre_region *r, uint64_t *ret_n)
{
	uint64_t done;

	return read_load(r, ret_n, &done);
}

static int
read_done(const struct cadre_region *r, uint64_t *ret_n)
{
	uint64_t all;

	return read_load(r, &all, ret_n);
}

int
main(void)
{
	static const struct step_op accept = {
		"load word: accepted", begin, NULL, accepted, read_accepted
	}, close = {
		"load word: closed", begin_with_one, NULL, closed, read_done
	};
	const struct cadre_shm_slot *h;

	s = sample_new();
	sample_spawn(s, 0);
	step_test(s, &accept);
	for (int i = 0; i < 5; i++)
		accepted();
	step_test(s, &close);
	closed();
	h = s->worker[0].head;
	is_u64(h->open, 4, "5 came, 1 went");
	is_u64(h->accepted - h->done, 4, "the load says the same");
	sample_free(s);
	return done_testing();
}
