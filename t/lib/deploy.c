/* SPDX-License-Identifier: BSD-2-Clause */
/* Versions of a program; see deploy.h. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/stat.h>

#include "t/lib/probe.h"
#include "t/lib/tap.h"
#include "t/lib/deploy.h"

static const char *
built(const char *name)
{
	const char *build = getenv("top_builddir");
	static char path[4096];

	snprintf(path, sizeof(path), "%s/%s", build != NULL ? build : ".",
	    name);
	return path;
}

void
web_deploy(const char *what)
{
	static char bytes[65536];
	int from = open(built("t/lib/web"), O_RDONLY | O_CLOEXEC), to;
	ssize_t n;

	to = open("new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
	while (from >= 0 && (n = read(from, bytes, sizeof(bytes))) > 0)
		if (write(to, bytes, (size_t)n) != n)
			bail_out("cannot write the program");
	n = snprintf(bytes, sizeof(bytes), "%064d#%s", 0, what);
	if (from < 0 || write(to, bytes, (size_t)n) != n || close(to) < 0 ||
	    rename("new", "program") < 0)
		bail_out("cannot deploy the program");
	close(from);
}

static void
config(struct cadre_master *m, void *arg)
{
	static const char *const argv[] = { "./program", NULL };
	const struct { int workers; const char *options; } *w = arg;

	if (cadre_master_listen(m, "tcp:127.0.0.1:0", w->options) < 0 ||
	    cadre_master_set(m, CADRE_READY_AFTER_MS, -1) < 0 ||
	    cadre_master_set(m, CADRE_MIN_UPTIME_MS, 100) < 0 ||
	    cadre_master_set(m, CADRE_READY_TIMEOUT_MS, 1000) < 0 ||
	    cadre_master_set(m, CADRE_PROBE_TIMEOUT_MS, 1000) < 0 ||
	    cadre_master_program(m, w->workers, argv) < 0)
		exit(99);
}

struct app *
web_start(int workers, const char *options)
{
	struct { int workers; const char *options; } w = { workers, options };
	struct app *a;

	if (chdir(probe_dir()) < 0)
		bail_out("no directory");
	web_deploy("ok-a");
	a = app_start_with(workers, app_idle, config, &w);
	for (int i = 0; i < workers; i++)
		if (!app_wait_state(a, (unsigned int)i, CADRE_STATE_UP))
			bail_out("worker %d does not get ready", i);
	return a;
}

bool
web_answers(const struct app *a, const char *what)
{
	char text[512];
	const char *body;
	int n = app_ask(a, "GET / HTTP/1.1\r\n\r\n", text, sizeof(text) - 1);

	text[n > 0 ? n : 0] = '\0';
	body = strstr(text, "\r\n\r\n");
	return body != NULL && strncmp(body + 4, what, strlen(what)) == 0 &&
	    body[4 + strlen(what)] == '\n';
}

const char *
web_probe(void)
{
	static char command[4200];

	snprintf(command, sizeof(command), "exec %s /",
	    built("tools/http-probe"));
	return command;
}
