/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What workers may send to the master on their message sockets: any frame, any
 * length, any address, descriptors of all kinds; and what it does with it. The
 * input is a list of messages, sent by three workers through sockets, to a
 * master whose queues are short. What costs a worker its channel, and in whose
 * name others get what it sent, is decided here once more, in the plainest
 * words; and no descriptor is left.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "runtime/link.h"
#include "runtime/lives.h"
#include "runtime/mailbox-master.h"
#include "t/fuzz/fds.h"
#include "t/fuzz/fuzz.h"

#define SEATS		3
#define LONG		70000	/* bytes of a message in memory */
#define BYTES_MAX	80000
#define FDS_SENT_MAX	253
#define LEFT_MAX	100	/* descriptors that an input can leave */
#define LIST		sizeof(struct cadre__frame_seats)
#define WIRE		sizeof(struct wire)
#define ROOM		(WIRE + LIST + CADRE_MESSAGE_INLINE)
#define HANDLED		2	/* types that the master has a function for */

enum memory { GOOD, UNSEALED, HOLE, SHORT, DEVICE, KINDS };
enum verdict { FINE, BAD, END, EITHER };

/* The message that is sent next. */
static struct {
	struct wire	wire;
	char		bytes[ROOM + 1024];	/* with that in front */
	size_t		n;		/* of these */
	bool		twice;		/* it goes with itself */
	enum memory	memory;		/* the first descriptor */
	unsigned int	nfds, who;
} sent;

static struct cadre_master *m;
static struct seat seats[SEATS];
static int worker[SEATS];		/* their ends */
static int memory[KINDS];
static unsigned int events, asked;
extern unsigned int read_all;
unsigned int read_all;			/* a sum, so that all is read */
static int room;			/* of the master's sockets */

static void
on_event(const struct cadre_shm_event *e, void *arg)
{
	(void)arg;
	claim(e->kind == CADRE_EVENT_BAD_FRAME && e->text_bytes > 0);
	events++;
}

static struct life *
life_of(unsigned int seat)
{
	return &seats[seat].lives[0];
}

/* What a function of the master's gets is what was sent, and by whom. */
static void
on_message(struct cadre_mailbox *mb, struct cadre_message *msg, void *arg)
{
	const unsigned char *bytes = msg->bytes;
	int fd;

	(void)arg;
	claim(msg->from.seat == sent.who &&
	    msg->from.generation == life_of(sent.who)->row.generation);
	claim(msg->n == sent.wire.head.bytes && msg->n <= BYTES_MAX);
	claim(msg->nfds == sent.nfds - (msg->n > CADRE_MESSAGE_INLINE));
	for (size_t i = 0; i < msg->n; i += msg->n > LIST ? 512 : 1)
		read_all += bytes[i];
	fd = msg->nfds > 1 ? cadre_message_fd(msg, 1) : -1;
	if (fd >= 0)
		close(fd);
	if (msg->from.id != 0 && msg->type == 0)
		(void)cadre_mailbox_reply(mb, &msg->from, 0, bytes, msg->n);
}

static void
on_answer(struct cadre_mailbox *mb, int err, struct cadre_message *reply,
    void *arg)
{
	(void)mb;
	(void)arg;
	claim(asked > 0 && err <= 0 && (err == 0) == (reply != NULL));
	asked--;
	if (err == 0)
		claim(reply->from.seat == sent.who);
}

static int
memory_make(enum memory kind)
{
	int fd = memfd_create("message", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	static const char bytes[LONG];

	claim(fd >= 0);
	if (kind == HOLE)
		claim(ftruncate(fd, LONG) == 0);
	else
		claim(write(fd, bytes, kind == SHORT ? LONG - 1 : LONG) > 0);
	if (kind != UNSEALED)
		claim(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW |
		    F_SEAL_WRITE | F_SEAL_SEAL) == 0);
	return fd;
}

