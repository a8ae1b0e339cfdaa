/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An app in a given mode whose workers keep connections: each greets with its
 * seat, sends back what it is sent, and goes when its client does.
 */
#ifndef T_KEEPER_H
#define T_KEEPER_H

#include "t/lib/app.h"

struct app *keeper_start(int workers, cadre_worker_fn *fn,
    const char *options);
	/*
	 * app_start() with these options for its listener, "mode=rr": separated
	 * by a blank, one more listener each. `fn` is given them as its
	 * argument. "unix,mode=rr" is the socket `web` in the app's dir, and
	 * "6,mode=rr" is on ::1; "busy" is none, but CADRE_BUSY_POLL_US. Deaths
	 * are never early.
	 */
int	keeper(struct cadre_worker *, void *arg);
	/* The worker: of all listeners it has. */
int	keeper_enter(const struct app *, unsigned int *ret_seat);
	/* A connection that was greeted, and by whom; -errno. */
bool	keeper_echoes(int fd);
	/* Is it still kept? */
int	keeper_greeted(int fd);
	/* Wait for the greeting of a connected one: the seat, or -errno. */
unsigned int keeper_port(const struct app *, unsigned int listener);
bool	keeper_known(struct app *, unsigned int workers);
	/*
	 * Until each of these seats has greeted somebody: then the acceptor has
	 * its route. No load is left.
	 */
bool	keeper_rests(struct app *, unsigned int seats);
	/* Until nothing is open, and the load of each seat is 0. */
bool	keeper_idle(struct app *, unsigned int seats, uint64_t accepted);
	/*
	 * The same, when so many were accepted in all, all are done, and the
	 * workers sleep: what they close after counting is closed then.
	 */
int64_t	keeper_load(const struct app *, unsigned int seat);
bool	keeper_stands(pid_t);
	/* All its threads are stopped. */
bool	keeper_stand(pid_t);
	/* SIGSTOP, and wait until it has reached all its threads. */
pid_t	keeper_acceptor(const struct app *);
	/* Its pid, when the region shows one; 0: it did not come. */

#endif
