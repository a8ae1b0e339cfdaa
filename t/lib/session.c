/* SPDX-License-Identifier: BSD-2-Clause */
/* examples/sessions as the app under test; see session.h. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <netinet/in.h>
#include <sys/socket.h>

#include "t/lib/session.h"
#include "t/lib/tap.h"

struct app *
session_start_at(unsigned int workers, const char *where, char *store,
    char *option)
{
	char count[16], address[64];
	char *argv[] = { "sessions", "-n", "app", "-i", count, "-l", address,
	    store, "--timeout=10000", option, NULL };

	snprintf(count, sizeof(count), "%u", workers);
	snprintf(address, sizeof(address), "%s", where);
	return example_start("sessions", workers, argv, NULL);
}

struct app *
session_start(unsigned int workers, char *store, char *option)
{
	return session_start_at(workers, "tcp:127.0.0.1:0,mode=rr", store,
	    option);
}

struct visit
session_visit(int fd, const char *id)
{
	struct visit v = { .status = 0 };
	struct answer answer;
	char request[256];

	snprintf(request, sizeof(request), "GET / HTTP/1.1\r\nHost: x\r\n"
	    "Cookie: a=b; session=%s\r\n\r\n", id);
	if (example_send(fd, request, strlen(request)) < 0)
		return v;
	example_answer(fd, false, &answer);
	v.status = answer.status;
	sscanf(answer.body, "count %u seat %u ", &v.count, &v.seat);
	return v;
}

struct wanted {
	const struct app *app;
	unsigned int	seat;
	int		fd;
};

/* A visit of somebody else says whose it is. */
static bool
reached(void *arg)
{
	struct wanted *w = arg;
	struct visit v;

	w->fd = app_connect(w->app);
	if (w->fd < 0)
		return false;
	v = session_visit(w->fd, "ffffffffffffffffffffffffffffffff");
	if (v.status == 200 && v.seat == w->seat)
		return true;
	close(w->fd);
	return false;
}

int
session_connect(const struct app *a, unsigned int seat)
{
	struct wanted w = { .app = a, .seat = seat };

	if (!app_until(reached, &w))
		bail_out("no connection reaches seat %u", seat);
	return w.fd;
}

void
session_come(const struct app *a, unsigned int address, struct visitor *v)
{
	struct sockaddr_in from = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(0x7f010101 + address) };
	struct sockaddr_in to = { .sin_family = AF_INET,
	    .sin_port = htons((uint16_t)a->port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct answer answer = { .status = 0 };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char request[256];

	snprintf(request, sizeof(request), "GET / HTTP/1.1\r\nCookie: %s\r\n"
	    "Connection: close\r\n\r\n", v->cookie);
	if (bind(fd, (struct sockaddr *)&from, sizeof(from)) == 0 &&
	    connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0 &&
	    example_send(fd, request, strlen(request)) == 0)
		example_answer(fd, false, &answer);
	close(fd);
	v->count = 0;
	sscanf(answer.body, "count %u seat %u ", &v->count, &v->seat);
	strcpy(v->cookie, answer.cookie);
}
