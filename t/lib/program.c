/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program for a master to exec, in tests: argv[1] says how it behaves, in
 * the table at the end. What it finds it writes to its standard output, a line
 * each, which the test reads in seat-N.log. Unless it says otherwise it stays
 * until a signal ends it.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <cadre/cadre.h>

#include "shm/frame.h"
#include "t/lib/app.h"
#include "t/lib/introduced.h"
#include "t/lib/trips.h"

#define FIRST_FD	3

static struct cadre_worker *worker;

/* One write a line, so that nothing of it is lost when we are killed. */
#define say(...)	dprintf(STDOUT_FILENO, __VA_ARGS__)

static int
stay(void)
{
	while (pause() < 0)
		;
	return 0;
}

static int
attach(void)
{
	int err = cadre_worker_attach(&worker);

	if (err < 0)
		say("attach: %s: %s\n", strerrorname_np(-err), cadre_error(err));
	return err;
}

/* As a worker that uses libcadre and counts its requests. */
static int
answer(char **words)
{
	(void)words;
	if (attach() < 0 || cadre_worker_counter(worker, "requests", "",
	    "requests", &app_requests) < 0)
		return 1;
	return app_answer(worker, NULL);
}

/* As one that says whom it takes its peers for; see introduced.h. */
static int
introduces(char **words)
{
	(void)words;
	return attach() < 0 ? 1 : introduced(worker, NULL);
}

/* As one that knows nothing of cadre. The same lines; see app_answer(). */
static int
plain(char **words)
{
	struct pollfd p = { .fd = FIRST_FD, .events = POLLIN };
	char line[64];
	ssize_t n;
	int fd;

	(void)words;
	while (poll(&p, 1, -1) >= 0) {
		fd = accept(FIRST_FD, NULL, NULL);
		if (fd < 0)
			continue;
		n = read(fd, line, sizeof(line) - 1);
		line[n > 0 ? n : 0] = '\0';
		while (strcmp(line, "busy\n") == 0)
			;
		dprintf(fd, "seat %s pid %d\n", getenv("CADRE_SEAT"),
		    (int)getpid());
		close(fd);
	}
	return 1;
}

static void
notify(const char *text)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	const char *path = getenv("NOTIFY_SOCKET");
	socklen_t bytes = (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
	    strlen(path));
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	memcpy(sun.sun_path, path, strlen(path));
	if (*path == '@')
		sun.sun_path[0] = '\0';
	if (sendto(fd, text, strlen(text), 0, (struct sockaddr *)&sun,
	    bytes) < 0)
		say("notify: %s\n", strerrorname_np(errno));
	close(fd);
}

/* words: self, child or stranger; then messages, each sent by itself. */
static int
notify_as(char **words)
{
	pid_t parent = getpid();

	if (strcmp(words[0], "self") != 0 && fork() != 0)
		return stay();
	if (parent != getpid())
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (strcmp(words[0], "stranger") == 0)
		setpgid(0, 0);
	for (words++; *words != NULL; words++)
		notify(*words);
	say("sent\n");
	return stay();
}

static const char *
kind_of(int fd, char *to, size_t bytes)
{
	int listens = 0, type = 0;
	socklen_t n = sizeof(int);
	char link[32], *name;

	if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &n) == 0 &&
	    getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &n) == 0)
		return listens ? "listener" :
		    type == SOCK_SEQPACKET ? "channel" : "socket";
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	to[readlink(link, to, bytes - 1)] = '\0';
	name = strrchr(to, '/') != NULL ? strrchr(to, '/') + 1 : to;
	name[strcspn(name, " ")] = '\0';
	return name;
}

static void
tell_fds(void)
{
	static const char *const modes[] = { "ro", "wo", "rw", "path" };
	char to[256];
	int flags;

	for (int fd = 0; fd < 1024; fd++)
		if ((flags = fcntl(fd, F_GETFL)) >= 0)
			say("fd %d %s %s%s\n", fd, kind_of(fd, to, sizeof(to)),
			    modes[flags & O_ACCMODE],
			    fcntl(fd, F_GETFD) != 0 ? " cloexec" : "");
}

static void
tell_signals(void)
{
	char line[256];
	FILE *f = fopen("/proc/self/status", "re");

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, "Sig", 3) == 0)
			say("%s", line);
	if (f != NULL)
		fclose(f);
}

