/* SPDX-License-Identifier: BSD-2-Clause */
/* Asks, counts and compares; see witness.h. */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "shm/clock.h"
#include "t/hostile/witness.h"
#include "t/lib/app.h"
#include "t/lib/tap.h"

#define PATIENCE_MS	30
#define KILL_MS		250

static bool
comes(int fd, short events)
{
	struct pollfd p = { .fd = fd, .events = events };

	return poll(&p, 1, PATIENCE_MS) == 1 && (p.revents & events) != 0;
}

/* A seat that answered; -1: the connection was not made; else none did. */
static int
ask(unsigned int port)
{
	struct sockaddr_in in = {
		.sin_family = AF_INET,
		.sin_port = htons((in_port_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	char answer[64] = "";
	int seat = -1;

	(void)connect(fd, (struct sockaddr *)&in, sizeof(in));
	if (comes(fd, POLLOUT) && send(fd, "hello\n", 6, MSG_NOSIGNAL) == 6) {
		seat = SIEGE_SEATS;
		if (comes(fd, POLLIN) &&
		    recv(fd, answer, sizeof(answer) - 1, 0) > 0)
			(void)sscanf(answer, "seat %d", &seat);
	}
	close(fd);
	return seat;
}

static uint64_t
requests_of(const struct cadre_region *r, unsigned int seat)
{
	uint64_t values[64];
	int i = cadre_region_find(r, "requests");

	return i >= 0 && i < cadre_region_values(r, seat, values, 64) ?
	    values[i] : UINT64_MAX;
}

static void
figures_check(struct witness *w)
{
	uint64_t value;

	for (unsigned int i = 1; i < SIEGE_SEATS; i++) {
		value = requests_of(w->region, i);
		if (value >= w->answers[i] &&
		    value <= w->answers[i] + w->lost)
			continue;
		if (w->wrong++ == 0)
			diag("cycle %u: seat %u shows %llu, answered %llu, "
			    "%llu lost", w->cycle, i, (unsigned long long)value,
			    (unsigned long long)w->answers[i],
			    (unsigned long long)w->lost);
	}
}

static void
marks_look(struct witness *w)
{
	struct cadre_seat_view v;

	for (unsigned int i = 0; i < SIEGE_SEATS; i++) {
		if (cadre_region_seat(w->region, i, &v) < 0 ||
		    v.state != CADRE_STATE_UP)
			continue;
		w->looks[i]++;
		w->marked[i] += v.newest.doubtful;
	}
}

/* All that an observer can read, of all seats: it must come back from it. */
static void
read_all(struct witness *w)
{
	struct cadre_shm_health health[64];
	struct cadre_shm_status status;
	struct cadre_cursor cursor = { 0 };
	uint64_t values[SIEGE_SEATS * 64];

	(void)cadre_region_snapshot(w->region, values, 64);
	(void)cadre_region_totals(w->region, values, 64);
	for (unsigned int i = 0; i < SIEGE_SEATS * CADRE_SLOTS_PER_SEAT; i++) {
		(void)cadre_region_life(w->region, i / CADRE_SLOTS_PER_SEAT,
		    i % CADRE_SLOTS_PER_SEAT, values, 64);
		(void)cadre_region_status(w->region, i / CADRE_SLOTS_PER_SEAT,
		    i % CADRE_SLOTS_PER_SEAT, &status);
		cursor = (struct cadre_cursor){ 0 };
		w->odd += cadre_region_health(w->region,
		    i / CADRE_SLOTS_PER_SEAT, i % CADRE_SLOTS_PER_SEAT, &cursor,
		    health, 64) > 64;
	}
}

static void
kill_hostile(struct witness *w)
{
	struct cadre_seat_view v;
	uint64_t now_ns = clock_now_ns();

	if (now_ns < w->next_kill_ns)
		return;
	w->next_kill_ns = now_ns +
	    (uint64_t)(rand() % (2 * KILL_MS)) * NS_PER_MS;
	if (cadre_region_seat(w->region, 0, &v) == 0 &&
	    v.state == CADRE_STATE_UP &&
	    kill((pid_t)v.newest.life.pid, SIGKILL) == 0)
		w->kills++;
}

void
witness_close(struct witness *w)
{
	if (w->region == NULL)
		return;
	figures_check(w);
	cadre_region_close(w->region);
	w->region = NULL;
}

/* The app that runs now, if it is another one. */
static bool
follow(struct witness *w)
{
	unsigned int cycle = w->siege->cycle;

	if (cycle == w->cycle && w->region != NULL)
		return true;
	witness_close(w);
	w->cycle = cycle;
	if (cycle == 0 || cadre_region_open("app", &w->region) < 0) {
		poll(NULL, 0, 1);
		return false;
	}
	w->port = w->siege->port;
	w->cycles++;
	w->lost = 0;
	memset(w->answers, 0, sizeof(w->answers));
	return true;
}

void
witness_look(struct witness *w)
{
	int seat;

	if (!follow(w))
		return;
	seat = ask(w->port);
	if (seat > 0 && seat < SIEGE_SEATS)
		w->answers[seat]++;
	w->lost += seat == SIEGE_SEATS;
	w->answered += seat > 0 && seat < SIEGE_SEATS;
	w->unanswered += seat == SIEGE_SEATS;
	figures_check(w);
	marks_look(w);
	read_all(w);
	kill_hostile(w);
}

void
witness_tell(const struct witness *w)
{
	uint64_t others = 0, looks = 0;

	for (unsigned int i = 1; i < SIEGE_SEATS; i++) {
		others += w->marked[i];
		looks += w->looks[i];
	}
	diag("%llu answered, %llu not", (unsigned long long)w->answered,
	    (unsigned long long)w->unanswered);
	ok(w->answered > 0, "the others answered");
	is_u64(w->wrong, 0, "their figures were right, at each look");
	is_u64(others, 0, "none of theirs is marked, in %llu looks",
	    (unsigned long long)looks);
	ok(w->looks[0] > 0 && w->marked[0] * 2 > w->looks[0],
	    "the hostile one's is, in %llu of %llu",
	    (unsigned long long)w->marked[0], (unsigned long long)w->looks[0]);
	is_u64(w->odd, 0, "whoever reads all comes back");
}
