/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hello: an HTTP/1.1 server of forked workers that share one port.
 *
 *	/		who answered
 *	/busy?ms=N	the same after N ms of processor time
 *	/sleep?ms=N	the same N ms later; others are answered meanwhile
 *	/peer		who asked: behind a reverse proxy whose PROXY header is
 *			read (-l ADDRESS,proxy=PEERS), its client
 *
 * main() is the whole master, serve() is a worker: ready, accept, answer,
 * count, and when it shall drain, finish what is open and return. As a program
 * of somebody else's master (cadre start -- hello) it is a worker, no more.
 */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cadre/cadre.h>

#include "examples/http.h"
#include "examples/peer.h"

#define EVENTS		256
#define MS_MAX		10000
#define NOT_A_COUNT	INT_MIN
#define OPTIONS		80		/* of -o */

enum answer { OK, BAD, UNKNOWN, ANSWERS };

static struct cadre_counter *requests, *errors;
static struct cadre_worker *worker;
static struct http_answer answers[ANSWERS];

static void
answers_make(void)
{
	static time_t made;
	char body[64];

	if (time(NULL) == made)
		return;
	made = time(NULL);
	snprintf(body, sizeof(body), "seat %u pid %d\n",
	    cadre_worker_seat(worker), (int)getpid());
	http_answer_make(&answers[OK], "200 OK", body);
	http_answer_make(&answers[BAD], "400 Bad Request", "bad request\n");
	http_answer_make(&answers[UNKNOWN], "404 Not Found", "no such path\n");
}

/* Counted before it is sent: a client that has its answer finds it counted. */
static void
answer(struct http_conn *c, enum answer a)
{
	cadre_counter_add(requests, 1);
	if (a != OK)
		cadre_counter_add(errors, 1);
	http_answer(c, &answers[a]);
}

static void
answer_peer(struct http_conn *c)
{
	static struct http_answer made;
	char body[PEER_BYTES];

	peer_text(c->fd, body);
	cadre_counter_add(requests, 1);
	http_answer_make(&made, "200 OK", body);
	http_answer(c, &made);
}

/* Processor time: two workers that share one core burn half as fast. */
static void
burn(int ms)
{
	clock_t end = clock() + ms * (CLOCKS_PER_SEC / 1000);

	while (clock() < end)
		for (int i = 0; i < 1000; i++)
			__asm__ __volatile__("");
}

enum { NOT_MS = -1, ELSEWHERE = -2 };

/* The N of PATH?ms=N. */
static int
path_ms(const char *url, const char *path)
{
	size_t n = strlen(path);
	unsigned long ms;
	char *end;

	if (strncmp(url, path, n) != 0 || (url[n] != '?' && url[n] != '\0'))
		return ELSEWHERE;
	url += n;
	if (strncmp(url, "?ms=", 4) != 0 || !isdigit((unsigned char)url[4]))
		return NOT_MS;
	ms = strtoul(url + 4, &end, 10);
	return *end == '\0' && ms <= MS_MAX ? (int)ms : NOT_MS;
}

static void
on_request(struct http_conn *c, const char *url)
{
	int busy_ms, sleep_ms;

	if (url == NULL) {
		answer(c, BAD);
		return;
	}
	busy_ms = path_ms(url, "/busy");
	sleep_ms = path_ms(url, "/sleep");
	if (busy_ms >= 0)
		burn(busy_ms);
	if (path_ms(url, "/peer") != ELSEWHERE)
		answer_peer(c);
	else if (busy_ms == NOT_MS || sleep_ms == NOT_MS)
		answer(c, BAD);
	else if (sleep_ms >= 0 && !c->resumed)
		http_hold(c, (unsigned int)sleep_ms);
	else if (busy_ms >= 0 || sleep_ms >= 0 || path_ms(url, "/") != ELSEWHERE)
		answer(c, OK);
	else
		answer(c, UNKNOWN);
}

static void
on_closing(struct http_conn *c)
{
	peer_close(worker, c->fd);
}

static struct http http = { .request = on_request, .closing = on_closing };

static void
accept_some(unsigned int listener)
{
	int fd;

	while ((fd = peer_accept(worker, listener)) >= 0)
		if (http_open(&http, fd) < 0)
			peer_close(worker, fd);
}