static int
surroundings(char **words)
{
	struct rlimit limit;
	const char *pid = getenv("LISTEN_PID");
	int signal = 0;

	(void)words;
	tell_fds();
	say("env:\n");
	for (char **e = environ; *e != NULL; e++)
		say("env %s\n", *e);
	tell_signals();
	getrlimit(RLIMIT_NOFILE, &limit);
	prctl(PR_GET_PDEATHSIG, &signal);
	say("LISTEN_PID is %s\n", pid != NULL && atoi(pid) == getpid() ?
	    "right" : "wrong");
	say("limit of descriptors: %d\n", (int)limit.rlim_cur);
	say("leads its group: %d\n", getpgrp() == getpid());
	say("death signal: %d\n", signal);
	say("told\n");
	return stay();
}

/* Ready, and it asks for its slot, but does nothing with it. */
static int
half(char **words)
{
	struct cadre__frame f = { .type = CADRE_FRAME_SLOT, .id = 1 };

	(void)words;
	notify("READY=1");
	cadre__frame_send(atoi(getenv("CADRE_CONTROL")), &f, NULL, NULL, 0);
	say("asked\n");
	return stay();
}

/* The first life attaches; each later one does not, or only half. */
static int
once(char **words)
{
	struct stat st;

	if (fstat(STDOUT_FILENO, &st) == 0 && st.st_size == 0) {
		say("first\n");
		return answer(words);
	}
	return words[0] != NULL ? half(words) : plain(words);
}

/* Attached, and never ready. */
static int
mute(char **words)
{
	(void)words;
	return attach() < 0 ? 1 : stay();
}

/* Ready, and then it ends. */
static int
brief(char **words)
{
	(void)words;
	if (attach() < 0 || cadre_worker_ready(worker) < 0)
		return 1;
	return 7;
}

/* words: the signal after which it attaches. It is ready before. */
static int
late(char **words)
{
	sigset_t set;
	int signal;

	sigemptyset(&set);
	sigaddset(&set, atoi(words[0]));
	sigprocmask(SIG_BLOCK, &set, NULL);
	notify("READY=1");
	sigwait(&set, &signal);
	return answer(words);
}

static int
twice(char **words)
{
	if (attach() < 0)
		return 1;
	attach();			/* says why not */
	(void)words;
	return app_idle(worker, NULL);
}

/* words: what to take out of the environment first. */
static int
child_attaches(char **words)
{
	char pid[16];

	if (fork() != 0)
		return stay();
	/* It may lie about itself: the kernel does not. */
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	for (; *words != NULL; words++)
		setenv(*words, pid, 1);
	for (int i = 0; i < 10; i++)
		attach();
	return stay();
}

static int
child_writes(char **words)
{
	struct cadre_counter *c;
	int status = -1;
	pid_t pid;

	(void)words;
	if (attach() < 0 ||
	    cadre_worker_counter(worker, "requests", "", "requests", &c) < 0)
		return 1;
	cadre_counter_add(c, 3);
	pid = fork();
	if (pid == 0)
		cadre_counter_add(c, 5);
	if (pid == 0)
		_exit(0);
	waitpid(pid, &status, 0);
	say("signal %d\n", WIFSIGNALED(status) ? WTERMSIG(status) : 0);
	return app_idle(worker, NULL);
}

/* words: NAME for a counter, +NAME for a gauge; "2*NAME" adds 2 to it. */
static void
declare(const char *word)
{
	struct cadre_counter *c;
	struct cadre_gauge *g;
	const char *name = strchr(word, '*');
	uint64_t n = name != NULL ? strtoull(word, NULL, 10) : 0;
	int err;

	name = name != NULL ? name + 1 : word;
	if (*name == '+')
		err = cadre_worker_gauge(worker, ++name, "", "told", &g);
	else
		err = cadre_worker_counter(worker, name, "", "told", &c);
	say("%.20s: %s\n", name, err < 0 ? strerrorname_np(-err) : "0");
	if (err == 0 && n > 0)
		cadre_counter_add(c, n);
}

