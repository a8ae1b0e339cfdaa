/* SPDX-License-Identifier: BSD-2-Clause */
/* The cadre command under test; see command.h. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "t/lib/app.h"
#include "t/lib/command.h"
#include "t/lib/tap.h"

#define WORDS_MAX	32

void
command_exec(const char *const words[])
{
	const char *build = getenv("top_builddir");
	char path[4096], *argv[WORDS_MAX];
	int n = 0;

	snprintf(path, sizeof(path), "%s/cadre", build != NULL ? build : ".");
	argv[n++] = path;
	while (n < WORDS_MAX - 1 && words[n - 1] != NULL) {
		argv[n] = (char *)words[n - 1];
		n++;
	}
	argv[n] = NULL;
	execv(path, argv);
	dprintf(STDERR_FILENO, "%s: %s\n", path, strerror(errno));
	_exit(127);
}

void
command_start(struct command *c, const char *const words[])
{
	memset(c, 0, sizeof(*c));
	c->fd[0] = memfd_create("out", MFD_CLOEXEC);
	c->fd[1] = memfd_create("err", MFD_CLOEXEC);
	fflush(stdout);
	if (c->fd[0] < 0 || c->fd[1] < 0 || (c->pid = fork()) < 0)
		bail_out("cannot start a command: %s", strerror(errno));
	if (c->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		setpgid(0, 0);
		dup2(c->fd[0], STDOUT_FILENO);
		dup2(c->fd[1], STDERR_FILENO);
		command_exec(words);
	}
	setpgid(c->pid, c->pid);	/* whoever is first */
}

static void
take(int fd, char *text, size_t room)
{
	ssize_t n = pread(fd, text, room - 1, 0);

	text[n > 0 ? n : 0] = '\0';
}

struct wanted {
	struct command	*command;
	const char	*where;		/* its out or err */
	const char	*text;
};

static bool
ended(void *arg)
{
	struct command *c = arg;
	int status;

	if (c->pid != 0 && waitpid(c->pid, &status, WNOHANG) == c->pid) {
		c->code = WIFEXITED(status) ? WEXITSTATUS(status) :
		    128 + WTERMSIG(status);
		c->pid = 0;
	}
	return c->pid == 0;
}

static bool
said(void *arg)
{
	struct wanted *w = arg;
	struct command *c = w->command;
	bool over = ended(c);

	take(c->fd[0], c->out, sizeof(c->out));
	take(c->fd[1], c->err, sizeof(c->err));
	return over || strstr(w->where, w->text) != NULL;
}

bool
command_says(struct command *c, const char *text)
{
	struct wanted w = { c, c->out, text };

	return app_until(said, &w) && strstr(c->out, text) != NULL;
}

bool
command_tells(struct command *c, const char *text)
{
	struct wanted w = { c, c->err, text };

	return app_until(said, &w) && strstr(c->err, text) != NULL;
}

bool
command_ends(struct command *c)
{
	bool good = app_until(ended, c);

	if (!good) {
		kill(-c->pid, SIGKILL);
		waitpid(c->pid, NULL, 0);
		c->pid = 0;
		c->code = -1;
	}
	take(c->fd[0], c->out, sizeof(c->out));
	take(c->fd[1], c->err, sizeof(c->err));
	close(c->fd[0]);
	close(c->fd[1]);
	return good;
}

int
command(struct command *c, const char *const words[])
{
	command_start(c, words);
	command_ends(c);
	return c->code;
}

int
command_lines(const char *text)
{
	int n = 0;

	while ((text = strchr(text, '\n')) != NULL) {
		n++;
		text++;
	}
	return n;
}

json_t *
command_json(const struct command *c)
{
	json_error_t e;
	json_t *j;

	j = json_loads(c->out, 0, &e);
	if (j == NULL)
		diag("no JSON (%s): %s", e.text, c->out);
	return j;
}

json_t *
json_at(json_t *j, const char *path)
{
	char step[64];
	size_t n;

	while (j != NULL && *path != '\0') {
		n = strcspn(path, ".");
		snprintf(step, sizeof(step), "%.*s", (int)n, path);
		path += path[n] == '.' ? n + 1 : n;
		j = json_is_array(j) ? json_array_get(j, strtoul(step, NULL,
		    10)) : json_object_get(j, step);
	}
	return j;
}

json_int_t
json_int_at(json_t *j, const char *path)
{
	j = json_at(j, path);
	return json_is_integer(j) ? json_integer_value(j) : -1;
}

char *
command_dir(void)
{
	static char dir[] = "/tmp/cadre-test-XXXXXX";

	if (mkdtemp(dir) == NULL || setenv("CADRE_RUNTIME_DIR", dir, 1) < 0)
		bail_out("mkdtemp: %s", strerror(errno));
	return dir;
}
