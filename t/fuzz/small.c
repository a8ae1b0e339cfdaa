/* SPDX-License-Identifier: BSD-2-Clause */
/* The small region: its truth, lies about it, and a reader of all of it. */
#include "t/fuzz/small.h"

#include "shm/atomic.h"

#define ROOM		16	/* records, metrics: more than there are */
#define AT(field)	offsetof(struct small_anchor, field)
#define SIZE(field)	sizeof(((struct small_anchor *)NULL)->field)
#define SLOT_AT(field)	offsetof(struct small_slot, field)
#define SLOT_SIZE(field) sizeof(((struct small_slot *)NULL)->field)
#define VALUE(i)	(SLOT_AT(values) + 8 * (i))

static const struct cadre_shm_section sections[SMALL_SECTIONS] = {
#define ANCHOR(type, field, n)						\
	{ CADRE_SECTION_##type, CADRE_OBJECT_ANCHOR, AT(field), SIZE(field), \
	    SIZE(field) / (n), (n), { 0 } }
#define SLOT(type, field, n)						\
	{ CADRE_SECTION_##type, CADRE_OBJECT_SLOT, SLOT_AT(field),	\
	    SLOT_SIZE(field), SLOT_SIZE(field) / (n), (n), { 0 } }
#define ACCEPTOR(type, field, n)					\
	{ CADRE_SECTION_##type, CADRE_OBJECT_ACCEPTOR,			\
	    offsetof(struct small_acceptor, field),			\
	    sizeof(((struct small_acceptor *)NULL)->field),		\
	    sizeof(((struct small_acceptor *)NULL)->field) / (n), (n), { 0 } }
	ANCHOR(SCHEMA, metrics, SMALL_METRICS),
	ANCHOR(SLOTS, rows, SMALL_SLOTS),
	ANCHOR(BASELINES, baselines, SMALL_SLOTS),
	ANCHOR(EVENTS, events, SMALL_EVENTS),
	ANCHOR(LISTENERS, listeners, 2),
	SLOT(HEAD, head, 1),
	SLOT(VALUES, values, 8),
	SLOT(HEALTH, ring, SMALL_RING),
	ACCEPTOR(ASSIGNED, assigned, SMALL_SLOTS),
	ACCEPTOR(INTAKE, intake, 2),
	{ .type = 999, .object = 7, .bytes = UINT64_MAX },
};

static const struct cadre_shm_metric metrics[SMALL_METRICS] = {
#define METRIC(kind, aggregate, on_death, at, name)			\
	{ (kind), (aggregate), (on_death), 0, (at), 8, (name), "ns", "a help", \
	    { 0 } }
	METRIC(CADRE_KIND_COUNTER, CADRE_AGGREGATE_SUM, CADRE_ON_DEATH_KEEP,
	    SLOT_AT(head.turns), "turns"),
	METRIC(CADRE_KIND_GAUGE, CADRE_AGGREGATE_SUM, CADRE_ON_DEATH_ZERO,
	    SLOT_AT(head.open), "open"),
	METRIC(CADRE_KIND_COUNTER, CADRE_AGGREGATE_SUM, CADRE_ON_DEATH_KEEP,
	    VALUE(0), "requests"),
	METRIC(CADRE_KIND_COUNTER, CADRE_AGGREGATE_SUM, CADRE_ON_DEATH_KEEP,
	    VALUE(1), "errors"),
	METRIC(CADRE_KIND_GAUGE, CADRE_AGGREGATE_SUM, CADRE_ON_DEATH_ZERO,
	    VALUE(2), "depth"),
	METRIC(CADRE_KIND_GAUGE, CADRE_AGGREGATE_NONE, CADRE_ON_DEATH_ZERO,
	    VALUE(3), "raw"),
	METRIC(77, CADRE_AGGREGATE_SUM, CADRE_ON_DEATH_KEEP, VALUE(4), "new"),
};

static void
fill_header(struct small_anchor *a)
{
	a->header = (struct cadre_shm_header){
		.magic = CADRE_LAYOUT_MAGIC,
		.endian = CADRE_LAYOUT_ENDIAN,
		.abi_major = CADRE_LAYOUT_MAJOR,
		.abi_minor = CADRE_LAYOUT_MINOR,
		.header_bytes = sizeof(a->header),
		.section_bytes = sizeof(a->sections[0]),
		.sections = SMALL_SECTIONS,
		.sections_offset = AT(sections),
		.anchor_bytes = sizeof(*a),
		.slot_bytes = sizeof(struct small_slot),
		.max_workers = SMALL_SEATS,
		.slots_per_seat = CADRE_SLOTS_PER_SEAT,
		.name = "small",
		.state = CADRE_APP_RUNNING,
		.workers = SMALL_SEATS,
		.beat_ns = 1000,
		.metrics = SMALL_METRICS - 1,
		.events = SMALL_EVENTS + 2,
		.acceptor_pid = 4999,
	};
	memcpy(a->sections, sections, sizeof(sections));
	memcpy(a->metrics, metrics, sizeof(metrics));
}