static int
declare_all(char **words)
{
	if (attach() < 0)
		return 1;
	for (; *words != NULL; words++)
		declare(*words);
	say("told\n");
	return app_answer(worker, NULL);
}

/* Until a row is refused; the last answer is the row's number. */
static int
declare_many(char **words)
{
	struct cadre_counter *c;
	char name[32];
	int err, n = -1;

	(void)words;
	if (attach() < 0)
		return 1;
	do {
		snprintf(name, sizeof(name), "row_%d", ++n);
		err = cadre_worker_counter(worker, name, "", "", &c);
	} while (err == 0);
	say("refused: %s\n", strerrorname_np(-err));
	cadre_worker_counter(worker, "row_0", "", "", &app_requests);
	say("rows %d\n", n);
	return app_answer(worker, NULL);
}

static int
closed(char **words)
{
	(void)words;
	close_range(0, ~0U, 0);
	return stay();
}

/* Ready, and nothing can be accepted here: it has closed what listens. */
static int
unlistening(char **words)
{
	socklen_t bytes = sizeof(int);
	int listens;

	(void)words;
	if (attach() < 0 || cadre_worker_ready(worker) < 0)
		return 1;
	for (int fd = FIRST_FD; fd < 1024; fd++)
		if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens,
		    &bytes) == 0 && listens)
			close(fd);
	return app_idle(worker, NULL);
}

/* words: the signal that it does not hear. */
static int
deaf(char **words)
{
	signal(atoi(words[0]), SIG_IGN);
	say("deaf\n");
	return stay();
}

/* words: the signal that makes it exit with 7. */
static int
hears(char **words)
{
	sigset_t set;
	int signal;

	sigemptyset(&set);
	sigaddset(&set, atoi(words[0]));
	sigprocmask(SIG_BLOCK, &set, NULL);
	say("hears\n");
	sigwait(&set, &signal);
	return 7;
}

static int
exits(char **words)
{
	return atoi(words[0]);
}

static int
flood(char **words)
{
	char line[1024];

	(void)words;
	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = '\n';
	while (write(STDERR_FILENO, line, sizeof(line)) != 0)
		(void)poll(NULL, 0, 1);	/* not to fill somebody's disk */
	return 1;
}

/* In the background, as a daemon of old: its parent is done. */
static int
background(char **words)
{
	(void)words;
	if (fork() != 0)
		return 0;
	setsid();
	return stay();
}

static int
forks(char **words)
{
	pid_t child = fork();

	(void)words;
	if (child != 0)
		say("forked %d\n", (int)child);
	return stay();
}

static int
leave(bool far, const char *how)
{
	pid_t child = fork();

	if (child == 0 && fork() == 0) {
		if (far)
			setsid();
		say("%s %d\n", how, (int)getpid());
		return stay();
	}
	if (child == 0)
		_exit(0);
	waitpid(child, NULL, 0);
	return 0;
}

/* The worker goes on; one orphan is in another session, one in its group. */
static int
leaves(char **words)
{
	(void)words;
	leave(false, "near");
	leave(true, "left");
	return stay();
}

/* words: on which of its two channels; then what it says there. */
static int
frames(char **words)
{
	struct cadre__frame f = { .type = CADRE_FRAME_READY };
	const char *number = getenv(words[0]);
	static char bytes[1 << 17];
	const int fds[2] = { 0, 1 };
	int fd = number != NULL ? atoi(number) : -1;

	notify("READY=1");
	if (strcmp(words[1], "fds") == 0) {
		f.version = CADRE_FRAME_VERSION;
		if (cadre__frame_send(fd, &f, NULL, fds, 2) == -EPERM)
			say("the kernel refuses\n");
	} else if (strcmp(words[1], "flood") == 0) {
		f.version = CADRE_FRAME_VERSION;
		f.type = CADRE_FRAME_SLOT;
		for (int i = 0; i < 100000; i++)
			if (cadre__frame_send(fd, &f, NULL, NULL, 0) == -EPIPE)
				break;
	} else {
		/* VERSION TYPE LENGTH BYTES */
		f.version = (uint16_t)atoi(words[1]);
		f.type = (uint16_t)atoi(words[2]);
		f.length = (uint32_t)strtoul(words[3], NULL, 10);
		memcpy(bytes, &f, sizeof(f));
		if (send(fd, bytes, strtoul(words[4], NULL, 10),
		    MSG_NOSIGNAL) < 0)
			say("send: %s\n", strerrorname_np(errno));
	}
	say("sent\n");
	return stay();
}

