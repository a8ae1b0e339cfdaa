/* t/44-user-messages: a worker of another user can hand the master no descriptor, unless that is said; so none of its messages is long */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/post.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"
#include "t/lib/user.h"

enum { TRY = 1, LONG, TOLD };

static const char bytes[CADRE_MESSAGE_INLINE + 1];
static int said = -1, came, told[2];

static void
on_try(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	int got[2], fd = STDERR_FILENO;

	(void)message, (void)arg;
	got[0] = cadre_mailbox_send(mb, CADRE_MASTER, LONG, bytes,
	    sizeof(bytes));
	got[1] = cadre_mailbox_send_fds(mb, CADRE_MASTER, LONG, NULL, 0, &fd,
	    1);
	(void)cadre_mailbox_send(mb, CADRE_MASTER, TOLD, got, sizeof(got));
}

static void
on_told(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	(void)mb;
	memcpy(told, message->bytes, sizeof(told));
	++*(int *)arg;
}

static void
set_up(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	(void)w;
	cadre_mailbox_on(mb, TRY, on_try, NULL);
}

static void
ours(struct cadre_master *m, void *arg)
{
	(void)arg;
	if (cadre_master_set(m, CADRE_MESSAGE_RIGHTS, said) < 0)
		exit(99);
}

static void
theirs(struct cadre_master *m, void *arg)
{
	user_take(m);
	ours(m, arg);
}

static void
try(app_config_fn *config, int value, bool may, const char *what)
{
	int times = 0;

	said = value;
	came = 0;
	post_start(1, set_up, config);
	cadre_mailbox_on(post_box, LONG, post_count, &came);
	cadre_mailbox_on(post_box, TOLD, on_told, &times);
	is_int(cadre_mailbox_send(post_box, 0, LONG, bytes, sizeof(bytes)),
	    may ? 0 : -EMSGSIZE, "%s: a long message to it", what);
	ok(cadre_mailbox_send(post_box, 0, TRY, NULL, 0) == 0 &&
	    post_counted(&times, 1), "it tries");
	is_int(told[0], may ? 0 : -EMSGSIZE, "a long one");
	is_int(told[1], may ? 0 : -EPERM, "a descriptor");
	is_int(came, may ? 2 : 0, "so much has come");
	ok(post_stop(), "it ends");
}

int
main(void)
{
	if (geteuid() != 0)
		skip_all("needs root, to become another user");
	try(ours, -1, true, "the master's own user");
	try(ours, 0, false, "the same, if it shall not");
	try(theirs, -1, false, "another user");
	try(theirs, 1, true, "another user, who shall");
	return done_testing();
}
