/* SPDX-License-Identifier: BSD-2-Clause */
/* An app of our own making, whose connections crowd; see crowd.h. */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "shm/clock.h"
#include "t/lib/crowd.h"
#include "t/lib/sock.h"
#include "t/lib/tap.h"

static struct sample *sample;
static int sock;

static void
fill(struct sample *s)
{
	uint64_t now = clock_now_ns();

	cadre__anchor_state(s->anchor, CADRE_APP_RUNNING, 2);
	cadre__anchor_beat(s->anchor, now);
	cadre__anchor_listener(s->anchor, 0, "tcp:127.0.0.1:8080", "rr");
	cadre__anchor_queue(s->anchor, 0, 12, now - 3 * NS_PER_S);
	cadre__anchor_acceptor(s->anchor, (uint64_t)getpid(), 4);
	cadre__acceptor_rescued(&s->acceptor, 0, 9);
	cadre__acceptor_shed(&s->acceptor, 0, 7);
	sample_spawn(s, 0);
	sample_spawn(s, 2);
	cadre__acceptor_assign(&s->acceptor, 0, 5);
	s->life[0].stalled_ns = now - 5 * NS_PER_S;
	s->life[0].cause = CADRE_CAUSE_BUSY;
	s->life[0].queue = 4;
	s->life[0].queue_since_ns = now - 4 * NS_PER_S;
	sample_state(s, 0, CADRE_STATE_UP);
	s->life[2].flags = CADRE_LIFE_FULL;
	sample_state(s, 2, CADRE_STATE_UP);
}

char *
crowd_begin(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX,
	    .sun_path = "web/sock" };
	char *dir = command_dir();

	sample = sample_new();
	fill(sample);
	sock = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (chdir(dir) < 0 || mkdir("web", 0700) < 0 ||
	    bind(sock, (void *)&at, sizeof(at)) < 0 || listen(sock, 8) < 0)
		bail_out("no directory to test in");
	return dir;
}

void
crowd_end(char *dir)
{
	close(sock);
	unlink("web/sock");
	rmdir("web");
	is_int(rmdir(dir), 0, "nothing is left behind");
	sample_free(sample);
}

int
crowd_look(struct command *c, const char *const words[])
{
	pid_t pid = fork();

	if (pid == 0)
		sock_answer(sample, sock, ANSWER_GOOD);
	command(c, words);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return c->code;
}
