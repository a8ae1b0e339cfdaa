/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The frame decoder. The input is one message: it is sent whole, and cut in
 * two at one byte, by a socket, with descriptors, to a receiver with as much
 * room as the input says. Then it is cut at every byte; for that many messages
 * the kernel would be too slow, and what it does is done here. What is a frame
 * and what is not is decided here once more, in the plainest words: both must
 * agree, and a frame must come as it was sent.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "shm/frame.h"
#include "t/fuzz/fds.h"
#include "t/fuzz/fuzz.h"

static ssize_t feed_recvmsg(int fd, struct msghdr *msg, int flags);
#define recvmsg feed_recvmsg
#include "shm/frame.c"	/* NOLINT(bugprone-suspicious-include) */
#undef recvmsg

#define CUTS_MAX	64		/* a longer message is cut that often */
#define FDS_SENT_MAX	253		/* more the kernel does not take */
#define LONGEST	(CADRE_FRAME_BODY_MAX + 64)

enum {				/* bits of the first byte */
	NAMED = 1,		/* the receiver wants to know the sender */
	MENDED = 2,		/* version and length are put right */
	NO_FDS = 4,		/* the receiver asks for none */
	RARE = 0xf8,		/* one of these: they take their time */
	LONG = 0x98,		/* a body of zeros follows */
	HANGS_UP = 0x58,
};

struct message {
	const uint8_t	*bytes;
	size_t		n;
	unsigned int	nfds;
};

struct receiver {
	const struct message *cut;	/* comes without the socket; or NULL */
	int		*pair;
	bool		named;
	unsigned int	room_fds;
	size_t		room;
	uint8_t		*body;		/* that room, and then a red zone */
	int		*fds;
};

static int pairs[2][2];		/* [1]: with SO_PASSCRED */
static int null_fds[FDS_SENT_MAX];

static void
begin(void)
{
	int on = 1, fd;

	fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	claim(fd >= 0);
	for (unsigned int i = 0; i < FDS_SENT_MAX; i++)
		null_fds[i] = fd;
	for (unsigned int i = 0; i < 2; i++)
		claim(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
		    pairs[i]) == 0);
	claim(setsockopt(pairs[1][1], SOL_SOCKET, SO_PASSCRED, &on,
	    sizeof(on)) == 0);
}

/* As frame.c does not: whatever it is. */
static void
send_raw(const struct receiver *r, const struct message *m)
{
	static char control[CMSG_SPACE(FDS_SENT_MAX * sizeof(int))];
	struct cmsghdr *c = (struct cmsghdr *)(void *)control;
	struct iovec iov = { (void *)(uintptr_t)m->bytes, m->n };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (m->nfds > 0) {
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(m->nfds * sizeof(int));
		memcpy(CMSG_DATA(c), null_fds, m->nfds * sizeof(int));
		msg.msg_control = control;
		msg.msg_controllen = CMSG_SPACE(m->nfds * sizeof(int));
	}
	claim(sendmsg(r->pair[0], &msg, MSG_DONTWAIT) == (ssize_t)m->n);
}

static const struct receiver *receiving;

/* What the kernel does with a message on a SOCK_SEQPACKET socket. */
static ssize_t
feed_recvmsg(int fd, struct msghdr *msg, int flags)
{
	static bool interrupted;
	const struct message *m = receiving->cut;
	size_t done = 0, part;

	if (m == NULL)
		return recvmsg(fd, msg, flags);
	interrupted = !interrupted;
	if (interrupted) {
		errno = EINTR;
		return -1;
	}
	for (size_t i = 0; i < msg->msg_iovlen; i++) {
		part = m->n - done < msg->msg_iov[i].iov_len ? m->n - done :
		    msg->msg_iov[i].iov_len;
		if (part > 0)
			memcpy(msg->msg_iov[i].iov_base, m->bytes + done, part);
		done += part;
	}
	msg->msg_controllen = 0;
	msg->msg_flags = done < m->n ? MSG_TRUNC : 0;
	return (ssize_t)done;
}

static bool
is_frame(const struct receiver *r, const struct message *m)
{
	struct cadre__frame head;

	if (m->n < sizeof(head) || m->n - sizeof(head) > r->room ||
	    m->n - sizeof(head) > CADRE_FRAME_BODY_MAX ||
	    m->nfds > r->room_fds)
		return false;
	memcpy(&head, m->bytes, sizeof(head));
	return head.version == CADRE_FRAME_VERSION &&
	    head.length == m->n - sizeof(head);
}

static void
receive(const struct receiver *r, const struct message *m)
{
	struct cadre__frame head;
	struct ucred sender = { .pid = -1 };
	unsigned int nfds = r->room_fds;
	int err;

	memset(&head, 0x55, sizeof(head));
	receiving = r;
	err = cadre__frame_recv_from(r->pair[1], &head, r->body, r->room,
	    r->fds, r->fds != NULL ? &nfds : NULL, &sender);
	if (!is_frame(r, m)) {
		claim(err == (m->n == 0 ? -EPIPE : -EPROTO));
		claim(head.id == 0x55555555 && sender.pid == -1);
		return;
	}
	claim(err == 0);
	claim(memcmp(&head, m->bytes, sizeof(head)) == 0);
	claim(head.length == 0 || memcmp(r->body, m->bytes + sizeof(head),
	    head.length) == 0);
	claim(sender.pid == (r->named && r->cut == NULL ? getpid() : 0));
	claim(r->fds == NULL || nfds == m->nfds);
	if (m->nfds > 0)
		fds_claim(r->fds, m->nfds);
}

