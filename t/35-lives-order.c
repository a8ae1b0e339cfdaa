/* t/35-lives-order: who is ready before the master has heard that it is online is told of in order */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "runtime/lives.h"
#include "t/lib/tap.h"

static struct cadre_master *m;
static struct seat seat;
static char told[16];
static size_t n;

static void
on_worker(struct cadre_mailbox *mb, const struct cadre_worker_event *e,
    void *arg)
{
	(void)mb;
	(void)arg;
	if (n + 1 < sizeof(told))
		told[n++] = (char)('1' + (int)e->kind -
		    (int)CADRE_WORKER_SPAWNED);
	told[n] = '\0';
}

static struct life *
born(uint32_t flags)
{
	struct life *l = &seat.lives[0];

	n = 0;
	told[0] = '\0';
	l->row.generation++;
	l->row.state = CADRE_STATE_UP;
	l->row.flags = flags;
	lives_begin(m, &seat, l);
	return l;
}

static const char *
ready(struct life *l)
{
	lives_due(m, l, CADRE_WORKER_READY);
	lives_listen(m, &seat);
	lives_tell(m);
	return told;
}

static const char *
due(struct life *l, enum cadre_worker_event_kind kind)
{
	lives_due(m, l, kind);
	lives_tell(m);
	return told;
}

int
main(void)
{
	struct life *l;

	if (cadre_master_new("order", &m) < 0 || cadre_mailbox_on_worker(
	    cadre_master_mailbox(m), on_worker, NULL) < 0)
		bail_out("no master");
	m->seats = &seat;
	l = born(CADRE_LIFE_ATTACHED);
	is_str(ready(l), "1", "it is ready, and not online: spawned");
	is_str(due(l, CADRE_WORKER_ONLINE), "1234", "online: the rest");
	lives_end(m, l);
	is_str(due(l, CADRE_WORKER_EXITED), "123456", "and to the end");
	l = born(CADRE_LIFE_ATTACHED);
	due(l, CADRE_WORKER_ONLINE);
	is_str(ready(l), "1234", "online before");
	l = born(CADRE_LIFE_ATTACHED);
	ready(l);
	is_str(due(l, CADRE_WORKER_DISCONNECTED), "134", "its channel ended, "
	    "and it never was online");
	l = born(CADRE_LIFE_ATTACHED);
	ready(l);
	lives_end(m, l);
	lives_tell(m);
	is_str(told, "1346", "it ended, and never was online");
	l = born(CADRE_LIFE_PROGRAM);
	is_str(ready(l), "134", "a program that does not attach");
	m->seats = NULL;
	cadre_master_free(m);
	return done_testing();
}
