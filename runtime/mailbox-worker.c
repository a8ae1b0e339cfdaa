/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A worker's mailbox: one link, to the master. The channel stands in the epoll
 * that the worker waits in, so that a message costs one wake-up and no look at
 * what it stands in; a worker that waits by itself finds it in the one that
 * cadre_worker_fd() names.
 */
#include "runtime/export.h"

#include <errno.h>
#include <unistd.h>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>

#include "runtime/leave.h"
#include "runtime/mailbox.h"
#include "runtime/topics.h"
#include "runtime/worker.h"
#include "shm/clock.h"
#include "shm/fault.h"

static int
channel_poll(struct cadre_mailbox *mb, int op, int epoll)
{
	struct epoll_event e = { .events = EPOLLIN, .data.ptr = mb };

	if (mb->awaits_room)
		e.events |= EPOLLOUT;
	return epoll_ctl(epoll, op, mb->channel.fd, &e) < 0 ? -errno : 0;
}

/* Asked for room only while something waits for it. */
static void
channel_watch(struct cadre_mailbox *mb, bool stuck)
{
	bool wants = channel_waits(&mb->channel) && !stuck && !mb->corked;

	if (wants == mb->awaits_room || mb->channel.fd < 0)
		return;
	mb->awaits_room = wants;
	(void)channel_poll(mb, EPOLL_CTL_MOD, mb->epoll);
}

void
mailbox_join(struct cadre_mailbox *mb, int epfd)
{
	if (mb->epoll == epfd || mb->channel.fd < 0)
		return;
	/* Where it is, it is seen as well, if less directly. */
	if (channel_poll(mb, EPOLL_CTL_ADD, epfd) < 0)
		return;
	(void)epoll_ctl(mb->epoll, EPOLL_CTL_DEL, mb->channel.fd, NULL);
	mb->epoll = epfd;
}

static const bool foreign;	/* it is made in the worker itself */

int
mailbox_open(struct cadre_mailbox *mb, struct cadre_worker *w,
    const struct worker_birth *birth, int epoll)
{
	struct letter online = { .frame = CADRE_FRAME_ONLINE,
	    .seat = CADRE_MASTER, .memfd = -1 };
	int err;

	mailbox_init(mb, &mailbox_of_worker, &foreign);
	mb->worker = w;
	mb->seat = birth->seat;
	mb->limits = birth->messages_limits;
	mb->channel = (struct channel){ .fd = birth->messages,
	    .frames_max = mb->limits.queue,
	    .kept_max = mb->limits.requests,
	    .bytes_max = mb->limits.queue_bytes,
	    .corked = &mb->corked };
	mb->pace.rights = mb->limits.rights;
	mb->own_epoll = mb->epoll = epoll;
	err = inbox_new(&mb->inbox);
	if (err == 0)
		err = channel_poll(mb, EPOLL_CTL_ADD, epoll);
	if (err < 0)
		return err;
	CADRE_FAULT_AT("mailbox.online");
	/* If the master is gone, it is told by the end of the channel. */
	(void)letter_post(&mb->channel, &online);
	return 0;
}

static int
send_it(struct cadre_mailbox *mb, struct letter *letter)
{
	int err;

	if (mb->channel.fd < 0 || mb->parting)
		return -ENOTCONN;
	err = letter_post(&mb->channel, letter);
	if (err >= 0) {
		mb->tally.sent++;
		mb->tally.sent_bytes += letter->n;
	} else if (err == -ENOBUFS)
		mb->tally.dropped_newest++;
	if (err > 0)
		channel_watch(mb, false);
	return err == -EPIPE ? -ENOTCONN : err;
}

static int
send_to(struct cadre_mailbox *mb, uint32_t to, struct letter *letter)
{
	bool asks = letter->frame == CADRE_FRAME_REQUEST && to != CADRE_MASTER;
	int err;

	if (to != CADRE_MASTER && to >= mb->limits.seats)
		return -ENOENT;
	/* An answer goes to a life: to one before or behind it in its seat. */
	if (to == mb->seat && letter->generation == 0)
		return -EINVAL;
	letter->seat = to;
	err = send_it(mb, letter);
	if (err >= 0 && asks)
		letter->receipt = ++mb->asked;
	return err;
}

static int
broadcast(struct cadre_mailbox *mb, const struct cadre__frame_seats *seats,
    struct letter *letter)
{
	int err;

