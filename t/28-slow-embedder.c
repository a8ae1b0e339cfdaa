/* t/28-slow-embedder: a loop that comes by each 300 ms makes nobody hang, and finds who does */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>

#include "t/lib/probe.h"
#include "t/lib/server.h"
#include "t/lib/tap.h"

#define LOOP_MS		300
#define HANG_MS		150

static struct cadre_master *m;
static unsigned int stalled, hung, died, signal_of_death;

static void
hook(const struct cadre_shm_event *e, void *arg)
{
	(void)arg;
	stalled += e->kind == CADRE_EVENT_STALLED;
	hung += e->kind == CADRE_EVENT_HUNG;
	died += e->kind == CADRE_EVENT_DIED;
	if (e->kind == CADRE_EVENT_DIED)
		signal_of_death = e->exit_signal;
}

/* Its own work takes so long: this is no wait for a state. */
static void
turns(unsigned int n)
{
	for (unsigned int i = 0; i < n && cadre_master_dispatch(m) > 0; i++)
		poll(NULL, 0, LOOP_MS);
}

static bool
is_dead(void *arg)
{
	(void)arg;
	turns(1);
	return died > 0;
}

int
main(void)
{
	struct app a = { .port = 0 };
	char address[64] = "";
	int fd;

	probe_dir();
	cadre_master_new("app", &m);
	cadre_master_counter(m, "requests", "", "", &app_requests);
	cadre_master_on_event(m, hook, NULL);
	server_config(m, NULL);
	server_set(m, CADRE_HANG_MS, HANG_MS);
	cadre_master_workers(m, 1, server_run, NULL);
	ok(cadre_master_start(m) == 0 && probe_up(m, 0, 0), "it is up");
	cadre_master_address(m, 0, address, sizeof(address));
	a.port = (unsigned int)strtoul(strrchr(address, ':') + 1, NULL, 10);
	fd = server_open(&a, "sleep 150\n");
	turns(2);
	ok(server_answer(fd, NULL, NULL) == 0, "it answers");
	(void)!send(fd, "sleep 280\n", 10, MSG_NOSIGNAL);
	turns(3);
	ok(server_answer(fd, NULL, NULL) == 0, "and again");
	is_int((int)hung + (int)died, 0, "nobody was called hung");
	(void)!send(fd, "sleep 60000\n", 12, MSG_NOSIGNAL);
	ok(app_until(is_dead, NULL), "one that hangs is found");
	is_int((int)stalled > 0 && hung == 1, 1, "it was told of");
	is_int((int)signal_of_death, SIGABRT, "and aborted");
	close(fd);
	ok(probe_up(m, 0, 1), "it is replaced");
	cadre_master_free(m);
	return done_testing();
}
