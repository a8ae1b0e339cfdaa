/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * When a seat's doors are open. A proxy that has chosen a seat shall notice
 * that nobody serves there, by a connection that is refused, and nobody shall
 * notice it otherwise: nothing that was let in is lost.
 *
 *	open	connections come, as long as a worker is up or expected soon:
 *		a reload, a crash and a quick restart are not seen outside
 *	kept	what has come is taken by the worker, or rescued; nobody new
 *		comes in. On the way to shut until nothing waits any more; on
 *		the way to open while a program is not ready yet, which shall
 *		find sockets that listen
 *	shut	refused: scaled away, parked, done, told to finish, or its
 *		next try is some time ahead
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "runtime/door.h"
#include "runtime/doors.h"
#include "runtime/queues.h"
#include "runtime/reload.h"
#include "runtime/report.h"
#include "runtime/seat.h"
#include "shm/clock.h"
#include "shm/fail.h"

/* One whose SYN has passed and whose handshake is under way, comes yet. */
#define LINGER_NS	(200 * NS_PER_MS)
#define LINGER_HERE_NS	(20 * NS_PER_MS)	/* there is no way between */
#define LOOK_NS		(10 * NS_PER_MS)
#define SOON_NS		NS_PER_S	/* a worker that comes within it */

int
doors_add(struct cadre_master *m, const char *address, const char *options)
{
	struct listener *l = &m->listeners[m->nlisteners];
	int err;

	err = listener_parse_door(l, address, options);
	if (err == 0) {
		m->nlisteners++;
		m->ndoors++;
	}
	return err;
}

static struct listener *
first(struct cadre_master *m)
{
	return m->listeners + m->nlisteners - m->ndoors;
}

static struct listener *
end(struct cadre_master *m)
{
	return m->listeners + m->nlisteners;
}

void
doors_open(struct cadre_master *m)
{
	for (unsigned int i = 0; i < m->nseats; i++)
		m->seats[i].door = i < m->workers ? DOOR_OPEN : DOOR_SHUT;
	m->doors_ns = UINT64_MAX;
}

static void
trouble(struct cadre_master *m, struct seat *s, const struct listener *l,
    const char *what, int err)
{
	struct listener one;

	if (s->door_trouble)
		return;			/* said once, tried again each turn */
	s->door_trouble = true;
	(void)door_of(l, (unsigned int)(s - m->seats), &one);
	report_text(m, CADRE_EVENT_TROUBLE, s, "cannot %s its door %s: %s",
	    what, one.address, strerror(-err));
}

typedef int door_fn(const struct listener *, unsigned int seat);

/* With all doors of the seat. False: not with each, and it was said. */
static bool
each(struct cadre_master *m, struct seat *s, door_fn *fn, const char *what)
{
	bool good = true;
	int err;

	for (const struct listener *l = first(m); l < end(m); l++) {
		err = fn(l, (unsigned int)(s - m->seats));
		if (err < 0)
			trouble(m, s, l, what, err);
		good &= err == 0;
	}
	return good;
}

void
doors_publish(struct cadre_master *m, unsigned int seat)
{
	if (m->ndoors > 0)
		cadre__anchor_door(m->anchor, seat, m->seats[seat].door ==
		    DOOR_OPEN ? CADRE_DOOR_OPEN : CADRE_DOOR_SHUT);
}

static void
changed(struct cadre_master *m, struct seat *s, enum door door)
{
	s->door = door;
	doors_publish(m, (unsigned int)(s - m->seats));
	s->door_trouble = false;
	m->routes_stale = true;		/* who rescues is told */
}

/* "tcp:127.0.0.1:9002, unix:/run/x-2": where the seat is met. */
static const char *
addresses(struct cadre_master *m, const struct seat *s, char *text, size_t room)
{
	struct listener one;
	size_t n = 0;

	text[0] = '\0';
	for (const struct listener *l = first(m); l < end(m) && n < room; l++) {
		(void)door_of(l, (unsigned int)(s - m->seats), &one);
		n += (size_t)snprintf(text + n, room - n, "%s%s",
		    l > first(m) ? ", " : "", one.address);
	}
	return text;
}

static void
say(struct cadre_master *m, struct seat *s, const char *what)
{
	char text[300];

	report_text(m, CADRE_EVENT_DOOR, s, "%s (%s)", what,
	    addresses(m, s, text, sizeof(text)));
}

static bool
any(const struct seat *s, uint64_t state)
{
	return s->lives[0].row.state == state || s->lives[1].row.state == state;
}

