/* t/04-forget: of descriptors in any order just those are closed, whether neighbours or not */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <fcntl.h>
#include <unistd.h>

#include "runtime/handover.h"
#include "t/lib/tap.h"

#define FIRST	100
#define ALL	40

static bool
is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

static void
forget(const char *name, const int *offsets, unsigned int n)
{
	bool given[ALL] = { false };
	int fds[ALL], wrong = 0;

	for (int i = 0; i < ALL; i++)
		dup2(0, FIRST + i);
	for (unsigned int i = 0; i < n; i++) {
		fds[i] = FIRST + offsets[i];
		given[offsets[i]] = true;
	}
	handover_forget(fds, n);
	for (int i = 0; i < ALL; i++)
		wrong += is_open(FIRST + i) == given[i];
	is_int(wrong, 0, "%s: these are closed, and no other", name);
}

int
main(void)
{
	static const int row[] = { 4, 5, 6, 7 }, mixed[] = { 9, 3, 8, 1, 2,
	    30, 7, 32 }, apart[] = { 39, 0, 20 }, one[] = { 11 };

	forget("in a row", row, 4);
	forget("two rows, mixed", mixed, 8);
	forget("apart", apart, 3);
	forget("one", one, 1);
	forget("none", one, 0);
	ok(is_open(0), "and 0 never was");
	return done_testing();
}
