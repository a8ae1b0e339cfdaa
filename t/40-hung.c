/* t/40-hung: a hung worker is told of with its last state, aborted or killed, and replaced */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "shm/clock.h"
#include "t/lib/probe.h"
#include "t/lib/server.h"
#include "t/lib/tap.h"

#define HANG_MS		300
#define LATE_MS		100
#define GRACE_MS	1000

static const struct row {
	const char	*line;		/* NULL: it is stopped */
	uint64_t	cause;
	int		signal;		/* that ends it, … */
	uint64_t	after_ms;	/* … so long after it was told of */
	char		state;
} rows[] = {
	{ "spin 0\n", CADRE_CAUSE_BUSY, SIGABRT, 0, 'R' },
	{ "deaf 0\n", CADRE_CAUSE_BUSY, SIGKILL, GRACE_MS, 'R' },
	{ "sleep 60000\n", CADRE_CAUSE_BLOCKED, SIGABRT, 0, 'S' },
	{ NULL, CADRE_CAUSE_STOPPED, SIGKILL, GRACE_MS, 'T' },
};
enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	server_config(m, "spread");
	server_set(m, CADRE_HANG_MS, HANG_MS);
}

/* Events come in the order of seats or of time; each is looked for anew. */
static bool
event(struct app *a, uint32_t kind, unsigned int seat,
    struct cadre_shm_event *e)
{
	a->events = (struct cadre_cursor){ 0 };
	return app_wait_event(a, kind, seat, e);
}

static void
hangs(struct app *a, unsigned int seat, const struct row *r,
    uint64_t generation)
{
	struct cadre_shm_event hung = { .kind = 0 }, died = { .kind = 0 };
	char text[32] = "process state ";
	uint64_t ms;

	text[strlen(text)] = r->state;
	ok(event(a, CADRE_EVENT_HUNG, seat, &hung), "seat %u hangs", seat);
	is_u64(hung.cause, r->cause, "by its cause");
	ok(hung.duration_ns >= HANG_MS * NS_PER_MS && hung.duration_ns <=
	    (HANG_MS + LATE_MS) * NS_PER_MS, "found in time: %llu ns",
	    (unsigned long long)hung.duration_ns);
	ok(strncmp(hung.text, text, strlen(text)) == 0, "%.*s",
	    (int)hung.text_bytes, hung.text);
	ok(hung.healths > 0, "with %u records of its health", hung.healths);
	ok(event(a, CADRE_EVENT_DIED, seat, &died), "it dies");
	is_int((int)died.exit_signal, r->signal, "of the signal");
	ms = (died.mono_ns - hung.mono_ns) / NS_PER_MS;
	/* The event is stamped somewhat behind the clock that it is due by. */
	ok(ms + 50 >= r->after_ms && ms <= r->after_ms + 300, "after %llu ms",
	    (unsigned long long)ms);
	ok(app_wait_respawn(a, seat, generation), "it is replaced");
}

int
main(void)
{
	struct app *a = app_start_with(ROWS, server_run, config, NULL);
	uint64_t generations[ROWS];
	unsigned int seat;
	int fds[ROWS], fd;

	ok(server_all_up(a, ROWS), "all are up");
	/* Connections go where the kernel likes: until each has one. */
	for (unsigned int i = 0; i < ROWS; i++) {
		generations[i] = app_generation(a, i);
		for (fds[i] = -1; fds[i] < 0;) {
			fd = server_open(a, "hello\n");
			if (server_answer(fd, &seat, NULL) == 0 && seat == i)
				fds[i] = fd;
			else
				close(fd);
		}
	}
	for (unsigned int i = 0; i < ROWS; i++)
		if (rows[i].line != NULL)
			(void)!write(fds[i], rows[i].line,
			    strlen(rows[i].line));
		else
			app_kill(a, i, SIGSTOP);
	for (unsigned int i = 0; i < ROWS; i++)
		hangs(a, i, &rows[i], generations[i]);
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
