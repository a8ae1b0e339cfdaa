/* SPDX-License-Identifier: BSD-2-Clause */
/* One look at a whole app, and what two of them tell. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "shm/clock.h"
#include "tools/sample.h"

bool
sample_runs(uint32_t state)
{
	return state == CADRE_STATE_STARTING || state == CADRE_STATE_UP ||
	    state == CADRE_STATE_DRAINING;
}

bool
sample_speaks(const struct cadre_shm_life *life)
{
	return (life->flags & CADRE_LIFE_PROGRAM) == 0 ||
	    (life->flags & CADRE_LIFE_ATTACHED) != 0;
}

/* Room for this many; what was there is not kept. */
static int
resize(struct sample *s, unsigned int seats, unsigned int metrics)
{
	if (s->seats == seats && s->metrics == metrics && s->seat != NULL)
		return 0;
	sample_free(s);
	s->seat = calloc(seats + 1, sizeof(*s->seat));
	s->values = calloc((size_t)seats * metrics + 1, sizeof(*s->values));
	s->totals = calloc(metrics + 1, sizeof(*s->totals));
	if (s->seat == NULL || s->values == NULL || s->totals == NULL) {
		sample_free(s);
		return -ENOMEM;
	}
	s->seats = seats;
	s->metrics = metrics;
	return 0;
}

static void
take_open(const struct cadre_region *r, const struct cadre_worker_view *w,
    unsigned int seat, uint64_t *open)
{
	struct cadre_shm_health h;

	if (sample_speaks(&w->life) &&
	    cadre_region_health_now(r, seat, w->slot, &h) == 0)
		*open += h.open;
}

/* A dead master tells of no death: then only the process itself counts. */
static void
take_seat(const struct cadre_region *r, unsigned int i, bool master_lives,
    struct sample_seat *s)
{
	const struct cadre_shm_life *life = &s->view.newest.life;

	memset(s, 0, sizeof(*s));
	s->view.seat = i;
	s->known = cadre_region_seat(r, i, &s->view) == 0;
	if (!s->known)
		return;
	s->speaks = sample_speaks(life);
	s->lives = s->view.has_newest && sample_runs(s->view.state);
	if (s->lives) {
		s->has_proc = proc_read_same(life->pid, life->start,
		    &s->proc) == 0;
		s->lives = master_lives || s->has_proc;
	}
	if (s->lives)
		take_open(r, &s->view.newest, i, &s->open);
	if (s->view.has_draining)
		take_open(r, &s->view.draining, i, &s->open);
}

static void
take_modes(const struct cadre_region *r, struct sample *s)
{
	struct cadre_shm_listener l;

	s->any_hands = s->any_queues = false;
	for (unsigned int i = 0; cadre_region_listener(r, i, &l) == 0; i++) {
		s->any_hands |= strcmp(l.mode, "rr") == 0 ||
		    strcmp(l.mode, "least") == 0 ||
		    strncmp(l.mode, "sticky", 6) == 0;
		s->any_queues |= s->any_hands || strcmp(l.mode, "spread") == 0;
	}
}

int
sample_take(const struct cadre_region *r, struct sample *s)
{
	struct cadre_app app;
	int err, n;

	err = cadre_region_app(r, &app);
	if (err < 0)
		return err;
	n = cadre_region_metrics(r);
	err = resize(s, app.max_workers, n > 0 ? (unsigned int)n : 0);
	if (err < 0)
		return err;
	/* Seats are indexed by it, and it is a word of shared memory. */
	if (app.workers > app.max_workers)
		app.workers = app.max_workers;
	s->app = app;
	s->any_speaks = false;
	s->now_ns = clock_now_ns();
	take_modes(r, s);
	cadre_region_snapshot(r, s->values, s->metrics);
	cadre_region_totals(r, s->totals, s->metrics);
	for (unsigned int i = 0; i < s->seats; i++) {
		take_seat(r, i, app.master_lives, &s->seat[i]);
		s->seat[i].values = s->values + (size_t)i * s->metrics;
		s->any_speaks |= s->seat[i].view.has_newest &&
		    s->seat[i].speaks;
	}
	return 0;
}

void
sample_free(struct sample *s)
{
	free(s->seat);
	free(s->values);
	free(s->totals);
	memset(s, 0, sizeof(*s));
}

bool
sample_listed(const struct sample *s, unsigned int seat)
{
	return seat < s->app.workers || !s->seat[seat].known ||
	    s->seat[seat].view.has_newest;
}

bool
sample_counts(const struct sample *s, unsigned int metric)
{
	return s->any_speaks || s->totals[metric] != 0;
}

uint64_t
sample_restarts(const struct sample *s)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < s->seats; i++)
		sum += s->seat[i].view.newest.life.restarts;
	return sum;
}

unsigned int
sample_up(const struct sample *s)
{
	unsigned int up = 0;

	for (unsigned int i = 0; i < s->seats; i++)
		up += s->seat[i].lives &&
		    s->seat[i].view.state == CADRE_STATE_UP;
	return up;
}

