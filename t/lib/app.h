/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An app under test: its master is a child of the test, the test itself is an
 * observer. Every wait is for a state, bounded by APP_WAIT_S, and gives false
 * when it ran out; the test says so with ok().
 *
 * Each app has a runtime directory of its own below a temporary one, which
 * app_stop() removes and CADRE_RUNTIME_DIR names.
 */
#ifndef T_APP_H
#define T_APP_H

#include <cadre/cadre.h>

#define APP_WAIT_S	60

struct app {
	pid_t		master;		/* 0: reaped */
	int		status;		/* of the master, from waitpid */
	char		dir[64];	/* CADRE_RUNTIME_DIR */
	char		name[CADRE_NAME_BYTES];
	struct cadre_region *region;
	unsigned int	port;		/* of listener 0, 0: none */
	struct cadre_cursor events;	/* of app_wait_event() */
};

typedef void app_config_fn(struct cadre_master *, void *arg);

extern struct cadre_counter *app_requests;	/* in the workers */

struct app *app_start(int workers, cadre_worker_fn *fn);
	/*
	 * Start on tcp:127.0.0.1:0 and wait until all workers are ready.
	 * Bails out when that fails: nothing can be said then.
	 */
struct app *app_start_with(int workers, cadre_worker_fn *fn,
    app_config_fn *config, void *arg);
	/* The same, configured; waits for the region, not for workers. */
int	app_try(int workers, cadre_worker_fn *fn, app_config_fn *config,
	    void *arg, const char *dir, char *err, size_t bytes);
	/*
	 * A start that should fail: run a master of the name "app" in dir to
	 * its end, its standard error in `err`. Its wait status; SIGKILL if
	 * it did not end.
	 */
void	app_once(struct cadre_master *, void *arg);
	/* For app_try(), of a start that should not: end with the first ready. */
int	app_stop(struct app *);
	/* TERM, wait for the master, remove everything; its wait status. */
int	app_wait_end(struct app *);
	/* Wait for the master without a signal; its wait status, or -1. */
void	app_free(struct app *);
	/* After app_wait_end(): close the region, remove the directory. */

/* Workers for app_start(). */
int	app_idle(struct cadre_worker *, void *arg);
	/* Ready, then waits until it is drained. */
int	app_answer(struct cadre_worker *, void *arg);
	/*
	 * Reads a line per connection, counts a request, answers
	 * "seat N pid P\n" and closes. The line "busy\n" loops for ever,
	 * "print\n" prints one to standard output, "die\n"
	 * is answered by SIGKILL of itself; after "hold\n" it answers, waits
	 * for another line, doing nothing else meanwhile, and answers again.
	 */

int	app_count(struct cadre_worker *, void *arg);
	/* Counts requests for ever, after each a byte to the descriptor *arg. */

int	app_ask(const struct app *, const char *line, char *answer,
	    size_t bytes);
	/*
	 * One connection to app_answer(): the answer's length; -EPIPE: none
	 * came; -errno of connect(2).
	 */
int	app_connect(const struct app *);
	/*
	 * A connected, blocking socket with a time limit, or -errno. Without a
	 * port it is to the Unix socket `web` in the app's dir.
	 */
int	app_hold(const struct app *);
	/*
	 * The same, when a worker has answered "hold\n" to it and waits for
	 * another line; -EPIPE: none has.
	 */
int	app_hold_seat(const struct app *, unsigned int *ret_seat);
	/* The same; it says whose worker that is. */
int	app_seat_gone(const struct app *, unsigned int seats);
	/* The first of these without a worker that is up; -1: none. */
bool	app_seat(const struct app *, unsigned int seat,
	    struct cadre_seat_view *ret_view);
pid_t	app_pid(const struct app *, unsigned int seat);
uint64_t app_generation(const struct app *, unsigned int seat);
	/* Of its newest worker, which may have died already; 0: none. */
uint64_t app_total(const struct app *, const char *metric);
int	app_kill(const struct app *, unsigned int seat, int signal);
	/* By the pid its row shows. 0 or -errno. */
bool	app_kill_next(struct app *, unsigned int seat, uint64_t *inout_generation);
	/*
	 * Wait until a younger generation than that is up, SIGKILL it, and say
	 * which it was: of a seat's workers each is killed once.
	 */
bool	app_wait_state(struct app *, unsigned int seat, uint32_t state);
bool	app_wait_idle(struct app *, unsigned int seat);
	/* Until it is up and waits for events. */
bool	app_wait_respawn(struct app *, unsigned int seat, uint64_t generation);
	/* Until a younger generation than that one is up. */
bool	app_wait_total(struct app *, const char *metric, uint64_t total);
	/* Until it is at least that. */
bool	app_wait_event(struct app *, uint32_t kind, unsigned int seat,
	    struct cadre_shm_event *ret_event);
	/*
	 * The next such event, of seat CADRE_NO_SEAT the app's own; those before
	 * it are passed over. ret_event may be NULL.
	 */
int	app_end_of(pid_t);
	/*
	 * Until that child has ended, or that orphan if the test has made
	 * itself a subreaper: its wait status, or -1.
	 */
bool	app_gone(pid_t);
	/* Until no such process is left, not even as a zombie. */
bool	app_until(bool (*done)(void *), void *arg);
	/* Until done(arg), for conditions of a test's own. */

#endif
