/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cadre stat --json. Keys are only ever added; cadre(1) lists them. What is
 * not known is null, never a guess.
 */
#include <stdlib.h>

#include "shm/clock.h"
#include "tools/json.h"
#include "tools/stat.h"
#include "tools/text.h"
#include "tools/verb.h"

static json_t *
life_json(const struct stat_view *v, unsigned int seat,
    const struct cadre_worker_view *w)
{
	unsigned int metrics = v->now->metrics;
	uint64_t *values = calloc(metrics + 1, sizeof(*values));
	json_t *life = NULL;
	int n;

	if (values == NULL)
		return NULL;
	n = cadre_region_life(v->region, seat, w->slot, values, metrics);
	life = json_values(v->region, values, n > 0 ? (unsigned int)n : 0,
	    false);
	free(values);
	return n >= 0 && sample_speaks(&w->life) ? life : json_unknown(life);
}

static json_t *
draining_json(const struct stat_view *v, const struct sample_seat *s)
{
	const struct cadre_worker_view *w = &s->view.draining;
	bool speaks = sample_speaks(&w->life);
	json_t *array = json_array();

	if (!s->known || !s->view.has_draining)
		return array;
	json_array_append_new(array,
	    json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}",
	    "pid", json_u64(w->life.pid),
	    "generation", json_u64(w->life.generation),
	    "age_ns", json_u64(v->now->now_ns > w->life.spawned_ns ?
	    v->now->now_ns - w->life.spawned_ns : 0),
	    "idle", speaks ? json_boolean(w->idle) : json_null(),
	    "beat_age_ns", json_u64_if(speaks, w->beat_age_ns),
	    "life", life_json(v, s->view.seat, w)));
	return array;
}

/* The keys that every release has, in the order of the manual. */
static json_t *
door_json(const struct stat_view *v, const struct sample_seat *s)
{
	if (!s->known || s->view.door == CADRE_DOOR_NONE)
		return json_null();
	return json_string(s->view.door == CADRE_DOOR_OPEN &&
	    v->now->app.master_lives ? "open" : "shut");
}

static json_t *
worker_json(const struct stat_view *v, const struct sample_seat *s)
{
	const struct cadre_worker_view *w = &s->view.newest;
	bool ever = s->known && s->view.has_newest, has_cpu;
	bool beats = s->lives && s->speaks;
	json_t *metrics;
	double cpu = 0;

	has_cpu = sample_cpu(v->before, v->now, (int)s->view.seat, &cpu);
	metrics = json_values(v->region, s->values, v->now->metrics, false);
	if (ever && !s->speaks)
		metrics = json_unknown(metrics);
	return json_pack("{s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o,"
	    " s:o, s:o, s:o}",
	    "seat", (int)s->view.seat,
	    "pid", json_u64_if(s->lives, w->life.pid),
	    "state", s->known ? json_string(cadre_state_name(s->view.state)) :
	    json_null(),
	    "generation", json_u64_if(ever, w->life.generation),
	    "restarts", json_u64(w->life.restarts),
	    "door", door_json(v, s),
	    "idle", beats ? json_boolean(w->idle) : json_null(),
	    "beat_age_ns", json_u64_if(beats, w->beat_age_ns),
	    "cpu", json_part_if(has_cpu, cpu, 100),
	    "rss_bytes", json_u64_if(s->has_proc, s->proc.rss_bytes),
	    "metrics", metrics,
	    "life", ever ? life_json(v, s->view.seat, w) : json_object(),
	    "draining", draining_json(v, s));
}

/* What the master's mailbox has to do with its workers, over all of them. */
static json_t *
messages_json(const struct sample_seat *s)
{
	const struct cadre_seat_view *v = &s->view;

	return json_pack("{s:o, s:o, s:o, s:o}",
	    "sent", json_u64_if(s->known, v->messages_sent),
	    "received", json_u64_if(s->known, v->messages_received),
	    "dropped", json_u64_if(s->known, v->messages_dropped),
	    "queued", json_u64_if(s->known, v->messages_queued));
}

static const char *
gate_name(uint64_t gate)
{
	static const char *const names[] = {
		[CADRE_GATE_IN] = "in",
		[CADRE_GATE_OUT] = "out",
		[CADRE_GATE_FULL] = "full",
	};

	return gate < sizeof(names) / sizeof(names[0]) ? names[gate] : "?";
}

/* How connections and messages come to it. */
static json_t *
intake_json(const struct stat_view *v, const struct sample_seat *s)
{
	const struct cadre_worker_view *w = &s->view.newest;
	bool speaks = s->lives && s->speaks;
	uint64_t stalled = 0;
	const char *cause = sample_stall(v->now, s, &stalled);

	return json_pack("{s:o, s:o, s:o, s:b, s:o, s:o, s:s?, s:o}",
	    "load", speaks ? json_integer(w->load) : json_null(),
	    "assigned", json_u64_if(speaks, w->assigned),
	    "gate", speaks ? json_string(gate_name(w->gate)) : json_null(),
	    "full", (int)sample_full(s),
	    "queue", json_u64_if(s->known, w->life.queue),
	    "queue_age_ns", json_u64_if(w->life.queue_since_ns != 0,
	    sample_age(v->now, w->life.queue_since_ns)),
	    "stall_cause", cause != NULL && cause[0] != '\0' ? cause : NULL,
	    "messages", messages_json(s));
}

