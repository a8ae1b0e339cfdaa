/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The master's private memory: what it decides by. The region gets one-way
 * copies; nothing in here is ever read back from memory that others write.
 */
#ifndef RUNTIME_MASTER_H
#define RUNTIME_MASTER_H

#include <stdbool.h>
#include <signal.h>
#include <stdint.h>

#include <sys/resource.h>
#include <sys/types.h>

#include <cadre/master.h>

#include "runtime/backoff.h"
#include "runtime/channel.h"
#include "runtime/directory.h"
#include "runtime/handover.h"
#include "runtime/image.h"
#include "runtime/listen.h"
#include "runtime/mailbox.h"
#include "runtime/privileges.h"
#include "runtime/program.h"
#include "runtime/refusal.h"
#include "runtime/topics.h"
#include "shm/anchor.h"

#define KEEP_FDS_MAX	64
#define ORPHANS_MAX	64

/*
 * What the last looks at a worker found. Times that end with _run count only
 * while the master itself ran: see stall.c.
 */
struct watched {
	uint64_t	busy_since_ns;	/* the worker's word */
	uint64_t	busy_run_ns;	/* that turn began */
	uint64_t	accepted;	/* the worker's word */
	uint64_t	unserved_run_ns; /* its queue waits since; 0: it does not */
	uint64_t	waited_run_ns;	/* the last look at which it took, or
					   something waited */
	uint64_t	stalled_run_ns;	/* since; 0: is not */
	bool		stopped;	/* by a signal */
	bool		hung;		/* told to abort */
	uint64_t	deadline_before; /* what an earlier life left there */
};

/* How long a life may last; see recycle.c. */
struct term {
	uint64_t	requests;	/* of its own, then replaced; 0: no limit */
	uint64_t	word, base;	/* offset of their counter, and from where */
	uint64_t	old_ns;		/* replaced from then on; 0: no limit */
	uint64_t	memory;		/* RssAnon, bytes, at the last tick */
	uint64_t	due_ns;		/* over one of them since; 0: is not */
	bool		blind;		/* its memory could not be read: said */
};

/* The messages of a life; see link.c. */
struct link {
	struct channel	channel;
	bool		online;		/* it said so */
	bool		parting;	/* shut down: only what came is heard */
	bool		awaits_room;	/* asked for in epoll */
	bool		stuck;		/* not for want of room: until a time */
	bool		asked;		/* by another worker */
	bool		overtaken;	/* another life of its seat is asked */
	uint64_t	owes;		/* to others: answers at most, so that it
					   floods nobody with them */
	uint64_t	asks;		/* its requests to others, so far */
	struct pace	pace;
	const char	*why;		/* it is ended: a constant, or NULL */
	struct cadre_mailbox_counts tally; /* over all lives in its slot */
};

/* What of a life is to be told, and was; see lives.c. */
struct tale {
	struct tale	*next;		/* that is due after it */
	bool		queued;
	unsigned int	due, told;	/* 1 << CADRE_WORKER_… */
	unsigned int	held;		/* until it is online: see lives.c */
	struct cadre_worker_event event; /* but its kind */
};

/* One life in one slot. A slot is free when nobody can write it: no pidfd. */
struct life {
	struct cadre_shm_life row;	/* what observers get a copy of */
	int		pidfd;		/* -1: its last writer is gone */
	struct channel	control;	/* our end */
	struct link	link;
	int		notify;		/* a program's READY=1; -1: none */
	bool		deaf;		/* to it, until the base tick */
	bool		traced;		/* it ended, but a tracer has it still */
	bool		late;		/* killed for that */
	bool		unfit;		/* or for its listeners' mode */
	bool		held;		/* it takes only what it is given alone */
	bool		asked;		/* its probe has begun, at the least */
	const char	*felled;	/* killed or aborted for this reason, as a
					   constant; NULL: it was not */
	struct term	term;
	int		statm;		/* its memory in /proc; -1: not open */
	bool		told;		/* how it ended: exit code or signal */
	bool		settles;	/* at its deadline it is ready, not late */
	const char	*ready_by;	/* a constant, for the event */
	uint64_t	told_asleep;	/* the sleep in which it was told to look */
	unsigned int	strangers;	/* frames from others on its control */
	uint64_t	deadline_ns;	/* of its state; 0: none */
	struct watched	watched;	/* for stalls */
	off_t		log_start;	/* where its output begins */
	uint64_t	cut;		/* connections it had open at its end */
	uint64_t	version;	/* what it runs: see struct reload */
	struct tale	tales[2];	/* of it, and of who was here before */
	unsigned int	tale;		/* which is its own */
};

