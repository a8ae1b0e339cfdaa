/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A line is JSON text that is made once, by the worker that was told it, and
 * then published, kept and sent as it is. It has a name of its own, (from, n):
 * who is told it twice, on a way that was lost in between, knows it again.
 */
#include "examples/rooms/room.h"

#include <nettle/sha1.h>

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "examples/rooms/presence.h"

#define N_MAX		INT64_C(9007199254740992)

static struct cadre_worker *worker;
static struct rooms_metrics metrics;
static void *tree;
static unsigned int nrooms;
struct rooms rooms = TAILQ_HEAD_INITIALIZER(rooms);

uint64_t
room_clock_ms(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

char *
room_text(json_t *j, size_t *ret_bytes)
{
	char *text = j != NULL ? json_dumps(j, JSON_COMPACT) : NULL;

	json_decref(j);
	if (text != NULL)
		*ret_bytes = strlen(text);
	return text;
}

static int
compare(const void *a, const void *b)
{
	return strcmp(((const struct room *)a)->name,
	    ((const struct room *)b)->name);
}

struct room *
room_find(const char *name)
{
	struct room key, **found;

	if (strlen(name) > ROOM_NAME_BYTES)
		return NULL;
	strcpy(key.name, name);
	found = tfind(&key, &tree, compare);
	return found != NULL ? *found : NULL;
}

static void
line_free(struct room *r, struct line *l)
{
	TAILQ_REMOVE(&r->lines, l, link);
	r->nlines--;
	free(l);
}

static void
room_free(struct room *r)
{
	while (!TAILQ_EMPTY(&r->lines))
		line_free(r, TAILQ_FIRST(&r->lines));
	tdelete(r, &tree, compare);
	TAILQ_REMOVE(&rooms, r, used);
	nrooms--;
	free(r);
}

void
room_drop(struct room *r)
{
	if (r->nmembers == 0 && r->nlines == 0 && !r->is_due &&
	    LIST_EMPTY(&r->elsewhere))
		room_free(r);
}

/* The longest unused; lent: members elsewhere do not count. NULL: none. */
static struct room *
spare(bool lent)
{
	struct room *r;

	TAILQ_FOREACH(r, &rooms, used)
		if (r->nmembers == 0 && (lent || (!r->is_due &&
		    LIST_EMPTY(&r->elsewhere))))
			break;
	return r;
}

static struct room *
get(const char *name, bool lent)
{
	struct room *r = room_find(name);

	if (r != NULL) {
		TAILQ_REMOVE(&rooms, r, used);
		TAILQ_INSERT_TAIL(&rooms, r, used);
		return r;
	}
	if (nrooms == ROOMS_MAX) {
		r = spare(false);
		if (r == NULL && lent)
			r = spare(true);
		if (r == NULL)
			return NULL;
		presence_forget(r);
		room_free(r);
	}
	r = calloc(1, sizeof(*r));
	if (r == NULL)
		return NULL;
	strcpy(r->name, name);
	TAILQ_INIT(&r->lines);
	if (tsearch(r, &tree, compare) == NULL) {
		free(r);
		return NULL;
	}
	TAILQ_INSERT_TAIL(&rooms, r, used);
	nrooms++;
	return r;
}

struct room *
room_get(const char *name)
{
	return get(name, false);
}

struct room *
room_after(const char *name)
{
	struct room *r, *next = NULL;

	TAILQ_FOREACH(r, &rooms, used)
		if (strcmp(r->name, name) > 0 && !TAILQ_EMPTY(&r->lines) &&
		    (next == NULL || strcmp(r->name, next->name) < 0))
			next = r;
	return next;
}

/* Text of 1 to max bytes that shows: no control bytes but, at most, spaces. */
const char *
room_words(const json_t *j, const char *key, size_t max)
{
	const char *text = json_string_value(json_object_get(j, key));

	if (text == NULL || *text == '\0' || strlen(text) > max)
		return NULL;
	for (const char *p = text; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			return NULL;
	return text[strspn(text, " ")] != '\0' ? text : NULL;
}

void
room_tell(struct room *r, const char *text, size_t n)
{
	struct member *m;

	LIST_FOREACH(m, &r->members, link)
		m->tell(m, text, n);
}

static void
tell(struct member *m, json_t *j)
{
	size_t n;
	char *text = room_text(j, &n);

	if (text != NULL)
		m->tell(m, text, n);
	free(text);
}

static struct line *
line_find(struct room *r, const char *from, int64_t n)
{
	struct line *l;

	TAILQ_FOREACH_REVERSE(l, &r->lines, lines, link)
		if (l->n == n && strcmp(l->from, from) == 0)
			break;
	return l;
}

/* In its place, mostly the last; the oldest goes. False: it is too old. */
static bool
line_keep(struct room *r, const char *from, int64_t n, int64_t at_ms,
    const char *text, size_t bytes)
{
	struct line *l, *before;

	TAILQ_FOREACH_REVERSE(before, &r->lines, lines, link)
		if (before->at_ms <= at_ms)
			break;
	if (before == NULL && r->nlines == ROOM_LINES)
		return false;
	l = malloc(sizeof(*l) + bytes);
	if (l == NULL)
		return false;
	strcpy(l->from, from);
	l->n = n;
	l->at_ms = at_ms;
	l->bytes = bytes;
	memcpy(l->text, text, bytes);
	if (before != NULL)
		TAILQ_INSERT_AFTER(&r->lines, before, l, link);
	else
		TAILQ_INSERT_HEAD(&r->lines, l, link);
	if (++r->nlines > ROOM_LINES)
		line_free(r, TAILQ_FIRST(&r->lines));
	return true;
}

/* Another worker's word: it is looked at as a client's is. */
bool
rooms_take(const json_t *j, const char *text, size_t bytes)
{
	const char *name = room_words(j, "room", ROOM_NAME_BYTES);
	const char *from = room_words(j, "from", ROOM_FROM_BYTES);
	int64_t n = json_integer_value(json_object_get(j, "n"));
	int64_t at_ms = json_integer_value(json_object_get(j, "at"));
	struct room *r;

	if (name == NULL || from == NULL || n <= 0 || at_ms <= 0 ||
	    room_words(j, "text", ROOM_TEXT_BYTES) == NULL ||
	    room_words(j, "name", ROOM_NAME_BYTES) == NULL)
		return false;
	if ((r = room_get(name)) == NULL) {
		cadre_counter_add(metrics.drops, 1);
		return true;
	}
	if (line_find(r, from, n) == NULL &&
	    line_keep(r, from, n, at_ms, text, bytes))
		room_tell(r, text, bytes);
	return true;
}

static void
on_line(struct cadre_mailbox *mailbox, const struct cadre_news *news, void *arg)
{
	json_t *j = json_loadb(news->bytes, news->n, 0, NULL);

	(void)mailbox;
	(void)arg;
	if (!rooms_take(j, news->bytes, news->n))
		cadre_counter_add(metrics.drops, 1);
	json_decref(j);
}

/* Others see who says something, but cannot say it in his name. */
static bool
from_of(const char *cid, char *from)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t digest[ROOM_FROM_BYTES / 2];
	struct sha1_ctx sha1;

	if (cid == NULL || strlen(cid) != ROOM_CID_BYTES ||
	    strspn(cid, digits) != ROOM_CID_BYTES)
		return false;
	sha1_init(&sha1);
	sha1_update(&sha1, ROOM_CID_BYTES, (const uint8_t *)cid);
	sha1_digest(&sha1, sizeof(digest), digest);
	for (unsigned int i = 0; i < ROOM_FROM_BYTES; i++)
		from[i] = digits[digest[i / 2] >> (i % 2 * 4) & 15];
	from[ROOM_FROM_BYTES] = '\0';
	return true;
}

/* Where somebody is, here or elsewhere; those used last. */
static json_t *
rooms_taken(void)
{
	json_t *names = json_array();
	struct room *r;

	TAILQ_FOREACH_REVERSE(r, &rooms, rooms, used)
		if ((r->nmembers > 0 || !LIST_EMPTY(&r->elsewhere)) &&
		    json_array_size(names) < ROOM_NAMES)
			json_array_append_new(names, json_string(r->name));
	return names;
}

int
room_join(struct member *m, const json_t *hello)
{
	const char *name = room_words(hello, "name", ROOM_NAME_BYTES);
	const char *room = room_words(hello, "room", ROOM_NAME_BYTES);
	const char *cid = json_string_value(json_object_get(hello, "cid"));
	struct line *l;
	struct room *r;

	if (name == NULL || room == NULL || !from_of(cid, m->from))
		return -EINVAL;
	if ((r = get(room, true)) == NULL)
		return -ENOSPC;
	room_leave(m);
	strcpy(m->name, name);
	m->room = r;
	LIST_INSERT_HEAD(&r->members, m, link);
	r->nmembers++;
	presence_changed(r, true);
	tell(m, json_pack("{sssssssisisIso}", "t", "welcome", "room", room,
	    "from", m->from, "seat", (int)cadre_worker_seat(worker), "pid",
	    (int)getpid(), "generation",
	    (json_int_t)cadre_worker_generation(worker), "rooms",
	    rooms_taken()));
	TAILQ_FOREACH(l, &r->lines, link)
		m->tell(m, l->text, l->bytes);
	return 0;
}

void
room_leave(struct member *m)
{
	struct room *r = m->room;

	if (r == NULL)
		return;
	LIST_REMOVE(m, link);
	r->nmembers--;
	m->room = NULL;
	presence_changed(r, true);
}

int
room_say(struct member *m, const json_t *say)
{
	const char *words = room_words(say, "text", ROOM_TEXT_BYTES);
	int64_t n = json_integer_value(json_object_get(say, "n"));
	int64_t at_ms = (int64_t)room_clock_ms(CLOCK_REALTIME);
	size_t bytes;
	char *text;
	int err;

	if (m->room == NULL || words == NULL || n <= 0 || n > N_MAX)
		return -EINVAL;
	if (line_find(m->room, m->from, n) == NULL) {
		text = room_text(json_pack("{sssssssIsIssss}", "t", "line",
		    "room", m->room->name, "from", m->from, "n", (json_int_t)n,
		    "at", (json_int_t)at_ms, "name", m->name, "text", words),
		    &bytes);
		if (text == NULL)
			return -ENOMEM;
		err = cadre_mailbox_publish(cadre_worker_mailbox(worker),
		    "lines", text, bytes, CADRE_SCOPE_SIBLINGS);
		if (err == 0) {
			line_keep(m->room, m->from, n, at_ms, text, bytes);
			cadre_counter_add(metrics.messages, 1);
			room_tell(m->room, text, bytes);
		}
		free(text);
		if (err < 0)
			return err;
	}
	tell(m, json_pack("{sssI}", "t", "ack", "n", (json_int_t)n));
	return 0;
}

int
rooms_begin(struct cadre_worker *w, const struct rooms_metrics *m)
{
	struct cadre_mailbox *mailbox = cadre_worker_mailbox(w);

	worker = w;
	metrics = *m;
	return cadre_mailbox_subscribe(mailbox, "lines", on_line, NULL);
}
