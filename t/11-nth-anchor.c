/* t/11-nth-anchor: whichever call fails while a region is made, nothing is left of it */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stddef.h>

#include "shm/anchor.h"
#include "t/lib/nth.h"
#include "t/lib/tap.h"

#define SEATS	2
#define OBJECTS	(1 + 2 * SEATS + 1)

static struct cadre__anchor *a;

/* One that is made must be whole. */
static int
make(void *arg)
{
	const struct cadre__shape shape = { SEATS, 256, 1, 4096 };
	int err = cadre__anchor_new("web", &shape, &a);

	(void)arg;
	if (err < 0)
		return err;
	for (unsigned int i = 0; i < a->nslots; i++)
		if (a->slot_fd[i] < 0 || a->slot[i] == NULL)
			err = -EBADMSG;
	return a->fd < 0 || a->map == NULL || a->view == NULL ||
	    a->acceptor_fd < 0 || a->acceptor == NULL ? -EBADMSG : err;
}

static void
unmake(void *arg)
{
	(void)arg;
	cadre__anchor_free(a);
}

int
main(void)
{
	/* Start time and boot id are 0 where /proc does not tell. */
	static const char *const proc[] = { "open", "read", NULL };
	static const char *const kernel[] = { "memfd_create", NULL };
	static const char *const again[] = { "fallocate", NULL };
	struct nth_op op = { make, unmake, NULL, proc, NULL };
	const struct cadre__shape none = { 0, 256, 1, 0 },
	    many = { CADRE_SEATS_MAX + 1, 256, 1, 0 };
	unsigned int n = nth_walk_all(&op);

	ok(n >= 7 * OBJECTS, "%u calls failed", n);
	op.swallows = kernel;
	is_int(nth_walk(&op, "memfd_create", EINVAL), OBJECTS,
	    "a kernel that knows no MFD_NOEXEC_SEAL");
	op.swallows = again;
	nth_walk(&op, "fallocate", EINTR);
	is_int(cadre__anchor_new("web", &none, &a), -EINVAL, "no seat");
	is_int(cadre__anchor_new("web", &many, &a), -EINVAL, "too many");
	is_int(cadre__anchor_new("a/b", &none, &a), -EINVAL, "not a name");
	return done_testing();
}
