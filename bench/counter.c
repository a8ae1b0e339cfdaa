/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What it costs a worker to tell something through the region, beside the
 * other ways: a plain increment, a locked one, a message on a socket. And what
 * it costs an observer to look: the time, and that it makes no system call.
 *
 * Every loop has the same shape: one operation, one barrier for the compiler,
 * so that none is hoisted, merged or vectorised. The rounds are interleaved.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "bench/fixture.h"
#include "bench/measure.h"
#include "shm/clock.h"

#define ROUNDS		15
#define MESSAGES	200000
#define SNAPSHOTS	500
#define BARRIER()	__asm__ __volatile__("" ::: "memory")
#define LOOP(name, before, operation)					\
	static void __attribute__((noinline, aligned(64)))		\
	name(uint64_t n)						\
	{								\
		before;							\
		for (uint64_t i = 0; i < n; i++) {			\
			operation;					\
			BARRIER();					\
		}							\
	}

static struct fixture fixture;
static struct {
	uint64_t	value;
	char		pad[120];	/* alone in its lines, as a counter is */
} plain __attribute__((aligned(128)));

LOOP(plain_add, uint64_t *p = &plain.value; BARRIER(), (*p)++)
LOOP(counter_add, struct cadre_counter *c = fixture.counter,
    cadre_counter_add(c, 1))
LOOP(counter_add_mt, struct cadre_counter *c = fixture.counter,
    cadre_counter_add_mt(c, 1))
LOOP(gauge_set, struct cadre_gauge *g = fixture.gauge,
    cadre_gauge_set(g, (int64_t)i))
LOOP(clock_read_only, (void)0, clock_now_ns())
LOOP(status_publish, struct cadre__slot *s = &fixture.worker[0],
    cadre__slot_status_publish(s, i))
LOOP(health_push, struct cadre__slot *s = &fixture.worker[0],
    cadre__slot_health_push(s, i, 0))
LOOP(health_push_clock, struct cadre__slot *s = &fixture.worker[0],
    cadre__slot_health_push(s, clock_now_ns(), 0))
LOOP(turn, struct cadre__slot *s = &fixture.worker[0],
    cadre__slot_turn_begin(s, clock_now_ns());
    cadre__slot_turn_end(s, clock_now_ns()))

enum { PLAIN, ADD, ADD_MT, GAUGE, CLOCK, STATUS, HEALTH, HEALTH_CLOCK, TURN,
    WAYS };
static const struct {
	const char	*name;
	void		(*loop)(uint64_t n);
	uint64_t	n;
} ways[WAYS] = {
	[PLAIN] = { "plain increment", plain_add, 20000000 },
	[ADD] = { "counter add", counter_add, 20000000 },
	[ADD_MT] = { "counter add, lock prefix", counter_add_mt, 5000000 },
	[GAUGE] = { "gauge set", gauge_set, 20000000 },
	[CLOCK] = { "clock", clock_read_only, 1000000 },
	[STATUS] = { "status publish", status_publish, 2000000 },
	[HEALTH] = { "health record", health_push, 2000000 },
	[HEALTH_CLOCK] = { "health record and clock", health_push_clock,
	    1000000 },
	[TURN] = { "turn: begin, end, two clocks", turn, 1000000 },
};
static double ns[WAYS][ROUNDS], ratio[ROUNDS];

static void
writes(void)
{
	uint64_t start;

	for (int r = 0; r < ROUNDS; r++) {
		for (int w = 0; w < WAYS; w++) {
			start = clock_now_ns();
			ways[w].loop(ways[w].n);
			ns[w][r] = (double)(clock_now_ns() - start) /
			    (double)ways[w].n;
		}
		ratio[r] = ns[ADD][r] / ns[PLAIN][r];
	}
	for (int w = 0; w < WAYS; w++)
		printf("%-30s %9.2f ns  (%.2f to %.2f)\n", ways[w].name,
		    measure_quantile(ns[w], ROUNDS, 0.5),
		    measure_quantile(ns[w], ROUNDS, 0),
		    measure_quantile(ns[w], ROUNDS, 1));
}

struct message {		/* that a counter of a worker grew */
	uint32_t	seat, metric;
	uint64_t	n;
};

/* The receiver's processor time for all of them, by its own account. */
static void
receive(int fd, int report)
{
	uint64_t totals[FIXTURE_METRICS] = { 0 };
	struct message m;
	double cpu = measure_cpu_ns();

	for (int i = 0; i < MESSAGES; i++)
		if (recv(fd, &m, sizeof(m), 0) == sizeof(m))
			totals[m.metric % FIXTURE_METRICS] += m.n;
	cpu = measure_cpu_ns() - cpu;
	_exit(totals[1] != MESSAGES ||
	    write(report, &cpu, sizeof(cpu)) != sizeof(cpu));
}

