/* SPDX-License-Identifier: BSD-2-Clause */
/* JSON out of shared memory. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tools/delta.h"
#include "tools/json.h"
#include "tools/text.h"

json_t *
json_u64(uint64_t v)
{
	return json_integer(v > INT64_MAX ? INT64_MAX : (json_int_t)v);
}

json_t *
json_u64_if(bool known, uint64_t v)
{
	return known ? json_u64(v) : json_null();
}

json_t *
json_part_if(bool known, double part, double scale)
{
	return known ? json_real(round(part * scale * 100) / 100) : json_null();
}

json_t *
json_bytes(const char *bytes, size_t n)
{
	char escaped[2048];
	size_t length = strnlen(bytes, n);
	json_t *text;

	text = json_stringn(bytes, length);
	if (text != NULL)
		return text;
	text_escape(bytes, length, escaped, sizeof(escaped));
	return json_string(escaped);
}

bool
json_set(json_t *object, const char *key, json_t *value)
{
	return json_object_set_new(object, key, value) == 0;
}

json_t *
json_values(const struct cadre_region *r, const uint64_t *values,
    unsigned int n, bool totals)
{
	json_t *object = json_object(), *value;
	char name[4 * CADRE_NAME_BYTES];
	struct cadre_shm_metric m;

	for (unsigned int i = 0; i < n; i++) {
		if (cadre_region_metric(r, i, &m) < 0)
			continue;
		if (totals && m.aggregate == CADRE_AGGREGATE_NONE)
			continue;
		text_escape(m.name, sizeof(m.name), name, sizeof(name));
		value = m.kind == CADRE_KIND_GAUGE ?
		    json_integer((json_int_t)values[i]) : json_u64(values[i]);
		if (!json_set(object, name, value)) {
			json_decref(object);
			return NULL;
		}
	}
	return object;
}

json_t *
json_unknown(json_t *values)
{
	const char *name;
	json_t *value;

	json_object_foreach(values, name, value)
		if (!json_set(values, name, json_null())) {
			json_decref(values);
			return NULL;
		}
	return values;
}

/* What the acceptor did; it writes that for the listeners it has. */
static json_t *
intake_json(const struct cadre_region *r, unsigned int i)
{
	struct cadre_shm_intake in;

	memset(&in, 0, sizeof(in));
	(void)cadre_region_intake(r, i, &in);
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
	    "accepted", json_u64(in.accepted),
	    "rescued", json_u64(in.rescued),
	    "shed", json_u64(in.shed),
	    "waits", json_u64(in.waits),
	    "failures", json_u64(in.failures),
	    "refused", json_u64(in.refused),
	    "away", json_u64(in.away),
	    "unkeyed", json_u64(in.unkeyed));
}

json_t *
json_listeners(const struct cadre_region *r, uint64_t now_ns)
{
	struct cadre_shm_listener l;
	json_t *array = json_array();

	for (unsigned int i = 0; cadre_region_listener(r, i, &l) == 0; i++)
		json_array_append_new(array, json_pack(
		    "{s:o, s:o, s:b, s:o, s:o, s:o}",
		    "address", json_bytes(l.address, sizeof(l.address)),
		    "mode", json_bytes(l.mode, sizeof(l.mode)),
		    "proxy", (l.flags & CADRE_LISTENER_PROXY) != 0,
		    "queue", json_u64(l.queue),
		    "queue_age_ns", json_u64_if(l.queue_since_ns != 0 &&
		    now_ns >= l.queue_since_ns, now_ns - l.queue_since_ns),
		    "acceptor", intake_json(r, i)));
	return array;
}

static json_t *
delta_json(const struct cadre_shm_health *before,
    const struct cadre_shm_health *now)
{
	struct delta d;

	if (!delta_of(before, now, &d))
		return json_null();
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}",
	    "span_ns", json_u64(d.span_ns),
	    "turns", json_u64(d.turns),
	    "busy_ns", json_u64(d.busy_ns),
	    "accepted", json_u64(d.accepted),
	    "requests", json_u64(d.requests),
	    "errors", json_u64(d.errors));
}

json_t *
json_health(const struct cadre_shm_health *h,
    const struct cadre_shm_health *before, bool live)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:b, s:b,"
	    " s:o}",
	    "mono_ns", json_u64(h->mono_ns),
	    "turns", json_u64(h->turns),
	    "busy_ns", json_u64(h->busy_ns),
	    "accepted", json_u64(h->accepted),
	    "open", json_u64(h->open),
	    "requests", json_u64(h->requests),
	    "errors", json_u64(h->errors),
	    "first", (h->flags & CADRE_HEALTH_FIRST) != 0,
	    "draining", (h->flags & CADRE_HEALTH_DRAINING) != 0,
	    "live", live,
	    "delta", delta_json(before, h));
}

int
json_print(json_t *j)
{
	int err;

	if (j == NULL)
		return -ENOMEM;
	/* ASCII only: some terminals obey the controls at U+0080 to U+009F. */
	err = json_dumpf(j, stdout, JSON_COMPACT | JSON_ENSURE_ASCII |
	    JSON_REAL_PRECISION(15));
	json_decref(j);
	if (err == 0)
		putchar('\n');
	return err == 0 ? 0 : -EIO;
}
