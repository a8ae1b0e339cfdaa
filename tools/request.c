/* SPDX-License-Identifier: BSD-2-Clause */
/* Asking a master, and saying what came of it. */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sys/stat.h>

#include <cadre/error.h>

#include "shm/clock.h"
#include "shm/frame.h"
#include "shm/rundir.h"
#include "tools/request.h"

#define REPLY_MS	5000	/* a master that runs answers in less than one */
#define STARVED_NS	(60 * NS_PER_S)	/* … if it gets a processor */
#define NAP_MS		50
#define WINDOW_NS	NS_PER_S	/* after so long a look tells whether */

int
request_open(struct request *r)
{
	r->fd = -1;
	r->begin_ns = clock_now_ns();
	r->dir = cadre__rundir_find(r->name, r->path, sizeof(r->path));
	if (r->dir >= 0)
		return 0;
	if (r->dir != -EACCES)
		return verb_fail(r->verb, r->dir);
	verb_say(r->verb, "%s; it may be %s by its owner or root",
	    cadre_error(r->dir), r->done);
	return EXIT_FAILED;
}

void
request_close(struct request *r)
{
	sample_free(&r->sample);
	cadre_region_close(r->region);
	r->region = NULL;
	if (r->fd >= 0)
		close(r->fd);
	if (r->dir >= 0)
		close(r->dir);
	r->fd = r->dir = -1;
}

void
request_attach(struct request *r)
{
	if (r->region == NULL && cadre_region_open(r->name, &r->region) < 0)
		r->region = NULL;
}