/* A master without processes. */
static void
begin(void)
{
	const struct cadre__shape shape = { .max_workers = SEATS,
	    .values_bytes = 64 };
	struct rlimit all;

	getrlimit(RLIMIT_NOFILE, &all);
	all.rlim_cur = all.rlim_max;
	setrlimit(RLIMIT_NOFILE, &all);
	claim(cadre_master_new("fuzz", &m) == 0);
	claim(cadre__anchor_new("fuzz", &shape, &m->anchor) == 0);
	claim(cadre_master_set(m, CADRE_MESSAGE_BYTES_MAX, BYTES_MAX) == 0 &&
	    cadre_master_set(m, CADRE_MESSAGE_QUEUE, 4) == 0 &&
	    cadre_master_set(m, CADRE_MESSAGE_REQUESTS, 4) == 0);
	m->epoll = epoll_create1(EPOLL_CLOEXEC);
	m->seats = seats;
	m->nseats = SEATS;
	claim(messages_open(m) == 0);
	cadre_master_on_event(m, on_event, NULL);
	for (uint32_t i = 0; i < HANDLED; i++)
		claim(cadre_mailbox_on(&m->mailbox, i, on_message, NULL) == 0);
	for (unsigned int i = 0; i < DEVICE; i++)
		memory[i] = memory_make((enum memory)i);
	memory[DEVICE] = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static void
born(unsigned int seat)
{
	struct life *l = life_of(seat);
	int pair[2];

	claim(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    0, pair) == 0);
	setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	seats[seat].lives[1].pidfd = -1;
	seats[seat].lives[1].link.channel.fd = -1;
	*l = (struct life){ .pidfd = pair[1],
	    .row = { .generation = ++m->generations },
	    .link.channel = { .fd = pair[0], .frames_max = 4, .kept_max = 4 } };
	worker[seat] = pair[1];
	claim(master_watch(m, pair[0], SOURCE_MESSAGES, 2 * seat,
	    (uint32_t)l->row.generation, EPOLLIN) == 0);
}

static void
ready(unsigned int seat, uint32_t what)
{
	struct life *l = life_of(seat);

	if (l->link.channel.fd >= 0)
		link_ready(m, 2 * seat, (uint32_t)l->row.generation, what);
}

/* One that reaches a worker: whole, and in the name of who sent it. */
static void
came(const char *bytes, size_t n, unsigned int seat)
{
	struct wire wire;
	size_t payload;

	claim(n >= sizeof(wire));
	memcpy(&wire, bytes, sizeof(wire));
	payload = wire.head.bytes > CADRE_MESSAGE_INLINE ? 0 :
	    wire.head.bytes;
	claim(wire.frame.version == CADRE_FRAME_VERSION &&
	    n == WIRE + payload && wire.frame.length == n - sizeof(wire.frame));
	claim((wire.frame.type >= CADRE_FRAME_MESSAGE &&
	    wire.frame.type <= CADRE_FRAME_FAILED) ||
	    wire.frame.type == CADRE_FRAME_GONE);
	if (wire.frame.type == CADRE_FRAME_FAILED)
		claim(wire.head.type >= 1 && wire.head.type <= 4095 && n == WIRE);
	else
		claim(wire.head.type <= CADRE_TYPE_MAX &&
		    wire.head.bytes <= BYTES_MAX);
	if (wire.head.seat == CADRE_MASTER)
		return;
	claim(wire.head.seat < SEATS && wire.head.seat != seat);
	claim(wire.head.generation > 0 &&
	    wire.head.generation <= m->generations);
	/* Its first byte says who it was. */
	if (payload > 0 && wire.frame.type != CADRE_FRAME_GONE)
		claim((unsigned char)bytes[WIRE] == wire.head.seat);
}

