/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A held request is woken by http_wake(), and answered behind the events of the
 * turn: what brings it a frame may be a handler of the mailbox, which must not
 * close anything.
 */
#include "examples/rooms/longpoll.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sys/random.h>

#define SILENT_MS	60000	/* then the client is gone */
#define IDLE_MS		5000	/* then it makes room, if there is none */
#define COOKIE_MAX	16		/* sessions of one browser */
#define LOOK_MS		5000	/* at each of them */
#define DRAIN_LOOK_MS	20
#define ANSWER_BYTES	65536	/* of frames, in one answer; or one frame */

void
longpolls_begin(struct longpolls *set)
{
	TAILQ_INIT(&set->all);
}

void
longpoll_answer(struct http_conn *c, const char *status, const char *cookie,
    char *text)
{
	static char none[] = "{}";
	struct http_body body = { .text = text, .owned = text };
	char fields[256];

	if (text == NULL)
		body.text = none;	/* no memory, or nothing to say */
	body.bytes = strlen(body.text);
	snprintf(fields, sizeof(fields), "Content-Type: application/json\r\n"
	    "Cache-Control: no-store\r\n");
	if (cookie != NULL)
		snprintf(fields + strlen(fields), sizeof(fields) -
		    strlen(fields), "Set-Cookie: %s; Path=/poll; HttpOnly; "
		    "SameSite=Strict\r\n", cookie);
	http_answer_long(c, status, fields, body);
}

static void
frames_drop(struct session *s, uint64_t up_to)
{
	struct frame *f;

	while ((f = STAILQ_FIRST(&s->frames)) != NULL && f->number <= up_to) {
		STAILQ_REMOVE_HEAD(&s->frames, link);
		s->bytes -= f->bytes;
		free(f);
	}
}

static void
wake(struct session *s)
{
	if (s->held == NULL)
		return;
	s->held->user = NULL;	/* it looks for us again by its cookie */
	http_wake(s->held);
	s->held = NULL;
}

static void
on_tell(struct member *m, const char *text, size_t n)
{
	struct session *s = (struct session *)m;
	struct frame *f = NULL;

	if (s->lost)
		return;
	if (s->bytes + n <= s->set->queue_bytes)
		f = malloc(sizeof(*f) + n);
	if (f == NULL) {
		s->lost = true;		/* ended by the next tick */
		frames_drop(s, UINT64_MAX);
		wake(s);
		return;
	}
	f->number = ++s->last;
	f->bytes = n;
	memcpy(f->text, text, n);
	STAILQ_INSERT_TAIL(&s->frames, f, link);
	s->bytes += n;
	wake(s);
}

/* By cid alone: a page has one session. */
static struct session *
find(struct longpolls *set, const char *cid)
{
	struct session *s;

	TAILQ_FOREACH(s, &set->all, link)
		if (strcmp(s->cid, cid) == 0)
			return s;
	return NULL;
}

struct session *
longpoll_find(struct longpolls *set, const char *cid, const char *cookie)
{
	struct session *s = find(set, cid);

	return s != NULL && !s->lost && strcmp(s->cookie, cookie) == 0 ?
	    s : NULL;
}

/*
 * Who opens sessions and never asks for news must not keep out who does. NULL:
 * all are asked.
 */
static struct session *
spare(const struct longpolls *set)
{
	uint64_t now = room_clock_ms(CLOCK_MONOTONIC);
	struct session *s, *found = NULL;

	TAILQ_FOREACH(s, &set->all, link) {
		if (s->held != NULL ||
		    (s->polled && now < s->asked_ms + IDLE_MS))
			continue;
		if (found == NULL || (found->polled && !s->polled) ||
		    (found->polled == s->polled &&
		    s->asked_ms < found->asked_ms))
			found = s;
	}
	return found;
}

/* The oldest of that cookie, if it has as many as it may. */
static struct session *
too_many(const struct longpolls *set, const char *cookie)
{
	struct session *s, *first = NULL;
	unsigned int n = 0;

	TAILQ_FOREACH(s, &set->all, link)
		if (strcmp(s->cookie, cookie) == 0 && n++ == 0)
			first = s;
	return n >= COOKIE_MAX ? first : NULL;
}

