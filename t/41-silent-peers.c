/* t/41-silent-peers: peers that send nothing, and half-open ones, delay nobody and leave nothing */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "t/lib/probe.h"
#include "t/lib/server.h"
#include "t/lib/tap.h"

#define PEERS		256
#define WORKERS		2

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	server_config(m, getenv("T_MODE"));
}

/* One that lets nothing in sends its SYN, and never sees the answer. */
static int
half_open(const struct app *a)
{
	struct sock_filter nothing = BPF_STMT(BPF_RET | BPF_K, 0);
	struct sock_fprog program = { 1, &nothing };
	struct sockaddr_in in = {
		.sin_family = AF_INET,
		.sin_port = htons((in_port_t)a->port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program));
	(void)!connect(fd, (struct sockaddr *)&in, sizeof(in));
	return fd;
}

static int
descriptors(const struct app *a)
{
	struct cadre_app app;

	cadre_region_app(a->region, &app);
	return probe_fds(a->master) + probe_fds((pid_t)app.acceptor_pid) +
	    probe_fds(app_pid(a, 0)) + probe_fds(app_pid(a, 1));
}

static bool
is_as_before(void *arg)
{
	const struct app *a = arg;

	return descriptors(a) == atoi(getenv("T_FDS")) &&
	    app_total(a, "open") == 0;
}

static bool
answers(const struct app *a)
{
	int fd = server_open(a, "hello\n");
	bool good = server_answers(&fd, 1, 1000) == 1 &&
	    server_answer(fd, NULL, NULL) == 0;

	close(fd);
	return good;
}

static void
silent(const char *mode)
{
	static int fds[2 * PEERS];
	int answered = 0;
	struct app *a;
	char text[16];

	setenv("T_MODE", mode, 1);
	a = app_start_with(WORKERS, server_run, config, NULL);
	ok(server_all_up(a, WORKERS) && answers(a) &&
	    app_wait_total(a, "done", 1), "%s: it answers", mode);
	snprintf(text, sizeof(text), "%d", descriptors(a));
	setenv("T_FDS", text, 1);
	for (int i = 0; i < PEERS; i++) {
		fds[i] = app_connect(a);
		fds[PEERS + i] = half_open(a);
	}
	ok(app_wait_total(a, "open", PEERS), "%s: %d are open", mode, PEERS);
	for (int i = 0; i < 20; i++)
		answered += answers(a);
	is_int(answered, 20, "%s: others are answered", mode);
	for (int i = 0; i < 2 * PEERS; i++)
		close(fds[i]);
	ok(app_until(is_as_before, a), "%s: nothing of them is left", mode);
	is_int(app_stop(a), 0, "%s: the master exits 0", mode);
}

int
main(void)
{
	silent("spread");
	silent("gate");
	silent("rr");
	return done_testing();
}
