/* SPDX-License-Identifier: BSD-2-Clause */
/* What all checks need: findings, small files, short-lived children, sizes. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/wait.h>

#include <cadre/master.h>

#include "runtime/size.h"
#include "shm/anchor.h"
#include "shm/clock.h"
#include "tools/doctor.h"

#define CHILD_NS	(2 * NS_PER_S)
#define CHILD_POLL_MS	5

/*
 * Descriptors of a master. Its own: 0 to 2; epoll, timer and signals; the
 * directory's five (runtime/directory.h) and that of the logs; the anchor; of
 * the acceptor its object, pidfd and channel; a few clients.
 */
#define FDS_OWN		(3 + 3 + 5 + 1 + 1 + 3 + 4)
/*
 * Per seat: the slots; of one listener the socket, which in all modes but
 * spread is one for all seats, and both ends of the hand-over; both ends of
 * what wakes it, which very many seats share.
 */
#define FDS_SEAT	(CADRE_SLOTS_PER_SEAT + 1 + 2 + 2)
/* Per worker: pidfd, control, messages, log; a program's notify socket. */
#define FDS_WORKER	5
/*
 * While one is forked: its ends of the channels; and in the child, which has
 * all that the master has, /dev/null, the lock, the anchor, and a copy of each
 * of the five that a program keeps.
 */
#define FDS_FORK	(2 + 3 + 5)

void
finding_set(struct finding *f, enum finding_state state, const char *format,
    ...)
{
	va_list ap;

	f->state = state;
	va_start(ap, format);
	vsnprintf(f->found, sizeof(f->found), format, ap);
	va_end(ap);
}

void
finding_means(struct finding *f, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(f->means, sizeof(f->means), format, ap);
	va_end(ap);
}

void
finding_remedy(struct finding *f, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(f->remedy, sizeof(f->remedy), format, ap);
	va_end(ap);
}

void
finding_add(struct finding *f, const char *format, ...)
{
	size_t used = strlen(f->found), room = sizeof(f->found) - used;
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(f->found + used, room, format, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= room)
		f->found[used] = '\0';
}

bool
doctor_region(const struct patient *p, struct finding *f)
{
	if (p->region != NULL)
		return true;
	finding_set(f, FINDING_UNKNOWN, "no region: %.400s", p->why);
	return false;
}

int
doctor_read(const char *path, char *text, size_t room)
{
	ssize_t n;
	int fd;

	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = read(fd, text, room - 1);
	if (n < 0)
		n = -errno;
	else
		text[n] = '\0';
	close(fd);
	return (int)n;
}

int
doctor_number(const char *path, uint64_t *ret_value)
{
	char text[64];
	int n;

	n = doctor_read(path, text, sizeof(text));
	if (n < 0)
		return n;
	if (text[0] < '0' || text[0] > '9')
		return -ERANGE;
	*ret_value = strtoull(text, NULL, 10);
	return 0;
}

int
doctor_end_of(pid_t child)
{
	uint64_t begin = clock_now_ns();
	int status;
	pid_t pid;

	do {
		pid = waitpid(child, &status, WNOHANG);
		if (pid == child)
			return status;
		if (pid < 0)
			return -errno;
		poll(NULL, 0, CHILD_POLL_MS);
	} while (clock_now_ns() - begin < CHILD_NS);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	return -ETIMEDOUT;
}

void
need_of(unsigned int workers, struct need *ret_need)
{
	struct cadre__shape shape = { .values_bytes = VALUES_BYTES,
	    .listeners = CADRE_LISTENERS_MAX };	/* as rows; sockets of one */
	struct cadre__places places;
	struct need n = { .workers = workers };

	n.seats = workers * SEATS_PER_WORKER;
	if (n.seats < SEATS_LEAST)
		n.seats = SEATS_LEAST;
	if (n.seats > CADRE_SEATS_MAX)
		n.seats = CADRE_SEATS_MAX;
	shape.max_workers = n.seats;
	shape.publish_bytes = n.seats > PUBLISH_SEATS_MAX ? 0 : PUBLISH_BYTES;
	cadre__places_of(&shape, &places);
	n.descriptors = FDS_OWN + FDS_WORKER * workers + FDS_FORK +
	    FDS_SEAT * n.seats;
	n.object_bytes = places.anchor_bytes > places.slot_bytes ?
	    places.anchor_bytes : places.slot_bytes;
	n.region_bytes = cadre__region_bytes(&places, n.seats);
	*ret_need = n;
}
