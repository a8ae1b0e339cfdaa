/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A reload: its table of phases (runtime/reload.c) over the table of states
 * (runtime/seat.c), for two seats of two slots. An input is one step; a turn of
 * the loop is some inputs and then `go_on`, so that several may come at once.
 * What is an accident, a death, a hang, a fork that fails, a command, comes a
 * few times at any moment or never: then all runs are finite, and what has to
 * happen in the end must be so where nothing more can happen. reload.md says
 * what is in the model and which rule each -D leaves out.
 */
#define SEATS		2
#define SLOTS		4

#define EMPTY		0	/* as in layout.h */
#define STARTING	1
#define UP		2
#define DRAINING	3
#define BACKOFF		4
#define PARKED		5

#define DONE		0	/* as in master.h; a new phase is a row of go_on */
#define WAITS		1
#define COMES		2
#define PROVES		3
#define LEAVES		4

/* struct life. */
byte state[SLOTS];
bit lives[SLOTS];		/* it has a pidfd */
bit killed[SLOTS];
bit hung[SLOTS];		/* it gets neither ready nor done */
/* struct seat. */
bit newest[SEATS];
bit successor[SEATS];
bit wanted[SEATS];
byte phase[SEATS];
/* struct reload. */
bit runs, canary, failed, asked, proved, two_at_once;
bit stopping;
bit stale;			/* inputs came in this turn */

/* Accidents that are left, and commands. */
byte deaths = DEATHS, hangs = HANGS, forks = FORKS;
byte reloads = RELOADS, scales = SCALES, stops = STOPS;
bit quiet;			/* no more of them */

/* Ghosts. */
bit old[SLOTS];			/* it was there when this reload began */
bit relieved[SLOTS];		/* told to finish by it */

#define seat(s)		((s) / 2)
#define mine(i)		(2 * (i) + newest[i])
#define other(i)	(2 * (i) + 1 - newest[i])
#define partner(s)	((s) + 1 - 2 * ((s) % 2))
#define is_successor(s)	(successor[seat(s)] && (s) != mine(seat(s)))
#define is_spare(s)	(state[partner(s)] == UP)
#define serves(s)	(state[s] == STARTING || state[s] == UP || \
			    state[s] == BACKOFF)
#define under_way(i)	(phase[i] == COMES || phase[i] == PROVES)

inline forget(s)
{
	state[s] = EMPTY;
	lives[s] = 0;
	killed[s] = 0;
	hung[s] = 0;
	old[s] = 0;
	relieved[s] = 0
}

/* begin(): DUE, where nobody is. The fork may fail. */
inline begin(s)
{
	assert(!stopping);
	assert(!lives[s]);
	if
	:: !quiet && forks > 0 ->
		forks--;
		state[s] = (is_successor(s) -> EMPTY : BACKOFF)
	:: true ->
		lives[s] = 1;
		state[s] = STARTING;
		if
		:: !successor[seat(s)] -> newest[seat(s)] = s % 2
		:: else
		fi
	fi
}

/* STOP; by: the reload wants it. Then another serves in its place. */
inline stop(s, by)
{
	if
	:: state[s] == STARTING || state[s] == UP || state[s] == DRAINING ->
		assert(!by || state[partner(s)] == UP);
		assert(!by || !canary);
		relieved[s] = relieved[s] || by;
		state[s] = DRAINING
	:: else -> state[s] = EMPTY
	fi
}

inline kill(s)
{
	if
	:: lives[s] ->
		state[s] = DRAINING;
		killed[s] = 1
	:: else -> state[s] = EMPTY
	fi
}

/* reload_died(): one that was to come ends the reload. */
inline died(s)
{
#ifndef NO_DEATH_SEEN
	if
	:: runs && under_way(seat(s)) && s == (successor[seat(s)] ->
	    other(seat(s)) : mine(seat(s))) -> failed = 1
	:: else
	fi
#else
	skip
#endif
}

/* retire() of one that drains, else bury(). */
inline ends(s)
{
	if
	:: state[s] == DRAINING || is_successor(s) || is_spare(s) ->
		died(s);
		forget(s)
	:: else ->
#ifndef NO_LAST_STANDS
		if
		:: !successor[seat(s)] -> newest[seat(s)] = s % 2
		:: else
		fi;
#endif
		died(s);
		forget(s);
		if
		:: begin(s)
		:: state[s] = BACKOFF
		:: state[s] = PARKED
		fi
	fi
}

