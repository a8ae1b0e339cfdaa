/* SPDX-License-Identifier: BSD-2-Clause */
/* The besieged: a master that measures its own loop. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/mman.h>
#include <sys/prctl.h>

#include "shm/clock.h"
#include "t/hostile/noise.h"
#include "t/hostile/siege.h"
#include "t/lib/app.h"
#include "t/lib/tap.h"

#define STOP_NS		(5 * NS_PER_S)

static char self[] = "/proc/self/exe";
static FILE *said;		/* the master's standard error */

struct siege *
siege_begin(void)
{
	void *map = mmap(NULL, sizeof(struct siege), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	said = tmpfile();
	if (map == MAP_FAILED || said == NULL)
		bail_out("siege: %s", strerror(errno));
	return map;
}

bool
siege_said_nothing(void)
{
	char line[256];
	bool nothing = true;

	rewind(said);
	while (fgets(line, sizeof(line), said) != NULL) {
		diag("master: %.200s", line);
		nothing = false;
	}
	return nothing;
}

static int
serve(struct cadre_worker *w, void *arg)
{
	if (cadre_worker_seat(w) == 0)
		noise_forked(w);
	return app_answer(w, arg);
}

int
siege_program(void)
{
	struct cadre_worker *w;
	const char *seat = getenv("CADRE_SEAT");
	int err;

	if (getenv("CADRE_CONTROL") == NULL)
		return -1;
	if (seat != NULL && strcmp(seat, "0") == 0)
		noise_program();
	err = cadre_worker_attach(&w);
	if (err == 0)
		err = cadre_worker_counter(w, "requests", "", "",
		    &app_requests);
	/* As a forked worker ends: no search for leaks in the drain time. */
	_exit(err < 0 ? cadre_fail(err) : app_answer(w, NULL));
}

static void
on_event(const struct cadre_shm_event *e, void *arg)
{
	struct siege *s = arg;

	s->spawned += e->kind == CADRE_EVENT_SPAWNED;
	s->bad_frames += e->kind == CADRE_EVENT_BAD_FRAME;
	s->late += e->kind == CADRE_EVENT_LATE;
	/* It went through, whatever was cut at the drain timeout. */
	s->restarted += e->kind == CADRE_EVENT_RESTARTED &&
	    memmem(e->text, e->text_bytes, "ended early", 11) == NULL;
}

static int
configure(struct cadre_master *m, struct siege *s, bool programs)
{
	static const char *const argv[] = { self, NULL };
	static const struct {
		enum cadre_option option;
		int64_t	value;
	} options[] = {
		{ CADRE_MAX_WORKERS, SIEGE_SEATS },
		{ CADRE_READY_AFTER_MS, -1 },
		{ CADRE_READY_TIMEOUT_MS, 3000 },
		{ CADRE_DRAIN_TIMEOUT_MS, 300 },
		{ CADRE_MIN_UPTIME_MS, 0 },
		{ CADRE_SUBREAPER, 1 },
		{ CADRE_LOG_BYTES, 65536 },
	};
	int err;

	cadre_master_on_event(m, on_event, s);
	err = cadre_master_listen(m, "tcp:127.0.0.1:0", NULL);
	if (err == 0 && !programs)
		err = cadre_master_counter(m, "requests", "", "",
		    &app_requests);
	if (err == 0)
		err = programs ? cadre_master_program(m, SIEGE_SEATS, argv) :
		    cadre_master_workers(m, SIEGE_SEATS, serve, NULL);
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]) &&
	    err == 0; i++)
		err = cadre_master_set(m, options[i].option, options[i].value);
	return err;
}

/* A turn of the loop as an embedder has it, with its time. */
static int
turn(struct cadre_master *m, struct siege *s)
{
	struct pollfd p = { .fd = cadre_master_fd(m), .events = POLLIN };
	uint64_t begun_ns, us, cpu_us, bucket;
	int err;

	(void)poll(&p, 1, 20);
	begun_ns = clock_now_ns();
	cpu_us = clock_read(CLOCK_THREAD_CPUTIME_ID) / 1000;
	err = cadre_master_dispatch(m);
	us = (clock_now_ns() - begun_ns) / 1000;
	cpu_us = clock_read(CLOCK_THREAD_CPUTIME_ID) / 1000 - cpu_us;
	bucket = us / SIEGE_BUCKET_US;
	s->took[bucket < SIEGE_BUCKETS ? bucket : SIEGE_BUCKETS - 1]++;
	s->turns++;
	if (us > s->longest_us)
		s->longest_us = us;
	if (cpu_us > s->longest_cpu_us)
		s->longest_cpu_us = cpu_us;
	return err;
}

/* From start to stop; 0, or what went wrong. */
static int
cycle(struct cadre_master *m, struct siege *s, unsigned int number)
{
	uint64_t now_ns = clock_now_ns(), end_ns, restart_ns;
	char address[64];
	int err;

	err = cadre_master_start(m);
	if (err < 0)
		return err;
	(void)cadre_master_address(m, 0, address, sizeof(address));
	s->port = (unsigned int)atoi(strrchr(address, ':') + 1);
	s->cycle = number;
	end_ns = now_ns + SIEGE_CYCLE_S * NS_PER_S;
	restart_ns = now_ns + SIEGE_RESTART_MS * NS_PER_MS;
	for (err = 1; err > 0 && now_ns < end_ns; now_ns = clock_now_ns()) {
		if (now_ns >= restart_ns) {
			s->restarts += cadre_master_restart(m, NULL) == 0;
			restart_ns = now_ns + SIEGE_RESTART_MS * NS_PER_MS;
		}
		err = turn(m, s);
	}
	s->cycle = 0;
	if (err > 0)
		err = cadre_master_stop(m, CADRE_STOP_GRACEFUL);
	for (end_ns = clock_now_ns() + STOP_NS; err >= 0 &&
	    (err = turn(m, s)) > 0 && clock_now_ns() < end_ns;)
		;
	return err > 0 ? -ETIMEDOUT : err;
}

static int
master_main(struct siege *s)
{
	struct cadre_master *m;
	int err = 0;

	for (unsigned int n = 1; err == 0 && !s->over; n++) {
		err = cadre_master_new("app", &m);
		if (err == 0)
			err = configure(m, s, n % 2 == 0);
		if (err == 0)
			err = cycle(m, s, n);
		cadre_master_free(m);
		s->programs += n % 2 == 0;
	}
	return err < 0 ? cadre_fail(err) : 0;
}

pid_t
siege_master(struct siege *s)
{
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(fileno(said), STDERR_FILENO);
	exit(master_main(s));
}

uint64_t
siege_percentile_us(const struct siege *s, double part)
{
	uint64_t upto = (uint64_t)((double)s->turns * part), n = 0;

	for (uint64_t i = 0; i < SIEGE_BUCKETS; i++) {
		n += s->took[i];
		if (n >= upto)
			return (i + 1) * SIEGE_BUCKET_US;
	}
	return UINT64_MAX;
}
