/* t/41-proxied-chaos: peers that do anything at any time, and workers that are killed under them, leave no load and no descriptor */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>

#include "t/lib/introduced.h"
#include "t/lib/keeper.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

#define PEERS	64
#define STEPS	6000
#define KILLS	3

static struct preface h[6];
static int fds[PEERS], kind[PEERS];
static size_t sent[PEERS];

static void
headers(void)
{
	preface_line(&h[0], "PROXY TCP4 192.0.2.1 198.51.100.7 40000 443");
	preface_line(&h[1], "PROXY UNKNOWN");
	preface_tcp(&h[2], "2001:db8::1", 1, "2001:db8::2", 2);
	preface_crc32c(&h[2]);
	preface_begin(&h[3], PREFACE_LOCAL, 0, "", 0);
	preface_tcp(&h[4], "192.0.2.1", 1, "192.0.2.2", 2);
	preface_lie(&h[4], 1);
	preface_line(&h[5], "PROXY TCP4 192.0.2.1 198.51.100.7 40000 99999");
}

/* Its end: a FIN, a reset, or the half of one. */
static void
leave(int i)
{
	const struct linger reset = { .l_onoff = 1, .l_linger = 0 };

	if (rand() % 3 == 0)
		setsockopt(fds[i], SOL_SOCKET, SO_LINGER, &reset,
		    sizeof(reset));
	if (rand() % 3 == 0)
		shutdown(fds[i], SHUT_WR);
	close(fds[i]);
	fds[i] = -1;
}

static void
step(const struct app *a, int i)
{
	const struct preface *p = &h[kind[i]];
	size_t n;

	if (fds[i] < 0) {
		fds[i] = app_connect(a);
		kind[i] = rand() % 6;
		sent[i] = 0;
	} else if (rand() % 5 == 0)
		leave(i);
	else {
		n = 1 + (size_t)rand() % 40;
		if (sent[i] < p->n && n > p->n - sent[i])
			n = p->n - sent[i];
		/* Then requests, or what takes itself for more of a header. */
		(void)!send(fds[i], p->bytes + sent[i] % p->n, n <= p->n -
		    sent[i] % p->n ? n : p->n - sent[i] % p->n, MSG_NOSIGNAL |
		    MSG_DONTWAIT);
		sent[i] += n;
	}
}

struct before {
	struct app	*a;
	int		open;
};

static int
open_of(const struct app *a)
{
	return probe_fds(app_pid(a, 0)) + probe_fds(app_pid(a, 1));
}

/* What is counted as done is closed a moment later. */
static bool
has_no_more(void *arg)
{
	const struct before *b = arg;

	return open_of(b->a) <= b->open;
}

static void
mode(const char *options)
{
	struct app *a = keeper_start(2, introduced, options);
	uint64_t generation = 0;
	struct before before = { .a = a };

	srand(1);
	close(introduced_line(a, "PROXY UNKNOWN"));
	ok(keeper_idle(a, 2, 1), "%s: at rest", options);
	before.open = open_of(a);
	for (int i = 0; i < PEERS; i++)
		fds[i] = -1;
	for (int i = 0; i < STEPS; i++) {
		step(a, rand() % PEERS);
		if (i % (STEPS / (KILLS + 1)) == 1000)
			ok(app_kill_next(a, 0, &generation), "one is killed");
	}
	for (int i = 0; i < PEERS; i++)
		if (fds[i] >= 0)
			leave(i);
	ok(app_wait_state(a, 0, CADRE_STATE_UP) && keeper_rests(a, 2), "no "
	    "load is left");
	ok(app_until(has_no_more, &before), "nor a descriptor");
	ok(app_total(a, "refused") > 0 && app_total(a, "requests") > 0,
	    "%llu were refused, %llu served",
	    (unsigned long long)app_total(a, "refused"),
	    (unsigned long long)app_total(a, "requests"));
	is_int(app_stop(a), 0, "the master exits 0");
}

int
main(void)
{
	headers();
	mode("mode=gate,proxy=127.0.0.1,proxy-timeout=50ms");
	mode("mode=spread,proxy=127.0.0.1,proxy-timeout=50ms");
	mode("mode=rr,proxy=127.0.0.1,proxy-timeout=50ms");
	return done_testing();
}
