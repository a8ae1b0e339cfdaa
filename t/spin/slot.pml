/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The life of the two slots of a seat: a master that claims them, workers
 * that write them and are killed at any step, one observer that reads at any
 * time. A step is one load or one store of shared memory; what shares a step
 * with it is private to its process, or a ghost: what is true, kept for
 * assertions and read by nobody. README.md says what is in the model, what is
 * not, and which rule each -D leaves out.
 */
#define SLOTS		2
#define COMMANDS	2	/* to scale or to restart; LIVES is given by -D */
#define UPDATES		1	/* of a word by each worker, at most */

#define EMPTY		0	/* as in layout.h */
#define STARTING	1
#define UP		2
#define DRAINING	3
#define BACKOFF		4
#define lives_in(state)	((state) == STARTING || (state) == UP || \
			    (state) == DRAINING)

/*
 * An observer writes nothing, so a run needs one kind of it, and of the words
 * only those that it reads. Slots are alike: it is enough to watch the first.
 */
#define watched(s)	((s) == 0)
#ifdef TOTALS
#define COUNTERS
#endif
#ifdef LIFE
#define COUNTERS
#endif

/* The region. */
typedef slot_type {		/* by the worker that has it */
	byte generation;
	byte counter;
	byte gauge;		/* the generation of who set it; 0: zeroed */
	byte count;		/* status: copy count & 1 is whole */
	byte first[2];		/* and two words of each copy, */
	byte last[2]		/* the same number in both */
};
typedef row_type {		/* by the master */
	byte count;
	byte state[2];
	byte generation[2]
};
typedef baseline_type {		/* by the master */
	byte generation;
	byte counter
};
slot_type slot[SLOTS];
row_type row[SLOTS];
baseline_type baseline[SLOTS];

/* The kernel's table of processes: for both slots, and one too many. */
#define PROCESSES	3
byte life[PROCESSES];		/* the generation it runs; 0: there is none */
bit place[PROCESSES];		/* the slot it was given */
bit dead[PROCESSES];		/* its pidfd is readable; not reaped yet */
bit ready[PROCESSES];		/* the READY frame */
bit told[PROCESSES];		/* the DRAIN frame */

/* Ghosts. */
bit forked;			/* a worker forked once */
bit waits;			/* a spawn has no slot to go to */
byte newest;			/* generation there ever was */
byte writers[SLOTS];		/* processes that can write it */
byte added[SLOTS];		/* adds done to its counter */
#ifdef LIFE
byte found[LIVES + 1];		/* the counter at its fork, by generation */
byte own[LIVES + 1];		/* adds it did */
#endif
#ifdef GAUGES
byte states[LIVES + 1];		/* those its row had, a bit for each */
#endif

/* cadre_counter_add(). */
inline counter_store(g)
{
	d_step {
		slot[s].counter = n + 1;
		added[s]++;
#ifdef LIFE
		own[g]++;
#endif
		n = 0;
		assert(slot[s].counter == added[s])
	}
}

/* What a worker forks: a store of it is a SIGSEGV, by MADV_DONTFORK. */
proctype grandchild(bit s)
{
	byte n;

#ifdef NO_DONTFORK
	n = slot[s].counter;
	counter_store(0);
	writers[s]--
#else
	skip
#endif
}

inline fork_grandchild()
{
	d_step {
		forked = 1;
#ifdef NO_DONTFORK
		writers[s]++
#endif
	}
	run grandchild(s)
}

/* After any step: kill -9, a crash, a deadline. It takes no other then. */
#define killed	atomic { dead[me] = 1; writers[s]--; n = 0; updates = 0; \
		    s = 0; goto dies }
#define step(what) if :: what :: killed fi

/*
 * One process after another, whose parts begin with cadre__slot_begin(). It
 * may drain until it is killed: nothing makes it look at `told`.
 */
