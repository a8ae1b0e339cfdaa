/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * gcov's counts are written at exit(), which children of a test and workers
 * avoid, and not at all by who becomes another program. In a build for coverage
 * every _exit() and execve() comes here first; who is killed takes its counts
 * along.
 */
#include <gcov.h>
#include <unistd.h>

int __real_execve(const char *path, char *const argv[], char *const env[]);
int __wrap_execve(const char *path, char *const argv[], char *const env[]);
void __real__exit(int status) __attribute__((noreturn));
void __wrap__exit(int status) __attribute__((noreturn));

void
__wrap__exit(int status)
{
	__gcov_dump();
	__real__exit(status);
}

int
__wrap_execve(const char *path, char *const argv[], char *const env[])
{
	__gcov_dump();
	__gcov_reset();		/* if it fails, what comes is counted anew */
	return __real_execve(path, argv, env);
}
