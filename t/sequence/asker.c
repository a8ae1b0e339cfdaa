/* SPDX-License-Identifier: BSD-2-Clause */
/* Clients that count their answers; see asker.h. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "shm/frame.h"
#include "t/lib/tap.h"
#include "t/sequence/asker.h"
#include "t/sequence/claims.h"
#include "t/sequence/dice.h"

#define ASKERS	6

static struct asker {
	int		fd;		/* -1: is not there */
	uint32_t	id;		/* of its last question */
	bool		waits;		/* for the answer to it */
	bool		rude;		/* asked again, and may be thrown out */
} askers[ASKERS];
static const struct cadre_master *master;
static uint32_t ids;

static void
leave(struct asker *a)
{
	if (a->fd >= 0)
		close(a->fd);
	*a = (struct asker){ .fd = -1 };
}

void
askers_begin(const struct cadre_master *m)
{
	for (struct asker *a = askers; a < askers + ASKERS; a++) {
		if (master == NULL)
			a->fd = -1;
		leave(a);
	}
	master = m;
}

static void
come(struct asker *a)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };

	a->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    0);
	snprintf(sun.sun_path, sizeof(sun.sun_path), "%.90s/sock",
	    master->directory.path);
	if (a->fd < 0 ||
	    connect(a->fd, (struct sockaddr *)&sun, sizeof(sun)) < 0)
		leave(a);		/* the app is about to end */
}

static struct asker *
any(bool waits)
{
	unsigned int first = dice(ASKERS);
	struct asker *a;

	for (unsigned int i = 0; i < ASKERS; i++) {
		a = &askers[(first + i) % ASKERS];
		if (a->waits == waits)
			return a;
	}
	return NULL;
}

static void
ask_by(struct asker *a, uint16_t type, const void *body, uint32_t length)
{
	struct cadre__frame frame = { .type = type, .length = length };

	if (a != NULL && a->fd < 0)
		come(a);
	if (a == NULL || a->fd < 0)
		return;
	frame.id = ++ids;
	a->rude = a->waits;
	a->waits = cadre__frame_send(a->fd, &frame, body, NULL, 0) == 0;
	a->id = frame.id;
}

void
ask_reload(void)
{
	static const uint32_t flags[] = { 0, CADRE_RELOAD_NO_CANARY,
	    CADRE_RELOAD_FORCE, CADRE_RELOAD_NO_CANARY | CADRE_RELOAD_FORCE };
	const struct cadre__frame_reload how = { .flags = flags[dice(4)],
	    .parallel = dice(4) };

	ask_by(any(false), CADRE_FRAME_RELOAD, &how, sizeof(how));
}

void
ask_restart(void)
{
	const struct cadre__frame_reload how = { .parallel = dice(3) };

	ask_by(any(false), CADRE_FRAME_RESTART, &how, sizeof(how));
}

void
ask_scale(void)
{
	struct cadre__frame_scale to = { .by = dice(2) };

	to.workers = (int32_t)dice(6) - (to.by != 0 ? 3 : 0);
	ask_by(any(false), CADRE_FRAME_SCALE, &to, sizeof(to));
}

void
ask_signal(void)
{
	struct cadre__frame_signal what = { dice_once_in(2) ? CADRE_NO_SEAT :
	    dice(8), dice_once_in(4) ? 9 : (int32_t)dice(70) };

	ask_by(any(false), CADRE_FRAME_SIGNAL, &what, sizeof(what));
}

void
ask_stop(void)
{
	uint32_t how = dice(4);

	ask_by(any(false), CADRE_FRAME_STOP, &how, sizeof(how));
}

void
ask_nonsense(void)
{
	const uint64_t body[2] = { dice_word(), dice_word() };

	ask_by(any(false), (uint16_t)(30 + dice(24)), body, dice(17));
}

void
ask_again(void)
{
	const struct cadre__frame_reload how = { .flags = 0 };
	struct asker *a = any(true);

	if (a != NULL)
		ask_by(a, CADRE_FRAME_RESTART, &how, sizeof(how));
}

void
ask_leave(void)
{
	leave(&askers[dice(ASKERS)]);
}

/* Descriptors of an ATTACH are more than it wants: the frame is bad then. */
static void
listen_to(struct asker *a)
{
	struct cadre__frame_error body;
	struct cadre__frame frame;
	unsigned int nfds;
	int err;

	for (;;) {
		nfds = 0;
		err = cadre__frame_recv(a->fd, &frame, &body, sizeof(body),
		    NULL, &nfds);
		if (err == -EAGAIN)
			return;
		if (err < 0)
			break;
		claim_that(a->waits || a->rude, "an answer too much");
		claim_that(frame.id == a->id || a->rude, "an answer to "
		    "another question");
		if (frame.id == a->id)
			a->waits = false;
	}
	claim_that(!a->waits || a->rude || err == -EPROTO ||
	    master->state == CADRE_APP_STOPPED, "shut out without an answer");
	leave(a);
}

void
askers_listen(void)
{
	struct pollfd p[ASKERS];

	for (unsigned int i = 0; i < ASKERS; i++)
		p[i] = (struct pollfd){ askers[i].fd, POLLIN, 0 };
	if (poll(p, ASKERS, 0) <= 0)
		return;
	for (unsigned int i = 0; i < ASKERS; i++)
		if (p[i].revents != 0)
			listen_to(&askers[i]);
}

void
askers_answered(void)
{
	int unread;

	for (struct asker *a = askers; a < askers + ASKERS; a++)
		claim_that(a->fd < 0 || !a->waits || a->rude ||
		    (ioctl(a->fd, SIOCOUTQ, &unread) == 0 && unread > 0),
		    "who asked has no answer");
}
