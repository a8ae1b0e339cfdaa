/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a worker and a client may send to the master, once it is a frame: any
 * type, any length, any body, by anybody. The input is a list of messages;
 * the kernel, the channel and what a request would do are replaced. Whom a
 * message may move, what it costs its sender, and how often he is answered, is
 * decided here once more, in the plainest words.
 */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include <sys/epoll.h>
#include <sys/socket.h>

#include <cadre/error.h>

#include "runtime/acceptor.h"
#include "runtime/channel.h"
#include "runtime/clients.h"
#include "runtime/control.h"
#include "runtime/metrics.h"
#include "runtime/reload.h"
#include "runtime/report.h"
#include "runtime/scale.h"
#include "runtime/seat.h"
#include "shm/clock.h"
#include "shm/frame.h"
#include "shm/object.h"
#include "t/fuzz/fuzz.h"

#define SEATS		2
#define WORKER		500	/* its pid */
#define REQUEST_MAX	sizeof(struct cadre__frame_reload) /* room that clients.c has for a body */
#define FEED_FD		1000	/* no real descriptor */

/* The message that is read next, and what came of it. */
static struct {
	struct cadre__frame frame;
	uint8_t		body[256];
	int		err;
	pid_t		sender;
} next;
static struct {
	unsigned int	replies, errors, closed, events, acts;
	int		err;		/* of the last reply */
} got;
static uint64_t now;
static int refusal;			/* of whatever a request would do */
static uint32_t numbers;
static bool ends;			/* a reload, for all who wait */

/* As frame.c would: it does not fit, or it is whole. */
static int
feed_recv_from(int fd, struct cadre__frame *ret_frame, void *body,
    size_t bytes, int *fds, unsigned int *inout_nfds, struct ucred *ret_sender)
{
	claim(fd > 0 && fds == NULL && *inout_nfds == 0);
	*ret_sender = (struct ucred){ .pid = next.sender };
	if (next.err < 0 || next.frame.length > bytes)
		return next.err < 0 ? next.err : -EPROTO;
	*ret_frame = next.frame;
	memcpy(body, next.body, next.frame.length);
	return 0;
}

static int
feed_recv(int fd, struct cadre__frame *ret_frame, void *body, size_t bytes,
    int *fds, unsigned int *inout_nfds)
{
	struct ucred sender;

	return feed_recv_from(fd, ret_frame, body, bytes, fds, inout_nfds,
	    &sender);
}

static int
feed_send(int fd, const struct cadre__frame *frame, const void *body,
    const int *fds, unsigned int nfds)
{
	const struct cadre__frame_error *e = body;

	claim(fd > 0 && frame->length <= CADRE_FRAME_BODY_MAX);
	claim(nfds <= CADRE_FRAME_FDS_MAX && (nfds == 0 || fds != NULL));
	claim(ends || frame->id == next.frame.id);
	got.replies++;
	if (frame->type != CADRE_FRAME_ERROR)
		return 0;
	claim(frame->length >= sizeof(e->err) && frame->length <= sizeof(*e));
	claim(e->err < 0);
	got.errors++;
	got.err = e->err;
	return 0;
}

static int
feed_channel_send(struct channel *c, const struct cadre__frame *frame,
    const void *body, const int *fds, unsigned int nfds)
{
	return feed_send(c->fd, frame, body, fds, nfds);
}

static int
feed_watch(struct cadre_master *m, int fd, enum source source, uint32_t index,
    uint32_t serial, uint32_t events)
{
	claim(m != NULL && fd > 0 && source < SOURCES && events != 0);
	claim(index < 64 && serial < 64);
	return 0;
}

static void
feed_unwatch(struct cadre_master *m, int *fd)
{
	claim(m != NULL);
	got.closed += *fd >= 0;
	*fd = -1;
}

static void __attribute__((format(printf, 4, 5)))
feed_report(struct cadre_master *m, uint32_t kind, const struct seat *s,
    const char *format, ...)
{
	claim(m != NULL && format != NULL);
	claim(kind == (s != NULL ? CADRE_EVENT_BAD_FRAME :
	    CADRE_EVENT_REFUSED));
	got.events++;
}

