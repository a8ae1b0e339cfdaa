/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * chat: rooms in a browser, over WebSocket, or long polling where that is
 * refused, by workers that share one port. Which of them has a client does not
 * matter: what is said is published to all (examples/rooms/room.h).
 *
 *	GET /			the page, and its /chat.js
 *	GET /chat		the WebSocket; messages are JSON
 *	POST /poll/open		the same without: a session, by cookie
 *	GET /poll?cid=&after=	its news, when there are some
 *	POST /poll/say?cid=	a message, POST /poll/leave?cid= the end
 *
 * main() is the master: it tells workers which of them have ended. serve() is a
 * worker. When it drains it closes its clients one by one, over --spread
 * milliseconds, so that they do not all come back at once.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cadre/cadre.h>

#include "examples/rooms/catchup.h"
#include "examples/rooms/chat.h"
#include "examples/rooms/presence.h"

#define EVENTS		256
#define TO_END_MS	4000	/* of a drain: for closes, and their answers */
#define LAST_LOOK_MS	50		/* draining: whether it is done */

static int spread_ms = 5000;

static void
take(void)
{
	int fd;

	while ((fd = cadre_worker_accept(chat.worker, 0, NULL)) >= 0)
		if (http_open(&chat.http, fd) < 0)
			cadre_worker_close(chat.worker, fd);
}

/* Close what is open in the time there is, and spread over it. */
static void
drain(int listener)
{
	uint64_t deadline_ns = cadre_worker_drain_deadline(chat.worker);
	uint64_t now = room_clock_ms(CLOCK_MONOTONIC);
	uint64_t until = now + (uint64_t)spread_ms;

	if (deadline_ns != 0 && deadline_ns / 1000000 < until + TO_END_MS)
		until = deadline_ns / 1000000 > now + TO_END_MS ?
		    deadline_ns / 1000000 - TO_END_MS : now;
	http_drain(&chat.http, deadline_ns);
	take();				/* to the last one that waits */
	epoll_ctl(chat.http.epfd, EPOLL_CTL_DEL, listener, NULL);
	websockets_drain(&chat.sockets, now * 1000000, until * 1000000);
	longpolls_drain(&chat.polls, now, until);
}

static int
sooner(int a, int b)
{
	return a < 0 || (b >= 0 && b < a) ? b : a;
}

/*
 * What is due, behind the events of a turn. Each may bring more to those below:
 * a client that is ended changes who is there, which is told the next time.
 */
static int
tick(void)
{
	int next_ms = catchup_tick();

	presence_tick();
	next_ms = sooner(next_ms, longpolls_tick(&chat.polls));
	next_ms = sooner(next_ms, http_tick(&chat.http));
	next_ms = sooner(next_ms, websockets_tick(&chat.sockets));
	next_ms = sooner(next_ms, presence_due_ms());
	return chat.http.draining ? sooner(next_ms, LAST_LOOK_MS) : next_ms;
}

static bool
is_done(void)
{
	return chat.http.draining && LIST_EMPTY(&chat.http.conns) &&
	    chat.sockets.n == 0 && chat.polls.n == 0 && catchup_is_quiet();
}

/* The master says so of another worker. */
static void
on_gone(struct cadre_mailbox *mailbox, const struct cadre_news *news, void *arg)
{
	uint64_t generation;

	(void)mailbox;
	(void)arg;
	if (news->seat != CADRE_MASTER || news->n != sizeof(generation))
		return;
	memcpy(&generation, news->bytes, sizeof(generation));
	presence_gone(generation);
}

static int
begin(struct epoll_event *listener)
{
	struct rooms_metrics m = { chat.messages, chat.drops };

	if (http_begin(&chat.http) < 0)
		return -1;
	chat.sockets.epfd = chat.http.epfd;
	websockets_begin(&chat.sockets);
	longpolls_begin(&chat.polls);
	if (rooms_begin(chat.worker, &m) < 0 ||
	    presence_begin(chat.worker) < 0 ||
	    catchup_begin(chat.worker, chat.behind) < 0 ||
	    cadre_mailbox_subscribe(cadre_worker_mailbox(chat.worker), "gone",
	    on_gone, NULL) < 0)
		return -1;
	return epoll_ctl(chat.http.epfd, EPOLL_CTL_ADD,
	    cadre_worker_listener_fd(chat.worker, 0), listener);
}

static void
happened(const struct epoll_event *e)
{
	struct websocket *s = websocket_tagged(e->data.u64);

	if (e->data.u64 == 0)
		take();			/* the listener */
	else if (s != NULL)
		websocket_event(s, e->events);
	else
		http_event(e->data.ptr, e->events);
}

static int
serve(struct cadre_worker *w, void *arg)
{
	struct epoll_event events[EVENTS], ev = { .events = EPOLLIN };
	int n, next_ms = -1;

	(void)arg;			/* data.u64 is 0: the listener */
	chat.worker = w;
	if (begin(&ev) < 0 || cadre_worker_ready(w) < 0)
		return 1;
	while (!is_done()) {
		n = cadre_worker_wait(w, chat.http.epfd, events, EVENTS,
		    next_ms);
		if (n < 0)
			return 1;
		for (int i = 0; i < n; i++)
			happened(&events[i]);
		if (!chat.http.draining && cadre_worker_draining(w))
			drain(cadre_worker_listener_fd(w, 0));
		next_ms = tick();
	}
	return 0;
}

