/* t/19-nth-attach: whichever call of an observer fails while it attaches, it keeps nothing */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "shm/region.h"
#include "t/lib/sock.h"
#include "t/lib/nth.h"
#include "t/lib/tap.h"

static struct sample *s;
static struct cadre_region *r;
static int sock;

/* A master that never ends, in a process of its own. */
static pid_t
master(void)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		pid = fork();
		if (pid == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			sock_answer(s, sock, ANSWER_GOOD);
		}
		waitpid(pid, NULL, 0);
	}
}

static int
attach(void *arg)
{
	int err = cadre_region_open("web", &r);

	(void)arg;
	return err == 0 && cadre__region_missing(r) > 0 ? -EBADMSG : err;
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
	struct sockaddr_un at = { .sun_family = AF_UNIX, .sun_path = "sock" };
	/* Nobody there; refused; not a region; not to be had from elsewhere. */
	static const int also[] = { -ENOENT, -EACCES, -EPROTO, -ETIMEDOUT, 0 };
	static const char *const again[] = { "sendmsg", "recvmsg", "poll",
	    "connect", NULL };
	struct nth_op op = { attach, leave, NULL, NULL, also };
	unsigned int n;
	pid_t pid;

	s = sample_new();
	if (mkdtemp(base) == NULL || chdir(base) < 0 || mkdir("web", 0700) < 0 ||
	    chdir("web") < 0)
		bail_out("no directory to test in");
	setenv("CADRE_RUNTIME_DIR", base, 1);
	sock = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	if (bind(sock, (void *)&at, sizeof(at)) < 0)
		bail_out("no socket to listen on");
	pid = fork();		/* who listens is not who attaches */
	if (pid == 0)
		_exit(listen(sock, 8) < 0);
	waitpid(pid, NULL, 0);
	pid = master();
	nth_arm(NULL, 0, 0);
	n = nth_walk_all(&op);
	ok(n > 6 * SAMPLE_SLOTS, "%u calls failed", n);
	op.swallows = again;
	op.also = NULL;
	nth_walk(&op, "sendmsg", EINTR);
	nth_walk(&op, "recvmsg", EINTR);
	nth_walk(&op, "recvmsg", EAGAIN);
	nth_walk(&op, "poll", EINTR);
	nth_walk(&op, "connect", EAGAIN);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	unlink("sock");
	sample_free(s);
	return chdir("/") < 0 || rmdir(base) == 0 ? 1 : done_testing();
}
