/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A worker writes its output straight to a file opened for appending: no byte
 * passes through the master, and no reader can block a worker. The price is
 * that a flood is noticed a tick late; then the file is cut to nothing, and
 * appending goes on at its start.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sys/stat.h>

#include "runtime/control.h"
#include "runtime/logs.h"
#include "runtime/report.h"
#include "shm/fail.h"
#include "shm/fault.h"

static void
log_name(const struct cadre_master *m, const struct seat *s, char *name,
    size_t bytes)
{
	snprintf(name, bytes, "seat-%u.log", (unsigned int)(s - m->seats));
}

int
logs_open(struct cadre_master *m)
{
	struct stat st;
	int err;

	if (m->log_inherit)
		return 0;
	if (m->log_path == NULL) {
		m->log_dir = directory_logs(&m->directory);
		return m->log_dir < 0 ? m->log_dir : 0;
	}
	m->log_dir = open(m->log_path,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (m->log_dir < 0 || fstat(m->log_dir, &st) < 0) {
		err = -errno;
		return cadre__fail(err, "cannot open the log directory %s: %s; "
		    "make it, or name another", m->log_path, strerror(-err));
	}
	if (st.st_uid != geteuid() || (st.st_mode & 022) != 0)
		return cadre__fail(-EPERM, "log directory %s is not yours "
		    "alone to write; type: chown and chmod 0750 it",
		    m->log_path);
	return 0;
}

/* ≥ 0, or -errno: also of what is no file, as a FIFO or a symlink. */
static int
log_open(const struct cadre_master *m, const struct seat *s)
{
	struct stat st;
	char name[32];
	int fd;

	log_name(m, s, name, sizeof(name));
	fd = CADRE_FAULT("log.open") < 0 ? -1 : openat(m->log_dir, name,
	    O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
	    0640);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		/* Or /dev/stderr could not be opened; what if not, is as it was. */
		if (m->privileges.identity.changes)
			(void)!fchown(fd, m->privileges.identity.uid,
			    (gid_t)-1);
		return fd;
	}
	close(fd);
	return -EINVAL;
}

/* What a user must know of -errno from log_open(). */
static const char *
log_why(int err)
{
	return err == -ELOOP ? "it is a symlink; remove it" :
	    err == -EINVAL || err == -ENXIO || err == -EISDIR ?
	    "it is no file; remove it" : strerror(-err);
}

int
log_begin(struct cadre_master *m, struct seat *s, struct life *l)
{
	struct stat st;
	int fd;

	l->log_start = 0;
	if (m->log_inherit)
		return 0;
	if (s->log < 0) {
		fd = log_open(m, s);
		if (fd < 0)
			return cadre__fail(fd, "cannot open seat-%u.log: %s",
			    (unsigned int)(s - m->seats), log_why(fd));
		s->log = fd;
	}
	if (fstat(s->log, &st) == 0)
		l->log_start = st.st_size;
	return 0;
}

uint32_t
log_tail(const struct seat *s, const struct life *l, char *text, size_t bytes)
{
	struct stat st;
	off_t from = l->log_start;
	const char *line;
	ssize_t n;

	if (s->log < 0 || fstat(s->log, &st) < 0)
		return 0;
	if (st.st_size < from)
		from = 0;		/* cut since */
	if (st.st_size - from > (off_t)bytes)
		from = st.st_size - (off_t)bytes;
	n = pread(s->log, text, bytes, from);
	if (n <= 0)
		return 0;
	while (n > 0 && text[n - 1] == '\n')
		n--;
	/* Begin with a whole line, unless one alone is longer than all. */
	line = from > l->log_start ? memchr(text, '\n', (size_t)n) : NULL;
	if (line != NULL) {
		n -= line + 1 - text;
		memmove(text, line + 1, (size_t)n);
	}
	return (uint32_t)n;
}

/* True: it was told of its new file. Nobody else can be. */
static bool
log_hand(struct cadre_master *m, struct seat *s, struct life *l)
{
	const struct cadre__frame frame = { .type = CADRE_FRAME_LOG };
	struct stat st;

	if (l->pidfd < 0)
		return true;
	l->log_start = fstat(s->log, &st) == 0 ? st.st_size : 0;
	if ((l->row.flags & CADRE_LIFE_ATTACHED) == 0 || l->control.fd < 0)
		return false;
	control_send(m, s, l, &frame, NULL, &s->log, 1);
	return true;
}

void
logs_reopen(struct cadre_master *m)
{
	unsigned int opened = 0, left = 0;
	int fd;

	for (struct seat *s = m->seats; s < m->seats + m->nseats; s++) {
		if (s->log < 0)
			continue;
		fd = log_open(m, s);
		if (fd < 0) {
			report_text(m, CADRE_EVENT_TROUBLE, s, "seat-%u.log "
			    "cannot be opened anew: %s; the old one stays",
			    (unsigned int)(s - m->seats), log_why(fd));
			continue;
		}
		close(s->log);
		s->log = fd;
		opened++;
		for (int i = 0; i < CADRE_SLOTS_PER_SEAT; i++)
			left += !log_hand(m, s, &s->lives[i]);
	}
	report_text(m, CADRE_EVENT_LOG, NULL, "%u log files were opened anew; "
	    "%u workers do not use libcadre and write to the old ones until "
	    "they are replaced", opened, left);
}

void
logs_check(struct cadre_master *m)
{
	off_t limit = (off_t)option(m, CADRE_LOG_BYTES);
	struct stat st;
	struct seat *s;

	for (s = m->seats; s < m->seats + m->nseats; s++) {
		if (s->log < 0 || fstat(s->log, &st) < 0 || st.st_size <= limit)
			continue;
		if (ftruncate(s->log, 0) < 0)
			continue;
		for (int i = 0; i < CADRE_SLOTS_PER_SEAT; i++)
			s->lives[i].log_start = 0;
		report_text(m, CADRE_EVENT_LOG, s, "seat-%u.log cut: %lld bytes "
		    "were over the limit of %lld",
		    (unsigned int)(s - m->seats), (long long)st.st_size,
		    (long long)limit);
	}
}

/* All of them: a master that was killed may have left some too. */
static void
files_remove(int dir)
{
	struct dirent *entry;
	DIR *d = fdopendir(dir);

	while (d != NULL && (entry = readdir(d)) != NULL)
		if (fnmatch("seat-*.log", entry->d_name, 0) == 0)
			unlinkat(dir, entry->d_name, 0);
	if (d != NULL)
		closedir(d);
	else
		close(dir);
}

void
logs_close(struct cadre_master *m)
{
	struct seat *s;

	for (s = m->seats; s < m->seats + m->nseats; s++) {
		if (s->log >= 0)
			close(s->log);
		s->log = -1;
	}
	if (m->log_dir >= 0 && m->log_path == NULL)
		files_remove(m->log_dir);
	else if (m->log_dir >= 0)
		close(m->log_dir);
	m->log_dir = -1;
}
