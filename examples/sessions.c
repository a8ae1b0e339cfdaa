/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sessions: "how often was I here?", asked of workers that share one port. A
 * cookie names the session; where its count lives is what this is about.
 *
 *	--store=heap	in the heap of the worker that is asked. Wrong as soon
 *			as a client reaches another worker, or a successor
 *	--sticky	makes it reach the same: the cookie's name is the key of
 *			the listener's mode, and its value one whose home is the
 *			seat that made it. Right, as long as that worker lives
 *			and no seat is added or taken away
 *	--store=message	in the heap of the master, which workers ask by a
 *			request. Right, for a round trip through another process
 *			for each request, and as long as the master lives
 *
 * A worker does not wait for the master: it holds the request, serves others,
 * and answers when the reply is there, or 503 when it is not in time. The 503
 * says that nobody knows: the master may count that request yet.
 */
#include <errno.h>
#include <getopt.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/queue.h>
#include <sys/random.h>

#include <cadre/cadre.h>

#include "examples/http.h"

#define EVENTS		256
#define ID_BYTES	32		/* those of --sticky are shorter */
#define COUNT		1		/* the type of our message */

static struct cadre_counter *requests, *errors;
static struct cadre_worker *worker;
static int timeout_ms = 1000;
static bool sticky;
static const char digits[] = "0123456789abcdef";
static const char sticky_digits[] = "0123456789-_abcdefghijklmnopqrstuvwxyz"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/* Counts by id, of one process; the one not asked for longest makes room. */
struct session {
	char		id[ID_BYTES];
	uint64_t	count;
	TAILQ_ENTRY(session) link;
};
static TAILQ_HEAD(, session) sessions = TAILQ_HEAD_INITIALIZER(sessions);
static void *tree;			/* balanced: clients choose the ids */
static unsigned long nsessions, sessions_max = 100000;

static int
compare(const void *a, const void *b)
{
	return memcmp(((const struct session *)a)->id,
	    ((const struct session *)b)->id, ID_BYTES);
}

static struct session *
session_new(const char *id)
{
	struct session *s;

	if (nsessions == sessions_max) {
		s = TAILQ_FIRST(&sessions);
		TAILQ_REMOVE(&sessions, s, link);
		tdelete(s, &tree, compare);
		nsessions--;
	} else if ((s = malloc(sizeof(*s))) == NULL)
		return NULL;
	memcpy(s->id, id, ID_BYTES);
	s->count = 0;
	if (tsearch(s, &tree, compare) == NULL) {
		free(s);
		return NULL;
	}
	nsessions++;
	return s;
}

/* 0: there is no memory. */
static uint64_t
session_count(const char *id)
{
	struct session key, *s, **found;

	memcpy(key.id, id, ID_BYTES);
	found = tfind(&key, &tree, compare);
	if (found != NULL) {
		s = *found;
		TAILQ_REMOVE(&sessions, s, link);
	} else if ((s = session_new(id)) == NULL)
		return 0;
	TAILQ_INSERT_TAIL(&sessions, s, link);
	return ++s->count;
}

static void
answer(struct http_conn *c, const char *id, uint64_t count)
{
	struct http_answer a;
	char fields[128], body[96];

	cadre_counter_add(requests, 1);
	if (count == 0)
		cadre_counter_add(errors, 1);
	snprintf(fields, sizeof(fields), "Set-Cookie: session=%.*s; Path=/; "
	    "HttpOnly; SameSite=Lax\r\n", ID_BYTES, id);
	snprintf(body, sizeof(body), "count %llu seat %u pid %d\n",
	    (unsigned long long)count, cadre_worker_seat(worker),
	    (int)getpid());
	if (count != 0)
		http_answer_make_with(&a, "200 OK", fields, body);
	else
		http_answer_make_with(&a, "503 Service Unavailable", fields,
		    "the store did not answer\n");
	http_answer(c, &a);
}

static void
heap_count(struct http_conn *c, const char *id)
{
	answer(c, id, session_count(id));
}

/* What a connection waits for; it may end before. */
struct asked {
	struct http_conn *conn;		/* NULL: it has */
	bool		told;
	uint64_t	count;
	char		id[ID_BYTES];
};

/*
 * The reply. We are in cadre_worker_wait(), which has events of this turn at
 * hand: what they name must not be closed here, so the answer comes later.
 */
static void
told(struct cadre_mailbox *mailbox, int err, struct cadre_message *reply,
    void *arg)
{
	struct asked *a = arg;

	(void)mailbox;
	if (a->conn == NULL) {
		free(a);
		return;
	}
	a->told = true;
	if (err == 0 && reply->n == sizeof(a->count))
		memcpy(&a->count, reply->bytes, sizeof(a->count));
	http_wake(a->conn);
}

