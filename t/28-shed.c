/* t/28-shed: beyond a limit a client reads the canned bytes and an end, or it is reset; all are counted */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>

#include "t/lib/server.h"
#include "t/lib/tap.h"

#define LIMIT		2
#define SHED		20

static const char busy[] = "HTTP/1.0 503 busy\r\n\r\n";
static bool canned;

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	server_config(m, getenv("T_MODE"));
	server_set(m, CADRE_WORKER_CONNECTIONS, LIMIT);
	server_set(m, CADRE_OVERLOAD, CADRE_OVERLOAD_SHED);
	if (cadre_master_shed(m, busy, canned ? strlen(busy) : 0) < 0)
		exit(99);
}

/* What a client gets until the end: the bytes, or a reset. */
static bool
is_shed(const struct app *a)
{
	int fd = canned ? server_open(a, "hello\n") : app_connect(a);
	char text[256];
	size_t used = 0;
	ssize_t n;

	if (fd < 0)
		return !canned && fd == -ECONNRESET;
	while ((n = recv(fd, text + used, sizeof(text) - used, 0)) > 0)
		used += (size_t)n;
	n = n < 0 ? -errno : 0;
	close(fd);
	if (!canned)
		return used == 0 && n == -ECONNRESET;
	return n == 0 && used == strlen(busy) && memcmp(text, busy, used) == 0;
}

/* Of the acceptor, in rr, least and sticky; else of workers. */
static uint64_t
counted(const struct app *a, bool hands)
{
	struct cadre_shm_intake intake = { .shed = 0 };

	if (!hands)
		return app_total(a, "shed");
	return cadre_region_intake(a->region, 0, &intake) == 0 ? intake.shed :
	    UINT64_MAX;
}

/* The client may know before it is counted. */
static bool
are_counted(void *a)
{
	bool hands = strchr("rl", getenv("T_MODE")[0]) != NULL ||
	    strncmp(getenv("T_MODE"), "sticky", 6) == 0;

	return counted(a, hands) == SHED;
}

static void
sheds(const char *mode)
{
	int held[LIMIT], shed = 0;
	struct app *a;

	setenv("T_MODE", mode, 1);
	a = app_start_with(1, server_run, config, NULL);
	ok(server_all_up(a, 1), "%s: it is up", mode);
	for (int i = 0; i < LIMIT; i++) {
		held[i] = server_open(a, "hello\n");
		ok(server_answer(held[i], NULL, NULL) == 0, "%s: a place is "
		    "taken", mode);
	}
	for (int i = 0; i < SHED; i++)
		shed += is_shed(a);
	is_int(shed, SHED, "%s: shed %s", mode, canned ? "by bytes and an end" :
	    "by a reset");
	ok(app_until(are_counted, a), "%s: all are counted", mode);
	is_u64(app_total(a, "accepted"), LIMIT, "%s: and not as accepted",
	    mode);
	close(held[0]);
	ok(app_wait_total(a, "done", 1), "%s: one ends", mode);
	held[0] = server_open(a, "hello\n");
	ok(server_answer(held[0], NULL, NULL) == 0, "%s: another takes its "
	    "place", mode);
	for (int i = 0; i < LIMIT; i++)
		close(held[i]);
	is_int(app_stop(a), 0, "%s: the master exits 0", mode);
}

int
main(void)
{
	for (int i = 0; i < 2; i++) {
		canned = i == 0;
		sheds("spread");
		sheds("gate");
		sheds("rr");
		sheds("least");
		sheds("sticky:addr");
		sheds("sticky:addr,strict");
	}
	return done_testing();
}
