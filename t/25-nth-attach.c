/* t/25-nth-attach: whichever call of an attach fails, the program is told which error */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include <sys/wait.h>

#include <cadre/cadre.h>

#include "t/lib/liar.h"
#include "t/lib/nth.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

static const struct row {
	const char	*call;
	unsigned int	n;
	bool		before;		/* it has changed nothing yet */
} rows[] = {
	{ "recvmsg", 1, true },
	{ "fstat", 1, true }, { "fstat", 2, true },
	{ "mmap", 1, true }, { "mmap", 2, true }, { "madvise", 1, true },
	{ "calloc", 1, false }, { "eventfd", 1, false },
	{ "timer_create", 1, false }, { "sigaction", 1, false },
	{ "sigaction", 2, false }, { "epoll_create1", 1, false },
	{ "epoll_ctl", 1, false }, { "epoll_ctl", 2, false },
	{ "prctl", 1, false },
};

static const struct liar_answer good = { .fds = "SARRC" };

/* In a process of its own, as a process attaches once. */
static int
attach(struct liar *liar, const struct row *r)
{
	struct cadre_worker *w = NULL;
	int fds = probe_fds(0), err;

	nth_arm(r->call, r->n, ENOMEM);
	err = liar_attach(liar, &good, &w);
	nth_disarm();
	if (!nth_fired() || w != NULL)
		return 201;
	if (r->before && probe_fds(0) != fds)
		return 202;
	/* A place that is lost cannot be taken again; else it can. */
	if (liar_attach(liar, &good, &w) != (r->before ? 0 : -EALREADY))
		return 203;
	return -err;
}

/* The kernel has no memory for the question just now: that passes. */
static int
asks(struct liar *liar)
{
	struct cadre_worker *w = NULL;
	int err;

	nth_arm("sendmsg", 2, ENOMEM);
	err = liar_attach(liar, &good, &w);
	nth_disarm();
	return !nth_fired() ? 201 : w == NULL ? 202 : -err;
}

int
main(void)
{
	struct liar *liar = liar_new();
	int status;
	pid_t pid;

	for (const struct row *r = rows; r < rows + sizeof(rows) / sizeof(*r);
	    r++) {
		fflush(stdout);
		pid = fork();
		if (pid == 0)
			_exit(attach(liar, r));
		waitpid(pid, &status, 0);
		is_int(WIFEXITED(status) ? WEXITSTATUS(status) : -1, ENOMEM,
		    "%s %u: ENOMEM, and it %s", r->call, r->n, r->before ?
		    "can try again" : "has lost its place");
	}
	fflush(stdout);
	pid = fork();
	if (pid == 0)
		_exit(asks(liar));
	waitpid(pid, &status, 0);
	is_int(WIFEXITED(status) ? WEXITSTATUS(status) : -1, 0,
	    "sendmsg 2: ENOMEM, and it attaches all the same");
	liar_free(liar);
	return done_testing();
}
