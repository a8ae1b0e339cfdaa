/* t/36-lingering: a descriptor whose close takes as long as its sender likes does not hold up the master */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <unistd.h>

#include <sys/mman.h>

#include "runtime/letter.h"
#include "shm/atomic.h"
#include "t/lib/forge.h"
#include "t/lib/post.h"
#include "t/lib/tap.h"

#define LINGER_S	3600		/* longer than any of this takes */
#define FRAMES		40		/* more than are read at once */

enum { UNWANTED = 7, DO, AS_BAD = 0, AS_EMPTY, AS_GOOD, AS_DEAD, AS_LEFT };

static uint64_t *done;

static void
on_do(struct cadre_mailbox *mb, struct cadre_message *msg, void *arg)
{
	static const struct forge frames[] = {
		[AS_BAD] = { .type = CADRE_FRAME_READY },
		[AS_EMPTY] = { .cut = sizeof(struct wire) },
	};
	int how = *(const char *)msg->bytes, fd;

	(void)arg;
	if (how <= AS_EMPTY && forge_send(forge_find(), &frames[how]) < 0)
		_exit(98);
	for (int i = 0; i < FRAMES; i++) {
		fd = forge_lingering(LINGER_S);
		(void)cadre_mailbox_send_fds(mb, CADRE_MASTER, UNWANTED, NULL,
		    0, &fd, 1);
		close(fd);
	}
	shm_store(done, 1);
	if (how == AS_DEAD)
		_exit(0);
}

static void
set_up(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	(void)w;
	(void)cadre_mailbox_on(mb, DO, on_do, NULL);
}

static bool
is_done(void *arg)
{
	(void)arg;
	return shm_load(done) != 0;
}

static void
hold_up(char how, const char *what)
{
	post_start(1, set_up, NULL);
	shm_store(done, 0);
	ok(cadre_mailbox_send(post_box, 0, DO, &how, 1) == 0 &&
	    app_until(is_done, NULL), "%s", what);
	alarm(APP_WAIT_S);
	for (int i = 0; how != AS_LEFT && i < FRAMES; i++)
		(void)cadre_master_dispatch(post_master);
	if (how == AS_GOOD)
		ok(cadre_mailbox_disconnect(post_box, 0) == 0,
		    "it is disconnected");
	if (how == AS_LEFT)
		cadre_master_free(post_master);
	else
		ok(post_stop(), "the app ends");
	ok(alarm(0) > 0, "nothing waited for a descriptor");
}

int
main(void)
{
	forge_door();
	done = mmap(NULL, sizeof(*done), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	hold_up(AS_GOOD, "a worker sends some");
	hold_up(AS_BAD, "behind a bad frame");
	hold_up(AS_EMPTY, "behind what looks like the end");
	hold_up(AS_DEAD, "and ends");
	hold_up(AS_LEFT, "and is killed at the end of all");
	return done_testing();
}
