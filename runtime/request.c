/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Requests with a deadline, as the worker tells of them. It is apart from the
 * beat of its loop: a loop that turns says nothing of the request that one of
 * its turns began, and a request may be long where a turn must not be.
 */
#include "runtime/export.h"

#include <errno.h>

#include "runtime/worker.h"
#include "shm/clock.h"
#include "shm/fail.h"
#include "shm/slot.h"

#define DEADLINE_MS_MAX	UINT64_C(86400000)	/* a day */

/* 0 is no deadline, and stays 0. */
static int
deadline_of(uint64_t now_ns, uint64_t ms, uint64_t *ret_ns)
{
	if (ms > DEADLINE_MS_MAX)
		return cadre__fail(-EINVAL, "a request's deadline is at most a "
		    "day, %llu ms, not %llu",
		    (unsigned long long)DEADLINE_MS_MAX,
		    (unsigned long long)ms);
	*ret_ns = ms > 0 ? now_ns + ms * NS_PER_MS : 0;
	return 0;
}

int
cadre_request_begin(struct cadre_worker *w, const char *tag,
    uint64_t deadline_ms)
{
	struct cadre__slot *s = worker_slot(w);
	uint64_t now_ns = clock_now_ns(), deadline_ns = 0;
	int err;

	if (s->request)
		return cadre__fail(-EBUSY, "a request is under way: end it "
		    "first, or, with several at once, move its deadline to the "
		    "earliest by cadre_request_extend()");
	err = deadline_of(now_ns, deadline_ms, &deadline_ns);
	if (err < 0)
		return err;
	s->request = true;
	cadre__slot_request_begin(s, tag, now_ns, deadline_ns);
	return 0;
}

int
cadre_request_extend(struct cadre_worker *w, uint64_t deadline_ms)
{
	struct cadre__slot *s = worker_slot(w);
	uint64_t deadline_ns = 0;
	int err;

	if (!s->request)
		return cadre__fail(-ENOENT, "no request is under way");
	err = deadline_of(clock_now_ns(), deadline_ms, &deadline_ns);
	if (err == 0)
		cadre__slot_request_extend(s, deadline_ns);
	return err;
}

void
cadre_request_end(struct cadre_worker *w)
{
	struct cadre__slot *s = worker_slot(w);

	s->request = false;
	cadre__slot_request_end(s);
}
