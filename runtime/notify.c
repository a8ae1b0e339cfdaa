/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each life of a program has a notify socket of its own, so a message tells
 * by where it arrives whom it is about; who sent it, the kernel says. READY=1
 * is believed from the worker's process group, whose leader the master knows
 * as its child; all else that sd_notify(3) has is for another supervisor, and
 * passed over. Descriptors (FDSTORE=1, BARRIER=1) are refused by the kernel:
 * what is sent here could block us in close(2).
 */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "runtime/master.h"
#include "runtime/notify.h"
#include "runtime/report.h"
#include "runtime/seat.h"
#include "shm/clock.h"
#include "shm/fault.h"
#include "shm/frame.h"

#define MESSAGE_BYTES	4096

static void
socket_name(const struct cadre_master *m, const struct seat *s,
    const struct life *l, char *name, size_t bytes)
{
	snprintf(name, bytes, "notify-%u", slot_of(m, s, l));
}

/* By descriptor, as the path may be too long for us, if not for the worker. */
static int
bind_in_directory(const struct cadre_master *m, int fd, const char *name)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };

	unlinkat(m->directory.fd, name, 0);
	snprintf(sun.sun_path, sizeof(sun.sun_path), "/proc/self/fd/%d/%s",
	    m->directory.fd, name);
	if (CADRE_FAULT("notify.bind") < 0 ||
	    bind(fd, (struct sockaddr *)&sun, sizeof(sun)) < 0 ||
	    fchmodat(m->directory.fd, name, 0600, 0) < 0 ||
	    fchownat(m->directory.fd, name, m->directory.reader, (gid_t)-1,
	    AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	return 0;
}

static bool
path_fits(const struct cadre_master *m, const char *name)
{
	/* A program may have another working directory, or another user. */
	return !m->privileges.unreachable && m->directory.path[0] == '/' &&
	    strlen(m->directory.path) + 1 + strlen(name) <
	    sizeof(((struct sockaddr_un *)0)->sun_path);
}

static int
socket_bind(const struct cadre_master *m, int fd, const char *name)
{
	struct sockaddr_un any = { .sun_family = AF_UNIX };

	if (path_fits(m, name))
		return bind_in_directory(m, fd, name);
	/* The kernel picks an abstract name that is free. */
	return bind(fd, (struct sockaddr *)&any, sizeof(any.sun_family)) < 0 ?
	    -errno : 0;
}

int
notify_open(struct cadre_master *m, struct seat *s, struct life *l)
{
	int err, fd, on = 1;
	char name[32];

	fd = CADRE_FAULT("notify.socket") < 0 ? -1 :
	    socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	cadre__frame_no_fds(fd);
	socket_name(m, s, l, name, sizeof(name));
	err = setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) < 0 ?
	    -errno : socket_bind(m, fd, name);
	if (err < 0)
		close(fd);
	else
		l->notify = fd;
	return err;
}

void
notify_close(struct cadre_master *m, struct seat *s, struct life *l)
{
	char name[32];

	if (l->notify < 0)
		return;
	master_unwatch(m, &l->notify);
	socket_name(m, s, l, name, sizeof(name));
	unlinkat(m->directory.fd, name, 0);
}

int
notify_address(const struct cadre_master *m, const struct life *l,
    char *text, size_t bytes)
{
	struct sockaddr_un sun;
	socklen_t length = sizeof(sun);
	const char *name;
	int n;

	if (getsockname(l->notify, (struct sockaddr *)&sun, &length) < 0)
		return -errno;
	length -= (socklen_t)offsetof(struct sockaddr_un, sun_path);
	if (sun.sun_path[0] == '\0')
		n = snprintf(text, bytes, "@%.*s", (int)length - 1,
		    sun.sun_path + 1);
	else if ((name = strrchr(sun.sun_path, '/')) != NULL)
		n = snprintf(text, bytes, "%s%s", m->directory.path, name);
	else
		return -EINVAL;
	return n < 0 || (size_t)n >= bytes ? -ENAMETOOLONG : 0;
}

/* Lines of NAME=VALUE; is one of them READY=1? */
static bool
says_ready(const char *text, size_t n)
{
	static const char ready[] = "READY=1";
	const char *end;

	for (; n > 0; n -= (size_t)(end - text), text = end) {
		end = memchr(text, '\n', n);
		if (end == NULL)
			end = text + n;
		if ((size_t)(end - text) == sizeof(ready) - 1 &&
		    memcmp(text, ready, sizeof(ready) - 1) == 0)
			return true;
#ifdef FUZZ_PLANT			/* and over one that is not there */
		end++;
#else
		end += end < text + n;	/* over the newline */
#endif
	}
	return false;
}

static int
listen_again(struct cadre_master *m, const struct seat *s, struct life *l,
    uint32_t events)
{
	return master_rewatch(m, l->notify, SOURCE_NOTIFY, slot_of(m, s, l),
	    (uint32_t)l->row.generation, events);
}

void
notify_tick(struct cadre_master *m)
{
	struct life *l;

	for (unsigned int i = 0; i < m->nseats; i++)
		for (int k = 0; k < CADRE_SLOTS_PER_SEAT; k++) {
			l = &m->seats[i].lives[k];
			if (l->notify >= 0 && l->deaf && listen_again(m,
			    &m->seats[i], l, EPOLLIN) == 0)
				l->deaf = false;
		}
}

/*
 * Not more than one such event a second, nor one such message: strangers are
 * not our clock.
 */
static void
stranger(struct cadre_master *m, const struct seat *s, struct life *l,
    const struct ucred *sender)
{
	uint64_t now_ns = clock_now_ns();

	l->deaf = listen_again(m, s, l, 0) == 0;
	if (m->denied_ns != 0 && now_ns - m->denied_ns < NS_PER_S)
		return;
	m->denied_ns = now_ns;
	report_text(m, CADRE_EVENT_REFUSED, s, "a message to its notify socket "
	    "from pid %d (uid %u), which is not of the worker's process group",
	    (int)sender->pid, (unsigned int)sender->uid);
}

static struct ucred
sender_of(struct msghdr *msg)
{
	struct ucred sender = { .pid = 0, .uid = (uid_t)-1 };

	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c != NULL;
	    c = CMSG_NXTHDR(msg, c))
		if (c->cmsg_level == SOL_SOCKET &&
		    c->cmsg_type == SCM_CREDENTIALS)
			memcpy(&sender, CMSG_DATA(c), sizeof(sender));
	return sender;
}

void
notify_ready(struct cadre_master *m, struct seat *s, struct life *l)
{
	union {
		struct cmsghdr header;
		char	bytes[CMSG_SPACE(sizeof(struct ucred))];
	} control;
	char text[MESSAGE_BYTES];
	struct iovec iov = { text, sizeof(text) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1,
	    .msg_control = &control, .msg_controllen = sizeof(control) };
	struct ucred sender;
	ssize_t n;

	n = CADRE_FAULT("notify.read") < 0 ? -1 :
	    recvmsg(l->notify, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	if (n < 0)
		return;
	sender = sender_of(&msg);
	if (sender.pid <= 0 || getpgid(sender.pid) != (pid_t)l->row.pid) {
		stranger(m, s, l, &sender);
		return;
	}
	if ((msg.msg_flags & MSG_TRUNC) != 0 || !says_ready(text, (size_t)n))
		return;
	if (l->row.state == CADRE_STATE_STARTING) {
		l->ready_by = "it said READY=1";
		seat_input(m, s, l, READY, clock_now_ns());
	}
}