/* How far a reload or restart is with a seat; see reload.c. */
enum phase {
	PHASE_DONE, PHASE_WAITS, PHASE_STOPS, PHASE_COMES, PHASE_PROVES,
	PHASE_LEAVES, PHASES
};

/* A new worker is asked before it serves; see probe.c. */
struct probe {
	bool		wanted;		/* when it is ready */
	bool		late;		/* and killed for it */
	bool		dropped;	/* nobody wants to know */
	int		pidfd;		/* of the command; -1: none */
	pid_t		pid;		/* 0: none */
	int		said;		/* its standard error; -1: none */
	uint64_t	generation;	/* whom it asks */
	uint64_t	begun_ns, deadline_ns;
};

/* How far the replacement of one worker is; see recycle.c. */
enum recycle { RECYCLE_NONE, RECYCLE_COMES, RECYCLE_LEAVES };

/* A seat's doors; see doors.c. */
enum door { DOOR_OPEN, DOOR_KEPT, DOOR_SHUT };

struct seat {
	struct life	lives[CADRE_SLOTS_PER_SEAT];
	unsigned int	newest;		/* index of the life that stands for it */
	bool		successor;	/* the other one shall, when it is ready */
	bool		wanted;		/* should have a worker */
	enum phase	phase;
	bool		stuck;		/* cannot go back to the version before */
	uint64_t	told;		/* generation whose end is waited for */
	struct probe	probe;
	enum recycle	recycle;
	unsigned int	recycle_tries;	/* that failed, in a row */
	uint64_t	recycle_ns;	/* no other before */
	uint64_t	restarts;
	unsigned int	tries;		/* early deaths in a row */
	int		log;		/* seat-N.log, or -1 */
	enum door	door;
	bool		door_said;	/* that it is shut */
	bool		door_trouble;	/* said, too */
	uint64_t	door_ns;	/* nobody new comes in since */
	uint64_t	gone_ns;	/* without a worker since; 0: has one */
};

/*
 * A reload or restart, and one that waits for its end; see reload.c. Lives of
 * its version run its image, all others the app's.
 */
struct reload {
	bool		runs;
	bool		restart;
	bool		canary;		/* the first has not stayed up yet */
	bool		failed;		/* why[] says why; to be withdrawn */
	bool		back;		/* it was: the version before comes back … */
	bool		undoes;		/* … also where it was replaced */
	bool		hooked;		/* the hook agreed, and waits for the end */
	uint64_t	version;
	struct image	image;		/* of a program */
	unsigned int	stuck;		/* seats that could not go back */
	uint32_t	number;
	struct cadre_reload how;
	uint64_t	begun_ns;
	uint64_t	prove_ns;	/* the canary has stayed up */
	unsigned int	replaced;
	uint64_t	cut;		/* connections, when old workers ended */
	char		why[400];
	uint32_t	numbers;	/* handed out so far */
	uint32_t	asked_number;	/* 0: none waits */
	bool		asked_restart;
	struct cadre_reload asked;
	char		asked_probe[CADRE_PROBE_BYTES];
	char		probe[CADRE_PROBE_BYTES]; /* "": none */
};

