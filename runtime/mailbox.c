/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a mailbox is on either side: what may be sent, and who gets what has
 * come. How a message travels is the sides' (mailbox-master.c,
 * mailbox-worker.c), and requests have a file of their own (answers.c).
 */
#include "runtime/export.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/mailbox.h"
#include "shm/fail.h"

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

static int
foreign_fail(void)
{
	return cadre__fail(-EPERM, "a worker does not speak for its master");
}

/* What a mailbox cannot send at all, in words. */
static int
letter_fail(const struct cadre_mailbox *mb, const struct letter *l)
{
	uint64_t most = mb->limits.bytes_max;

	if (l->type > CADRE_TYPE_MAX)
		return cadre__fail(-EINVAL, "%#x is no type of a message: they "
		    "are 0 to %#x", l->type, CADRE_TYPE_MAX);
	if (l->nfds > CADRE_MESSAGE_FDS)
		return cadre__fail(-EINVAL, "%u descriptors are too many: a "
		    "message carries up to %d", l->nfds, CADRE_MESSAGE_FDS);
	if ((l->bytes == NULL && l->n > 0) || (l->fds == NULL && l->nfds > 0))
		return cadre__fail(-EINVAL, "NULL is no place of bytes or "
		    "descriptors");
	if (l->n > most)
		return cadre__fail(-EMSGSIZE, "%zu bytes are too many for a "
		    "message: up to %llu (CADRE_MESSAGE_BYTES_MAX)", l->n,
		    (unsigned long long)most);
	if (l->n > CADRE_MESSAGE_INLINE && !mb->limits.rights)
		return cadre__fail(-EMSGSIZE, "%zu bytes are too many without "
		    "descriptors (CADRE_MESSAGE_RIGHTS): up to %d", l->n,
		    CADRE_MESSAGE_INLINE);
	return cadre__fail(-EPERM, "no descriptors travel in this app "
	    "(CADRE_MESSAGE_RIGHTS)");
}

/* May it be sent at all? */
int
mailbox_may_send(const struct cadre_mailbox *mb, const struct letter *l)
{
	if (*mb->foreign)
		return foreign_fail();
	if (mb->limits.seats == 0)	/* nor are there limits */
		return cadre__fail(-ENOENT, "the app does not run: there is "
		    "nobody to send to");
	if (l->type > CADRE_TYPE_MAX || l->nfds > CADRE_MESSAGE_FDS ||
	    (l->bytes == NULL && l->n > 0) || (l->fds == NULL && l->nfds > 0) ||
	    l->n > mb->limits.bytes_max ||
	    ((l->n > CADRE_MESSAGE_INLINE || l->nfds > 0) &&
	    !mb->limits.rights))
		return letter_fail(mb, l);
	return 0;
}

static int
seat_fail(const struct cadre_mailbox *mb, uint32_t seat)
{
	return cadre__fail(-ENOENT, "there is no seat %u: they are 0 to %u",
	    seat, mb->limits.seats - 1);
}

/* It did not go to this seat; of other errors the number says it all. */
static int
post_fail(const struct cadre_mailbox *mb, uint32_t to, int err)
{
	switch (err) {
	case -ENOENT:
		return seat_fail(mb, to);
	case -EINVAL:
		return cadre__fail(err, "a message to oneself is none");
	case -ENOTCONN:
		return mb->master == NULL ?
		    cadre__fail(err, "the channel to the master has ended") :
		    cadre__fail(err, "no worker of seat %u has a channel", to);
	case -ENOBUFS:			/* also of a flood: nothing to format */
		return cadre__fail(err, "the queue of messages is full");
	default:
		return err;
	}
}

int
mailbox_post(struct cadre_mailbox *mb, uint32_t to, struct letter *l)
{
	int err = 0;

	l->memfd = -1;
	if (l->n > CADRE_MESSAGE_INLINE)
		err = letter_seal(l);
	if (err < 0)
		return err;
	err = mb->side->send(mb, to, l);
	if (l->n > CADRE_MESSAGE_INLINE)
		letter_done(l);
	return err < 0 ? post_fail(mb, to, err) : err;
}