static void
drain(unsigned int seat)
{
	char control[CMSG_SPACE((FDS_SENT_MAX + 1) * sizeof(int))];
	static char bytes[ROOM + 1024];
	struct iovec iov = { bytes, sizeof(bytes) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1,
	    .msg_control = control, .msg_controllen = sizeof(control) };
	struct cmsghdr *c;
	ssize_t n;
	int fd;

	while ((n = recvmsg(worker[seat], &msg, MSG_DONTWAIT)) > 0) {
		c = msg.msg_controllen > 0 ? CMSG_FIRSTHDR(&msg) : NULL;
		for (size_t i = 0; c != NULL && i < c->cmsg_len - CMSG_LEN(0);
		    i += sizeof(fd)) {
			memcpy(&fd, CMSG_DATA(c) + i, sizeof(fd));
			close(fd);
		}
		came(bytes, (size_t)n, seat);
		msg.msg_controllen = sizeof(control);
	}
}

/* A frame, mostly as it should be, with what the input changes. */
static void
frame_make(struct bytes *in, unsigned int who)
{
	static const uint32_t places[8] = { 0, 1, 2, CADRE_MASTER, CADRE_MASTER,
	    9, CADRE_NO_SEAT, 0x80000000 };
	static const unsigned int some[8] = { 0, 0, 0, 0, 1, 2, 16, 251 };
	unsigned int how = input_byte(in), type = input_byte(in);
	unsigned int place = input_byte(in), n = input_byte(in);
	struct wire *w = &sent.wire;
	char *body = sent.bytes + WIRE;
	bool list;

	memset(&sent, 0, WIRE + LIST + 512);
	sent.who = who;
	w->frame = (struct cadre__frame){ .version = CADRE_FRAME_VERSION,
	    .type = (uint16_t)(type < 240 ? 64 + type % 8 : type),
	    .id = place >> 6 };
	w->head.type = type / 8 % 4;
	w->head.seat = places[place % 8];
	w->head.generation = (place & 8) != 0 ? input_byte(in) : 0;
	w->head.bytes = n;
	list = w->frame.type == CADRE_FRAME_BROADCAST &&
	    w->head.seat != CADRE_NO_SEAT;
	sent.n = WIRE + (list ? LIST : 0) + n;
	sent.nfds = some[how % 8];
	sent.memory = (enum memory)(how / 8 % KINDS);
	if (list)
		body[0] = (char)input_byte(in);
	body[list ? LIST : 0] = (char)who;
	if ((how & 0xc0) == 0x80) {		/* in memory */
		w->head.bytes = LONG;
		sent.n -= n;
	} else if ((how & 0xc0) == 0xc0) {	/* all that a frame can hold */
		w->head.bytes = CADRE_MESSAGE_INLINE;
		sent.n += CADRE_MESSAGE_INLINE - n;
	}
	w->frame.length = (uint32_t)(sent.n - sizeof(w->frame));
}

/* Then one thing or another is wrong. */
static void
frame_twist(struct bytes *in)
{
	unsigned int how = input_byte(in);
	struct wire *w = &sent.wire;

	if ((how & 1) != 0)
		w->head.bytes += input_word(in, 8);
	if ((how & 2) != 0)
		w->head.type = (uint32_t)input_word(in, 4);
	if ((how & 4) != 0)
		sent.n -= input_byte(in) % (sent.n < 256 ? sent.n + 1 : 256);
	if ((how & 8) != 0)
		sent.n += input_byte(in);
	w->frame.length = (uint32_t)(sent.n - sizeof(w->frame));
	if ((how & 16) != 0)
		w->frame.length += input_byte(in);
	if ((how & 32) != 0)
		w->frame.version = (uint16_t)input_byte(in);
	if ((how & 64) != 0)
		w->frame.id = (uint32_t)input_word(in, 4);
	if ((how & 128) != 0)
		sent.nfds = input_byte(in) % (FDS_SENT_MAX + 1);
}

