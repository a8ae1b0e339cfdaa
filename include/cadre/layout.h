/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The region's binary format, layout 0.6: what an observer may rely on.
 *
 * An app's region is one anchor and two slots per seat, each a memory object
 * of its own. The anchor is written by the master alone; a slot is written by
 * the worker that holds it and by nobody else, ever. Every integer is little
 * endian and of fixed width, every reference is an offset into the object it
 * stands in. There is no pointer, no enum and no `long` in here.
 *
 * A reader finds everything through the section directory and the record
 * lengths it gives; it skips sections and record tails it does not know. While
 * the major number is 0 the layout may still change with the minor number.
 *
 * doc/region.md and cadre-region(7) tell the same in words.
 */
#ifndef CADRE_LAYOUT_H
#define CADRE_LAYOUT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define CADRE_LAYOUT_ASSERT(e, why)	static_assert(e, why)
#else
#define CADRE_LAYOUT_ASSERT(e, why)	_Static_assert(e, why)
#endif
#define CADRE_LAYOUT_AT(type, field, at)				\
	CADRE_LAYOUT_ASSERT(offsetof(struct type, field) == (at),	\
	    "layout 0.6: " #type "." #field)
#define CADRE_LAYOUT_SIZE(type, bytes)					\
	CADRE_LAYOUT_ASSERT(sizeof(struct type) == (bytes),		\
	    "layout 0.6: size of " #type)

#define CADRE_LAYOUT_MAGIC	UINT64_C(0x4d48534552444143) /* CADRESHM */
#define CADRE_LAYOUT_ENDIAN	UINT32_C(0x01020304)
#define CADRE_LAYOUT_MAJOR	0
#define CADRE_LAYOUT_MINOR	6
#define CADRE_LAYOUT_MINOR_LEAST 3	/* readers take this as well: what was
					   added since is 0, or is not there */

#define CADRE_SEATS_MAX		4096	/* seats a reader accepts */
#define CADRE_SLOTS_PER_SEAT	2
#define CADRE_NAME_BYTES	64	/* names, with the final NUL */
#define CADRE_TAG_BYTES		64	/* of a request, with the final NUL */
#define CADRE_NO_SEAT		UINT32_MAX	/* an event of the app itself */

/*
 * Offset 0 of the anchor. Written before `magic`, which is stored last, with
 * release; the line from `state` on is all that changes afterwards. A master
 * killed before the magic leaves an anchor that every reader refuses.
 */
struct cadre_shm_header {
	uint64_t	magic;
	uint32_t	endian;
	uint16_t	abi_major;	/* another major: refuse */
	uint16_t	abi_minor;	/* a higher minor only adds */
	uint32_t	header_bytes;
	uint32_t	section_bytes;	/* of one directory entry */
	uint32_t	sections;	/* entries in the directory */
	uint32_t	sections_offset;
	uint64_t	feature_compat;	/* unknown bit: ignore */
	uint64_t	feature_write;	/* unknown bit: do not write */
	uint64_t	feature_needed;	/* unknown bit: refuse */
	uint64_t	anchor_bytes;
	uint64_t	slot_bytes;
	uint32_t	max_workers;	/* seats, each with its rows and slots */
	uint32_t	slots_per_seat;
	uint8_t		boot_id[16];	/* monotonic stamps are of this boot */
	uint64_t	master_pid;
	uint64_t	master_start;	/* clock ticks after boot, proc(5) */
	uint64_t	created_mono_ns;
	uint64_t	created_real_ns;
	char		name[CADRE_NAME_BYTES];
	uint64_t	state;		/* CADRE_APP_… */
	uint64_t	workers;	/* seats that should have a worker now */
	uint64_t	beat_ns;	/* CLOCK_MONOTONIC of the last base tick */
	uint64_t	beats;		/* base ticks */
	uint64_t	metrics;	/* schema rows in use, stored with release */
	uint64_t	events;		/* events pushed since the start */
	uint64_t	acceptor_pid;	/* for display; 0: there is none now */
	uint64_t	acceptor_restarts;
};
CADRE_LAYOUT_AT(cadre_shm_header, endian, 8);
CADRE_LAYOUT_AT(cadre_shm_header, abi_major, 12);
CADRE_LAYOUT_AT(cadre_shm_header, abi_minor, 14);
CADRE_LAYOUT_AT(cadre_shm_header, header_bytes, 16);
CADRE_LAYOUT_AT(cadre_shm_header, section_bytes, 20);
CADRE_LAYOUT_AT(cadre_shm_header, sections, 24);
CADRE_LAYOUT_AT(cadre_shm_header, sections_offset, 28);
CADRE_LAYOUT_AT(cadre_shm_header, feature_compat, 32);
CADRE_LAYOUT_AT(cadre_shm_header, feature_write, 40);
CADRE_LAYOUT_AT(cadre_shm_header, feature_needed, 48);
CADRE_LAYOUT_AT(cadre_shm_header, anchor_bytes, 56);
CADRE_LAYOUT_AT(cadre_shm_header, slot_bytes, 64);
CADRE_LAYOUT_AT(cadre_shm_header, max_workers, 72);
CADRE_LAYOUT_AT(cadre_shm_header, slots_per_seat, 76);
CADRE_LAYOUT_AT(cadre_shm_header, boot_id, 80);
CADRE_LAYOUT_AT(cadre_shm_header, master_pid, 96);
CADRE_LAYOUT_AT(cadre_shm_header, master_start, 104);
CADRE_LAYOUT_AT(cadre_shm_header, created_mono_ns, 112);
CADRE_LAYOUT_AT(cadre_shm_header, created_real_ns, 120);
CADRE_LAYOUT_AT(cadre_shm_header, name, 128);
CADRE_LAYOUT_AT(cadre_shm_header, state, 192);
CADRE_LAYOUT_AT(cadre_shm_header, workers, 200);
CADRE_LAYOUT_AT(cadre_shm_header, beat_ns, 208);
CADRE_LAYOUT_AT(cadre_shm_header, beats, 216);
CADRE_LAYOUT_AT(cadre_shm_header, metrics, 224);
CADRE_LAYOUT_AT(cadre_shm_header, events, 232);
CADRE_LAYOUT_AT(cadre_shm_header, acceptor_pid, 240);
CADRE_LAYOUT_AT(cadre_shm_header, acceptor_restarts, 248);
CADRE_LAYOUT_SIZE(cadre_shm_header, 256);

#define CADRE_APP_STARTING	1	/* no worker has been ready yet */
#define CADRE_APP_RUNNING	2
#define CADRE_APP_STOPPING	3
#define CADRE_APP_STOPPED	4

/* One entry of the section directory, fixed once the magic is there. */
struct cadre_shm_section {
	uint32_t	type;		/* CADRE_SECTION_…; unknown: skip */
	uint32_t	object;		/* CADRE_OBJECT_… it stands in */
	uint64_t	offset;		/* from the start of that object */
	uint64_t	bytes;
	uint32_t	record_bytes;
	uint32_t	records;	/* rows there is room for */
	uint64_t	reserved[4];
};
CADRE_LAYOUT_AT(cadre_shm_section, object, 4);
CADRE_LAYOUT_AT(cadre_shm_section, offset, 8);
CADRE_LAYOUT_AT(cadre_shm_section, bytes, 16);
CADRE_LAYOUT_AT(cadre_shm_section, record_bytes, 24);
CADRE_LAYOUT_AT(cadre_shm_section, records, 28);
CADRE_LAYOUT_AT(cadre_shm_section, reserved, 32);
CADRE_LAYOUT_SIZE(cadre_shm_section, 64);

#define CADRE_OBJECT_ANCHOR	0
#define CADRE_OBJECT_SLOT	1	/* the same place in every slot */
#define CADRE_OBJECT_ACCEPTOR	2	/* what the acceptor writes */

#define CADRE_SECTION_SCHEMA	1	/* struct cadre_shm_metric */
#define CADRE_SECTION_SLOTS	2	/* struct cadre_shm_row, 2 per seat */
#define CADRE_SECTION_BASELINES	3	/* the front of each slot at its spawn */
#define CADRE_SECTION_EVENTS	4	/* struct cadre_shm_event, a ring */
#define CADRE_SECTION_LISTENERS	5	/* struct cadre_shm_listener */
#define CADRE_SECTION_WANTED	6	/* struct cadre_shm_wanted, the master's */
#define CADRE_SECTION_HEAD	16	/* struct cadre_shm_slot */
#define CADRE_SECTION_VALUES	17	/* 64-bit words named by the schema */
#define CADRE_SECTION_HEALTH	18	/* struct cadre_shm_health, a ring */
#define CADRE_SECTION_TOPICS	19	/* struct cadre_shm_topics */
#define CADRE_SECTION_CURSORS	20	/* words: how far it is in each slot's news */
#define CADRE_SECTION_NEWS	21	/* words: struct cadre_shm_news, a ring */
#define CADRE_SECTION_ASSIGNED	32	/* struct cadre_shm_assigned, 2 per seat */
#define CADRE_SECTION_INTAKE	33	/* struct cadre_shm_intake, per listener */

/* One metric. Rows are appended, never changed, moved or reused. */
struct cadre_shm_metric {
	uint32_t	kind;		/* CADRE_KIND_…; unknown: a raw word */
	uint32_t	aggregate;	/* CADRE_AGGREGATE_… over slots */
	uint32_t	on_death;	/* CADRE_ON_DEATH_… */
	uint32_t	flags;
	uint64_t	offset;		/* of its word, from the slot's start */
	uint64_t	bytes;		/* 8 for one word */
	char		name[CADRE_NAME_BYTES];
	char		unit[16];	/* ns, bytes, …; empty: a count */
	char		help[128];
	uint64_t	reserved[2];
};
CADRE_LAYOUT_AT(cadre_shm_metric, aggregate, 4);
CADRE_LAYOUT_AT(cadre_shm_metric, on_death, 8);
CADRE_LAYOUT_AT(cadre_shm_metric, flags, 12);
CADRE_LAYOUT_AT(cadre_shm_metric, offset, 16);
CADRE_LAYOUT_AT(cadre_shm_metric, bytes, 24);
CADRE_LAYOUT_AT(cadre_shm_metric, name, 32);
CADRE_LAYOUT_AT(cadre_shm_metric, unit, 96);
CADRE_LAYOUT_AT(cadre_shm_metric, help, 112);
CADRE_LAYOUT_AT(cadre_shm_metric, reserved, 240);
CADRE_LAYOUT_SIZE(cadre_shm_metric, 256);

#define CADRE_KIND_COUNTER	1	/* uint64_t, only ever grows */
#define CADRE_KIND_GAUGE	2	/* int64_t, goes up and down */

#define CADRE_AGGREGATE_NONE	0	/* has no meaning over slots */
#define CADRE_AGGREGATE_SUM	1

#define CADRE_ON_DEATH_KEEP	1	/* counts on where the dead one stopped */
#define CADRE_ON_DEATH_ZERO	2	/* 0 while the slot has no live writer */

/* What the master says of one life in a slot. */
struct cadre_shm_life {
	uint64_t	state;		/* CADRE_STATE_… */
	uint64_t	generation;	/* 0: this slot never had a worker */
	uint64_t	pid;		/* for display, never for identity */
	uint64_t	start;		/* clock ticks after boot, proc(5) */
	uint64_t	spawned_ns;	/* CLOCK_MONOTONIC, as all below */
	uint64_t	ready_ns;	/* 0: not yet */
	uint64_t	ended_ns;	/* 0: not yet */
	uint32_t	exit_code;
	uint32_t	exit_signal;	/* 0: it exited by itself */
	uint64_t	restarts;	/* of the seat, so far */
	uint64_t	tries;		/* deaths before min_uptime in a row */
	uint64_t	respawn_ns;	/* CADRE_STATE_BACKOFF: the next try */
	uint64_t	stalled_ns;	/* excluded from choice since; 0: is not */
	uint64_t	flags;		/* CADRE_LIFE_… */
	uint64_t	cause;		/* of the stall: CADRE_CAUSE_… */
	uint64_t	queue;		/* waiting for this worker alone, on its own
					   sockets and handed over, at the master's
					   last look */
	uint64_t	queue_since_ns;	/* not empty since; 0: empty */
};
#define CADRE_LIFE_PROGRAM	1	/* exec'd, not a function of the master's */
#define CADRE_LIFE_ATTACHED	2	/* it writes its slot; without this bit the
					   slot says nothing of this life */
#define CADRE_LIFE_FULL		4	/* at its limit of connections: waits for
					   some to end, is given no more */
#define CADRE_LIFE_LEFT		8	/* it has said that it accepts no more */
#define CADRE_CAUSE_NONE	0
#define CADRE_CAUSE_BUSY	1	/* one turn computes for too long */
#define CADRE_CAUSE_BLOCKED	2	/* one turn sleeps in a system call */
#define CADRE_CAUSE_DISK	3	/* … uninterruptibly */
#define CADRE_CAUSE_STOPPED	4	/* by a signal, or a debugger */
#define CADRE_CAUSE_QUEUE	5	/* waits for events, but takes nothing */
CADRE_LAYOUT_AT(cadre_shm_life, generation, 8);
CADRE_LAYOUT_AT(cadre_shm_life, pid, 16);
CADRE_LAYOUT_AT(cadre_shm_life, start, 24);
CADRE_LAYOUT_AT(cadre_shm_life, spawned_ns, 32);
CADRE_LAYOUT_AT(cadre_shm_life, ready_ns, 40);
CADRE_LAYOUT_AT(cadre_shm_life, ended_ns, 48);
CADRE_LAYOUT_AT(cadre_shm_life, exit_code, 56);
CADRE_LAYOUT_AT(cadre_shm_life, exit_signal, 60);
CADRE_LAYOUT_AT(cadre_shm_life, restarts, 64);
CADRE_LAYOUT_AT(cadre_shm_life, tries, 72);
CADRE_LAYOUT_AT(cadre_shm_life, respawn_ns, 80);
CADRE_LAYOUT_AT(cadre_shm_life, stalled_ns, 88);
CADRE_LAYOUT_AT(cadre_shm_life, flags, 96);
CADRE_LAYOUT_AT(cadre_shm_life, cause, 104);
CADRE_LAYOUT_AT(cadre_shm_life, queue, 112);
CADRE_LAYOUT_AT(cadre_shm_life, queue_since_ns, 120);
CADRE_LAYOUT_SIZE(cadre_shm_life, 128);

/*
 * A row of the slot table: two copies and a count, as every record of several
 * words here. life[count & 1] is whole; the writer fills the other copy and
 * then stores count + 1. Row of slot k of seat s: 2 * s + k.
 */
struct cadre_shm_row {
	uint64_t		count;
	/* Of all lives in this slot, each word by itself, as the last ones: */
	uint64_t		sent;		/* messages to it */
	uint64_t		received;	/* … from it */
	uint64_t		dropped;	/* … to it that were not sent */
	uint64_t		queued;		/* … that wait for it now */
	uint64_t		wanted;		/* 1: its seat shall have a worker,
						   and sticky keys a home there */
	uint64_t		door;		/* CADRE_DOOR_…, of its seat */
	uint64_t		reserved;
	struct cadre_shm_life	life[2];
};
CADRE_LAYOUT_AT(cadre_shm_row, sent, 8);
CADRE_LAYOUT_AT(cadre_shm_row, received, 16);
CADRE_LAYOUT_AT(cadre_shm_row, dropped, 24);
CADRE_LAYOUT_AT(cadre_shm_row, queued, 32);
CADRE_LAYOUT_AT(cadre_shm_row, wanted, 40);
CADRE_LAYOUT_AT(cadre_shm_row, door, 48);
CADRE_LAYOUT_AT(cadre_shm_row, reserved, 56);
CADRE_LAYOUT_AT(cadre_shm_row, life, 64);
CADRE_LAYOUT_SIZE(cadre_shm_row, 320);

#define CADRE_DOOR_NONE		0	/* seats have no addresses of their own */
#define CADRE_DOOR_OPEN		1
#define CADRE_DOOR_SHUT		2	/* refused, or about to be */

#define CADRE_STATE_EMPTY	0	/* no worker */
#define CADRE_STATE_STARTING	1	/* forked, not ready yet */
#define CADRE_STATE_UP		2	/* ready */
#define CADRE_STATE_DRAINING	3	/* takes nothing new, finishes */
#define CADRE_STATE_BACKOFF	4	/* its worker died, another will come */
#define CADRE_STATE_PARKED	5	/* failed too often, nothing comes */
#define CADRE_STATE_DONE	6	/* its worker said that none shall come */

/* One place to connect to, as text: tcp:127.0.0.1:8080, unix:/run/web.sock. */
struct cadre_shm_listener {
	char		address[152];	/* the port filled in; empty: unused; of a
					   seat's, tcp:127.0.0.1:9000+N */
	uint32_t	flags;		/* CADRE_LISTENER_…; before 0.6: 0 */
	uint32_t	reserved;
	char		mode[16];	/* spread, gate, rr, least, seat, sticky:… by
					   what; shared: workers that know nothing of
					   a gate */
	uint64_t	queue;		/* waiting on all its sockets at the master's
					   last look; of a Unix socket at most 1 */
	uint64_t	queue_since_ns;	/* not empty since; 0: empty */
};
#define CADRE_LISTENER_PROXY	1	/* some peers must say whom they speak for,
					   by the PROXY protocol */
CADRE_LAYOUT_AT(cadre_shm_listener, flags, 152);
CADRE_LAYOUT_AT(cadre_shm_listener, mode, 160);
CADRE_LAYOUT_AT(cadre_shm_listener, queue, 176);
CADRE_LAYOUT_AT(cadre_shm_listener, queue_since_ns, 184);
CADRE_LAYOUT_SIZE(cadre_shm_listener, 192);

/*
 * One record of a slot's health ring. All but mono_ns, open and flags are the
 * slot's running totals at that instant, so the difference of two records is
 * what happened between them, however many were lost.
 *
 * The upper 48 bits of `flags` are the record's number, counted from 1. They
 * are 0 while it is written and are stored last: a reader that finds the same
 * number before and after its copy has a whole record. A kill halfway leaves
 * 0, and the next record goes to the same place.
 */
struct cadre_shm_health {
	uint64_t	mono_ns;	/* CLOCK_MONOTONIC */
	uint64_t	turns;
	uint64_t	busy_ns;
	uint64_t	accepted;
	uint64_t	open;
	uint64_t	requests;
	uint64_t	errors;
	uint64_t	flags;		/* number << 16 | CADRE_HEALTH_… */
};
CADRE_LAYOUT_AT(cadre_shm_health, turns, 8);
CADRE_LAYOUT_AT(cadre_shm_health, busy_ns, 16);
CADRE_LAYOUT_AT(cadre_shm_health, accepted, 24);
CADRE_LAYOUT_AT(cadre_shm_health, open, 32);
CADRE_LAYOUT_AT(cadre_shm_health, requests, 40);
CADRE_LAYOUT_AT(cadre_shm_health, errors, 48);
CADRE_LAYOUT_AT(cadre_shm_health, flags, 56);
CADRE_LAYOUT_SIZE(cadre_shm_health, 64);

#define CADRE_HEALTH_RECORDS	1024	/* per slot: a power of two */
#define CADRE_HEALTH_FIRST	1	/* the first record of a generation */
#define CADRE_HEALTH_DRAINING	2
#define CADRE_HEALTH_BITS	16

/* What a worker says of itself, as a whole. */
struct cadre_shm_status {
	uint64_t	open;		/* connections open now */
	uint64_t	accepted;
	uint64_t	requests;
	uint64_t	errors;
	uint64_t	stamp_ns;	/* CLOCK_MONOTONIC */
	uint64_t	flags;		/* CADRE_HEALTH_DRAINING */
	uint64_t	reserved[2];
};
CADRE_LAYOUT_AT(cadre_shm_status, accepted, 8);
CADRE_LAYOUT_AT(cadre_shm_status, requests, 16);
CADRE_LAYOUT_AT(cadre_shm_status, errors, 24);
CADRE_LAYOUT_AT(cadre_shm_status, stamp_ns, 32);
CADRE_LAYOUT_AT(cadre_shm_status, flags, 40);
CADRE_LAYOUT_AT(cadre_shm_status, reserved, 48);
CADRE_LAYOUT_SIZE(cadre_shm_status, 64);

/*
 * Offset 0 of a slot, written by the slot's worker alone, read by anyone.
 * Before the first worker it is all zeros. Running totals are never zeroed: a
 * new worker counts on from what it finds. A kill anywhere leaves `count` and
 * `healths` naming the last whole copy and record: nothing to mend.
 */
struct cadre_shm_slot {
	uint64_t	generation;	/* the life that writes; set once what
					   ended with the last one is 0 */
	uint64_t	turns;		/* passes of the event loop */
	uint64_t	busy_since_ns;	/* CLOCK_MONOTONIC; 0: waits for events */
	uint64_t	idle_since_ns;	/* end of the last turn */
	uint64_t	busy_ns;	/* time spent in ended turns */
	uint64_t	deadline_ns;	/* CLOCK_MONOTONIC; of the request under way;
					   0: it has none */
	uint64_t	reserved0[2];
	uint64_t	done;		/* connections closed */
	uint64_t	accepted;
	uint64_t	open;
	uint64_t	relieved;	/* load = assigned - relieved, signed: + 1 per
					   close, - 1 per accept of one that was
					   not assigned; set to assigned - open
					   when nothing waits */
	uint64_t	gate;		/* CADRE_GATE_…: does it take part in accept? */
	uint64_t	shed;		/* turned away at a limit of connections */
	uint64_t	refused;	/* closed for what their peers sent, or did not:
					   accepted and done as well */
	uint64_t	reserved1;
	uint64_t	count;		/* status[count & 1] is the newest */
	uint64_t	reserved2[7];
	struct cadre_shm_status status[2];
	uint64_t	healths;	/* records pushed to the health ring */
	uint64_t	request_ns;	/* CLOCK_MONOTONIC; it was begun; stays when
					   it has ended, as does its tag */
	uint64_t	reserved3[6];
	char		request_tag[CADRE_TAG_BYTES]; /* ended by NUL; untrusted */
	uint64_t	reserved4[8];
};
CADRE_LAYOUT_AT(cadre_shm_slot, turns, 8);
CADRE_LAYOUT_AT(cadre_shm_slot, busy_since_ns, 16);
CADRE_LAYOUT_AT(cadre_shm_slot, idle_since_ns, 24);
CADRE_LAYOUT_AT(cadre_shm_slot, busy_ns, 32);
CADRE_LAYOUT_AT(cadre_shm_slot, deadline_ns, 40);
CADRE_LAYOUT_AT(cadre_shm_slot, done, 64);
CADRE_LAYOUT_AT(cadre_shm_slot, accepted, 72);
CADRE_LAYOUT_AT(cadre_shm_slot, open, 80);
CADRE_LAYOUT_AT(cadre_shm_slot, relieved, 88);
CADRE_LAYOUT_AT(cadre_shm_slot, gate, 96);
CADRE_LAYOUT_AT(cadre_shm_slot, shed, 104);
CADRE_LAYOUT_AT(cadre_shm_slot, refused, 112);
CADRE_LAYOUT_AT(cadre_shm_slot, count, 128);
CADRE_LAYOUT_AT(cadre_shm_slot, status, 192);
CADRE_LAYOUT_AT(cadre_shm_slot, healths, 320);
CADRE_LAYOUT_AT(cadre_shm_slot, request_ns, 328);
CADRE_LAYOUT_AT(cadre_shm_slot, reserved3, 336);
CADRE_LAYOUT_AT(cadre_shm_slot, request_tag, 384);
CADRE_LAYOUT_AT(cadre_shm_slot, reserved4, 448);
CADRE_LAYOUT_SIZE(cadre_shm_slot, 512);

#define CADRE_GATE_IN		0	/* it may be woken for a connection */
#define CADRE_GATE_OUT		1	/* ahead of others: not for some ms */
#define CADRE_GATE_FULL		2	/* at its limit of connections */

/* What somebody subscribes to, for who publishes. Written by that one alone. */
#define CADRE_WANTED_MAX	64
struct cadre_shm_wanted {
	uint64_t	filter;		/* a bit, by its hash, of each; 0: nothing */
	uint64_t	topics;		/* how many */
	uint64_t	sleeps;		/* odd: asleep, to be woken once */
	uint64_t	seats;		/* in the anchor: seats above have had no
					   worker yet; 0 in a slot */
	uint64_t	reserved[4];
	uint64_t	hash[CADRE_WANTED_MAX]; /* of the names; 0: none */
};
CADRE_LAYOUT_AT(cadre_shm_wanted, topics, 8);
CADRE_LAYOUT_AT(cadre_shm_wanted, sleeps, 16);
CADRE_LAYOUT_AT(cadre_shm_wanted, seats, 24);
CADRE_LAYOUT_AT(cadre_shm_wanted, reserved, 32);
CADRE_LAYOUT_AT(cadre_shm_wanted, hash, 64);
CADRE_LAYOUT_SIZE(cadre_shm_wanted, 576);

/*
 * Publish and subscribe, of one slot: what its worker published, and what it
 * wants of others. Positions are bytes since the first life and are never
 * zeroed; position p stands at p modulo the ring's size. A kill anywhere leaves
 * `records` as it was or one more, and end[records & 1] where the last of them
 * ends: the next life goes on there.
 */
#define CADRE_NEWS_MARKS	8
struct cadre_shm_topics {
	uint64_t	records;	/* published; stored last */
	uint64_t	end[2];		/* end[records & 1]: behind the last one */
	uint64_t	reserve;	/* what is a ring's length before it is gone,
					   or is being overwritten */
	uint64_t	woken;		/* others, a system call each */
	uint64_t	reserved0[3];
	uint64_t	mark[CADRE_NEWS_MARKS];	/* in each eighth of the ring the
					   position of the first that begins */
	uint64_t	received;	/* from here on by the subscriber */
	uint64_t	lost;		/* overwritten before it looked at them */
	uint64_t	reserved1[6];
	struct cadre_shm_wanted wanted;
};
CADRE_LAYOUT_AT(cadre_shm_topics, end, 8);
CADRE_LAYOUT_AT(cadre_shm_topics, reserve, 24);
CADRE_LAYOUT_AT(cadre_shm_topics, woken, 32);
CADRE_LAYOUT_AT(cadre_shm_topics, mark, 64);
CADRE_LAYOUT_AT(cadre_shm_topics, received, 128);
CADRE_LAYOUT_AT(cadre_shm_topics, lost, 136);
CADRE_LAYOUT_AT(cadre_shm_topics, wanted, 192);
CADRE_LAYOUT_SIZE(cadre_shm_topics, 768);

/* In the ring: this, the topic, the payload, each filled up to 8 bytes. */
struct cadre_shm_news {
	uint64_t	number;		/* from 1, as `records` counts */
	uint32_t	bytes;		/* of the payload: at most a quarter of the
					   ring */
	uint16_t	topic_bytes;	/* 1 to 63; no NUL */
	uint16_t	scope;		/* enum cadre_scope */
	uint64_t	hash;		/* of the topic */
	uint64_t	generation;	/* of the publisher */
};
CADRE_LAYOUT_AT(cadre_shm_news, bytes, 8);
CADRE_LAYOUT_AT(cadre_shm_news, topic_bytes, 12);
CADRE_LAYOUT_AT(cadre_shm_news, scope, 14);
CADRE_LAYOUT_AT(cadre_shm_news, hash, 16);
CADRE_LAYOUT_AT(cadre_shm_news, generation, 24);
CADRE_LAYOUT_SIZE(cadre_shm_news, 32);

/*
 * What the acceptor gave to the worker of one slot; row of slot k of seat s:
 * 2 * s + k. Written by the acceptor alone, each word by itself. What a kill
 * leaves in hand the next acceptor takes from `assigned`; what is wrong then
 * the worker puts right when it next finds nothing waiting.
 */
struct cadre_shm_assigned {
	uint64_t	assigned;	/* connections, less those returned; never
					   zeroed */
	uint64_t	messages;	/* that carried them, or the returned */
	uint64_t	returned;	/* taken back before they were picked up */
	uint64_t	in_hand;	/* assigned and not sent yet, or about to be
					   taken back: load is not settled */
	uint64_t	reserved[4];
};
CADRE_LAYOUT_AT(cadre_shm_assigned, messages, 8);
CADRE_LAYOUT_AT(cadre_shm_assigned, returned, 16);
CADRE_LAYOUT_AT(cadre_shm_assigned, in_hand, 24);
CADRE_LAYOUT_AT(cadre_shm_assigned, reserved, 32);
CADRE_LAYOUT_SIZE(cadre_shm_assigned, 64);

/* What the acceptor did for one listener. Written by it alone. */
struct cadre_shm_intake {
	uint64_t	accepted;	/* by the acceptor, not by workers */
	uint64_t	rescued;	/* of these: from seats out of choice */
	uint64_t	shed;		/* turned away at a limit */
	uint64_t	waits;		/* times it had nobody to give to */
	uint64_t	failures;	/* accepts that failed for want of something */
	uint64_t	refused;	/* closed for what their peers sent, or did not */
	uint64_t	away;		/* sticky: given to another than their home */
	uint64_t	unkeyed;	/* … by their address, for want of a key */
};
CADRE_LAYOUT_AT(cadre_shm_intake, rescued, 8);
CADRE_LAYOUT_AT(cadre_shm_intake, shed, 16);
CADRE_LAYOUT_AT(cadre_shm_intake, waits, 24);
CADRE_LAYOUT_AT(cadre_shm_intake, failures, 32);
CADRE_LAYOUT_AT(cadre_shm_intake, refused, 40);
CADRE_LAYOUT_AT(cadre_shm_intake, away, 48);
CADRE_LAYOUT_AT(cadre_shm_intake, unkeyed, 56);
CADRE_LAYOUT_SIZE(cadre_shm_intake, 64);

/*
 * One event of the master's ring. `number` counts from 1, is 0 while the
 * record is written and stored last, as in the health ring.
 */
struct cadre_shm_event {
	uint64_t	number;
	uint64_t	mono_ns;
	uint64_t	real_ns;	/* CLOCK_REALTIME, for people */
	uint32_t	kind;		/* CADRE_EVENT_…; unknown: show number */
	uint32_t	seat;		/* CADRE_NO_SEAT: the app itself */
	uint64_t	generation;
	uint64_t	pid;
	uint32_t	exit_code;
	uint32_t	exit_signal;
	uint64_t	duration_ns;	/* lived, took, stalled for */
	uint64_t	delay_ns;	/* respawn in */
	uint32_t	tries;
	uint32_t	healths;	/* records in health[] */
	uint32_t	text_bytes;
	uint32_t	flags;		/* CADRE_EVENT_ASKED */
	uint64_t	cause;		/* STALLED, RESUMED, HUNG: CADRE_CAUSE_… */
	uint64_t	cut;		/* DIED: connections that were open */
	uint64_t	reserved1[3];
	char		text[384];	/* not ended by NUL; untrusted bytes */
	struct cadre_shm_health health[8];	/* the last of a life */
};
CADRE_LAYOUT_AT(cadre_shm_event, mono_ns, 8);
CADRE_LAYOUT_AT(cadre_shm_event, real_ns, 16);
CADRE_LAYOUT_AT(cadre_shm_event, kind, 24);
CADRE_LAYOUT_AT(cadre_shm_event, seat, 28);
CADRE_LAYOUT_AT(cadre_shm_event, generation, 32);
CADRE_LAYOUT_AT(cadre_shm_event, pid, 40);
CADRE_LAYOUT_AT(cadre_shm_event, exit_code, 48);
CADRE_LAYOUT_AT(cadre_shm_event, exit_signal, 52);
CADRE_LAYOUT_AT(cadre_shm_event, duration_ns, 56);
CADRE_LAYOUT_AT(cadre_shm_event, delay_ns, 64);
CADRE_LAYOUT_AT(cadre_shm_event, tries, 72);
CADRE_LAYOUT_AT(cadre_shm_event, healths, 76);
CADRE_LAYOUT_AT(cadre_shm_event, text_bytes, 80);
CADRE_LAYOUT_AT(cadre_shm_event, flags, 84);
CADRE_LAYOUT_AT(cadre_shm_event, cause, 88);
CADRE_LAYOUT_AT(cadre_shm_event, cut, 96);
CADRE_LAYOUT_AT(cadre_shm_event, reserved1, 104);
CADRE_LAYOUT_AT(cadre_shm_event, text, 128);
CADRE_LAYOUT_AT(cadre_shm_event, health, 512);
CADRE_LAYOUT_SIZE(cadre_shm_event, 1024);

#define CADRE_EVENT_ASKED	1	/* DIED: it was told to, and did */
#define CADRE_EVENT_NEW		2	/* READY: of the version that a reload or
					   restart brings */

#define CADRE_EVENT_RECORDS	256	/* a power of two */
#define CADRE_EVENT_HEALTHS	8

#define CADRE_EVENT_STARTED	1	/* the app: workers wanted in tries */
#define CADRE_EVENT_SPAWNED	2	/* a worker was forked */
#define CADRE_EVENT_READY	3	/* after duration_ns, text: by what, of a
					   program */
#define CADRE_EVENT_DRAINING	4	/* told to finish, within delay_ns */
#define CADRE_EVENT_DIED	5	/* after duration_ns, text: last stderr */
#define CADRE_EVENT_BACKOFF	6	/* respawn in delay_ns, try `tries` */
#define CADRE_EVENT_PARKED	7	/* after `tries` early deaths in a row */
#define CADRE_EVENT_LATE	8	/* past a deadline: text says which */
#define CADRE_EVENT_STALLED	9	/* by `cause`, for duration_ns already */
#define CADRE_EVENT_RESUMED	10	/* was stalled for duration_ns */
#define CADRE_EVENT_STOPPING	11	/* the app */
#define CADRE_EVENT_STOPPED	12	/* the app */
#define CADRE_EVENT_LOG		13	/* a log file was cut: text */
#define CADRE_EVENT_REFUSED	14	/* a client without the right: text */
#define CADRE_EVENT_BAD_FRAME	15	/* channel closed: text */
#define CADRE_EVENT_TROUBLE	16	/* a call failed, retried: text */
#define CADRE_EVENT_RESTARTING	17	/* the app: one seat after another */
#define CADRE_EVENT_RESTARTED	18	/* the app: text says how it ended */
#define CADRE_EVENT_LEFT	19	/* processes that a worker left: text */
#define CADRE_EVENT_HUNG	20	/* stalled for duration_ns, by `cause`: it is
					   ended; text: its last state */
#define CADRE_EVENT_ACCEPTOR	21	/* the acceptor: text */
#define CADRE_EVENT_RELOADING	22	/* the app: workers beside workers */
#define CADRE_EVENT_RELOADED	23	/* the app: text says how it ended */
#define CADRE_EVENT_WAITS	24	/* a reload, for somebody: text */
#define CADRE_EVENT_SCALED	25	/* the app: `tries` workers are wanted now */
#define CADRE_EVENT_BACK	26	/* the app: replaced seats get the version
					   before once more: text says why */
#define CADRE_EVENT_PROBED	27	/* a new worker was asked: text says what it
					   answered */
#define CADRE_EVENT_CPUS	28	/* the app: `tries` processors may be used now,
					   text says why */
#define CADRE_EVENT_RESET	32	/* after `tries` early deaths: tried again */
#define CADRE_EVENT_DONE	33	/* by its exit code; of the app: every seat,
					   it ends */
#define CADRE_EVENT_RECYCLING	34	/* text: over which limit it is */
#define CADRE_EVENT_RECYCLED	35	/* in duration_ns; text: what was cut */
#define CADRE_EVENT_NOT_RECYCLED 36	/* the old one serves on: text */
#define CADRE_EVENT_MEMORY	37	/* over the hard limit, killed: text */
#define CADRE_EVENT_OVERDUE	38	/* a request took duration_ns, past its
					   deadline: it is ended; text: its tag */
#define CADRE_EVENT_PEERS	39	/* `tries` connections since the last such
					   event, closed or served otherwise for
					   what their peers sent: text says where
					   and why */
#define CADRE_EVENT_DOOR	40	/* a seat's doors: text says which are shut, and
					   why, or open again */

#endif
