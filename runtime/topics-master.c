/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The master's side of publish and subscribe. It reads no ring and has none:
 * what it subscribes to stands in the anchor, and workers send it; what it
 * publishes it sends. It makes what wakes them, and pulls no cord itself.
 */
#include "runtime/export.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/control.h"
#include "runtime/link.h"
#include "runtime/master.h"
#include "runtime/size.h"
#include "runtime/topics.h"
#include "runtime/wake.h"
#include "shm/fail.h"
#include "shm/fault.h"

int
wakes_open(struct cadre_master *m)
{
	unsigned int n = m->nseats < WAKES_MAX ? m->nseats : WAKES_MAX;
	struct wake w;
	int err = 0;

	if (m->anchor->shape.publish_bytes == 0)
		return 0;
	m->cords = calloc(n, sizeof(*m->cords));
	m->bells = calloc(n, sizeof(*m->bells));
	if (m->cords == NULL || m->bells == NULL)
		return -ENOMEM;
	for (; m->nwakes < n && err == 0; m->nwakes += err == 0) {
		err = wake_open(&w);
		if (err < 0)
			return cadre__fail(err, "cannot make what wakes "
			    "seat %u: %s%s", m->nwakes, strerror(-err),
			    err == -EMFILE ? "; raise it with ulimit -Hn" : "");
		m->cords[m->nwakes] = w.cord;
		m->bells[m->nwakes] = w.bell;
	}
	return 0;
}

void
wakes_close(struct cadre_master *m)
{
	while (m->nwakes > 0) {
		m->nwakes--;
		wake_close(&(struct wake){ .cord = m->cords[m->nwakes],
		    .bell = m->bells[m->nwakes] });
	}
	free(m->cords);
	free(m->bells);
	m->cords = m->bells = NULL;
}

/*
 * One that is awake will look before it sleeps. One word of it decides (M4):
 * who lies about its sleeps gets more frames than it reads, and loses its
 * channel.
 */
static void
tell(struct cadre_master *m, struct seat *s, struct life *l)
{
	struct cadre__frame frame = { .type = CADRE_FRAME_LOOK };
	uint64_t sleeps;

	if (l->pidfd < 0 || (l->row.flags & CADRE_LIFE_ATTACHED) == 0)
		return;
	sleeps = cadre__anchor_sleeps_word(m->anchor, slot_of(m, s, l));
	if ((sleeps & 1) == 0 || sleeps == l->told_asleep)
		return;
	l->told_asleep = sleeps;
	CADRE_FAULT_AT("topics.tell");
	control_send(m, s, l, &frame, NULL, NULL, 0);
}

void
topics_silent(struct cadre_master *m, const struct life *silent)
{
	struct seat *s;

	if (m->nwakes == 0 || (silent->row.flags & CADRE_LIFE_ATTACHED) == 0)
		return;
	for (s = m->seats; s < m->seats + m->nseats; s++)
		for (int k = 0; k < CADRE_SLOTS_PER_SEAT; k++)
			if (&s->lives[k] != silent)
				tell(m, s, &s->lives[k]);
}

struct own_news {
	struct own_news	*next;
	size_t		name_bytes, n;
	char		name[CADRE_TOPIC_BYTES];
	char		bytes[];
};

static int
can(const struct cadre_master *m)
{
	return option(m, CADRE_PUBLISH_BYTES) != 0 &&
	    m->nseats <= PUBLISH_SEATS_MAX ? 0 :
	    cadre__fail(-EOPNOTSUPP, "nobody can publish in %s: "
	    "CADRE_PUBLISH_BYTES is 0, or it has more than %d seats", m->name,
	    PUBLISH_SEATS_MAX);
}

static void
show(struct cadre_master *m, const struct topic *topic, uint64_t hash)
{
	if (m->anchor != NULL)
		cadre__anchor_wanted(m->anchor, (unsigned int)
		    (topic - m->topics.table.topic), hash);
}

void
master_topics_show(struct cadre_master *m)
{
	const struct topic *all = m->topics.table.topic;

	for (unsigned int i = 0; i < CADRE_TOPICS_MAX; i++)
		if (all[i].hash != 0)
			show(m, &all[i], all[i].hash);
}

int
master_subscribe(struct cadre_mailbox *mb, const char *name,
    cadre_news_fn *fn, void *arg)
{
	struct cadre_master *m = mb->master;
	struct topic *topic = NULL;
	int err;

	err = can(m);
	if (err == 0)
		err = topic_add(&m->topics.table, name, fn, arg, &topic);
	if (err > 0)
		show(m, topic, topic->hash);
	return err < 0 ? err : 0;
}

int
master_unsubscribe(struct cadre_mailbox *mb, const char *name)
{
	struct cadre_master *m = mb->master;
	struct topic *topic;
	size_t n;
	int err;

	err = topic_check(name, &n);
	topic = err < 0 ? NULL : topic_find(&m->topics.table, name, n,
	    cadre__topic_hash(name, n));
	if (topic == NULL)
		return cadre__fail(-ENOENT, "that topic is not subscribed to");
	show(m, topic, 0);
	topic_remove(&m->topics.table, topic);
	return 0;
}

/*
 * One's own, if subscribed to: a copy, since its function is called from the
 * loop. As many may wait as messages for a worker.
 */
