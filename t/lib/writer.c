/* SPDX-License-Identifier: BSD-2-Clause */
/* Valgrind knows no pidfd, so this process has a slot and no master. */
#include "t/lib/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shm/object.h"
#include "t/lib/midread.h"
#include "t/lib/sample.h"

enum { ANCHOR = 3, SLOT };	/* its descriptors */

int
writer_sock(char *base)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX, .sun_path = "web/sock" };
	int sock;

	if (mkdtemp(base) == NULL || chdir(base) < 0 || mkdir("web", 0700) < 0)
		return -1;
	setenv("CADRE_RUNTIME_DIR", base, 1);
	sock = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (bind(sock, (void *)&at, sizeof(at)) < 0 || listen(sock, 8) < 0)
		return -1;
	return sock;
}

/* What callgrind counts. Time is made up, so each run does the same. */
static void __attribute__((noinline))
updates(struct cadre__slot *w, char *slot, const size_t *words, uint64_t n)
{
	for (uint64_t now = 2; now < n + 2; now++) {
		cadre__slot_turn_begin(w, now);
		cadre_counter_add((void *)(slot + words[0]), 1);
		cadre_gauge_set((void *)(slot + words[1]), (int64_t)now);
		cadre__slot_gate(w, now & 1);
		cadre__slot_accepted(w, false);
		cadre__slot_accepted(w, true);
		cadre__slot_settle(w, now);
		cadre__slot_closed(w);
		cadre__slot_closed(w);
		cadre__slot_shed(w);
		cadre__slot_health_push(w, now, 0);
		cadre__slot_turn_end(w, now);	/* and a status */
	}
}

/* A process that has a slot and no part of the runtime: argv 2 … 4. */
int
writer_main(char *argv[])
{
	size_t words[2] = { strtoul(argv[2], NULL, 10),
	    strtoul(argv[3], NULL, 10) };
	struct cadre__slot w;
	struct stat a, b;
	void *anchor, *slot;
	char go;

	if (fstat(ANCHOR, &a) < 0 || fstat(SLOT, &b) < 0 ||
	    cadre__object_map(ANCHOR, (size_t)a.st_size, PROT_READ, NULL,
	    &anchor) < 0 || cadre__object_map(SLOT, (size_t)b.st_size,
	    PROT_READ | PROT_WRITE, NULL, &slot) < 0)
		return 1;
	cadre__slot_begin(&w, slot, anchor, 1, 0, 1);
	if (write(STDOUT_FILENO, "r", 1) != 1 ||
	    read(STDIN_FILENO, &go, 1) != 1)
		return 1;
	updates(&w, slot, words, strtoul(argv[4], NULL, 10));
	return 0;
}

/* Start it below a tool; `pair` is a socket to it, and its own end. */
static pid_t
start(const struct writer_run *r, struct sample *s, int pair[2])
{
	char line[600];
	pid_t pid;
	int fds[2];

	snprintf(line, sizeof(line), "exec %s %s writer %td %td %u 2>/dev/null",
	    r->tool, r->self, (char *)sample_word(s, 0, SAMPLE_JOBS) - s->slot[0],
	    (char *)sample_word(s, 0, SAMPLE_DEPTH) - s->slot[0], r->updates);
	socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair);
	pid = fork();
	if (pid != 0)
		return pid;
	fds[0] = fcntl(cadre__object_reopen(s->anchor->fd), F_DUPFD, 50);
	fds[1] = fcntl(s->anchor->slot_fd[0], F_DUPFD, 50);
	dup2(fds[0], ANCHOR);
	dup2(fds[1], SLOT);
	dup2(pair[1], STDIN_FILENO);
	dup2(pair[1], STDOUT_FILENO);
	close(fds[0]);
	close(fds[1]);
	execl("/bin/sh", "sh", "-c", line, NULL);
	_exit(127);
}

/* So many stand in mid-read; -errno if one of them does not. */
static int
crowd(const struct writer_run *r, struct sample *s, pid_t *pids,
    unsigned int *ret_n)
{
	int err = 0;

	for (*ret_n = 0; err == 0 && *ret_n < r->observers; *ret_n += err == 0)
		err = midread_stop(s, r->sock, 1 + 41 * *ret_n, &pids[*ret_n]);
	return err;
}

int
writer_run(const struct writer_run *r)
{
	struct sample *s = sample_new();
	pid_t pids[WRITER_OBSERVERS], pid;
	unsigned int n = 0;
	int pair[2], status = 0, err = 0;
	char ready;

	sample_state(s, 0, CADRE_STATE_UP);
	pid = start(r, s, pair);
	close(pair[1]);
	if (read(pair[0], &ready, 1) != 1)
		err = -EPIPE;
	if (err == 0)
		err = crowd(r, s, pids, &n);
	if (err == 0 && write(pair[0], "g", 1) != 1)
		err = -EPIPE;
	for (unsigned int i = 0; i < n; i += 2)
		kill(pids[i], SIGKILL);
	close(pair[0]);		/* the end of file, if it waits yet */
	if (waitpid(pid, &status, 0) < 0 || (err == 0 && status != 0))
		err = -ECHILD;
	while (n > 0) {
		kill(pids[--n], SIGKILL);
		waitpid(pids[n], NULL, 0);
	}
	sample_free(s);
	return err;
}
