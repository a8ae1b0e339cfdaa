/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How an observer gets at a region: it asks the app's socket once for
 * read-only descriptors, maps each as it comes and closes it, and is alone
 * from then on. A master that does not answer within a second is done
 * without: see holders.c.
 */
#include "shm/export.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>

#include "shm/clock.h"
#include "shm/region.h"

#define ATTACH_LIMIT_NS	NS_PER_S
#define RETRY_NS	(10 * NS_PER_MS)
#define PATH_BYTES	512

struct objects {			/* the body of CADRE_FRAME_OBJECTS */
	uint32_t	first, total;
};

/* Until the deadline, rounded up; 0 when it has passed. */
static int
remaining_ms(uint64_t deadline_ns)
{
	uint64_t now = clock_now_ns();

	return now >= deadline_ns ? 0 :
	    (int)((deadline_ns - now + NS_PER_MS - 1) / NS_PER_MS);
}

/* Wait for `events`; 0, or -ETIMEDOUT. */
static int
await(int fd, short events, uint64_t deadline_ns)
{
	struct pollfd p = { .fd = fd, .events = events };
	int ms, n;

	do {
		ms = remaining_ms(deadline_ns);
		n = ms > 0 ? poll(&p, 1, ms) : 0;
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n == 0 ? -ETIMEDOUT : 0;
}

/*
 * A connect that the socket's queue has no room for fails with EAGAIN and
 * cannot be polled for, so it is tried again.
 */
static int
connect_until(int dirfd, uint64_t deadline_ns)
{
	int fd, ms;

	while ((fd = cadre__rundir_connect(dirfd)) == -EAGAIN) {
		ms = remaining_ms(deadline_ns);
		if (ms == 0)
			return -ETIMEDOUT;
		poll(NULL, 0, ms < (int)(RETRY_NS / NS_PER_MS) ? ms :
		    (int)(RETRY_NS / NS_PER_MS));
	}
	return fd;
}

static int
refused(const struct cadre__frame *f, const struct cadre__frame_error *body)
{
	size_t n = f->length;

	if (n < sizeof(body->err) || body->err >= 0 || body->err < -4095)
		return -EPROTO;
	n -= sizeof(body->err);
	return cadre__fail(body->err, "refused: %.*s", (int)n, body->text);
}

/* Map what one frame brought: objects first … first + n - 1 of `total`. */
static int
take_objects(struct cadre_region **region, const struct objects *o,
    const int *fds, unsigned int n)
{
	int err = 0;

	for (unsigned int i = 0; err == 0 && i < n; i++) {
		unsigned int number = o->first + i;

		if (number == 0 && *region == NULL)
			err = cadre__region_new(fds[i], region);
		else if (number == 0 || *region == NULL)
			err = -EPROTO;
		else
			err = cadre__region_object(*region, number, fds[i]);
	}
	return err == -ENOENT ? -EPROTO : err;
}

/*
 * Receive and map until all have come. `next` is the only number accepted,
 * so a master that repeats itself or never ends is left at the first frame
 * out of order.
 */
static int
collect(int sock, uint64_t deadline_ns, struct cadre_region **region)
{
	union { struct objects objects; struct cadre__frame_error refusal; } body;
	struct cadre__frame f;
	int fds[CADRE_FRAME_FDS_MAX], err;
	unsigned int n, next = 0;

	do {
		err = await(sock, POLLIN, deadline_ns);
		if (err < 0)
			return err;
		memset(&body, 0, sizeof(body));
		n = CADRE_FRAME_FDS_MAX;
		err = cadre__frame_recv(sock, &f, &body, sizeof(body), fds, &n);
		if (err == -EAGAIN)
			continue;
		if (err < 0)
			return err;
		if (f.type == CADRE_FRAME_OBJECTS && n > 0 &&
		    f.length == sizeof(body.objects) &&
		    body.objects.first == next)
			err = take_objects(region, &body.objects, fds, n);
		else if (f.type == CADRE_FRAME_ERROR)
			err = refused(&f, &body.refusal);
		else
			err = -EPROTO;
#ifdef FUZZ_PLANT			/* leaves before it closes */
		if (err < 0)
			return err;
#endif
		for (unsigned int i = 0; i < n; i++)
			close(fds[i]);
		if (err < 0)
			return err;
		next += n;
	} while (*region == NULL || next < cadre__region_objects(*region));
	return body.objects.total == next ? 0 : -EPROTO;
}

/*
 * Would we ask ourselves? A master that waits for its own answer, in a handler,
 * gets none; and what it needs is its own.
 */
static bool
take_own(int sock, int dirfd, const char *name,
    struct cadre_region **ret_region)
{
	struct ucred who = { .pid = 0 };
	struct cadre_region *region;
	socklen_t n = sizeof(who);

	if (getsockopt(sock, SOL_SOCKET, SO_PEERCRED, &who, &n) < 0 ||
	    who.pid != getpid() ||
	    cadre__holders_take(dirfd, name, &region) < 0)
		return false;
	if (cadre__region_missing(region) > 0) {
		cadre_region_close(region);
		return false;
	}
	*ret_region = region;
	return true;
}

/* By the master. On failure nothing is left. */
static int
ask(int dirfd, const char *name, struct cadre_region **ret_region)
{
	const struct cadre__frame attach = { .type = CADRE_FRAME_ATTACH };
	uint64_t deadline = clock_now_ns() + ATTACH_LIMIT_NS;
	struct cadre_region *region = NULL;
	int sock, err;

	sock = connect_until(dirfd, deadline);
	if (sock < 0)
		return sock;
	if (take_own(sock, dirfd, name, ret_region)) {
		close(sock);
		return 0;
	}
	err = cadre__frame_send(sock, &attach, NULL, NULL, 0);
	if (err == 0)
		err = collect(sock, deadline, &region);
	close(sock);
	if (err == 0)
		*ret_region = region;
	else
		cadre_region_close(region);
	return err;
}

/* Which failures mean that there is nobody to ask. */
static bool
master_silent(int err)
{
	return err == -ENOENT || err == -ECONNREFUSED || err == -ETIMEDOUT ||
	    err == -EPIPE;
}

static int
open_failed(int err, const char *path)
{
	switch (err) {
	case -ENOENT:
	case -ECONNREFUSED:
		return cadre__fail(-ENOENT, "no app runs in %s: it is left "
		    "behind, and the next start will use it", path);
	case -ETIMEDOUT:
	case -EPIPE:
		return cadre__fail(-ETIMEDOUT, "%s: the master does not "
		    "answer, and there is no process of this user to take the "
		    "region from; try as its user, or root", path);
	case -EACCES:
	case -EPERM:
		return cadre__fail(-EACCES, "%s: only its owner and the group "
		    "of the directory may read it", path);
	default:
		return err;
	}
}

int
cadre_region_open(const char *name, struct cadre_region **ret_region)
{
	char path[PATH_BYTES];
	int dirfd, err;

	dirfd = cadre__rundir_find(name, path, sizeof(path));
	if (dirfd < 0)
		return dirfd;
	/* Of a failure without words of its own this is what is known. */
	cadre__fail(-EPROTO, "%s: the master's answer makes no sense", path);
	err = ask(dirfd, name, ret_region);
	if (master_silent(err) &&
	    cadre__holders_take(dirfd, name, ret_region) == 0)
		err = 0;
	close(dirfd);
	return err < 0 ? open_failed(err, path) : 0;
}
