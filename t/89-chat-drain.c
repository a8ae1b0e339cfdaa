/* SPDX-License-Identifier: BSD-2-Clause */
/* t/89-chat-drain: a drain closes clients one by one, over its time */
#include <poll.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "t/lib/chat.h"
#include "t/lib/tap.h"

#define CLIENTS	200
#define SPREAD	2000
#define PARTS	10

static int
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int)(ts.tv_sec * 1000 + ts.tv_nsec / 1000000);
}

int
main(void)
{
	struct app *a = chat_start(1, "--spread=2000", NULL);
	int fds[CLIENTS], at, first = 0, last = 0, restarts = 0, ended = 0;
	struct pollfd p[CLIENTS];
	int parts[PARTS] = { 0 }, most = 0, begun;

	for (int i = 0; i < CLIENTS; i++) {
		fds[i] = chat_open(a);
		p[i] = (struct pollfd){ .fd = fds[i], .events = POLLIN };
	}
	is_u64(app_total(a, "clients"), CLIENTS, "clients");
	begun = now_ms();
	kill(a->master, SIGHUP);
	while (ended < CLIENTS && poll(p, CLIENTS, 20000) > 0)
		for (int i = 0; i < CLIENTS; i++)
			if (p[i].revents != 0) {
				at = now_ms() - begun;
				first = ended == 0 ? at : first;
				last = at;
				parts[(at - first) * PARTS / SPREAD % PARTS]++;
				restarts += chat_closed(fds[i]) == 1012;
				ended++;
				p[i].fd = -1;
			}
	is_int(restarts, CLIENTS, "each is closed with 1012");
	for (int i = 0; i < PARTS; i++)
		most = parts[i] > most ? parts[i] : most;
	ok(last - first > SPREAD / 2, "over %d ms of %d", last - first, SPREAD);
	ok(most < CLIENTS / 3, "at most %d of %d in a tenth", most, CLIENTS);
	ok(app_wait_event(a, CADRE_EVENT_RELOADED, CADRE_NO_SEAT, NULL),
	    "and then the worker leaves");
	ok(app_wait_total(a, "clients", 0), "none is left");
	is_int(app_stop(a), 0, "TERM: exit status 0");
	return done_testing();
}
