/* t/19-acceptor-object: an observer has the acceptor's object from the master, or from who lives on; else it is missing */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "shm/region.h"
#include "t/lib/sock.h"
#include "t/lib/tap.h"

static struct sample *s;

/* Who lives on: has `alive` and all objects, the acceptor's only if `whole`. */
static pid_t
holder(bool whole)
{
	int pipes[2];
	pid_t pid;
	char c;

	if (pipe(pipes) < 0 || (pid = fork()) < 0)
		bail_out("no process");
	if (pid == 0) {
		size_t bytes = s->anchor->places.acceptor_bytes;

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (!whole) {
			close(s->anchor->acceptor_fd);
			munmap((void *)(uintptr_t)s->anchor->acceptor, bytes);
			munmap(s->acceptor_map, bytes);
			munmap((void *)(uintptr_t)s->region->acceptor, bytes);
		}
		if (open("alive", O_CREAT | O_RDWR, 0600) >= 0 &&
		    write(pipes[1], "", 1) == 1)
			pause();
		_exit(1);
	}
	if (read(pipes[0], &c, 1) != 1)
		bail_out("no holder");
	close(pipes[0]);
	close(pipes[1]);
	return pid;
}

static void
seen(uint64_t assigned, uint64_t accepted, unsigned int missing,
    const char *by)
{
	struct cadre_shm_intake in = { .accepted = 77 };
	struct cadre_region *r = NULL;
	struct cadre_seat_view v;
	struct cadre_app app;

	is_int(cadre_region_open("sample", &r), 0, "%s: opened", by);
	if (r == NULL)
		bail_out("no region");
	cadre_region_app(r, &app);
	is_int(app.missing, missing, "%s: so much is missing", by);
	is_int(app.acceptor_pid, 4711, "%s: who is the acceptor", by);
	is_u64(app.acceptor_restarts, 2, "%s: the how manieth", by);
	ok(app.bytes >= cadre__region_bytes(&s->anchor->places, SAMPLE_SEATS),
	    "%s: its size is of the region", by);
	cadre_region_seat(r, 1, &v);
	is_u64(v.newest.assigned, assigned, "%s: assigned", by);
	is_int(v.newest.load, (int64_t)assigned, "%s: load", by);
	is_int(cadre_region_intake(r, 0, &in), 0, "%s: intake", by);
	is_u64(in.accepted, accepted, "%s: accepted", by);
	cadre_region_close(r);
}

static void
gone(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

int
main(void)
{
	char base[] = "/tmp/cadre-acceptor-XXXXXX";
	struct sockaddr_un at = { .sun_family = AF_UNIX, .sun_path = "sock" };
	int sock = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	pid_t pid;

	s = sample_new();
	sample_spawn(s, 3);
	cadre__anchor_acceptor(s->anchor, 4711, 2);
	cadre__acceptor_assign(&s->acceptor, 3, 5);
	cadre__acceptor_accepted(&s->acceptor, 0, 6);
	if (mkdtemp(base) == NULL || chdir(base) < 0 ||
	    mkdir("sample", 0700) < 0 || chdir("sample") < 0 ||
	    bind(sock, (void *)&at, sizeof(at)) < 0 || listen(sock, 8) < 0)
		bail_out("no directory to test in");
	setenv("CADRE_RUNTIME_DIR", base, 1);
	pid = fork();
	if (pid == 0)
		sock_answer(s, sock, ANSWER_GOOD);
	seen(5, 6, 0, "by the master");
	gone(pid);
	close(sock);
	pid = holder(true);
	seen(5, 6, 0, "by the acceptor");
	gone(pid);
	pid = holder(false);
	seen(0, 0, 1, "by one that has it not");
	gone(pid);
	unlink("alive");
	unlink("sock");
	sample_free(s);
	return chdir("..") < 0 || rmdir("sample") < 0 || rmdir(base) < 0 ? 1 :
	    done_testing();
}
