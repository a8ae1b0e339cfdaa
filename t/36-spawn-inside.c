/* t/36-spawn-inside: a worker that cannot be started from within a handler costs the master none of its descriptors */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <fcntl.h>
#include <unistd.h>

#include <sys/mman.h>
#include <sys/resource.h>

#include "shm/atomic.h"
#include "t/lib/post.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

#define FRAMES		64		/* several receives' */
#define ROOM		128
#define OWN		48		/* files of the application */
#define PLAINLY		48		/* … of which the first have none */
#define SHORT		5		/* for a worker's channels, not more */
#define WORKERS		16		/* each fails once, then rests */

enum { DO = 1, PLAIN, CARRIED };

static uint64_t *sent;
static int came, failed, own[OWN];
static uint32_t next = 1;

static void
on_do(struct cadre_mailbox *mb, struct cadre_message *msg, void *arg)
{
	uint32_t type = *(const uint32_t *)msg->bytes;
	int fd = STDERR_FILENO;

	(void)arg;
	for (int i = 0; i < FRAMES; i++)
		if (cadre_mailbox_send_fds(mb, CADRE_MASTER, type, NULL, 0,
		    &fd, type == CARRIED && i >= PLAINLY) < 0)
			_exit(98);
	shm_store(sent, shm_load(sent) + 1);
}

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	(void)cadre_master_set(m, CADRE_MAX_WORKERS, WORKERS);
}

static void
set_up(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	(void)w;
	(void)cadre_mailbox_on(mb, DO, on_do, NULL);
}

/* With so few descriptors that its channels can be made, but it not watched. */
static void
on_plain(struct cadre_mailbox *mb, struct cadre_message *msg, void *arg)
{
	int taken[ROOM], n = 0;

	(void)msg, (void)arg;
	came++;
	while (n < ROOM && (taken[n] = open("/dev/null", O_RDONLY)) >= 0)
		n++;
	for (int i = 0; i < SHORT; i++)
		close(taken[--n]);
	if (came % (FRAMES / WORKERS) == 0 && next < WORKERS) {
		(void)cadre_master_scale(post_master, (int)next + 1);
		failed += !cadre_mailbox_is_connected(mb, next++);
	}
	while (n > 0)
		close(taken[--n]);
}

static bool
is_sent(void *arg)
{
	return shm_load(sent) == *(uint64_t *)arg;
}

static void
ask(uint32_t type, uint64_t times)
{
	ok(cadre_mailbox_send(post_box, 0, DO, &type, sizeof(type)) == 0 &&
	    app_until(is_sent, &times), "the worker has sent");
}

int
main(void)
{
	int there = 0, heard = 0;
	struct rlimit few;

	sent = mmap(NULL, sizeof(*sent), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	post_start(1, set_up, config);
	cadre_mailbox_on(post_box, CARRIED, post_count, &heard);
	cadre_mailbox_on(post_box, PLAIN, on_plain, NULL);
	getrlimit(RLIMIT_NOFILE, &few);
	few.rlim_cur = (rlim_t)probe_fds(0) + ROOM - 1;
	setrlimit(RLIMIT_NOFILE, &few);
	ask(CARRIED, 1);
	ok(post_counted(&heard, FRAMES), "descriptors, which nobody took");
	for (int i = 0; i < OWN; i++)
		own[i] = open("/dev/null", O_RDONLY);
	ask(PLAIN, 2);
	ok(post_counted(&came, FRAMES), "messages without, whose handler tries");
	is_int(failed, WORKERS - 1, "no worker is there at once");
	for (int i = 0; i < OWN; i++)
		there += fcntl(own[i], F_GETFD) >= 0;
	is_int(there, OWN, "the application's own files are all open");
	ok(post_stop(), "it ends");
	return done_testing();
}