struct session *
longpoll_open(struct longpolls *set, const char *cid, const char *cookie)
{
	struct session *s = find(set, cid);

	if (s != NULL && strcmp(s->cookie, cookie) != 0)
		return NULL;
	if (s == NULL)
		s = too_many(set, cookie);
	if (s == NULL && set->n >= set->max)
		s = spare(set);
	if (s != NULL)
		longpoll_end(s);
	if (set->draining || set->n >= set->max ||
	    strlen(cid) >= sizeof(s->cid) ||
	    strlen(cookie) >= sizeof(s->cookie) ||
	    (s = calloc(1, sizeof(*s))) == NULL)
		return NULL;
	s->member.tell = on_tell;
	s->set = set;
	strcpy(s->cid, cid);
	strcpy(s->cookie, cookie);
	STAILQ_INIT(&s->frames);
	s->asked_ms = room_clock_ms(CLOCK_MONOTONIC);
	TAILQ_INSERT_TAIL(&set->all, s, link);
	set->n++;
	return s;
}

/* A connection that waits for it gets 410 when it is resumed. */
void
longpoll_end(struct session *s)
{
	wake(s);
	room_leave(&s->member);
	frames_drop(s, UINT64_MAX);
	TAILQ_REMOVE(&s->set->all, s, link);
	s->set->n--;
	s->set->ended(s, s->lost);
	free(s);
}

/* {"last":N,"frames":[...]}: what is there, up to so many bytes. */
static char *
frames_text(const struct session *s, uint64_t after)
{
	uint64_t last = after;
	size_t bytes = 0;
	struct frame *f;
	char *text = NULL;
	FILE *out = open_memstream(&text, &(size_t){ 0 });

	if (out == NULL)
		return NULL;
	fputs("{\"frames\":[", out);
	STAILQ_FOREACH(f, &s->frames, link) {
		if (bytes > 0 && bytes + f->bytes > ANSWER_BYTES)
			break;
		fprintf(out, "%s%.*s", bytes > 0 ? "," : "", (int)f->bytes,
		    f->text);
		bytes += f->bytes;
		last = f->number;
	}
	fprintf(out, "],\"last\":%llu}", (unsigned long long)last);
	if (fclose(out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

void
longpoll_ask(struct session *s, struct http_conn *c, uint64_t after)
{
	if (c->resumed)
		longpoll_gone(c);
	else {
		s->asked_ms = room_clock_ms(CLOCK_MONOTONIC);
		s->polled = true;
		wake(s);	/* one at a time: the older has its answer */
		frames_drop(s, after);
	}
	if (c->resumed || !STAILQ_EMPTY(&s->frames)) {
		longpoll_answer(c, "200 OK", NULL, frames_text(s, s->last));
		return;
	}
	s->held = c;
	c->user = s;
	http_hold(c, s->set->hold_ms);
}

void
longpoll_gone(struct http_conn *c)
{
	struct session *s = c->user;

	if (s != NULL && s->held == c)
		s->held = NULL;
	c->user = NULL;
}

void
longpolls_drain(struct longpolls *set, uint64_t from_ms, uint64_t until_ms)
{
	uint64_t span = until_ms > from_ms ? until_ms - from_ms : 1, lot = 0;
	struct session *s;

	set->draining = true;
	TAILQ_FOREACH(s, &set->all, link) {
		if (getrandom(&lot, sizeof(lot), GRND_NONBLOCK) < 0)
			lot = (uint64_t)(uintptr_t)s / sizeof(*s);
		s->due_ms = from_ms + lot % span;
	}
}

int
longpolls_tick(struct longpolls *set)
{
	uint64_t now;
	struct session *s, *next;

	if (TAILQ_EMPTY(&set->all))
		return -1;
	now = room_clock_ms(CLOCK_MONOTONIC);
	for (s = TAILQ_FIRST(&set->all); s != NULL; s = next) {
		next = TAILQ_NEXT(s, link);
		if (s->held != NULL)
			s->asked_ms = now;
		if (s->lost || now > s->asked_ms + SILENT_MS ||
		    (s->due_ms != 0 && now >= s->due_ms))
			longpoll_end(s);
	}
	return TAILQ_EMPTY(&set->all) ? -1 :
	    set->draining ? DRAIN_LOOK_MS : LOOK_MS;
}
