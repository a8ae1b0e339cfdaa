/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The app that check-faults starts: a master, and its workers, which are
 * forked or this program once more.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "t/fault/fault.h"
#include "t/fault/talk.h"
#include "t/lib/keeper.h"
#include "t/lib/probe.h"

static char self[] = "/proc/self/exe";

static void
on_news(struct cadre_mailbox *mb, const struct cadre_news *news, void *arg)
{
	(void)mb;
	(void)news;
	(void)arg;
}

/* Each tells the others of its birth. What fails of it is no harm. */
static void
announce(struct cadre_worker *w)
{
	struct cadre_mailbox *mb = cadre_worker_mailbox(w);

	(void)cadre_mailbox_subscribe(mb, "born", on_news, NULL);
	(void)cadre_mailbox_publish(mb, "born", "I am", 4,
	    CADRE_SCOPE_OTHERS);
}

static int
serve(struct cadre_worker *w, void *arg)
{
	const enum fault_kind *kind = arg;

	if (cadre_worker_ready(w) < 0)
		return 1;
	announce(w);
	if (kind != NULL && *kind == FAULT_RECYCLED &&
	    cadre_request_begin(w, "its first", 0) == 0)
		cadre_request_end(w);
	if (kind != NULL && *kind == FAULT_TALKED)
		talk_begin(w);
	return kind != NULL && *kind == FAULT_KEPT ? keeper(w, NULL) :
	    app_answer(w, NULL);
}

/* So the master has something to read there; it is no READY=1. */
static void
notify(const char *text)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	const char *path = getenv("NOTIFY_SOCKET");
	int fd;

	if (path == NULL || strlen(path) >= sizeof(sun.sun_path))
		return;
	strcpy(sun.sun_path, path);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	(void)!sendto(fd, text, strlen(text), MSG_NOSIGNAL,
	    (struct sockaddr *)&sun, sizeof(sun));
	close(fd);
}

static int
program_main(void)
{
	struct cadre_worker *w;
	int err;

	notify("STATUS=starting");
	err = cadre_worker_attach(&w);
	if (err == 0)
		err = cadre_worker_counter(w, "requests", "", "",
		    &app_requests);
	return err < 0 ? cadre_fail(err) : serve(w, NULL);
}

/* Who is not root has what it can have. */
static int
privileges(struct cadre_master *m)
{
	int err;

	err = geteuid() == 0 ? cadre_master_user(m, "nobody", NULL) : 0;
	if (err == 0)
		err = cadre_master_rlimit(m, "core=0");
	if (err == 0)
		err = cadre_master_chdir(m, "/");
	if (err == 0)
		err = cadre_master_no_new_privs(m, 1);
	return err == 0 ? cadre_master_affinity(m, "spread") : err;
}

/* An address of each job's own: a port that one has left is not the next's. */
static const char *
address(const char *port)
{
	static char text[48];
	const char *host = getenv("T_HOST");

	snprintf(text, sizeof(text), "tcp:%s:%s",
	    host != NULL ? host : "127.0.0.1", port);
	return text;
}

static int
doors(struct cadre_master *m)
{
	char path[128];
	int err;

	snprintf(path, sizeof(path), "unix:%s/N",
	    getenv("CADRE_RUNTIME_DIR"));
	err = cadre_master_seat_listen(m, address("0+N"), NULL);
	return err < 0 ? err :
	    cadre_master_seat_listen(m, path, "socket-mode=0600");
}

