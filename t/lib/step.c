/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The traced process says in shared memory when it is inside of `op`; single
 * steps are counted from there, so what fork and libc do around it is not.
 *
 * Every run starts from the same bytes, which are put back before it: so the
 * kill of another process after as many instructions leaves what the run that
 * was watched had left there. That it does is checked, too.
 */
#include "t/lib/step.h"

#include <errno.h>
#include <link.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shm/atomic.h"
#include "shm/region.h"
#include "t/lib/tap.h"

#define LIMIT	100000		/* instructions; no write has so many */
#define LIMIT_S	20		/* of a reader or a successor that blocks */
#define AREAS	SAMPLE_OBJECTS

/* A single function of TSan's runtime has thousands of instructions. */
#if defined(__SANITIZE_THREAD__)
#define TOO_MANY	true
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define TOO_MANY	true
#endif
#endif
#ifndef TOO_MANY
#define TOO_MANY	false
#endif

enum { BEFORE, INSIDE, THROUGH };

struct area {			/* an object of the region */
	char	*at;
	char	*first, *last;	/* copies: before the write; at the last look */
	size_t	bytes;
};

struct point {			/* a boundary, as the watched run left it */
	uint64_t	hash;
	uint64_t	n;
	bool		changed;	/* by the instruction before */
};

struct test {
	const struct step_op *op;
	const struct sample *s;
	struct area	area[AREAS];
	struct point	*point;
	unsigned int	points, changes, kills;
	unsigned int	old, new, torn, stuck, other;	/* readings */
	unsigned int	failed;				/* successors */
};

static uint64_t *phase;

bool
step_all(void)
{
	return getenv("STEP_ALL") != NULL;
}

static void
child(void (*op)(void))
{
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
		_exit(1);
	raise(SIGSTOP);
	shm_store(phase, INSIDE);
	op();
	shm_store(phase, THROUGH);
	_exit(0);
}

static void
resume(pid_t pid, enum __ptrace_request how)
{
	int status;

	if (ptrace(how, pid, NULL, NULL) < 0 ||
	    waitpid(pid, &status, 0) < 0 || !WIFSTOPPED(status) ||
	    WSTOPSIG(status) != SIGTRAP)
		bail_out("the traced process went astray");
}

void
step_start(pid_t *ret_pid, void (*op)(void))
{
	const char *by = getenv("T_INSTRUMENTED");	/* make check-valgrind */
	int status;
	pid_t pid;

	if (by != NULL || TOO_MANY)
		skip_all("these are the instructions of %s", by != NULL ? by :
		    "ThreadSanitizer");
	if (phase == NULL)
		phase = mmap(NULL, sizeof(*phase), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (phase == MAP_FAILED)
		bail_out("no memory");
	shm_store(phase, BEFORE);
	pid = fork();
	if (pid == 0)
		child(op);
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || !WIFSTOPPED(status))
		skip_all("no process can be traced here");
	while (shm_load(phase) == BEFORE)
		resume(pid, PTRACE_SINGLESTEP);
	*ret_pid = pid;
}

/*
 * The clock of the kernel's own library begins anew when a tick comes between
 * its instructions. With a look after each one it would never end, and it
 * writes nothing of ours: it counts as one instruction.
 */
static bool
in_vdso(pid_t pid)
{
	static uintptr_t first, end;

	if (end == 0) {
		const ElfW(Ehdr) *e = (const void *)getauxval(AT_SYSINFO_EHDR);
		const ElfW(Phdr) *p;

		if (e == NULL)
			return false;
		p = (const void *)((const char *)e + e->e_phoff);
		first = (uintptr_t)e;
		end = first;
		for (unsigned int i = 0; i < e->e_phnum; i++)
			if (p[i].p_type == PT_LOAD)
				end = first + p[i].p_offset + p[i].p_memsz;
	}
	return step_at(pid) - first < end - first;
}

bool
step_next(pid_t pid)
{
	do
		resume(pid, PTRACE_SINGLESTEP);
	while (in_vdso(pid));
	return shm_load(phase) == INSIDE;
}

bool
step_call(pid_t pid)
{
	resume(pid, PTRACE_SYSCALL);		/* its entry */
	if (shm_load(phase) != INSIDE)
		return false;
	resume(pid, PTRACE_SYSCALL);
	return true;
}

uint64_t
step_at(pid_t pid)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, (void *)sizeof(info),
	    &info) < 0)
		bail_out("PTRACE_GET_SYSCALL_INFO");
	return info.instruction_pointer;
}

void
step_kill(pid_t pid)
{
	int status;

	kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) == pid && WIFSTOPPED(status))
		;
}

static void
area_take(struct area *a, void *at, size_t bytes)
{
	*a = (struct area){ at, malloc(bytes), malloc(bytes), bytes };
	if (a->first == NULL || a->last == NULL)
		bail_out("no memory");
	memcpy(a->first, at, bytes);
	memcpy(a->last, at, bytes);
}

static bool
areas_changed(struct test *t)
{
	bool changed = false;

	for (struct area *a = t->area; a < t->area + AREAS; a++)
		if (memcmp(a->at, a->last, a->bytes) != 0) {
			memcpy(a->last, a->at, a->bytes);
			changed = true;
		}
	return changed;
}

static void
areas_restore(struct test *t)
{
	for (struct area *a = t->area; a < t->area + AREAS; a++)
		memcpy(a->at, a->first, a->bytes);
}