/* Slot 3 has never had a worker; that of slot 1 drains. */
static void
fill_slot(struct small_anchor *a, struct small_slot *s, unsigned int i)
{
	struct cadre_shm_row *row = &a->rows[i];

	memset(s, 0, sizeof(*s));
	if (i == SMALL_SLOTS - 1)
		return;
	row->count = i;
	row->life[i & 1] = (struct cadre_shm_life){
		.state = i == 1 ? CADRE_STATE_DRAINING : CADRE_STATE_UP,
		.generation = 10 + i, .pid = 4000 + i, .spawned_ns = 500,
		.flags = CADRE_LIFE_ATTACHED |
		    (i == 2 ? CADRE_LIFE_PROGRAM : 0),
	};
	a->baselines[i].head.generation = i;
	s->head.generation = 10 + i;
	s->head.turns = 50;
	s->head.busy_since_ns = i == 0 ? 700 : 0;
	s->head.idle_since_ns = 600;
	s->head.count = 3;
	s->head.healths = SMALL_RING + 3;
	for (uint64_t n = 4; n <= SMALL_RING + 3; n++)
		s->ring[(n - 1) % SMALL_RING] = (struct cadre_shm_health){
			.turns = n, .flags = n << CADRE_HEALTH_BITS,
		};
	for (unsigned int k = 0; k < 8; k++)
		s->values[k] = 100 * i + k;
}

static void
fill_all(struct small_anchor *a, struct small_slot slots[SMALL_SLOTS],
    struct small_acceptor *acceptor)
{
	fill_header(a);
	for (unsigned int i = 0; i < SMALL_SLOTS; i++) {
		fill_slot(a, &slots[i], i);
		acceptor->assigned[i].assigned = 30 + i;
	}
	acceptor->intake[0].accepted = 200;
	strcpy(a->listeners[0].address, "tcp:127.0.0.1:80");
	strcpy(a->listeners[0].mode, "spread");
	for (uint64_t n = 3; n <= SMALL_EVENTS + 2; n++)
		a->events[(n - 1) % SMALL_EVENTS] = (struct cadre_shm_event){
			.number = n, .kind = CADRE_EVENT_DIED + (uint32_t)n,
			.healths = 8, .text_bytes = 20, .text = "last\n\033words",
		};
}

/* Word by word: the second thread may store a last time into one of them. */
void
small_fill(struct small_anchor *a, struct small_slot *slots[SMALL_SLOTS],
    struct small_acceptor *acceptor)
{
	static struct small_anchor truth;
	static struct small_acceptor true_acceptor;
	static struct small_slot true_slots[SMALL_SLOTS];

	if (truth.header.magic == 0)
		fill_all(&truth, true_slots, &true_acceptor);
	shm_copy_in(a, &truth, sizeof(*a));
	shm_copy_in(acceptor, &true_acceptor, sizeof(*acceptor));
	for (unsigned int i = 0; i < SMALL_SLOTS; i++)
		shm_copy_in(slots[i], &true_slots[i], sizeof(*slots[i]));
}

/* What a word is changed to: near the truth, at a limit, or anything. */
static uint64_t
twisted(uint64_t word, struct bytes *in)
{
	unsigned int how = input_byte(in);

	switch (how % 8) {
	case 0: return word ^ UINT64_C(1) << input_byte(in) % 64;
	case 1: return word + input_byte(in) - 128;
	case 2: return UINT64_MAX - input_byte(in);
	case 3: return word | UINT64_C(0xffffffff) << (how & 32);
	case 4: return word & UINT64_C(0xffffffff) << (how & 32);
	case 5: return word << input_byte(in) % 64;
	case 6: return (uint64_t)input_byte(in) << (how & 32) |
	    (word & UINT64_C(0xffffffff) << (32 - (how & 32)));
	default: return input_word(in, 8);
	}
}

unsigned int
small_lies(struct bytes *in, struct small_anchor *a,
    struct small_slot *slots[SMALL_SLOTS], struct small_acceptor *acceptor,
    struct small_lie *lies)
{
	unsigned int n = 0;

