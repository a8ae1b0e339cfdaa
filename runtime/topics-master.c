/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The master's side of publish and subscribe. It makes the eventfds, and never
 * writes one: whoever has it could make that block.
 */
#include "runtime/export.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/eventfd.h>

#include "runtime/control.h"
#include "runtime/master.h"
#include "runtime/size.h"
#include "runtime/topics.h"
#include "shm/fail.h"
#include "shm/fault.h"

int
wakes_open(struct cadre_master *m)
{
	unsigned int n = m->nseats < WAKES_MAX ? m->nseats : WAKES_MAX;
	int fd, err;

	if (m->anchor->shape.publish_bytes == 0)
		return 0;
	m->wakes = calloc(n, sizeof(*m->wakes));
	if (m->wakes == NULL)
		return -ENOMEM;
	while (m->nwakes < n) {
		fd = CADRE_FAULT("start.wakes") < 0 ? -1 :
		    eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		if (fd < 0) {
			err = -errno;
			return cadre__fail(err, "cannot make the eventfd of "
			    "seat %u: %s%s", m->nwakes, strerror(-err),
			    err == -EMFILE ? "; raise it with ulimit -Hn" : "");
		}
		m->wakes[m->nwakes++] = fd;
	}
	return 0;
}

void
wakes_close(struct cadre_master *m)
{
	while (m->nwakes > 0)
		close(m->wakes[--m->nwakes]);
	free(m->wakes);
	m->wakes = NULL;
}

/*
 * One that is awake will look before it sleeps. One word of it decides (M4): who
 * lies about its sleeps gets more frames than it reads, and loses its channel.
 */
static void
tell(struct cadre_master *m, struct seat *s, struct life *l)
{
	struct cadre__frame frame = { .type = CADRE_FRAME_LOOK };
	uint64_t sleeps;

	if (l->pidfd < 0 || (l->row.flags & CADRE_LIFE_ATTACHED) == 0)
		return;
	sleeps = cadre__anchor_sleeps_word(m->anchor, slot_of(m, s, l));
	if ((sleeps & 1) == 0 || sleeps == l->told_asleep)
		return;
	l->told_asleep = sleeps;
	CADRE_FAULT_AT("topics.tell");
	control_send(m, s, l, &frame, NULL, NULL, 0);
}

void
topics_died(struct cadre_master *m, const struct life *dead)
{
	struct seat *s;

	if (m->nwakes == 0 || (dead->row.flags & CADRE_LIFE_ATTACHED) == 0)
		return;
	for (s = m->seats; s < m->seats + m->nseats; s++)
		for (int k = 0; k < CADRE_SLOTS_PER_SEAT; k++)
			if (&s->lives[k] != dead)
				tell(m, s, &s->lives[k]);
}
