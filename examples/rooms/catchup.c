/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * By topics, as a worker cannot send to its own seat, where its predecessor is:
 *
 *	ask	{"t":"ask"}			whoever has all, offer
 *		{"t":"ask","any":true}		whoever has something
 *		{"t":"ask","of":G,"after":ROOM}	G, the next room
 *	for-G	{"t":"offer"}, {"t":"old","room":ROOM,"lines":[...]},
 *		{"t":"end"}: to G, the only one that subscribes to that
 *
 * One room at a time, each asked for: no ring is overrun. What is said
 * meanwhile comes as always, and lines know each other by name, so order does
 * not matter.
 * Who drains stays as long as it is asked: it may be the only one.
 */
#include "examples/rooms/catchup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "examples/rooms/presence.h"

#define ANSWER_MS	500	/* for an answer, then ask again */
#define TRIES		6	/* then there is nobody to ask */
#define QUIET_MS	1000	/* not asked for so long: nobody copies */
#define LOSS_MS		1000	/* between two times of asking for loss */
#define OLD_BYTES	60000	/* of lines; a record is 64 KiB at most */

static struct cadre_worker *worker;
static struct cadre_gauge *gauge;
static enum state { ASKING, COPYING, DONE } state;
static uint64_t of, due_ms, asked_ms, lost;
static unsigned int tries;
static char after[ROOM_NAME_BYTES + 1], topic[CADRE_TOPIC_BYTES];

static void
go(enum state to)
{
	state = to;
	cadre_gauge_set(gauge, state != DONE);
}

static void
publish(const char *to, const char *text, size_t n)
{
	(void)cadre_mailbox_publish(cadre_worker_mailbox(worker), to, text, n,
	    CADRE_SCOPE_SIBLINGS);
}

static void
publish_json(const char *to, json_t *j)
{
	size_t n;
	char *text = room_text(j, &n);

	if (text != NULL)
		publish(to, text, n);
	free(text);
}

static void
ask(void)
{
	due_ms = room_clock_ms(CLOCK_MONOTONIC) + ANSWER_MS;
	if (state == COPYING)
		publish_json("ask", json_pack("{sssIss}", "t", "ask", "of",
		    (json_int_t)of, "after", after));
	else
		publish_json("ask", json_pack("{sssb}", "t", "ask", "any",
		    tries > 0));
}

static void
ask_anew(void)
{
	go(ASKING);
	tries = 0;
	after[0] = '\0';
	ask();
}

/* As many of the newest as fit, in their order. */
static void
answer_room(const char *to, const struct room *r)
{
	const struct line *first = NULL, *l;
	json_t *name = json_string(r->name);
	size_t bytes = 0;
	char *quoted = name != NULL ? json_dumps(name, JSON_ENCODE_ANY) : NULL;
	char *text = NULL;
	FILE *f = open_memstream(&text, &(size_t){ 0 });

	TAILQ_FOREACH_REVERSE(l, &r->lines, lines, link) {
		if ((bytes += l->bytes + 1) > OLD_BYTES)
			break;
		first = l;
	}
	if (f != NULL && quoted != NULL) {
		fprintf(f, "{\"t\":\"old\",\"room\":%s,\"lines\":[", quoted);
		for (l = first; l != NULL; l = TAILQ_NEXT(l, link))
			fprintf(f, "%.*s%s", (int)l->bytes, l->text,
			    TAILQ_NEXT(l, link) != NULL ? "," : "]}");
	}
	if (f != NULL && fclose(f) == 0 && quoted != NULL)
		publish(to, text, strlen(text));
	free(text);
	free(quoted);
	json_decref(name);
}

static void
on_ask(struct cadre_mailbox *mailbox, const struct cadre_news *news, void *arg)
{
	json_t *j = json_loadb(news->bytes, news->n, 0, NULL);
	json_t *whose = json_object_get(j, "of");
	const char *name = json_string_value(json_object_get(j, "after"));
	char to[CADRE_TOPIC_BYTES];
	struct room *r;

	(void)mailbox;
	(void)arg;
	asked_ms = room_clock_ms(CLOCK_MONOTONIC);
	snprintf(to, sizeof(to), "for-%llu",
	    (unsigned long long)news->generation);
	if (whose == NULL && j != NULL) {
		presence_publish();
		if (state == DONE || (state == ASKING &&
		    json_is_true(json_object_get(j, "any"))))
			publish_json(to, json_pack("{ss}", "t", "offer"));
	} else if ((uint64_t)json_integer_value(whose) ==
	    cadre_worker_generation(worker) && name != NULL) {
		if ((r = room_after(name)) != NULL)
			answer_room(to, r);
		else
			publish_json(to, json_pack("{ss}", "t", "end"));
	}
	json_decref(j);
}

static void
take_old(const json_t *j)
{
	const json_t *lines = json_object_get(j, "lines");
	const char *name = room_words(j, "room", ROOM_NAME_BYTES);
	size_t i, n;
	json_t *line;
	char *text;

	if (name == NULL)
		return;
	json_array_foreach(lines, i, line) {
		text = room_text(json_incref(line), &n);
		if (text != NULL)
			rooms_take(line, text, n);
		free(text);
	}
	strcpy(after, name);
	tries = 0;
	ask();
}

static void
on_answer(struct cadre_mailbox *mailbox, const struct cadre_news *news,
    void *arg)
{
	json_t *j = json_loadb(news->bytes, news->n, 0, NULL);
	const char *t = json_string_value(json_object_get(j, "t"));

	(void)mailbox;
	(void)arg;
	if (t != NULL && state == ASKING && strcmp(t, "offer") == 0) {
		of = news->generation;
		go(COPYING);
		ask();
	} else if (t != NULL && state == COPYING && news->generation == of) {
		if (strcmp(t, "old") == 0)
			take_old(j);
		else if (strcmp(t, "end") == 0)
			go(DONE);
	}
	json_decref(j);
}

int
catchup_tick(void)
{
	uint64_t now;
	struct cadre_topic_counts counts;

	if (cadre_mailbox_topic_counts(cadre_worker_mailbox(worker),
	    &counts) < 0)
		counts.lost = lost;
	if (state == DONE && counts.lost == lost)
		return -1;
	now = room_clock_ms(CLOCK_MONOTONIC);
	if (now < due_ms)
		return (int)(due_ms - now);
	if (state == DONE) {
		lost = counts.lost;
		ask_anew();
	} else if (++tries < TRIES) {
		go(ASKING);
		after[0] = '\0';
		ask();
	} else {
		go(DONE);
		due_ms = now + LOSS_MS;
		return -1;
	}
	return ANSWER_MS;
}

bool
catchup_is_quiet(void)
{
	return asked_ms == 0 ||
	    room_clock_ms(CLOCK_MONOTONIC) > asked_ms + QUIET_MS;
}

int
catchup_begin(struct cadre_worker *w, struct cadre_gauge *behind)
{
	struct cadre_mailbox *mailbox = cadre_worker_mailbox(w);
	int err;

	worker = w;
	gauge = behind;
	snprintf(topic, sizeof(topic), "for-%llu",
	    (unsigned long long)cadre_worker_generation(w));
	if ((err = cadre_mailbox_subscribe(mailbox, "ask", on_ask, NULL)) < 0 ||
	    (err = cadre_mailbox_subscribe(mailbox, topic, on_answer,
	    NULL)) < 0)
		return err;
	ask_anew();
	return 0;
}