	letter->frame = CADRE_FRAME_BROADCAST;
	letter->seat = seats == NULL ? CADRE_NO_SEAT : 0;
	letter->seats = seats;
	err = send_it(mb, letter);
	return err > 0 ? 0 : err;
}

static int
disconnect(struct cadre_mailbox *mb, uint32_t seat)
{
	if (seat != CADRE_MASTER)
		return -EINVAL;
	if (mb->channel.fd < 0 || mb->parting)
		return -ENOTCONN;
	channel_drop(&mb->channel);
	shutdown(mb->channel.fd, SHUT_RDWR);
	mb->parting = true;
	return 0;
}

static bool
connected(const struct cadre_mailbox *mb, uint32_t seat)
{
	return seat == CADRE_MASTER && mb->channel.fd >= 0 && !mb->parting;
}

static int
counts(const struct cadre_mailbox *mb, uint32_t seat,
    struct cadre_mailbox_counts *sum)
{
	if (seat != CADRE_MASTER && seat != CADRE_NO_SEAT)
		return -ENOENT;
	*sum = mb->tally;
	sum->queued = mb->channel.frames;
	sum->queued_bytes = mb->channel.bytes;
	return 0;
}

/* A timer, from the first time on that one is needed. */
static int
timer_open(struct cadre_mailbox *mb)
{
	struct epoll_event e = { .events = EPOLLIN, .data.ptr = &mb->timer };
	int err, fd;

	if (mb->timer >= 0)
		return 0;
	fd = CADRE_FAULT("mailbox.timer") < 0 ? -1 :
	    timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (epoll_ctl(mb->own_epoll, EPOLL_CTL_ADD, fd, &e) < 0) {
		err = -errno;
		close(fd);
		return err;
	}
	mb->timer = fd;
	return 0;
}

static int
alarm_set(struct cadre_mailbox *mb)
{
	uint64_t at_ns = mb->due_ns > 0 ? mb->due_ns : 1;
	struct itimerspec at = {
		.it_value.tv_sec = (time_t)(at_ns / NS_PER_S),
		.it_value.tv_nsec = (long)(at_ns % NS_PER_S),
	};
	int err = timer_open(mb);

	if (err == 0 && timerfd_settime(mb->timer, TFD_TIMER_ABSTIME, &at,
	    NULL) < 0)
		err = -errno;
	if (err < 0)
		mb->due_ns = UINT64_MAX;	/* nothing comes of it */
	return err;
}

/* Without a function of the application's for it, the end begins. */
static void
channel_lost(struct cadre_mailbox *mb)
{
	channel_drop(&mb->channel);
	(void)epoll_ctl(mb->epoll, EPOLL_CTL_DEL, mb->channel.fd, NULL);
	inbox_discard(mb->channel.fd);
	close(mb->channel.fd);
	mb->channel.fd = -1;
	mailbox_lost(mb, CADRE_NO_SEAT, 0);
	if (mb->disconnected != NULL)
		mb->disconnected(mb, CADRE_MASTER, 0, mb->disconnected_arg);
	else
		leave_in_time();
}

static void
flush(struct cadre_mailbox *mb)
{
	int err = channel_flush(&mb->channel);
	/* Without a timer it is tried in each turn. */
	bool stuck = err > 0 &&
	    mailbox_alarm(mb, clock_now_ns() + MAILBOX_AGAIN_NS) == 0;

	if (err < 0)
		channel_drop(&mb->channel);	/* its end comes by itself */
	channel_watch(mb, stuck);
}

static const char *
hear_one(struct cadre_mailbox *mb, struct mail *mail)
{
	mail->message.from.seat = mail->wire.head.seat;
	mail->message.from.generation = mail->wire.head.generation;
	return mailbox_hear(mb, mail);
}

/*
 * The frames of a receive, and how many they were. True: it was the end, or as
 * good as that.
 */
static bool
hear(struct cadre_mailbox *mb, unsigned int n, unsigned int *heard)
{
	const char *wrong = NULL, *cut;
	struct mail mail;

	mail.seat = NULL;
	mail.life = NULL;
	mail.tally = &mb->tally;
	mb->reading = true;
	for (unsigned int i = 0; i < n; i += !inbox_more(mb->inbox, i)) {
		cut = inbox_take(mb->inbox, i, &mail);
		if (wrong == NULL)
			wrong = cut;
		if (wrong != NULL)
			mail_close(&mail);
		else
			wrong = hear_one(mb, &mail);
		++*heard;
	}
	mb->reading = false;
	mb->pace.bundled = *heard > n;
	if (wrong != NULL && *wrong != '\0')
		mb->tally.bad++;
	return wrong != NULL;
}