static int
configure(struct cadre_master *m, enum fault_kind kind)
{
	static enum fault_kind own;

	static const char *const argv[] = { self, "--program", NULL };
	static const struct {
		enum cadre_option option;
		int64_t	value;
	} options[] = {
		{ CADRE_MAX_WORKERS, FAULT_WORKERS + 1 },
		{ CADRE_READY_TIMEOUT_MS, 2000 },
		{ CADRE_READY_AFTER_MS, -1 },
		{ CADRE_DRAIN_TIMEOUT_MS, FAULT_DRAIN_MS },
		{ CADRE_MIN_UPTIME_MS, 20 },
		{ CADRE_BACKOFF_FIRST_MS, 10 },
		{ CADRE_BACKOFF_MAX_MS, 50 },
	};
	int err;

	own = kind;
	(void)cadre_mailbox_subscribe(cadre_master_mailbox(m), "born", on_news,
	    NULL);
	err = cadre_master_listen(m, address("0"),
	    kind == FAULT_HANDED ? "mode=rr" : kind == FAULT_PROXIED ?
	    "proxy=127.0.0.1,proxy-timeout=300ms" : kind == FAULT_PEEKED ?
	    "mode=sticky:cookie:sid,peek-ms=30" : NULL);
	if (err == 0 && kind == FAULT_FORKED)
		err = doors(m);
	if (err == 0 && kind != FAULT_EXECED)
		err = cadre_master_counter(m, "requests", "", "",
		    &app_requests);
	if (err == 0)
		err = kind != FAULT_EXECED ?
		    cadre_master_workers(m, FAULT_WORKERS, serve, &own) :
		    cadre_master_program(m, FAULT_WORKERS, argv);
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]) &&
	    err == 0; i++)
		err = cadre_master_set(m, options[i].option, options[i].value);
	if (err == 0 && kind == FAULT_FORKED)
		err = privileges(m);
	if (err == 0 && kind == FAULT_KEPT)
		err = cadre_master_set(m, CADRE_WORKER_CONNECTIONS,
		    FAULT_KEEPS);
	if (err == 0 && kind == FAULT_KEPT)
		err = cadre_master_set(m, CADRE_OVERLOAD, CADRE_OVERLOAD_SHED);
	if (err == 0 && kind == FAULT_TALKED)
		err = talk_hear(m);
	if (err == 0 && kind == FAULT_RECYCLED)
		err = cadre_master_set(m, CADRE_MAX_AGE_MS, FAULT_AGE_MS);
	if (err == 0 && kind == FAULT_RECYCLED)
		err = cadre_master_set(m, CADRE_MEMORY_SOFT, INT64_C(1) << 40);
	return err == 0 && kind == FAULT_EXECED ?
	    cadre_master_set(m, CADRE_SUBREAPER, 1) : err;
}

/* The exit status says too whether all was given back. */
static int
master_main(enum fault_kind kind)
{
	struct cadre_master *m = NULL;
	int before = probe_fds(0), err, status;

	err = cadre_master_new(FAULT_APP, &m);
	if (err == 0)
		err = configure(m, kind);
	status = err < 0 ? cadre_fail(err) : cadre_master_run(m);
	cadre_master_free(m);
	if (probe_fds(0) == before)
		return status;
	fprintf(stderr, "%d descriptors before, %d after\n", before,
	    probe_fds(0));
	return FAULT_LEAK;
}

int
fault_role(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--program") == 0)
		return program_main();
	if (argc == 3 && strcmp(argv[1], "--master") == 0)
		return master_main((enum fault_kind)atoi(argv[2]));
	return -1;
}

static void __attribute__((noreturn))
become_master(enum fault_kind kind, const char *dir, const char *spec,
    const char *counts)
{
	char number[16], err[96], run[96];
	char *argv[] = { self, (char[]){ "--master" }, number, NULL };
	int fd;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	snprintf(number, sizeof(number), "%d", (int)kind);
	snprintf(err, sizeof(err), "%s/err", dir);
	fd = open(err, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	dup2(fd, STDERR_FILENO);
	snprintf(run, sizeof(run), "%s/run", dir);
	setenv("CADRE_RUNTIME_DIR", run, 1);
	unsetenv("CADRE_FAULT");
	unsetenv("CADRE_FAULT_COUNTS");
	if (spec != NULL) {
		setenv("CADRE_FAULT", spec, 1);
		setenv("CADRE_FAULT_COUNTS", counts, 1);
	}
	execv(self, argv);
	_exit(99);
}

pid_t
fault_master(enum fault_kind kind, const char *dir, const char *spec,
    const char *counts)
{
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0)
		become_master(kind, dir, spec, counts);
	return pid;
}
