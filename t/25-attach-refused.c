/* t/25-attach-refused: attach without a master, or with a wrong environment */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>

#include <cadre/cadre.h>

#include "t/lib/probe.h"
#include "t/lib/tap.h"

/* Each changes one variable of a good environment; NULL takes it away. */
static const struct row {
	const char	*name, *value;
	int		err;
	const char	*says;
} rows[] = {
	{ "CADRE_CONTROL", NULL, -ENOENT, "cadre run" },
	{ "CADRE_CONTROL", "2", -EINVAL, "CADRE_CONTROL" },
	{ "CADRE_CONTROL", " 7", -EINVAL, "CADRE_CONTROL" },
	{ "CADRE_CONTROL", "7x", -EINVAL, "CADRE_CONTROL" },
	{ "CADRE_CONTROL", "99999999999999999999", -EINVAL, "CADRE_CONTROL" },
	{ "CADRE_CONTROL", "1000", -EINVAL, "closed or something else" },
	{ "CADRE_MESSAGES", NULL, -EINVAL, "CADRE_MESSAGES is not set" },
	{ "CADRE_MESSAGES", "1000", -EINVAL, "closed or something else" },
	{ "LISTEN_FDS", "0", -EINVAL, "LISTEN_FDS" },
	{ "CADRE_PID", "x", -EINVAL, "CADRE_PID" },
	{ "CADRE_PID", "1", -EPERM, "must exec" },
};

static void
refused(const struct row *r, const char *const good[][2])
{
	struct cadre_worker *w = NULL;
	int before, err;

	for (int i = 0; i < 4; i++)
		setenv(good[i][0], good[i][1], 1);
	if (r->value != NULL)
		setenv(r->name, r->value, 1);
	else
		unsetenv(r->name);
	before = probe_fds(0);
	err = cadre_worker_attach(&w);
	is_int(err, r->err, "%s=%s", r->name, r->value != NULL ? r->value :
	    "(none)");
	ok(strstr(cadre_error(err), r->says) != NULL, "%s", cadre_error(err));
	ok(w == NULL && probe_fds(0) == before && getenv("LISTEN_FDS") != NULL,
	    "nothing is changed");
}

int
main(void)
{
	char control[16], messages[16], pid[16];
	const char *const good[][2] = { { "CADRE_CONTROL", control },
	    { "CADRE_MESSAGES", messages }, { "LISTEN_FDS", "1" },
	    { "CADRE_PID", pid } };
	static const struct row gone = { "X", "y", -EPIPE, "" };
	int type = SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC;
	int c[2], m[2];

	if (socketpair(AF_UNIX, type, 0, c) < 0 ||
	    socketpair(AF_UNIX, type, 0, m) < 0)
		bail_out("socketpair: %s", strerror(errno));
	snprintf(control, sizeof(control), "%d", c[0]);
	snprintf(messages, sizeof(messages), "%d", m[0]);
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	for (const struct row *r = rows; r < rows + sizeof(rows) / sizeof(*r);
	    r++)
		refused(r, good);
	close(c[1]);
	refused(&gone, good);		/* its master is gone */
	return done_testing();
}