/* The same fact told by messages: processor time of both ends, for each. */
static double
message_ns(void)
{
	struct message m = { .metric = 1, .n = 1 };
	int ends[2], report[2], status;
	double sent, received = 0;
	pid_t pid = -1;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) == 0 &&
	    pipe(report) == 0)
		pid = fork();
	if (pid < 0)
		measure_check(-errno, "receiver");
	if (pid == 0)
		receive(ends[1], report[1]);
	sent = measure_cpu_ns();
	for (int i = 0; i < MESSAGES; i++)
		if (send(ends[0], &m, sizeof(m), 0) != sizeof(m))
			measure_check(-errno, "send");
	sent = measure_cpu_ns() - sent;
	if (waitpid(pid, &status, 0) < 0 || status != 0 ||
	    read(report[0], &received, sizeof(received)) != sizeof(received))
		measure_check(-EPROTO, "receiver");
	for (int i = 0; i < 2; i++) {
		close(ends[i]);
		close(report[i]);
	}
	return (sent + received) / MESSAGES;
}

static uint64_t values[FIXTURE_SEATS * FIXTURE_METRICS];

/* All that fixture_make() wrote and nothing else changes. */
static bool
snapshot_right(void)
{
	int n = cadre_region_snapshot(fixture.region, values, FIXTURE_METRICS);

	for (uint64_t seat = 1; seat < FIXTURE_SEATS; seat++)
		for (uint64_t i = FIXTURE_HEAD; i < FIXTURE_METRICS; i++)
			if (values[seat * FIXTURE_METRICS + i] != i + 1)
				return false;
	return n == FIXTURE_METRICS;
}

static void
snapshots(void)
{
	double us[ROUNDS];
	uint64_t start;

	if (!snapshot_right())
		measure_check(-EPROTO, "the snapshot is wrong");
	for (int r = 0; r < ROUNDS; r++) {
		start = clock_now_ns();
		for (int i = 0; i < SNAPSHOTS; i++)
			cadre_region_snapshot(fixture.region, values,
			    FIXTURE_METRICS);
		us[r] = (double)(clock_now_ns() - start) / SNAPSHOTS / 1e3;
	}
	printf("%-30s %9.2f us  (%.2f to %.2f), budget 10 us\n",
	    "snapshot, 64 seats, 64 metrics", measure_quantile(us, ROUNDS, 0.5),
	    measure_quantile(us, ROUNDS, 0), measure_quantile(us, ROUNDS, 1));
}

/*
 * In a process that the kernel kills at any system call but read, write and
 * exit. Does it live to the end?
 */
static bool
survives_strict(bool cheat)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) < 0)
			_exit(1);
		if (cheat)
			syscall(SYS_getppid);
		for (int i = 0; i < SNAPSHOTS; i++)
			cadre_region_snapshot(fixture.region, values,
			    FIXTURE_METRICS);
		syscall(SYS_exit, 0);
	}
	waitpid(pid, &status, 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
		measure_check(-ENOSYS, "seccomp");
	return WIFEXITED(status);
}

int
main(void)
{
	double message[5], add;
	size_t rounds = sizeof(message) / sizeof(message[0]);

	measure_conditions("counter: medians of 15 interleaved rounds");
	fixture_make(&fixture);
	writes();
	for (size_t i = 0; i < rounds; i++)
		message[i] = message_ns();
	add = measure_quantile(ns[ADD], ROUNDS, 0.5);
	printf("%-30s %9.2f ns  (%.2f to %.2f), CPU of both ends\n",
	    "socket message", measure_quantile(message, rounds, 0.5),
	    measure_quantile(message, rounds, 0),
	    measure_quantile(message, rounds, 1));
	snapshots();
	printf("snapshot under seccomp strict: %s\n", !survives_strict(false) ?
	    "killed: it makes a system call" : survives_strict(true) ?
	    "nothing shown: one system call was not noticed" :
	    "0 system calls in 500 (and one on purpose is killed)");
	printf("counter add / plain           %9.3f     (%.3f to %.3f), budget "
	    "1.1\n", measure_quantile(ratio, ROUNDS, 0.5),
	    measure_quantile(ratio, ROUNDS, 0),
	    measure_quantile(ratio, ROUNDS, 1));
	printf("socket message / counter add  %9.0f     budget 1000 or more\n",
	    measure_quantile(message, rounds, 0.5) / add);
	printf("health record                 %9.2f ns  budget 10 ns\n",
	    measure_quantile(ns[HEALTH], ROUNDS, 0.5));
	return 0;
}