static int
feed_reopen(int fd)
{
	claim(fd >= 0);
	return FEED_FD;
}

static int
feed_close(int fd)
{
	claim(fd == FEED_FD);
	return 0;
}

/* What a message leads to. */
static int
act(void)
{
	got.acts++;
	return refusal;
}

static int
feed_reload_ask(struct cadre_master *m, const struct cadre_reload *how,
    bool restart, uint32_t *ret_number)
{
	claim(m != NULL && restart == (how == NULL));
	if (act() == 0)
		*ret_number = ++numbers;
	return refusal;
}

static int
feed_scale(struct cadre_master *m, int n)
{
	claim(m != NULL && n >= -CADRE_SEATS_MAX && n <= CADRE_SEATS_MAX);
	return act();
}

/* It looks at both numbers itself: t/57. */
static int
feed_signal(struct cadre_master *m, uint32_t seat, int number)
{
	uint32_t words[2] = { seat, (uint32_t)number };

	claim(m != NULL && memcmp(words, next.body, sizeof(words)) == 0);
	return act();
}

static int
feed_stop(struct cadre_master *m, enum cadre_stop how)
{
	claim(m != NULL && (unsigned int)how <= CADRE_STOP_NOW);
	return act();
}

static int
feed_metric(struct cadre_master *m, const struct cadre__frame_declare *row,
    uint64_t *ret_offset)
{
	claim(m != NULL && row->name[sizeof(row->name) - 1] == '\0' &&
	    row->unit[sizeof(row->unit) - 1] == '\0' &&
	    row->help[sizeof(row->help) - 1] == '\0');
	*ret_offset = 512;
	return act();
}

static void
feed_input(struct cadre_master *m, struct seat *s, struct life *l,
    enum input input, uint64_t now_ns)
{
	claim(m != NULL && s != NULL && l->pidfd >= 0);
	claim(input == READY && now_ns == now);
	(void)act();
}

static void
feed_attached(struct cadre_master *m, struct seat *s, struct life *l)
{
	claim(m != NULL && s != NULL);
	claim((l->row.flags & CADRE_LIFE_ATTACHED) != 0);
	(void)act();
}

static void
feed_anchor_life(struct cadre__anchor *a, unsigned int slot,
    const struct cadre_shm_life *life)
{
	claim(a != NULL && slot < CADRE_SLOTS_PER_SEAT * SEATS);
	claim((life->flags & CADRE_LIFE_LEFT) != 0);
	(void)act();
}

static const char *
feed_refused(struct cadre_master *m, const void *body, uint32_t teller)
{
	claim(m != NULL && teller < m->nseats && memcmp(body, next.body,
	    sizeof(struct cadre__frame_refused)) == 0);
	(void)act();
	return NULL;
}

#define refusals_take		feed_refused
#define cadre__anchor_life	feed_anchor_life
#define cadre__frame_recv	feed_recv
#define cadre__frame_recv_from	feed_recv_from
#define cadre__frame_send	feed_send
#define channel_send		feed_channel_send
#define master_unwatch		feed_unwatch
#define master_watch		feed_watch
#define master_rewatch		feed_watch
#define report_text		feed_report
#define cadre__object_reopen	feed_reopen
#define close			feed_close
#define clock_now_ns()		(now)
#define reload_ask		feed_reload_ask
#define cadre_master_scale	feed_scale
#define scale_by		feed_scale
#define seats_signal		feed_signal
#define cadre_master_stop	feed_stop
#define metrics_add		feed_metric
#define seat_input		feed_input
#define seat_attached		feed_attached
#define control_ready		feed_control_ready
#define control_send		feed_control_send
#define clients_open		feed_clients_open
#define clients_sock		feed_clients_sock
#define clients_tick		feed_clients_tick
#define clients_close		feed_clients_close
#define clients_reloaded	feed_clients_reloaded
#define client_ready		feed_client_ready
void feed_control_ready(struct cadre_master *, uint32_t, uint32_t, uint32_t);
void feed_control_send(struct cadre_master *, struct seat *, struct life *,
    const struct cadre__frame *, const void *, const int *, unsigned int);
