/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a forked worker inherits for publish and subscribe a program asks for,
 * when it first needs it: the slots of all, and the bells, page by page.
 */
#include "runtime/export.h"

#include <errno.h>
#include <string.h>

#include "runtime/question.h"
#include "runtime/size.h"
#include "runtime/topics.h"
#include "runtime/worker.h"
#include "shm/fail.h"
#include "shm/region.h"

/* One page: as many bells as came; -errno. */
static int
wakes_ask(struct cadre_worker *w, uint32_t first, int *bells,
    uint32_t *ret_all)
{
	struct question q = {
		.request = { .type = CADRE_FRAME_WAKES, .id = question_id(),
		    .length = sizeof(first) },
		.body = &first,
		.worker = w,
		.type = CADRE_FRAME_WAKES,
		.bytes = sizeof(q.answer.wakes),
	};
	int err;

	err = question_ask(worker_control(w), &q);
	question_drain(w, &q);
	if (err == 0 && (q.nfds < 1 || q.nfds > CADRE_FRAME_WAKES_FDS ||
	    q.answer.wakes < 2 || q.answer.wakes > WAKES_MAX ||
	    first + q.nfds > q.answer.wakes))
		err = cadre__fail(-EPROTO, "what the master sends to wake "
		    "others makes no sense: is it of another version?");
	if (err < 0) {
		question_close(q.fds, q.nfds);
		return err;
	}
	memcpy(bells, q.fds, q.nfds * sizeof(*q.fds));
	*ret_all = q.answer.wakes;
	return (int)q.nfds;
}

int
topics_ask(struct cadre_worker *w, const char *const **ret_slots,
    const int **ret_bells, unsigned int *ret_nbells)
{
	static int bells[WAKES_MAX];	/* of one master: once in a process */
	const struct cadre_region *region;
	uint32_t n = 0, all = 1;
	int err;

	err = attach_region(&region);
	while (err >= 0 && n < all) {
		err = wakes_ask(w, n, bells + n, &all);
		n += err > 0 ? (uint32_t)err : 0;
	}
	if (err < 0) {
		question_close(bells, n);
		return err;
	}
	*ret_slots = region->slot;
	*ret_bells = bells;
	*ret_nbells = n;
	return 0;
}