/* Told to finish, in a restart: another comes when it has. */
static bool
is_followed(const struct cadre_master *m, const struct seat *s)
{
	return s->wanted && m->state < CADRE_APP_STOPPING && m->reload.runs &&
	    m->reload.restart && s->phase != PHASE_DONE;
}

/* A worker that nobody sees is missing, if it comes back in so short a time. */
static bool
comes_soon(const struct cadre_master *m, const struct seat *s, uint64_t now_ns)
{
	const struct life *l = &s->lives[s->newest];

	if (!s->wanted || m->state >= CADRE_APP_STOPPING)
		return false;
	if (l->row.state == CADRE_STATE_BACKOFF)
		return l->deadline_ns <= now_ns + SOON_NS;
	return is_followed(m, s) && (s->gone_ns == 0 ||
	    now_ns < s->gone_ns + SOON_NS);
}

/*
 * A program that does not use libcadre polls its sockets itself, and would find
 * one that listens no more ready for ever: refused only when it has ended.
 */
static bool
has_plain(const struct seat *s)
{
	for (int k = 0; k < CADRE_SLOTS_PER_SEAT; k++)
		if (s->lives[k].pidfd >= 0 && (s->lives[k].row.flags &
		    (CADRE_LIFE_PROGRAM | CADRE_LIFE_ATTACHED)) ==
		    CADRE_LIFE_PROGRAM)
			return true;
	return false;
}

static enum door
wish(const struct cadre_master *m, const struct seat *s, uint64_t now_ns)
{
	if (any(s, CADRE_STATE_UP))
		return DOOR_OPEN;
	if (any(s, CADRE_STATE_STARTING))
		return s->door == DOOR_OPEN ? DOOR_OPEN :
		    m->fn != NULL ? s->door : DOOR_KEPT;
	return comes_soon(m, s, now_ns) ? s->door : DOOR_SHUT;
}

static void
keep_out(struct cadre_master *m, struct seat *s, uint64_t now_ns)
{
	/* If it cannot be, there is no better: what comes is rescued still. */
	(void)each(m, s, door_keep_out, "keep others out of");
	changed(m, s, DOOR_KEPT);
	s->door_ns = now_ns;
}

static void
let_in(struct cadre_master *m, struct seat *s)
{
	if (s->door == DOOR_SHUT) {
		if (!each(m, s, door_listen, "listen on"))
			return;
		changed(m, s, DOOR_KEPT);
	}
	if (!each(m, s, door_let_in, "open"))
		return;
	if (s->door_said)
		say(m, s, "open");
	s->door_said = false;
	changed(m, s, DOOR_OPEN);
	queues_arm_doors(m, (unsigned int)(s - m->seats));
}

static const char *
why(const struct cadre_master *m, const struct seat *s)
{
	if (m->state >= CADRE_APP_STOPPING)
		return "shut, the app stops";
	if (!s->wanted)
		return "shut, scaled away";
	switch (s->lives[s->newest].row.state) {
	case CADRE_STATE_PARKED:
		return "shut, it is parked";
	case CADRE_STATE_DONE:
		return "shut, it is done";
	case CADRE_STATE_BACKOFF:
		return "shut until it is tried again";
	default:
		return "shut, its worker finishes";
	}
}

static bool
is_empty(struct cadre_master *m, const struct seat *s)
{
	for (const struct listener *l = first(m); l < end(m); l++)
		if (listener_queue(l, (unsigned int)(s - m->seats)) > 0)
			return false;
	return true;
}

/*
 * Those that wait are taken by the worker that finishes, or by others. When
 * neither has in the time that a worker has to finish, nobody will.
 */
static bool
is_too_late(const struct cadre_master *m, const struct seat *s,
    uint64_t now_ns)
{
	uint64_t most_ns = (uint64_t)option(m, CADRE_DRAIN_TIMEOUT_MS) *
	    NS_PER_MS;

	return most_ns > 0 && now_ns - s->door_ns > most_ns + LINGER_NS;
}

/* Who is kept out meanwhile waits for a second: not longer than it must be. */
static uint64_t
linger_ns(struct cadre_master *m)
{
	for (const struct listener *l = first(m); l < end(m); l++)
		if (!door_is_here(l))
			return LINGER_NS;
	return LINGER_HERE_NS;
}

