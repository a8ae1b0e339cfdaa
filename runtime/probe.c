/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The master asks nothing itself: it makes a connection, gives one end to the
 * worker and one to a command, and looks at how the command ends. What the
 * command says goes to a file in memory that cannot grow beyond SAID_BYTES, so
 * nobody can block or fill the master.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <cadre/error.h>

#include "runtime/child.h"
#include "runtime/control.h"
#include "runtime/probe.h"
#include "runtime/reload.h"
#include "runtime/report.h"
#include "shm/clock.h"
#include "shm/fail.h"
#include "shm/fault.h"

#define SAID_BYTES	65536
#define TAIL_BYTES	200

bool
probe_waits(const struct seat *s, const struct life *l)
{
	return l->held && (s->probe.wanted ||
	    (s->probe.pidfd >= 0 && !s->probe.dropped));
}

static void
forget(struct cadre_master *m, struct seat *s)
{
	master_unwatch(m, &s->probe.pidfd);
	if (s->probe.said >= 0)
		close(s->probe.said);
	s->probe.said = -1;
	s->probe.pid = 0;
}

/* Of a stranger, who was quicker to connect, nothing is taken. */
static int
accept_own(int listener, int client)
{
	struct sockaddr_in ours, peer;
	socklen_t n = sizeof(ours), k = sizeof(peer);
	int fd;

	if (getsockname(client, (struct sockaddr *)&ours, &n) < 0)
		return -errno;
	fd = accept4(listener, (struct sockaddr *)&peer, &k,
	    SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (peer.sin_port == ours.sin_port &&
	    peer.sin_addr.s_addr == ours.sin_addr.s_addr)
		return fd;
	close(fd);
	return -EPERM;
}

/* Loopback: who connects is in the queue when connect(2) returns. */
static int
tcp_pair(int ret_fds[2])
{
	struct sockaddr_in at = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(at);
	int listener, client, err = 0, fd = -1;

	listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    0);
	client = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (listener < 0 || client < 0 ||
	    bind(listener, (struct sockaddr *)&at, sizeof(at)) < 0 ||
	    listen(listener, 1) < 0 ||
	    getsockname(listener, (struct sockaddr *)&at, &n) < 0 ||
	    (connect(client, (struct sockaddr *)&at, sizeof(at)) < 0 &&
	    errno != EINPROGRESS))
		err = -errno;
	if (err == 0 && (fd = accept_own(listener, client)) < 0)
		err = fd;
	if (listener >= 0)
		close(listener);
	if (err == 0) {
		ret_fds[0] = client;
		ret_fds[1] = fd;
	} else if (client >= 0)
		close(client);
	return err;
}

/* As clients of the first listener have it; without a loopback, as it may be. */
static int
pair_open(const struct cadre_master *m, int ret_fds[2])
{
	if (CADRE_FAULT("probe.pair") < 0)
		return -errno;
	if (m->nlisteners > 0 && m->listeners[0].family != AF_UNIX &&
	    tcp_pair(ret_fds) == 0)
		return 0;
	return socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    0, ret_fds) < 0 ? -errno : 0;
}

static int
environment(const struct cadre_master *m, const struct seat *s,
    const struct life *l)
{
	char seat[16], pid[24];

	snprintf(seat, sizeof(seat), "%u", (unsigned int)(s - m->seats));
	snprintf(pid, sizeof(pid), "%llu", (unsigned long long)l->row.pid);
	return setenv("CADRE_NAME", m->name, 1) < 0 ||
	    setenv("CADRE_SEAT", seat, 1) < 0 ||
	    setenv("CADRE_PROBE_PID", pid, 1) < 0 ? -errno : 0;
}

