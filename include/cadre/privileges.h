/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * As whom workers run, and within what: their user, limits, mask, directory,
 * processors and environment. The master makes the region and binds the sockets
 * as who it is; each worker then takes all of this on itself, in the order of
 * runtime/privileges.h, and looks whether it holds, before `fn` is called or
 * the program is executed. If it does not, a line says which step failed, and
 * the worker ends with 71. The start tries it once, in a process of its own,
 * so what is wrong with it is an error of cadre_master_start().
 *
 * All are for the master alone, before the start, and copy what they are given.
 * Each may also give -EBUSY, started already; -EPERM, called in a worker;
 * -ENOMEM. A refused call changes nothing.
 */
#ifndef CADRE_PRIVILEGES_H
#define CADRE_PRIVILEGES_H

#include <cadre/master.h>

#ifdef __cplusplus
extern "C" {
#endif

int cadre_master_user(struct cadre_master *, const char *user,
    const char *group);
	/*
	 * Workers run as this user and group, both a name or a number, with no
	 * capability (unless the user is root) and no way back. Looked up now,
	 * which may block for as long as the system's name services do, and
	 * never again. user NULL: the master's own. group NULL: that of the
	 * user. Supplementary groups are those the user is a member of; of a
	 * number without an entry, or without a user, none. HOME, USER and
	 * LOGNAME are those of the user, and there are none if it has no entry.
	 * A user of the app's own keeps workers from the region, the master and
	 * other apps, also if they are hostile: `nobody` is the acceptor's.
	 * Forked workers can then not be traced by others of that user, and
	 * leave no core unless cadre_master_rlimit() allows one.
	 * 0
	 * -EINVAL	there is no such user or group; neither is given; or a
	 *		number without an entry is given without a group
	 * others	of the name services: cadre_error() tells
	 * At the start -EPERM: this process may not change its uid.
	 */
int cadre_master_no_new_privs(struct cadre_master *, int on);
	/*
	 * 1: no program that a worker executes gains rights, by a set-uid bit
	 * or capabilities of its file. 0: it may. The default is 1 after
	 * cadre_master_user(), else 0. 0; -EINVAL: neither 0 nor 1.
	 */
int cadre_master_rlimit(struct cadre_master *, const char *limit);
	/*
	 * NAME=SOFT[:HARD], of workers. NAME is one of as, core, cpu, data,
	 * fsize, locks, memlock, msgqueue, nice, nofile, nproc, rss, rtprio,
	 * rttime, sigpending, stack; the numbers are those of setrlimit(2), in
	 * its units, or "unlimited". SOFT alone sets both. The last of one NAME
	 * counts.
	 * 0
	 * -EINVAL	no such limit, no number, or SOFT above HARD
	 * At the start -EINVAL: nofile is less than a worker needs for itself;
	 * -EPERM: above a hard limit that this process may not raise.
	 */
int cadre_master_umask(struct cadre_master *, unsigned int mask);
	/* Of workers, as umask(2). 0; -EINVAL: above 0777. */
int cadre_master_chdir(struct cadre_master *, const char *path);
	/*
	 * The working directory of workers, entered as their user. One that is
	 * relative is so to the directory of now. The program's own path is
	 * looked up before.
	 * 0
	 * -ENOENT	there is none
	 * -ENOTDIR	it is something else
	 * -EINVAL	no path
	 * others	of stat(2)
	 * At the start -EACCES: the workers' user may not enter it.
	 */
int cadre_master_affinity(struct cadre_master *, const char *how);
	/*
	 * Each seat's worker runs on one processor. compact: seat i on the i-th
	 * of those that the master may use, siblings of one core side by side.
	 * spread: a core each, of the packages in turn, before any core has
	 * two. Or a list, as 0-3,6: seat i has its i-th entry. If there are
	 * more seats, it begins anew. off, the default: as the master.
	 * 0
	 * -EINVAL	none of these, or a number above CADRE_CPU_MAX
	 * At the start -EINVAL: the list has one that is not ours to use.
	 */
#define CADRE_CPU_MAX	8191
int cadre_master_clean_env(struct cadre_master *, const char *pass);
	/*
	 * Workers get no variable of the master's but these, names with commas
	 * between them, or none (NULL); and what cadre_master_env() gave, what
	 * cadre_master_user() says of the user, and the runtime's own:
	 * cadre-program(7), which also holds for functions. May be called again
	 * for more.
	 * 0
	 * -EINVAL	not a name of a variable, or one the runtime sets
	 * -ENOSPC	more than CADRE_ENV_MAX
	 */

#ifdef __cplusplus
}
#endif
#endif