static void
refuse(struct cadre_master *m, struct seat *s, uint64_t now_ns)
{
	bool late = is_too_late(m, s, now_ns);

	if (now_ns - s->door_ns < linger_ns(m) || has_plain(s) ||
	    (!late && !is_empty(m, s)))
		return;
	if (late && !is_empty(m, s))
		report_text(m, CADRE_EVENT_TROUBLE, s, "what waits at its door "
		    "was taken by nobody within the drain timeout; it is "
		    "reset");
	queues_disarm_doors(m, (unsigned int)(s - m->seats));
	if (!each(m, s, door_refuse, "shut"))
		return;
	say(m, s, why(m, s));
	s->door_said = true;
	changed(m, s, DOOR_SHUT);
}

void
doors_before_spawn(struct cadre_master *m, struct seat *s)
{
	/* A function asks the runtime, which knows of doors. */
	if (m->ndoors == 0 || s->door != DOOR_SHUT || m->fn != NULL)
		return;
	if (!each(m, s, door_listen, "listen on"))
		return;
	changed(m, s, DOOR_KEPT);
	s->door_ns = clock_now_ns();
}

static void
look_at(struct cadre_master *m, uint64_t when_ns)
{
	if (when_ns < m->doors_ns)
		m->doors_ns = when_ns;
}

static void
seat_look(struct cadre_master *m, struct seat *s, uint64_t now_ns)
{
	enum door door = wish(m, s, now_ns);

	if (any(s, CADRE_STATE_UP) || any(s, CADRE_STATE_STARTING))
		s->gone_ns = 0;
	else if (s->gone_ns == 0)
		s->gone_ns = now_ns;
	if (door == DOOR_OPEN && s->door != DOOR_OPEN)
		let_in(m, s);
	if (door == DOOR_KEPT && s->door == DOOR_SHUT)
		doors_before_spawn(m, s);	/* it failed then */
	if (door == DOOR_SHUT && s->door == DOOR_OPEN)
		keep_out(m, s, now_ns);
	if (door == DOOR_SHUT && s->door == DOOR_KEPT)
		refuse(m, s, now_ns);
	if (door == DOOR_SHUT && s->door == DOOR_KEPT && !has_plain(s))
		look_at(m, now_ns + LOOK_NS);
	else if (s->door == DOOR_OPEN && s->gone_ns != 0 && is_followed(m, s))
		look_at(m, s->gone_ns + SOON_NS);
}

void
doors_look(struct cadre_master *m, uint64_t now_ns)
{
	m->doors_ns = UINT64_MAX;
	if (m->ndoors == 0)
		return;
	for (unsigned int i = 0; i < m->used; i++)
		seat_look(m, &m->seats[i], now_ns);
}

uint64_t
doors_deadline(const struct cadre_master *m)
{
	return m->ndoors > 0 ? m->doors_ns : UINT64_MAX;
}

void
doors_before_drain(struct cadre_master *m, struct seat *s,
    const struct life *l)
{
	if (m->ndoors == 0 || s->door != DOOR_OPEN || seat_spares(s, l) ||
	    s->lives[1 - (l - s->lives)].row.state == CADRE_STATE_STARTING ||
	    is_followed(m, s))
		return;
	keep_out(m, s, clock_now_ns());
}

/* What a worker has done to its own; a Unix socket that was shut stays so. */
static void
seat_check(struct cadre_master *m, struct seat *s)
{
	unsigned int seat = (unsigned int)(s - m->seats);
	int err;

	for (const struct listener *l = first(m); l < end(m); l++) {
		/* Ours drops SYNs, but of no door that is open. */
		if (l->family != AF_UNIX && s->door == DOOR_OPEN &&
		    listener_unfilter(l->fds[seat]) > 0)
			report_text(m, CADRE_EVENT_TROUBLE, s, "a worker put a "
			    "filter on its door; it is taken away");
		if (l->family == AF_UNIX || listener_listens(l->fds[seat]) ==
		    (s->door != DOOR_SHUT))
			continue;
		err = door_refuse(l, seat);
		if (s->door == DOOR_SHUT)
			continue;
		if (err == 0)
			err = door_listen(l, seat);
		report_text(m, CADRE_EVENT_TROUBLE, s, "a worker shut its "
		    "door; it listens again%s%s, what was queued is lost",
		    err < 0 ? ": " : "", err < 0 ? strerror(-err) : "");
		queues_arm_doors(m, seat);
	}
}

void
doors_check(struct cadre_master *m)
{
	for (unsigned int i = 0; m->ndoors > 0 && i < m->nseats; i++)
		seat_check(m, &m->seats[i]);
}
