/* t/24-acceptor-rights: the acceptor has no right and no descriptor but what it needs, and ends with its master */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/keeper.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

enum { LISTENERS = 2 };
#define NOBODY	65534

/* The line of /proc/PID/status that begins so, in hexadecimal. */
static unsigned long
status_hex(pid_t pid, const char *key)
{
	char path[32], line[128];
	unsigned long n = ~0UL;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	f = fopen(path, "re");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, key, strlen(key)) == 0)
			n = strtoul(line + strlen(key) + 1, NULL, 16);
	if (f != NULL)
		fclose(f);
	return n;
}

/* How many of its descriptors are of that kind, by what the link says. */
static int
links(pid_t pid, const char *kind)
{
	char path[32], to[256];
	struct dirent *d;
	int n = 0;
	DIR *dir;
	ssize_t bytes;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	dir = opendir(path);
	while (dir != NULL && (d = readdir(dir)) != NULL) {
		bytes = readlinkat(dirfd(dir), d->d_name, to, sizeof(to) - 1);
		to[bytes > 0 ? bytes : 0] = '\0';
		n += strncmp(to, kind, strlen(kind)) == 0;
	}
	if (dir != NULL)
		closedir(dir);
	return n;
}

/* Objects of the region that it could write. */
static int
writable(pid_t pid)
{
	char path[32], line[512], rights[8], name[16];
	int n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/maps", (int)pid);
	f = fopen(path, "re");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		n += sscanf(line, "%*s %7s %*s %*s %*s %15s", rights,
		    name) == 2 && rights[1] == 'w' && rights[3] == 's' &&
		    strncmp(name, "/memfd:", 7) == 0;
	if (f != NULL)
		fclose(f);
	return n;
}

struct told {
	pid_t pid;
	int sockets;
};

/* The routes of all listeners may still be on their way to it. */
static bool
has_all(void *arg)
{
	const struct told *t = arg;

	return links(t->pid, "socket:") == t->sockets;
}

int
main(void)
{
	struct app *a = keeper_start(2, keeper, "mode=rr mode=spread");
	pid_t pid = keeper_acceptor(a);
	struct cadre_app app = { .max_workers = 0 };
	unsigned int seat;
	int sockets, fd;

	ok((fd = keeper_enter(a, &seat)) >= 0, "it does its work");
	close(fd);
	if (geteuid() == 0)
		is_int(probe_status(pid, "Uid"), NOBODY, "it is nobody");
	else
		skip(1, "not started by root, it is who started it");
	for (const char *const *key = (const char *const[]){ "CapInh",
	    "CapPrm", "CapEff", "CapAmb", NULL }; *key != NULL; key++)
		is_u64(status_hex(pid, *key), 0, "%s is empty", *key);
	is_int(probe_status(pid, "NoNewPrivs"), 1, "it can get none by exec");
	/* Listeners: one of rr, one per seat of spread; and its channel. */
	cadre_region_app(a->region, &app);
	sockets = 1 + (int)app.max_workers * (1 + 2 * LISTENERS) + 1;
	ok(app_until(has_all, &(struct told){ pid, sockets }),
	    "its sockets: what it accepts from, hand-overs, a channel");
	/* Two threads with an eventfd and two epolls each; and refusals. */
	is_int(links(pid, "anon_inode:"), 2 * 3 + 1, "what its threads wait in");
	/* The lock of the app's life; standard error; input is /dev/null. */
	is_int(links(pid, a->dir), 1, "one file of the app's directory");
	is_int(probe_fds(pid), sockets + 7 + 1 + 3,
	    "and nothing else but 0, 1 and 2");
	is_int(links(pid, "/memfd:"), 0, "no object of the region");
	is_int(writable(pid), 1, "of the region it can write one");
	kill(a->master, SIGKILL);
	ok(app_gone(pid), "when its master is killed it is gone");
	app_wait_end(a);
	app_free(a);
	return done_testing();
}
