/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The master's end of the messages of one worker. About LETTERS messages are
 * heard in a turn of the loop, so that no worker starves the others; what waits
 * for a worker is bounded, and what happens then is a policy. A frame that
 * cannot be costs the worker this channel, and an event.
 */
#include <errno.h>
#include <string.h>

#include <sys/epoll.h>
#include <sys/socket.h>

#include "runtime/link.h"
#include "runtime/lives.h"
#include "runtime/report.h"
#include "runtime/seat.h"
#include "shm/clock.h"
#include "shm/fault.h"

#define LAST_TURNS	1024	/* when it has died: no more frames fit */

bool
link_there(const struct life *l)
{
	return l->link.channel.fd >= 0 && !l->link.parting && l->pidfd >= 0 &&
	    (l->link.online || (l->row.flags & CADRE_LIFE_PROGRAM) == 0);
}

bool
link_wanted(const struct life *l, const struct cadre__frame_seats *seats,
    unsigned int seat)
{
	return seats == NULL ? link_there(l) :
	    (seats->bits[seat / 64] >> seat % 64 & 1) != 0;
}

void
link_missed(struct life *l, int err)
{
	if (err != -ENOBUFS)		/* that is counted by the policy */
		l->link.tally.unreachable++;
}

static void
counts_show(struct cadre_master *m, const struct seat *s,
    const struct life *l)
{
	const struct cadre_mailbox_counts *c = &l->link.tally;

	cadre__anchor_messages(m->anchor, slot_of(m, s, l), c->sent,
	    c->received, c->dropped_oldest + c->dropped_newest +
	    c->unreachable, l->link.channel.frames);
}

/* Asked for room only while something waits for it. */
static void
link_watch(struct cadre_master *m, const struct seat *s, struct life *l)
{
	bool wants = channel_waits(&l->link.channel) && !l->link.stuck &&
	    !m->mailbox.corked;

	if (wants != l->link.awaits_room && l->link.channel.fd >= 0 &&
	    master_rewatch(m, l->link.channel.fd, SOURCE_MESSAGES,
	    slot_of(m, s, l), (uint32_t)l->row.generation,
	    wants ? EPOLLIN | EPOLLOUT : EPOLLIN) == 0)
		l->link.awaits_room = wants;
}

void
link_part(struct life *l, const char *why)
{
	if (l->link.channel.fd < 0 || l->link.parting)
		return;
	CADRE_FAULT_AT("link.part");
	channel_drop(&l->link.channel);
	shutdown(l->link.channel.fd, SHUT_RDWR);
	l->link.parting = true;
	l->link.why = why;
}

/* What it must know, or it would wait for ever: then rather for nothing. */
static void
link_tell(struct cadre_master *m, struct seat *s, struct life *l,
    const struct letter *letter)
{
	int err = letter_post(&l->link.channel, letter);

	if (err == -ENOBUFS)
		link_part(l, "it asks, and does not read the answers");
	else if (err < 0 && err != -EPIPE)
		link_part(l, strerror(-err));
	link_watch(m, s, l);
}

void
link_fail(struct cadre_master *m, struct seat *s, struct life *l,
    const struct wire *of, int err)
{
	bool request = of->frame.type == CADRE_FRAME_REQUEST;
	struct letter letter = {
		.frame = CADRE_FRAME_FAILED,
		.id = of->frame.id,
		.type = of->frame.type == CADRE_FRAME_FAILED ? of->head.type :
		    (uint32_t)-err,
		.seat = request ? CADRE_MASTER : of->head.seat,
		.generation = request ? 0 : of->head.generation,
		.memfd = -1,
		.kept = true,
	};

	if (link_there(l))
		link_tell(m, s, l, &letter);
}

/* What was dropped for a newer one: if somebody waits for it, it has failed. */
static void
drop_tell(struct cadre_master *m, struct seat *s, struct life *l,
    const struct wire *wire)
{
	uint32_t seat = wire->head.seat;

	if (wire->frame.type == CADRE_FRAME_REPLY ||
	    wire->frame.type == CADRE_FRAME_FAILED)
		link_fail(m, s, l, wire, -ENOBUFS);
	if (wire->frame.type != CADRE_FRAME_REQUEST)
		return;
	if (seat == CADRE_MASTER) {
		mailbox_refused(&m->mailbox, wire->frame.id, -ENOBUFS);
		return;
	}
	s = &m->seats[seat];
	l = seat_life(s, wire->head.generation);
	if (l != NULL)
		link_fail(m, s, l, wire, -ENOBUFS);
}

