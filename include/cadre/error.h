/* SPDX-License-Identifier: BSD-2-Clause */
/* What went wrong, in words. Every int of cadre is 0, a count, or -errno. */
#ifndef CADRE_ERROR_H
#define CADRE_ERROR_H

#ifdef __cplusplus
extern "C" {
#endif

const char *cadre_error(int err);
	/*
	 * One line for the error `err` (negative, as returned by cadre): what
	 * failed, why, and what to type. It names the very thing that failed if
	 * `err` is what the last failing cadre call of this thread returned,
	 * else it is strerror's text. Never NULL; valid until this thread's
	 * next failing cadre call. A forked process starts with a copy.
	 */
int cadre_fail(int err);
	/*
	 * For the end of main(): print cadre_error(err) to standard error,
	 * behind the program's name, and return the exit status that goes with
	 * it. The only function of cadre that prints. May block on stderr.
	 * 1		always
	 */

#ifdef __cplusplus
}
#endif
#endif
