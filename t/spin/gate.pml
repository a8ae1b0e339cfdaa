/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mode `gate`: workers that wait for one socket with EPOLLEXCLUSIVE, and step
 * out of the kernel's line by what the region says of the others. A step is
 * one system call, or one load or store of shared memory; what shares a step
 * with it is private to its process, or a ghost: what is true, kept for
 * assertions. gate.md says what is in the model, what is not, and which rule
 * each -D leaves out.
 */
#define QUEUE		2	/* connections that wait, at most */
#define FRESH		2	/* ticks of 5 ms that stand for the 100 ms */
#define UNSERVED	2	/* ticks without an accept: a rescue */

#define IN		0	/* as in layout.h */
#define OUT		1
#define FULL		2

#if defined(LIMIT) || defined(APP_LIMIT)
#define LIMITS
#endif
#if defined(KILLS) || defined(STOPS)
#define ROUGH
#endif
#if defined(NO_FRESH_ACCEPT) || defined(LINE)
#define is_fresh	true
#else
#define is_fresh	(fresh[me] > 0)
#endif
#ifdef NO_LOOK_WHEN_OUT
#define must_come_in	has_room
#else
#define must_come_in	(queue || has_room)
#endif
#if defined(LIMITS) && !defined(NO_COMING_BACK)
#define has_room	was_full
#else
#define has_room	false
#endif
#ifdef NO_TIMEOUT
#define TIMEOUT		false
#else
#define TIMEOUT		true
#endif
#if defined(APP_LIMIT) && !defined(NO_TIMEOUT_FULL)
#define full_is_timed	1
#else
#define full_is_timed	0
#endif

/* The kernel: the socket, its line of waiters, the epoll of each worker. */
byte queue;
byte line[WORKERS], entries;
bit mark[WORKERS];		/* R is in its list of what is ready */
bit asleep[WORKERS];		/* in epoll_wait(), and nothing woke it */
bit timed[WORKERS];		/* its waits end after 5 ms, a tick */
bit dead[WORKERS];
bit stopped[WORKERS];

/* The region, and of each worker a store that no other sees yet. */
byte word[WORKERS] = OUT;	/* by the worker, from its slot's begin on */
byte stored[WORKERS];
bit pending[WORKERS];
bit buried[WORKERS];		/* by the master: the row says that it died */
byte has[WORKERS];		/* connections that are open */

/* Ghosts. */
bit busy[WORKERS];		/* one turn of it takes longer than a tick */
bit gone[WORKERS];		/* it drained */
byte fresh[WORKERS];		/* ticks until its accept is 100 ms ago */
bit draining;			/* one did, or does */
byte waited;			/* ticks since the queue was empty */
byte unserved;			/* ticks since something was accepted */

/* Three take part in LINE, two in all else. */
#define all(p)		(p(0) && p(1))
#define any(p)		(p(0) || p(1))
#if defined(LIMIT)
#define full(w)		(has[w] >= LIMIT)
#elif defined(APP_LIMIT)
#define full(w)		(has[0] + has[1] >= APP_LIMIT)
#else
#define full(w)		false
#endif
#define runs(w)		(!dead[w] && !stopped[w])
#define at_rest(w)	(!pending[w] && \
			    (!runs(w) || gone[w] || busy[w] || asleep[w]))
#define could(w)	(runs(w) && !gone[w] && !busy[w] && !full(w))
#define sleeps_out(w)	(runs(w) && asleep[w] && timed[w])

/* Of two stores the second waits until all see the first. */
inline store(value)
{
	atomic {
		!pending[me] ->
		stored[me] = value;
		pending[me] = 1
	}
}

/* accept(): the one that waits longest. */
inline take()
{
	d_step {
		queue--;
		unserved = 0;
		waited = (queue -> waited : 0)
	}
}

