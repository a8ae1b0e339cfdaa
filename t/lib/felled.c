/* SPDX-License-Identifier: BSD-2-Clause */
/* See felled.h. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sys/mman.h>
#include <sys/prctl.h>

#include "shm/atomic.h"
#include "t/lib/felled.h"
#include "t/lib/keeper.h"
#include "t/lib/tap.h"

enum { WORKERS = 4, CLIENTS = 2, ASKED = 40 };

struct load {
	uint64_t	stop, answered, cut, refused;
};

static void
client(const struct app *a, struct load *l)
{
	char answer[64];
	int n;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (shm_load(&l->stop) == 0) {
		n = app_ask(a, "hello\n", answer, sizeof(answer));
		shm_add(n > 0 ? &l->answered : n == -EPIPE ? &l->cut :
		    &l->refused, 1);
	}
	_exit(0);
}

struct wait {
	struct app	*app;
	struct load	*load;
	uint64_t	answered;
};

static bool
answers(void *arg)
{
	const struct wait *w = arg;

	return shm_load(&w->load->answered) >= w->answered;
}

/* Told with its pid, replaced, and clients are answered again. */
static bool
fell(struct app *a, struct load *l)
{
	struct wait w = { .app = a, .load = l };
	pid_t pid = keeper_acceptor(a);
	struct cadre_shm_event e;
	char text[32];

	snprintf(text, sizeof(text), "(pid %d) died: signal 9", (int)pid);
	if (pid <= 0 || kill(pid, SIGKILL) < 0 ||
	    !app_wait_event(a, CADRE_EVENT_ACCEPTOR, CADRE_NO_SEAT, &e) ||
	    strstr(e.text, text) == NULL || keeper_acceptor(a) == pid)
		return false;
	w.answered = shm_load(&l->answered) + 4;
	return app_until(answers, &w);
}

static void
in_turn(const struct app *a)
{
	unsigned int seat, asked[WORKERS] = { 0 };
	char answer[64];

	for (int i = 0; i < ASKED; i++)
		if (app_ask(a, "hello\n", answer, sizeof(answer)) > 0 &&
		    sscanf(answer, "seat %u", &seat) == 1 && seat < WORKERS)
			asked[seat]++;
	ok(asked[0] == asked[1] && asked[1] == asked[2] &&
	    asked[2] == asked[3] && asked[3] == ASKED / WORKERS,
	    "afterwards %u, %u, %u and %u", asked[0], asked[1], asked[2],
	    asked[3]);
}

void
felled(const char *options, unsigned int times)
{
	struct load *l = mmap(NULL, sizeof(*l), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct app *a = keeper_start(WORKERS, app_answer, options);
	unsigned int n = 0;
	struct cadre_app app;
	pid_t clients[CLIENTS];

	for (int i = 0; i < CLIENTS; i++)
		if ((clients[i] = fork()) == 0)
			client(a, l);
	while (n < times && fell(a, l))
		n++;
	is_int((int)n, (int)times, "%s: the acceptor was killed and replaced",
	    options);
	shm_store(&l->stop, 1);
	for (int i = 0; i < CLIENTS; i++)
		is_int(app_end_of(clients[i]), 0, "a client ends");
	is_u64(l->refused, 0, "of %lu clients none was refused",
	    (unsigned long)(l->answered + l->cut));
	ok(l->cut <= times * CLIENTS, "at most those in its hands were cut: %lu",
	    (unsigned long)l->cut);
	ok(cadre_region_app(a->region, &app) == 0 &&
	    app.acceptor_restarts == times, "the region counts");
	in_turn(a);
	is_int(app_stop(a), 0, "the master exits 0");
	munmap(l, sizeof(*l));
}