static int
listen_all(void)
{
	struct epoll_event ev = { .events = EPOLLIN };
	int fd;

	/* Below any pointer: so much for telling listeners from connections. */
	for (; (fd = cadre_worker_listener_fd(worker, ev.data.u32)) >= 0;
	    ev.data.u64++)
		if (epoll_ctl(http.epfd, EPOLL_CTL_ADD, fd, &ev) < 0)
			return -1;
	return cadre_worker_ready(worker);
}

/* Take in what is queued, then listen no more. */
static void
drain(void)
{
	int fd;

	http_drain(&http, cadre_worker_drain_deadline(worker));
	for (unsigned int i = 0;
	    (fd = cadre_worker_listener_fd(worker, i)) >= 0; i++) {
		accept_some(i);
		epoll_ctl(http.epfd, EPOLL_CTL_DEL, fd, NULL);
	}
}

static int
serve(struct cadre_worker *w, void *arg)
{
	struct epoll_event events[EVENTS];
	int n, timeout_ms = -1;

	(void)arg;
	worker = w;
	if (http_begin(&http) < 0 || listen_all() < 0)
		return 1;
	while (!http.draining || !LIST_EMPTY(&http.conns)) {
		n = cadre_worker_wait(w, http.epfd, events, EVENTS, timeout_ms);
		if (n < 0)
			return 1;
		answers_make();
		for (int i = 0; i < n; i++)
			if (events[i].data.u64 < CADRE_LISTENERS_MAX)
				accept_some(events[i].data.u32);
			else
				http_event(events[i].data.ptr, events[i].events);
		if (!http.draining && cadre_worker_draining(w))
			drain();
		timeout_ms = http_tick(&http);
	}
	return 0;
}

/* N, max or -N. */
static int
count_parse(const char *s)
{
	char *end;
	long n = strtol(s, &end, 10);

	if (strcmp(s, "max") == 0)
		return CADRE_WORKERS_MAX;
	return *end == '\0' && n != 0 && n >= -CADRE_SEATS_MAX &&
	    n <= CADRE_SEATS_MAX ? (int)n : NOT_A_COUNT;
}

/* What can be set with -o NAME=NUMBER. */
static const struct setting {
	const char	*name;
	enum cadre_option option;
} settings[] = {
	{ "hang-limit", CADRE_HANG_MS },	/* milliseconds */
	{ "worker-connections", CADRE_WORKER_CONNECTIONS },
	{ "app-connections", CADRE_APP_CONNECTIONS },
	{ "overload", CADRE_OVERLOAD },		/* 1: shed */
	{ "busy-poll", CADRE_BUSY_POLL_US },	/* microseconds */
};

/* The same as text: as whom workers run, and within what. */
static const char *user, *group;	/* one call takes both */

static int
user_set(struct cadre_master *m, const char *text)
{
	user = text;
	return cadre_master_user(m, user, group);
}

static int
group_set(struct cadre_master *m, const char *text)
{
	group = text;
	return cadre_master_user(m, user, group);
}

static int
umask_set(struct cadre_master *m, const char *text)
{
	return cadre_master_umask(m, (unsigned int)strtoul(text, NULL, 8));
}

static int
no_new_privs(struct cadre_master *m, const char *text)
{
	(void)text;
	return cadre_master_no_new_privs(m, 1);
}

static int
new_privs(struct cadre_master *m, const char *text)
{
	(void)text;
	return cadre_master_no_new_privs(m, 0);
}

static int
clean(struct cadre_master *m, const char *text)
{
	return cadre_master_clean_env(m, *text != '\0' ? text : NULL);
}

static const struct text {
	const char	*name;
	int		(*set)(struct cadre_master *, const char *);
} texts[] = {
	{ "user", user_set },
	{ "group", group_set },
	{ "no-new-privs", no_new_privs },
	{ "new-privs", new_privs },
	{ "rlimit", cadre_master_rlimit },
	{ "umask", umask_set },
	{ "chdir", cadre_master_chdir },
	{ "cpu-affinity", cadre_master_affinity },
	{ "clean-env", clean },
	{ "pass-env", clean },
};

static bool
is_called(const char *name, const char *text, size_t n)
{
	return strlen(name) == n && strncmp(name, text, n) == 0;
}