/* In the child. A program that reads its connection may expect to wait. */
static int
become_probe(const struct cadre_master *m, const struct seat *s,
    const struct life *l, int conn)
{
	struct rlimit size = { SAID_BYTES, SAID_BYTES };
	int said;

	if (setpgid(0, 0) < 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return -errno;
	said = fcntl(s->probe.said, F_DUPFD, 3);
	conn = conn >= 0 ? fcntl(conn, F_DUPFD, 3) :
	    open("/dev/null", O_RDWR);
	if (said < 0 || conn < 0 || fcntl(conn, F_SETFL, O_RDWR) < 0 ||
	    dup2(conn, 0) < 0 || dup2(conn, 1) < 0 || dup2(said, 2) < 0 ||
	    close_range(3, ~0U, 0) < 0 || setrlimit(RLIMIT_FSIZE, &size) < 0)
		return -errno;
	return environment(m, s, l);
}

static void __attribute__((noreturn))
probe_main(const struct cadre_master *m, const struct seat *s,
    const struct life *l, int conn)
{
	struct sigaction usual = { .sa_handler = SIG_DFL };
	sigset_t none;

	if (become_probe(m, s, l, conn) < 0)
		_exit(126);
	for (int i = 1; i < NSIG; i++)
		(void)sigaction(i, &usual, NULL);
	/* Too much said is an error of that write, not the probe's end. */
	(void)signal(SIGXFSZ, SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execl("/bin/sh", "sh", "-c", m->reload.probe, (char *)NULL);
	dprintf(STDERR_FILENO, "cannot run /bin/sh: %s\n", strerror(errno));
	_exit(127);
}

/* A child that cannot be watched is ended. */
static int
adopt(struct cadre_master *m, struct seat *s, const struct life *l, pid_t pid)
{
	struct cadre_shm_life none;
	int err;

	s->probe.pidfd = CADRE_FAULT("probe.pidfd") < 0 ? -1 :
	    pidfd_open(pid, 0);
	err = s->probe.pidfd < 0 ? -errno : master_watch(m, s->probe.pidfd,
	    SOURCE_PROBE, (uint32_t)(s - m->seats),
	    (uint32_t)l->row.generation, EPOLLIN);
	s->probe.pid = pid;
	s->probe.generation = l->row.generation;
	if (err == 0)
		return 0;
	kill(pid, SIGKILL);
	child_reap(s->probe.pidfd, pid, &none);
	master_unwatch(m, &s->probe.pidfd);
	return err;
}

static int
fork_it(struct cadre_master *m, struct seat *s, const struct life *l, int conn)
{
	sigset_t all, ours;
	pid_t pid;
	int err;

	s->probe.said = CADRE_FAULT("probe.said") < 0 ? -1 :
	    memfd_create("cadre-probe", MFD_CLOEXEC);
	if (s->probe.said < 0)
		return -errno;
	/* Until it is the command, no handler of the embedder's may run in it. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &ours);
	pid = CADRE_FAULT("probe.fork") < 0 ? -1 : fork();
	err = pid < 0 ? -errno : 0;
	if (pid == 0)
		probe_main(m, s, l, conn);
	if (err == 0)
		err = adopt(m, s, l, pid);
	sigprocmask(SIG_SETMASK, &ours, NULL);
	if (err < 0)
		forget(m, s);
	return err;
}

/* It accepts this one, and no other before it is released. */
static void
connection_send(struct cadre_master *m, struct seat *s, struct life *l, int fd)
{
	struct cadre__frame frame = { .type = CADRE_FRAME_CONNECTION };

	control_send(m, s, l, &frame, NULL, &fd, 1);
}

/* -EBUSY: that of a reload before is killed, and has not ended yet. */
static int
start(struct cadre_master *m, struct seat *s, struct life *l)
{
	bool asks = (l->row.flags & CADRE_LIFE_ATTACHED) != 0 &&
	    m->nlisteners > 0;
	int fds[2] = { -1, -1 }, err;

	if (s->probe.pidfd >= 0)
		return -EBUSY;
	s->probe.late = s->probe.dropped = false;
	err = asks ? pair_open(m, fds) : 0;
	if (err == 0)
		err = fork_it(m, s, l, fds[0]);
	if (err == 0 && asks)
		connection_send(m, s, l, fds[1]);
	for (int i = 0; i < 2; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	return err;
}

void
probe_begin(struct cadre_master *m, struct seat *s, struct life *l,
    uint64_t now_ns)
{
	int err;

	if (!s->probe.wanted)
		return;
	s->probe.wanted = false;
	CADRE_FAULT_AT("probe.begin");
	s->probe.begun_ns = now_ns;
	s->probe.deadline_ns = now_ns + (uint64_t)
	    m->reload.how.probe_timeout_ms * NS_PER_MS;
	err = start(m, s, l);
	if (err == 0)
		return;
	snprintf(m->last_words, sizeof(m->last_words), "it cannot be run: %s",
	    strerror(-err));
	reload_probed(m, s, l, false, now_ns);
}

/* The end of what it said, on one line of text or more; trusted by nobody. */
static size_t
said_tail(const struct seat *s, char *text, size_t bytes)
{
	off_t end = lseek(s->probe.said, 0, SEEK_END);
	ssize_t n;

	n = pread(s->probe.said, text, bytes, end > (off_t)bytes ?
	    end - (off_t)bytes : 0);
	while (n > 0 && (text[n - 1] == '\n' || text[n - 1] == '\r'))
		n--;
	return n > 0 ? (size_t)n : 0;
}

/* What it says and how it ended, for people. */
static void
verdict(struct cadre_master *m, const struct seat *s,
    const struct cadre_shm_life *end, bool late)
{
	char said[TAIL_BYTES], how[64];
	size_t n = said_tail(s, said, sizeof(said));

	if (late)
		snprintf(how, sizeof(how), "no answer within %u ms",
		    m->reload.how.probe_timeout_ms);
	else if (end->exit_signal != 0)
		snprintf(how, sizeof(how), "signal %u", end->exit_signal);
	else
		snprintf(how, sizeof(how), "exit code %u", end->exit_code);
	snprintf(m->last_words, sizeof(m->last_words), "%s%s%.*s", how,
	    n > 0 ? ": " : "", (int)n, said);
}

static void
tell(struct cadre_master *m, const struct seat *s, const struct life *l,
    bool passed, uint64_t now_ns)
{
	struct cadre_shm_event e;

	event_of(&e, CADRE_EVENT_PROBED, m, s, l);
	e.duration_ns = now_ns - s->probe.begun_ns;
	e.text_bytes = (uint32_t)snprintf(e.text, sizeof(e.text), "%.300s",
	    passed ? "passed" : m->last_words);
	report(m, &e);
}

static void
probe_end(struct cadre_master *m, struct seat *s, uint64_t now_ns)
{
	struct cadre_shm_life end = { .exit_code = 0 };
	struct life *l = &s->lives[0];
	bool passed, late = s->probe.late;

	if (l->row.generation != s->probe.generation)
		l = &s->lives[1];
	child_reap(s->probe.pidfd, s->probe.pid, &end);
	if (s->probe.dropped) {
		forget(m, s);
		return;
	}
	passed = !late && end.exit_signal == 0 && end.exit_code == 0;
	verdict(m, s, &end, late);
	tell(m, s, l, passed, now_ns);
	forget(m, s);
	reload_probed(m, s, l, passed, now_ns);
}

void
probe_ready(struct cadre_master *m, uint32_t index, uint32_t serial,
    uint32_t events)
{
	struct seat *s = &m->seats[index];

	(void)events;
	if (s->probe.pidfd < 0 || (uint32_t)s->probe.generation != serial)
		return;
	if (child_ended(s->probe.pidfd))
		probe_end(m, s, clock_now_ns());
	else				/* a tracer has it first: do not spin */
		(void)master_rewatch(m, s->probe.pidfd, SOURCE_PROBE, index,
		    serial, 0);
}

/* Killed, it is waited for as one that ends; or looked at once a second. */
void
probe_due(struct cadre_master *m, uint64_t now_ns)
{
	for (struct seat *s = m->seats; s < m->seats + m->nseats; s++) {
		if (s->probe.pidfd < 0 || s->probe.deadline_ns > now_ns)
			continue;
		if (child_ended(s->probe.pidfd)) {
			probe_end(m, s, now_ns);
			continue;
		}
		s->probe.late = true;
		s->probe.deadline_ns = now_ns + NS_PER_S;
		(void)child_signal(s->probe.pidfd, SIGKILL);
	}
}

uint64_t
probe_deadline(const struct cadre_master *m)
{
	uint64_t first = UINT64_MAX;

	for (unsigned int i = 0; i < m->nseats; i++)
		if (m->seats[i].probe.pidfd >= 0 &&
		    m->seats[i].probe.deadline_ns < first)
			first = m->seats[i].probe.deadline_ns;
	return first;
}

void
probe_drop(struct seat *s)
{
	s->probe.wanted = false;
	if (s->probe.pidfd < 0 || s->probe.dropped)
		return;
	s->probe.dropped = true;
	(void)child_signal(s->probe.pidfd, SIGKILL);
}

void
probe_close(struct cadre_master *m, struct seat *s)
{
	struct cadre_shm_life end;

	if (s->probe.pidfd >= 0) {
		(void)child_signal(s->probe.pidfd, SIGKILL);
		child_reap(s->probe.pidfd, s->probe.pid, &end);
	}
	forget(m, s);
}