unsigned int
request_pids(struct request *r, char *to, size_t room)
{
	unsigned int n = 0;
	size_t at = 0;

	to[0] = '\0';
	if (r->region == NULL || sample_take(r->region, &r->sample) < 0)
		return 0;
	for (unsigned int i = 0; i < r->sample.seats; i++) {
		const struct sample_seat *s = &r->sample.seat[i];
		const struct cadre_worker_view *w[] = { &s->view.newest,
		    &s->view.draining };
		bool there[] = { s->lives, s->view.has_draining };
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

/*
 * Where others take all processors, its answer and its beats are late. What it
 * had is what it had of late: one that loops after a quiet hour does not starve.
 */
static bool
starves(struct request *r)
{
	uint64_t now_ns = clock_now_ns(), span_ns = now_ns - r->before_ns;
	struct proc now;
	bool is;

	if (proc_read(r->master, &now) < 0)
		return false;
	is = span_ns < WINDOW_NS ? now.state == 'R' :
	    proc_starves(&r->before, &now, span_ns);
	if (span_ns > 2 * WINDOW_NS) {
		r->before = now;
		r->before_ns = now_ns;
	}
	return is;
}

/* It is worth to wait on for an answer. */
static bool
waits(struct request *r)
{
	return !request_late(r) && starves(r) &&
	    clock_now_ns() - r->begin_ns < STARVED_NS;
}

int
request_send(struct request *r, uint16_t type, const void *body,
    uint32_t bytes)
{
	struct cadre__frame frame = {
		.version = CADRE_FRAME_VERSION,
		.type = type,
		.id = 1,
		.length = bytes,
	};
	int err;

	err = cadre__rundir_master(r->dir, &r->master);
	if (err < 0 && err != -EACCES)
		return err;
	(void)proc_read(r->master, &r->before);
	r->before_ns = clock_now_ns();
	while ((r->fd = cadre__rundir_connect(r->dir)) == -EAGAIN &&
	    waits(r))
		verb_nap(NAP_MS);
	if (r->fd < 0)
		return r->fd == -EAGAIN ? -ETIMEDOUT : r->fd;
	err = cadre__frame_send(r->fd, &frame, body, NULL, 0);
	r->sent = err == 0;
	return err == -EAGAIN ? -ETIMEDOUT : err;
}

/* Never beyond the timeout of the whole. */
static int
bounded_ms(const struct request *r, int wait_ms)
{
	uint64_t spent = clock_now_ns() - r->begin_ns, left;

	if (r->timeout_ns == 0)
		return wait_ms;
	left = r->timeout_ns > spent ? r->timeout_ns - spent : 0;
	return left > (uint64_t)wait_ms * NS_PER_MS ? wait_ms :
	    (int)((left + NS_PER_MS - 1) / NS_PER_MS);
}

int
request_answer(struct request *r)
{
	int err;

	do
		err = request_reply(r, REPLY_MS);
	while (err == -ETIMEDOUT && waits(r));
	return err;
}

int
request_reply(struct request *r, int wait_ms)
{
	struct pollfd p = { .fd = r->fd, .events = POLLIN };
	struct cadre__frame_error body = { .err = 0 };
	struct cadre__frame frame;
	unsigned int nfds = 0;
	int err;

	do {
		if (poll(&p, 1, bounded_ms(r, wait_ms)) <= 0)
			return -ETIMEDOUT;
		err = cadre__frame_recv(r->fd, &frame, &body, sizeof(body),
		    NULL, &nfds);
	} while (err == -EAGAIN);
	if (err < 0)
		return err;
	if (frame.type == CADRE_FRAME_DONE)
		return 0;
	if (frame.type != CADRE_FRAME_ERROR || body.err >= 0 ||
	    frame.length < sizeof(body.err))
		return -EPROTO;
	snprintf(r->text, sizeof(r->text), "%.*s",
	    (int)(frame.length - sizeof(body.err)), body.text);
	return body.err;
}

bool
request_late(const struct request *r)
{
	return r->timeout_ns > 0 &&
	    clock_now_ns() - r->begin_ns >= r->timeout_ns;
}

bool
request_silent(struct request *r)
{
	/* In this order: who got one in between has set its beat. */
	uint64_t most_ns = starves(r) ? STARVED_NS : CADRE_SILENT_NS;
	struct cadre_app app;

	return r->region != NULL && cadre_region_app(r->region, &app) == 0 &&
	    app.master_lives && app.beat_age_ns > most_ns;
}

/* Nobody holds the app's lock: its master is gone, workers may not be. */
static int
without_master(struct request *r)
{
	char list[512];

	request_attach(r);
	if (r->region != NULL && request_pids(r, list, sizeof(list)) > 0) {
		verb_say(r->verb, "the master of %s is dead; its workers "
		    "finish what they have and leave; at once: kill -9%s",
		    r->name, list);
		return EXIT_SILENT;
	}
	verb_say(r->verb, "%s does not run; it left %s behind, which its next "
	    "start takes over: or rm -r it", r->name, r->path);
	return EXIT_NO_APP;
}

static bool
is_stopped(int pid)
{
	struct proc p;

	return proc_read(pid, &p) == 0 && (p.state == 'T' || p.state == 't');
}

static int
silent(struct request *r)
{
	const char *queued = r->sent ? "; the request is queued and takes "
	    "effect when it goes on" : "";
	int pid = r->master;

	if (pid <= 0)
		verb_say(r->verb, "the master of %s does not answer, and its "
		    "pid cannot be seen from here%s", r->name, queued);
	else if (is_stopped(pid))
		verb_say(r->verb, "the master of %s (pid %d) is stopped%s: "
		    "kill -CONT %d; or end it: kill -9 %d, then its workers "
		    "finish and leave", r->name, pid, queued, pid, pid);
	else if (starves(r))
		verb_say(r->verb, "the master of %s (pid %d) gets no processor"
		    "%s; see what takes them all: top", r->name, pid, queued);
	else
		verb_say(r->verb, "the master of %s (pid %d) does not answer%s"
		    "; or end it: kill -9 %d, then its workers finish and "
		    "leave", r->name, pid, queued, pid);
	return EXIT_SILENT;
}

static int
refused(const struct request *r)
{
	const struct passwd *owner;
	struct stat st;

	if (fstat(r->dir, &st) < 0 || st.st_uid == 0)
		verb_say(r->verb, "%s may be %s by root only", r->name,
		    r->done);
	else if ((owner = getpwuid(st.st_uid)) != NULL)
		verb_say(r->verb, "%s may be %s by %s or root only", r->name,
		    r->done, owner->pw_name);
	else
		verb_say(r->verb, "%s may be %s by uid %u or root only",
		    r->name, r->done, (unsigned int)st.st_uid);
	return EXIT_FAILED;
}

int
request_failed(struct request *r, int err)
{
	const char *why = r->text[0] != '\0' ? r->text : strerror(-err);

	if (err == -ESRCH)
		return without_master(r);
	if (err == -ETIMEDOUT)
		return silent(r);
	if (err == -EACCES || err == -EPERM)
		return refused(r);
	if (r->master > 0)
		verb_say(r->verb, "the master of %s (pid %d) did not take it: "
		    "%s", r->name, r->master, why);
	else
		verb_say(r->verb, "the master of %s did not take it: %s",
		    r->name, why);
	return EXIT_FAILED;
}

int
request_ask(struct request *r, uint16_t type, const void *body,
    uint32_t bytes)
{
	char line[640];
	int code, err;

	code = request_open(r);
	if (code != 0) {
		request_close(r);
		return code;
	}
	err = request_send(r, type, body, bytes);
	if (err == 0)
		err = request_answer(r);
	if (err < 0 && r->text[0] != '\0' && err != -EACCES) {
		snprintf(line, sizeof(line), "%s: %s", r->name, r->text);
		verb_tell(r->verb, line);
		code = EXIT_FAILED;
	} else if (err < 0) {
		request_attach(r);
		code = request_failed(r, err);
	}
	request_close(r);
	return code;
}
