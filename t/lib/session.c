/* SPDX-License-Identifier: BSD-2-Clause */
/* examples/sessions as the app under test; see session.h. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/session.h"
#include "t/lib/tap.h"

struct app *
session_start(unsigned int workers, char *store, char *option)
{
	char count[16];
	char *argv[] = { "sessions", "-n", "app", "-i", count, "-l",
	    "tcp:127.0.0.1:0,mode=rr", store, "--timeout=10000", option, NULL };

	snprintf(count, sizeof(count), "%u", workers);
	return example_start("sessions", workers, argv, NULL);
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