inline enter_line()		/* EPOLL_CTL_ADD */
{
	d_step {
		line[entries] = me;
		entries++;
#ifdef NO_LEVEL_AT_ADD
		mark[me] = 0
#else
		mark[me] = queue > 0
#endif
	}
}

inline leave_line(w)		/* EPOLL_CTL_DEL, or the end of a process */
{
	i = 0;
	do
	:: i < entries && line[i] != w -> i++
	:: else -> break
	od;
	do
	:: i + 1 < entries -> line[i] = line[i + 1]; i++
	:: else -> break
	od;
	if
	:: i < entries -> entries--; line[entries] = 0
	:: else
	fi;
	mark[w] = 0;
	i = 0
}

/* Is another in? A word is believed until its row says that it died. */
inline look()
{
	atomic { found = 0; i = 0 }
	do
	:: atomic {
		i < WORKERS && !found ->
		found = i != me && word[i] == IN && !buried[i];
		i++
	   }
	:: atomic { else -> i = 0; break }
	od
}

/* A turn after another that takes longer than a tick, or not. */
inline serve()
{
	if
	:: busy[me] = 1;
	   busy[me] = 0
	:: skip
	fi
}

active [WORKERS] proctype worker() provided (runs(_pid))
{
	byte me = _pid, i;
	bit in, found;
#ifdef LIMITS
	bit was_full;
#endif

come_in:
#ifdef IN_BEFORE_ADD
	store(IN);
	enter_line();
#else
	enter_line();
	store(IN);
#endif
	d_step {
		in = 1;
#ifdef LIMITS
		was_full = 0;
#endif
		timed[me] = 0
	}

wait:
#ifndef LINE
	/* epoll_wait(): it sleeps if nothing is ready, in one step. */
	atomic {
		if
		:: mark[me] && queue
		:: else -> mark[me] = 0; asleep[me] = 1
		fi
	}
	atomic {
		if
		:: !asleep[me]		/* a connection, a tick, a signal */
		:: asleep[me] = 0	/* another event */
		fi;
		found = mark[me] && queue;
#ifdef EDGE
		mark[me] = 0
#else
		mark[me] = found
#endif
	}
#ifdef SERVE_FIRST
	serve();
#endif
	if
	:: found ->
		if
		:: atomic { queue && !full(me) ->
			take();
#ifdef LIMITS
			has[me]++;
			waited = (any(could) -> waited : 0);
#endif
			fresh[me] = FRESH
		   }
		   serve()
		:: atomic { !queue || full(me) } ->
		   serve()
		:: skip		/* not in this turn, which is short */
		fi
	:: !found -> serve()
	fi;
#endif
#ifdef LIMITS
	if
	:: has[me] -> has[me]--
	:: skip
	fi;
#endif

	/* Before the next wait: in, or out? */
	if
#ifdef DRAINS
	:: atomic { !draining -> draining = 1; goto drain }
#endif
#ifdef LIMITS
	:: atomic { full(me) -> goto fill }
#endif
	:: atomic { !full(me) && in ->
		if
		:: goto wait		/* not ahead of the others */
		:: is_fresh
		:: !is_fresh -> goto wait
		fi
	   }
	:: atomic { !full(me) && !in ->
		if
		:: goto come_in		/* no longer ahead */
		:: is_fresh && !must_come_in
		:: !is_fresh || must_come_in -> goto come_in
		fi
	   }
	fi;
	look();
	if
	:: atomic { !found && in -> goto wait }
	:: atomic { !found && !in -> goto come_in }
	:: atomic { found && !in -> found = 0; goto wait }
	:: atomic { found && in -> found = 0 }
	fi;

	/* Out, unless the others do the same now. */
	store(OUT);
#ifndef NO_FENCE
	!pending[me];
#endif
#ifndef NO_SECOND_LOOK
	look();
	if
	:: !found ->
		store(IN);
		goto wait
	:: atomic { found -> found = 0 }
	fi;
#endif
	d_step {
		leave_line(me);
		in = 0;
		timed[me] = 1;
#ifdef LINE
		assert(entries > 0)
#endif
	}
#ifndef NO_LOOK_AFTER
	if
	:: queue -> goto come_in
	:: atomic { !queue -> goto wait }
	fi;
#else
	goto wait;
#endif

#ifdef LIMITS
fill:	store(FULL);
	d_step {
		leave_line(me);
		in = 0;
		was_full = 1;
		timed[me] = full_is_timed
	}
	goto wait;
#endif

#ifdef DRAINS
drain:	store(OUT);
	d_step { leave_line(me); in = 0 }
#ifndef NO_LAST_ACCEPT
	if
	:: atomic { queue -> take() }
	:: atomic { !queue }
	fi;
#endif
	d_step { gone[me] = 1; timed[me] = 0 }
	false
#endif
}

