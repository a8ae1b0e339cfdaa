/* t/38-busy-news: what is published reaches a worker that looks before it sleeps, and hardly ever wakes it */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/lib/gazette.h"
#include "t/lib/tap.h"
#include "t/lib/trips.h"

#define SOME	100
#define FEW	0.25

static const char *const topics[] = { "there", "back" };

/* Each has what the other has published, and publishes the next. */
static void
on_news(struct cadre_mailbox *mb, const struct cadre_news *news, void *seat)
{
	(void)cadre_mailbox_publish(mb, topics[*(uint32_t *)seat], news->bytes,
	    news->n, CADRE_SCOPE_SIBLINGS);
}

static void
on_start(struct cadre_mailbox *mb, struct cadre_message *m, void *seat)
{
	(void)cadre_mailbox_publish(mb, topics[*(uint32_t *)seat], m->bytes,
	    m->n, CADRE_SCOPE_SIBLINGS);
}

static void
set_up(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	static uint32_t seat;

	seat = cadre_worker_seat(w);
	if (cadre_mailbox_subscribe(mb, topics[1 - seat], on_news, &seat) < 0 ||
	    cadre_mailbox_on(mb, 1, on_start, &seat) < 0)
		bail_out("cannot subscribe");
}

static void
busy(struct cadre_master *m, void *arg)
{
	(void)arg;
	if (cadre_master_set(m, CADRE_BUSY_POLL_US, 1000) < 0)
		bail_out("no such option");
}

static struct cadre_topics_view
seen(uint32_t seat)
{
	struct cadre_topics_view v = { .received = 0 };

	if (cadre_region_topics(gazette_region(), seat, 0, &v) < 0)
		bail_out("no topics of seat %u", seat);
	return v;
}

/* Of each piece of some hundred, from now on; negative: these did not come. */
static double
wakes(void)
{
	uint64_t got = seen(0).received, woken = seen(0).woken + seen(1).woken;

	if (!gazette_received(0, got + SOME))
		return -1;
	woken = seen(0).woken + seen(1).woken - woken;
	return (double)woken / 2 / (double)(seen(0).received - got);
}

static pid_t
pid_of(unsigned int seat)
{
	struct cadre_health h = { .pid = 0 };

	(void)cadre_master_health(post_master, seat, &h);
	return (pid_t)h.pid;
}

static bool
is_few(void *arg)
{
	double each = wakes();

	(void)arg;
	return each >= 0 && each < FEW;
}

static void
start(app_config_fn *config)
{
	post_start(2, set_up, config);
	if (cadre_mailbox_send(post_box, 0, 1, "news", 5) < 0)
		bail_out("cannot send");
}

int
main(void)
{
	double each;

	start(NULL);
	each = wakes();
	ok(each > 0.5, "without it each piece wakes who gets it: %.2f times",
	    each);
	ok(gazette_stop(), "it ends");
	start(busy);
	trips_apart(pid_of(0), pid_of(1));
	if (trips_possible())
		ok(post_until(is_few, NULL), "with it hardly any does");
	else
		skip(1, "there is one processor");
	ok(wakes() >= 0, "and all come");
	ok(gazette_stop(), "it ends");
	return done_testing();
}