/* The looks at workers and queues. */
struct watch {
	bool		ticks;		/* a look each T/2, not each second */
	uint64_t	changed_ns;	/* something did */
	uint64_t	look_ns;	/* the next one */
	uint64_t	last_ns;	/* the last one */
	uint64_t	run_ns;		/* time as far as the master ran; from 1 */
	uint64_t	hang_run_ns;	/* the next one to hang; 0: none */
	struct {
		uint64_t	since_ns;	/* not empty; 0: empty */
		uint64_t	unserved_run_ns; /* and nobody took; 0: no */
		uint64_t	accepted;	/* by all workers */
	} queues[CADRE_LISTENERS_MAX];
};

/* The process that hands connections over; see acceptor.c. */
struct acceptor {
	pid_t		pid;		/* 0: none */
	int		pidfd;
	struct channel	control;
	uint32_t	serial;
	uint64_t	born_ns;
	uint64_t	restarts;
	unsigned int	tries;		/* early deaths in a row */
	uint64_t	due_ns;		/* respawn, or go on with a stop; 0: none */
	bool		finishes;	/* workers are told to stop when it has */
	bool		renews;		/* it was told to make room for another */
	bool		stale;		/* it could not be told the routes */
};

struct cadre_master {
	char		name[CADRE_NAME_BYTES];
	bool		in_worker;	/* this is a forked copy */
	bool		started;
	uint64_t	state;		/* CADRE_APP_… */

	/* configuration */
	int64_t		options[CADRE_OPTIONS];
	int		workers_asked;
	unsigned int	workers;	/* seats that are wanted */
	unsigned int	used;		/* seats below it have been, once */
	cadre_worker_fn	*fn;		/* NULL: workers are a program */
	void		*fn_arg;
	struct program	program;
	cadre_event_fn	*hook;
	void		*hook_arg;
	cadre_worker_event_fn *on_worker;
	void		*on_worker_arg;
	char		*log_path;	/* NULL: log/ in the directory */
	bool		log_inherit;	/* workers keep our own stdout, stderr */
	int		keep[KEEP_FDS_MAX];
	unsigned int	keeps;
	uint64_t	stop_codes[4];	/* exit codes that ask for no successor,
					   a bit each */
	void		*shed;		/* what shed connections are sent */
	size_t		shed_bytes;
	struct privileges privileges;	/* of workers */

	/* metrics, and the place workers map their slot at */
	size_t		values_bytes;
	size_t		values_used;
	struct cadre_shm_metric *metrics;
	unsigned int	nmetrics;
	char		*window;	/* scratch here, the slot in a worker */
	size_t		window_bytes;

	struct cadre_mailbox mailbox;
	struct master_topics topics;

