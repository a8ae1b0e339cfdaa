/* SPDX-License-Identifier: BSD-2-Clause */
/* See clients.h. */
#include <signal.h>
#include <unistd.h>

#include <sys/mman.h>
#include <sys/prctl.h>

#include "t/lib/clients.h"
#include "t/lib/tap.h"

#define CLIENTS_MAX	8

struct clients {		/* shared, and kept to the end of the test */
	unsigned int	counts[2];	/* answered, failed */
	unsigned int	n;		/* from here on the test's alone */
	pid_t		pids[CLIENTS_MAX];
};

static void
ask_on(const struct app *a, unsigned int *counts)
{
	char answer[64];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		__atomic_add_fetch(&counts[app_ask(a, "hello\n", answer,
		    sizeof(answer)) < 0], 1, __ATOMIC_RELAXED);
}

struct clients *
clients_begin(const struct app *a, unsigned int n)
{
	struct clients *c = mmap(NULL, sizeof(*c), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid;

	if (c == MAP_FAILED || n > CLIENTS_MAX)
		bail_out("no room for %u clients", n);
	while (c->n < n) {
		pid = fork();
		if (pid == 0)
			ask_on(a, c->counts);
		if (pid < 0)
			bail_out("cannot fork a client");
		c->pids[c->n++] = pid;
	}
	return c;
}

unsigned int
clients_answered(const struct clients *c)
{
	return __atomic_load_n(&c->counts[0], __ATOMIC_RELAXED);
}

unsigned int
clients_failed(const struct clients *c)
{
	return __atomic_load_n(&c->counts[1], __ATOMIC_RELAXED);
}

struct wanted {
	const struct clients *clients;
	unsigned int	most;
};

static bool
enough(void *arg)
{
	const struct wanted *w = arg;

	return clients_answered(w->clients) >= w->most;
}

bool
clients_go_on(const struct clients *c, unsigned int n)
{
	struct wanted w = { c, clients_answered(c) + n };

	return app_until(enough, &w);
}

void
clients_end(struct clients *c)
{
	for (unsigned int i = 0; i < c->n; i++) {
		kill(c->pids[i], SIGKILL);
		app_end_of(c->pids[i]);
	}
	c->n = 0;
}