static void
message_count(struct http_conn *c, const char *id)
{
	struct asked *a = calloc(1, sizeof(*a));

	if (a == NULL || cadre_mailbox_request(cadre_worker_mailbox(worker),
	    CADRE_MASTER, COUNT, id, ID_BYTES, timeout_ms, told, a) < 0) {
		free(a);
		answer(c, id, 0);
		return;
	}
	a->conn = c;
	memcpy(a->id, id, ID_BYTES);
	c->user = a;
	http_hold(c, HTTP_UNTIL_WOKEN);
}

static void
message_told(struct http_conn *c)
{
	struct asked *a = c->user;

	c->user = NULL;
	answer(c, a->id, a->count);
	free(a);
}

/* In the master. Who asked may be gone by now: then nobody waits for it. */
static void
on_count(struct cadre_mailbox *mailbox, struct cadre_message *m, void *arg)
{
	uint64_t count;

	(void)arg;
	if (m->n != ID_BYTES)
		(void)cadre_mailbox_reply_error(mailbox, &m->from, -EINVAL);
	else if ((count = session_count(m->bytes)) == 0)
		(void)cadre_mailbox_reply_error(mailbox, &m->from, -ENOMEM);
	else
		(void)cadre_mailbox_reply(mailbox, &m->from, COUNT, &count,
		    sizeof(count));
}

static const struct store {
	const char	*name;
	void		(*count)(struct http_conn *, const char *id);
	cadre_message_fn *in_master;	/* NULL: it need not be asked */
} stores[] = {
	{ "heap", heap_count, NULL },
	{ "message", message_count, on_count },
}, *store = stores;
#define STORES	(sizeof(stores) / sizeof(stores[0]))

/* A new one that nobody can guess. */
static int
id_new(char *id)
{
	unsigned char random[ID_BYTES / 2];

	if (sticky) {
		memset(id, 0, ID_BYTES);
		return cadre_worker_sticky_id(worker, id);
	}
	if (getrandom(random, sizeof(random), 0) != sizeof(random))
		return -EAGAIN;
	for (int i = 0; i < ID_BYTES; i++)
		id[i] = digits[random[i / 2] >> (i % 2 * 4) & 15];
	return 0;
}

/* The id of this client, or a new one. */
static int
id_of(const struct http_conn *c, char *id)
{
	size_t n = sticky ? CADRE_STICKY_ID_BYTES - 1 : ID_BYTES;

	for (const char *p = http_value(c, 0); p != NULL; p = strchr(p, ';')) {
		p += strspn(p, "; ");
		if (strncmp(p, "session=", 8) == 0 &&
		    strspn(p + 8, sticky ? sticky_digits : digits) == n) {
			memset(id, 0, ID_BYTES);
			memcpy(id, p + 8, n);
			return 0;
		}
	}
	return id_new(id);
}

static void
on_request(struct http_conn *c, const char *url)
{
	struct http_answer a;
	char id[ID_BYTES];

	if (c->resumed)
		message_told(c);
	else if (url != NULL && strcmp(url, "/") == 0 && id_of(c, id) >= 0)
		store->count(c, id);
	else {
		cadre_counter_add(requests, 1);
		cadre_counter_add(errors, 1);
		http_answer_make(&a, url == NULL ? "400 Bad Request" :
		    "404 Not Found", "only / is here\n");
		http_answer(c, &a);
	}
}

static void
on_closing(struct http_conn *c)
{
	struct asked *a = c->user;

	if (a != NULL && a->told)
		free(a);
	else if (a != NULL)
		a->conn = NULL;
	c->user = NULL;
	cadre_worker_close(worker, c->fd);
}

static const struct http_field fields[] = { { "Cookie", 512 }, { NULL, 0 } };
static struct http http = {
	.request = on_request, .closing = on_closing, .fields = fields
};

static void
take(void)
{
	unsigned int l = 0;
	int fd;

	/* The shared listener, then the door of this seat if there is one. */
	while ((fd = cadre_worker_accept(worker, l, NULL)) != -ENOENT)
		if (fd < 0)
			l++;
		else if (http_open(&http, fd) < 0)
			cadre_worker_close(worker, fd);
}

static int
listeners(int op)
{
	struct epoll_event ev = { .events = EPOLLIN };
	int fd, err = 0;

	/* data.ptr is NULL: a listener */
	for (unsigned int l = 0;
	    (fd = cadre_worker_listener_fd(worker, l)) >= 0; l++)
		if (epoll_ctl(http.epfd, op, fd, &ev) < 0)
			err = -errno;
	return err;
}

