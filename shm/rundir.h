/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where apps are found: BASE/NAME, with `sock`, the locks `name` and `alive`,
 * and log/. BASE is $CADRE_RUNTIME_DIR; else /run/cadre, or for those who may
 * not write there $XDG_RUNTIME_DIR/cadre.
 */
#ifndef SHM_RUNDIR_H
#define SHM_RUNDIR_H

#include <stddef.h>

int cadre__name_check(const char *name);
	/* 0; -EINVAL: not 1-47 of [A-Za-z0-9._-] that begin with a letter or digit. */
int cadre__rundir_bases(char bases[2][256]);
	/* Where observers look, in order. ≥ 1: how many (0 if none is named). */
int cadre__rundir_find(const char *name, char *ret_path, size_t bytes);
	/*
	 * A descriptor of the directory of an app, O_PATH | O_DIRECTORY, and
	 * its path for messages. ≥ 0; -ENOENT; -EACCES; -ENOTDIR (a symlink);
	 * -EINVAL: not a name.
	 */
int cadre__rundir_connect(int dirfd);
	/* Connect to its `sock` (SOCK_SEQPACKET, non-blocking). ≥ 0 or -errno. */
int cadre__rundir_master(int dirfd, int *ret_pid);
	/*
	 * Who holds the lock `name`: 0 and its pid; -ESRCH: nobody. Never in
	 * the master itself: closing the file there would drop the lock.
	 */
int cadre__rundir_holders(int dirfd, char *pids, size_t bytes);
	/*
	 * Who else keeps `alive` open, as text "812 813 …", by /proc/PID/fd
	 * (st_dev and st_ino). How many there are (≥ 0), also of those the text
	 * had no room for; it is "?" if none can be seen.
	 */

#endif
