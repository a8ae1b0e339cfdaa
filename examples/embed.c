/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * embed: a service that has a loop, signals, a child and a log of its own, and
 * takes in a cadre as one more descriptor of that loop.
 *
 * The cadre does not mind the rest: it reaps its workers one by one and never
 * our child, takes no signal (only cadre_master_run() would), prints nothing,
 * and refuses to fork while another of our threads runs.
 *
 * Its workers greet with "seat N pid P" and send back what they get. A line
 * on standard input is for our child, a shell, which exits with the number in
 * it and is started again. SIGTERM, SIGINT and the end of input end it all.
 */
#include <sys/pidfd.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cadre/cadre.h>

#define EVENTS	16

static struct cadre_counter *bytes;

/* A client that does not take back what it says is let go. */
static void
echo(struct cadre_worker *w, int fd)
{
	char buffer[4096];
	ssize_t n = recv(fd, buffer, sizeof(buffer), 0);

	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0 || send(fd, buffer, (size_t)n, MSG_NOSIGNAL) != n)
		cadre_worker_close(w, fd);
	else
		cadre_counter_add(bytes, (uint64_t)n);
}

static void
greet(struct cadre_worker *w, int epfd)
{
	struct epoll_event ev = { .events = EPOLLIN };

	while ((ev.data.fd = cadre_worker_accept(w, 0, NULL)) >= 0) {
		if (epoll_ctl(epfd, EPOLL_CTL_ADD, ev.data.fd, &ev) < 0)
			cadre_worker_close(w, ev.data.fd);
		else
			dprintf(ev.data.fd, "seat %u pid %d\n",
			    cadre_worker_seat(w), getpid());
	}
}

static int
serve(struct cadre_worker *w, void *arg)
{
	int listener = cadre_worker_listener_fd(w, 0);
	struct epoll_event events[EVENTS] = { { .events = EPOLLIN } };
	int epfd = epoll_create1(EPOLL_CLOEXEC), n;
	bool last = false;

	(void)arg;
	events[0].data.fd = listener;
	if (epfd < 0 ||
	    epoll_ctl(epfd, EPOLL_CTL_ADD, listener, &events[0]) < 0)
		return 1;
	cadre_worker_ready(w);
	while (!last) {
		last = cadre_worker_draining(w);	/* one more look round */
		n = cadre_worker_wait(w, epfd, events, EVENTS, last ? 0 : -1);
		for (int i = 0; i < n; i++)
			if (events[i].data.fd == listener)
				greet(w, epfd);
			else
				echo(w, events[i].data.fd);
	}
	return 0;
}

static struct cadre_master *master;
static int loopfd, child_pidfd, child_stdin;
static pid_t child;

static void
watch(int fd)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.fd = fd };

	epoll_ctl(loopfd, EPOLL_CTL_ADD, fd, &ev);	/* a file: EPERM, never */
}

/* It execs, which closes the cadre's descriptors: a mere fork keeps them. */
static void
child_start(const sigset_t *mask)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0 ||
	    (child = fork()) < 0)
		exit(cadre_fail(-errno));
	if (child == 0) {
		sigprocmask(SIG_UNBLOCK, mask, NULL);
		dup2(ends[0], STDIN_FILENO);
		execl("/bin/sh", "sh", "-c", "read n && exit $n", (char *)NULL);
		_exit(127);
	}
	close(ends[0]);
	child_stdin = ends[1];
	child_pidfd = pidfd_open(child, 0);
	watch(child_pidfd);
	printf("child %d started\n", child);
}

static void
child_reap(void)
{
	int status = 0;

	if (waitpid(child, &status, 0) < 0)
		printf("child %d lost: %s\n", child, strerror(errno));
	else if (WIFSIGNALED(status))
		printf("child %d died: signal %d\n", child, WTERMSIG(status));
	else
		printf("child %d exited: %d\n", child, WEXITSTATUS(status));
	close(child_pidfd);
	close(child_stdin);
}

/* A line is for the child; a signal and the end of input stop the service. */
static void
on_input(int fd)
{
	char buffer[256];
	ssize_t n = read(fd, buffer, sizeof(buffer));

	if (fd == STDIN_FILENO && n > 0) {
		send(child_stdin, buffer, (size_t)n, MSG_NOSIGNAL);
		return;
	}
	epoll_ctl(loopfd, EPOLL_CTL_DEL, fd, NULL);
	cadre_master_stop(master, CADRE_STOP_GRACEFUL);
}

static int
loop(const sigset_t *mask)
{
	struct epoll_event events[EVENTS];
	int goes_on = 1, n;

	while (goes_on > 0) {
		n = epoll_wait(loopfd, events, EVENTS, -1);
		for (int i = 0; i < n; i++) {
			int fd = events[i].data.fd;

			if (fd == cadre_master_fd(master)) {
				goes_on = cadre_master_dispatch(master);
			} else if (fd == child_pidfd) {
				child_reap();
				child_start(mask);
			} else
				on_input(fd);
		}
	}
	return goes_on;
}

static void
on_event(const struct cadre_shm_event *e, void *arg)
{
	char text[1024];

	(void)arg;
	cadre_event_text(e, text, sizeof(text));
	printf("cadre: %s\n", text);
}

static void *
warm_up(void *arg)
{
	sem_wait(arg);
	return NULL;
}

/* Refused while our thread runs; it may be seen a moment after the join. */
static int
start(void)
{
	pthread_t thread;
	sem_t done;
	int err;

	sem_init(&done, 0, 0);
	if (pthread_create(&thread, NULL, warm_up, &done) != 0)
		return -EAGAIN;
	err = cadre_master_start(master);
	printf("with a thread: %s\n", err < 0 ? cadre_error(err) : "started");
	sem_post(&done);
	pthread_join(thread, NULL);
	for (int i = 0; err == -EBUSY && i < 1000; i++) {
		usleep(1000);
		err = cadre_master_start(master);
	}
	return err;
}

int
main(int argc, char **argv)
{
	char address[160];
	sigset_t mask;
	int err;

	setvbuf(stdout, NULL, _IOLBF, 0);
	sigemptyset(&mask);
	sigaddset(&mask, SIGTERM);
	sigaddset(&mask, SIGINT);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	if ((err = cadre_master_new(argc > 1 ? argv[1] : "embed", &master)) < 0 ||
	    (err = cadre_master_listen(master, "tcp:127.0.0.1:0", NULL)) < 0 ||
	    (err = cadre_master_counter(master, "bytes", "bytes", "sent back",
		&bytes)) < 0 ||
	    (err = cadre_master_workers(master, 2, serve, NULL)) < 0 ||
	    (err = cadre_master_on_event(master, on_event, NULL)) < 0 ||
	    (err = start()) < 0) {
		err = cadre_fail(err);
		cadre_master_free(master);
		return err;
	}
	loopfd = epoll_create1(EPOLL_CLOEXEC);
	watch(signalfd(-1, &mask, SFD_CLOEXEC));
	watch(STDIN_FILENO);
	watch(cadre_master_fd(master));
	child_start(&mask);
	cadre_master_address(master, 0, address, sizeof(address));
	printf("listening on %s\n", address);
	err = loop(&mask);
	cadre_master_free(master);
	close(child_stdin);
	child_reap();
	return err < 0 ? cadre_fail(err) : 0;
}