/* The queue is full. True: there may be room now. */
static bool
make_room(struct cadre_master *m, struct seat *s, struct life *l,
    const struct sending *sending)
{
	struct wire dropped;

	if (option(m, CADRE_MESSAGE_POLICY) == CADRE_DROP_PEER) {
		l->link.tally.disconnected++;
		link_part(l, "more waits for it than may");
		return false;
	}
	if (option(m, CADRE_MESSAGE_POLICY) == CADRE_DROP_OLDEST &&
	    channel_drop_oldest(&l->link.channel, sending, &dropped,
	    sizeof(dropped))) {
		l->link.tally.dropped_oldest++;
		drop_tell(m, s, l, &dropped);
		return true;
	}
	l->link.tally.dropped_newest++;
	return false;
}

/* Whatever came of it: is it told, counted and watched. */
static int
posted(struct cadre_master *m, struct seat *s, struct life *l, uint64_t bytes,
    int err)
{
	if (err >= 0) {
		l->link.tally.sent++;
		l->link.tally.sent_bytes += bytes;
	}
	if (err > 0 || l->link.awaits_room)
		link_watch(m, s, l);
	counts_show(m, s, l);
	return err == -EPIPE || l->link.parting ? -ENOTCONN : err;
}

int
link_post(struct cadre_master *m, struct seat *s, struct life *l,
    const struct letter *letter)
{
	int err;

	if (!link_there(l))
		return -ENOTCONN;
	do
		err = letter_post(&l->link.channel, letter);
	while (err == -ENOBUFS && make_room(m, s, l, NULL));
	return posted(m, s, l, letter->n, err);
}

int
link_pass(struct cadre_master *m, struct seat *s, struct life *l,
    struct mail *mail, const struct wire *wire, bool last)
{
	size_t seats = mail_seats(mail);
	struct sending sending = {
		.parts = { { (void *)(uintptr_t)wire, sizeof(*wire) },
		    { mail->body + seats, mail->n - seats } },
		.nparts = mail->n > seats ? 2 : 1,
		.fds = mail->fds,
		.nfds = mail->nfds,
		.weight = sizeof(*wire) + wire->head.bytes,
		.own = wire->head.bytes > CADRE_MESSAGE_INLINE,
		.relayed = true,
		.given = last,
	};
	int err;

	if (!link_there(l))
		return -ENOTCONN;
	do
		err = channel_post(&l->link.channel, &sending);
	while (err == -ENOBUFS && make_room(m, s, l, &sending));
	if (err == 1 && last)
		mail->nfds = 0;
	return posted(m, s, l, wire->head.bytes, err);
}

/* Has this one asked that? `but`: without its last request. */
static void
gone_tell_one(struct cadre_master *m, struct seat *s, struct life *l,
    const struct letter *letter, bool but)
{
	uint64_t asks = l->link.asks - but;
	struct letter one = *letter;

	one.bytes = &asks;
	if (asks > 0 && link_there(l))
		link_tell(m, s, l, &one);
}

/* Who asked it learns that there will be no answer, or that of the last. */
static void
gone_tell(struct cadre_master *m, const struct seat *s, struct life *l,
    uint32_t how, const struct life *asker)
{
	struct letter letter = {
		.frame = CADRE_FRAME_GONE,
		.type = how,
		.seat = (uint32_t)(s - m->seats),
		.generation = l->row.generation,
		.n = sizeof(uint64_t),
		.memfd = -1,
		.kept = true,
	};

	for (struct seat *o = m->seats; l->link.asked &&
	    o < m->seats + m->nseats; o++)
		for (int k = 0; k < CADRE_SLOTS_PER_SEAT; k++)
			if (&o->lives[k] != l)
				gone_tell_one(m, o, &o->lives[k], &letter,
				    &o->lives[k] == asker);
}

void
link_asked(struct cadre_master *m, struct seat *s, struct life *l,
    const struct life *asker)
{
	struct life *other = &s->lives[l == &s->lives[0]];

	l->link.overtaken = false;
	if (!other->link.asked || other->link.overtaken ||
	    other->link.channel.fd < 0)
		return;
	other->link.overtaken = true;
	gone_tell(m, s, other, GONE_OVERTAKEN, asker);
}

void
link_shut(struct cadre_master *m, struct life *l)
{
	channel_drop(&l->link.channel);
	if (l->link.channel.fd >= 0)
		inbox_discard(l->link.channel.fd);
	master_unwatch(m, &l->link.channel.fd);
}

static void
link_end(struct cadre_master *m, struct seat *s, struct life *l,
    const char *why)
{
	struct cadre_mailbox *mb = &m->mailbox;
	uint64_t generation = l->row.generation;
	uint32_t seat = (uint32_t)(s - m->seats);
	bool online = l->link.online;

	if (why == NULL)
		why = l->link.why;
	if (why != NULL)
		report_text(m, CADRE_EVENT_BAD_FRAME, s, "messages channel "
		    "closed: %s", why);
	link_shut(m, l);
	l->link.online = false;
	counts_show(m, s, l);
	lives_due(m, l, CADRE_WORKER_DISCONNECTED);
	mailbox_lost(mb, seat, generation);
	gone_tell(m, s, l, l->link.overtaken ? GONE_LAST : GONE_ALL, NULL);
	if (online && mb->disconnected != NULL)
		mb->disconnected(mb, seat, generation, mb->disconnected_arg);
}

