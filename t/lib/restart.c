/* SPDX-License-Identifier: BSD-2-Clause */
/* A client of an app's socket that asks for a restart or a reload. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "shm/frame.h"
#include "shm/rundir.h"
#include "t/lib/app.h"
#include "t/lib/restart.h"

static int
ask(const struct app *a, struct cadre__frame f, const void *body)
{
	int dirfd, err, fd;
	char path[512];

	dirfd = cadre__rundir_find(a->name, path, sizeof(path));
	if (dirfd < 0)
		return dirfd;
	fd = cadre__rundir_connect(dirfd);
	close(dirfd);
	err = fd < 0 ? fd : cadre__frame_send(fd, &f, body, NULL, 0);
	if (err < 0 && fd >= 0)
		close(fd);
	return err < 0 ? err : fd;
}

static int
ask_replace(const struct app *a, uint16_t type, const struct cadre_reload *how)
{
	struct cadre__frame_reload body = {
		.flags = how->flags,
		.parallel = how->parallel,
		.probe_timeout_ms = how->probe_timeout_ms,
	};

	if (how->probe != NULL)
		snprintf(body.probe, sizeof(body.probe), "%s", how->probe);
	return ask(a, (struct cadre__frame){ .type = type,
	    .length = sizeof(body) }, &body);
}

int
ask_restart_begin(const struct app *a)
{
	const struct cadre_reload usual = { .flags = 0 };

	return ask_replace(a, CADRE_FRAME_RESTART, &usual);
}

int
ask_reload_begin(const struct app *a, const struct cadre_reload *how)
{
	return ask_replace(a, CADRE_FRAME_RELOAD, how);
}

int
ask_restart_end(int fd, char *why, size_t bytes)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	struct cadre__frame_error body = { .err = 0 };
	struct cadre__frame f;
	int err = -ETIMEDOUT;

	why[0] = '\0';
	if (fd < 0)
		return fd;
	if (poll(&p, 1, APP_WAIT_S * 1000) == 1)
		err = cadre__frame_recv(fd, &f, &body, sizeof(body), NULL,
		    NULL);
	close(fd);
	if (err < 0 || f.type == CADRE_FRAME_DONE)
		return err;
	snprintf(why, bytes, "%.*s", (int)(f.length - sizeof(body.err)),
	    body.text);
	return f.type == CADRE_FRAME_ERROR ? body.err : -EPROTO;
}

int
ask_restart(const struct app *a, char *why, size_t bytes)
{
	return ask_restart_end(ask_restart_begin(a), why, bytes);
}

int
ask_reload(const struct app *a, uint32_t flags, char *why, size_t bytes)
{
	const struct cadre_reload how = { .flags = flags };

	return ask_restart_end(ask_reload_begin(a, &how), why, bytes);
}

int
ask_scale(const struct app *a, int n, unsigned int by, char *why,
    size_t bytes)
{
	const struct cadre__frame_scale to = { .workers = n, .by = by };

	return ask_restart_end(ask(a, (struct cadre__frame){
	    .type = CADRE_FRAME_SCALE, .length = sizeof(to) }, &to), why,
	    bytes);
}

int
ask_reset(const struct app *a, uint32_t seat, char *why, size_t bytes)
{
	return ask_restart_end(ask(a, (struct cadre__frame){
	    .type = CADRE_FRAME_RESET, .length = sizeof(seat) }, &seat), why,
	    bytes);
}