/* join() and take_over(). */
inline ready(s)
{
	state[s] = UP;
	if
	:: is_successor(s) ->
		newest[seat(s)] = s % 2;
		successor[seat(s)] = 0;
#ifndef NO_TAKE_OVER
		if
		:: state[partner(s)] != UP && state[partner(s)] != DRAINING ->
			stop(partner(s), false)
		:: else
		fi
#endif
	:: else
	fi
}

inline reload_ends()
{
	runs = 0;
	canary = 0;
	failed = 0;
	proved = 0;
	for (i : 0 .. SEATS - 1) {
		phase[i] = DONE;
		successor[i] = 0
	}
}

inline reload_begins()
{
	asked = 0;
	runs = 1;
	if
	:: canary = 1
	:: canary = 0
	fi;
	if
	:: two_at_once = 0
	:: two_at_once = 1
	fi;
	for (i : 0 .. SEATS - 1) {
		phase[i] = (wanted[i] -> WAITS : DONE)
	}
	for (i : 0 .. SLOTS - 1) {
		old[i] = lives[i];
		relieved[i] = 0
	}
}

inline relieve(i)
{
	if
	:: !lives[other(i)] -> phase[i] = DONE
	:: else ->
		phase[i] = LEAVES;
		if
		:: state[other(i)] != DRAINING -> stop(other(i), true)
		:: else
		fi
	fi
}

/* Beside the one that serves. With --force who finishes still is cut. */
inline succeed(i)
{
	if
#ifdef NO_PIDFD_RULE
	:: state[other(i)] != DRAINING && lives[other(i)] -> skip
#else
	:: lives[other(i)] ->
		if
		:: killed[other(i)] = 1
		:: skip
		fi
#endif
	:: else ->
		successor[i] = 1;
		begin(other(i));
		if
		:: lives[other(i)] ->
			phase[i] = COMES;
#ifdef RELIEVE_EARLY
			stop(mine(i), true)
#endif
		:: else ->
			successor[i] = 0;
			failed = 1
		fi
	fi
}

inline waits(i)
{
	if
	:: (under_way(0) + under_way(1)) >= (canary || !two_at_once -> 1 : 2)
	:: else ->
		if
		:: state[mine(i)] == UP -> succeed(i)
		:: state[mine(i)] == STARTING || state[mine(i)] == DRAINING
		:: else ->
			phase[i] = COMES;
			begin(mine(i))
		fi
	fi
}

inline comes(i)
{
	if
	:: successor[i] -> skip
	:: else ->
		if
		:: state[mine(i)] == BACKOFF || state[mine(i)] == PARKED ->
			failed = 1
		:: state[mine(i)] == UP && canary ->
#ifdef NO_PROOF
			relieve(i)
#else
			phase[i] = PROVES;
			proved = 0
#endif
		:: state[mine(i)] == UP && !canary -> relieve(i)
		:: else
		fi
	fi
}

inline proves(i)
{
	if
	:: proved ->
		canary = 0;
		relieve(i)
	:: else
	fi
}

/* Until the phase stays. */
inline seat_goes_on(i)
{
	if
	:: !wanted[i] ->
		stale = stale || phase[i] != DONE;
		phase[i] = DONE
	:: else
	fi;
	before = 255;
	do
	:: phase[i] != before && !failed ->
		before = phase[i];
		if
		:: phase[i] == WAITS -> waits(i)
		:: phase[i] == COMES -> comes(i)
		:: phase[i] == PROVES -> proves(i)
		:: phase[i] == LEAVES && !lives[other(i)] -> phase[i] = DONE
		:: else
		fi;
		stale = stale || phase[i] != before
	:: else -> break
	od;
	before = 0
}

inline withdraw(i)
{
	if
	:: successor[i] ->
		successor[i] = 0;
		kill(other(i))
	:: !successor[i] && under_way(i) && state[other(i)] == UP ->
		newest[i] = 1 - newest[i];
		stop(other(i), false)
	:: else
	fi
}

