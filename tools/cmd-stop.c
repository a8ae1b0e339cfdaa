/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cadre stop: ask the master to stop its app, and wait until it is gone. The
 * only verb with a request that changes something, so the only one that may be
 * refused. Who holds the app's lock tells whether the master still is there.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <poll.h>
#include <pwd.h>
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
#include "tools/proc.h"
#include "tools/sample.h"
#include "tools/text.h"
#include "tools/verb.h"

#define REPLY_MS	2000	/* a master that runs answers in less than one */
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
	const struct verb *verb;
	const char	*name;
	enum cadre_stop	how;
	uint64_t	begin_ns, timeout_ns;	/* 0: none */
	char		path[600];	/* the app's directory */
	int		dir;
	int		master;		/* pid; 0: of another namespace */
	bool		sent;		/* the request is in the socket */
	struct cadre_region *region;	/* NULL: could not be read */
	struct sample	sample;
};

/* The pids of workers that still run, as they are typed: " 812 813". */
static unsigned int
pids(struct stop *s, char *to, size_t room)
{
	unsigned int n = 0;
	size_t at = 0;

	to[0] = '\0';
	if (s->region == NULL || sample_take(s->region, &s->sample) < 0)
		return 0;
	for (unsigned int i = 0; i < s->sample.seats; i++) {
		const struct cadre_worker_view *w[] = {
		    &s->sample.seat[i].view.newest,
		    &s->sample.seat[i].view.draining };
		bool there[] = { s->sample.seat[i].lives,
		    s->sample.seat[i].view.has_draining };
		struct proc p;

		for (int k = 0; k < 2; k++) {
			if (!there[k] || proc_read_same(w[k]->life.pid,
			    w[k]->life.start, &p) < 0)
				continue;
			n++;
			if (at + 24 < room)
				at += (size_t)snprintf(to + at, room - at,
				    " %" PRIu64, w[k]->life.pid);
		}
	}
	return n;
}

/* Nobody holds the app's lock: its master is gone, workers may not be. */
static int
without_master(struct stop *s)
{
	char list[512];

	if (s->region != NULL && pids(s, list, sizeof(list)) > 0) {
		verb_say(s->verb, "the master of %s is dead; its workers "
		    "finish what they have and leave; at once: kill -9%s",
		    s->name, list);
		return EXIT_SILENT;
	}
	verb_say(s->verb, "%s does not run; it left %s behind, which its next "
	    "start takes over: or rm -r it", s->name, s->path);
	return EXIT_NO_APP;
}

static bool
is_stopped(int pid)
{
	struct proc p;

	return proc_read(pid, &p) == 0 && (p.state == 'T' || p.state == 't');
}

static int
silent(const struct stop *s)
{
	const char *queued = s->sent ? "; the request is queued and takes "
	    "effect when it goes on" : "";
	int pid = s->master;

	if (pid <= 0)
		verb_say(s->verb, "the master of %s does not answer, and its "
		    "pid cannot be seen from here%s", s->name, queued);
	else if (is_stopped(pid))
		verb_say(s->verb, "the master of %s (pid %d) is stopped%s: "
		    "kill -CONT %d; or end it: kill -9 %d, then its workers "
		    "finish and leave", s->name, pid, queued, pid, pid);
	else
		verb_say(s->verb, "the master of %s (pid %d) does not answer%s"
		    "; or end it: kill -9 %d, then its workers finish and "
		    "leave", s->name, pid, queued, pid);
	return EXIT_SILENT;
}

static int
refused(const struct stop *s)
{
	const struct passwd *owner;
	struct stat st;

	if (fstat(s->dir, &st) < 0 || st.st_uid == 0)
		verb_say(s->verb, "%s may be stopped by root only", s->name);
	else if ((owner = getpwuid(st.st_uid)) != NULL)
		verb_say(s->verb, "%s may be stopped by %s or root only",
		    s->name, owner->pw_name);
	else
		verb_say(s->verb, "%s may be stopped by uid %u or root only",
		    s->name, (unsigned int)st.st_uid);
	return EXIT_FAILED;
}

/* How long to wait for a reply: never beyond the timeout. */
static int
reply_ms(const struct stop *s)
{
	uint64_t spent = clock_now_ns() - s->begin_ns, left;

	if (s->timeout_ns == 0)
		return REPLY_MS;
	left = s->timeout_ns > spent ? s->timeout_ns - spent : 0;
	return left > REPLY_MS * NS_PER_MS ? REPLY_MS :
	    (int)((left + NS_PER_MS - 1) / NS_PER_MS);
}

/* The reply, or -ETIMEDOUT. -EPIPE: the master ended meanwhile. */
static int
reply(const struct stop *s, int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	struct { int32_t err; char text[256]; } body = { .err = 0 };
	struct cadre__frame frame;
	unsigned int nfds = 0;
	int err;

	do {
		if (poll(&p, 1, reply_ms(s)) <= 0)
			return -ETIMEDOUT;
		err = cadre__frame_recv(fd, &frame, &body, sizeof(body), NULL,
		    &nfds);
	} while (err == -EAGAIN);
	if (err < 0)
		return err;
	if (frame.type == CADRE_FRAME_DONE)
		return 0;
	if (frame.type == CADRE_FRAME_ERROR && body.err < 0)
		return body.err;
	return -EPROTO;
}

