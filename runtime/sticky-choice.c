/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A key's home is the seat of the highest rank among those that are wanted, be
 * its worker well or not, so that a crash, a respawn or a reload moves nothing.
 * If that takes nothing now, for longer than a moment, the next by rank does,
 * for as long as that lasts; strict waits instead.
 *
 * One key can be that of thousands. So a seat's load is bounded by a factor of
 * the mean, for the connections of such keys: those of all others are few each
 * and even together, and who moves them when their worker has paused takes
 * their sessions for nothing. Nor is it bounded before it is more than chance
 * would make it, or a few connections of one client would be torn apart while
 * nobody else is there.
 */
#include "runtime/pick.h"
#include "runtime/sticky-choice.h"

#define HOT		4	/* the part of a seat's share lately … */
#define HOT_LEAST	16	/* … and so many, that make a key hot */
#define HEATS_MOST	8192	/* lately: at so many all are halved */
#define LOAD_MOST	(UINT64_C(1) << 24)	/* more is a lie */
#define CHANCE		25	/* five standard deviations, squared */
#define CHANCE_FLOOR	64	/* that of a mean of nearly nothing: 8 */

static uint64_t
load(const struct usher *u, const struct routes *t, unsigned int seat)
{
	uint64_t n = (uint64_t)pick_load(u->desk, t, seat);

	return n < LOAD_MOST ? n : LOAD_MOST;
}

void
usher_count(struct usher *u, const struct routes *t)
{
	u->line_most = u->guests.most / 2 / (t->wants > 0 ? t->wants : 1);
	if (u->line_most == 0)
		u->line_most = 1;
	u->total = usher_waiting(u);
	if (u->sticky->percent == 0 || u->sticky->strict)
		return;
	for (unsigned int i = 0; i < t->targets; i++)
		u->total += load(u, t, t->target[i]);
}

unsigned int
usher_waiting(const struct usher *u)
{
	return u->guests.n - u->guests.lines[u->peeked].n;
}

/* A key's two places; unlike any seat's rank. */
static uint32_t *
heat_of(struct usher *u, uint64_t key, int row)
{
	return &u->heat[row][sticky_rank(key, UINT32_MAX) >> (16 * row) &
	    (USHER_HEATS - 1)];
}

static void
warm(struct usher *u, uint64_t key)
{
	++*heat_of(u, key, 0);
	++*heat_of(u, key, 1);
	if (++u->heats < HEATS_MOST)
		return;
	for (unsigned int i = 0; i < USHER_HEATS; i++) {
		u->heat[0][i] /= 2;
		u->heat[1][i] /= 2;
	}
	u->heats /= 2;
}

/* Does it bring a good part of what a seat should have? */
static bool
is_hot(struct usher *u, const struct routes *t, uint64_t key)
{
	uint32_t a = *heat_of(u, key, 0), b = *heat_of(u, key, 1);
	uint64_t n = a < b ? a : b;

	return n >= HOT_LEAST && n * HOT * t->targets >= u->heats;
}

/* With one more: is it within the factor, or what chance may bring? */
static bool
within_bound(const struct usher *u, const struct routes *t, unsigned int seat)
{
	uint64_t n = t->targets, total = u->total + 1, mean = total / n;
	uint64_t own;

	own = load(u, t, seat) + u->guests.lines[seat].n + 1;
	if (own <= mean || own * n * 100 <= u->sticky->percent * total)
		return true;
	return (own - mean) * (own - mean) <= CHANCE * mean + CHANCE_FLOOR;
}

/* Room is not asked for: a moment later there is some. */
static bool
will_do(const struct usher *u, const struct routes *t, unsigned int seat,
    bool hot)
{
	return t->is_target[seat] && !u->desk->seats[seat].shut &&
	    u->guests.lines[seat].n < u->line_most &&
	    pick_under_limit(u->desk, t, seat) &&
	    (!hot || within_bound(u, t, seat));
}

/* The first by rank that will do; -1: nobody. */
static int
stand_in(const struct usher *u, const struct routes *t, uint64_t key, bool hot)
{
	uint64_t rank, best_rank = 0;
	int best = -1;

	for (unsigned int i = 0; i < t->wants; i++) {
		rank = sticky_rank(key, t->wanted[i]);
		if ((best < 0 || rank > best_rank) &&
		    will_do(u, t, t->wanted[i], hot)) {
			best = (int)t->wanted[i];
			best_rank = rank;
		}
	}
	return best;
}

/* -1: nobody. */
static int
seat_for(struct usher *u, const struct routes *t, struct guest *g)
{
	bool hot = u->sticky->percent > 0 && is_hot(u, t, g->key);
	int home = sticky_home(g->key, t->wanted, t->wants);

	g->home = home < 0 ? GUEST_NONE : (unsigned int)home;
	if (home < 0 || u->sticky->strict || will_do(u, t, g->home, hot))
		return home;
	return stand_in(u, t, g->key, hot);
}