active [PROCESSES] proctype worker()
{
	byte me = _pid, n, updates;
	bit s;

dies:
end:	atomic { life[me] && !dead[me] -> s = place[me] }
#ifdef GAUGES
	if
	:: watched(s) ->
#ifdef NO_GENERATION_LAST
		step(slot[s].generation = life[me]);
		step(slot[s].gauge = 0)
#else
		step(slot[s].gauge = 0);
		step(slot[s].generation = life[me])
#endif
	:: else
	fi;
#else
	step(slot[s].generation = life[me]);
#endif
	step(ready[me] = 1);
	do
#ifdef COUNTERS
	:: watched(s) && updates < UPDATES ->
		updates++;
		step(n = slot[s].counter);
		step(counter_store(life[me]))
#endif
#ifdef GAUGES
	:: watched(s) && slot[s].gauge != life[me] ->
		slot[s].gauge = life[me]
#endif
#ifdef STATUS
	/* cadre__slot_status_publish(): the other copy, then count. */
	:: watched(s) && updates < UPDATES ->
		updates++;
#ifdef NO_TWO_COPIES
		n = slot[s].count & 1;
		step(slot[s].first[n]++);
		step(slot[s].last[n]++);
#else
		n = slot[s].count + 1;
		step(slot[s].first[n & 1] = n);
		step(slot[s].last[n & 1] = n);
		step(slot[s].count = n);
#endif
		n = 0
#endif
#ifdef TOTALS
	:: atomic { !forked -> fork_grandchild() }
#endif
#ifdef WAITS
	:: !told[me] -> skip	/* it lives on */
#endif
	:: killed
	od
}

/*
 * cadre__anchor_life(): the other copy, then count. That a row is read whole
 * or refused is shown by GAUGES; LIFE takes it as one step.
 */
inline publish()
{
#ifdef LIFE
	d_step {
		if
		:: watched(s) ->
			n = row[s].count + 1;
			row[s].generation[n & 1] = generation[s];
			row[s].count = n;
			n = 0
		:: else
		fi
	}
#elif defined(GAUGES)
	if
	:: watched(s) ->
		d_step {
			n = row[s].count + 1;
			row[s].state[n & 1] = state[s]
		}
		row[s].generation[n & 1] = generation[s];
		d_step {
			row[s].count = n;
			states[generation[s]] = states[generation[s]] |
			    1 << state[s];
			n = 0
		}
	:: else
	fi
#else
	skip
#endif
}

/* cadre__anchor_baseline(): which life it ends, then what that left. */
inline take_baseline()
{
#ifdef LIFE
	if
	:: watched(s) ->
#ifdef BASELINE_BY_SLOT
		n = slot[s].generation;
		baseline[s].generation = n;
#else
		baseline[s].generation = generation[s];
#endif
		n = slot[s].counter;
		baseline[s].counter = n;
		n = 0
	:: else
	fi
#else
	skip
#endif
}

/* spawn(): a fork may fail, and then all is as before but the number. */
inline spawn()
{
	atomic {
		restart = 0;
		waits = 0;
		forks++;
#ifdef GENERATION_FROM_SLOT
		generations = (slot[0].generation > slot[1].generation ->
		    slot[0].generation : slot[1].generation) + 1
#else
		generations++
#endif
	}
#ifndef BASELINE_AFTER_FORK
	take_baseline();
#endif
	if
#ifdef FORK_FAILS
	:: !failed ->
		failed = 1;
		state[s] = BACKOFF
#endif
	:: atomic {
		assert(generations > newest);
		assert(writers[s] == 0);
		newest = generations;
		generation[s] = generations;
		state[s] = STARTING;
		if
		:: life[0] == 0 -> n = 0
		:: life[0] != 0 && life[1] == 0 -> n = 1
		:: life[0] != 0 && life[1] != 0 && life[2] == 0 -> n = 2
		fi;
		pidfd[s] = n + 1;
		place[n] = s;
		life[n] = generations;
		writers[s]++;
#ifdef LIFE
		found[generations] = slot[s].counter;
#endif
		n = 0
	   }
	fi;
#ifdef BASELINE_AFTER_FORK
	take_baseline();
#endif
	publish()
}

inline drain()
{
	d_step {
		told[pidfd[s] - 1] = 1;
		state[s] = DRAINING
	}
	publish()
}

#define ended(s)	(pidfd[s] && dead[pidfd[s] - 1])
#define starts(s)	(state[s] == STARTING && ready[pidfd[s] - 1])
#define serves(s)	(state[s] == STARTING || state[s] == UP)
#ifdef NO_PIDFD_RULE
#define is_free(s)	(pidfd[s] == 0 || state[s] == DRAINING)
#else
#define is_free(s)	(pidfd[s] == 0)
#endif
#ifdef NO_WAKE
#define may_try		!waits
#else
#define may_try		true
#endif
#define due		(wanted && forks < LIVES && \
			    state[0] != STARTING && state[1] != STARTING && \
			    (restart || !(serves(0) || serves(1))))

