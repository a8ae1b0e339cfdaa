/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a forked worker inherits for publish and subscribe a program asks for,
 * when it first needs it: the slots of all, its bell, and the cords, page by
 * page.
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

/* One page: as many cords as came, and the bell once more; -errno. */
static int
wakes_ask(struct cadre_worker *w, uint32_t first, int *cords, int *bell,
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
	if (err == 0 && (q.nfds < 2 || q.nfds > 1 + CADRE_FRAME_WAKES_FDS ||
	    q.answer.wakes > WAKES_MAX || first + q.nfds - 1 > q.answer.wakes))
		err = cadre__fail(-EPROTO, "what the master sends to wake "
		    "others makes no sense: is it of another version?");
	if (err < 0) {
		question_close(q.fds, q.nfds);
		return err;
	}
	question_close(bell, *bell >= 0);
	*bell = q.fds[0];
	memcpy(cords, q.fds + 1, (q.nfds - 1) * sizeof(*q.fds));
	*ret_all = q.answer.wakes;
	return (int)q.nfds - 1;
}

int
topics_ask(struct cadre_worker *w, const char *const **ret_slots,
    const int **ret_cords, unsigned int *ret_ncords, int *ret_bell)
{
	static int cords[WAKES_MAX];	/* of one master: once in a process */
	int bell = -1;
	const struct cadre_region *region;
	uint32_t n = 0, all = 1;
	int err;

	err = attach_region(&region);
	while (err >= 0 && n < all) {
		err = wakes_ask(w, n, cords + n, &bell, &all);
		n += err > 0 ? (uint32_t)err : 0;
	}
	if (err < 0) {
		question_close(cords, n);
		question_close(&bell, bell >= 0);
		return err;
	}
	*ret_slots = region->slot;
	*ret_cords = cords;
	*ret_ncords = n;
	*ret_bell = bell;
	return 0;
}