/* Each half is a message of its own. */
static void
cut(struct receiver *r, const struct message *whole)
{
	struct message part = { .nfds = 0 };

	r->cut = &part;
	for (size_t at = 0; at <= whole->n && at <= CUTS_MAX; at++) {
		part.bytes = whole->bytes;
		part.n = at;
		receive(r, &part);
		part.bytes += at;
		part.n = whole->n - at;
		receive(r, &part);
	}
	r->cut = NULL;
}

/* One of the cuts, by the socket; one of the halves has descriptors. */
static void
cut_once(const struct receiver *r, const struct message *whole,
    unsigned int where)
{
	struct message part = { whole->bytes, where / 2, whole->nfds };

	if (part.n > whole->n)
		part.n = whole->n;
	if (where % 2 != 0)
		part.nfds = 0;
	send_raw(r, &part);
	receive(r, &part);
	part.bytes += part.n;
	part.n = whole->n - part.n;
	part.nfds = whole->nfds - part.nfds;
	send_raw(r, &part);
	receive(r, &part);
}

/* By the sender of frame.c, which puts version and length of bodies right. */
static void
round_trip(const struct receiver *r, const struct message *m)
{
	struct cadre__frame head, got;
	const uint8_t *body = m->bytes + sizeof(head);
	unsigned int nfds = r->room_fds;
	int err;

	memcpy(&head, m->bytes, sizeof(head));
	if (head.length <= CADRE_FRAME_BODY_MAX)
		head.length = (uint32_t)(m->n - sizeof(head));
	receiving = r;
	err = cadre__frame_send(r->pair[0], &head, body, null_fds, m->nfds);
	if (head.length > CADRE_FRAME_BODY_MAX ||
	    m->nfds > CADRE_FRAME_FDS_MAX) {
		claim(err == -EINVAL);
		return;
	}
	claim(err == 0);
	err = cadre__frame_recv(r->pair[1], &got, r->body, r->room, r->fds,
	    r->fds != NULL ? &nfds : NULL);
	claim((err == 0) == (head.length <= r->room && m->nfds <= r->room_fds));
	if (err == 0) {
		claim(got.version == CADRE_FRAME_VERSION && got.type == head.type
		    && got.id == head.id && got.length == head.length);
		claim(memcmp(r->body, body, head.length) == 0);
		if (m->nfds > 0)
			fds_claim(r->fds, m->nfds);
	}
}

static void
hang_up(const struct receiver *r, const struct message *m)
{
	struct cadre__frame head = { .type = 1 };
	int pair[2];

	claim(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) == 0);
	receiving = r;
	claim(cadre__frame_recv(pair[0], &head, r->body, r->room, NULL, NULL) ==
	    -EAGAIN);
	cadre__frame_no_fds(pair[0]);
	if (m->n > 0)
		claim(write(pair[0], m->bytes, m->n) == (ssize_t)m->n);
	close(pair[1]);			/* unread bytes: a reset */
	claim(cadre__frame_send(pair[0], &head, NULL, NULL, 0) == -EPIPE);
	claim(cadre__frame_recv(pair[0], &head, r->body, r->room, NULL, NULL) ==
	    -EPIPE);
	close(pair[0]);
}

/* Its room ends where a variable ends, where a sanitizer is on guard. */
static void
make_room(struct receiver *r, unsigned int how, struct bytes *in)
{
	static uint8_t body[UINT16_MAX];
	static int fds[UINT8_MAX];

	r->pair = pairs[how & NAMED];
	r->named = (how & NAMED) != 0;
	r->room_fds = (how & NO_FDS) != 0 ? 0 : input_byte(in);
	r->room = input_word(in, 2);
	if ((how & RARE) != LONG)
		r->room %= 128;
	r->body = body + sizeof(body) - r->room;
	r->fds = (how & NO_FDS) != 0 ? NULL : fds + UINT8_MAX - r->room_fds;
}

/* What is left of the input is the message. */
static void
make_message(struct message *m, unsigned int how, struct bytes *in)
{
	static uint8_t bytes[LONGEST + 256];
	struct cadre__frame *head = (struct cadre__frame *)(void *)bytes;
	size_t more = (how & RARE) == LONG ? input_word(in, 3) % LONGEST : 0;

	m->bytes = bytes;
	m->n = in->left < 256 ? in->left : 256;
	if (m->n > 0)
		memcpy(bytes, in->at, m->n);
	if (more > 0)
		memset(bytes + m->n, 0, more);
	m->n += more;
	if ((how & MENDED) != 0 && m->n >= sizeof(*head)) {
		head->version = CADRE_FRAME_VERSION;
		head->length = (uint32_t)(m->n - sizeof(*head));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const unsigned int some[32] = { 0, 1, 2, 3, 4, 8, [29] = 64,
		[30] = 252, [31] = 253 };
	struct bytes in = { data, size };
	unsigned int how = input_byte(&in), where;
	struct receiver r = { .cut = NULL };
	struct message m;
	unsigned int open_before;
	int first;

	if (null_fds[0] == 0)
		begin();
	first = fds_first_free();
	m.nfds = some[input_byte(&in) % 32];
	where = input_byte(&in);
	open_before = fds_open_from(first, m.nfds + 16);
	make_room(&r, how, &in);
	make_message(&m, how, &in);
	send_raw(&r, &m);
	receive(&r, &m);
	cut_once(&r, &m, where);
	cut(&r, &m);
	if (m.n >= sizeof(struct cadre__frame))
		round_trip(&r, &m);
	if ((how & RARE) == HANGS_UP)
		hang_up(&r, &m);
	claim(fds_open_from(first, m.nfds + 16) == open_before);
	return 0;
}