static bool
frame_send(void)
{
	char control[CMSG_SPACE(FDS_SENT_MAX * sizeof(int))] = { 0 };
	struct cmsghdr *c = (struct cmsghdr *)(void *)control;
	struct iovec iov = { sent.bytes, sent.n };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	size_t filled = CHANNEL_FILL(sent.n);

	memcpy(sent.bytes, &sent.wire, WIRE);
	if (sent.twice) {
		memset(sent.bytes + sent.n, 0, filled - sent.n);
		memcpy(sent.bytes + filled, sent.bytes, sent.n);
		iov.iov_len += filled;
	}
	if (sent.nfds > 0) {
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sent.nfds * sizeof(int));
		for (unsigned int i = 0; i < sent.nfds; i++)
			memcpy(CMSG_DATA(c) + i * sizeof(int), &memory[i == 0 ?
			    sent.memory : DEVICE], sizeof(int));
		msg.msg_control = control;
		msg.msg_controllen = CMSG_SPACE(sent.nfds * sizeof(int));
	}
	return sendmsg(worker[sent.who], &msg, MSG_DONTWAIT | MSG_NOSIGNAL) ==
	    (ssize_t)iov.iov_len;
}

static bool
is_long(void)
{
	return sent.wire.head.bytes > CADRE_MESSAGE_INLINE;
}

/* In a frame that is one, is what it says of itself right? */
static bool
is_frame(void)
{
	const struct wire *w = &sent.wire;
	size_t list = w->frame.type == CADRE_FRAME_BROADCAST &&
	    w->head.seat != CADRE_NO_SEAT ? LIST : 0;

	return sent.n >= WIRE && sent.n <= ROOM && sent.nfds <= 251 &&
	    w->frame.version == CADRE_FRAME_VERSION &&
	    w->frame.length == sent.n - sizeof(w->frame) &&
	    (is_long() ? sent.nfds > 0 && sent.n == WIRE + list :
	    sent.n == WIRE + list + w->head.bytes) &&
	    w->head.bytes <= BYTES_MAX && w->head.type <= CADRE_TYPE_MAX;
}

static bool
memory_is_right(void)
{
	return !is_long() ||
	    (sent.memory == GOOD && sent.wire.head.bytes == LONG);
}

static enum verdict
verdict(bool online)
{
	const struct wire *w = &sent.wire;
	bool ours = w->head.seat == CADRE_MASTER;

	if (sent.n == 0 && sent.nfds == 0)
		return END;
	if (!is_frame())
		return BAD;
	switch (w->frame.type) {
	case CADRE_FRAME_MESSAGE:
	case CADRE_FRAME_REQUEST:
		if (!online || (!ours && w->head.seat >= SEATS))
			return BAD;
		return memory_is_right() ||
		    (ours && w->head.type >= HANDLED) ? FINE : BAD;
	case CADRE_FRAME_REPLY:
	case CADRE_FRAME_FAILED:
		if (!online || (!ours && w->head.seat >= SEATS) ||
		    (w->frame.type == CADRE_FRAME_FAILED &&
		    (w->head.type < 1 || w->head.type > 4095 ||
		    w->head.bytes > 0)))
			return BAD;
		return memory_is_right() ? FINE : ours ? EITHER : BAD;
	case CADRE_FRAME_BROADCAST:
		return online && memory_is_right() &&
		    sent.nfds == is_long() ? FINE : BAD;
	case CADRE_FRAME_ONLINE:
		return online || sent.n != WIRE || sent.nfds > 0 ? BAD : FINE;
	case CADRE_FRAME_PUBLISH:
		return online ? EITHER : BAD;	/* of topics: t/37 */
	default:
		return BAD;
	}
}

/* Of all that goes together. */
static enum verdict
verdict_all(bool online)
{
	enum verdict v = verdict(online);

	if (!sent.twice || v == BAD || v == EITHER)
		return v;
	online |= sent.wire.frame.type == CADRE_FRAME_ONLINE;
	return sent.nfds > 0 ? BAD : verdict(online);
}