	/* what runs */
	struct cadre__anchor *anchor;
	struct directory directory;
	struct listener	listeners[CADRE_LISTENERS_MAX];
	unsigned int	nlisteners;
	unsigned int	ndoors;		/* the last ones of them */
	uint64_t	doors_ns;	/* when they are looked at next */
	struct handover	*handovers;	/* [seat * nlisteners + listener] */
	unsigned int	nhandovers;
	struct acceptor	acceptor;
	int		*cords, *bells;	/* to wake who subscribes: by seat, … */
	unsigned int	nwakes;		/* … and seats above share them */
	struct seat	*seats;
	unsigned int	nseats;
	struct budget	budget;
	uint64_t	generations;	/* handed out so far */
	struct tale	*first_tale, *last_tale; /* those with something due */
	bool		telling;	/* its function runs */
	int		log_dir;
	int		epoll;
	int		timer;
	int		signals;	/* signalfd, or -1 */
	bool		signals_wanted;	/* by cadre_master_run() */
	bool		signals_taken;
	sigset_t	mask;		/* as it was before we took them */
	uint64_t	timer_ns;	/* what it is armed for */
	uint64_t	tick_ns;	/* the next base tick */
	uint64_t	busy_ns;	/* until then it looks before it sleeps */
	unsigned int	cpus_ticks;	/* until processors are looked at */
	int		cpus;		/* that may be used, at the last look */
	struct watch	watch;		/* for stalls; see stall.c */
	bool		choice_stale;	/* a seat's state changed */
	bool		routes_stale;	/* a door did, what the acceptor knows */
	unsigned int	*chosen;	/* seats, ascending; room for all */
	unsigned int	nchosen;
	struct client	*clients;
	uint32_t	client_serial;
	bool		sock_off;	/* until the next base tick */
	uint64_t	denied_ns;	/* a client, or a notification: told then */
	struct refused	refused[REFUSALS][CADRE_LISTENERS_MAX];
	uint64_t	refused_paid_ns; /* their events, as far as they go */
	bool		subreaper;	/* since orphans_open() */
	int		subreaper_before;
	pid_t		orphans[ORPHANS_MAX]; /* told of; 0: free */
	enum cadre_stop	stop;
	struct reload	reload;
	cadre_reload_fn	*on_reload;
	void		*on_reload_arg;
	char		*probe;		/* of reloads that name none; or NULL */
	uint64_t	version;	/* of the workers, but while a reload runs */
	uint64_t	versions;	/* handed out so far */
	struct image	image;		/* what a program's workers run */
	int64_t		recycling;	/* seats at it now */
	int		given_up;	/* 0, or the -errno of it */
	unsigned int	done;		/* seats, when it gave up */
	unsigned int	parked;		/* seats, when it gave up after a start
					   that went well; else 0 */
	struct rlimit	nofile;		/* as it was before we raised it */
	bool		nofile_raised;
	char		last_words[512]; /* of the last death, for giving up */
};

/* What an epoll event is about: never a pointer, which could be stale. */
enum source { SOURCE_SIGNALS, SOURCE_TIMER, SOURCE_PIDFD, SOURCE_CONTROL,
	SOURCE_NOTIFY, SOURCE_SOCK, SOURCE_CLIENT, SOURCE_ACCEPTOR,
	SOURCE_QUEUE, SOURCE_PROBE, SOURCE_MESSAGES, SOURCES };

/* In loop.c. */
int	loop_open(struct cadre_master *);
void	loop_close(struct cadre_master *);
int	loop_turn(struct cadre_master *, int timeout_ms);
	/* Wait, do what is due; as cadre_master_wait(). */
void	loop_arm(struct cadre_master *);
	/* Set the timer to the next deadline, after anything changed one. */
int	loop_signals(struct cadre_master *);
	/* Take TERM, INT and QUIT: block them, read them. */
int	master_watch(struct cadre_master *, int fd, enum source,
	    uint32_t index, uint32_t serial, uint32_t events);
int	master_rewatch(struct cadre_master *, int fd, enum source,
	    uint32_t index, uint32_t serial, uint32_t events);
void	master_unwatch(struct cadre_master *, int *fd);
	/* Out of epoll, closed, set to -1: in this order, always. */

/* In master.c. */
void	master_drain(struct cadre_master *);
	/* The workers' part of a stop. */

int	master_settled(const struct cadre_master *);
	/*
	 * May it still be configured? 0; -EPERM: in a worker; -EBUSY: it has
	 * started.
	 */
int	master_runs(const struct cadre_master *);
	/*
	 * Can it be asked for something? 0; -EPERM: in a worker; -EINVAL: not
	 * started; -EBUSY: it stops.
	 */

/* In start.c. */
void	master_undo(struct cadre_master *);
	/* End what runs and give back all that start made. */

static inline unsigned int
slot_of(const struct cadre_master *m, const struct seat *s,
    const struct life *l)
{
	return CADRE_SLOTS_PER_SEAT * (unsigned int)(s - m->seats) +
	    (unsigned int)(l - s->lives);
}

struct life *master_life(struct cadre_master *, uint32_t index,
	    uint32_t serial, struct seat **ret_seat);
	/* Whom an event is about; NULL: a life that is over. In loop.c. */

static inline int64_t
option(const struct cadre_master *m, enum cadre_option o)
{
	return m->options[o];
}

#endif
