/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The master's mailbox: to each seat goes what is sent to it, to the life that
 * stands for it; an answer goes to the life that asked, and to no successor.
 * What comes is for the master itself, or for another worker: relay.c.
 */
#include "runtime/export.h"

#include <errno.h>

#include "runtime/link.h"
#include "runtime/lives.h"
#include "runtime/mailbox-master.h"
#include "runtime/relay.h"
#include "runtime/seat.h"

struct cadre_mailbox *
cadre_master_mailbox(struct cadre_master *m)
{
	return &m->mailbox;
}

/* Before the start there is no seat. */
static int
seat_find(const struct cadre_mailbox *mb, uint32_t seat,
    struct seat **ret_seat)
{
	if (mb->master->seats == NULL || seat >= mb->master->nseats)
		return -ENOENT;
	*ret_seat = &mb->master->seats[seat];
	return 0;
}

static int
send_to(struct cadre_mailbox *mb, uint32_t to, struct letter *letter)
{
	struct seat *s = NULL;
	struct life *l;
	int err;

	if (to == CADRE_MASTER)
		return -EINVAL;
	err = seat_find(mb, to, &s);
	if (err < 0)
		return err;
	l = letter->generation != 0 ? seat_life(s, letter->generation) :
	    seat_newest(s);
	if (l == NULL)
		return -ENOTCONN;
	letter->receipt = l->row.generation;
	letter->seat = CADRE_MASTER;
	letter->generation = 0;
	return link_post(mb->master, s, l, letter);
}

static int
broadcast(struct cadre_mailbox *mb, const struct cadre__frame_seats *seats,
    struct letter *letter)
{
	struct cadre_master *m = mb->master;
	int sent = 0;

	letter->seat = CADRE_MASTER;
	for (unsigned int i = 0; i < m->nseats; i++) {
		struct seat *s = &m->seats[i];
		struct life *l = seat_newest(s);
		int err;

		if (!link_wanted(l, seats, i))
			continue;
		err = link_post(m, s, l, letter);
		if (err < 0)
			link_missed(l, err);
		sent += err >= 0;
	}
	return sent;
}

static int
disconnect(struct cadre_mailbox *mb, uint32_t seat)
{
	struct seat *s = NULL;
	int err = seat_find(mb, seat, &s);

	if (err < 0)
		return err;
	if (!link_there(seat_newest(s)))
		return -ENOTCONN;
	link_part(seat_newest(s), NULL);
	return 0;
}

static bool
connected(const struct cadre_mailbox *mb, uint32_t seat)
{
	struct seat *s = NULL;

	return seat_find(mb, seat, &s) == 0 && link_there(seat_newest(s));
}

static void
counts_add(struct cadre_mailbox_counts *to, const struct life *l)
{
	const struct cadre_mailbox_counts *c = &l->link.tally;

	to->sent += c->sent;
	to->received += c->received;
	to->sent_bytes += c->sent_bytes;
	to->received_bytes += c->received_bytes;
	to->queued += l->link.channel.frames;
	to->queued_bytes += l->link.channel.bytes;
	to->dropped_oldest += c->dropped_oldest;
	to->dropped_newest += c->dropped_newest;
	to->unreachable += c->unreachable;
	to->disconnected += c->disconnected;
	to->relayed += c->relayed;
	to->unwanted += c->unwanted;
	to->late += c->late;
	to->bad += c->bad;
}

static int
counts(const struct cadre_mailbox *mb, uint32_t seat,
    struct cadre_mailbox_counts *sum)
{
	const struct cadre_master *m = mb->master;
	unsigned int first = seat, end = seat + 1;

	if (seat == CADRE_NO_SEAT && m->seats == NULL)
		*sum = mb->tally;	/* of the last run, if there was one */
	if (seat == CADRE_NO_SEAT)
		first = 0, end = m->nseats;
	else if (m->seats == NULL || seat >= m->nseats)
		return -ENOENT;
	for (unsigned int i = first; i < end; i++)
		for (int k = 0; k < CADRE_SLOTS_PER_SEAT; k++)
			counts_add(sum, &m->seats[i].lives[k]);
	return 0;
}

static int
send_now(struct cadre_mailbox *mb)
{
	struct cadre_master *m = mb->master;
	int waits = 0;

	for (unsigned int i = 0; m->seats != NULL && i < m->nseats; i++)
		for (int k = 0; k < CADRE_SLOTS_PER_SEAT; k++)
			waits |= link_send_now(m, &m->seats[i],
			    &m->seats[i].lives[k]);
	return waits;
}

static int
alarm_set(struct cadre_mailbox *mb)
{
	if (mb->master->started)
		loop_arm(mb->master);
	return 0;
}

/* For us, or for another. */
static const char *
on_message(struct cadre_mailbox *mb, struct mail *mail)
{
	if (!mail->life->link.online)
		return "a message before it was online";
	return mail->wire.head.seat == CADRE_MASTER ?
	    mailbox_message(mb, mail) : relay_message(mb->master, mail);
}

