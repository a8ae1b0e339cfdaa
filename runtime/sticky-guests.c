/* SPDX-License-Identifier: BSD-2-Clause */
/* One block of memory, made at the start: a guest costs no allocation. */
#include <errno.h>
#include <stdlib.h>

#include <sys/epoll.h>

#include "runtime/sticky-guests.h"
#include "shm/fault.h"

static void
guests_close(struct guests *g)
{
	free(g->all);
	free(g->lines);
	g->all = NULL;
	g->lines = NULL;
}

int
guests_open(struct guests *g, unsigned int most, unsigned int lines, int epoll)
{
	*g = (struct guests){ .most = most, .nlines = lines, .epoll = epoll,
	    .free = GUEST_NONE };
	g->all = CADRE_FAULT("guests.open") < 0 ? NULL :
	    calloc(most, sizeof(*g->all));
	g->lines = calloc(lines, sizeof(*g->lines));
	if (g->all == NULL || g->lines == NULL) {
		guests_close(g);
		return -ENOMEM;
	}
	for (unsigned int i = 0; i < lines; i++)
		g->lines[i].first = g->lines[i].last = GUEST_NONE;
	return 0;
}

static unsigned int
place(const struct guests *g, const struct guest *guest)
{
	return (unsigned int)(guest - g->all);
}

struct guest *
guest_enter(struct guests *g, const struct handed *conn)
{
	struct guest *guest;
	uint32_t serial;

	if (g->free == GUEST_NONE && g->used == g->most)
		return NULL;
	if (g->free == GUEST_NONE)
		guest = &g->all[g->used++];
	else {
		guest = &g->all[g->free];
		g->free = guest->next;
	}
	g->n++;
	serial = guest->serial + 1;
	*guest = (struct guest){ .conn = *conn, .next = GUEST_NONE,
	    .prev = GUEST_NONE, .line = GUEST_NONE, .from = GUEST_NONE,
	    .serial = serial };
	return guest;
}

static void
line_out(struct guests *g, struct guest *guest)
{
	struct guest_line *l;

	if (guest->line == GUEST_NONE)
		return;
	l = &g->lines[guest->line];
	if (guest->prev != GUEST_NONE)
		g->all[guest->prev].next = guest->next;
	else
		l->first = guest->next;
	if (guest->next != GUEST_NONE)
		g->all[guest->next].prev = guest->prev;
	else
		l->last = guest->prev;
	l->n--;
	guest->line = guest->next = guest->prev = GUEST_NONE;
}

void
guest_join(struct guests *g, struct guest *guest, unsigned int line)
{
	struct guest_line *l = &g->lines[line];
	unsigned int at = place(g, guest);

	line_out(g, guest);
	guest->line = line;
	guest->prev = l->last;
	if (l->last != GUEST_NONE)
		g->all[l->last].next = at;
	else
		l->first = at;
	l->last = at;
	l->n++;
}

void
guest_leave(struct guests *g, struct guest *guest)
{
	guest_unwatch(g, guest);
	line_out(g, guest);
	guest->conn.fd = -1;
	guest->serial++;		/* what is said of it is of nobody */
	guest->next = g->free;
	g->free = place(g, guest);
	g->n--;
}

struct guest *
guests_first(const struct guests *g, unsigned int line)
{
	unsigned int first = g->lines[line].first;

	return first != GUEST_NONE ? &g->all[first] : NULL;
}

uint64_t
guest_tag(const struct guests *g, const struct guest *guest)
{
	return (uint64_t)guest->serial << 32 | place(g, guest);
}

struct guest *
guest_tagged(const struct guests *g, uint64_t tag)
{
	unsigned int at = (unsigned int)(tag & UINT32_MAX);

	if (at >= g->used || g->all[at].serial != (uint32_t)(tag >> 32) ||
	    g->all[at].conn.fd < 0)
		return NULL;
	return &g->all[at];
}

int
guest_watch(struct guests *g, struct guest *guest)
{
	struct epoll_event e = { .events = EPOLLIN | EPOLLRDHUP | EPOLLET,
	    .data.u64 = guest_tag(g, guest) };

	if (guest->watched)
		return 0;
	if (CADRE_FAULT("guests.watch") < 0 ||
	    epoll_ctl(g->epoll, EPOLL_CTL_ADD, guest->conn.fd, &e) < 0)
		return -errno;
	guest->watched = true;
	return 0;
}

/* Who gets it has the same file: our epoll would go on to tell of it. */
void
guest_unwatch(struct guests *g, struct guest *guest)
{
	if (guest->watched)
		(void)epoll_ctl(g->epoll, EPOLL_CTL_DEL, guest->conn.fd, NULL);
	guest->watched = false;
}
