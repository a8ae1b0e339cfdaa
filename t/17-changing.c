/* t/17-changing: a record that changes at every look ends a read, with -EAGAIN or without figures */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "shm/atomic.h"
#include "shm/region.h"
#include "t/lib/sample.h"
#include "t/lib/tap.h"

#define STEPS	1000000		/* instructions; no reader takes so many */
#define RUNNING	UINT64_MAX	/* no errno */

static struct sample *s;
static uint64_t *result;	/* of the reader, shared with it */

static struct cadre_shm_row *
row(unsigned int slot)
{
	struct cadre_shm_row *rows =
	    (void *)(s->anchor->map + s->anchor->places.slots);

	return &rows[slot];
}

static int
seat(void)
{
	struct cadre_seat_view v;

	return cadre_region_seat(s->region, 0, &v);
}

static int
status(void)
{
	struct cadre_shm_status st;

	return cadre_region_status(s->region, 0, 0, &st);
}

static int
lives(void)
{
	uint64_t generation;

	return cadre__slot_lives(s->region, 0, &generation) ? 0 : -EAGAIN;
}

/* A reader is stepped, and after each of its instructions `count` moves on. */
static void
gives_up(int (*look)(void), uint64_t *count, const char *what)
{
	uint64_t n = 2;
	pid_t pid = fork();

	if (pid == 0) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0)
			raise(SIGSTOP);
		shm_store(result, (uint64_t)-look());
		_exit(0);
	}
	shm_store(result, RUNNING);
	if (waitpid(pid, NULL, WUNTRACED) != pid ||
	    ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL) < 0) {
		skip(1, "no process can be traced here");
		return;
	}
	for (int i = 0; i < STEPS && shm_load(result) == RUNNING &&
	    waitpid(pid, NULL, 0) == pid; i++) {
		shm_store(count, n += 2);
		ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL);
	}
	is_u64(shm_load(result), EAGAIN, "%s: given up", what);
	waitpid(pid, NULL, 0);
	ptrace(PTRACE_DETACH, pid, NULL, NULL);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

int
main(void)
{
	uint64_t v[SAMPLE_METRICS];

	s = sample_new();
	result = mmap(NULL, sizeof(*result), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	sample_spawn(s, 0);
	*sample_word(s, 0, SAMPLE_JOBS) = 5;
	is_int(seat() + status() + lives(), 0, "all can be read");
	gives_up(status, &((struct cadre_shm_slot *)(void *)s->slot[0])->count,
	    "the status");
	gives_up(seat, &row(0)->count, "the row");
	gives_up(lives, &row(0)->count, "whether it lives");
	shm_store(&row(0)->count, UINT64_MAX);
	is_int(seat(), -EAGAIN, "a count that no writer stores: no seat");
	is_int(cadre_region_life(s->region, 0, 0, v, SAMPLE_METRICS), -EAGAIN,
	    "and no figures of its life");
	cadre_region_values(s->region, 0, v, SAMPLE_METRICS);
	is_u64(v[SAMPLE_JOBS], 5, "but the seat's, which need no row");
	sample_free(s);
	return done_testing();
}
