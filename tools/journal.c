/* SPDX-License-Identifier: BSD-2-Clause */
/* Event lines of a master in this process. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>
#include <sys/stat.h>

#include "shm/clock.h"
#include "tools/event.h"
#include "tools/journal.h"
#include "tools/text.h"

/* More than a line of an event, and never so long that a pipe splits it. */
#define LINE_BYTES	(EVENT_TEXT_BYTES + 64)

/*
 * O_NONBLOCK belongs to the description, and that of our standard error is the
 * workers' and the shell's too. A pipe or terminal can be opened once more for
 * a description of our own. A file must not be: its offset is shared.
 */
void
journal_stderr(struct journal *j)
{
	struct stat st;
	int fd = -1;

	*j = (struct journal){ .fd = STDERR_FILENO };
	if (fstat(STDERR_FILENO, &st) < 0 || S_ISREG(st.st_mode))
		return;
	j->socket = S_ISSOCK(st.st_mode);
	if (!j->socket)
		fd = open("/proc/self/fd/2", O_WRONLY | O_APPEND | O_NONBLOCK |
		    O_NOCTTY | O_CLOEXEC);
	if (fd >= 0)
		j->fd = fd;
	else
		j->wait = !j->socket;
}

int
journal_file(struct journal *j, int dirfd, const char *name, off_t limit)
{
	struct stat st;
	int err, fd;

	fd = openat(dirfd, name, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW |
	    O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0640);
	if (fd < 0)
		return -errno;
	err = fstat(fd, &st) < 0 ? -errno : S_ISREG(st.st_mode) ? 0 : -EINVAL;
	if (err < 0) {
		close(fd);
		return err;
	}
	*j = (struct journal){ .fd = fd, .limit = limit };
	return 0;
}

void
journal_close(struct journal *j)
{
	if (j->fd > STDERR_FILENO)
		close(j->fd);
	j->fd = -1;
}

/* A line that would make it too long begins it anew. */
static void
make_room(const struct journal *j, size_t bytes)
{
	struct stat st;

	if (j->limit > 0 && fstat(j->fd, &st) == 0 &&
	    st.st_size + (off_t)bytes > j->limit)
		(void)!ftruncate(j->fd, 0);
}

static bool
put(struct journal *j, const char *line, size_t bytes)
{
	struct pollfd p = { .fd = j->fd, .events = POLLOUT };
	ssize_t n;

	if (j->fd < 0 || (j->wait && poll(&p, 1, 0) <= 0))
		return false;
	make_room(j, bytes);
	if (j->socket)
		n = send(j->fd, line, bytes, MSG_DONTWAIT | MSG_NOSIGNAL);
	else
		n = write(j->fd, line, bytes);
	return n > 0;
}

static void
line(struct journal *j, uint64_t real_ns, const char *text)
{
	char l[LINE_BYTES], told[64];
	size_t n;

	if (j->lost > 0) {
		snprintf(told, sizeof(told), "%" PRIu64 " lines before this "
		    "could not be written", j->lost);
		n = event_line(real_ns, told, l, sizeof(l));
		if (put(j, l, n))
			j->lost = 0;
	}
	n = event_line(real_ns, text, l, sizeof(l));
	if (!put(j, l, n))
		j->lost++;
}

void
journal_text(struct journal *j, const char *text)
{
	line(j, clock_read(CLOCK_REALTIME), text_escaped(text).s);
}

void
journal_event(struct journal *j, const struct cadre_shm_event *e)
{
	char text[EVENT_TEXT_BYTES];

	cadre_event_text(e, text, sizeof(text));
	line(j, e->real_ns, text);
}