static void
frame(struct bytes *in, unsigned int who)
{
	struct life *l = life_of(who);
	unsigned int before = events;
	enum verdict v;

	frame_make(in, who);
	if (input_byte(in) >= 128)
		frame_twist(in);
	sent.twice = is_frame() && 2 * CHANNEL_FILL(sent.n) <= ROOM &&
	    input_byte(in) % 4 == 0;
	if (!frame_send())
		return;
	v = verdict_all(l->link.online);
	ready(who, EPOLLIN);
	if (v == EITHER)
		return;
	claim((l->link.channel.fd >= 0) == (v == FINE));
	claim(events == before + (v == BAD));
}

/* What else comes to pass. */
static void
happens(struct bytes *in, unsigned int who, unsigned int what)
{
	struct life *l = life_of(who);
	unsigned int fds = input_byte(in) % 8;
	const int some[8] = { memory[GOOD], memory[DEVICE], memory[DEVICE],
	    memory[DEVICE], memory[DEVICE], memory[DEVICE], memory[DEVICE],
	    memory[DEVICE] };

	switch (what % 8) {
	case 0:
		ready(who, EPOLLOUT);
		break;
	case 1:
		link_part(l, (fds & 1) != 0 ? "why" : NULL);
		break;
	case 2:
		link_close(m, &seats[who], l);
		break;
	case 3:
		asked += cadre_mailbox_request(&m->mailbox, who, 1, "?", 1,
		    (fds & 1) != 0 ? 0 : -1, on_answer, NULL) >= 0;
		break;
	case 4:
		(void)cadre_mailbox_broadcast(&m->mailbox, NULL, 0, 1, "b", 1);
		break;
	case 5:
		(void)cadre_mailbox_send_fds(&m->mailbox, who, 1, "s", 1, some,
		    fds);
		break;
	case 6:
		m->options[CADRE_MESSAGE_POLICY] = fds % 3;
		break;
	default:
		messages_due(m, UINT64_MAX - 1);
		break;
	}
}

/* Who has been parted is heard to the end, and another one comes. */
static void
go_on(unsigned int seat)
{
	struct life *l = life_of(seat);

	if (l->link.parting && l->link.channel.fd >= 0) {
		for (int i = 0; i < 1000 && l->link.channel.fd >= 0; i++)
			ready(seat, EPOLLIN);
		claim(l->link.channel.fd < 0);
	}
	if (l->link.channel.fd >= 0)
		return;
	drain(seat);
	close(worker[seat]);
	lives_tell(m);
	born(seat);
}

static void
end(void)
{
	for (unsigned int i = 0; i < SEATS; i++)
		link_close(m, &seats[i], life_of(i));
	for (unsigned int i = 0; i < SEATS; i++) {
		claim(life_of(i)->link.channel.fd < 0);
		drain(i);
		close(worker[i]);
	}
	lives_tell(m);
	/* Whom it asked has ended: that is an answer as well. */
	messages_due(m, UINT64_MAX - 1);
	claim(asked == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = { data, size };
	unsigned int op, who, open_before;
	int first;

	if (m == NULL)
		begin();
	m->generations = 0;
	pendings_free(&m->mailbox.pendings);	/* their numbers, too */
	room = input_byte(&in) % 2 == 0 ? 1 : 40000;
	m->options[CADRE_MESSAGE_POLICY] = CADRE_DROP_NEWEST;
	first = fds_first_free();
	open_before = fds_open_from(first, LEFT_MAX);
	for (unsigned int i = 0; i < SEATS; i++)
		born(i);
	while (in.left > 0) {
		op = input_byte(&in);
		who = op % SEATS;
		if (op < 200)
			frame(&in, who);
		else
			happens(&in, who, op / SEATS);
		if (op % 8 == 0)
			for (unsigned int i = 0; i < SEATS; i++)
				drain(i);
		for (unsigned int i = 0; i < SEATS; i++)
			go_on(i);
	}
	end();
	claim(fds_open_from(first, LEFT_MAX) == open_before);
	return 0;
}
