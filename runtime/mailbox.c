/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a mailbox is on either side: what may be sent, who gets what has come,
 * and answers, each of which finds who waits for it, or comes too late. How a
 * message travels is the sides' (mailbox-master.c, mailbox-worker.c).
 */
#include "runtime/export.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/mailbox.h"
#include "shm/clock.h"

#define ERRNO_MAX	4095

void
mailbox_init(struct cadre_mailbox *mb, const struct mailbox_side *side,
    const bool *foreign)
{
	mb->side = side;
	mb->foreign = foreign;
	mb->due_ns = UINT64_MAX;
	mb->channel.fd = mb->own_epoll = mb->epoll = mb->timer = -1;
}

void
mailbox_free(struct cadre_mailbox *mb)
{
	free(mb->handlers);
	mb->handlers = NULL;
	mb->nhandlers = 0;
	pendings_free(&mb->pendings);
	inbox_free(mb->inbox);
	mb->inbox = NULL;
}

int
mailbox_alarm(struct cadre_mailbox *mb, uint64_t at_ns)
{
	if (at_ns >= mb->due_ns)
		return 0;		/* it comes sooner, and looks again */
	mb->due_ns = at_ns;
	return mb->side->alarm(mb);
}

/* The place of this type, or the one that it would have. */
static unsigned int
handler_place(const struct cadre_mailbox *mb, uint32_t type)
{
	unsigned int low = 0, high = mb->nhandlers, middle;

	while (low < high) {
		middle = (low + high) / 2;
		if (mb->handlers[middle].type < type)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static const struct handler *
handler_of(const struct cadre_mailbox *mb, uint32_t type)
{
	unsigned int i = handler_place(mb, type);

	if (i < mb->nhandlers && mb->handlers[i].type == type)
		return &mb->handlers[i];
	return mb->any.fn != NULL ? &mb->any : NULL;
}

static void
handler_remove(struct cadre_mailbox *mb, unsigned int i)
{
	mb->nhandlers--;
	memmove(&mb->handlers[i], &mb->handlers[i + 1],
	    (mb->nhandlers - i) * sizeof(*mb->handlers));
}

static int
handler_insert(struct cadre_mailbox *mb, unsigned int i, struct handler h)
{
	struct handler *more;

	more = realloc(mb->handlers, (mb->nhandlers + 1) * sizeof(*more));
	if (more == NULL)
		return -ENOMEM;
	mb->handlers = more;
	memmove(&more[i + 1], &more[i], (mb->nhandlers - i) * sizeof(*more));
	more[i] = h;
	mb->nhandlers++;
	return 0;
}

int
cadre_mailbox_on(struct cadre_mailbox *mb, uint32_t type,
    cadre_message_fn *fn, void *arg)
{
	struct handler h = { .fn = fn, .arg = arg, .type = type };
	unsigned int i;

	if (*mb->foreign)
		return -EPERM;
	if (type == CADRE_TYPE_ANY) {
		mb->any = h;
		return 0;
	}
	if (type > CADRE_TYPE_MAX)
		return -EINVAL;
	i = handler_place(mb, type);
	if (i == mb->nhandlers || mb->handlers[i].type != type)
		return fn != NULL ? handler_insert(mb, i, h) : 0;
	if (fn != NULL)
		mb->handlers[i] = h;
	else
		handler_remove(mb, i);
	return 0;
}

int
cadre_mailbox_on_disconnect(struct cadre_mailbox *mb,
    cadre_disconnect_fn *fn, void *arg)
{
	if (*mb->foreign)
		return -EPERM;
	mb->disconnected = fn;
	mb->disconnected_arg = arg;
	return 0;
}

/* May it be sent at all? */
static int
letter_check(const struct cadre_mailbox *mb, const struct letter *l)
{
	if (*mb->foreign)
		return -EPERM;
	if (mb->limits.seats == 0)
		return -ENOENT;		/* not started: nor are there limits */
	if (l->type > CADRE_TYPE_MAX || l->nfds > CADRE_MESSAGE_FDS)
		return -EINVAL;
	if (l->n > mb->limits.bytes_max ||
	    (l->n > CADRE_MESSAGE_INLINE && !mb->limits.rights))
		return -EMSGSIZE;
	return l->nfds > 0 && !mb->limits.rights ? -EPERM : 0;
}

static int
post(struct cadre_mailbox *mb, uint32_t to, struct letter *l)
{
	int err;

	l->memfd = -1;
	if (l->n <= CADRE_MESSAGE_INLINE)
		return mb->side->send(mb, to, l);
	err = letter_seal(l);
	if (err < 0)
		return err;
	err = mb->side->send(mb, to, l);
	letter_done(l);
	return err;
}

int
cadre_mailbox_send_fds(struct cadre_mailbox *mb, uint32_t to, uint32_t type,
    const void *bytes, size_t n, const int *fds, unsigned int nfds)
{
	struct letter l = { .frame = CADRE_FRAME_MESSAGE, .type = type,
	    .bytes = bytes, .n = n, .fds = fds, .nfds = nfds };
	int err = letter_check(mb, &l);

	return err == 0 ? post(mb, to, &l) : err;
}

int
cadre_mailbox_send(struct cadre_mailbox *mb, uint32_t to, uint32_t type,
    const void *bytes, size_t n)
{
	struct letter l = { .frame = CADRE_FRAME_MESSAGE, .type = type,
	    .bytes = bytes, .n = n };
	int err = letter_check(mb, &l);

	return err == 0 ? post(mb, to, &l) : err;
}

int
cadre_mailbox_broadcast(struct cadre_mailbox *mb, const uint32_t *seats,
    unsigned int nseats, uint32_t type, const void *bytes, size_t n)
{
	struct letter l = { .frame = CADRE_FRAME_MESSAGE, .type = type,
	    .bytes = bytes, .n = n };
	int err = letter_check(mb, &l);

	for (unsigned int i = 0; err == 0 && seats != NULL && i < nseats; i++)
		if (seats[i] >= mb->limits.seats)
			err = -ENOENT;
	if (err == 0)
		err = letter_seal(&l);
	if (err < 0)
		return err;
	err = mb->side->broadcast(mb, seats, nseats, &l);
	letter_done(&l);
	return err;
}

/* Whole milliseconds, so that many that are due are so at once. */
static uint64_t
deadline_of(int timeout_ms)
{
	uint64_t at_ns;

	if (timeout_ms < 0)
		return UINT64_MAX;
	at_ns = clock_now_ns() + (uint64_t)timeout_ms * NS_PER_MS;
	return (at_ns / NS_PER_MS + 1) * NS_PER_MS;
}

int
cadre_mailbox_request(struct cadre_mailbox *mb, uint32_t to, uint32_t type,
    const void *bytes, size_t n, int timeout_ms, cadre_reply_fn *fn,
    void *arg)
{
	struct letter l = { .frame = CADRE_FRAME_REQUEST, .type = type,
	    .bytes = bytes, .n = n };
	struct pending *p = NULL;
	int err = letter_check(mb, &l);

	if (err == 0 && fn == NULL)
		err = -EINVAL;
	if (err == 0)
		err = pending_new(&mb->pendings, mb->limits.requests, &p);
	if (err < 0)
		return err;
	p->fn = fn;
	p->arg = arg;
	p->seat = to;
	p->deadline_ns = deadline_of(timeout_ms);
	l.id = p->id;
	err = mailbox_alarm(mb, p->deadline_ns);
	if (err == 0)
		err = post(mb, to, &l);
	if (err < 0)
		pending_end(&mb->pendings, p);
	else
		p->receipt = l.receipt;
	return err;
}

static int
reply(struct cadre_mailbox *mb, const struct cadre_sender *to,
    struct letter *l)
{
	int err = letter_check(mb, l);

	if (err < 0)
		return err;
	if (to->id == 0)
		return -EINVAL;
	l->id = to->id;
	l->generation = to->generation;
	return post(mb, to->seat, l);
}

int
cadre_mailbox_reply_fds(struct cadre_mailbox *mb,
    const struct cadre_sender *to, uint32_t type, const void *bytes, size_t n,
    const int *fds, unsigned int nfds)
{
	struct letter l = { .frame = CADRE_FRAME_REPLY, .type = type,
	    .bytes = bytes, .n = n, .fds = fds, .nfds = nfds };

	return reply(mb, to, &l);
}

int
cadre_mailbox_reply(struct cadre_mailbox *mb, const struct cadre_sender *to,
    uint32_t type, const void *bytes, size_t n)
{
	return cadre_mailbox_reply_fds(mb, to, type, bytes, n, NULL, 0);
}

int
cadre_mailbox_reply_error(struct cadre_mailbox *mb,
    const struct cadre_sender *to, int err)
{
	struct letter l = { .frame = CADRE_FRAME_FAILED };

	if (err >= 0 || err < -ERRNO_MAX)
		return -EINVAL;
	l.type = (uint32_t)-err;
	return reply(mb, to, &l);
}

int
cadre_mailbox_disconnect(struct cadre_mailbox *mb, uint32_t seat)
{
	return *mb->foreign ? -EPERM : mb->side->disconnect(mb, seat);
}

bool
cadre_mailbox_is_connected(const struct cadre_mailbox *mb, uint32_t seat)
{
	return !*mb->foreign && mb->side->connected(mb, seat);
}

int
cadre_mailbox_counts(const struct cadre_mailbox *mb, uint32_t seat,
    struct cadre_mailbox_counts *ret_counts)
{
	struct cadre_mailbox_counts counts = { .sent = 0 };
	int err = *mb->foreign ? -EPERM : 0;

	if (err == 0)
		err = mb->side->counts(mb, seat, &counts);
	if (err == 0)
		*ret_counts = counts;
	return err;
}

/* It is answered, too, that it cannot be had here. */
static void
decline(struct cadre_mailbox *mb, struct mail *mail, int err)
{
	mail->tally->unwanted++;
	if (mail->wire.frame.type == CADRE_FRAME_REQUEST)
		(void)cadre_mailbox_reply_error(mb, &mail->message.from, err);
}

const char *
mailbox_message(struct cadre_mailbox *mb, struct mail *mail)
{
	const struct handler *found = handler_of(mb, mail->wire.head.type);
	struct handler h;
	int err;

	mail->message.from.id = mail->wire.frame.type == CADRE_FRAME_REQUEST ?
	    mail->wire.frame.id : 0;
	mail->message.type = mail->wire.head.type;
	err = found == NULL ? -ENOSYS : mail->maimed ? -EMFILE :
	    mail_open(mail);
	if (err == -EPROTO)
		return "a long message in memory that can change";
	if (err < 0) {
		decline(mb, mail, err);
		return NULL;
	}
	h = *found;			/* it may change them */
	h.fn(mb, &mail->message, h.arg);
	return NULL;
}

/* Only who was asked may answer, and for it the master, that it cannot. */
static bool
is_asked(const struct cadre_mailbox *mb, const struct pending *p,
    const struct mail *mail)
{
	const struct cadre_sender *from = &mail->message.from;

	if (mb->worker == NULL)
		return from->seat == p->seat && from->generation == p->receipt;
	return from->seat == p->seat || (from->seat == CADRE_MASTER &&
	    mail->wire.frame.type == CADRE_FRAME_FAILED);
}

bool
mailbox_answer_is_one(const struct mail *mail)
{
	const struct cadre__frame_message *head = &mail->wire.head;

	return mail->wire.frame.type != CADRE_FRAME_FAILED ||
	    (head->type >= 1 && head->type <= ERRNO_MAX && head->bytes == 0);
}

const char *
mailbox_answer(struct cadre_mailbox *mb, struct mail *mail)
{
	bool failed = mail->wire.frame.type == CADRE_FRAME_FAILED;
	struct pending *p = pending_find(&mb->pendings, mail->wire.frame.id);
	uint32_t type = mail->wire.head.type;
	struct pending was;
	int err;

	if (!mailbox_answer_is_one(mail))
		return "a failure that is none";
	if (p == NULL || p->deadline_ns == 0) {
		mail->tally->late++;
		return NULL;
	}
	if (!is_asked(mb, p, mail)) {
		mail->tally->unwanted++;
		return NULL;
	}
	mail->message.from.id = 0;
	mail->message.type = type;
	err = failed ? -(int)type : mail->maimed ? -EMFILE : mail_open(mail);
	was = *p;
	pending_end(&mb->pendings, p);
	was.fn(mb, err, err == 0 ? &mail->message : NULL, was.arg);
	return !failed && err == -EPROTO ?
	    "a long message in memory that can change" : NULL;
}

static const char *
mail_wrong(const struct cadre_mailbox *mb, const struct mail *mail)
{
	if (mail->nfds > 0 && !mb->limits.rights)
		return "a frame with descriptors, which are not taken";
	if (mail->wire.head.bytes > mb->limits.bytes_max)
		return "a message longer than is allowed";
	if (mail->wire.head.type > CADRE_TYPE_MAX)
		return "a message of no type that there can be";
	return NULL;
}

const char *
mailbox_hear(struct cadre_mailbox *mb, struct mail *mail)
{
	unsigned int type = mail->wire.frame.type;
	const char *wrong;

	if (type < CADRE_FRAME_MESSAGES || type >= CADRE_FRAME_MESSAGES_END ||
	    mb->side->frames[type - CADRE_FRAME_MESSAGES] == NULL)
		wrong = "a frame of an unknown type";
	else
		wrong = mail_wrong(mb, mail);
	if (wrong == NULL) {
		if (type <= CADRE_FRAME_BROADCAST ||
		    type == CADRE_FRAME_PUBLISH) {
			mail->tally->received++;
			mail->tally->received_bytes += mail->wire.head.bytes;
		}
		wrong = mb->side->frames[type - CADRE_FRAME_MESSAGES](mb,
		    mail);
	}
	mail_close(mail);
	return wrong;
}

void
mailbox_lost(struct cadre_mailbox *mb, uint32_t seat, uint64_t receipt)
{
	struct pending *p;

	for (uint32_t i = 0; i < mb->pendings.used; i++) {
		p = &mb->pendings.all[i];
		if (p->id == 0 || (seat != CADRE_NO_SEAT && (p->seat != seat ||
		    (mb->worker != NULL ? p->receipt > receipt :
		    p->receipt != receipt))))
			continue;
		p->err = -ENOTCONN;
		p->deadline_ns = 0;
		mb->due_ns = 0;
	}
}

void
mailbox_refused(struct cadre_mailbox *mb, uint32_t id, int err)
{
	struct pending *p = pending_find(&mb->pendings, id);

	if (p == NULL)
		return;
	p->err = err;
	p->deadline_ns = 0;
	(void)mailbox_alarm(mb, 0);
}

bool
mailbox_due(struct cadre_mailbox *mb, uint64_t now_ns)
{
	struct pending *p, was;

	if (now_ns < mb->due_ns || mb->reading)
		return false;
	mb->due_ns = UINT64_MAX;
	mb->reading = true;
	for (uint32_t i = 0; i < mb->pendings.used; i++) {
		p = &mb->pendings.all[i];
		if (p->id == 0 || p->deadline_ns > now_ns)
			continue;
		was = *p;
		pending_end(&mb->pendings, p);
		was.fn(mb, was.err, NULL, was.arg);
	}
	mb->reading = false;
	(void)mailbox_alarm(mb, pendings_deadline(&mb->pendings));
	return true;
}
