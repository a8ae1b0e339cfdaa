/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An observer's attach to a hostile master. The input is what the master says:
 * frames, right or wrong, with descriptors of objects that are what they should
 * be or are not, and lies about the bytes in them, told by a second thread. An
 * attach that succeeds is read to the end.
 *
 * The clock and the waiting are the input's too: a wait that would last takes
 * no time here, and the clock moves on by it.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "shm/clock.h"
#include "shm/frame.h"
#include "shm/object.h"
#include "shm/rundir.h"
#include "t/fuzz/fds.h"
#include "t/fuzz/liar.h"

static int feed_poll(struct pollfd *p, nfds_t n, int ms);
static int feed_find(const char *name, char *path, size_t bytes);
static int feed_connect(int dirfd);
static uint64_t feed_clock(void);
#define poll feed_poll
#define cadre__rundir_find feed_find
#define cadre__rundir_connect feed_connect
#define clock_now_ns feed_clock
#include "shm/attach.c"	/* NOLINT(bugprone-suspicious-include) */
#undef poll
#undef cadre__rundir_find
#undef cadre__rundir_connect
#undef clock_now_ns

#define NOWHERE	"/proc/self/fdinfo"	/* a directory without `alive` */
#define OBJECTS		(1 + SMALL_SLOTS + 1)
#define SENT_MAX	8	/* descriptors with one frame */

enum {				/* what can be sent: objects, and others */
	ANCHOR,
	SLOTS,
	ACCEPTOR = SLOTS + SMALL_SLOTS,
	WRITABLE,
	UNSEALED,
	WRITE_ONLY,
	TOO_LONG,
	EMPTY,
	NO_MEMORY,		/* /dev/null */
	PIPE,
	KINDS,
};

static struct small_anchor *anchor;
static struct small_slot *slots[SMALL_SLOTS];
static struct small_acceptor *acceptor;
static int fds[KINDS];
static struct {
	uint64_t	now_ns;
	int		find_err;	/* or 0 */
	int		connect_err;	/* of the next `failures` */
	unsigned int	failures;
	int		sock;		/* the observer's end; -1: has it */
} feed;

static uint64_t
feed_clock(void)
{
	return feed.now_ns;
}

static int
feed_poll(struct pollfd *p, nfds_t n, int ms)
{
	static bool interrupted;
	int ready = poll(p, n, 0);

	claim(ms >= 0 && ms <= 1000);
	interrupted = !interrupted;
	if (ready == 0 && n > 0 && interrupted) {
		errno = EINTR;
		return -1;
	}
	if (ready == 0)
		feed.now_ns += (uint64_t)ms * NS_PER_MS;
	return ready;
}