int feed_clients_open(struct cadre_master *);
void feed_clients_sock(struct cadre_master *);
void feed_clients_tick(struct cadre_master *);
void feed_clients_close(struct cadre_master *);
void feed_clients_reloaded(struct cadre_master *, uint32_t, int, const char *);
void feed_client_ready(struct cadre_master *, uint32_t, uint32_t, uint32_t);
#include "runtime/control.c"	/* NOLINT(bugprone-suspicious-include) */
#include "runtime/clients.c"	/* NOLINT(bugprone-suspicious-include) */

static struct cadre_master *m;
static struct seat seats[SEATS];
static struct client clients[CLIENTS_MAX];

/* A master that nothing but these two files looks at. */
static void
begin(void)
{
	static struct cadre_master master;
	static struct cadre__anchor anchor;
	static int slots[CADRE_SLOTS_PER_SEAT * SEATS];

	anchor.slot_fd = slots;
	anchor.nslots = CADRE_SLOTS_PER_SEAT * SEATS;
	m = &master;
	*m = (struct cadre_master){ .anchor = &anchor, .seats = seats,
	    .nseats = SEATS, .clients = clients };
	now += NS_PER_S;
	for (unsigned int i = 0; i < CLIENTS_MAX; i++)
		clients[i] = (struct client){ .fd = -1 };
	for (unsigned int i = 0; i < 3; i++)
		clients[i] = (struct client){ .fd = 10, .serial = i,
		    .right = (enum right)i };
	for (unsigned int i = 0; i < SEATS; i++)
		for (int k = 0; k < CADRE_SLOTS_PER_SEAT; k++)
			seats[i].lives[k] = (struct life){ .pidfd = 20,
			    .control = { .fd = 30 }, .row = { .pid = WORKER,
			    .state = CADRE_STATE_STARTING + (unsigned int)k,
			    .generation = 1, .flags = i == 0 ?
			    CADRE_LIFE_PROGRAM : CADRE_LIFE_ATTACHED } };
}

static void
message(struct bytes *in)
{
	static const int errors[] = { 0, 0, 0, 0, -EPROTO, -EPIPE, -EAGAIN, 0 };
	unsigned int how = input_byte(in);

	memset(&next, 0, sizeof(next));
	next.err = errors[how & 7];
	next.sender = (how & 8) != 0 ? WORKER + 1 : WORKER;
	refusal = (how & 16) != 0 ? -EBUSY : 0;
	next.frame.type = (uint16_t)input_byte(in);
	next.frame.id = input_byte(in);
	next.frame.length = input_byte(in);
	if (next.frame.type == CADRE_FRAME_DECLARE && (how & 32) != 0)
		next.frame.length = sizeof(struct cadre__frame_declare);
	for (unsigned int i = 0; i < next.frame.length && in->left > 0; i++)
		next.body[i] = (uint8_t)input_byte(in);
	memset(&got, 0, sizeof(got));
}

/* The right that it takes, and the body; false: there is no such request. */
static bool
is_request(uint16_t type, enum right *ret_right, uint32_t *ret_length)
{
	*ret_right = RIGHT_CONTROL;
	switch (type) {
	case 32:
		*ret_right = RIGHT_READ;
		*ret_length = 0;
		return true;
	case 33:
		*ret_length = 4;
		return true;
	case 34:
	case 35:
		*ret_length = sizeof(struct cadre__frame_reload);
		return true;
	case 38:
		*ret_length = 4;
		return true;
	case 36:
	case 37:
		*ret_length = 8;
		return true;
	default:
		return false;
	}
}

