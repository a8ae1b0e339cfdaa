/* t/03-error: cadre_error() tells of this thread's last failure, and of no other */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cadre/cadre.h>

#include "shm/fail.h"
#include "t/lib/tap.h"

static void *
other_thread(void *arg)
{
	*(int *)arg = strcmp(cadre_error(-ENOENT), strerror(ENOENT));
	cadre__fail(-ENOENT, "of the other thread");
	return NULL;
}

int
main(void)
{
	struct cadre_region *r = NULL;
	int pipes[2], other = -1, status;
	char line[128] = "";
	pthread_t t;

	is_str(cadre_error(-EPERM), strerror(EPERM), "before any: strerror");
	is_int(cadre__fail(-ENOENT, "no %s here", "x\n\033y"), -ENOENT,
	    "the error passes through");
	is_str(cadre_error(-ENOENT), "no x??y here", "its line, and one line");
	is_str(cadre_error(-EACCES), strerror(EACCES), "another error's text");
	is_str(cadre_error(0), "Success", "0 is none");
	is_str(cadre_error(12345), "unknown error 12345", "an odd number");
	is_str(cadre_error(-123456), "unknown error -123456", "another");
	is_int(pthread_create(&t, NULL, other_thread, &other), 0, "a thread");
	pthread_join(t, NULL);
	is_int(other, 0, "does not see this one's line");
	is_str(cadre_error(-ENOENT), "no x??y here", "nor this one its");
	is_int(cadre_region_open("a/b", &r), -EINVAL, "a call that fails");
	ok(strncmp(cadre_error(-EINVAL), "not a name", 10) == 0, "is told of");
	ok(r == NULL, "and returns nothing");

	if (pipe(pipes) < 0)
		bail_out("no pipe");
	cadre__fail(-EBUSY, "the line");
	if (fork() == 0) {
		dup2(pipes[1], STDERR_FILENO);
		exit(cadre_fail(-EBUSY));
	}
	wait(&status);
	ok(WIFEXITED(status) && WEXITSTATUS(status) == 1, "cadre_fail: 1");
	ok(read(pipes[0], line, sizeof(line) - 1) > 0, "and it prints");
	ok(strstr(line, "03-error") != NULL, "the program's name");
	ok(strstr(line, ": the line\n") != NULL, "and the line");
	ok(cadre_version()[0] == '0' && strchr(cadre_version(), '.') != NULL,
	    "version %s", cadre_version());
	return done_testing();
}