/* Scaling down and up and restarts, at any time. */
inline commanded()
{
	if
	:: atomic { wanted ->
		wanted = 0;
		restart = 0;
		waits = 0
	   }
	   do
	   :: s < SLOTS ->
		if
		:: serves(s) -> drain()
		:: else
		fi;
		s++
	   :: else -> break
	   od
	:: !wanted -> wanted = 1
	:: wanted && (state[0] == UP || state[1] == UP) -> restart = 1
	fi
}

active proctype master()
{
	/* struct seat and its two struct life: private. */
	byte state[SLOTS], generation[SLOTS];
	byte pidfd[SLOTS];	/* whose; 0: none */
	byte generations, forks, commands, n, s;
	bit wanted = 1, restart, failed;

end:	do
	:: atomic { ended(0) -> s = 0 }
	   goto life_ends
	:: atomic { ended(1) -> s = 1 }
	   goto life_ends
	:: atomic { starts(0) -> s = 0 }
	   goto join
	:: atomic { starts(1) -> s = 1 }
	   goto join
	:: atomic { due && is_free(0) && may_try -> s = 0 }
	   goto begin
	:: atomic { due && is_free(1) && may_try -> s = 1 }
	   goto begin
	:: atomic { due && !is_free(0) && !is_free(1) && !waits -> waits = 1 }
	:: atomic { commands < COMMANDS -> commands++; s = 0 }
	   commanded();
	   s = 0
	od;

life_ends:
	atomic {
		n = pidfd[s] - 1;
		life[n] = 0;
		place[n] = 0;
		dead[n] = 0;
		ready[n] = 0;
		told[n] = 0;
		n = 0;
		pidfd[s] = 0;
		state[s] = (state[s] == DRAINING -> EMPTY : BACKOFF)
	}
	publish();
	s = 0;
	goto end;

join:	state[s] = UP;
	publish();
	s = 1 - s;
	/* A predecessor goes when its successor is ready. */
	if
	:: serves(s) -> drain()
	:: else
	fi;
	s = 0;
	goto end;

begin:	spawn();
	s = 0;
	goto end
}

#ifdef TOTALS
/* cadre_region_totals(), a term of the sum: no less than there was before. */
active proctype observer()
{
	byte value, was;

	do
	:: was = added[0];
	   if
	   :: slot[0].generation != 0 -> value = slot[0].counter
	   :: else
	   fi;
	   d_step {
		assert(was <= value && value <= added[0]);
		was = 0;
		value = 0
	   }
	od
}
#endif

#ifdef GAUGES
/*
 * cadre__slot_lives(), one try, and then the gauge: of the life that was found
 * living, or of a later one.
 */
active proctype observer()
{
	byte n, state, g, gauge;
	bit lives;

	do
	:: n = row[0].count;
	   state = row[0].state[n & 1];
	   g = row[0].generation[n & 1];
	   d_step {
		lives = row[0].count == n;
		assert(!lives || n == 0 || states[g] & 1 << state);
		lives = lives && lives_in(state)
	   }
	   if
	   :: lives && slot[0].generation == g -> gauge = slot[0].gauge
	   :: else
	   fi;
	   d_step {
		assert(gauge == 0 || gauge >= g);
		n = 0;
		state = 0;
		g = 0;
		gauge = 0;
		lives = 0
	   }
	od
}
#endif

#ifdef LIFE
/* cadre_region_life(), one try; `again` is where it refuses. */
active proctype observer()
{
	byte count, g, was, value, base;

	do
	:: d_step {
		count = row[0].count;
		g = row[0].generation[count & 1];
		was = own[g]
	   }
	   if
	   :: g == 0 -> goto again
	   :: else
	   fi;
	   value = slot[0].counter;
	   base = baseline[0].counter;
#ifndef NO_SECOND_LOOK
	   if
	   :: baseline[0].generation == g -> goto again
	   :: else
	   fi;
	   if
	   :: row[0].count != count -> goto again
	   :: else
	   fi;
#endif
	   d_step {
		assert(value >= base);
		assert(base == found[g]);
		assert(was <= value - base && value - base <= own[g])
	   }
again:	   atomic {
		count = 0;
		g = 0;
		was = 0;
		value = 0;
		base = 0
	   }
	od
}
#endif

#ifdef STATUS
/* cadre__status_read(), one try. */
active proctype observer()
{
	byte n, first, last;

	do
	:: n = slot[0].count;
	   first = slot[0].first[n & 1];
	   last = slot[0].last[n & 1];
	   d_step {
		assert(slot[0].count != n || first == last);
		n = 0;
		first = 0;
		last = 0
	   }
	od
}
#endif

#ifdef WAITS
ltl goes_on { [] (waits -> <> !waits) }
#endif
