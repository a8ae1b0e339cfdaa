/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How connections come to the workers of one app: its acceptor, what waits in
 * which queue, and who is given nothing, and why.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "shm/clock.h"
#include "tools/doctor.h"
#include "tools/proc.h"
#include "tools/text.h"

#define LISTED		4		/* seats or listeners that are named */
#define OFTEN		3		/* deaths of an acceptor */
#define STANDS_NS	NS_PER_S	/* a queue that is not empty so long */

/* Without it nobody accepts in these modes; else it is missed by nobody. */
static void
acceptor_none(const struct patient *p, struct finding *f)
{
	finding_set(f, FINDING_OK, "none%s", p->sample.any_hands ? " now" : "");
	if (!p->sample.any_hands)
		return;
	f->state = FINDING_FAIL;
	finding_means(f, "connections of listeners in mode rr, least or sticky "
	    "wait until there is one");
	finding_remedy(f, "see why: cadre events %s", text_line(p->name).s);
}

static void
acceptor(const struct patient *p, struct finding *f)
{
	const struct cadre_app *app = &p->sample.app;
	struct proc proc;

	if (!doctor_region(p, f))
		return;
	if (app->acceptor_pid == 0) {
		acceptor_none(p, f);
		return;
	}
	finding_set(f, FINDING_OK, "pid %" PRId64 ", respawned %" PRIu64
	    " times", app->acceptor_pid, app->acceptor_restarts);
	if (proc_read((pid_t)app->acceptor_pid, &proc) == 0 &&
	    (proc.state == 'T' || proc.state == 't')) {
		f->state = p->sample.any_hands ? FINDING_FAIL : FINDING_WARN;
		finding_add(f, ", stopped");
		finding_means(f, p->sample.any_hands ? "nobody accepts in mode "
		    "rr, least or sticky" : "nothing is rescued from workers "
		    "that are stalled");
		finding_remedy(f, "kill -CONT %" PRId64, app->acceptor_pid);
	} else if (app->acceptor_restarts >= OFTEN) {
		f->state = FINDING_WARN;
		finding_means(f, "each time, what came in mode rr, least or "
		    "sticky waited for the next one");
		finding_remedy(f, "see what ended it: cadre events %s",
		    text_line(p->name).s);
	}
}

/* Until when, and what shows why; the pid stands behind it. */
static const struct {
	const char	*until, *look;
} causes[] = {
	[CADRE_CAUSE_NONE] = { "their turn is over",
	    "see where one is: gdb -p" },
	[CADRE_CAUSE_BUSY] = { "their turn is over",
	    "see where one is: gdb -p" },
	[CADRE_CAUSE_BLOCKED] = { "the call returns that they sleep in",
	    "see which call: strace -p" },
	[CADRE_CAUSE_DISK] = { "a disk or a network file system answers",
	    "see what one waits for: ps -o stat,wchan,cmd -p" },
	[CADRE_CAUSE_STOPPED] = { "they may go on",
	    "end what traces it, or kill -CONT" },
	[CADRE_CAUSE_QUEUE] = { "they accept what waits",
	    "see that the listener is still in its epoll: gdb -p" },
};

static void
stalled_seat(const struct patient *p, unsigned int seat, unsigned int n,
    struct finding *f)
{
	const struct sample_seat *s = &p->sample.seat[seat];
	uint64_t pid = s->view.newest.life.pid, ns = 0;
	uint64_t cause = s->view.newest.life.cause;
	const char *name = sample_stall(&p->sample, s, &ns);

	if (cause >= sizeof(causes) / sizeof(causes[0]))
		cause = CADRE_CAUSE_NONE;
	finding_add(f, "%s seat %u (pid %" PRIu64 "): %s for %s", n > 1 ? "," :
	    "", seat, pid, name == NULL || name[0] == '\0' ? "stalled" : name,
	    text_duration(ns).s);
	if (n > 1)
		return;
	finding_means(f, "no new connections there until %s",
	    causes[cause].until);
	finding_remedy(f, "%s %" PRIu64 "; cadre health %s", causes[cause].look,
	    pid, text_line(p->name).s);
}

static void
stalls(const struct patient *p, struct finding *f)
{
	unsigned int n = 0;
	uint64_t ns;

	if (!doctor_region(p, f))
		return;
	finding_set(f, FINDING_OK, "none");
	for (unsigned int i = 0; i < p->sample.seats; i++) {
		if (sample_stall(&p->sample, &p->sample.seat[i], &ns) == NULL)
			continue;
		if (n++ == 0)
			finding_set(f, FINDING_WARN, "now:");
		if (n <= LISTED)
			stalled_seat(p, i, n, f);
	}
	if (n > LISTED)
		finding_add(f, " and %u more", n - LISTED);
}