static int
send_now(struct cadre_mailbox *mb)
{
	if (!mb->awaits_room && mb->channel.fd >= 0)
		flush(mb);
	return channel_waits(&mb->channel);
}

/* A turn's share, as in link.c. */
static void
take_turn(struct cadre_mailbox *mb)
{
	unsigned int heard = 0, some;
	int n;

	do {
		some = 0;
		n = inbox_receive(mb->inbox, mb->channel.fd, &mb->pace,
		    LETTERS - heard);
		if (n > 0 ? hear(mb, (unsigned int)n, &some) : n != -EAGAIN)
			channel_lost(mb);
		heard += some;
	} while (n > 0 && mb->pace.several && heard < LETTERS &&
	    mb->channel.fd >= 0);
}

void
mailbox_ready(struct cadre_mailbox *mb, uint32_t events)
{

	if (mb->channel.fd < 0 || mb->reading)
		return;
	if ((events & EPOLLOUT) != 0)
		flush(mb);
	if ((events & ~(uint32_t)EPOLLOUT) == 0)
		return;
	take_turn(mb);
	if (mb->due_ns == 0)
		(void)mailbox_due(mb, clock_now_ns());
}

void
mailbox_timer(struct cadre_mailbox *mb)
{
	uint64_t expirations;

	if (mb->timer < 0 ||
	    read(mb->timer, &expirations, sizeof(expirations)) < 0)
		return;
	(void)mailbox_due(mb, clock_now_ns());
	if (channel_waits(&mb->channel) && !mb->awaits_room)
		flush(mb);
}

/* Up to that number they are this life's, unless they were another's before. */
static void
asked_of(struct cadre_mailbox *mb, uint32_t seat, uint64_t number,
    uint64_t generation)
{
	struct pending *p = mb->pendings.all;

	for (uint32_t i = 0; i < mb->pendings.used; i++, p++)
		if (p->id != 0 && p->seat == seat && p->life == 0 &&
		    p->receipt <= number)
			p->life = generation;
}

/* Who was asked has ended, or is asked no more, and had so many of ours. */
static const char *
on_gone(struct cadre_mailbox *mb, struct mail *mail)
{
	const struct cadre__frame_message *head = &mail->wire.head;
	uint64_t asked;

	if (mail->n != sizeof(asked))
		return "a frame of a wrong length";
	asked = *(const uint64_t *)(const void *)mail->body;
	if (head->type != GONE_LAST)
		asked_of(mb, head->seat, asked, head->generation);
	if (head->type != GONE_OVERTAKEN)
		mailbox_lost(mb, head->seat, head->generation);
	return NULL;
}

/* Who was asked, and for it the master, that it cannot. */
static bool
asked(const struct pending *p, const struct mail *mail)
{
	uint32_t from = mail->message.from.seat;

	return from == p->seat || (from == CADRE_MASTER &&
	    mail->wire.frame.type == CADRE_FRAME_FAILED);
}

static bool
lost(const struct pending *p, uint64_t receipt)
{
	return p->life == receipt;
}

const struct mailbox_side mailbox_of_worker = {
	.send = send_to,
	.broadcast = broadcast,
	.disconnect = disconnect,
	.connected = connected,
	.counts = counts,
	.send_now = send_now,
	.alarm = alarm_set,
	.asked = asked,
	.lost = lost,
	.subscribe = topics_subscribe,
	.unsubscribe = topics_unsubscribe,
	.publish = topics_publish,
	.topic_counts = topics_counts,
	.frames = {
		[CADRE_FRAME_MESSAGE - CADRE_FRAME_MESSAGES] = mailbox_message,
		[CADRE_FRAME_REQUEST - CADRE_FRAME_MESSAGES] = mailbox_message,
		[CADRE_FRAME_REPLY - CADRE_FRAME_MESSAGES] = mailbox_answer,
		[CADRE_FRAME_FAILED - CADRE_FRAME_MESSAGES] = mailbox_answer,
		[CADRE_FRAME_GONE - CADRE_FRAME_MESSAGES] = on_gone,
		[CADRE_FRAME_PUBLISH - CADRE_FRAME_MESSAGES] = topics_mail,
	},
};