static int
serve(struct cadre_worker *w, void *arg)
{
	struct epoll_event events[EVENTS];
	int n, next_ms = -1;

	(void)arg;
	worker = w;
	if (http_begin(&http) < 0 || listeners(EPOLL_CTL_ADD) < 0 ||
	    cadre_worker_ready(w) < 0)
		return 1;
	while (!http.draining || !LIST_EMPTY(&http.conns)) {
		n = cadre_worker_wait(w, http.epfd, events, EVENTS, next_ms);
		if (n < 0)
			return 1;
		for (int i = 0; i < n; i++)
			if (events[i].data.ptr == NULL)
				take();
			else
				http_event(events[i].data.ptr, events[i].events);
		if (!http.draining && cadre_worker_draining(w)) {
			http_drain(&http, cadre_worker_drain_deadline(w));
			take();		/* to the last one that waits */
			(void)listeners(EPOLL_CTL_DEL);
		}
		next_ms = http_tick(&http);
	}
	return 0;
}

static const struct option options[] = {
	{ "name", required_argument, NULL, 'n' },
	{ "instances", required_argument, NULL, 'i' },
	{ "listen", required_argument, NULL, 'l' },
	{ "seat-listen", required_argument, NULL, 'L' },
	{ "store", required_argument, NULL, 's' },
	{ "sticky", no_argument, NULL, 'y' },
	{ "sessions", required_argument, NULL, 'm' },
	{ "timeout", required_argument, NULL, 't' },
	{ NULL, 0, NULL, 0 }
};
static const char *name = "sessions";
static char usual[] = "tcp:127.0.0.1:8080", *address = usual, *doors;
static int workers = CADRE_WORKERS_MAX;

/* A number from 1 up, or 0. */
static unsigned long
number(const char *text)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	return *text >= '0' && *text <= '9' && *end == '\0' &&
	    n <= INT32_MAX ? n : 0;
}

static bool
take_option(int c)
{
	if (c == 'n')
		name = optarg;
	else if (c == 'l')
		address = optarg;
	else if (c == 'L')
		doors = optarg;
	else if (c == 'y')
		sticky = true;
	else if (c == 'i')
		return (workers = (int)number(optarg)) != 0;
	else if (c == 'm')
		return (sessions_max = number(optarg)) != 0;
	else if (c == 't')
		return (timeout_ms = (int)number(optarg)) != 0;
	else if (c == 's') {
		for (store = stores; store < stores + STORES; store++)
			if (strcmp(store->name, optarg) == 0)
				return true;
		return false;
	}
	return c != '?';
}

static int
door_listen(struct cadre_master *m)
{
	char *comma = strchr(doors, ',');

	if (comma != NULL)
		*comma++ = '\0';
	return cadre_master_seat_listen(m, doors, comma);
}

int
main(int argc, char **argv)
{
	struct cadre_master *m = NULL;
	char *comma, all[256];
	int err, c;

	while ((c = getopt_long(argc, argv, "n:i:l:", options, NULL)) != -1)
		if (!take_option(c))
			break;
	if (c != -1 || optind < argc) {
		fprintf(stderr, "usage: sessions "
		    "[--store=heap|message] [--sticky] "
		    "[-n NAME] [-i N] [-l ADDRESS[,OPTION...]] "
		    "[--seat-listen=ADDRESS[,OPTION...]] "
		    "[--sessions=N] [--timeout=MS]\n");
		return 2;
	}
	if ((comma = strchr(address, ',')) != NULL)
		*comma++ = '\0';
	if (sticky && comma != NULL && (strncmp(comma, "mode=", 5) == 0 ||
	    strstr(comma, ",mode=") != NULL)) {
		fprintf(stderr, "sessions: --sticky adds mode=; leave it out "
		    "of -l %s,%s\n", address, comma);
		return 2;
	}
	/* factor=0: however many there are, a cookie leads home. */
	snprintf(all, sizeof(all), "%s%s%s",
	    sticky ? "mode=sticky:cookie:session,factor=0" : "",
	    sticky && comma != NULL ? "," : "", comma != NULL ? comma : "");
	if ((err = cadre_master_new(name, &m)) < 0 ||
	    (err = cadre_master_listen(m, address, all)) < 0 ||
	    (doors != NULL && (err = door_listen(m)) < 0) ||
	    (err = cadre_master_counter(m, "requests", "", "", &requests)) < 0 ||
	    (err = cadre_master_counter(m, "errors", "", "", &errors)) < 0 ||
	    (err = cadre_master_workers(m, workers, serve, NULL)) < 0 ||
	    (store->in_master != NULL && (err = cadre_mailbox_on(
	    cadre_master_mailbox(m), COUNT, store->in_master, NULL)) < 0))
		err = cadre_fail(err);
	else
		err = cadre_master_run(m);
	cadre_master_free(m);
	return err;
}
