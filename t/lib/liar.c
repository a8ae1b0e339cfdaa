/* SPDX-License-Identifier: BSD-2-Clause */
/* A master made by hand; see liar.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/mman.h>
#include <sys/socket.h>

#include <cadre/worker.h>

#include "shm/frame.h"
#include "shm/object.h"
#include "t/lib/liar.h"
#include "t/lib/sample.h"
#include "t/lib/tap.h"

struct liar {
	struct sample	*sample;
	int		fds[128];	/* by their letter */
	uint32_t	asked;		/* requests so far: the next one's id */
};

static int
anchor_copy(const struct cadre__anchor *a, uint16_t minor)
{
	int fd = cadre__object_new("copy", a->places.anchor_bytes);
	struct cadre_shm_header *h;
	void *map;

	if (fd < 0 || cadre__object_map(fd, a->places.anchor_bytes,
	    PROT_READ | PROT_WRITE, NULL, &map) < 0)
		bail_out("an anchor cannot be copied");
	h = map;
	if (minor != 0) {
		memcpy(map, a->view, a->places.anchor_bytes);
		h->abi_minor = minor;
	}
	munmap(map, a->places.anchor_bytes);
	return fd;
}

void
liar_free(struct liar *l)
{
	sample_free(l->sample);
	free(l);		/* its descriptors go with the test */
}

struct liar *
liar_new(void)
{
	struct liar *l = calloc(1, sizeof(*l));
	const struct cadre__anchor *a;
	int p[2];

	l->sample = sample_new();
	a = l->sample->anchor;
	l->fds['S'] = a->slot_fd[0];
	l->fds['A'] = cadre__object_reopen(a->fd);
	l->fds['R'] = cadre__object_reopen(a->slot_fd[0]);
	l->fds['C'] = cadre__object_reopen(a->acceptor_fd);
	l->fds['U'] = memfd_create("unsealed", MFD_CLOEXEC);
	l->fds['Z'] = anchor_copy(a, 0);
	l->fds['M'] = anchor_copy(a, 99);
	if (pipe(p) < 0 || ftruncate(l->fds['U'],
	    (off_t)a->places.slot_bytes) < 0)
		bail_out("liar: %s", strerror(errno));
	l->fds['P'] = p[0];
	return l;
}

static unsigned int
fds_of(const struct liar *l, const char *letters, int fds[8])
{
	unsigned int n = 0;

	for (; letters != NULL && letters[n] != '\0'; n++)
		fds[n] = l->fds[(unsigned char)letters[n]];
	return n;
}

static void
say(const struct liar *l, int fd, const struct liar_answer *answer)
{
	const struct cadre__places *p = &l->sample->anchor->places;
	struct cadre__frame f = { .type = CADRE_FRAME_DRAIN,
	    .length = sizeof(uint64_t) };
	union {
		struct cadre__frame_slot slot;
		struct cadre__frame_error error;
		uint64_t	deadline_ns;
		/* Room for what is too long. */
		char		bytes[sizeof(struct cadre__frame_slot) + 4096];
	} body = { .deadline_ns = 0 };
	int fds[8];

	if (answer->drain != NULL)
		cadre__frame_send(fd, &f, &body, fds,
		    fds_of(l, answer->drain, fds));
	f.type = answer->type != 0 ? answer->type : CADRE_FRAME_SLOT;
	f.id = answer->id != 0 ? answer->id : l->asked;
	f.length = (uint32_t)((int)sizeof(body.slot) - answer->cut);
	body.slot = (struct cadre__frame_slot){
		.generation = 1,
		.slot_bytes = answer->slot_bytes < 0 ? 0 :
		    p->slot_bytes + (uint64_t)answer->slot_bytes,
		.anchor_bytes = p->anchor_bytes +
		    (uint64_t)answer->anchor_bytes,
		.acceptor_bytes = p->acceptor_bytes +
		    (uint64_t)answer->acceptor_bytes,
		.health_interval_ns = 1000000,
	};
	if (answer->type == CADRE_FRAME_ERROR) {
		f.length = (uint32_t)((int)sizeof(body.error.err) - answer->cut);
		body.error.err = answer->err;
	}
	if (cadre__frame_send(fd, &f, &body, fds,
	    fds_of(l, answer->fds, fds)) < 0)
		bail_out("an answer cannot be sent");
}

int
liar_attach(struct liar *l, const struct liar_answer *answer,
    struct cadre_worker **ret_worker)
{
	int type = SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, err;
	int control[2], messages[2];
	char number[16];

	if (socketpair(AF_UNIX, type, 0, control) < 0 ||
	    socketpair(AF_UNIX, type, 0, messages) < 0)
		bail_out("socketpair: %s", strerror(errno));
	l->asked++;
	say(l, control[1], answer);
	snprintf(number, sizeof(number), "%d", control[0]);
	setenv("CADRE_CONTROL", number, 1);
	snprintf(number, sizeof(number), "%d", messages[0]);
	setenv("CADRE_MESSAGES", number, 1);
	snprintf(number, sizeof(number), "%d", (int)getpid());
	setenv("CADRE_PID", number, 1);
	close(messages[1]);
	/* It can hear our answer, but not wait for another one. */
	if (answer->id != 0)
		shutdown(control[1], SHUT_WR);
	err = cadre_worker_attach(ret_worker);
	if (err == 0)
		return 0;
	close(control[0]);
	close(control[1]);
	close(messages[0]);
	return err;
}
