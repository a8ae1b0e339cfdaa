/* t/37-rings: several who sleep are woken by one ring of the bell of all; one, or few among many who want something else, by their own */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <unistd.h>

#include "runtime/topics.h"
#include "runtime/wake.h"
#include "runtime/worker.h"
#include "t/lib/gazette.h"
#include "t/lib/probe.h"
#include "t/lib/seal.h"
#include "t/lib/tap.h"

#define SEATS	6		/* who publishes is in the last one */
#define LAST	(SEATS - 1)
#define ONCE	7		/* exit codes: it was published */
#define FAILED	98

enum { WITH_ALL = 70, WITH_OWN };

static struct cadre_worker *self;

/* What it publishes first makes room for what it keeps. */
static void
publish(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	const struct topics *t = worker_topics(self);
	const char *topic = arg;
	int err = cadre_mailbox_publish(mb, "none", "", 0,
	    CADRE_SCOPE_OTHERS);

	if (err < 0 || seal(t->bells[message->type == WITH_ALL ? WAKE_ALL :
	    wake_of(0, t->nbells)]) < 0)
		_exit(99);
	err = cadre_mailbox_publish(mb, topic, "1234567", 8,
	    CADRE_SCOPE_OTHERS);
	_exit(err == 0 ? ONCE : FAILED);
}

static void
set_up(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	self = w;
	gazette_set_up(w, mb);
	cadre_mailbox_on(mb, WITH_ALL, publish, (void *)(uintptr_t)"news");
	cadre_mailbox_on(mb, WITH_OWN, publish, (void *)(uintptr_t)"rare");
}

static struct cadre_shm_event died;

static void
on_event(const struct cadre_shm_event *e, void *arg)
{
	if (e->kind == CADRE_EVENT_DIED && e->seat == LAST) {
		died = *e;
		*(int *)arg = 1;
	}
}

static bool
sleep_all(void)
{
	for (uint32_t i = 0; i < LAST; i++)
		if (!gazette_asleep(i))
			return false;
	return true;
}

/* How the publisher ended: a status of its own, or the signal. */
static int
ends(uint32_t type)
{
	uint64_t before = post_generation(LAST);
	int came = 0;

	cadre_master_on_event(post_master, on_event, &came);
	if (!sleep_all() || cadre_mailbox_send(post_box, LAST, type, "", 0) <
	    0 || !post_counted(&came, 1) || !post_up(LAST, before))
		return -1;
	return died.exit_signal != 0 ? -(int)died.exit_signal :
	    (int)died.exit_code;
}

int
main(void)
{
	int n = 0;

	measures("system calls");
	post_start(SEATS, set_up, post_no_backoff);
	for (uint32_t i = 0; i < LAST; i++)
		n += gazette_subscribe(i, "news") == 0;
	is_int(n, LAST, "%d subscribe", LAST);
	is_int(gazette_subscribe(0, "rare"), 0, "one of them to another topic "
	    "as well");
	is_int(ends(WITH_ALL), ONCE, "what all want rings the bell of all, and "
	    "none else");
	n = 0;
	for (uint32_t i = 0; i < LAST; i++)
		n += gazette_received(i, 1);
	is_int(n, LAST, "and all get it");
	is_int(ends(WITH_OWN), ONCE, "what one wants rings the bell of that "
	    "seat, and none else");
	ok(gazette_received(0, 2), "and it gets it");
	is_u64(gazette_woken(LAST), LAST + 1, "so many were woken");
	ok(gazette_stop(), "it ends");
	return done_testing();
}
