/* SPDX-License-Identifier: BSD-2-Clause */
/* Apps for messages; see post.h. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <sys/wait.h>

#include "t/lib/exec.h"
#include "t/lib/keeper.h"
#include "t/lib/post.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

struct cadre_master *post_master;
struct cadre_mailbox *post_box;

static post_worker_fn *set_up;

static int
serve(struct cadre_worker *w, void *arg)
{
	set_up(w, cadre_worker_mailbox(w));
	return app_idle(w, arg);
}

void
post_start(int workers, post_worker_fn *fn, app_config_fn *config)
{
	set_up = fn;
	post_start_with(workers, serve, config);
}

static void
begin(void)
{
	static const char *dir;

	if (dir == NULL)
		dir = probe_dir();
	if (cadre_master_new("app", &post_master) < 0)
		bail_out("no master");
	post_box = cadre_master_mailbox(post_master);
}

static void
start(int workers)
{
	if (cadre_master_start(post_master) < 0)
		bail_out("no start: %s", cadre_error(-1));
	for (int i = 0; i < workers; i++)
		if (!probe_up(post_master, (unsigned int)i, 0))
			bail_out("worker %d is not up", i);
}

void
post_start_with(int workers, cadre_worker_fn *fn, app_config_fn *config)
{
	begin();
	cadre_master_workers(post_master, workers, fn, NULL);
	if (config != NULL)
		config(post_master, NULL);
	start(workers);
}

void
post_start_exec(int workers, const char *word)
{
	const char *const argv[] = { exec_path(), word, NULL };

	begin();
	cadre_master_program(post_master, workers, argv);
	cadre_master_set(post_master, CADRE_READY_AFTER_MS, 1);
	start(workers);
}

bool
post_until(bool (*done)(void *), void *arg)
{
	struct pollfd p = { .fd = cadre_master_fd(post_master),
	    .events = POLLIN };
	time_t end = time(NULL) + APP_WAIT_S;

	while (!done(arg)) {
		if (time(NULL) > end || cadre_master_dispatch(post_master) < 0)
			return false;
		if (!done(arg))
			(void)poll(&p, 1, 100);
	}
	return true;
}

struct counted {
	const int *count;
	int	want;
};

static bool
is_counted(void *arg)
{
	const struct counted *c = arg;

	return *c->count >= c->want;
}

bool
post_counted(const int *count, int want)
{
	struct counted c = { count, want };

	return post_until(is_counted, &c);
}

bool
post_up(unsigned int seat, uint64_t generation)
{
	return probe_up(post_master, seat, generation);
}

static bool
stands_still(void *arg)
{
	siginfo_t info = { .si_pid = 0 };

	/* The master may have had that already; or no descriptor is left. */
	return (waitid(P_PID, *(id_t *)arg, &info, WSTOPPED | WNOHANG |
	    WNOWAIT) == 0 && info.si_pid != 0) ||
	    keeper_stands((pid_t)*(id_t *)arg);
}

static id_t
pid_of(unsigned int seat)
{
	struct cadre_health h;

	return cadre_master_health(post_master, seat, &h) < 0 ? 0 :
	    (id_t)h.pid;
}

uint64_t
post_generation(unsigned int seat)
{
	struct cadre_health h;

	return cadre_master_health(post_master, seat, &h) < 0 ? 0 :
	    h.generation;
}

bool
post_stopped(unsigned int seat)
{
	id_t pid = pid_of(seat);

	return pid != 0 && post_until(stands_still, &pid);
}

bool
post_signal(unsigned int seat, int signal)
{
	id_t pid = pid_of(seat);

	return pid != 0 && kill((pid_t)pid, signal) == 0 &&
	    (signal != SIGSTOP || app_until(stands_still, &pid));
}

void
post_no_backoff(struct cadre_master *m, void *arg)
{
	(void)arg;
	if (cadre_master_set(m, CADRE_MIN_UPTIME_MS, 0) < 0 ||
	    cadre_master_set(m, CADRE_BACKOFF_FIRST_MS, 1) < 0)
		bail_out("not configured");
}

char post_reply[32];
int post_answers;
static int answer;

static void
on_reply(struct cadre_mailbox *mb, int err, struct cadre_message *reply,
    void *arg)
{
	size_t n = reply != NULL ? reply->n : 0;

	if (mb != post_box || (err == 0) != (reply != NULL) || arg != &answer)
		bail_out("err %d, reply %p", err, (void *)reply);
	if (n >= sizeof(post_reply))
		n = sizeof(post_reply) - 1;
	if (n > 0)
		memcpy(post_reply, reply->bytes, n);
	post_reply[n] = '\0';
	answer = err;
	post_answers++;
}

int
post_ask(uint32_t type, int timeout_ms)
{
	int before = post_answers, err;

	err = cadre_mailbox_request(post_box, 0, type, "hello", 6, timeout_ms,
	    on_reply, &answer);
	if (err < 0 || post_answers != before)
		return err < 0 ? err : -EALREADY; /* not from in there */
	return post_counted(&post_answers, before + 1) ? answer : -ENODATA;
}

bool
post_stop(void)
{
	bool ended;

	cadre_master_stop(post_master, CADRE_STOP_GRACEFUL);
	ended = probe_ends(post_master);
	cadre_master_free(post_master);
	return ended;
}

void
post_echo(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	int fds[CADRE_MESSAGE_FDS];

	(void)arg;
	for (unsigned int i = 0; i < message->nfds; i++)
		fds[i] = cadre_message_fd(message, i);
	if (message->from.id != 0)
		(void)cadre_mailbox_reply_fds(mb, &message->from,
		    message->type, message->bytes, message->n, fds,
		    message->nfds);
	else
		(void)cadre_mailbox_send_fds(mb, message->from.seat,
		    message->type, message->bytes, message->n, fds,
		    message->nfds);
	for (unsigned int i = 0; i < message->nfds; i++)
		close(fds[i]);
}

void
post_count(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	(void)mb;
	(void)message;
	++*(int *)arg;
}