static void
talk(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	(void)arg;
	if (message->from.id != 0)
		(void)cadre_mailbox_reply(mb, &message->from, message->type,
		    message->bytes, message->n);
}

/* It answers what it is asked, by message. */
static int
talks(char **words)
{
	struct epoll_event e;
	int epfd = epoll_create1(EPOLL_CLOEXEC);

	(void)words;
	if (attach() < 0)
		return 1;
	cadre_mailbox_on(cadre_worker_mailbox(worker), CADRE_TYPE_ANY, talk,
	    NULL);
	cadre_worker_ready(worker);
	while (!cadre_worker_draining(worker))
		cadre_worker_wait(worker, epfd, &e, 1, -1);
	return 0;
}

static void
nothing(struct cadre_mailbox *mailbox, int err, struct cadre_message *reply,
    void *arg)
{
	(void)mailbox;
	(void)err;
	(void)reply;
	(void)arg;
}

/* BYTES: what it may send to the master, and is done. */
static int
sends(char **words)
{
	size_t n = strtoul(words[0], NULL, 10);
	char *bytes = calloc(1, n + 1);
	const int fd = STDOUT_FILENO;
	struct cadre_mailbox *mb;

	if (attach() < 0)
		return 1;
	mb = cadre_worker_mailbox(worker);
	say("whole %d\n", cadre_mailbox_send(mb, CADRE_MASTER, 1, bytes, n));
	say("longer %d\n", cadre_mailbox_send(mb, CADRE_MASTER, 1, bytes,
	    n + 1));
	say("descriptor %d\n", cadre_mailbox_send_fds(mb, CADRE_MASTER, 1,
	    NULL, 0, &fd, 1));
	for (int i = 0; i < 2; i++)
		say("request %d\n", cadre_mailbox_request(mb, CADRE_MASTER, 1,
		    NULL, 0, -1, nothing, NULL));
	free(bytes);
	return CADRE_EXIT_DONE;
}

/* Asks without end, and counts its answers; see trips.h. */
static int
asks(char **words)
{
	struct trips t = { .most = 0 };

	(void)words;
	return attach() < 0 || trips_declare(worker) < 0 ? 1 :
	    trips(worker, &t);
}

/* BYTES: what it may publish, and is done. */
static int
publishes(char **words)
{
	size_t n = strtoul(words[0], NULL, 10);
	char *bytes = calloc(1, n + 1);
	struct cadre_mailbox *mb;

	if (attach() < 0)
		return 1;
	mb = cadre_worker_mailbox(worker);
	say("published %d\n", cadre_mailbox_publish(mb, "news", bytes, n,
	    CADRE_SCOPE_OTHERS));
	say("longer %d\n", cadre_mailbox_publish(mb, "news", bytes, n + 1,
	    CADRE_SCOPE_OTHERS));
	free(bytes);
	return CADRE_EXIT_DONE;
}

static const struct {
	const char	*name;
	int		(*behave)(char **words);
} behaviours[] = {
	{ "answer", answer }, { "plain", plain }, { "notify", notify_as },
	{ "surroundings", surroundings }, { "late", late }, { "mute", mute },
	{ "once", once }, { "twice", twice }, { "brief", brief },
	{ "child-attaches", child_attaches }, { "child-writes", child_writes },
	{ "declare", declare_all }, { "declare-many", declare_many },
	{ "closed", closed }, { "deaf", deaf }, { "hears", hears },
	{ "exits", exits }, { "flood", flood }, { "background", background },
	{ "forks", forks }, { "unlistening", unlistening },
	{ "leaves", leaves }, { "frames", frames }, { "sends", sends },
	{ "publishes", publishes }, { "talks", talks },
	{ "introduced", introduces }, { "trips", asks },
};

int
main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 &&
	    i < sizeof(behaviours) / sizeof(behaviours[0]); i++)
		if (strcmp(behaviours[i].name, argv[1]) == 0)
			return behaviours[i].behave(argv + 2);
	fprintf(stderr, "program: no behaviour of that name\n");
	return 2;
}