static void
by_client(unsigned int i)
{
	struct client *c = &clients[i % 3];
	bool waited = c->reload != 0;
	enum right right = RIGHT_NONE;
	uint32_t length = 0;

	if (c->fd < 0)
		return;
	feed_client_ready(m, i % 3, c->serial, EPOLLIN);
	if (next.err == -EAGAIN) {
		claim(got.replies == 0 && got.closed == 0 && got.acts == 0);
		return;
	}
	if (next.err < 0 || next.frame.length > REQUEST_MAX || waited) {
		claim(c->fd < 0 && got.closed == 1 && got.acts == 0);
		claim(got.replies == 0 && c->reload == 0);
		return;
	}
	claim(got.closed == 0 && got.replies == (c->reload == 0 ? 1 : 0));
	if (!is_request(next.frame.type, &right, &length))
		claim(got.err == -EOPNOTSUPP && got.acts == 0);
	else if (next.frame.length != length)
		claim(got.err == -EPROTO && got.acts == 0);
	else if (c->right < right)
		claim(got.err == -EACCES && got.acts == 0 && got.events <= 1);
	else
		claim(got.acts == 1 ? refusal == 0 || got.errors == 1 ||
		    next.frame.type == CADRE_FRAME_STOP :
		    got.errors == 1 || next.frame.type == CADRE_FRAME_ATTACH);
}

/* Its channel is closed, and told of; nothing else of it changes. */
static bool
is_bad(const struct life *l, uint64_t flags, bool stranger)
{
	uint32_t declare = sizeof(struct cadre__frame_declare);

	if (next.err < 0 || next.frame.length > declare)
		return true;
	if (stranger)
		return l->strangers > STRANGERS_MAX;
	switch (next.frame.type) {
	case CADRE_FRAME_READY:
		return next.frame.length != 0 ||
		    (l->row.state == CADRE_STATE_UP &&
		    (flags & CADRE_LIFE_PROGRAM) == 0);
	case CADRE_FRAME_SLOT:
		return next.frame.length != 0 ||
		    (flags & CADRE_LIFE_ATTACHED) != 0;
	case CADRE_FRAME_LEFT:
		return next.frame.length != 0;
	case CADRE_FRAME_WAKES:
		return next.frame.length != sizeof(uint32_t);
	case CADRE_FRAME_REFUSED:
		return next.frame.length !=
		    sizeof(struct cadre__frame_refused);
	case CADRE_FRAME_DECLARE:
		return next.frame.length != declare ||
		    (flags & CADRE_LIFE_PROGRAM) == 0;
	default:
		return true;
	}
}

static void
by_worker(unsigned int i)
{
	unsigned int index = i % (CADRE_SLOTS_PER_SEAT * SEATS);
	struct life *l = &seats[index / 2].lives[index % 2];
	uint64_t flags = l->row.flags;
	bool stranger = next.sender != WORKER;

	if (l->control.fd < 0)
		return;
	feed_control_ready(m, index, 1, EPOLLIN);
	claim(l->row.pid == WORKER && l->pidfd == 20 &&
	    l->row.generation == 1);
	if (next.err == -EAGAIN) {
		claim(got.closed == 0 && got.events == 0);
		return;
	}
	if (is_bad(l, flags, stranger)) {
		claim(l->control.fd < 0 && got.closed == 1 && got.acts == 0);
		claim(got.events == (next.err == -EPIPE ? 0 : 1));
		claim(l->row.flags == flags && got.replies == 0);
		return;
	}
	claim(l->control.fd >= 0 && got.closed == 0 && got.events == 0);
	claim(!stranger || (got.replies == 1 && got.err == -EPERM));
	if (stranger || next.frame.type != CADRE_FRAME_WAKES)
		claim(got.acts == (stranger ? 0 : 1));
	else				/* there are none here */
		claim(got.replies == 1 && got.err == -EOPNOTSUPP);
}

/* Who waits is answered once; and then asks anew, or not. */
static void
reload_ends(int err)
{
	unsigned int waited = 0;

	for (unsigned int i = 0; i < 3; i++)
		waited += clients[i].fd >= 0 && clients[i].reload == numbers;
	memset(&got, 0, sizeof(got));
	ends = true;
	if (numbers > 0)
		feed_clients_reloaded(m, numbers, err, "why");
	ends = false;
	claim(numbers == 0 || got.replies == waited);
	claim(got.errors == (err < 0 ? got.replies : 0));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = { data, size };
	unsigned int who;

	numbers = 0;
	begin();
	while (in.left > 0) {
		who = input_byte(&in);
		message(&in);
		if ((who & 0xc0) == 0xc0)
			reload_ends((who & 1) != 0 ? -ECHILD : 0);
		else if ((who & 0x80) != 0)
			by_worker(who);
		else
			by_client(who);
	}
	return 0;
}
