/* t/37-no-call: to publish costs no system call, but one to wake who sleeps */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "t/lib/gazette.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

#define MANY	1000

/* From here on any system call but the end is the end. */
static int
seal(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
	};
	struct sock_fprog program = {
		sizeof(filter) / sizeof(filter[0]), filter };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0 ?
	    -errno : 0;
}

/* What it publishes first makes room for what it keeps. */
static void
publish(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	int err = cadre_mailbox_publish(mb, "other", "", 0,
	    CADRE_SCOPE_OTHERS);

	(void)message;
	(void)arg;
	if (err < 0 || seal() < 0)
		_exit(99);
	for (int i = 0; i < MANY && err == 0; i++)
		err = cadre_mailbox_publish(mb, "news", "1234567", 8,
		    CADRE_SCOPE_OTHERS);
	_exit(err == 0 ? 7 : 98);
}

static void
set_up(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	gazette_set_up(w, mb);
	if (cadre_worker_seat(w) == 1)
		cadre_mailbox_on(mb, 77, publish, NULL);
}

static struct cadre_shm_event died;

static void
on_event(const struct cadre_shm_event *e, void *arg)
{
	if (e->kind == CADRE_EVENT_DIED && e->seat == 1) {
		died = *e;
		*(int *)arg = 1;
	}
}

/* How the publisher ended: a status of its own, or the signal. */
static int
ends(void)
{
	int came = 0;

	cadre_master_on_event(post_master, on_event, &came);
	if (cadre_mailbox_send(post_box, 1, 77, "", 0) < 0 ||
	    !post_counted(&came, 1))
		return -1;
	return died.exit_signal != 0 ? -(int)died.exit_signal :
	    (int)died.exit_code;
}

int
main(void)
{
	measures("system calls");
	post_start(2, set_up, NULL);
	is_int(gazette_subscribe(0, "news"), 0, "one subscribes");
	is_int(gazette_hold(0, GAZETTE_HELD), 0, "and is awake");
	is_int(ends(), 7, "%d published without a system call", MANY);
	gazette_release();
	ok(probe_up(post_master, 1, 1), "another publisher");
	ok(gazette_received(0, MANY / 2) && gazette_asleep(0),
	    "they come, and it sleeps");
	is_int(ends(), -SIGSYS, "the next one's first is a system call");
	ok(gazette_stop(), "it ends");
	return done_testing();
}
