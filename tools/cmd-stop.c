/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cadre stop: ask masters to stop their apps, and wait until those are gone.
 * All are asked before one is waited for.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/stat.h>

#include <cadre/error.h>
#include <cadre/master.h>

#include "shm/clock.h"
#include "shm/frame.h"
#include "shm/rundir.h"
#include "tools/request.h"
#include "tools/text.h"

#define LOOK_MS		20
#define TELL_NS		NS_PER_S
#define ENDING_LOOKS	10	/* its lock is free, its directory still there */

static const struct option options[] = {
	{ "now", no_argument, NULL, 'n' },
	{ "patient", no_argument, NULL, 'p' },
	{ "timeout", required_argument, NULL, 't' },
	{ NULL, 0, NULL, 0 },
};

struct stop {
	struct request	request;
	char		*name;
	int		code;		/* of what failed already */
};

/* The apps to stop. */
struct stops {
	struct stop	*stop;
	size_t		n, room;
	bool		failed;		/* no memory */
};

/* Another master under this name is not the one that was asked. */
static bool
gone(const struct request *r, unsigned int *inout_endings)
{
	int dir, err, pid = 0;
	char path[600];

	dir = cadre__rundir_find(r->name, path, sizeof(path));
	if (dir < 0)
		return dir == -ENOENT;
	err = cadre__rundir_master(dir, &pid);
	close(dir);
	if (err == 0)
		return pid != r->master;
	/* It removes its directory last; a killed one never does. */
	return err == -ESRCH && ++*inout_endings >= ENDING_LOOKS;
}

static void
tell(struct request *r)
{
	const struct sample_seat *t;

	if (r->region == NULL || sample_take(r->region, &r->sample) < 0)
		return;
	for (unsigned int i = 0; i < r->sample.seats; i++) {
		t = &r->sample.seat[i];
		if (!t->lives || !t->has_proc)
			continue;
		printf("waiting for seat %u (pid %" PRIu64 ") of %s, %s", i,
		    t->view.newest.life.pid, r->name,
		    cadre_state_name(t->view.state));
		if (t->speaks)
			printf(", open connections: %" PRIu64, t->open);
		putchar('\n');
	}
	fflush(stdout);
}

static int
wait_gone(struct request *r)
{
	uint64_t begin = r->begin_ns, told = begin, now;
	unsigned int endings = 0;
	char list[512];

	while (!gone(r, &endings)) {
		now = clock_now_ns();
		if (request_late(r)) {
			request_pids(r, list, sizeof(list));
			verb_say(r->verb, "%s still runs after %s, workers:%s; "
			    "at once: %s stop --now %s", r->name,
			    text_duration(now - begin).s, list, verb_program,
			    r->name);
			return EXIT_FAILED;
		}
		if (request_silent(r))
			return request_failed(r, -ETIMEDOUT);
		/* Less and less often: a patient stop may take hours. */
		if (now - told >= TELL_NS && now - told >= (told - begin)) {
			tell(r);
			told = now;
		}
		verb_nap(LOOK_MS);
	}
	printf("%s stopped in %s\n", r->name,
	    text_duration(clock_now_ns() - begin).s);
	fflush(stdout);
	return EXIT_SUCCESS;
}

/* 0 if it is on its way, or the exit code. */
static int
ask(struct request *r, enum cadre_stop how)
{
	unsigned int endings = ENDING_LOOKS;
	uint32_t body = how;
	int err;

	err = request_open(r);
	if (err != 0)
		return err;
	err = request_send(r, CADRE_FRAME_STOP, &body, sizeof(body));
	if (err == 0)
		err = request_answer(r);
	if (err == -EPIPE || (err < 0 && err != -ESRCH && err != -ETIMEDOUT &&
	    err != -EACCES && err != -EPERM && gone(r, &endings)))
		err = 0;		/* it is ending already */
	if (err < 0)
		return request_failed(r, err);
	/*
	 * To tell whom it waits for; without it the stop works as well. Not
	 * before the answer: with a silent master this takes a second.
	 */
	request_attach(r);
	return 0;
}

static void
add(struct stops *s, const char *name)
{
	size_t room = s->room == 0 ? 16 : s->room * 2;
	struct stop *more;
	char *copy;

	if (s->n == s->room) {
		more = reallocarray(s->stop, room, sizeof(*more));
		if (more == NULL) {
			s->failed = true;
			return;
		}
		s->stop = more;
		s->room = room;
	}
	copy = strdup(name);
	if (copy == NULL) {
		s->failed = true;
		return;
	}
	s->stop[s->n++] = (struct stop){ .name = copy, .request = {
	    .name = copy, .done = "stopped", .dir = -1, .fd = -1 } };
}

/* One of this user's, with a master: what was left behind is not stopped. */
static void
add_running(const char *name, const char *path, void *arg)
{
	char found[600];
	struct stat st;
	int dir, err, pid;

	(void)path;
	dir = cadre__rundir_find(name, found, sizeof(found));
	if (dir < 0)
		return;
	err = cadre__rundir_master(dir, &pid);
	if (err == 0 && fstat(dir, &st) == 0 && st.st_uid == geteuid())
		add(arg, name);
	close(dir);
}

static int
choose(struct stops *s, const struct verb *v, int argc, char **argv)
{
	const char *name;
	int code, err = 0;

	if (optind + 1 == argc && strcmp(argv[optind], VERB_ALL) == 0)
		err = cadre_region_list(add_running, s);
	else if (optind == argc &&
	    (code = verb_name(v, argc, argv, &name)) != 0)
		return code;
	else
		for (int i = optind; i < argc; i++)
			add(s, argv[i]);
	if (err < 0 || s->failed)
		return verb_fail(v, err < 0 ? err : -ENOMEM);
	if (s->n == 0)
		puts("no apps running");
	return 0;
}

/* One app: its own exit code. Of several: whether all are gone. */
static int
stop(struct stops *s, const struct verb *v, enum cadre_stop how,
    uint64_t timeout_ns)
{
	int code = EXIT_SUCCESS;

	for (size_t i = 0; i < s->n; i++) {
		s->stop[i].request.verb = v;
		s->stop[i].request.timeout_ns = timeout_ns;
		s->stop[i].code = ask(&s->stop[i].request, how);
	}
	for (size_t i = 0; i < s->n; i++) {
		if (s->stop[i].code == 0)
			s->stop[i].code = wait_gone(&s->stop[i].request);
		if (s->stop[i].code != 0)
			code = s->n == 1 ? s->stop[i].code : EXIT_FAILED;
		request_close(&s->stop[i].request);
	}
	return code;
}

int
cmd_stop(const struct verb *v, int argc, char **argv)
{
	enum cadre_stop how = CADRE_STOP_GRACEFUL;
	struct stops s = { .n = 0 };
	double seconds = 0;
	int c, code;

	while ((c = getopt_long(argc, argv, ":t:", options, NULL)) != -1) {
		if (c == 'n')
			how = CADRE_STOP_NOW;
		else if (c == 'p')
			how = CADRE_STOP_PATIENT;
		else if (c != 't')
			return verb_flag(v, c, argv);
		else if (!verb_seconds(optarg, 0, 1e6, &seconds))
			return verb_usage(v, "flag --timeout needs seconds, "
			    "not '%s'", optarg);
	}
	code = choose(&s, v, argc, argv);
	if (code == 0)
		code = stop(&s, v, how, (uint64_t)(seconds * 1e9));
	for (size_t i = 0; i < s.n; i++)
		free(s.stop[i].name);
	free(s.stop);
	return code;
}