#ifdef LINE
active proctype peers()
{
	do
	:: queue = 1 - queue	/* it comes, or another takes it */
	od
}
#else
active proctype peers()
{
	byte i;

	/* ep_poll_callback() for each in the line, until one was asleep. */
	do
	:: d_step {
		queue < QUEUE ->
		queue++;
		i = 0;
		do
		:: i < entries ->
			mark[line[i]] = 1;
			if
			:: asleep[line[i]] -> asleep[line[i]] = 0; break
			:: else
			fi;
			i++
		:: else -> break
		od;
		i = 0
	   }
	od
}
#endif

#define shown(w)	pending[w] -> word[w] = stored[w]; pending[w] = 0; \
			stored[w] = 0
active proctype memory()
{
	do
	:: d_step { shown(0) }
	:: d_step { shown(1) }
#if WORKERS > 2
	:: d_step { shown(2) }
#endif
	od
}

/* 5 ms pass when nobody computes but who is busy: all else takes no time. */
#define sleeps_late(w)	(sleeps_out(w) && word[w] == OUT && fresh[w] == 0)
#define tick(w) \
	fresh[w] = (fresh[w] -> fresh[w] - 1 : 0); \
	asleep[w] = asleep[w] && !(TIMEOUT && sleeps_out(w))

#ifndef LINE
active proctype clock()
{
	byte allowed;
	bit late;

	do
	:: d_step {
		all(at_rest) ->
#ifdef IDLE
		late = any(sleeps_late);
		assert(late == 0);
#endif
		waited = (queue && any(could) -> waited + 1 : 0);
		unserved = (queue -> unserved + 1 : 0);
#ifdef WAITS
#ifdef ROUGH
		allowed = UNSERVED + 1;
#else
		allowed = any(sleeps_out);	/* with nobody out: none */
#endif
		assert(waited <= allowed);
		allowed = 0;
#endif
#if defined(ROUGH) && !defined(NO_RESCUE)
		if
		:: unserved > UNSERVED -> queue = 0; waited = 0; unserved = 0
		:: else
		fi;
#endif
		tick(0);
		tick(1)
	   }
	od
}
#endif

/* To either while both run, after any step. */
#ifdef KILLS
#define killed(w)	all(runs) -> \
			dead[w] = 1; asleep[w] = 0; timed[w] = 0; busy[w] = 0; \
			fresh[w] = 0; has[w] = 0; leave_line(w)
#define found_dead(w)	dead[w] && !buried[w] -> buried[w] = 1
active proctype killer()
{
	byte i;

	do
	:: d_step { killed(0) }
	:: d_step { killed(1) }
	:: d_step { found_dead(0) }
	:: d_step { found_dead(1) }
	od
}
#endif

#ifdef STOPS
#define stop(w)		all(runs) -> stopped[w] = 1; asleep[w] = 0
#define continue(w)	stopped[w] -> stopped[w] = 0
active proctype stopper()
{
	do
	:: d_step { stop(0) }
	:: d_step { stop(1) }
	:: d_step { continue(0) }
	:: d_step { continue(1) }
	od
}
#endif
