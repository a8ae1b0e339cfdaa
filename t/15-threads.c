/* t/15-threads: master, workers and readers of one region race as threads, and nothing that is read is torn */
/* SPDX-License-Identifier: BSD-2-Clause */
/* With ThreadSanitizer no access may race; without, a test like any other. */
#include <pthread.h>
#include <string.h>

#include "t/lib/racers.h"
#include "t/lib/tap.h"

enum { READERS = 3 };

struct reader {
	pthread_t	thread;
	struct cadre_region *region;
	struct cadre_cursor events, health[RACERS];
	uint64_t	jobs;		/* the total that was read last */
	uint64_t	rounds, records, torn, fell;
};

static void
read_rings(struct reader *r, unsigned int i)
{
	struct cadre_shm_health h[16];
	struct cadre_shm_event e[16];
	int n;

	n = cadre_region_events(r->region, &r->events, e, 16);
	for (int k = 0; k < n; k++)
		r->torn += e[k].mono_ns != e[k].pid ||
		    (uint64_t)e[k].text[0] != e[k].pid % 127 ||
		    memcmp(e[k].text, e[k].text + 1, e[k].text_bytes - 1) != 0;
	r->records += (uint64_t)n;
	n = cadre_region_health(r->region, i / 2, i % 2, &r->health[i], h, 16);
	for (int k = 0; k < n; k++)
		r->torn += h[k].turns != h[k].accepted || h[k].open != 0 ||
		    h[k].requests != h[k].accepted;
	r->records += (uint64_t)n;
}

static void
read_figures(struct reader *r, unsigned int i)
{
	uint64_t v[SAMPLE_METRICS], all[SAMPLE_SEATS * SAMPLE_METRICS];
	struct cadre_region *fresh;

	cadre_region_totals(r->region, v, SAMPLE_METRICS);
	r->fell += v[SAMPLE_JOBS] < r->jobs;
	r->jobs = v[SAMPLE_JOBS];
	r->torn += v[SAMPLE_DEPTH] % 7 != 0 || v[SAMPLE_DEPTH] > 7 * RACERS;
	if (cadre_region_life(r->region, i / 2, i % 2, v, SAMPLE_METRICS) > 0)
		r->torn += v[SAMPLE_JOBS] > RACERS_TURNS;
	cadre_region_values(r->region, i / 2, v, SAMPLE_METRICS);
	cadre_region_snapshot(r->region, all, SAMPLE_METRICS);
	r->torn += all[i / 2 * SAMPLE_METRICS + SAMPLE_JOBS] < v[SAMPLE_JOBS];
	racers_open(&fresh);
	r->fell += cadre_region_totals(fresh, v, 6) < 6 ||
	    v[SAMPLE_JOBS] < r->jobs;
	cadre_region_close(fresh);
}

static void
read_records(struct reader *r, unsigned int i)
{
	int last = cadre_region_metrics(r->region) - 1;
	struct cadre_shm_metric m, want;
	struct cadre_shm_health now;
	struct cadre_shm_status st;
	struct cadre_seat_view v;
	struct cadre_app app;

	if (cadre_region_status(r->region, i / 2, i % 2, &st) == 0)
		r->torn += st.accepted != st.requests || st.open != 0;
	if (cadre_region_seat(r->region, i / 2, &v) == 0)
		r->torn += v.newest.life.pid != v.newest.life.generation ||
		    v.newest.life.start != v.newest.life.generation;
	if (last >= SAMPLE_METRICS) {
		want = racers_row((unsigned int)last + 1 - SAMPLE_METRICS);
		r->torn += cadre_region_metric(r->region, (unsigned int)last,
		    &m) < 0 || memcmp(&m, &want, sizeof(m)) != 0 ||
		    cadre_region_find(r->region, m.name) != last;
	}
	cadre_region_health_now(r->region, i / 2, i % 2, &now);
	r->torn += now.open > 1;
	cadre_region_app(r->region, &app);
}

static void *
reader(void *arg)
{
	struct reader *r = arg;

	for (; racers_run(); r->rounds++) {
		unsigned int i = (unsigned int)(r->rounds % RACERS);

		read_rings(r, i);
		read_figures(r, i);
		read_records(r, i);
	}
	return NULL;
}

int
main(void)
{
	struct reader readers[READERS] = { 0 };
	struct sample *s = sample_new();

	racers_start(s);
	for (struct reader *r = readers; r < readers + READERS; r++) {
		racers_open(&r->region);
		if (pthread_create(&r->thread, NULL, reader, r) != 0)
			bail_out("no thread");
	}
	for (struct reader *r = readers; r < readers + READERS; r++) {
		pthread_join(r->thread, NULL);
		ok(r->rounds > 0 && r->records > 0, "%lu rounds, %lu records",
		    (unsigned long)r->rounds, (unsigned long)r->records);
		is_u64(r->torn, 0, "nothing was torn");
		is_u64(r->fell, 0, "no total fell");
		cadre_region_close(r->region);
	}
	is_u64(racers_end(), 0, "all was counted");
	sample_free(s);
	return done_testing();
}
