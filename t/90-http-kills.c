/* t/90-http-kills: under 1,000 kills hello counts each answer that a client has, and at most one more a kill */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "shm/atomic.h"
#include "shm/clock.h"
#include "t/lib/example.h"
#include "t/lib/tap.h"

enum { KILLS = 1000, WORKERS = 16, CLIENTS = 8 };
#define UPTIME_NS	(1100 * NS_PER_MS)	/* a death before it is early */

static const char request[] = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
static uint64_t stop;

struct client {
	pthread_t	thread;
	struct app	*app;
	uint64_t	answers, broken, refused, wrong;
};

/* One request after the other on a connection, as long as that lasts. */
static void *
client(void *arg)
{
	struct client *c = arg;
	struct answer answer;
	int fd;

	while (shm_load(&stop) == 0) {
		fd = app_connect(c->app);
		c->refused += fd < 0;
		while (fd >= 0 && shm_load(&stop) == 0) {
			answer.status = 0;
			if (example_send(fd, request, strlen(request)) == 0)
				example_answer(fd, false, &answer);
			c->answers += answer.status == 200;
			c->broken += answer.status == 0;
			c->wrong += answer.status != 200 && answer.status != 0;
			if (answer.status != 200)
				break;
		}
		if (fd >= 0)
			close(fd);
	}
	return NULL;
}

struct aged {
	struct app	*app;
	unsigned int	seat;
};

/* Old enough for a death that needs no backoff. */
static bool
is_aged(void *arg)
{
	struct aged *w = arg;
	struct cadre_seat_view v;

	return app_seat(w->app, w->seat, &v) && v.state == CADRE_STATE_UP &&
	    clock_now_ns() > v.newest.life.ready_ns + UPTIME_NS;
}

static unsigned int
kill_all(struct app *a)
{
	unsigned int kills;

	for (kills = 0; kills < KILLS; kills++) {
		struct aged w = { a, kills % WORKERS };

		if (!app_until(is_aged, &w) || app_kill(a, w.seat, SIGKILL) < 0)
			break;
	}
	return kills;
}

int
main(void)
{
	char *argv[] = { "hello", "-n", "app", "-i", "16", "-l",
	    "tcp:127.0.0.1:0", NULL };
	struct app *a = example_start("hello", WORKERS, argv, NULL);
	struct client clients[CLIENTS] = { 0 }, all = { 0 };
	unsigned int kills;
	uint64_t total;

	for (struct client *c = clients; c < clients + CLIENTS; c++) {
		c->app = a;
		if (pthread_create(&c->thread, NULL, client, c) != 0)
			bail_out("no thread");
	}
	kills = kill_all(a);
	shm_store(&stop, 1);
	for (struct client *c = clients; c < clients + CLIENTS; c++) {
		pthread_join(c->thread, NULL);
		all.answers += c->answers;
		all.broken += c->broken;
		all.refused += c->refused;
		all.wrong += c->wrong;
	}
	total = app_total(a, "requests");
	is_int(kills, KILLS, "workers killed");
	is_u64(all.refused, 0, "no connection is refused");
	is_u64(all.wrong, 0, "every answer is a 200");
	ok(all.answers <= total && total <= all.answers + kills,
	    "%lu answers <= total %lu <= answers + kills; %lu were cut off",
	    (unsigned long)all.answers, (unsigned long)total,
	    (unsigned long)all.broken);
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
