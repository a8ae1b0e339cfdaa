/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A worker's RssAnon: heap, stacks and private pages that were written to, and
 * those it still shares with the master since the fork. It is what a leak
 * grows, and what the kernel has at hand: resident less shared pages, two
 * numbers of /proc/PID/statm that one read gives from counters, without a lock
 * that the worker could hold.
 *
 * PSS would be fairer to forked workers. But smaps_rollup walks all page
 * tables, milliseconds for each GiB, and waits for the map's lock, which a
 * worker can hold for as long as it likes: that is for observers (M10).
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "runtime/memory.h"
#include "shm/fault.h"

/*
 * Kept open: a descriptor of /proc stands for the process and not for its pid,
 * so once that has ended it gives -ESRCH and never another's figure.
 */
static int
statm_open(struct life *l)
{
	char path[32];

	if (l->statm >= 0)
		return 0;
	snprintf(path, sizeof(path), "/proc/%d/statm", (int)l->row.pid);
	l->statm = CADRE_FAULT("memory.open") < 0 ? -1 :
	    open(path, O_RDONLY | O_CLOEXEC);
	return l->statm < 0 ? -errno : 0;
}

int
memory_read(struct life *l, uint64_t *ret_bytes)
{
	uint64_t resident, shared;
	char text[160];
	ssize_t n;
	int err;

	err = statm_open(l);
	if (err < 0)
		return err == -ENOENT ? -ESRCH : err;
	n = CADRE_FAULT("memory.read") < 0 ? -1 :
	    pread(l->statm, text, sizeof(text) - 1, 0);
	if (n < 0)
		return -errno;
	text[n] = '\0';
	if (sscanf(text, "%*u %" SCNu64 " %" SCNu64, &resident, &shared) != 2)
		return -EPROTO;
	*ret_bytes = resident > shared ?
	    (resident - shared) * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
	return 0;
}

void
memory_close(struct life *l)
{
	if (l->statm >= 0)
		close(l->statm);
	l->statm = -1;
}
