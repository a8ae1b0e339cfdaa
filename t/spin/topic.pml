/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Publish and subscribe: two that publish, a subscriber that sleeps, and the
 * store buffer of each. A step is one load or store of shared memory, or one
 * system call; what shares a step with it is private to its process. topic.md
 * says what is in the model, and which rule each -D leaves out.
 */
#define PUBLISHERS	2
#define RECORDS		2	/* that each publishes */

/* The region. */
byte records[PUBLISHERS];	/* by its publisher */
byte sleeps;			/* by the subscriber: odd, it sleeps */

/* Of each of the three a store that no other sees yet. */
byte stored[PUBLISHERS + 1];
bit pending[PUBLISHERS + 1];

/* The kernel. */
bit edge;			/* the bell was rung since the last wake-up */
bit dead[PUBLISHERS];
bit told;			/* the master has told of the one death */

/* Ghosts. */
bit through[PUBLISHERS];
byte done;			/* publishers that are through, or dead */
byte seen[PUBLISHERS];		/* records that the subscriber has read */

#define SUBSCRIBER	PUBLISHERS
#define unseen		(seen[0] != records[0] || seen[1] != records[1])

/* Of two stores the second waits until all see the first. */
inline store(who, value)
{
	atomic {
		!pending[who] ->
		stored[who] = value;
		pending[who] = 1
	}
}

active [PUBLISHERS] proctype publisher() provided (!dead[_pid])
{
	byte me = _pid, n, slept, woken;

	do
	:: n < RECORDS ->
		n++;
		store(me, n);
#ifndef NO_PUBLISH_FENCE
		!pending[me];
#endif
		slept = sleeps;
		if
		:: slept % 2 == 1 && slept != woken ->
		   atomic { edge = 1; woken = slept }
		:: slept % 2 == 0 || slept == woken
		fi
	:: n == RECORDS -> break
	od;
	atomic { through[me] = 1; done++ }
}

active proctype subscriber()
{
	byte now, i;

read:	/* What is there; it is awake. */
	atomic { i = 0 }
	do
	:: i < PUBLISHERS -> seen[i] = records[i]; i++
	:: i == PUBLISHERS -> break
	od;
	now++;
	store(SUBSCRIBER, now);
#ifndef NO_SLEEP_FENCE
	!pending[SUBSCRIBER];
#endif
#ifndef NO_SECOND_LOOK
	if
	:: seen[0] != records[0] -> goto wake
	:: seen[0] == records[0]
	fi;
	if
	:: seen[1] != records[1] -> goto wake
	:: seen[1] == records[1]
	fi;
#endif
	/* It sleeps: until it is woken, or nobody is left to do it. */
	if
	:: atomic { edge -> edge = 0 }
	:: atomic {
		!edge && done == PUBLISHERS && !pending[0] && !pending[1] &&
		    !pending[SUBSCRIBER] && dead[0] == told ->
		assert(!unseen);
		goto end
	   }
	fi;
wake:	now++;
	store(SUBSCRIBER, now);
	goto read;
end:	skip
}

#define shown(w)	pending[w] -> records[w] = stored[w]; pending[w] = 0
active proctype memory()
{
end:	do
	:: d_step { shown(0) }
	:: d_step { shown(1) }
	:: d_step {
		pending[SUBSCRIBER] ->
		sleeps = stored[SUBSCRIBER];
		pending[SUBSCRIBER] = 0
	   }
	od
}

/* After any step of it; then the master tells those who subscribe of it. */
#ifdef KILLS
active proctype killer()
{
end:	do
	:: d_step { !dead[0] && !through[0] -> dead[0] = 1; done++ }
	:: d_step {
		dead[0] && !told && !pending[0] ->
		told = 1;
#ifndef NO_TELLING
		edge = 1
#endif
	   }
	od
}
#endif