static uint64_t
areas_hash(const struct test *t)
{
	uint64_t h = 0;

	for (const struct area *a = t->area; a < t->area + AREAS; a++) {
		const shm_word *w = (const void *)a->at;

		for (size_t i = 0; i < a->bytes / sizeof(*w); i++)
			h = (h ^ w[i]) * UINT64_C(0x9e3779b97f4a7c15) + (h >> 29);
	}
	return h;
}

/* What a reader that has just come finds; SIGALRM if it never returns. */
static int
look(const struct test *t, uint64_t *ret_n)
{
	const struct cadre__anchor *a = t->s->anchor;
	const void *slots[SAMPLE_SLOTS];
	struct cadre_region *r;
	int err;

	for (unsigned int i = 0; i < SAMPLE_SLOTS; i++)
		slots[i] = a->slot[i];
	alarm(LIMIT_S);
	err = cadre__region_wrap(a->view, a->places.anchor_bytes, slots,
	    a->acceptor, &r);
	if (err == 0) {
		err = t->op->read(r, ret_n);
		cadre_region_close(r);
	}
	alarm(0);
	return err;
}

/* Look, and sort what was found; `n` is what it was before the write. */
static uint64_t
judge(struct test *t, uint64_t n)
{
	uint64_t now = n - 1;
	int err = look(t, &now);

	t->stuck += err == -EAGAIN;
	t->torn += err < 0 && err != -EAGAIN;
	t->old += err == 0 && now == n;
	t->new += err == 0 && now == n + 1;
	t->other += err == 0 && now != n && now != n + 1;
	return now;
}

static void
set(const struct test *t, uint64_t n)
{
	if (t->op->set != NULL)
		t->op->set(n);
}

/* Another process takes over what is there, and counts on from `n`. */
static bool
succeed(const struct test *t, uint64_t n)
{
	uint64_t now = n;
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		alarm(LIMIT_S);
		if (t->op->begin != NULL)
			t->op->begin();
		set(t, n + 1);
		t->op->write();
		_exit(0);
	}
	waitpid(pid, &status, 0);
	return status == 0 && look(t, &now) == 0 && now == n + 1;
}

/* Watch one run from its first boundary to its last. */
static void
watch(struct test *t, uint64_t n)
{
	uint64_t hash = areas_hash(t), now = n, before;
	pid_t pid;

	step_start(&pid, t->op->write);
	do {
		struct point *p = &t->point[t->points++];

		p->changed = areas_changed(t);
		if (p->changed)
			hash = areas_hash(t);
		before = now;
		now = judge(t, n);
		t->other += now < before;
		*p = (struct point){ hash, now, p->changed };
		t->changes += p->changed;
	} while (step_next(pid) && t->points < LIMIT);
	step_kill(pid);
	t->changes += areas_changed(t);
	t->other += judge(t, n) != n + 1;
}

static void
kill_at(struct test *t, unsigned int i, uint64_t n)
{
	const struct point *p = &t->point[i];
	pid_t pid;

	areas_restore(t);
	step_start(&pid, t->op->write);
	while (i-- > 0)
		step_next(pid);
	step_kill(pid);
	t->kills++;
	t->other += areas_hash(t) != p->hash || judge(t, n) != p->n;
	t->failed += !succeed(t, p->n);
}

static void
report(const struct test *t)
{
	const char *name = t->op->name;

	ok(t->changes > 0 && t->points < LIMIT, "%s: %u boundaries, %u changes "
	    "of bytes, %u kills", name, t->points, t->changes, t->kills);
	ok(t->old > 0 && t->new > 0, "%s: read %u times old, %u times new",
	    name, t->old, t->new);
	is_int(t->torn, 0, "%s: no reading is torn", name);
	is_int(t->stuck, 0, "%s: none is blocked", name);
	is_int(t->other, 0, "%s: nor old after new, nor other after the kill",
	    name);
	is_int(t->failed, 0, "%s: each successor's write is read", name);
}

static void
areas_take(struct test *t)
{
	const struct cadre__places *p = &t->s->anchor->places;

	area_take(&t->area[0], t->s->anchor->map, p->anchor_bytes);
	for (unsigned int i = 0; i < SAMPLE_SLOTS; i++)
		area_take(&t->area[1 + i], t->s->slot[i], p->slot_bytes);
	area_take(&t->area[1 + SAMPLE_SLOTS], t->s->acceptor_map,
	    p->acceptor_bytes);
}

void
step_test(struct sample *s, const struct step_op *op)
{
	struct test t = { .op = op, .s = s };
	uint64_t n = 0;

	/* The processes that are killed play the master, too. */
	madvise(s->anchor->map, s->anchor->places.anchor_bytes, MADV_DOFORK);
	t.point = calloc(LIMIT, sizeof(*t.point));
	if (t.point == NULL || look(&t, &n) < 0)
		bail_out("%s: nothing to begin with", op->name);
	set(&t, n + 1);
	areas_take(&t);
	watch(&t, n);
	for (unsigned int i = 0; i < t.points; i++)
		if (i == 0 || t.point[i].changed || step_all())
			kill_at(&t, i, n);
	areas_restore(&t);
	report(&t);
	for (unsigned int i = 0; i < AREAS; i++) {
		free(t.area[i].first);
		free(t.area[i].last);
	}
	free(t.point);
}
