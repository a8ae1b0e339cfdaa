/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From worker to worker, through the master, which puts the sender's seat and
 * generation in the place of the address: nobody speaks in the name of another.
 * It looks at no byte of what is said, and maps no memory; that it is memory
 * which cannot change, it asks the kernel.
 *
 * Of requests it remembers none: it counts them for each worker that asks, and
 * when one that was asked ends, who asked is told how many had been handed on
 * by then (CADRE_FRAME_GONE).
 */
#include <errno.h>

#include "runtime/link.h"
#include "runtime/relay.h"
#include "runtime/seat.h"

/* The address that it goes on with: the sender's. */
static struct wire
sender_of(const struct cadre_master *m, const struct mail *mail)
{
	struct wire wire = mail->wire;

	wire.head.seat = (uint32_t)(mail->seat - m->seats);
	wire.head.generation = mail->life->row.generation;
	return wire;
}

const char *
relay_message(struct cadre_master *m, struct mail *mail)
{
	bool request = mail->wire.frame.type == CADRE_FRAME_REQUEST;
	struct wire wire = sender_of(m, mail);
	uint32_t to = mail->wire.head.seat;
	struct life *l;
	int err;

	if (to >= m->nseats)
		return "a message to a seat that there is not";
	mail->life->link.asks += request;
	l = seat_newest(&m->seats[to]);
	if (mail->maimed)
		err = -EMFILE;
	else if (mail_check(mail) < 0)
		return LETTER_CHANGEABLE;
	else if (l == mail->life)
		err = -EINVAL;
	else {
		if (request)
			link_asked(m, &m->seats[to], l, mail->life);
		err = link_pass(m, &m->seats[to], l, mail, &wire, true);
	}
	if (err >= 0) {
		mail->tally->relayed++;
		l->link.asked |= request;
		l->link.owes += request;
	} else if (err == -EMFILE)
		mail->tally->unwanted++;	/* we had no room for its own */
	else if (err != -EINVAL)
		link_missed(l, err);
	if (err < 0 && request)
		link_fail(m, mail->seat, mail->life, &mail->wire, err);
	return NULL;
}

const char *
relay_answer(struct cadre_master *m, struct mail *mail)
{
	struct wire wire = sender_of(m, mail);
	uint32_t to = mail->wire.head.seat;
	struct seat *s;
	struct life *l;
	int err;

	if (to >= m->nseats)
		return "an answer to a seat that there is not";
	/* Who gets it would take it for the master's word. */
	if (!mailbox_failure_is_sound(mail))
		return "a failure that is none";
	if (mail_check(mail) < 0)
		return LETTER_CHANGEABLE;
	s = &m->seats[to];
	l = seat_life(s, mail->wire.head.generation);
	if (l == NULL || l == mail->life || mail->life->link.owes == 0) {
		mail->tally->unwanted++;	/* who asked is over */
		return NULL;
	}
	mail->life->link.owes--;
	err = mail->maimed ? -EMFILE :
	    link_pass(m, s, l, mail, &wire, true);
	if (err >= 0)
		mail->tally->relayed++;
	else
		link_fail(m, s, l, &wire, err);
	return NULL;
}

const char *
relay_broadcast(struct cadre_master *m, struct mail *mail)
{
	const struct cadre__frame_seats *seats =
	    mail_seats(mail) > 0 ? (const void *)mail->body : NULL;
	struct wire wire = sender_of(m, mail);
	struct life *l;
	int err;

	if (mail->nfds > (mail->wire.head.bytes > CADRE_MESSAGE_INLINE))
		return "descriptors for several";
	if (!mail->maimed && mail_check(mail) < 0)
		return LETTER_CHANGEABLE;
	wire.frame.type = CADRE_FRAME_MESSAGE;
	wire.frame.length -= (uint32_t)mail_seats(mail);
	for (unsigned int i = 0; i < m->nseats; i++) {
		l = seat_newest(&m->seats[i]);
		if (!link_wanted(l, seats, i) || l == mail->life)
			continue;
		err = mail->maimed ? -EMFILE :
		    link_pass(m, &m->seats[i], l, mail, &wire, false);
		if (err < 0)
			link_missed(l, err);
		else
			mail->tally->relayed++;
	}
	return NULL;
}