static void
limits(const struct patient *p, struct finding *f)
{
	uint64_t shed;
	unsigned int n = 0;

	if (!doctor_region(p, f))
		return;
	for (unsigned int i = 0; i < p->sample.seats; i++)
		n += sample_full(&p->sample.seat[i]);
	shed = sample_shed(&p->sample, p->region);
	finding_set(f, n == 0 ? FINDING_OK : FINDING_WARN, "%u of %u workers "
	    "are at theirs, %" PRIu64 " connections shed so far", n,
	    p->sample.app.workers, shed);
	if (n == 0)
		return;
	finding_means(f, "%u get no new connections until some end", n);
	finding_remedy(f, "a higher --worker-connections or --app-connections, "
	    "or more workers, at the next start");
}

static void
queues(const struct patient *p, struct finding *f)
{
	struct cadre_shm_listener l;
	unsigned int i, n = 0;
	uint64_t ns;

	if (!doctor_region(p, f))
		return;
	for (i = 0; cadre_region_listener(p->region, i, &l) == 0; i++) {
		ns = sample_age(&p->sample, l.queue_since_ns);
		if (ns < STANDS_NS)
			continue;
		if (n++ == 0)
			finding_set(f, FINDING_WARN, "not empty:");
		if (n <= LISTED)
			finding_add(f, " %s (%" PRIu64 " for %s)",
			    text_line(l.address).s, l.queue,
			    text_duration(ns).s);
	}
	if (n == 0) {
		finding_set(f, FINDING_OK, "empty within the last second, of "
		    "%u listeners", i);
		return;
	}
	finding_means(f, "connections come faster than workers accept them, or "
	    "to workers that do not");
	finding_remedy(f, "see who is busy, stalled or full: cadre stat %s",
	    text_line(p->name).s);
}

#define MANY		1000	/* connections, before a share says something */

/* Clients that meet another worker than theirs, or bring no key at all. */
static void
sticky_judge(const struct patient *p, const struct cadre_shm_listener *l,
    const struct cadre_shm_intake *in, struct finding *f)
{
	bool by_request = strcmp(l->mode, "sticky:cookie") == 0 ||
	    strcmp(l->mode, "sticky:query") == 0;

	if (in->accepted < MANY)
		return;
	if (by_request && in->unkeyed / 9 > in->accepted / 10) {
		f->state = FINDING_WARN;
		finding_means(f, "hardly a client of %s brings its key: each "
		    "is led by its address", text_line(l->address).s);
		finding_remedy(f, "see that workers set a cookie, or write "
		    "links, of the name in mode=sticky:");
	} else if (in->away > in->accepted / 20) {
		f->state = FINDING_WARN;
		finding_means(f, "clients of %s met workers that do not know "
		    "them", text_line(l->address).s);
		finding_remedy(f, "see who was stalled, full or gone: cadre "
		    "events %s; or, if one key is that of many, factor=0 or "
		    "another key", text_line(p->name).s);
	}
}

/* Clients that look alike: behind a proxy all have its address. */
static void
crowd_judge(const struct patient *p, struct finding *f)
{
	int metric = cadre_region_find(p->region, "accepted");
	uint64_t all = 0, most = 0, n;
	unsigned int seat = 0;

	if (metric < 0 || p->sample.app.workers < 2)
		return;
	for (unsigned int i = 0; i < p->sample.seats; i++) {
		n = p->sample.seat[i].values[metric];
		all += n;
		if (n > most) {
			most = n;
			seat = i;
		}
	}
	if (all < MANY || most / 9 <= all / 10)
		return;
	f->state = FINDING_WARN;
	finding_means(f, "seat %u has had %" PRIu64 " of %" PRIu64
	    " connections: clients share an address, as behind a proxy, or a "
	    "key", seat, most, all);
	finding_remedy(f, "let the proxy say who they are (proxy=), or choose "
	    "by itself: --seat-listen, cadre gen");
}

static void
sticky(const struct patient *p, struct finding *f)
{
	struct cadre_shm_listener l;
	struct cadre_shm_intake in;
	unsigned int n = 0;

	if (!doctor_region(p, f))
		return;
	finding_set(f, FINDING_OK, "no listener is");
	for (unsigned int i = 0; cadre_region_listener(p->region, i, &l) == 0;
	    i++) {
		if (strncmp(l.mode, "sticky", 6) != 0 ||
		    cadre_region_intake(p->region, i, &in) < 0)
			continue;
		if (n++ == 0)
			finding_set(f, FINDING_OK, "%s", "");
		if (n <= LISTED)
			finding_add(f, "%s%s: %" PRIu64 " accepted, %" PRIu64
			    " led away from home, %" PRIu64 " without a key",
			    n > 1 ? ", " : "", text_line(l.address).s,
			    in.accepted, in.away, in.unkeyed);
		sticky_judge(p, &l, &in, f);
	}
	if (n > 0 && f->state == FINDING_OK)
		crowd_judge(p, f);
}

static const struct check checks[] = {
	{ "acceptor",		"acceptor",			acceptor },
	{ "stalls",		"seats that are stalled",	stalls },
	{ "limits",		"limits of connections",	limits },
	{ "queues",		"queues of listeners",		queues },
	{ "sticky",		"clients led home",		sticky },
};
const struct ward ward_intake = { checks, sizeof(checks) / sizeof(checks[0]) };
