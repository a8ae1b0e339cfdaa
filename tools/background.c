/* SPDX-License-Identifier: BSD-2-Clause */
/* Going into the background, with a pipe to the parent. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/signalfd.h>
#include <sys/wait.h>

#include "tools/background.h"

/* What goes through the pipe: whole or not at all, for it is that short. */
struct message {
	enum background_news news;
	int		code;		/* BACKGROUND_FAILED: ours */
	char		text[1016];
};
_Static_assert(sizeof(struct message) <= PIPE_BUF, "one write is one message");

static int
become_master(struct background *b, int fd)
{
	int null;

	if (setsid() < 0 || (null = open("/dev/null", O_RDWR | O_CLOEXEC)) < 0)
		return -errno;
	for (int i = STDIN_FILENO; i <= STDERR_FILENO; i++)
		if (dup2(null, i) < 0)
			return -errno;
	if (null > STDERR_FILENO)
		close(null);
	b->child = true;
	b->pipe = fd;
	return 0;
}

static int
signals_open(struct background *b, sigset_t *ret_before)
{
	sigset_t ours;

	sigemptyset(&ours);
	sigaddset(&ours, SIGINT);
	sigaddset(&ours, SIGTERM);
	sigaddset(&ours, SIGHUP);
	sigaddset(&ours, SIGQUIT);
	sigprocmask(SIG_BLOCK, &ours, ret_before);
	b->signals = signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK);
	return b->signals < 0 ? -errno : 0;
}

int
background_fork(struct background *b)
{
	sigset_t before;
	int err, fd[2];

	b->signals = -1;
	if (pipe2(fd, O_CLOEXEC | O_NONBLOCK) < 0)
		return -errno;
	fflush(NULL);
	/* From before the fork: a Ctrl-C always finds a child to end. */
	err = signals_open(b, &before);
	b->pid = err == 0 ? fork() : -1;
	if (b->pid == 0) {
		close(fd[0]);
		close(b->signals);
		sigprocmask(SIG_SETMASK, &before, NULL);
		return become_master(b, fd[1]);
	}
	if (err == 0 && b->pid < 0)
		err = -errno;
	close(fd[1]);
	b->pipe = fd[0];
	return err;
}

static void
send_message(struct background *b, struct message *m, const char *text)
{
	if (b->pipe < 0)
		return;
	snprintf(m->text, sizeof(m->text), "%s", text);
	(void)!write(b->pipe, m, sizeof(*m));
	if (m->news == BACKGROUND_NOTE)
		return;
	close(b->pipe);
	b->pipe = -1;
}

void
background_tell(struct background *b, enum background_news news,
    const char *text)
{
	struct message m = { .news = news };

	send_message(b, &m, text);
}

void
background_fail(struct background *b, int code, const char *why)
{
	struct message m = { .news = BACKGROUND_FAILED, .code = code };

	send_message(b, &m, why);
}

/*
 * The first asks it to stop, the next one it takes for "at once": by another
 * signal, since two of a kind may arrive as one. The child is not reaped yet,
 * so the pid is its own.
 */
static void
take_signals(struct background *b)
{
	struct signalfd_siginfo info;

	while (read(b->signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		verb_say(b->verb, b->asked ? "killing the workers of %s" :
		    "stopping %s, which is not ready yet; once more kills its "
		    "workers", b->name);
		kill(b->pid, b->asked ? SIGINT : SIGTERM);
		b->asked = true;
	}
}

/* The child closed the pipe without a last word, or was told to stop. */
static int
ended(struct background *b)
{
	int status = 0;

	while (waitpid(b->pid, &status, 0) < 0 && errno == EINTR)
		;
	if (b->asked)
		verb_say(b->verb, "%s was stopped", b->name);
	else if (WIFSIGNALED(status))
		verb_say(b->verb, "the master of %s (pid %d) was killed by "
		    "signal %d (SIG%s)", b->name, (int)b->pid,
		    WTERMSIG(status), sigabbrev_np(WTERMSIG(status)));
	else
		verb_say(b->verb, "the master of %s (pid %d) ended with exit "
		    "code %d", b->name, (int)b->pid, WEXITSTATUS(status));
	return EXIT_FAILED;
}

/* The exit code, or -1: more will come. */
static int
take_message(struct background *b)
{
	struct message m;
	ssize_t n = read(b->pipe, &m, sizeof(m));

	if (n < 0 && errno == EAGAIN)
		return -1;
	if (n != (ssize_t)sizeof(m))
		return ended(b);
	m.text[sizeof(m.text) - 1] = '\0';
	if (m.news == BACKGROUND_READY) {
		if (b->asked)
			return -1;	/* too late: it stops */
		puts(m.text);
		return EXIT_SUCCESS;
	}
	verb_tell(b->verb, m.text);
	if (m.news == BACKGROUND_NOTE)
		return -1;
	(void)waitpid(b->pid, NULL, 0);
	return m.code;
}

int
background_wait(struct background *b)
{
	struct pollfd p[] = {
		{ .fd = b->pipe, .events = POLLIN },
		{ .fd = b->signals, .events = POLLIN },
	};
	int code = -1;

	while (code < 0) {
		(void)poll(p, 2, -1);
		if (p[1].revents & POLLIN)
			take_signals(b);
		if (p[0].revents != 0)
			code = take_message(b);
	}
	close(b->pipe);
	close(b->signals);
	return code;
}
