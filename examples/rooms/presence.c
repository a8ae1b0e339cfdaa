/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who is in a room, over all workers. Each publishes how many it has there when
 * that changes, not who came or went: a record that is lost is made good by the
 * next. Of a worker that was killed the master tells (chat.c).
 */
#include "examples/rooms/presence.h"

#include <stdlib.h>
#include <time.h>

#define WHO_MS		200	/* between two tellings of who is there */
#define ELSEWHERE_MAX	10000	/* in all rooms together */
#define GONE		64
#define ROOMS_LENT	(ROOMS_MAX / 4)	/* held here by one worker elsewhere */

static struct cadre_worker *worker;
static TAILQ_HEAD(, room) due = TAILQ_HEAD_INITIALIZER(due);
static unsigned int nelsewhere, ngone;
static uint64_t next_who_ms, gone[GONE];

void
presence_changed(struct room *r, bool ours)
{
	r->ours |= ours;
	if (!r->is_due)
		TAILQ_INSERT_TAIL(&due, r, due);
	r->is_due = true;
}

static void
elsewhere_free(struct elsewhere *e)
{
	LIST_REMOVE(e, link);
	json_decref(e->names);
	free(e);
	nelsewhere--;
}

/* What it had published may be read after that it has ended. */
static bool
is_gone(uint64_t generation)
{
	for (int i = 0; i < GONE; i++)
		if (gone[i] == generation)
			return true;
	return false;
}

static struct elsewhere *
elsewhere_find(const struct room *r, uint64_t generation)
{
	struct elsewhere *e;

	LIST_FOREACH(e, &r->elsewhere, link)
		if (e->generation == generation)
			break;
	return e;
}

/* So many rooms are here for the sake of that worker. */
static unsigned int
lent(uint64_t generation)
{
	unsigned int n = 0;
	struct room *r;

	TAILQ_FOREACH(r, &rooms, used)
		n += r->nmembers == 0 && elsewhere_find(r, generation) != NULL;
	return n;
}

static struct elsewhere *
elsewhere_get(struct room *r, uint64_t generation)
{
	struct elsewhere *e;

	if ((e = elsewhere_find(r, generation)) != NULL)
		return e;
	if ((r->nmembers == 0 && lent(generation) >= ROOMS_LENT) ||
	    nelsewhere == ELSEWHERE_MAX ||
	    (e = calloc(1, sizeof(*e))) == NULL)
		return NULL;
	e->generation = generation;
	LIST_INSERT_HEAD(&r->elsewhere, e, link);
	nelsewhere++;
	return e;
}

static bool
are_names(const json_t *names)
{
	size_t n = json_array_size(names);
	json_t *name;

	for (size_t i = 0; i < n; i++) {
		name = json_array_get(names, i);
		if (!json_is_string(name) ||
		    json_string_length(name) > ROOM_NAME_BYTES)
			return false;
	}
	return names != NULL && n <= ROOM_NAMES;
}

/* {"room", "count", "names"} of another worker: what it said last is void. */
static void
on_here(struct cadre_mailbox *mailbox, const struct cadre_news *news, void *arg)
{
	json_t *j = json_loadb(news->bytes, news->n, 0, NULL);
	const char *name = room_words(j, "room", ROOM_NAME_BYTES);
	json_t *names = json_object_get(j, "names");
	int64_t count = json_integer_value(json_object_get(j, "count"));
	struct elsewhere *e = NULL;
	struct room *r = NULL;

	(void)mailbox;
	(void)arg;
	if (name != NULL && count >= 0 && are_names(names) &&
	    !is_gone(news->generation))
		r = count > 0 ? room_get(name) : room_find(name);
	if (r != NULL)
		e = elsewhere_get(r, news->generation);
	if (r != NULL && e == NULL)
		room_drop(r);
	if (e != NULL) {
		json_decref(e->names);
		e->names = json_incref(names);
		if ((e->count = count) == 0)
			elsewhere_free(e);
		presence_changed(r, false);
	}
	json_decref(j);
}

void
presence_gone(uint64_t generation)
{
	struct elsewhere *e, *next;
	struct room *r;

	TAILQ_FOREACH(r, &rooms, used)
		for (e = LIST_FIRST(&r->elsewhere); e != NULL; e = next) {
			next = LIST_NEXT(e, link);
			if (e->generation != generation)
				continue;
			elsewhere_free(e);
			presence_changed(r, false);
		}
	gone[ngone++ % GONE] = generation;
}

static json_t *
names_here(const struct room *r)
{
	json_t *names = json_array();
	struct member *m;

	LIST_FOREACH(m, &r->members, link)
		if (json_array_size(names) < ROOM_NAMES)
			json_array_append_new(names, json_string(m->name));
	return names;
}

static void
publish_here(struct room *r)
{
	size_t n;
	char *text = room_text(json_pack("{sssiso}", "room", r->name, "count",
	    (int)r->nmembers, "names", names_here(r)), &n);

	r->ours = false;
	if (text != NULL)
		(void)cadre_mailbox_publish(cadre_worker_mailbox(worker),
		    "here", text, n, CADRE_SCOPE_SIBLINGS);
	free(text);
}

void
presence_forget(struct room *r)
{
	if (r->ours)
		publish_here(r);
	while (!LIST_EMPTY(&r->elsewhere))
		elsewhere_free(LIST_FIRST(&r->elsewhere));
	if (r->is_due)
		TAILQ_REMOVE(&due, r, due);
	r->is_due = false;
}

void
presence_publish(void)
{
	struct room *r;

	TAILQ_FOREACH(r, &rooms, used)
		if (r->nmembers > 0)
			publish_here(r);
}

/* Of all workers together. */
static void
tell_who(struct room *r)
{
	json_t *names = names_here(r), *name;
	int64_t count = r->nmembers;
	struct elsewhere *e;
	size_t i, n;
	char *text;

	LIST_FOREACH(e, &r->elsewhere, link) {
		count += e->count;
		json_array_foreach(e->names, i, name)
			if (json_array_size(names) < ROOM_NAMES)
				json_array_append(names, name);
	}
	text = room_text(json_pack("{sssIso}", "t", "who", "count",
	    (json_int_t)count, "names", names), &n);
	if (text != NULL)
		room_tell(r, text, n);
	free(text);
}

int
presence_due_ms(void)
{
	uint64_t now;

	if (TAILQ_EMPTY(&due))
		return -1;
	now = room_clock_ms(CLOCK_MONOTONIC);
	return now < next_who_ms ? (int)(next_who_ms - now) : 0;
}

void
presence_tick(void)
{
	struct room *r;

	if (presence_due_ms() != 0)
		return;
	next_who_ms = room_clock_ms(CLOCK_MONOTONIC) + WHO_MS;
	while ((r = TAILQ_FIRST(&due)) != NULL) {
		TAILQ_REMOVE(&due, r, due);
		r->is_due = false;
		if (r->ours)
			publish_here(r);
		tell_who(r);
		room_drop(r);
	}
}

int
presence_begin(struct cadre_worker *w)
{
	worker = w;
	return cadre_mailbox_subscribe(cadre_worker_mailbox(w), "here", on_here,
	    NULL);
}
