/* t/24-program-fds: a program has the descriptors of cadre-program(7), only */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/exec.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

static const char want[] =
    "fd 0 null ro\n"
    "fd 1 seat-1.log rw\n"
    "fd 2 seat-1.log rw\n"
    "fd 3 listener rw\n"
    "fd 4 listener rw\n"
    "fd 5 channel rw\n"
    "fd 6 channel rw\n"
    "fd 7 alive ro\n"
    "fd 8 memfd:cadre:app:anchor ro\n"
    "fd 9 zero ro\n"
    "fd 10 full ro\n"
    "fd 11 urandom ro\n";

/*
 * Of those to keep, two stand where others shall come, and one where it shall
 * be: a dup2(2) to itself would leave it close-on-exec.
 */
static const struct {
	const char	*path;
	int		at;
} keep[] = { { "/dev/zero", 3 }, { "/dev/full", 4 }, { "/dev/urandom", 11 } };

static void
config(struct cadre_master *m, void *arg)
{
	int fd;

	(void)arg;
	for (size_t i = 0; i < sizeof(keep) / sizeof(keep[0]); i++) {
		fd = open(keep[i].path, O_RDONLY | O_CLOEXEC);
		if (dup3(fd, 100, O_CLOEXEC) < 0 || close(fd) < 0 ||
		    dup3(100, keep[i].at, O_CLOEXEC) < 0 ||
		    cadre_master_keep_fd(m, keep[i].at) < 0)
			exit(99);
	}
	if (open("/dev/null", O_RDONLY) < 0 || dup2(0, 5) < 0 ||
	    cadre_master_listen(m, "unix:@cadre-test-program-fds", NULL) < 0)
		exit(99);
}

int
main(void)
{
	struct app *a = EXEC_START(2, config, "surroundings");
	char text[65536], *end;
	long n;

	ok(exec_says(a, 1, "told\n"), "the worker has told");
	n = probe_log(a, 1, text, sizeof(text) - 1);
	text[n > 0 ? n : 0] = '\0';
	end = strstr(text, "env:\n");
	if (end != NULL)
		*end = '\0';
	is_str(text, want, "its descriptors");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