static int
feed_find(const char *name, char *path, size_t bytes)
{
	snprintf(path, bytes, "%s/%s", NOWHERE, name);
	return feed.find_err < 0 ? feed.find_err :
	    open(NOWHERE, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static int
feed_connect(int dirfd)
{
	int fd = feed.sock;

	claim(fcntl(dirfd, F_GETFD) == FD_CLOEXEC && fd >= 0);
	if (feed.failures > 0) {
		feed.failures--;
		return feed.connect_err;
	}
	feed.sock = -1;
	return fd;
}

static int
object(const char *name, size_t bytes, void **ret_map)
{
	int fd = cadre__object_new(name, bytes);

	claim(fd >= 0 && cadre__object_map(fd, bytes, PROT_READ | PROT_WRITE,
	    NULL, ret_map) == 0);
	return fd;
}

static int
again(int fd, int flags)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	fd = open(path, flags | O_CLOEXEC);
	claim(fd >= 0);
	return fd;
}

static void
objects_new(void)
{
	void *map;
	int fd, ends[2];

	fd = object("anchor", sizeof(*anchor), &map);
	anchor = map;
	fds[ANCHOR] = again(fd, O_RDONLY);
	for (unsigned int i = 0; i < SMALL_SLOTS; i++) {
		fd = object("slot", sizeof(*slots[i]), &map);
		slots[i] = map;
		fds[SLOTS + i] = again(fd, O_RDONLY);
	}
	fds[ACCEPTOR] = again(object("acceptor", sizeof(*acceptor), &map),
	    O_RDONLY);
	acceptor = map;
	fds[WRITABLE] = fd;
	fds[WRITE_ONLY] = again(fd, O_WRONLY);
	fds[TOO_LONG] = object("long", 3 * sizeof(*slots[0]), &map);
	fds[UNSEALED] = memfd_create("unsealed", MFD_CLOEXEC);
	claim(ftruncate(fds[UNSEALED], sizeof(*slots[0])) == 0);
	fds[EMPTY] = memfd_create("empty", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	claim(fcntl(fds[EMPTY], F_ADD_SEALS, F_SEAL_SHRINK) == 0);
	fds[NO_MEMORY] = open("/dev/null", O_RDONLY | O_CLOEXEC);
	claim(pipe2(ends, O_CLOEXEC) == 0);
	fds[PIPE] = ends[0];
}

/* One frame: what the input says, or nearly what a master would say. */
static void
say(int sock, struct bytes *in, uint32_t *next)
{
	unsigned int how = input_byte(in), n = input_byte(in) % (SENT_MAX + 1);
	struct { struct cadre__frame head; uint32_t body[64]; } f = {
		.head = { CADRE_FRAME_VERSION, CADRE_FRAME_OBJECTS, 0, 8, 0 },
		.body = { *next, OBJECTS },
	};
	char control[CMSG_SPACE(SENT_MAX * sizeof(int))] = { 0 };
	struct cmsghdr *c = (struct cmsghdr *)(void *)control;
	struct iovec iov = { &f, 0 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	int sent[SENT_MAX];

	for (unsigned int i = 0; i < n; i++)
		sent[i] = fds[how % 2 == 0 ? (*next + i) % OBJECTS :
		    input_byte(in) % KINDS];
	*next += n;
	if ((how & 2) != 0)
		f.head.type = (uint16_t)(CADRE_FRAME_OBJECTS +
		    input_byte(in) % 4);
	if ((how & 4) != 0)
		f.head.length = input_byte(in);
	for (unsigned int i = 0; (how & 8) != 0 && i < 3; i++)
		f.body[i] = (uint32_t)input_word(in, 4);
	if ((how & 16) != 0)
		f.head.version = (uint16_t)input_byte(in);
	iov.iov_len = sizeof(f.head) + f.head.length;
	if (n > 0) {
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(n * sizeof(int));
		memcpy(CMSG_DATA(c), sent, n * sizeof(int));
		msg.msg_control = control;
		msg.msg_controllen = CMSG_SPACE(n * sizeof(int));
	}
	(void)sendmsg(sock, &msg, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* All of it is there; a second handle may stand on the same maps. */
static void
use(struct cadre_region *r, uint64_t next)
{
	struct cadre_region *again = NULL;

	claim(cadre__region_missing(r) == 0);
	claim(cadre__region_slot(r, 0, feed.sock) == 0);
	claim(cadre__region_acceptor(r, feed.sock) == 0);
	claim(cadre__region_slot(r, r->nslots, feed.sock) == -ENOENT);
	small_read(r, next);
	if (cadre__region_wrap(r->anchor, r->anchor_bytes,
	    (const void *const *)r->slot, r->acceptor, &again) < 0)
		return;
	/* What the header says of the others may be another thing by now. */
	if (again->slot_bytes <= r->slot_bytes && again->nslots <= r->nslots &&
	    again->acceptor_bytes <= r->acceptor_bytes)
		small_read(again, next);
	cadre_region_close(again);
}

static void
attach(uint64_t next)
{
	struct cadre_region *r = NULL;
	int err;

	err = cadre_region_open("fuzz", &r);
	claim((err == 0) == (r != NULL) && err <= 0);
	claim(err > -4096);		/* a master may refuse with any */
	if (err == 0)
		use(r, next);
	else
		claim(text_is_clean(cadre_error(err)));
	cadre_region_close(r);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int errs[] = { -EAGAIN, -ENOENT, -ECONNREFUSED, -EACCES,
		-ENOTSOCK, -EPIPE };
	struct bytes in = { data, size };
	struct small_lie lies[SMALL_LIES];
	unsigned int how = input_byte(&in), trouble = input_byte(&in), n,
	    open_before;
	uint64_t next = input_word(&in, 1) << input_byte(&in) % 64;
	uint32_t number = 0;
	int pair[2], left;

	if (anchor == NULL)
		objects_new();
	left = fds_first_free();
	open_before = fds_open_from(left, 64);
	small_fill(anchor, slots, acceptor);
	claim(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    0, pair) == 0);
	feed.sock = pair[0];
	feed.find_err = trouble == 255 ? -ENOENT : 0;
	feed.connect_err = errs[trouble % 6];
	feed.failures = trouble < 128 ? 0 : trouble - 127;
	for (unsigned int i = how % 8; i > 0; i--)
		say(pair[1], &in, &number);
	if ((how & 8) != 0)
		(void)shutdown(pair[1], SHUT_RDWR);
	n = small_lies(&in, anchor, slots, acceptor, lies);
	liar_begin(lies, n);
	attach(next);
	liar_end();
	close(pair[1]);
	if (feed.sock >= 0)
		close(feed.sock);
	claim(fds_open_from(left, 64) == open_before);
	return 0;
}
