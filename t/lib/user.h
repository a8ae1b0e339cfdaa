/* SPDX-License-Identifier: BSD-2-Clause */
/* Workers of a user of their own, who has no entry anywhere. For root only. */
#ifndef T_USER_H
#define T_USER_H

#include <sys/types.h>

struct cadre_master;

#define USER_UID	54321
#define USER_GID	54323
#define USER_TEXT	"54321"
#define USER_GROUP	"54323"

void	user_take(struct cadre_master *);
	/*
	 * In a config: workers are that user, and may reach the runtime
	 * directory. The master has groups that they must not have.
	 */
const char *user_program(void);
	/* A copy of t/lib/program in there, which that user may execute. */
const char *user_status(pid_t, const char *key);
	/* A line of /proc/PID/status behind the colon; "" if there is none. */
void	user_is(pid_t, pid_t master, const char *who);
	/* Results: ids, groups, capabilities, no_new_privs are as they must. */

#endif
