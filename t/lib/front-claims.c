/* SPDX-License-Identifier: BSD-2-Clause */
/* See front-claims.h. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>

#include "t/lib/front-claims.h"
#include "t/lib/front.h"
#include "t/lib/restart.h"
#include "t/lib/tap.h"

/* Of clients that were at this seat, or were not, how many are elsewhere. */
static unsigned int
moved(const struct front_clients *c, const unsigned int before[],
    unsigned int seat, bool at_it)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < FRONT_CLIENTS; i++)
		n += (before[i] == seat) == at_it && c->seat[i] != before[i];
	return n;
}

static unsigned int
at(const struct front_clients *c, unsigned int seat)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < FRONT_CLIENTS; i++)
		n += c->seat[i] == seat;
	return n;
}

static void
reload(struct front *f, struct front_clients *c)
{
	char why[300];

	is_int(ask_reload(f->app, 0, why, sizeof(why)), 0, "a reload%s", why);
	ok(front_goes_on(c), "they go on");
	is_u64(c->moved, 0, "a reload moves none of %u clients", FRONT_CLIENTS);
}

struct awaited {
	const struct front_clients *clients;
	unsigned int	seat;
};

static bool
is_away(void *arg)
{
	const struct awaited *w = arg;

	return at(w->clients, w->seat) == 0;
}

/* HAProxy by its checks, nginx by a client that it sends on. */
static void
is_seen(struct front *f, unsigned int seat, bool clients, bool checks)
{
	char line[32] = "Connection refused";

	if (checks)
		snprintf(line, sizeof(line), "seat%u is DOWN", seat);
	ok((!checks && !clients) || front_says(f, line),
	    "the proxy says it: %s", line);
}

static void
scaled(struct front *f, struct front_clients *c, bool cookie)
{
	unsigned int before[FRONT_CLIENTS], theirs, seat;
	char why[300];

	memcpy(before, c->seat, sizeof(before));
	is_int(ask_scale(f->app, 2, 0, why, sizeof(why)), 0, "one less%s",
	    why);
	seat = (unsigned int)app_seat_gone(f->app, 3);
	theirs = 0;
	for (unsigned int i = 0; i < FRONT_CLIENTS; i++)
		theirs += before[i] == seat;
	ok(app_until(is_away, &(struct awaited){ c, seat }),
	    "the proxy sees it: nobody is there");
	is_seen(f, seat, theirs > 0, cookie);
	ok(front_goes_on(c), "they go on");
	is_u64(moved(c, before, seat, true), theirs, "its %u clients are "
	    "elsewhere", theirs);
	is_u64(moved(c, before, seat, false), 0, "no others are");
	is_int(ask_scale(f->app, 3, 0, why, sizeof(why)), 0, "one more%s",
	    why);
	ok(app_wait_state(f->app, seat, CADRE_STATE_UP), "seat %u is back",
	    seat);
	ok(front_goes_on(c), "they go on");
	if (!cookie)
		is_u64(moved(c, before, seat, true), 0,
		    "and so are its clients");
}

static void
upgrade(const struct front *f)
{
	static const char request[] = "GET / HTTP/1.1\r\nHost: x\r\n"
	    "Connection: Upgrade\r\nUpgrade: echo\r\n\r\n";
	char head[1024] = "", line[64];
	int fd = app_connect(&f->proxy);
	size_t n = 0;
	ssize_t got;

	(void)example_send(fd, request, strlen(request));
	while (n < sizeof(head) - 1 && strstr(head, "\r\n\r\n") == NULL &&
	    recv(fd, head + n, 1, 0) == 1)
		head[++n] = '\0';
	ok(strncmp(head, "HTTP/1.1 101 ", 13) == 0, "another protocol: %.12s",
	    head);
	(void)example_send(fd, "hear me", 7);
	got = recv(fd, line, sizeof(line) - 1, 0);
	line[got > 0 ? got : 0] = '\0';
	ok(strstr(line, " hear me") != NULL, "passes to a worker and back: %s",
	    line);
	close(fd);
}

/* Of a client that says who it is, and how it came. */
static void
forged(const struct front *f)
{
	static const char request[] = "GET / HTTP/1.1\r\nHost: x\r\n"
	    "Connection: close\r\nX-Forwarded-For: 203.0.113.9\r\n"
	    "X-Forwarded-Proto: https\r\nX-Forwarded-Host: forged\r\n"
	    "X-Forwarded-Port: 4434\r\nX-Real-IP: 203.0.113.9\r\n"
	    "Forwarded: for=203.0.113.9;proto=https\r\n\r\n";
	char text[4096] = "";
	size_t n = 0;
	ssize_t got = 1;
	int fd = app_connect(&f->proxy);

	(void)example_send(fd, request, strlen(request));
	for (; got > 0 && n < sizeof(text) - 1; n += got > 0 ? (size_t)got : 0)
		got = recv(fd, text + n, sizeof(text) - 1 - n, 0);
	close(fd);
	ok(strcasestr(text, "\r\nX-Forwarded-For: 127.0.0.1\r\n") != NULL &&
	    strcasestr(text, "\r\nX-Forwarded-Proto: http\r\n") != NULL,
	    "the proxy says who asks, and how");
	ok(strstr(text, "203.0.113.9") == NULL && strstr(text, "forged") ==
	    NULL && strstr(text, "4434") == NULL && strstr(text, "https") ==
	    NULL, "nothing that the client says of it passes");
}

void
front_claims(const char *proxy, const char *by, const char *options)
{
	struct front_clients *c;
	struct front f;

	front_start(&f, front_app(options, 3), proxy, by);
	c = front_clients(&f);
	ok(front_goes_on(c), "%u clients come", FRONT_CLIENTS);
	ok(at(c, 0) < FRONT_CLIENTS && at(c, 1) < FRONT_CLIENTS &&
	    at(c, 2) < FRONT_CLIENTS, "they are at %u, %u, %u", at(c, 0),
	    at(c, 1), at(c, 2));
	is_u64(c->moved, 0, "each is at one seat from its first visit on");
	reload(&f, c);
	scaled(&f, c, strcmp(proxy, "haproxy") == 0);
	upgrade(&f);
	forged(&f);
	if (options != NULL)
		ok(front_names(&f, "127.0.0.77"), "a worker knows who asks");
	front_end(c);
	is_u64(c->failed, 0, "none of %u requests failed", c->answered);
	front_stop(&f);
	is_int(app_stop(f.app), 0, "the master exits 0");
}