static int
set(struct cadre_master *m, const char *text)
{
	size_t count = strcspn(text, "=");
	const char *value = text + count + 1;
	char *end;
	long n;

	if (text[count] != '=')
		return -EINVAL;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (is_called(texts[i].name, text, count))
			return texts[i].set(m, value);
	n = strtol(value, &end, 10);
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		if (is_called(settings[i].name, text, count))
			return end == value || *end != '\0' ? -EINVAL :
			    cadre_master_set(m, settings[i].option, n);
	return -EINVAL;
}

typedef int listen_fn(struct cadre_master *, const char *address,
    const char *options);

/* ADDRESS[,OPTION...]; no address of ours has a comma in it. */
static int
listen_on(struct cadre_master *m, char *text, listen_fn *add)
{
	char *comma = strchr(text, ',');

	if (comma != NULL)
		*comma++ = '\0';
	return add(m, text, comma);
}

/* What connections are sent that are shed. */
static int
shed(struct cadre_master *m, const char *path)
{
	char bytes[CADRE_SHED_BYTES + 1];
	FILE *f = fopen(path, "re");
	size_t n;

	if (f == NULL)
		return -errno;
	n = fread(bytes, 1, sizeof(bytes), f);
	fclose(f);
	return cadre_master_shed(m, bytes, n);
}

/* With the metrics that main() declares where the master is ours. */
static int
serve_attached(struct cadre_worker *w)
{
	int err;

	if ((err = cadre_worker_counter(w, "requests", "", "requests answered",
		&requests)) < 0 ||
	    (err = cadre_worker_counter(w, "errors", "", "requests refused",
		&errors)) < 0)
		return cadre_fail(err);
	return serve(w, NULL);
}

static int
usage(const char *what)
{
	fprintf(stderr, "hello: cannot use %s; usage: hello [-n NAME] "
	    "[-i N|max|-N] [-l tcp:HOST:PORT|unix:PATH[,OPTION...]]... "
	    "[-L tcp:HOST:PORT+N|unix:PATH[,OPTION...]]... "
	    "[-o NAME=VALUE]... [-s FILE]\n", what);
	return 2;
}

int
main(int argc, char **argv)
{
	const char *name = "hello", *path = NULL, *option[OPTIONS];
	char *listen[CADRE_LISTENERS_MAX], usual[] = "tcp:127.0.0.1:8080";
	char *seat[CADRE_LISTENERS_MAX];
	unsigned int nlisten = 0, noption = 0, nseat = 0;
	struct cadre_master *m = NULL;
	struct cadre_worker *w;
	int err, c, n = CADRE_WORKERS_MAX;

	if ((err = cadre_worker_attach(&w)) != -ENOENT)
		return err < 0 ? cadre_fail(err) : serve_attached(w);
	while ((c = getopt(argc, argv, ":n:i:l:L:o:s:")) != -1) {
		if (c == 'n')
			name = optarg;
		else if (c == 'l' && nlisten < CADRE_LISTENERS_MAX)
			listen[nlisten++] = optarg;
		else if (c == 'L' && nseat < CADRE_LISTENERS_MAX)
			seat[nseat++] = optarg;
		else if (c == 'o' && noption < OPTIONS)
			option[noption++] = optarg;
		else if (c == 's')
			path = optarg;
		else if (c == '?' || c == ':')
			return usage((char[]){ '-', (char)optopt, '\0' });
		else if ((n = count_parse(optarg)) == NOT_A_COUNT)
			return usage(optarg);
	}
	if (optind < argc)
		return usage(argv[optind]);
	if (nlisten == 0)
		listen[nlisten++] = usual;

	err = cadre_master_new(name, &m);
	for (unsigned int i = 0; err == 0 && i < nlisten; i++)
		err = listen_on(m, listen[i], cadre_master_listen);
	for (unsigned int i = 0; err == 0 && i < nseat; i++)
		err = listen_on(m, seat[i], cadre_master_seat_listen);
	for (unsigned int i = 0; err == 0 && i < noption; i++)
		err = set(m, option[i]);
	if (err == 0 && path != NULL)
		err = shed(m, path);
	if (err < 0 ||
	    (err = cadre_master_counter(m, "requests", "", "requests answered",
		&requests)) < 0 ||
	    (err = cadre_master_counter(m, "errors", "", "requests refused",
		&errors)) < 0 ||
	    (err = cadre_master_workers(m, n, serve, NULL)) < 0)
		err = cadre_fail(err);
	else
		err = cadre_master_run(m);
	cadre_master_free(m);
	return err;
}
