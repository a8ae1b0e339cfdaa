/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Requests, and what becomes of each: an answer from whom it was sent to, and
 * from nobody else, or an error, when its time has passed, who was asked has
 * ended, or it could not be handed on. Whichever comes first is told, once, and
 * from the loop; what comes after that is late.
 */
#include "runtime/export.h"

#include <errno.h>

#include "runtime/mailbox.h"
#include "shm/clock.h"
#include "shm/fail.h"

#define ERRNO_MAX	4095

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
	int err = mailbox_may_send(mb, &l);

	if (err == 0 && fn == NULL)
		err = cadre__fail(-EINVAL, "a request without a function to "
		    "take its reply");
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
		err = mailbox_post(mb, to, &l);
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
	int err = mailbox_may_send(mb, l);

	if (err < 0)
		return err;
	if (to == NULL || to->id == 0)
		return cadre__fail(-EINVAL, "this is no sender of a request");
	l->id = to->id;
	l->generation = to->generation;
	return mailbox_post(mb, to->seat, l);
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
		return cadre__fail(-EINVAL, "%d is no error: they are -1 to "
		    "%d", err, -ERRNO_MAX);
	l.type = (uint32_t)-err;
	return reply(mb, to, &l);
}

bool
mailbox_failure_is_sound(const struct mail *mail)
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

	if (!mailbox_failure_is_sound(mail))
		return "a failure that is none";
	if (p == NULL || p->deadline_ns == 0) {
		mail->tally->late++;
		return NULL;
	}
	if (!mb->side->asked(p, mail)) {
		mail->tally->unwanted++;
		return NULL;
	}
	mail->message.from.id = 0;
	mail->message.type = type;
	err = failed ? -(int)type : mail->maimed ? -EMFILE : mail_open(mail);
	was = *p;
	pending_end(&mb->pendings, p);
	was.fn(mb, err, err == 0 ? &mail->message : NULL, was.arg);
	return !failed && err == -EPROTO && !mailbox_relayed(mail) ?
	    LETTER_CHANGEABLE : NULL;
}

void
mailbox_lost(struct cadre_mailbox *mb, uint32_t seat, uint64_t receipt)
{
	struct pending *p;

	for (uint32_t i = 0; i < mb->pendings.used; i++) {
		p = &mb->pendings.all[i];
		if (p->id == 0 || (seat != CADRE_NO_SEAT && (p->seat != seat ||
		    !mb->side->lost(p, receipt))))
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
