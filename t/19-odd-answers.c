/* t/19-odd-answers: an answer that is no region of this app is refused at its first wrong frame */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "shm/frame.h"
#include "shm/object.h"
#include "t/lib/sample.h"
#include "t/lib/tap.h"

#define ALL	SAMPLE_OBJECTS

static const struct answer {
	const char	*what;
	int		want;
	uint32_t	type, length;
	uint32_t	body[2];	/* first, total; or the error */
	unsigned int	fds;
} answers[] = {
	{ "of another type", -EPROTO, CADRE_FRAME_DONE, 8, { 0, ALL }, 1 },
	{ "without a descriptor", -EPROTO, CADRE_FRAME_OBJECTS, 8,
	    { 0, ALL }, 0 },
	{ "without numbers", -EPROTO, CADRE_FRAME_OBJECTS, 4, { 0, ALL }, 1 },
	{ "with more objects than there are", -EPROTO, CADRE_FRAME_OBJECTS, 8,
	    { 0, ALL + 1 }, ALL + 1 },
	{ "with another total", -EPROTO, CADRE_FRAME_OBJECTS, 8,
	    { 0, ALL + 1 }, ALL },
	{ "an error without a number", -EPROTO, CADRE_FRAME_ERROR, 2,
	    { 0, 0 }, 0 },
	{ "an error that is none", -EPROTO, CADRE_FRAME_ERROR, 4, { 5, 0 }, 0 },
	{ "an error beyond all", -EPROTO, CADRE_FRAME_ERROR, 4,
	    { (uint32_t)-4096, 0 }, 0 },
	{ "an error without words", -EBUSY, CADRE_FRAME_ERROR, 4,
	    { (uint32_t)-EBUSY, 0 }, 0 },
	{ "nothing wrong", 0, CADRE_FRAME_OBJECTS, 8, { 0, ALL }, ALL },
};

/* One client, one answer; then until the client goes. */
static void
answer(const struct sample *s, int sock, const struct answer *a)
{
	struct cadre__frame f = { .type = (uint16_t)a->type,
	    .length = a->length };
	struct pollfd p = { .fd = accept(sock, NULL, NULL), .events = POLLIN };
	int fds[ALL + 1];

	for (unsigned int i = 0; i < ALL + 1; i++)
		fds[i] = cadre__object_reopen(sample_fd(s->anchor, i % ALL));
	poll(&p, 1, 1000);
	cadre__frame_recv(p.fd, &f, NULL, 0, NULL, NULL);
	f = (struct cadre__frame){ .type = (uint16_t)a->type,
	    .length = a->length };
	cadre__frame_send(p.fd, &f, a->body, fds, a->fds);
	poll(&p, 1, 3000);
	_exit(0);
}

int
main(void)
{
	char base[] = "/tmp/cadre-odd-XXXXXX";
	struct sockaddr_un at = { .sun_family = AF_UNIX, .sun_path = "sock" };
	struct sample *s = sample_new();
	int sock = socket(AF_UNIX, SOCK_SEQPACKET, 0), err;

	if (mkdtemp(base) == NULL || chdir(base) < 0 || mkdir("web", 0700) < 0 ||
	    chdir("web") < 0 || bind(sock, (void *)&at, sizeof(at)) < 0 ||
	    listen(sock, 8) < 0)
		bail_out("no socket to listen on");
	setenv("CADRE_RUNTIME_DIR", base, 1);
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		struct cadre_region *r = NULL;
		pid_t pid = fork();

		if (pid == 0)
			answer(s, sock, &answers[i]);
		err = cadre_region_open("web", &r);
		is_int(err, answers[i].want, "%s", answers[i].what);
		ok((r != NULL) == (err == 0), "%s: a handle or none",
		    answers[i].what);
		cadre_region_close(r);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	unlink("sock");
	sample_free(s);
	return chdir("..") < 0 || rmdir("web") < 0 || rmdir(base) < 0 ? 1 :
	    done_testing();
}
