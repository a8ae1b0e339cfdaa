/* t/34-own-region: a handler of the master opens its own region, and waits for nobody */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include <cadre/region.h>

#include "shm/clock.h"
#include "t/lib/post.h"
#include "t/lib/tap.h"

static struct cadre_counter *jobs;
static struct {
	int		calls, err, missing;
	uint64_t	ns, jobs;
} found;

static void
told(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	(void)w;
	cadre_counter_add(jobs, 7);
	(void)cadre_mailbox_send(mb, CADRE_MASTER, 1, NULL, 0);
}

static void
look(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	uint64_t start_ns = clock_now_ns(), v[64] = { 0 };
	struct cadre_region *r;
	struct cadre_app app;
	int i;

	(void)mb;
	(void)arg;
	found.err = cadre_region_open("app", &r);
	found.ns = clock_now_ns() - start_ns;
	if (found.err == 0) {
		i = cadre_region_find(r, "jobs");
		if (i >= 0 && cadre_region_values(r, message->from.seat, v,
		    64) > i)
			found.jobs = v[i];
		cadre_region_app(r, &app);
		found.missing = (int)app.missing;
		cadre_region_close(r);
	}
	found.calls++;
}

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	if (cadre_master_counter(m, "jobs", "", "", &jobs) < 0 ||
	    cadre_mailbox_on(cadre_master_mailbox(m), 1, look, NULL) < 0)
		exit(99);
}

int
main(void)
{
	post_start(2, told, config);
	ok(post_counted(&found.calls, 2), "both workers have told");
	is_int(found.err, 0, "the region is opened");
	ok(found.ns < NS_PER_S / 2, "at once");
	is_u64(found.jobs, 7, "with the worker's words");
	is_int(found.missing, 0, "and nothing is missing");
	ok(post_stop(), "it ends");
	return done_testing();
}
