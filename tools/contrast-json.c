/* SPDX-License-Identifier: BSD-2-Clause */
/* What was measured, for programs. Keys are only ever added: cadre(1). */
#include <stdlib.h>
#include <string.h>

#include <cadre/cadre.h>

#include "tools/contrast.h"
#include "tools/json.h"

static json_t *
part_ns(double ns)
{
	return json_part_if(true, ns, 1);
}

static json_t *
calls_json(const struct run *r)
{
	double n = (double)r->figure[TELLS_UPDATES];

	return json_pack("{s:o, s:o, s:o}",
	    "tells_calls", json_part_if(r->counted,
	    (double)r->tells.calls / n, 1),
	    "knows_calls", json_part_if(r->counted,
	    (double)r->knows.calls / n, 1),
	    "bytes_moved", json_part_if(r->counted,
	    (double)(r->tells.bytes + r->knows.bytes) / n, 1));
}

static json_t *
known_json(const struct run *r)
{
	const uint64_t *v = r->figure;
	bool aged = v[KNOWS_LOOKS] > 0;
	bool killed = r->event != NULL && strcmp(r->event, "kill") == 0;

	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, "
	    "s:o, s:o}",
	    "looks", json_u64(v[KNOWS_LOOKS]),
	    "seen", json_u64(v[KNOWS_SEEN]),
	    "age_p50_ns", json_u64_if(aged, v[KNOWS_AGE_P50_NS]),
	    "age_p99_ns", json_u64_if(aged, v[KNOWS_AGE_P99_NS]),
	    "noticed_p50_ns", json_u64_if(aged, v[KNOWS_NOTICED_P50_NS]),
	    "noticed_p99_ns", json_u64_if(aged, v[KNOWS_NOTICED_P99_NS]),
	    "oldest_ns", json_u64_if(aged, v[KNOWS_OLDEST_NS]),
	    "stuck_ns", json_u64_if(v[KNOWS_STUCK_NS] != 0,
	    v[KNOWS_STUCK_NS]),
	    "back_age_ns", json_u64_if(v[KNOWS_BACK_AGE_NS] != 0,
	    v[KNOWS_BACK_AGE_NS]),
	    "fresh_ns", json_u64_if(v[KNOWS_BACK_AGE_NS] != 0,
	    v[KNOWS_FRESH_NS]),
	    "known", json_u64_if(killed, v[KNOWS_KNOWN]),
	    "counted", json_u64_if(killed, v[KNOWS_COUNTED]));
}

static json_t *
run_json(const struct run *r)
{
	json_t *run = json_pack("{s:s, s:s, s:s?, s:i, s:o, s:o, s:o, s:o, "
	    "s:o}",
	    "part", contrast_part(r->part),
	    "way", contrast_way(r->way),
	    "event", r->event,
	    "workers", (int)r->workers,
	    "rate", json_u64(r->rate),
	    "updates", json_u64(r->figure[TELLS_UPDATES]),
	    "refused", json_u64(r->figure[TELLS_REFUSED]),
	    "tells_ns", part_ns(contrast_tell_ns(r)),
	    "knows_ns", part_ns(contrast_know_ns(r)));
	json_t *calls = calls_json(r), *known = known_json(r);

	if (json_object_update(run, calls) < 0 ||
	    json_object_update(run, known) < 0) {
		json_decref(run);
		run = NULL;
	}
	json_decref(calls);
	json_decref(known);
	return run;
}

static json_t *
ratio_json(const struct contrast *c, enum way dear, enum way cheap)
{
	double ratio = contrast_ratio(c, dear, cheap);

	return json_part_if(ratio > 0, ratio, 1);
}

json_t *
contrast_json(const struct contrast *c)
{
	json_t *runs = json_array();

	for (unsigned int i = 0; i < c->runs; i++)
		if (c->run[i].done &&
		    json_array_append_new(runs, run_json(&c->run[i])) < 0) {
			json_decref(runs);
			return NULL;
		}
	return json_pack("{s:s, s:s, s:i, s:f, s:f, s:s?, s:s?, s:s?, s:o, "
	    "s:o, s:o}",
	    "cadre", cadre_version(),
	    "kernel", c->kernel,
	    "processors", (int)c->processors,
	    "load", c->load,
	    "seconds", c->seconds,
	    "node", c->no_node == NULL ? c->node : NULL,
	    "without_node", c->no_node,
	    "without_calls", c->no_calls,
	    "ratio_number", ratio_json(c, WAY_FACT, WAY_COUNTER),
	    "ratio_health", ratio_json(c, WAY_CHANGE, WAY_REGION),
	    "runs", runs);
}