/* What it had not replaced when it failed, is as it was. */
inline claim_kept(i)
{
	assert(phase[i] == DONE || phase[i] == LEAVES ||
	    (!relieved[2 * i] && !relieved[2 * i + 1]))
}

inline go_on()
{
	if
	:: !runs && asked -> reload_begins()
	:: else
	fi;
	if
	:: runs ->
		seat_goes_on(0);
		seat_goes_on(1);
		if
		:: failed ->
			claim_kept(0);
			claim_kept(1);
#ifndef NO_WITHDRAW
			withdraw(0);
			withdraw(1);
#endif
			reload_ends()
		:: !failed && phase[0] == DONE && phase[1] == DONE ->
			reload_ends()
		:: else
		fi
	:: else
	fi
}

/* Of a seat's two one serves, or will, but while one is to follow the other. */
inline claim_turn(i)
{
	assert(!(serves(2 * i) && serves(2 * i + 1)) ||
	    (runs && under_way(i)));
	assert(!successor[i] || (runs && phase[i] == COMES && lives[other(i)]));
	assert(!runs || !stopping)
}

inline scaled()
{
	if
	:: wanted[1] ->
		wanted[1] = 0;
		successor[1] = 0;
		stop(2, false);
		stop(3, false)
	:: !wanted[1] && (!lives[2] || !lives[3]) ->
		wanted[1] = 1;
		if
		:: lives[mine(1)] -> newest[1] = 1 - newest[1]
		:: else
		fi;
		begin(mine(1))
	:: else
	fi
}

inline stopped()
{
	stopping = 1;
	asked = 0;
#ifndef NO_END_AT_STOP
	reload_ends();
#endif
	for (i : 0 .. SLOTS - 1) {
		stop(i, false)
	}
}

#define of_life(s)							\
	:: lives[s] && state[s] == STARTING && !hung[s] ->		\
		stale = 1; ready(s)					\
	:: lives[s] && (killed[s] || (state[s] == DRAINING && !hung[s])) -> \
		stale = 1; ends(s)					\
	:: lives[s] && !quiet && deaths > 0 ->				\
		stale = 1; deaths--; ends(s)				\
	:: lives[s] && !quiet && hangs > 0 && !hung[s] ->		\
		hangs--; hung[s] = 1					\
	/* LATE, at the deadline of its state. */			\
	:: lives[s] && hung[s] && !killed[s] && state[s] != UP ->	\
		killed[s] = 1						\
	:: state[s] == BACKOFF -> stale = 1; begin(s)

active proctype master()
{
	byte i, before;

	atomic {
		wanted[0] = 1;
		wanted[1] = 1;
		lives[0] = 1;
		state[0] = UP;
		lives[2] = 1;
		state[2] = UP
	}
	do
	:: atomic {
		i = 0;
		if
		of_life(0)
		of_life(1)
		of_life(2)
		of_life(3)
		:: runs && !proved && (phase[0] == PROVES ||
		    phase[1] == PROVES) ->
			stale = 1;
			proved = 1
		:: !quiet && reloads > 0 && !stopping ->
			stale = 1;
			reloads--;
			asked = 1
		:: !quiet && scales > 0 && !stopping ->
			stale = 1;
			scales--;
			scaled()
		:: !quiet && stops > 0 ->
			stale = 1;
			stops--;
			stopped()
		:: !quiet -> quiet = 1
		/* Again, if seats went on: the base tick comes anyhow. */
		:: stale ->
			stale = 0;
			go_on();
			claim_turn(0);
			claim_turn(1);
			stale = (stale && runs) || (!runs && asked)
		:: timeout -> break
		fi;
		i = 0
	   }
	od;
	/* Nothing more can happen: so nothing is under way. */
	assert(!runs && !asked);
	for (i : 0 .. SLOTS - 1) {
		assert(!lives[i] || (state[i] == UP && !stopping &&
		    wanted[seat(i)] && i == mine(seat(i))))
	}
	for (i : 0 .. SEATS - 1) {
		assert(stopping || !wanted[i] || state[mine(i)] == UP ||
		    state[mine(i)] == PARKED)
	}
}