/*
 * The frames of a receive, and how many they were; what is wrong with one, or
 * "": it was the end.
 */
static const char *
link_hear(struct cadre_master *m, struct seat *s, struct life *l,
    unsigned int n, unsigned int *heard)
{
	struct cadre_mailbox *mb = &m->mailbox;
	uint64_t generation = l->row.generation;
	const char *wrong = NULL, *cut;
	struct mail mail;

	mail.seat = s;
	mail.life = l;
	mail.tally = &l->link.tally;
	mail.message.from.seat = (uint32_t)(s - m->seats);
	mail.message.from.generation = generation;
	mb->reading = true;
	for (unsigned int i = 0; i < n; i += !inbox_more(mb->inbox, i)) {
		cut = inbox_take(mb->inbox, i, &mail);
		if (wrong == NULL)
			wrong = cut;
		/* A handler may have brought it to an end by itself. */
		if (wrong != NULL || l->row.generation != generation ||
		    l->link.channel.fd < 0)
			mail_close(&mail);
		else
			wrong = mailbox_hear(mb, &mail);
		++*heard;
	}
	mb->reading = false;
	l->link.pace.bundled = *heard > n;
	if (wrong != NULL && *wrong != '\0')
		l->link.tally.bad++;
	return wrong;
}

/* How many were heard; 0: there is nothing more, for now or ever. */
static unsigned int
link_read(struct cadre_master *m, struct seat *s, struct life *l,
    unsigned int most)
{
	const char *wrong = NULL;
	unsigned int heard = 0;
	int n;

	if (m->mailbox.reading)
		return 0;
	n = inbox_receive(m->mailbox.inbox, l->link.channel.fd,
	    &l->link.pace, most);
	if (n == -EAGAIN)
		return 0;
	if (n > 0)
		wrong = link_hear(m, s, l, (unsigned int)n, &heard);
	else
		wrong = n == -EPIPE ? "" : strerror(-n);
	if (wrong == NULL)
		counts_show(m, s, l);
	else if (l->link.channel.fd >= 0)
		link_end(m, s, l, *wrong != '\0' ? wrong : NULL);
	return wrong == NULL && l->link.channel.fd >= 0 ? heard : 0;
}

/*
 * A turn's share. Where several come at a time more have come meanwhile: that
 * is cheaper to find out than by another turn.
 */
static void
link_turn(struct cadre_master *m, struct seat *s, struct life *l)
{
	unsigned int heard = 0, n;

	do {
		n = link_read(m, s, l, LETTERS - heard);
		heard += n;
	} while (n > 0 && l->link.pace.several && heard < LETTERS);
}

/*
 * Too many descriptors on their way, or no memory: for that no descriptor is
 * polled, but the clock looked at.
 */
static void
link_flush(struct cadre_master *m, struct seat *s, struct life *l)
{
	int err = channel_flush(&l->link.channel);

	l->link.stuck = err > 0;
	if (l->link.stuck)
		(void)mailbox_alarm(&m->mailbox, clock_now_ns() +
		    MAILBOX_AGAIN_NS);
	else if (err < 0)
		channel_drop(&l->link.channel);	/* its end comes by itself */
	link_watch(m, s, l);
	counts_show(m, s, l);
}

bool
link_send_now(struct cadre_master *m, struct seat *s, struct life *l)
{
	if (l->link.channel.fd >= 0 && channel_waits(&l->link.channel) &&
	    !l->link.awaits_room)
		link_flush(m, s, l);
	return channel_waits(&l->link.channel);
}

void
link_due(struct cadre_master *m, struct seat *s, struct life *l)
{
	if (l->link.stuck && l->link.channel.fd >= 0)
		link_flush(m, s, l);
}

void
link_ready(struct cadre_master *m, uint32_t index, uint32_t serial,
    uint32_t events)
{
	struct seat *s;
	struct life *l = master_life(m, index, serial, &s);

	if (l == NULL || l->link.channel.fd < 0)
		return;
	if ((events & EPOLLOUT) != 0)
		link_flush(m, s, l);
	if ((events & ~(uint32_t)EPOLLOUT) != 0)
		link_turn(m, s, l);
}

void
link_close(struct cadre_master *m, struct seat *s, struct life *l)
{
	CADRE_FAULT_AT("link.close");
	if (l->link.channel.fd < 0)
		return;
	/* What a child of it still sends is not for us: this is the end. */
	shutdown(l->link.channel.fd, SHUT_RDWR);
	for (int i = 0; i < LAST_TURNS && link_read(m, s, l, LETTERS) > 0;
	    i++)
		;
	if (l->link.channel.fd >= 0)
		link_end(m, s, l, NULL);
}
