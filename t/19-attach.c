/* t/19-attach: an observer opens an app by its socket, checks what it gets, and does not wait for ever */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cadre/error.h>

#include "t/lib/sock.h"
#include "t/lib/tap.h"

static struct sample *s;
static int sock;

static void
open_as(enum answer how, int want, const char *what)
{
	struct cadre_region *r = NULL;
	uint64_t v[SAMPLE_METRICS] = { 0 };
	int status, err;
	pid_t pid = fork();

	if (pid == 0)
		sock_answer(s, sock, how);
	err = cadre_region_open("web", &r);
	is_int(err, want, "%s", what);
	if (err < 0)
		ok(cadre_error(err)[0] != '\0', "%s: and a line", what);
	ok((r != NULL) == (want == 0), "%s: a handle or none", what);
	if (r != NULL)
		cadre_region_totals(r, v, SAMPLE_METRICS);
	is_u64(v[SAMPLE_JOBS], r != NULL ? 12 : 0, "%s: figures", what);
	cadre_region_close(r);
	waitpid(pid, &status, 0);
}

int
main(void)
{
	char base[] = "/tmp/cadre-attach-XXXXXX", dir[200];
	struct sockaddr_un at = { .sun_family = AF_UNIX, .sun_path = "sock" };
	struct cadre_region *r = NULL;
	struct cadre_app app;

	s = sample_new();
	sample_spawn(s, 7);
	cadre_counter_add((void *)sample_word(s, 7, SAMPLE_JOBS), 12);
	/* Deeper than a socket's address is long. */
	if (mkdtemp(base) == NULL)
		bail_out("no directory to test in");
	snprintf(dir, sizeof(dir), "%s/%0150d", base, 0);
	setenv("CADRE_RUNTIME_DIR", dir, 1);
	if (mkdir(dir, 0700) < 0 || chdir(dir) < 0 || mkdir("web", 0700) < 0 ||
	    chdir("web") < 0)
		bail_out("no directory to test in");
	is_int(cadre_region_open("web", &r), -ENOENT, "no socket, nobody");
	sock = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	is_int(bind(sock, (void *)&at, sizeof(at)), 0, "a socket");
	is_int(cadre_region_open("web", &r), -ENOENT, "nobody behind it");
	is_int(listen(sock, 8), 0, "somebody");
	open_as(ANSWER_GOOD, 0, "all in one frame");
	open_as(ANSWER_BY_ONE, 0, "one by one");
	open_as(ANSWER_NO_ANCHOR, -EPROTO, "without the anchor");
	open_as(ANSWER_TWICE, -EPROTO, "the same again");
	open_as(ANSWER_SKIPS, -EPROTO, "with a gap");
	open_as(ANSWER_NOT_OURS, -EPROTO, "not a memory object");
	open_as(ANSWER_REFUSES, -EACCES, "refused");
	open_as(ANSWER_HANGS_UP, -ETIMEDOUT, "hung up");
	open_as(ANSWER_TOO_FEW, -ETIMEDOUT, "never finished");
	is_int(cadre_region_app(s->region, &app), 0, "the app");
	is_str(app.name, "sample", "its name");
	ok(app.master_lives && app.master_pid == getpid(), "its master lives");
	ok(app.bytes > SAMPLE_SLOTS * 65536 && app.max_workers == SAMPLE_SEATS,
	    "its size");
	unlink("sock");
	sample_free(s);
	return chdir("/") < 0 || rmdir(strcat(dir, "/web")) < 0 ||
	    rmdir(dirname(dir)) < 0 || rmdir(base) < 0 ? 1 : done_testing();
}
