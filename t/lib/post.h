/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An app for messages: its master is in the test itself, whose handlers run
 * while it waits; its workers are forked from it, and set up their handlers in
 * a function of the test's.
 */
#ifndef T_POST_H
#define T_POST_H

#include <cadre/cadre.h>

#include "t/lib/app.h"

typedef void post_worker_fn(struct cadre_worker *, struct cadre_mailbox *);

extern struct cadre_master *post_master;	/* of post_start() */
extern struct cadre_mailbox *post_box;		/* and its mailbox */

void	post_start(int workers, post_worker_fn *fn, app_config_fn *config);
	/*
	 * Start an app without a listener and wait until all are ready and
	 * online; `config`, unless NULL, is called before. Bails out.
	 */
void	post_start_with(int workers, cadre_worker_fn *fn, app_config_fn *config);
	/* The same of workers that have a loop of their own. */
void	post_start_exec(int workers, const char *word);
	/* The same of t/lib/program, with that word; ready by time. */
bool	post_signal(unsigned int seat, int signal);
	/* To its worker; of SIGSTOP: until it stands still. */
bool	post_stopped(unsigned int seat);
	/* Dispatch until its worker stands still. */
uint64_t post_generation(unsigned int seat);
bool	post_up(unsigned int seat, uint64_t generation);
	/* Dispatch until that seat is up with a younger generation. */
bool	post_until(bool (*done)(void *), void *arg);
	/* Dispatch until then, as app_until(). */
bool	post_counted(const int *count, int want);
	/* Dispatch until it is at least that. */
void	post_no_backoff(struct cadre_master *, void *arg);
	/* For `config`: who ends is replaced at once. */
extern char post_reply[32];	/* the last reply, cut; ended by NUL */
extern int post_answers;	/* so many were told */

int	post_ask(uint32_t type, int timeout_ms);
	/*
	 * A request to seat 0, of the bytes "hello" with the final NUL: what
	 * its answer was, or why it was refused.
	 */
bool	post_stop(void);
	/* Stop gracefully, free; true: it came to its end. */

void	post_echo(struct cadre_mailbox *, struct cadre_message *, void *arg);
	/*
	 * A handler: what comes goes back as it came, of the same type and with
	 * the same descriptors; a request is answered so.
	 */
void	post_count(struct cadre_mailbox *, struct cadre_message *, void *arg);
	/* A handler: adds 1 to the int *arg. */

#endif