int
cadre_mailbox_send_fds(struct cadre_mailbox *mb, uint32_t to, uint32_t type,
    const void *bytes, size_t n, const int *fds, unsigned int nfds)
{
	struct letter l = { .frame = CADRE_FRAME_MESSAGE, .type = type,
	    .bytes = bytes, .n = n, .fds = fds, .nfds = nfds };
	int err = mailbox_may_send(mb, &l);

	return err == 0 ? mailbox_post(mb, to, &l) : err;
}

int
cadre_mailbox_send(struct cadre_mailbox *mb, uint32_t to, uint32_t type,
    const void *bytes, size_t n)
{
	struct letter l = { .frame = CADRE_FRAME_MESSAGE, .type = type,
	    .bytes = bytes, .n = n };
	int err = mailbox_may_send(mb, &l);

	return err == 0 ? mailbox_post(mb, to, &l) : err;
}

/* A seat that is named twice is meant once. */
static int
seats_of(const struct cadre_mailbox *mb, const uint32_t *seats,
    unsigned int nseats, struct cadre__frame_seats *ret_list)
{
	*ret_list = (struct cadre__frame_seats){ .bits = { 0 } };
	for (unsigned int i = 0; i < nseats; i++) {
		if (seats[i] >= mb->limits.seats)
			return seat_fail(mb, seats[i]);
		ret_list->bits[seats[i] / 64] |= UINT64_C(1) << seats[i] % 64;
	}
	return 0;
}

int
cadre_mailbox_broadcast(struct cadre_mailbox *mb, const uint32_t *seats,
    unsigned int nseats, uint32_t type, const void *bytes, size_t n)
{
	struct cadre__frame_seats list;
	struct letter l = { .frame = CADRE_FRAME_MESSAGE, .type = type,
	    .bytes = bytes, .n = n };
	int err = mailbox_may_send(mb, &l);

	if (err == 0 && seats != NULL)
		err = seats_of(mb, seats, nseats, &list);
	if (err == 0)
		err = letter_seal(&l);
	if (err < 0)
		return err;
	err = mb->side->broadcast(mb, seats != NULL ? &list : NULL, &l);
	letter_done(&l);
	return err < 0 ? post_fail(mb, CADRE_MASTER, err) : err;
}

int
cadre_mailbox_cork(struct cadre_mailbox *mb)
{
	if (*mb->foreign)
		return foreign_fail();
	mb->corked = true;
	return 0;
}

int
cadre_mailbox_uncork(struct cadre_mailbox *mb)
{
	if (*mb->foreign)
		return foreign_fail();
	if (!mb->corked)
		return 0;
	mb->corked = false;
	return mb->side->send_now(mb);
}

void
mailbox_turn_ends(struct cadre_mailbox *mb)
{
	if (mb->corked)
		(void)cadre_mailbox_uncork(mb);
}

int
cadre_mailbox_disconnect(struct cadre_mailbox *mb, uint32_t seat)
{
	int err;

	if (*mb->foreign)
		return foreign_fail();
	err = mb->side->disconnect(mb, seat);
	if (err == -ENOENT && mb->limits.seats > 0)
		return seat_fail(mb, seat);
	if (err == -EINVAL)
		return cadre__fail(err, "a worker has a channel to its master "
		    "alone, not to seat %u", seat);
	return err == -ENOTCONN ? post_fail(mb, seat, err) : err;
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

/*
 * It is answered, too, that it cannot be had here; who could not even be told
 * that would wait for ever.
 */
static const char *
decline(struct cadre_mailbox *mb, struct mail *mail, int err)
{
	const struct cadre_sender *to = &mail->message.from;
	struct letter l = {
		.frame = CADRE_FRAME_FAILED,
		.id = to->id,
		.type = (uint32_t)-err,
		.generation = to->generation,
		.kept = true,
	};

	mail->tally->unwanted++;
	err = to->id != 0 ? mailbox_post(mb, to->seat, &l) : 0;
	return err < 0 && err != -ENOTCONN ?
	    "more requests than can be refused" : NULL;
}

/*
 * What is wrong with the memory of a relayed message is another worker's fault,
 * for which the channel that it came by is not to end.
 */
bool
mailbox_relayed(const struct mail *mail)
{
	return mail->life == NULL && mail->message.from.seat != CADRE_MASTER;
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
	if (err == -EPROTO && !mailbox_relayed(mail))
		return LETTER_CHANGEABLE;
	if (err < 0)
		return decline(mb, mail, err);
	h = *found;			/* it may change them */
	h.fn(mb, &mail->message, h.arg);
	return NULL;
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
