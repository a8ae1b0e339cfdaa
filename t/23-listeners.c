/* SPDX-License-Identifier: BSD-2-Clause */
/* t/23-listeners: TCP 4 and 6, Unix, abstract; a stale socket is replaced */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/socket.h>
#include <sys/stat.h>

#include "runtime/listen.h"
#include "t/lib/app.h"
#include "t/lib/tap.h"

/* Behind unix:PATH stands a socket file whose process is gone. */
static void
config(struct cadre_master *m, void *arg)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	char path[128], abstract[64];
	struct listener l;

	(void)arg;
	snprintf(path, sizeof(path), "unix:%s/web", getenv("CADRE_RUNTIME_DIR"));
	snprintf(abstract, sizeof(abstract), "unix:@cadre-test-%d", getpid());
	listener_parse(&l, path, NULL);
	if (bind(fd, (struct sockaddr *)&l.sockaddr, l.sockaddr_bytes) < 0)
		exit(98);
	close(fd);
	cadre_master_listen(m, "tcp:127.0.0.1:0", NULL);
	cadre_master_listen(m, path, NULL);
	cadre_master_listen(m, abstract, NULL);
	/* Where the kernel has no IPv6 there is one listener less. */
	listener_parse(&l, "tcp:[::1]:0", NULL);
	if (listener_open(&l, 1, 1) == 0) {
		listener_close(&l);
		cadre_master_listen(m, "tcp:[::1]:0", NULL);
	}
}

static bool
answers(const struct cadre_shm_listener *shown)
{
	struct listener l;
	char text[64];
	bool got;
	int fd;

	if (listener_parse(&l, shown->address, NULL) < 0)
		return false;
	fd = socket(l.family, SOCK_STREAM, 0);
	got = connect(fd, (struct sockaddr *)&l.sockaddr,
	    l.sockaddr_bytes) == 0 && send(fd, "hello\n", 6, 0) == 6 &&
	    recv(fd, text, sizeof(text), 0) > 0;
	close(fd);
	return got;
}

int
main(void)
{
	struct app *a = app_start_with(2, app_answer, config, NULL);
	struct cadre_shm_listener l;
	char path[128];
	struct stat st;
	unsigned int n;

	for (n = 0; cadre_region_listener(a->region, n, &l) == 0; n++)
		ok(answers(&l), "%s (%s) answers", l.address, l.mode);
	ok(n >= 3, "%u listeners", n);
	if (n == 3)
		skip(1, "there is no IPv6 here");
	snprintf(path, sizeof(path), "%s/web", a->dir);
	ok(stat(path, &st) == 0 && S_ISSOCK(st.st_mode), "there is a socket");
	kill(a->master, SIGTERM);
	is_int(app_wait_end(a), 0, "the master exits 0");
	ok(stat(path, &st) < 0, "and takes its socket with it");
	app_free(a);
	return done_testing();
}