static const char *
on_answer(struct cadre_mailbox *mb, struct mail *mail)
{
	if (!mail->life->link.online)
		return "an answer before it was online";
	return mail->wire.head.seat == CADRE_MASTER ?
	    mailbox_answer(mb, mail) : relay_answer(mb->master, mail);
}

static const char *
on_broadcast(struct cadre_mailbox *mb, struct mail *mail)
{
	if (!mail->life->link.online)
		return "a message before it was online";
	return relay_broadcast(mb->master, mail);
}

static const char *
on_online(struct cadre_mailbox *mb, struct mail *mail)
{
	if (mail->life->link.online)
		return "it was online before";
	if (mail->n != 0 || mail->nfds != 0)
		return "a frame of a wrong length";
	mail->life->link.online = true;
	/* Its messages may be behind this one. */
	lives_due(mb->master, mail->life, CADRE_WORKER_ONLINE);
	lives_tell(mb->master);
	return NULL;
}

/* Only who was asked, and not its successor. */
static bool
asked(const struct pending *p, const struct mail *mail)
{
	return mail->message.from.seat == p->seat &&
	    mail->message.from.generation == p->receipt;
}

static bool
lost(const struct pending *p, uint64_t receipt)
{
	return p->receipt == receipt;
}

static const struct mailbox_side mailbox_of_master = {
	.send = send_to,
	.broadcast = broadcast,
	.disconnect = disconnect,
	.connected = connected,
	.counts = counts,
	.send_now = send_now,
	.alarm = alarm_set,
	.asked = asked,
	.lost = lost,
	.subscribe = master_subscribe,
	.unsubscribe = master_unsubscribe,
	.publish = master_publish,
	.topic_counts = master_topic_counts,
	.frames = {
		[CADRE_FRAME_MESSAGE - CADRE_FRAME_MESSAGES] = on_message,
		[CADRE_FRAME_REQUEST - CADRE_FRAME_MESSAGES] = on_message,
		[CADRE_FRAME_REPLY - CADRE_FRAME_MESSAGES] = on_answer,
		[CADRE_FRAME_FAILED - CADRE_FRAME_MESSAGES] = on_answer,
		[CADRE_FRAME_BROADCAST - CADRE_FRAME_MESSAGES] = on_broadcast,
		[CADRE_FRAME_ONLINE - CADRE_FRAME_MESSAGES] = on_online,
		[CADRE_FRAME_PUBLISH - CADRE_FRAME_MESSAGES] =
		    master_topics_mail,
	},
};

void
messages_init(struct cadre_master *m)
{
	mailbox_init(&m->mailbox, &mailbox_of_master, &m->in_worker);
	m->mailbox.master = m;
}

/*
 * A close can be made to wait, by a file on a file system of one's own. Who has
 * our own uid could stop us anyway; another user must not have that way.
 */
static bool
rights(const struct cadre_master *m)
{
	int64_t said = option(m, CADRE_MESSAGE_RIGHTS);

	return said < 0 ? !privileges_another(m) : said != 0;
}

int
messages_open(struct cadre_master *m)
{
	m->mailbox.limits = (struct cadre__frame_limits){
		.bytes_max = (uint64_t)option(m, CADRE_MESSAGE_BYTES_MAX),
		.queue_bytes = (uint64_t)option(m, CADRE_MESSAGE_QUEUE_BYTES),
		.queue = (uint32_t)option(m, CADRE_MESSAGE_QUEUE),
		.requests = (uint32_t)option(m, CADRE_MESSAGE_REQUESTS),
		.seats = m->nseats,
		.rights = rights(m),
	};
	return inbox_new(&m->mailbox.inbox);
}

void
messages_close(struct cadre_master *m)
{
	struct cadre_mailbox *mb = &m->mailbox;

	mb->tally = (struct cadre_mailbox_counts){ .sent = 0 };
	if (m->seats != NULL)
		(void)counts(mb, CADRE_NO_SEAT, &mb->tally);
	/* What was asked goes with those who were. */
	pendings_free(&mb->pendings);
	inbox_free(mb->inbox);
	mb->inbox = NULL;
	mb->due_ns = UINT64_MAX;
	mb->limits.seats = 0;		/* nobody is there to send to */
	master_topics_close(m);
}

void
messages_due(struct cadre_master *m, uint64_t now_ns)
{
	master_topics_due(m);
	if (!mailbox_due(&m->mailbox, now_ns))
		return;
	for (struct seat *s = m->seats; s < m->seats + m->nseats; s++)
		for (int k = 0; k < CADRE_SLOTS_PER_SEAT; k++)
			link_due(m, s, &s->lives[k]);
}

uint64_t
messages_deadline(const struct cadre_master *m)
{
	/* 0 is none of the timer's. */
	return m->mailbox.due_ns > 0 ? m->mailbox.due_ns : 1;
}
