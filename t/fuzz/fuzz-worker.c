/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program's attach to its master: the variables it is given, and what
 * answers on the control channel. The input is both. Whatever they are, no
 * descriptor and no map is left, and what is called a slot can be written.
 */
#include "runtime/export.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cadre/error.h>

#include "runtime/worker.h"
#include "shm/atomic.h"
#include "shm/clock.h"
#include "shm/fail.h"
#include "shm/object.h"
#include "t/fuzz/fds.h"
#include "t/fuzz/small.h"

#define CONTROL_FD	600	/* what the channels have, if all is right */
#define MESSAGES_FD	601
#define LEFT_MAX	32	/* descriptors that an input can leave */
#define PID		500
#define SENT_MAX	5	/* descriptors with one frame */

enum {
	SLOT, ANCHOR, OTHERS, ACCEPTOR = 4, READ_ONLY, UNSEALED, NO_MEMORY, KINDS
};

static struct {
	int		fds[KINDS];
	struct small_anchor *anchor;
	struct small_slot *slot, *slots[SMALL_SLOTS];
	struct small_acceptor *acceptor;
	char		*variable[4];	/* NULL: not set */
	uint64_t	now_ns;
	struct channel	control;
	int		came[CADRE_FRAME_SLOT_FDS_MAX];	/* with the last frame */
} feed;

static char *
feed_getenv(const char *name)
{
	static const char *const names[] = { "LISTEN_FDS", "CADRE_PID",
		"CADRE_CONTROL", "CADRE_MESSAGES" };

	for (unsigned int i = 0; i < 4; i++)
		if (strcmp(name, names[i]) == 0)
			return feed.variable[i];
	claim_broken(__FILE__, __LINE__, name);
}

static int
feed_poll(struct pollfd *p, int ms)
{
	claim(ms > 0 && p->fd == CONTROL_FD);
	feed.now_ns += (uint64_t)ms * NS_PER_MS;
	return 0;
}

static int
feed_begin(struct worker_birth *birth)
{
	static char worker;
	char *s = birth->slot;

	claim(birth->control == CONTROL_FD && birth->nlisteners <=
	    CADRE_LISTENERS_MAX);
	for (unsigned int i = 0; i < birth->nlisteners; i++)
		claim(birth->listeners[i].queue == 3 + (int)i ||
		    birth->listeners[i].queue == -1);
	s[0] = s[birth->slot_bytes - 1] = 1;
	claim(shm_load(&((const struct cadre_shm_header *)birth->anchor)->magic)
	    == CADRE_LAYOUT_MAGIC);
	munmap(s, birth->slot_bytes);
	munmap((void *)(uintptr_t)birth->anchor, sizeof(*feed.anchor));
	birth->worker = (struct cadre_worker *)(void *)&worker;
	return birth->seat == 77 ? -EMFILE : 0;
}

static void
feed_frame(struct cadre_worker *w, const struct cadre__frame *frame,
    const void *body)
{
	claim(w != NULL && body != NULL && frame->type == CADRE_FRAME_DRAIN);
}

static int
feed_word(uint64_t offset, void **ret_word)
{
	*ret_word = feed.slot;
	return offset < sizeof(*feed.slot) ? 0 : -EPROTO;
}

static int
feed_recv(int fd, struct cadre__frame *frame, void *body, size_t bytes,
    int *fds, unsigned int *inout_nfds)
{
	int err = cadre__frame_recv(fd, frame, body, bytes, fds, inout_nfds);

	if (err == 0 && *inout_nfds > 0)
		memcpy(feed.came, fds, *inout_nfds * sizeof(*fds));
	return err;
}

#define cadre__frame_recv	feed_recv
#define getenv(name)		feed_getenv(name)
#define unsetenv(name)		((void)(name))
#define getpid()		PID
#define poll(p, n, ms)		feed_poll((p), (ms))
#define clock_now_ns()		(feed.now_ns)
#define worker_begin(birth)	feed_begin(birth)
#define worker_frame		feed_frame
#define worker_attached(w)	((w) != NULL)
#define worker_control(w)	((void)(w), &feed.control)
#define worker_word(w, offset, ret) ((void)(w), feed_word((offset), (ret)))
#include "runtime/question.c"	/* NOLINT(bugprone-suspicious-include) */
#include "runtime/attach.c"	/* NOLINT(bugprone-suspicious-include) */
#undef poll

static int
object(size_t bytes, void **ret_map)
{
	int fd = cadre__object_new("object", bytes);

	claim(fd >= 0 && cadre__object_map(fd, bytes, PROT_READ | PROT_WRITE,
	    NULL, ret_map) == 0);
	return fd;
}

static void
begin(void)
{
	void *map;

	feed.fds[SLOT] = object(sizeof(*feed.slot), &map);
	feed.slot = map;
	feed.fds[ANCHOR] = object(sizeof(*feed.anchor), &map);
	feed.anchor = map;
	feed.fds[ACCEPTOR] = cadre__object_reopen(object(sizeof(*feed.acceptor),
	    &map));
	feed.acceptor = map;
	feed.fds[OTHERS] = feed.fds[OTHERS + 1] = feed.fds[READ_ONLY] =
	    cadre__object_reopen(feed.fds[SLOT]);
	feed.fds[UNSEALED] = memfd_create("unsealed", MFD_CLOEXEC);
	claim(ftruncate(feed.fds[UNSEALED], sizeof(*feed.slot)) == 0);
	feed.fds[NO_MEMORY] = open("/dev/null", O_RDONLY | O_CLOEXEC);
	for (unsigned int i = 0; i < SMALL_SLOTS; i++)
		feed.slots[i] = feed.slot;
}

