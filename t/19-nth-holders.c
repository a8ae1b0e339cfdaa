/* t/19-nth-holders: whichever call fails while a region is taken from a worker, nothing is kept by halves */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "shm/region.h"
#include "t/lib/nth.h"
#include "t/lib/sample.h"
#include "t/lib/tap.h"

static struct cadre_region *r;

/* No objects of the app, though they are called nearly like them. */
static const char *const odd[] = { "cadre:sample:slot", "cadre:sample:slot:x",
    "cadre:sample:slot:/", "cadre:sample:slot:1x", "cadre:sample:slot:8192",
    "cadre:sample:other" };

/* It has all of the region open, and `alive`. */
static pid_t
worker(void)
{
	struct sample *s;
	int alive, pipes[2];
	pid_t pid;
	char c;

	if (pipe(pipes) < 0 || (pid = fork()) < 0)
		bail_out("no worker");
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		s = sample_new();
		for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
			if (memfd_create(odd[i], 0) < 0)
				_exit(1);
		alive = open("sample/alive", O_CREAT | O_RDWR, 0600);
		if (s != NULL && alive >= 0 && write(pipes[1], "", 1) == 1)
			pause();
		_exit(1);
	}
	if (read(pipes[0], &c, 1) != 1)
		bail_out("the worker died");
	close(pipes[0]);
	close(pipes[1]);
	return pid;
}

static int
take(void *arg)
{
	(void)arg;
	return cadre_region_open("sample", &r);
}

static void
leave(void *arg)
{
	(void)arg;
	cadre_region_close(r);
}

int
main(void)
{
	char base[] = "/tmp/cadre-nth-XXXXXX";
	/* Of a slot that cannot be had the rest is shown. */
	static const char *const slots[] = { "calloc", "fcntl", "fstat",
	    "mmap", "openat", "readlinkat", NULL };
	static const int also[] = { -ENOENT, -EACCES, 0 };
	const struct nth_op op = { take, leave, NULL, slots, also };
	unsigned int n = 0;
	pid_t pid;

	if (mkdtemp(base) == NULL || chdir(base) < 0 || mkdir("sample", 0700))
		bail_out("no directory to test in");
	setenv("CADRE_RUNTIME_DIR", base, 1);
	pid = worker();
	is_int(take(NULL), 0, "the region is there");
	is_int(cadre__region_missing(r), 0, "all of it");
	leave(NULL);
	for (int i = 0; slots[i] != NULL; i++)
		n += nth_walk(&op, slots[i], EIO);
	n += nth_walk(&op, "faccessat", EACCES);
	ok(n > 4 * SAMPLE_SLOTS, "%u calls failed", n);
	nth_arm("opendir", 1, EMFILE);
	is_int(take(NULL), -ENOENT, "/proc cannot be listed: nobody");
	nth_arm("fstatat", 2, EIO);	/* of `sock`, of `alive` */
	is_int(take(NULL), -ENOENT, "nor can it be told who is of the app");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	unlink("sample/alive");
	return rmdir("sample") < 0 || rmdir(base) < 0 ? 1 : done_testing();
}
