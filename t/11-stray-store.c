/* t/11-stray-store: what a worker inherits of a region it cannot write, not even by mprotect */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shm/atomic.h"
#include "t/lib/sample.h"
#include "t/lib/tap.h"

static struct sample *s;

/* Store one word there in a forked process; which signal ends it. */
static int
store(const void *at)
{
	const struct rlimit none = { 0, 0 };
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		setrlimit(RLIMIT_CORE, &none);
		signal(SIGSEGV, SIG_DFL);	/* a sanitizer's would report */
		shm_store((uint64_t *)(uintptr_t)at, 4711);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		bail_out("cannot fork");
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void
unwritable(const char *what, const void *map, size_t bytes)
{
	is_int(store(map), SIGSEGV, "%s: a stray store faults", what);
	is_int(mprotect((void *)(uintptr_t)map, bytes, PROT_READ | PROT_WRITE),
	    -1, "%s: mprotect is refused", what);
	is_int(errno, EACCES, "%s: for want of the right", what);
}

int
main(void)
{
	struct cadre_region *r;
	uint64_t v[SAMPLE_METRICS];

	s = sample_new();
	sample_spawn(s, 1);
	unwritable("anchor", s->anchor->view, s->anchor->places.anchor_bytes);
	unwritable("slot", s->anchor->slot[3], s->anchor->places.slot_bytes);
	is_int(store(s->anchor->map), SIGSEGV,
	    "the master's own map is not inherited");
	is_int(store(sample_word(s, 1, SAMPLE_JOBS)), 0,
	    "while a slot's writer may write it");
	is_int(sample_reopen(s->anchor, &r), 0, "and nothing else has changed");
	cadre_region_totals(r, v, SAMPLE_METRICS);
	is_u64(v[SAMPLE_JOBS], 4711, "as a new reader sees");
	cadre_region_close(r);
	sample_free(s);
	return done_testing();
}