/* In the master: who was in a room at that worker is there no more. */
static void
on_life(struct cadre_mailbox *mailbox, const struct cadre_worker_event *e,
    void *arg)
{
	(void)arg;
	if (e->kind == CADRE_WORKER_EXITED)
		(void)cadre_mailbox_publish(mailbox, "gone", &e->generation,
		    sizeof(e->generation), CADRE_SCOPE_OTHERS);
}

static const struct option options[] = {
	{ "name", required_argument, NULL, 'n' },
	{ "instances", required_argument, NULL, 'i' },
	{ "listen", required_argument, NULL, 'l' },
	{ "origin", required_argument, NULL, 'o' },
	{ "no-websocket", no_argument, NULL, 'w' },
	{ "spread", required_argument, NULL, 's' },
	{ "ping", required_argument, NULL, 'p' },
	{ "hold", required_argument, NULL, 'h' },
	{ "idle", required_argument, NULL, 'd' },
	{ NULL, 0, NULL, 0 }
};
static const char *name = "chat";
static char usual[] = "tcp:127.0.0.1:8080,mode=sticky:cookie:chat,factor=0";
static char *address = usual;
static int workers = CADRE_WORKERS_MAX;

static int
usage(const char *what)
{
	fprintf(stderr, "chat: cannot use %s; usage: chat [-n NAME] [-i N] "
	    "[-l ADDRESS[,OPTION...]] [--origin=URL]... [--no-websocket] "
	    "[--spread=MS] [--ping=MS] [--hold=MS] [--idle=MS]\n", what);
	return 2;
}

/* A number from 1 to a day in milliseconds. */
static bool
number(int *ret_n)
{
	char *end;
	long n = strtol(optarg, &end, 10);

	if (*optarg < '0' || *optarg > '9' || *end != '\0' || n < 1 ||
	    n > 86400000)
		return false;
	*ret_n = (int)n;
	return true;
}

static bool
take_origin(void)
{
	for (int i = 0; i < CHAT_ORIGINS; i++)
		if (chat.origins[i] == NULL) {
			chat.origins[i] = optarg;
			return strstr(optarg, "://") != NULL;
		}
	return false;
}

static bool
take_option(int c)
{
	int ms = 0;

	if (c == 'n')
		name = optarg;
	else if (c == 'l')
		address = optarg;
	else if (c == 'w')
		chat.no_websocket = true;
	else if (c == 'o')
		return take_origin();
	else if (c == 'i')
		return number(&workers);
	else if (!number(&ms))
		return false;
	else if (c == 's')
		spread_ms = ms;
	else if (c == 'p')
		chat.sockets.ping_ms = (unsigned int)ms;
	else if (c == 'h')
		chat.polls.hold_ms = (unsigned int)ms;
	else
		chat.http.idle_ms = (unsigned int)ms;
	return true;
}

static int
declare(struct cadre_master *m)
{
	const struct {
		const char	*name, *help;
		struct cadre_counter **counter;
		struct cadre_gauge **gauge;
	} metrics[] = {
		{ "requests", "HTTP requests", &chat.requests, NULL },
		{ "errors", "of them, refused", &chat.errors, NULL },
		{ "messages", "lines said", &chat.messages, NULL },
		{ "drops", "clients too slow, lines without room", &chat.drops,
		    NULL },
		{ "rejected", "not allowed, or against the protocol",
		    &chat.rejected, NULL },
		{ "clients", "WebSockets open", NULL, &chat.clients },
		{ "sessions", "clients that poll", NULL, &chat.sessions },
		{ "behind", "workers that wait for lines of others", NULL,
		    &chat.behind },
	};
	int err = 0;

	for (size_t i = 0; i < sizeof(metrics) / sizeof(metrics[0]) && err == 0;
	    i++)
		err = metrics[i].counter != NULL ?
		    cadre_master_counter(m, metrics[i].name, "",
		    metrics[i].help, metrics[i].counter) :
		    cadre_master_gauge(m, metrics[i].name, "",
		    metrics[i].help, metrics[i].gauge);
	return err;
}

int
main(int argc, char **argv)
{
	struct cadre_master *m = NULL;
	char *comma;
	int err, c;

	while ((c = getopt_long(argc, argv, ":n:i:l:", options, NULL)) != -1)
		if (c == '?' || c == ':' || !take_option(c))
			return usage(argv[optind - 1]);
	if (optind < argc)
		return usage(argv[optind]);
	if ((comma = strchr(address, ',')) != NULL)
		*comma++ = '\0';
	if ((err = cadre_master_new(name, &m)) < 0 ||
	    (err = cadre_master_listen(m, address, comma)) < 0 ||
	    (err = cadre_master_set(m, CADRE_PUBLISH_BYTES,
	    CATCHUP_PUBLISH_BYTES)) < 0 ||
	    (err = declare(m)) < 0 ||
	    (err = cadre_mailbox_on_worker(cadre_master_mailbox(m), on_life,
	    NULL)) < 0 ||
	    (err = cadre_master_workers(m, workers, serve, NULL)) < 0)
		err = cadre_fail(err);
	else
		err = cadre_master_run(m);
	cadre_master_free(m);
	return err;
}