uint64_t
sample_age(const struct sample *s, uint64_t since_ns)
{
	return since_ns != 0 && s->now_ns > since_ns ? s->now_ns - since_ns : 0;
}

const char *
sample_stall(const struct sample *s, const struct sample_seat *seat,
    uint64_t *ret_for_ns)
{
	const struct cadre_shm_life *life = &seat->view.newest.life;

	if (!seat->lives || life->stalled_ns == 0 ||
	    s->now_ns < life->stalled_ns)
		return NULL;
	*ret_for_ns = s->now_ns - life->stalled_ns;
	return life->cause == CADRE_CAUSE_NONE ? "" :
	    cadre_cause_name(life->cause);
}

bool
sample_full(const struct sample_seat *s)
{
	return s->lives && ((s->view.newest.life.flags & CADRE_LIFE_FULL) != 0 ||
	    (s->speaks && s->view.newest.gate == CADRE_GATE_FULL));
}

uint64_t
sample_queue(const struct sample_seat *s)
{
	return s->view.newest.life.queue;
}

/* The sum of a metric, as it was sampled. */
static uint64_t
total(const struct sample *s, const struct cadre_region *r, const char *name)
{
	int metric = cadre_region_find(r, name);

	return metric >= 0 && (unsigned int)metric < s->metrics ?
	    s->totals[metric] : 0;
}

uint64_t
sample_shed(const struct sample *s, const struct cadre_region *r)
{
	uint64_t sum = total(s, r, "shed");
	struct cadre_shm_intake in;

	for (unsigned int i = 0; cadre_region_intake(r, i, &in) == 0; i++)
		sum += in.shed;
	return sum;
}

uint64_t
sample_refused(const struct sample *s, const struct cadre_region *r)
{
	uint64_t sum = total(s, r, "refused");
	struct cadre_shm_intake in;

	for (unsigned int i = 0; cadre_region_intake(r, i, &in) == 0; i++)
		sum += in.refused;
	return sum;
}

/* Do the two belong together, and how long lies between them? */
static uint64_t
span(const struct sample *before, const struct sample *now)
{
	if (before == NULL || before->seat == NULL ||
	    before->seats != now->seats || before->now_ns >= now->now_ns)
		return 0;
	return now->now_ns - before->now_ns;
}

bool
sample_rate(const struct sample *before, const struct sample *now, int seat,
    int metric, double *ret_per_s)
{
	uint64_t ns = span(before, now), a, b;
	unsigned int m = (unsigned int)metric;

	if (ns == 0 || metric < 0 || m >= before->metrics || m >= now->metrics)
		return false;
	if (seat < 0 ? !sample_counts(now, m) : !now->seat[seat].speaks)
		return false;
	a = seat < 0 ? before->totals[m] : before->seat[seat].values[m];
	b = seat < 0 ? now->totals[m] : now->seat[seat].values[m];
	if (b < a)
		return false;	/* a hole was punched: not a rate */
	*ret_per_s = (double)(b - a) / ((double)ns / 1e9);
	return true;
}

static double
busy_ns(const struct sample *s, int seat, unsigned int metric)
{
	const struct sample_seat *t = &s->seat[seat];
	double ns = (double)t->values[metric];

	if (t->lives)
		ns += (double)t->view.newest.busy_ns;
	if (t->view.has_draining)
		ns += (double)t->view.draining.busy_ns;
	return ns;
}

bool
sample_busy(const struct sample *before, const struct sample *now, int seat,
    int metric_busy_ns, double *ret_part)
{
	unsigned int m = (unsigned int)metric_busy_ns;
	uint64_t ns = span(before, now);
	double part;

	if (ns == 0 || metric_busy_ns < 0 || m >= before->metrics ||
	    m >= now->metrics || !now->seat[seat].speaks)
		return false;
	part = (busy_ns(now, seat, m) - busy_ns(before, seat, m)) / (double)ns;
	/* A death takes the turn under way with it: never below nothing. */
	*ret_part = part < 0 ? 0 : part > 1 ? 1 : part;
	return true;
}

bool
sample_cpu(const struct sample *before, const struct sample *now, int seat,
    double *ret_part)
{
	uint64_t ns = span(before, now);
	const struct sample_seat *a, *b;

	if (ns == 0)
		return false;
	a = &before->seat[seat];
	b = &now->seat[seat];
	if (!a->has_proc || !b->has_proc ||
	    a->view.newest.life.generation != b->view.newest.life.generation)
		return false;
	*ret_part = proc_cpu(&a->proc, &b->proc, ns);
	return true;
}

int
sample_apart(const struct sample *s, unsigned int *ret_uid)
{
	struct proc_uids master, worker;
	int apart = -1;

	if (!proc_uids((pid_t)s->app.master_pid, &master))
		return -1;
	for (unsigned int i = 0; i < s->seats; i++) {
		if (!s->seat[i].lives || !s->seat[i].has_proc || !proc_uids(
		    (pid_t)s->seat[i].view.newest.life.pid, &worker))
			continue;
		if (proc_can_be(&worker, master.effective))
			return 0;
		*ret_uid = worker.effective;
		apart = 1;
	}
	return apart;
}
