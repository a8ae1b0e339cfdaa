/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One run: the contrast program, or the script for Node, as a child whose
 * output is a pipe. It gets a deadline; with it end its master and workers.
 * It has a process group of its own, so that Ctrl-C is ours alone to pass on;
 * and we wait for its master, who removes its directory and writes to us yet.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <sys/wait.h>

#include <cadre/cadre.h>

#include "tools/contrast.h"

#define OUTPUT_BYTES	8192
#define SLACK_S		30	/* beyond what a run takes by its plan */
#define END_S		10	/* then its master has to end */

static const char *const figures[FIGURES] = {
	[TELLS_UPDATES] = "tells updates",
	[TELLS_REFUSED] = "tells refused",
	[TELLS_CPU_NS] = "tells cpu_ns",
	[KNOWS_LOOKS] = "knows looks",
	[KNOWS_SEEN] = "knows seen",
	[KNOWS_CPU_NS] = "knows cpu_ns",
	[KNOWS_AGE_P50_NS] = "knows age_p50_ns",
	[KNOWS_AGE_P99_NS] = "knows age_p99_ns",
	[KNOWS_NOTICED_P50_NS] = "knows noticed_p50_ns",
	[KNOWS_NOTICED_P99_NS] = "knows noticed_p99_ns",
	[KNOWS_OLDEST_NS] = "knows oldest_ns",
	[KNOWS_STUCK_NS] = "knows stuck_ns",
	[KNOWS_BACK_AGE_NS] = "knows back_age_ns",
	[KNOWS_FRESH_NS] = "knows fresh_ns",
	[KNOWS_KNOWN] = "knows known",
	[KNOWS_COUNTED] = "knows counted",
	[TRUTH_COUNTED] = "truth counted",
};

/* "knows looks 12 seen 7": a word, then names with their numbers. */
static void
take_line(struct run *r, char *line)
{
	char *rest = NULL, *who = strtok_r(line, " ", &rest), *name, *number;
	char full[64];

	while (who != NULL && (name = strtok_r(NULL, " ", &rest)) != NULL &&
	    (number = strtok_r(NULL, " ", &rest)) != NULL) {
		snprintf(full, sizeof(full), "%.20s %.30s", who, name);
		for (int i = 0; i < FIGURES; i++)
			if (strcmp(figures[i], full) == 0)
				r->figure[i] = strtoull(number, NULL, 10);
	}
}

static void
take(struct run *r, char *output)
{
	char *rest = NULL, *line = strtok_r(output, "\n", &rest);

	for (; line != NULL; line = strtok_r(NULL, "\n", &rest))
		take_line(r, line);
	if (r->figure[TRUTH_COUNTED] != 0)
		r->figure[KNOWS_COUNTED] = r->figure[TRUTH_COUNTED];
}

struct words {
	char	text[5][24];
	char	*argv[16];
};

static void
words_of(const struct contrast *c, const struct run *r, struct words *w)
{
	const char *flag[] = { "-i", "-n", "-r", "-d", "-e" };
	int n = 0;

	snprintf(w->text[0], sizeof(w->text[0]), "%u", r->workers);
	snprintf(w->text[1], sizeof(w->text[1]), "%" PRIu64, r->updates);
	snprintf(w->text[2], sizeof(w->text[2]), "%" PRIu64, r->rate);
	snprintf(w->text[3], sizeof(w->text[3]), "%" PRIu64, c->event_ms);
	snprintf(w->text[4], sizeof(w->text[4]), "%s",
	    r->event != NULL ? r->event : "none");
	if (r->way == WAY_NODE)
		w->argv[n++] = (char *)"node";
	w->argv[n++] = (char *)(r->way == WAY_NODE ? c->script : c->program);
	for (int i = 0; i < 5; i++) {
		w->argv[n++] = (char *)flag[i];
		w->argv[n++] = w->text[i];
	}
	w->argv[n++] = (char *)contrast_way(r->way == WAY_NODE ? WAY_CHANGE :
	    r->way);
	w->argv[n] = NULL;
}

