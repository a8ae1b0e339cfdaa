/* SPDX-License-Identifier: BSD-2-Clause */
/* Start the hello program that cadre demo shows, wherever it stands. */
#ifndef TOOLS_LAUNCH_H
#define TOOLS_LAUNCH_H

#include <signal.h>
#include <stddef.h>

#include <sys/types.h>

int launch_find(char *path, size_t room);
	/*
	 * $CADRE_LIBEXEC/hello if that is set; else examples/hello of the
	 * build tree this command runs from; else the installed one.
	 * 0; -ENOENT, with the last place that was tried in `path`.
	 */
int launch(const char *path, char *const argv[], const sigset_t *mask,
    pid_t *ret_pid, int *ret_pidfd);
	/*
	 * As a child that gets SIGTERM when we die, with this signal mask and
	 * default actions. 0 or -errno; that of exec(2) as well.
	 */
int launch_runtime_dir(char *path, size_t room);
	/*
	 * Without any runtime directory this user can write: make one under
	 * /tmp and name it in CADRE_RUNTIME_DIR, for us and the child.
	 * 1: made or used again, `path` is it; 0: not needed; -errno.
	 */

#endif
