/* SPDX-License-Identifier: BSD-2-Clause */
/* t/77-stop: stop waits for what is open, gives up when told, --now does not */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "t/lib/app.h"
#include "t/lib/command.h"
#include "t/lib/tap.h"

/* As nobody, who may connect to the app: that is not enough to stop it. */
static void
stop_as_nobody(const struct app *a)
{
	static const struct { const char *path; mode_t mode; } open_up[] = {
	    { "", 0755 }, { "/app", 0755 }, { "/app/sock", 0666 } };
	struct command c;
	char path[128];
	int status = 0;
	pid_t pid;

	if (geteuid() != 0) {
		skip(2, "only root can become somebody else");
		return;
	}
	for (int i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s%s", a->dir, open_up[i].path);
		chmod(path, open_up[i].mode);
	}
	if ((pid = fork()) == 0) {
		if (setgid(65534) < 0 || setuid(65534) < 0)
			_exit(99);
		COMMAND(&c, "stop", "app");
		diag("%s", c.err);
		_exit(strstr(c.err, "root only") != NULL ? c.code : c.code + 8);
	}
	waitpid(pid, &status, 0);
	if (status >> 8 == 99 || status >> 8 == 127 + 8)
		skip(1, "the build tree is closed to nobody");
	else
		is_int(status >> 8, 1, "nobody may not stop it: 1, says who");
	is_int(waitpid(a->master, NULL, WNOHANG), 0, "it runs on");
}

int
main(void)
{
	struct app *a = app_start(2, app_answer);
	struct command c;
	int fd;

	stop_as_nobody(a);
	fd = app_hold(a);
	ok(fd >= 0, "a client is being served");
	is_int(COMMAND(&c, "stop", "--timeout", "0.1", "app"), 1,
	    "the wait is over before the client is: 1");
	ok(strstr(c.err, "stop --now app") != NULL, "says what to type");
	COMMAND_START(&c, "stop", "app");
	ok(command_says(&c, "waiting for seat"), "says whom it waits for");
	send(fd, "go\n", 3, MSG_NOSIGNAL);
	ok(command_ends(&c), "the client is done, so the stop is");
	is_int(c.code, 0, "with 0");
	ok(strstr(c.out, "app stopped in ") != NULL, "and says so");
	is_int(app_wait_end(a), 0, "the master ended in peace");
	app_free(a);
	close(fd);

	a = app_start(1, app_answer);
	fd = app_hold(a);
	is_int(COMMAND(&c, "stop", "--now", "app"), 0, "--now: 0");
	is_int(app_wait_end(a), 0, "in spite of a client");
	app_free(a);
	close(fd);
	return done_testing();
}
