/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A master in this process. Its hook only writes the journal and notes that
 * something moved; what that means for the user is looked up after the turn.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sys/stat.h>

#include "runtime/size.h"
#include "shm/rundir.h"
#include "tools/service.h"

#define LOG_NAME	"master.log"

static void __attribute__((format(printf, 3, 4)))
tell(struct service *s, enum service_news news, const char *format, ...)
{
	char text[768];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	journal_text(&s->journal, text);
	s->tell(s->arg, news, text);
}

/* The directory of the logs: -errno if it is not there, or not ours. */
static int
log_directory(const struct service *s)
{
	char path[600];
	struct stat st;
	int dir, fd;

	if (s->app->log_dir != NULL) {
		fd = open(s->app->log_dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
		return fd < 0 ? -errno : fd;
	}
	dir = cadre__rundir_find(s->app->name, path, sizeof(path));
	if (dir < 0)
		return dir;
	fd = openat(dir, "log", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		fd = -errno;
	close(dir);
	if (fd >= 0 && (fstat(fd, &st) < 0 || st.st_uid != geteuid())) {
		close(fd);
		fd = -EPERM;
	}
	return fd;
}

static void
log_open(struct service *s)
{
	off_t limit = s->app->given[CADRE_LOG_BYTES] ?
	    (off_t)s->app->value[CADRE_LOG_BYTES] : LOG_BYTES;
	int dir = log_directory(s), err = dir;

	if (dir >= 0) {
		err = journal_file(&s->journal, dir, LOG_NAME, limit);
		close(dir);
	}
	if (err < 0)
		tell(s, SERVICE_NOTE, "cannot write " LOG_NAME ": %s; it goes "
		    "on without", strerror(-err));
}

/* The runtime removes its own files; this one is ours. */
static void
log_remove(const struct service *s)
{
	int dir;

	/* Not opened: then what is there may be that of another one. */
	if (s->journal.limit == 0 || s->app->log_dir != NULL ||
	    (dir = log_directory(s)) < 0)
		return;
	unlinkat(dir, LOG_NAME, 0);
	close(dir);
}

static void
on_event(const struct cadre_shm_event *e, void *arg)
{
	struct service *s = arg;

	/* The first event of all; before it there is no log directory. */
	if (e->kind == CADRE_EVENT_STARTED) {
		s->wanted = e->tries;
		if (s->log)
			log_open(s);
	}
	s->moved |= e->kind == CADRE_EVENT_READY ||
	    e->kind == CADRE_EVENT_PARKED || e->kind == CADRE_EVENT_DONE;
	s->finished |= e->kind == CADRE_EVENT_DONE &&
	    e->seat == CADRE_NO_SEAT;
	journal_event(&s->journal, e);
}

static void
tell_ready(struct service *s, unsigned int up, unsigned int parked)
{
	char where[480] = "", address[160];
	size_t at = 0;

	for (unsigned int i = 0; cadre_master_address(s->master, i, address,
	    sizeof(address)) >= 0; i++) {
		if (at + strlen(address) + 2 > sizeof(where))
			break;
		at += (size_t)snprintf(where + at, sizeof(where) - at, "%s%s",
		    at > 0 ? " " : " on ", address);
	}
	s->told_ready = true;
	if (parked > 0)
		tell(s, SERVICE_NOTE, "%u of %u seats are parked: what they "
		    "run died too soon too often; %s events %s tells why",
		    parked, s->wanted, verb_program, s->app->name);
	tell(s, SERVICE_READY, "%s: %u worker%s ready%s", s->app->name, up,
	    up == 1 ? "" : "s", where);
}

/* Only until all is told: an app of 4,096 seats must not cost a turn each. */
static void
look(struct service *s)
{
	unsigned int up = 0, parked = 0, done = 0, silent = 0;
	struct cadre_health h;

	if (!s->moved || (s->told_ready && s->told_silent))
		return;
	s->moved = false;
	for (unsigned int i = 0; i < s->wanted; i++) {
		if (cadre_master_health(s->master, i, &h) < 0) {
			s->moved = true;	/* again, after the next turn */
			continue;
		}
		up += h.state == CADRE_STATE_UP;
		parked += h.state == CADRE_STATE_PARKED;
		done += h.state == CADRE_STATE_DONE;
		silent += h.state == CADRE_STATE_UP &&
		    (h.flags & CADRE_LIFE_ATTACHED) == 0;
	}
	if (silent > 0 && !s->told_silent) {
		s->told_silent = true;
		tell(s, SERVICE_NOTE, "%.256s does not use libcadre: cpu and "
		    "memory from /proc, no stall or hang detection%s",
		    s->app->argv[0], intake_is_limited(&s->app->intake) ?
		    ", no limit of connections" : "");
	}
	if (!s->told_ready && up > 0 && up + parked + done >= s->wanted)
		tell_ready(s, up, parked);
}

static int
loop(struct service *s)
{
	int err;

	do {
		look(s);
		err = cadre_master_wait(s->master, -1);
	} while (err > 0);
	return err;
}

int
service_run(struct service *s)
{
	int err;

	if (s->log)
		s->journal = (struct journal)JOURNAL_NONE;
	else
		journal_stderr(&s->journal);
	cadre_master_on_event(s->master, on_event, s);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);	/* a full log is no end of the app */
	err = cadre_master_set(s->master, CADRE_SIGNALS, 1);
	if (err >= 0)
		err = cadre_master_start(s->master);
	if (err >= 0)
		err = loop(s);
	if (err < 0) {
		snprintf(s->why, sizeof(s->why), "%s", cadre_error(err));
		if (s->log)
			journal_text(&s->journal, s->why);
	}
	log_remove(s);
	cadre_master_free(s->master);
	s->master = NULL;
	journal_close(&s->journal);
	return err;
}