static int
own_new(struct cadre_master *m, const struct topic_post *p,
    struct own_news **ret_news)
{
	struct master_topics *t = &m->topics;
	struct own_news *news;

	*ret_news = NULL;
	if (topic_find(&t->table, p->name, p->name_bytes, p->hash) == NULL)
		return 0;
	if (t->nown >= (uint64_t)option(m, CADRE_MESSAGE_QUEUE) ||
	    (t->nown > 0 && t->own_bytes + p->n >
	    (uint64_t)option(m, CADRE_MESSAGE_QUEUE_BYTES)))
		return cadre__fail(-ENOBUFS, "%s: %u of its own news wait for "
		    "the master already", p->name, t->nown);
	news = calloc(1, sizeof(*news) + p->n);
	if (news == NULL)
		return -ENOMEM;
	news->name_bytes = p->name_bytes;
	news->n = p->n;
	memcpy(news->name, p->name, p->name_bytes);
	if (p->n > 0)
		memcpy(news->bytes, p->bytes, p->n);
	*ret_news = news;
	return 0;
}

static void
own_keep(struct master_topics *t, struct own_news *news)
{
	if (t->last != NULL)
		t->last->next = news;
	else
		t->first = news;
	t->last = news;
	t->nown++;
	t->own_bytes += news->n;
}

/* One word of each decides whether it is sent (M4). */
static void
send_all(struct cadre_master *m, const struct letter *letter, uint64_t hash)
{
	struct life *l;

	for (struct seat *s = m->seats; s < m->seats + m->nseats; s++)
		for (int k = 0; k < CADRE_SLOTS_PER_SEAT; k++) {
			l = &s->lives[k];
			if (!link_there(l) ||
			    (l->row.flags & CADRE_LIFE_ATTACHED) == 0 ||
			    (cadre__anchor_filter_word(m->anchor, slot_of(m, s,
			    l)) & cadre__topic_bit(hash)) == 0)
				continue;
			(void)link_post(m, s, l, letter);
		}
}

/* What can fail comes first, and then all get it, or those who have room. */
static int
publish(struct cadre_master *m, const struct topic_post *p,
    struct own_news *own)
{
	bool others = p->scope != CADRE_SCOPE_MASTER && m->seats != NULL;
	struct letter letter;
	int err = 0;

	if (others)
		err = topic_letter(&m->mailbox, p, &letter);
	if (err < 0)
		return err;
	if (own != NULL)
		err = mailbox_alarm(&m->mailbox, 0);
	if (err == 0 && own != NULL)
		own_keep(&m->topics, own);
	if (err == 0 && others)
		send_all(m, &letter, p->hash);
	if (others)
		topic_letter_done(&letter);
	return err;
}

int
master_publish(struct cadre_mailbox *mb, const struct topic_post *p)
{
	struct cadre_master *m = mb->master;
	struct own_news *own = NULL;
	int err;

	err = can(m);
	if (err < 0)
		return err;
	if (p->n > (size_t)option(m, CADRE_PUBLISH_BYTES) / 4)
		return cadre__fail(-EMSGSIZE, "%zu bytes are too many to "
		    "publish: a quarter of CADRE_PUBLISH_BYTES at most", p->n);
	if (p->scope == CADRE_SCOPE_ALL || p->scope == CADRE_SCOPE_MASTER)
		err = own_new(m, p, &own);
	if (err == 0)
		err = publish(m, p, own);
	if (err == 0)
		m->topics.counts.published++;
	else
		free(own);
	return err;
}

const struct cadre_topic_counts *
master_topic_counts(const struct cadre_mailbox *mb)
{
	return &mb->master->topics.counts;
}

/* Copies first: the function may do what it likes, also with topics. */
static void
hand_out(struct cadre_master *m, const struct cadre_news *news)
{
	size_t n = strlen(news->topic);
	struct topic *topic = topic_find(&m->topics.table, news->topic, n,
	    cadre__topic_hash(news->topic, n));

	if (topic == NULL)
		return;			/* no longer */
	m->topics.counts.received++;
	topic->fn(&m->mailbox, news, topic->arg);
}

/* Those that its functions publish meanwhile are for the next turn. */
void
master_topics_due(struct cadre_master *m)
{
	struct own_news *own = m->topics.first, *next;

	m->topics.first = m->topics.last = NULL;
	for (; own != NULL; own = next) {
		struct cadre_news news = { .topic = own->name,
		    .seat = CADRE_MASTER, .bytes = own->bytes, .n = own->n };

		next = own->next;
		m->topics.nown--;
		m->topics.own_bytes -= own->n;
		hand_out(m, &news);
		free(own);
	}
}

const char *
master_topics_mail(struct cadre_mailbox *mb, struct mail *mail)
{
	char name[CADRE_TOPIC_BYTES];
	struct cadre_news news;
	const char *wrong;

	if (!mail->life->link.online)
		return "news before it was online";
	wrong = topic_open(mail, name, &news);
	if (wrong == NULL && news.topic != NULL)
		hand_out(mb->master, &news);
	return wrong;
}

void
master_topics_close(struct cadre_master *m)
{
	struct own_news *own = m->topics.first, *next;

	for (; own != NULL; own = next) {
		next = own->next;
		free(own);
	}
	m->topics.first = m->topics.last = NULL;
	m->topics.nown = 0;
	m->topics.own_bytes = 0;
}