bool
usher_is_full(const struct usher *u, const struct routes *t)
{
	if (pick_app_is_full(u->desk, t))
		return true;
	for (unsigned int i = 0; i < t->targets; i++)
		if (pick_under_limit(u->desk, t, t->target[i]))
			return false;
	return t->targets > 0;
}

/*
 * Each once: what is taken back was given already, without its key, or to
 * another than its home, unless it was there.
 */
static void
count(const struct usher *u, const struct guest *g, unsigned int seat)
{
	struct cadre__acceptor *shm = &u->desk->post->shm;
	bool again = g->from != GUEST_NONE;

	if (!g->keyed && !again)
		cadre__acceptor_unkeyed(shm, u->desk->listener);
	else if (g->keyed && seat != g->home && (!again || g->from == g->home))
		cadre__acceptor_away(shm, u->desk->listener);
}

static bool
give(struct usher *u, const struct routes *t, struct guest *g,
    unsigned int seat)
{
	struct desk *d = u->desk;

	if (!t->is_target[seat] || !pick_under_limit(d, t, seat))
		return false;
	if (!pick_has_room(d, t, seat)) {
		/* A full message goes, and leaves room for the next, maybe. */
		if (d->seats[seat].batch.n == 0)
			return false;
		desk_send(d, seat);
		if (!pick_has_room(d, t, seat))
			return false;
	}
	if (!desk_put(d, t, seat, &g->conn))
		return false;
	count(u, g, seat);
	guest_leave(&u->guests, g);
	return true;
}

void
usher_close(struct usher *u, struct guest *g)
{
	int fd = g->conn.fd;

	guest_leave(&u->guests, g);
	desk_forget_fd(u->desk, fd);
}

static void
shed(struct usher *u, struct guest *g)
{
	int fd = g->conn.fd;

	guest_leave(&u->guests, g);
	desk_shed(u->desk, fd);
}

/* In strict it is this seat; if too many want that, the first has to go. */
static void
wait_for(struct usher *u, const struct routes *t, struct guest *g,
    unsigned int seat)
{
	struct desk *d = u->desk;

	if (u->sticky->strict && d->post->shed && t->is_target[seat] &&
	    !pick_under_limit(d, t, seat)) {
		shed(u, g);
		return;
	}
	guest_join(&u->guests, g, seat);
	if (u->guests.lines[seat].n <= u->line_most)
		return;
	refusals_add(&d->post->refusals, REFUSAL_STICKY_WAITED, d->listener);
	cadre__acceptor_refused(&d->post->shm, d->listener);
	usher_close(u, guests_first(&u->guests, seat));
}

void
usher_place(struct usher *u, const struct routes *t, struct guest *g)
{
	bool comes = g->line == u->peeked || g->line == GUEST_NONE;
	int seat;

	if (comes)
		warm(u, g->key);
	seat = seat_for(u, t, g);
	guest_unwatch(&u->guests, g);
	if (seat < 0) {
		if (usher_is_full(u, t) && desk_may_shed(u->desk, t))
			shed(u, g);
		else
			guest_join(&u->guests, g, u->anywhere);
		return;
	}
	u->total += comes;
	/* Who came before goes before. */
	if (u->guests.lines[seat].n > (g->line == (unsigned int)seat) ||
	    !give(u, t, g, (unsigned int)seat))
		wait_for(u, t, g, (unsigned int)seat);
}

void
usher_unkeyed(struct usher *u, const struct routes *t, struct guest *g)
{
	g->keyed = false;
	g->key = g->address;
	if (!g->addressed) {
		u->turn++;
		g->key = sticky_key(&u->turn, sizeof(u->turn));
	}
	usher_place(u, t, g);
}

/* Each of them once, in their order. */
static void
line_anew(struct usher *u, const struct routes *t, unsigned int line)
{
	struct guest *g;

	for (unsigned int n = u->guests.lines[line].n; n > 0 &&
	    (g = guests_first(&u->guests, line)) != NULL; n--)
		usher_place(u, t, g);
}

void
usher_lines(struct usher *u, const struct routes *t, bool anew)
{
	struct guest *g;

	for (unsigned int seat = 0; seat < u->desk->post->max_workers &&
	    usher_waiting(u) > 0; seat++) {
		if (anew)
			line_anew(u, t, seat);
		while ((g = guests_first(&u->guests, seat)) != NULL &&
		    give(u, t, g, seat))
			;
	}
	line_anew(u, t, u->anywhere);
}