/* Waits for a byte before its exec, so that a tracer can attach. */
static void
child(char *const argv[], int go, int output, pid_t parent,
    const sigset_t *mask)
{
	char byte;

	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	if (setpgid(0, 0) < 0 || sigprocmask(SIG_SETMASK, mask, NULL) < 0 ||
	    prctl(PR_SET_PDEATHSIG, SIGTERM) < 0 || getppid() != parent ||
	    dup2(output, STDOUT_FILENO) < 0 || read(go, &byte, 1) != 1)
		_exit(127);
	execvp(argv[0], argv);
	dprintf(STDERR_FILENO, "%s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

/* A pidfd: the pid of one who has been waited for may be another's. */
static atomic_int deadline_fd = -1, alarms, caught;
static atomic_int running;	/* and its group */

static void
on_deadline(int sig)
{
	int err = errno;

	(void)sig;
	if (alarms++ == 0)	/* its children see; or are made to */
		pidfd_send_signal(deadline_fd, SIGKILL, NULL, 0);
	else if (running > 0)
		kill(-running, SIGKILL);
	errno = err;
}

static void
on_signal(int sig)
{
	int err = errno;

	(void)sig;
	caught = 1;
	if (running > 0)
		kill(-running, SIGTERM);
	errno = err;
}

void
contrast_catch(void)
{
	struct sigaction sa = { .sa_handler = on_signal,
	    .sa_flags = SA_RESTART };

	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	sa.sa_handler = on_deadline;
	sigaction(SIGALRM, &sa, NULL);
	prctl(PR_SET_CHILD_SUBREAPER, 1);	/* of masters */
}

static void
deadline(int pidfd, uint64_t seconds)
{
	struct itimerval t = { .it_value.tv_sec = (time_t)seconds,
	    .it_interval.tv_sec = seconds != 0 ? END_S : 0 };

	deadline_fd = pidfd;
	alarms = 0;
	setitimer(ITIMER_REAL, &t, NULL);
}

static uint64_t
seconds_of(const struct contrast *c, const struct run *r)
{
	return SLACK_S + c->event_ms / 1000 +
	    (r->rate != 0 ? r->updates / r->rate : 0);
}

/*
 * By who is whose child: the observer, its master, the workers of that; or
 * Node's parent, and its children.
 */
static void
take_calls(struct contrast *c, struct run *r, pid_t pid, int *status)
{
	bool observed = r->way == WAY_COUNTER || r->way == WAY_REGION;
	struct calls calls[CALLS_DEPTH];

	if (calls_count(pid, calls, status) < 0) {
		c->no_calls = "interrupted";
		return;
	}
	r->tells = calls[r->way == WAY_NODE ? 1 : 2];
	r->knows = calls[observed || r->way == WAY_NODE ? 0 : 1];
	r->counted = true;
}

static int
finish(struct contrast *c, struct run *r, pid_t pid, int fd, bool traced)
{
	char output[OUTPUT_BYTES];
	int status = -1;
	ssize_t n, at = 0;

	if (traced)
		take_calls(c, r, pid, &status);
	while (at < OUTPUT_BYTES - 1 && (n = read(fd, output + at,
	    OUTPUT_BYTES - 1 - (size_t)at)) > 0)
		at += n;
	output[at] = '\0';
	if (!traced && waitpid(pid, &status, 0) < 0)
		return verb_fail(c->verb, -errno);
	while (waitpid(-pid, NULL, 0) > 0)
		;
	if (caught) {
		verb_say(c->verb, "interrupted");
		return EXIT_FAILED;
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		verb_say(c->verb, "%s %s, %u workers, %" PRIu64 " a second: "
		    "%s %d", contrast_part(r->part), contrast_way(r->way),
		    r->workers, r->rate, WIFSIGNALED(status) ?
		    "ended by signal" : "failed with",
		    WIFSIGNALED(status) ? WTERMSIG(status) :
		    WEXITSTATUS(status));
		return EXIT_FAILED;
	}
	take(r, output);
	r->done = r->figure[TELLS_UPDATES] > 0;
	return 0;
}

/* Signals wait until it is known whom to pass them on to. */
static pid_t
start(const struct contrast *c, const struct run *r, int go, int output)
{
	pid_t parent = getpid(), pid;
	sigset_t ours, mask;
	struct words w;

	words_of(c, r, &w);
	sigemptyset(&ours);
	sigaddset(&ours, SIGINT);
	sigaddset(&ours, SIGTERM);
	sigprocmask(SIG_BLOCK, &ours, &mask);
	fflush(NULL);
	pid = fork();
	if (pid == 0)
		child(w.argv, go, output, parent, &mask);
	if (pid > 0) {
		setpgid(pid, pid);
		running = pid;
	} else {
		pid = -errno;
	}
	sigprocmask(SIG_SETMASK, &mask, NULL);
	return pid;
}

/* Its way is free: count its calls, if that is wanted, and let it go. */
static int
follow(struct contrast *c, struct run *r, pid_t pid, int go, int output)
{
	bool traced = r->part == PART_CALLS;
	int code, pidfd;

	if (traced && calls_attach(pid) < 0) {
		c->no_calls = "ptrace(2) is not permitted here";
		traced = false;
	}
	if ((pidfd = pidfd_open(pid, 0)) < 0 || write(go, "", 1) != 1) {
		code = verb_fail(c->verb, -errno);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	} else {
		deadline(pidfd, seconds_of(c, r));
		code = finish(c, r, pid, output, traced);
		deadline(-1, 0);
	}
	running = 0;
	if (pidfd >= 0)
		close(pidfd);
	return code;
}

int
contrast_run(struct contrast *c, struct run *r)
{
	int code, go[2], output[2];
	pid_t pid;

	if (pipe2(go, O_CLOEXEC) < 0)
		return verb_fail(c->verb, -errno);
	if (pipe2(output, O_CLOEXEC) < 0) {
		code = verb_fail(c->verb, -errno);
		close(go[0]);
		close(go[1]);
		return code;
	}
	pid = start(c, r, go[0], output[1]);
	code = pid < 0 ? verb_fail(c->verb, pid) : 0;
	close(output[1]);
	if (code == 0)
		code = follow(c, r, pid, go[1], output[0]);
	close(go[0]);
	close(go[1]);
	close(output[0]);
	return code;
}
