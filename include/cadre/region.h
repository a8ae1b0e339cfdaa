/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading an app's region from outside: what an observer does.
 *
 * An observer maps the app's memory read-only and from then on asks nobody:
 * every call below but open, close, list and app is loads only, never waits for
 * a writer and cannot delay one. All bytes read are doubted; broken ones give
 * an error or an implausible figure, never a crash. A handle is for one thread
 * at a time. It survives a fork and may be used on both sides.
 */
#ifndef CADRE_REGION_H
#define CADRE_REGION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cadre/layout.h>

#ifdef __cplusplus
extern "C" {
#endif

struct cadre_region;

int cadre_region_open(const char *name, struct cadre_region **ret_region);
	/*
	 * Attach to the running app `name`. Asks the app's socket for read-only
	 * descriptors; when its master is stopped or dead, takes them from any
	 * living process of the app (same uid, or root). May block for up to a
	 * second. cadre_region_close() gives back what it took.
	 * 0		attached
	 * -ENOENT	no such app
	 * -EACCES	not of the group that may read it
	 * -ETIMEDOUT	master silent, and no living worker to take it from
	 * -EPROTO	the region is broken, or of another ABI
	 * -EINVAL	not a name an app can have
	 * others	from open(2), connect(2), mmap(2)
	 */
void cadre_region_close(struct cadre_region *);
	/* Unmap. NULL is fine. What was read from it stays valid. */

int cadre_region_list(void (*each)(const char *name, const char *dir,
    void *arg), void *arg);
	/*
	 * Call `each` for every app directory this user can see, running or
	 * left behind: CADRE_RUNTIME_DIR if set, else /run/cadre and
	 * $XDG_RUNTIME_DIR/cadre. The texts are gone after the call.
	 * ≥ 0		how many
	 */

struct cadre_app {
	char		name[CADRE_NAME_BYTES];
	uint32_t	state;		/* CADRE_APP_… */
	uint32_t	workers;	/* seats that should have a worker */
	uint32_t	max_workers;	/* seats there are: 0 … max_workers - 1 */
	bool		master_lives;	/* by its pid and start time: a system call */
	int64_t		master_pid;
	uint64_t	beat_age_ns;	/* the master's; see CADRE_SILENT_NS */
	uint64_t	created_mono_ns;
	uint64_t	bytes;		/* of the whole region */
	uint32_t	missing;	/* used slots, and the acceptor's object, that
					   no living process could give: their
					   figures read as 0 */
	int64_t		acceptor_pid;	/* 0: none now */
	uint64_t	acceptor_restarts;
};
#define CADRE_SILENT_NS	UINT64_C(2500000000)
	/* The beat comes each second; a master with an older one is silent. */

int cadre_region_app(const struct cadre_region *, struct cadre_app *ret_app);
	/* 0: always. */
int cadre_region_listener(const struct cadre_region *, unsigned int i,
    struct cadre_shm_listener *ret_listener);
	/* 0: the i-th, texts ended by NUL; -ENOENT: there are fewer. */

int cadre_region_intake(const struct cadre_region *, unsigned int i,
    struct cadre_shm_intake *ret_intake);
	/* What the acceptor did for the i-th listener. 0, or -ENOENT. */

struct cadre_worker_view {	/* one life, as the master and it tell it */
	struct cadre_shm_life life;
	unsigned int	slot;		/* 0 or 1, of its seat */
	bool		idle;		/* waits for events */
	uint64_t	turns;
	uint64_t	beat_age_ns;	/* since its last stamp */
	uint64_t	busy_ns;	/* this turn's, 0 when idle */
	bool		doubtful;	/* what its slot says cannot be: it writes
					   there what it likes */
	uint64_t	gate;		/* CADRE_GATE_… */
	uint64_t	assigned;	/* by the acceptor, to this slot so far */
	int64_t		load;		/* assigned - relieved */
};

struct cadre_seat_view {
	uint32_t	seat;
	uint32_t	state;		/* CADRE_STATE_…, of `newest` */
	bool		has_newest;	/* false: never had a worker */
	bool		has_draining;
	struct cadre_worker_view newest;   /* the newest that is not draining */
	struct cadre_worker_view draining; /* another one, finishing */
	uint64_t	messages_sent;	/* to its workers so far, replies and */
	uint64_t	messages_received; /* all, as the master counts them */
	uint64_t	messages_dropped;
	uint64_t	messages_queued; /* that wait for its worker now */
	uint32_t	door;		/* CADRE_DOOR_… */
};

int cadre_region_seat(const struct cadre_region *, unsigned int seat,
    struct cadre_seat_view *ret_seat);
	/*
	 * What a screen shows of one seat. A lone draining worker is `newest`
	 * with state CADRE_STATE_DRAINING.
	 * 0		copied
	 * -ENOENT	no such seat
	 * -EAGAIN	its row changed at each of several tries, or is broken
	 */

int cadre_region_metrics(const struct cadre_region *);
	/* How many metrics the schema has now (≥ 0); it only grows. */
int cadre_region_metric(const struct cadre_region *, unsigned int i,
    struct cadre_shm_metric *ret_metric);
	/* 0: copied, texts ended by NUL; -ENOENT: no such; -EPROTO: broken. */
int cadre_region_find(const struct cadre_region *, const char *name);
	/* The number of the metric of that name (≥ 0), or -ENOENT. */

int cadre_region_values(const struct cadre_region *, unsigned int seat,
    uint64_t *values, unsigned int n);
	/*
	 * values[i] = metric i of the seat: the sum over its two slots. What
	 * ends with a life counts only where the slot's writer lives. A gauge
	 * is an int64_t in the same bits. A metric of an unknown kind is the
	 * raw word of the newest slot.
	 * ≥ 0		how many were stored: min(n, metrics)
	 * -ENOENT	no such seat
	 */
int cadre_region_life(const struct cadre_region *, unsigned int seat,
    unsigned int slot, uint64_t *values, unsigned int n);
	/*
	 * The same for the one life that slot 0 or 1 of the seat holds now, or
	 * held last: value minus baseline.
	 * ≥ 0		how many were stored
	 * -ENOENT	no such seat or slot, or it never had a worker
	 * -EAGAIN	that life has ended and the next is not there yet, as
	 *		while a fork fails: its own figures are not known
	 */
int cadre_region_totals(const struct cadre_region *, uint64_t *values,
    unsigned int n);
	/* The sum over all seats. ≥ 0: how many were stored. */
int cadre_region_snapshot(const struct cadre_region *, uint64_t *values,
    unsigned int n);
	/*
	 * All seats at once: values[seat * n + i], max_workers * n words.
	 * ≥ 0		how many were stored per seat; the rest is 0
	 */

int cadre_region_status(const struct cadre_region *, unsigned int seat,
    unsigned int slot, struct cadre_shm_status *ret_status);
	/*
	 * What the worker last published of itself, whole.
	 * 0		copied
	 * -ENOENT	no such seat or slot
	 * -EAGAIN	it changed at each of several tries
	 */

struct cadre_topics_view {	/* what a slot's workers published and got */
	uint64_t	published;	/* all but `topics` and `asleep`: since the
					   start, by all its lives */
	uint64_t	published_bytes; /* with what a ring needs around them */
	uint64_t	woken;		/* others, a system call each */
	uint64_t	received;
	uint64_t	lost;		/* overwritten before it looked at them */
	uint64_t	topics;		/* subscribed to now */
	bool		asleep;		/* waits, and will be woken */
};
int cadre_region_topics(const struct cadre_region *, unsigned int seat,
    unsigned int slot, struct cadre_topics_view *ret_topics);
	/*
	 * Words near each other in time.
	 * 0		copied
	 * -ENOENT	no such seat or slot
	 * -EOPNOTSUPP	nobody can publish: CADRE_PUBLISH_BYTES is 0, or the
	 *		region is of a layout before 0.5
	 */

struct cadre_cursor {		/* a reader's place in a ring: zero it first */
	uint64_t	next;
	uint64_t	lost;		/* records gone before they were read */
};

int cadre_region_health(const struct cadre_region *, unsigned int seat,
    unsigned int slot, struct cadre_cursor *, struct cadre_shm_health *records,
    unsigned int n);
	/*
	 * The next records of a slot's history, oldest first, each whole and
	 * with its plain CADRE_HEALTH_ bits in `flags`. A zeroed cursor starts
	 * at the oldest still there.
	 * ≥ 0		how many were copied; 0: none new
	 * -ENOENT	no such seat or slot
	 */
int cadre_region_health_now(const struct cadre_region *, unsigned int seat,
    unsigned int slot, struct cadre_shm_health *ret_record);
	/* The live words as the newest record. 0, or -ENOENT. */
int cadre_region_events(const struct cadre_region *, struct cadre_cursor *,
    struct cadre_shm_event *events, unsigned int n);
	/* The next events of the master's ring, as cadre_region_health(). */

int cadre_event_text(const struct cadre_shm_event *, char *text, size_t bytes);
	/*
	 * One line about an event, without time stamp and newline, every
	 * control byte escaped, cut to `bytes` with the NUL.
	 * ≥ 0		its length
	 */
const char *cadre_state_name(uint32_t state);
	/* "up", "backoff", …; "?" for a state this library does not know. */
const char *cadre_app_state_name(uint32_t state);
	/* "running", …; "?" for an unknown one. */
const char *cadre_event_name(uint32_t kind);
	/* "spawned", "died", …; "?" for an unknown one. */
const char *cadre_cause_name(uint64_t cause);
	/* Of a stall: "busy loop", …; "?" for an unknown one. */

#ifdef __cplusplus
}
#endif
#endif
