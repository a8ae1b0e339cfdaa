/* SPDX-License-Identifier: BSD-2-Clause */
/* What a test can see of a process from outside, and where it works. */
#ifndef T_PROBE_H
#define T_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sys/types.h>

struct app;
struct cadre_master;

int	probe_fds(pid_t);
	/* How many descriptors it has open; 0: this process. */
int	probe_children(pid_t parent, char state);
	/* How many children it has in that state of proc(5), 'Z'; 0: in any. */
long	probe_status(pid_t, const char *key);
	/* A number of /proc/PID/status, or -1. */
long	probe_switches(pid_t);
	/* How often its threads together have gone to sleep. */
long	probe_log(const struct app *, unsigned int seat, void *text,
	    size_t bytes);
	/* The beginning of its seat-N.log: how much was read, or -1. */
uint64_t probe_value(const struct app *, unsigned int seat, const char *metric);
	/* Of one seat, or UINT64_MAX. */
bool	probe_turn(const struct app *);
	/*
	 * Until the master's loop has gone round, so that what the region
	 * showed before has had its effect on the kernel too.
	 */
bool	probe_beats(const struct app *, unsigned int n);
	/* Until its master's base tick has come n times more: n seconds. */
int	probe_as(uid_t, gid_t, int (*call)(void));
	/*
	 * What `call` returns, 0 or -errno, in a process of that user and with
	 * that one group, which is not its primary one. For root only.
	 */
int	probe_stop(const char *name, uint32_t how);
	/* Ask the app to stop, by its socket. 0, or -errno as it answered. */
const char *probe_dir(void);
	/*
	 * A new directory that CADRE_RUNTIME_DIR names, for a master in the
	 * test itself. It is removed when the test ends.
	 */
bool	probe_empty(const char *dir);
	/* Nothing stands in that directory. */
bool	probe_ends(struct cadre_master *);
	/* Dispatch until its app has stopped. */
bool	probe_up(struct cadre_master *, unsigned int seat, uint64_t generation);
	/* Dispatch until that seat is up with a younger generation. */

#endif