/* One frame, nearly what a master would send, with what the input changes. */
static void
say(int sock, struct bytes *in, uint32_t id)
{
	unsigned int how = input_byte(in), n = how % (SENT_MAX + 1);
	struct { struct cadre__frame head; union answer body; } f = {
		.head = { 1, CADRE_FRAME_SLOT, id, sizeof(f.body.slot), 0 },
		.body.slot = { .generation = 9, .seat = 1,
		    .slot_bytes = sizeof(*feed.slot),
		    .anchor_bytes = sizeof(*feed.anchor),
		    .acceptor_bytes = sizeof(*feed.acceptor), },
	};
	char control[CMSG_SPACE(SENT_MAX * sizeof(int))] = { 0 };
	struct cmsghdr *c = (struct cmsghdr *)(void *)control;
	struct iovec iov = { &f, 0 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	if ((how & 8) != 0)
		f.head.type = (uint16_t)input_word(in, 1);
	if ((how & 16) != 0)
		f.head.length = input_byte(in);
	if ((how & 32) != 0)
		((uint64_t *)(void *)&f.body)[input_byte(in) % 8] =
		    input_word(in, 8);
	if ((how & 64) != 0)
		f.head.id += input_byte(in);
	iov.iov_len = sizeof(f.head) + f.head.length;
	if (n > 0) {
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(n * sizeof(int));
		for (unsigned int i = 0; i < n; i++)
			((int *)(void *)CMSG_DATA(c))[i] = feed.fds[(how & 128) == 0
			    ? i % CADRE_FRAME_SLOT_FDS : input_byte(in) % KINDS];
		msg.msg_control = control;
		msg.msg_controllen = CMSG_SPACE(n * sizeof(int));
	}
	(void)sendmsg(sock, &msg, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* A good value, or what the input has. */
static void
variables_set(struct bytes *in)
{
	static const char *const good[] = { "2", "500", "600", "601" };
	unsigned int how = input_byte(in);

	for (unsigned int i = 0; i < 4; i++, how >>= 2)
		feed.variable[i] = how % 4 == 0 ? strdup(good[i]) :
		    how % 4 == 1 ? NULL : input_text(in);
}

static void
attach_and_declare(struct bytes *in, int sock, int left)
{
	struct cadre_worker *w = NULL;
	struct cadre_counter *counter = NULL;
	struct cadre_gauge *gauge = NULL;
	char *name, *unit;
	unsigned int before = fds_open_from(left, LEFT_MAX);
	int err;

	attached = false;
	err = cadre_worker_attach(&w);
	claim(err <= 0 && err > -4096 && (err == 0) == (w != NULL));
	if (err < 0)
		claim(text_is_clean(cadre_error(err)));
	if (err == 0) {			/* for observers, when all else is gone */
		claim(fds_open_from(left, LEFT_MAX) ==
		    before + CADRE_FRAME_SLOT_FDS - 1);
		for (unsigned int i = 1; i < CADRE_FRAME_SLOT_FDS; i++)
			close(feed.came[i]);
		claim(cadre_worker_attach(&w) == -EALREADY);
	}
	claim(fds_open_from(left, LEFT_MAX) == before);
	if (err < 0)
		return;
	say(sock, in, questions + 1);
	name = input_text(in);
	unit = input_text(in);
	feed.control = (struct channel){ .fd = CONTROL_FD };
	err = cadre_worker_counter(w, name, unit, NULL, &counter);
	claim((err == 0) == (counter != NULL));
	err = cadre_worker_gauge(w, name, NULL, unit, &gauge);
	claim((err == 0) == (gauge != NULL));
	channel_drop(&feed.control);
	claim(fds_open_from(left, LEFT_MAX) == before);
	free(name);
	free(unit);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = { data, size };
	int pair[2], left;
	unsigned int how = input_byte(&in);

	if (feed.slot == NULL)
		begin();
	small_fill(feed.anchor, feed.slots, feed.acceptor);
	variables_set(&in);
	if ((how & 8) != 0)
		((uint32_t *)(void *)feed.anchor)[input_byte(&in) % 32] =
		    (uint32_t)input_word(&in, 2);
	left = fds_first_free();
	claim(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    0, pair) == 0);
	claim(dup3(pair[0], CONTROL_FD, O_CLOEXEC) == CONTROL_FD);
	claim(dup3(pair[1], MESSAGES_FD, O_CLOEXEC) == MESSAGES_FD);
	close(pair[0]);
	close(pair[1]);
	for (unsigned int i = how % 4; i > 0; i--)
		say(MESSAGES_FD, &in, questions + 1);
	if ((how & 4) != 0)
		shutdown(MESSAGES_FD, SHUT_RDWR);
	attach_and_declare(&in, MESSAGES_FD, left);
	close(CONTROL_FD);
	close(MESSAGES_FD);
	for (unsigned int i = 0; i < 4; i++)
		free(feed.variable[i]);
	return 0;
}