/* What was added to them. */
static json_t *
more_json(const struct stat_view *v, const struct sample_seat *s)
{
	const struct cadre_shm_life *life = &s->view.newest.life;
	bool ready = life->ready_ns > life->spawned_ns, has_busy, has_rate;
	bool ever = s->known && s->view.has_newest;
	double busy = 0, rate = 0;
	uint64_t now = v->now->now_ns;
	int seat = (int)s->view.seat;

	has_busy = sample_busy(v->before, v->now, seat, v->busy_ns, &busy);
	has_rate = sample_rate(v->before, v->now, seat, v->requests, &rate);
	return json_pack("{s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b,"
	    " s:o, s:b}",
	    "alive", (int)s->lives,
	    "age_ns", json_u64_if(s->lives && now >= life->spawned_ns,
	    now - life->spawned_ns),
	    "ready_after_ns", json_u64_if(ready,
	    life->ready_ns - life->spawned_ns),
	    "open", json_u64_if(!ever || s->speaks, s->open),
	    "busy", json_part_if(has_busy, busy, 100),
	    "requests_per_s", json_part_if(has_rate, rate, 1),
	    "tries", json_u64(life->tries),
	    "respawn_in_ns", json_u64_if(s->view.state == CADRE_STATE_BACKOFF,
	    life->respawn_ns > now ? life->respawn_ns - now : 0),
	    "stalled_for_ns", json_u64_if(life->stalled_ns != 0 && s->lives &&
	    now >= life->stalled_ns, now - life->stalled_ns),
	    "program", (life->flags & CADRE_LIFE_PROGRAM) != 0,
	    "attached", ever ? json_boolean(s->speaks) : json_null(),
	    "doubtful", (int)s->view.newest.doubtful);
}

static json_t *
seat_json(const struct stat_view *v, const struct sample_seat *s)
{
	json_t *j = worker_json(v, s), *more = more_json(v, s);
	json_t *intake = intake_json(v, s);

	if (j == NULL || json_object_update(j, more) < 0 ||
	    json_object_update(j, intake) < 0) {
		json_decref(j);
		j = NULL;
	}
	json_decref(more);
	json_decref(intake);
	return j;
}

/* The sums, null where no worker has ever added to one. */
static json_t *
totals_json(const struct stat_view *v)
{
	const struct sample *s = v->now;
	struct cadre_shm_metric m;
	json_t *totals;
	char name[4 * CADRE_NAME_BYTES];

	totals = json_values(v->region, s->totals, s->metrics, true);
	for (unsigned int i = 0; totals != NULL && i < s->metrics; i++) {
		if (sample_counts(s, i) ||
		    cadre_region_metric(v->region, i, &m) < 0)
			continue;
		text_escape(m.name, sizeof(m.name), name, sizeof(name));
		if (json_object_get(totals, name) != NULL)
			json_set(totals, name, json_null());
	}
	return totals;
}

json_t *
stat_json(const struct stat_view *v)
{
	const struct cadre_app *app = &v->now->app;
	uint64_t now = v->now->now_ns, made = app->created_mono_ns;
	json_t *seats = json_array();
	unsigned int uid;
	int apart = sample_apart(v->now, &uid);

	for (unsigned int i = 0; i < v->now->seats; i++) {
		if ((v->all || sample_listed(v->now, i)) &&
		    json_array_append_new(seats,
		    seat_json(v, &v->now->seat[i])) < 0) {
			json_decref(seats);
			return NULL;
		}
	}
	return json_pack("{s:o, s:s, s:o, s:o, s:o, s:o, s:i, s:i, s:o, s:o,"
	    " s:o, s:I, s:o, s:o, s:o, s:o, s:o}",
	    "app", json_bytes(app->name, sizeof(app->name)),
	    "state", verb_state(app),
	    "master_pid", json_integer(app->master_pid),
	    "seats", seats,
	    "totals", totals_json(v),
	    "master_beat_age_ns", json_u64(app->beat_age_ns),
	    "workers", (int)app->workers,
	    "max_workers", (int)app->max_workers,
	    "uptime_ns", json_u64(now > made ? now - made : 0),
	    "region_bytes", json_u64(app->bytes),
	    "listeners", json_listeners(v->region, now),
	    "missing_slots", (json_int_t)app->missing,
	    "acceptor_pid", json_u64_if(app->acceptor_pid > 0,
	    (uint64_t)app->acceptor_pid),
	    "acceptor_restarts", json_u64(app->acceptor_restarts),
	    "shed", json_u64(sample_shed(v->now, v->region)),
	    "refused", json_u64(sample_refused(v->now, v->region)),
	    "apart", apart < 0 ? json_null() : json_boolean(apart));
}