	for (unsigned int i = 0; in->left >= 4 && i < SMALL_LIES; i++) {
		unsigned int object = input_byte(in);
		size_t word = (size_t)input_word(in, 2);
		struct small_lie *l = &lies[n];

		if (object % 2 == 0)
			l->at = (uint64_t *)(void *)a +
			    word % (sizeof(*a) / sizeof(uint64_t));
		else if (object / 2 % 16 == 15)
			l->at = (uint64_t *)(void *)acceptor +
			    word % (sizeof(*acceptor) / sizeof(uint64_t));
		else
			l->at = (uint64_t *)(void *)slots[object / 2 %
			    SMALL_SLOTS] + word % (sizeof(struct small_slot) /
			    sizeof(uint64_t));
		l->lie = twisted(shm_load(l->at), in);
		if (object >= 128)
			shm_store(l->at, l->lie);
		else
			n++;
	}
	return n;
}

static uint64_t
read_slot(const struct cadre_region *r, unsigned int seat, unsigned int slot,
    uint64_t next)
{
	struct cadre_shm_health h[ROOM] = { { 0 } };
	struct cadre_shm_status st = { 0 };
	struct cadre_cursor c = { next, 0 };
	uint64_t values[ROOM] = { 0 };
	int n;

	n = cadre_region_life(r, seat, slot, values, ROOM);
	claim(n <= ROOM);
	cadre_region_status(r, seat, slot, &st);
	cadre_region_health_now(r, seat, slot, &h[0]);
	n = cadre_region_health(r, seat, slot, &c, h, ROOM);
	claim(n <= ROOM);
	for (int i = 0; i < n; i++)
		claim(h[i].flags < 1 << CADRE_HEALTH_BITS);
	return values[0] + st.open + h[0].turns;
}

static uint64_t
read_events(const struct cadre_region *r, uint64_t next)
{
	static struct cadre_shm_event e[SMALL_EVENTS];
	struct cadre_cursor c = { next, 0 };
	uint64_t sum = 0;
	char text[200];
	int n;

	n = cadre_region_events(r, &c, e, SMALL_EVENTS);
	claim(n <= SMALL_EVENTS);
	for (int i = 0; i < n; i++) {
		claim(e[i].healths <= CADRE_EVENT_HEALTHS);
		sum += (uint64_t)cadre_event_text(&e[i], text,
		    1 + e[i].tries % sizeof(text)) +
		    strlen(cadre_event_name(e[i].kind));
		claim(text_is_clean(text));
	}
	return sum;
}

static uint64_t
read_schema(const struct cadre_region *r, unsigned int n)
{
	struct cadre_shm_metric m = { 0 };
	uint64_t values[ROOM * SMALL_SEATS], sum = 0;
	int got;

	for (unsigned int i = 0; i <= n && i < ROOM; i++)
		if (cadre_region_metric(r, i, &m) == 0)
			sum += strlen(m.name) + strlen(m.unit) + strlen(m.help);
	got = cadre_region_find(r, "depth");
	claim(got < cadre_region_metrics(r));
	got = cadre_region_totals(r, values, ROOM);
	claim(got >= 0 && got <= ROOM);
	if (cadre_region_snapshot(r, values, n % ROOM) > 0)
		sum += values[0];
	return sum;
}

uint64_t
small_read(const struct cadre_region *r, uint64_t next)
{
	struct cadre_shm_listener l = { .mode = "" };
	struct cadre_shm_intake taken = { 0 };
	struct cadre_seat_view v = { 0 };
	uint64_t values[ROOM], sum = 0;
	struct cadre_app app;

	cadre_region_app(r, &app);
	sum += strlen(app.name) + strlen(cadre_app_state_name(app.state));
	for (unsigned int i = 0; i < 3; i++)
		if (cadre_region_listener(r, i, &l) == 0)
			sum += strlen(l.address) + strlen(l.mode);
	for (unsigned int i = 0; i < 3; i++)
		if (cadre_region_intake(r, i, &taken) == 0)
			sum += taken.accepted + taken.failures;
	sum += read_schema(r, (unsigned int)cadre_region_metrics(r));
	for (unsigned int seat = 0; seat <= SMALL_SEATS; seat++) {
		if (cadre_region_seat(r, seat, &v) == 0)
			sum += strlen(cadre_state_name(v.state)) +
			    strlen(cadre_cause_name(v.newest.life.cause)) +
			    v.newest.turns + (uint64_t)v.newest.load;
		claim(cadre_region_values(r, seat, values, ROOM) <= ROOM);
		for (unsigned int k = 0; k <= CADRE_SLOTS_PER_SEAT; k++)
			sum += read_slot(r, seat, k, next);
	}
	return sum + read_events(r, next);
}
