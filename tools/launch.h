/* SPDX-License-Identifier: BSD-2-Clause */
/* The programs that go with the command, and how demo starts one of them. */
#ifndef TOOLS_LAUNCH_H
#define TOOLS_LAUNCH_H

#include <signal.h>
#include <stddef.h>

#include <sys/types.h>

int launch_find(const char *folder, const char *name, char *path, size_t room);
	/*
	 * $CADRE_LIBEXEC/NAME if that is set; else FOLDER/NAME of the build
	 * tree this command runs from; else the installed one.
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