static int
ask(struct stop *s)
{
	uint32_t how = s->how;
	struct cadre__frame frame = {
		.version = CADRE_FRAME_VERSION,
		.type = CADRE_FRAME_STOP,
		.id = 1,
		.length = sizeof(how),
	};
	int err, fd;

	fd = cadre__rundir_connect(s->dir);
	if (fd < 0)
		return fd == -EAGAIN ? -ETIMEDOUT : fd;
	err = cadre__frame_send(fd, &frame, &how, NULL, 0);
	s->sent = err == 0;
	if (err == 0)
		err = reply(s, fd);
	close(fd);
	return err == -EAGAIN ? -ETIMEDOUT : err;
}

/* Another master under this name is not the one that was asked. */
static bool
gone(const struct stop *s, unsigned int *inout_endings)
{
	int dir, err, pid = 0;
	char path[600];

	dir = cadre__rundir_find(s->name, path, sizeof(path));
	if (dir < 0)
		return dir == -ENOENT;
	err = cadre__rundir_master(dir, &pid);
	close(dir);
	if (err == 0)
		return pid != s->master;
	/* It removes its directory last; a killed one never does. */
	return err == -ESRCH && ++*inout_endings >= ENDING_LOOKS;
}

static void
tell(struct stop *s)
{
	const struct sample_seat *t;

	if (s->region == NULL || sample_take(s->region, &s->sample) < 0)
		return;
	for (unsigned int i = 0; i < s->sample.seats; i++) {
		t = &s->sample.seat[i];
		if (t->lives && t->has_proc)
			printf("waiting for seat %u (pid %" PRIu64 "), %s, "
			    "open connections: %" PRIu64 "\n", i,
			    t->view.newest.life.pid,
			    cadre_state_name(t->view.state), t->open);
	}
	fflush(stdout);
}

static bool
is_silent(const struct stop *s)
{
	struct cadre_app app;

	return s->region != NULL && cadre_region_app(s->region, &app) == 0 &&
	    app.master_lives && app.beat_age_ns > CADRE_SILENT_NS;
}

static int
wait_gone(struct stop *s)
{
	uint64_t begin = s->begin_ns, told = begin, now;
	unsigned int endings = 0;
	char list[512];

	while (!gone(s, &endings)) {
		now = clock_now_ns();
		if (s->timeout_ns > 0 && now - begin >= s->timeout_ns) {
			pids(s, list, sizeof(list));
			verb_say(s->verb, "%s still runs after %s, workers:%s; "
			    "at once: %s stop --now %s", s->name,
			    text_duration(now - begin).s, list, verb_program,
			    s->name);
			return EXIT_FAILED;
		}
		if (is_silent(s))
			return silent(s);
		/* Less and less often: a patient stop may take hours. */
		if (now - told >= TELL_NS && now - told >= (told - begin)) {
			tell(s);
			told = now;
		}
		verb_nap(LOOK_MS);
	}
	printf("%s stopped in %s\n", s->name,
	    text_duration(clock_now_ns() - begin).s);
	return EXIT_SUCCESS;
}

/*
 * To tell whom it waits for; without it the stop works as well. Not before the
 * master has answered, for with a silent one this takes a second.
 */
static void
attach(struct stop *s)
{
	if (cadre_region_open(s->name, &s->region) < 0)
		s->region = NULL;
}

static int
stop(struct stop *s)
{
	unsigned int endings = ENDING_LOOKS;
	int err;

	err = cadre__rundir_master(s->dir, &s->master);
	if (err == -ESRCH) {
		attach(s);
		return without_master(s);
	}
	if (err < 0 && err != -EACCES)
		return verb_fail(s->verb, err);
	err = ask(s);
	if (err == -ETIMEDOUT)
		return silent(s);
	if (err == -EACCES || err == -EPERM)
		return refused(s);
	if (err < 0 && err != -EPIPE && !gone(s, &endings)) {
		if (s->master > 0)
			verb_say(s->verb, "the master of %s (pid %d) did not "
			    "take it: %s; try kill -TERM %d", s->name,
			    s->master, strerror(-err), s->master);
		else
			verb_say(s->verb, "the master of %s did not take it: "
			    "%s", s->name, strerror(-err));
		return EXIT_FAILED;
	}
	attach(s);
	return wait_gone(s);
}

int
cmd_stop(const struct verb *v, int argc, char **argv)
{
	struct stop s = { .verb = v, .how = CADRE_STOP_GRACEFUL,
	    .begin_ns = clock_now_ns() };
	double seconds;
	int c, code;

	while ((c = getopt_long(argc, argv, ":t:", options, NULL)) != -1) {
		if (c == 'n')
			s.how = CADRE_STOP_NOW;
		else if (c == 'p')
			s.how = CADRE_STOP_PATIENT;
		else if (c != 't')
			return verb_flag(v, c, argv);
		else if (!verb_seconds(optarg, 0, 1e6, &seconds))
			return verb_usage(v, "flag --timeout needs seconds, "
			    "not '%s'", optarg);
		else
			s.timeout_ns = (uint64_t)(seconds * 1e9);
	}
	if ((code = verb_name(v, argc, argv, &s.name)) != 0)
		return code;
	s.dir = cadre__rundir_find(s.name, s.path, sizeof(s.path));
	if (s.dir == -EACCES) {
		verb_say(v, "%s; its owner or root may stop it",
		    cadre_error(s.dir));
		return EXIT_FAILED;
	}
	if (s.dir < 0)
		return verb_fail(v, s.dir);
	code = stop(&s);
	sample_free(&s.sample);
	cadre_region_close(s.region);
	close(s.dir);
	return code;
}
