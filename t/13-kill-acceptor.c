/* t/13-kill-acceptor: killed at any instruction, an acceptor's counts are old or new, and the next one counts on */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>

#include "shm/region.h"
#include "t/lib/step.h"
#include "t/lib/tap.h"

#define GIVEN	1000

static struct sample *s;

static void
begin(void)
{
	cadre__acceptor_open(&s->acceptor, s->acceptor_map,
	    &s->anchor->places);
}

static void
assign(void)
{
	cadre__acceptor_assign(&s->acceptor, 0, 1);
}

static void
give_back(void)
{
	cadre__acceptor_returned(&s->acceptor, 0, 1);
}

static void
accept_one(void)
{
	cadre__acceptor_accepted(&s->acceptor, 0, 1);
}

static int
read_assigned(const struct cadre_region *r, uint64_t *ret_n)
{
	const struct cadre_shm_assigned *a =
	    cadre__acceptor_record(r, PART_ASSIGNED, 0);

	*ret_n = a->assigned;
	return a->returned == 0 ? 0 : -EPROTO;
}

/* A kill in between leaves one that is returned and assigned; two make two. */
static int
read_returned(const struct cadre_region *r, uint64_t *ret_n)
{
	const struct cadre_shm_assigned *a =
	    cadre__acceptor_record(r, PART_ASSIGNED, 0);

	*ret_n = a->returned;
	return a->assigned + a->returned >= GIVEN &&
	    a->assigned + a->returned <= GIVEN + 2 ? 0 : -EPROTO;
}

static int
read_accepted(const struct cadre_region *r, uint64_t *ret_n)
{
	struct cadre_shm_intake in;
	int err = cadre_region_intake(r, 0, &in);

	if (err == 0)
		*ret_n = in.accepted;
	return err;
}

int
main(void)
{
	static const struct step_op given = {
		"assigned", begin, NULL, assign, read_assigned
	}, returned = {
		"returned", begin, NULL, give_back, read_returned
	}, intake = {
		"accepted for a listener", begin, NULL, accept_one, read_accepted
	};

	s = sample_new();
	cadre__acceptor_assign(&s->acceptor, 0, GIVEN);
	step_test(s, &given);
	step_test(s, &returned);
	step_test(s, &intake);
	sample_free(s);
	return done_testing();
}
