/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The master of an app: it makes the region and the sockets, forks workers,
 * watches and replaces them.
 *
 * All calls are for the process that made the master, from one thread, and
 * never block unless they say so. In a forked worker the handle is dead: what
 * would change something gives -EPERM, and free does nothing.
 */
#ifndef CADRE_MASTER_H
#define CADRE_MASTER_H

#include <stddef.h>
#include <stdint.h>

#include <cadre/layout.h>
#include <cadre/metric.h>
#include <cadre/worker.h>

#ifdef __cplusplus
extern "C" {
#endif

struct cadre_master;

int cadre_master_new(const char *name, struct cadre_master **ret_master);
	/*
	 * Begin an app. `name` is its name for observers: 1 to 47 of letters,
	 * digits, '.', '_', '-', the first a letter or digit. Nothing outside
	 * this process is touched before cadre_master_start().
	 * 0		*ret_master is yours; cadre_master_free() ends it
	 * -EINVAL	not such a name
	 * -ENOMEM
	 */
void cadre_master_free(struct cadre_master *);
	/*
	 * End everything: workers still there are killed and reaped (blocks
	 * for that, some milliseconds), sockets closed, the runtime directory
	 * removed, the region given back. NULL is fine.
	 */

int cadre_master_listen(struct cadre_master *, const char *address,
    const char *options);
	/*
	 * Add a listener; its number is the count of those before it. Before
	 * the start only; the sockets are made by the start.
	 * address: tcp:HOST:PORT (127.0.0.1, [::1], * for any; port 0: the
	 * kernel picks one), unix:PATH, unix:@NAME (abstract).
	 * options: NULL, or comma-separated: mode=auto|gate|spread|rr|least|
	 * sticky:KEY (who decides which worker gets a connection:
	 * cadre-dispatch(7); KEY is addr[/BITS], proxy, cookie:NAME or
	 * query:NAME), of sticky strict, factor=F, peek-ms=N, peek-bytes=N;
	 * backlog=N, name=NAME (for LISTEN_FDNAMES of programs; default:
	 * listener0 …), proxy=PEER[+PEER…] (whose PROXY header says who the
	 * client is: addresses, networks, unix; cadre_worker_proxy()),
	 * proxy-timeout=MS (or 3s). auto is gate, and of a program spread.
	 * 0		added
	 * -EINVAL	cannot be parsed: cadre_error() says where
	 * -ENOSPC	there are CADRE_LISTENERS_MAX already
	 * -EBUSY	already started
	 */
#define CADRE_LISTENERS_MAX	16
int cadre_master_seat_listen(struct cadre_master *, const char *address,
    const char *options);
	/*
	 * Add a listener with an address for each seat, its door, so that a
	 * proxy can choose a worker and see when one is gone: cadre-dispatch(7).
	 * Its number is behind those of all cadre_master_listen(), whichever
	 * is called first; there are CADRE_LISTENERS_MAX together.
	 * address: tcp:HOST:PORT+N, where seat N has port PORT + N (0+N: a
	 * free row of ports is found), or unix:PATH with an N in it that stands
	 * alone, which the number replaces.
	 * options: NULL, or comma-separated: backlog=N, name=NAME, proxy= and
	 * proxy-timeout= as there,
	 * stalled=others|wait (whether other workers take what waits while the
	 * seat's own takes nothing; others).
	 * 0, -EINVAL, -ENOSPC, -EBUSY: as of cadre_master_listen(); that ports
	 * do not suffice for all seats is said by the start
	 */

int cadre_master_counter(struct cadre_master *, const char *name,
    const char *unit, const char *help, struct cadre_counter **ret_counter);
	/*
	 * Declare a counter; every worker forked later adds to its own word
	 * through the same handle. Before the start only. The names accepted,
	 * open, done, shed, refused, turns and busy_ns are the runtime's;
	 * requests and errors are there already and are what health records
	 * show: declare them to get their handles. `unit` and `help` may be
	 * NULL.
	 * 0		declared, or declared before as the same thing
	 * -EEXIST	declared before with another kind or unit
	 * -ENOSPC	the slot is full: see cadre_master_slot_bytes()
	 * -EINVAL	name empty, over 63 bytes, or not of letters, digits, _;
	 *		unit over 15 bytes. Help is cut at 127.
	 * -ENOMEM
	 * -EBUSY	already started
	 */
int cadre_master_gauge(struct cadre_master *, const char *name,
    const char *unit, const char *help, struct cadre_gauge **ret_gauge);
	/* The same for a gauge, which reads as 0 when its worker is gone. */
int cadre_master_slot_bytes(struct cadre_master *, size_t values_bytes);
	/*
	 * Room for metrics in each slot, 8 bytes each; default 3,584. Before
	 * the first metric is declared. Rounded up so that the slot is pages.
	 * 0, -EINVAL (not 16 bytes to 1 MiB), -EBUSY (too late)
	 */

#define CADRE_WORKERS_MAX	0	/* as many as there are processors */

typedef int cadre_worker_fn(struct cadre_worker *, void *arg);

int cadre_master_workers(struct cadre_master *, int n, cadre_worker_fn *fn,
    void *arg);
	/*
	 * How many workers, and what each runs after its fork; what `fn`
	 * returns, 0 to 255, is its exit status. n: CADRE_WORKERS_MAX, a
	 * count, or -k for all processors but k (at least 1). Processors =
	 * min(affinity, CPU quota of the own cgroup and those above).
	 * 0, -EINVAL (n above CADRE_SEATS_MAX), -EBUSY (already started)
	 */
int cadre_master_program(struct cadre_master *, int n,
    const char *const *argv);
	/*
	 * Instead of cadre_master_workers(): each worker is a program, exec'd
	 * with the arguments argv[1] … up to a NULL, which are copied.
	 * argv[0] is its path, or a name that is looked up in PATH now; the
	 * file there is opened anew for each worker. What it gets (descriptors,
	 * environment, signals, limits) stands in cadre-program(7). It may use
	 * libcadre: cadre_worker_attach().
	 * 0
	 * -ENOENT	there is no such program, or no such interpreter
	 * -EACCES	it is not executable, or a directory
	 * -ENOEXEC	neither a program for this machine nor begins with #!
	 * -EINVAL	argv is empty, or n as above
	 * -ENOMEM, -EBUSY (already started)
	 */
int cadre_master_env(struct cadre_master *, const char *assignment);
	/*
	 * NAME=VALUE in the environment of programs, over what the master
	 * itself was started with; the last of one NAME counts. Copied.
	 * 0
	 * -EINVAL	no '=' in it, a NAME that is empty or not of letters,
	 *		digits and '_', or one that the runtime sets itself
	 * -ENOSPC	there are CADRE_ENV_MAX already
	 * -ENOMEM, -EBUSY (already started)
	 */
#define CADRE_ENV_MAX	256
int cadre_cpus(const char **ret_why);
	/*
	 * How many processors this process may use, at least 1. *ret_why (may
	 * be NULL) names what decided, a constant: "affinity", "cpu.max",
	 * "cpu.cfs_quota_us".
	 */

enum cadre_option {
	CADRE_MAX_WORKERS,	/* seats to make; default max(4 n, 16) */
	CADRE_READY_TIMEOUT_MS,	/* fork to ready, then killed; 10,000; 0: none */
	CADRE_DRAIN_TIMEOUT_MS,	/* drain to kill; 30,000; 0: none */
	CADRE_MIN_UPTIME_MS,	/* a death before is early; 1,000; 0: none is */
	CADRE_BACKOFF_FIRST_MS,	/* wait after an early death; 100 */
	CADRE_BACKOFF_MAX_MS,	/* doubled up to; 10,000; less than the first
				   a start refuses */
	CADRE_MAX_TRIES,	/* early deaths in a row, then parked; 8; 0: never */
	CADRE_HEALTH_INTERVAL_MS, /* between health records; 250 */
	CADRE_STALL_MS,		/* busy, or takes nothing that waits, for longer:
				   out of choice; 100; 0: never */
	CADRE_LOG_BYTES,	/* per seat's log file, then cut; 1 MiB */
	CADRE_READY_AFTER_MS,	/* a program that lives so long is ready; 500;
				   -1: only if it says so */
	CADRE_STOP_SIGNAL,	/* tells a program to finish; SIGTERM */
	CADRE_HANG_MS,		/* stalled for longer: replaced; 30,000; 0: never */
	CADRE_WORKER_CONNECTIONS, /* open at once in a worker; 0: no limit */
	CADRE_APP_CONNECTIONS,	/* in all workers together; 0: no limit */
	CADRE_OVERLOAD,		/* at a limit: enum cadre_overload; _WAIT */
	CADRE_SUBREAPER,	/* 1: orphans of workers become our children,
				   are reaped, and killed at the end; 0. Not for
				   a process with other children */
	CADRE_PROBE_TIMEOUT_MS,	/* a probe's answer; 5,000 */
	CADRE_QUORUM,		/* with fewer seats that are not parked the app
				   gives up; 1; 0: never, once it has run */
	CADRE_MEMORY_SOFT,	/* bytes of RssAnon: above, replaced; 0: no limit */
	CADRE_MEMORY_HARD,	/* above, killed; 0: no limit */
	CADRE_MAX_REQUESTS,	/* of a worker, then it is replaced; 0: no limit */
	CADRE_REQUESTS_JITTER,	/* up to so many percent more, by lot; 10 */
	CADRE_MAX_AGE_MS,	/* of a worker, then it is replaced; 0: no limit */
	CADRE_AGE_JITTER,	/* up to so many percent more, by lot; 10 */
	CADRE_MAX_UNAVAILABLE,	/* so many are replaced so at once, at most; 1 */
	CADRE_SIGNALS,		/* 1: a start takes signals as cadre_master_run()
				   does, and the end gives them back; 0 */
	CADRE_MESSAGE_BYTES_MAX, /* of the longest message; 16 MiB; up to 1 GiB */
	CADRE_MESSAGE_QUEUE,	/* messages that may wait for one worker, in
				   the master, or in it for the master; 1,024 */
	CADRE_MESSAGE_QUEUE_BYTES, /* of all these; 1 MiB; one may wait in any
				   case; of descriptors 252 at most do;
				   what other workers send it has half */
	CADRE_MESSAGE_POLICY,	/* of the master, if more would: enum cadre_drop;
				   _NEWEST */
	CADRE_MESSAGE_RIGHTS,	/* 1: descriptors may travel with messages, and
				   those of over 64 KiB; 0: neither; -1: 1, but
				   0 if workers run as another user; -1 */
	CADRE_MESSAGE_REQUESTS,	/* under way at once, of each mailbox; 1,024 */
	CADRE_PUBLISH_BYTES,	/* ring of a slot, for what its worker publishes
				   (cadre/topic.h): a power of two from 4,096 to
				   16 MiB; 65,536; 0: nobody can publish, as in
				   an app of more than 512 seats */
	CADRE_BUSY_POLL_US,	/* what has just had something to do looks for
				   more for so many microseconds before it
				   sleeps, and takes a processor for it; 0: it
				   does not; up to 1,000 */
	CADRE_OPTIONS		/* how many there are, not one of them */
};

enum cadre_overload {
	CADRE_OVERLOAD_WAIT,	/* connections wait in the kernel's queue */
	CADRE_OVERLOAD_SHED,	/* they are answered at once, and closed */
};

enum cadre_drop {
	CADRE_DROP_NEWEST,	/* what would be one too many is not queued */
	CADRE_DROP_OLDEST,	/* what has waited for longest makes room */
	CADRE_DROP_PEER,	/* who does not read is disconnected */
};

int cadre_master_set(struct cadre_master *, enum cadre_option, int64_t value);
	/* 0; -EINVAL: no such option, or out of its range; -EBUSY: started. */
int cadre_master_shed(struct cadre_master *, const void *bytes, size_t n);
	/*
	 * What a connection is sent that is shed (CADRE_OVERLOAD_SHED), before
	 * it is closed: at most CADRE_SHED_BYTES, copied; its request is not
	 * waited for. 0 bytes, the default: it is reset.
	 * 0, -EINVAL (too many), -ENOMEM, -EBUSY (already started)
	 */
#define CADRE_SHED_BYTES	4096
int cadre_master_stop_codes(struct cadre_master *, const char *codes);
	/*
	 * Exit codes that ask for no successor, as "0,3,10-12", each 0 to 255;
	 * they replace those of an earlier call, "" or NULL: none but
	 * CADRE_EXIT_DONE, which always is one. A worker that ends by itself
	 * with such a code, ready or not, leaves its seat in
	 * CADRE_STATE_DONE until a reset, reload or restart. When all seats
	 * are, the app ends: dispatch returns 0.
	 * 0, -EINVAL (not such a list), -EBUSY (already started)
	 */
int cadre_master_log_dir(struct cadre_master *, const char *path);
	/*
	 * Where workers' standard output and error go, seat-N.log. Default:
	 * log/ in the runtime directory, removed with it. A directory given
	 * here must exist and belong to this uid; its files stay. NULL:
	 * workers keep the master's own.
	 * 0, -EINVAL, -ENOMEM, -EBUSY
	 */
int cadre_master_keep_fd(struct cadre_master *, int fd);
	/*
	 * Let workers inherit this descriptor too. All others but 0, 1, 2 and
	 * the runtime's are closed in a worker before `fn` is called. Programs
	 * get them behind the runtime's own, renumbered: cadre-program(7).
	 * 0, -EBADF, -ENOSPC (64 at most), -EBUSY (already started)
	 */
int cadre_master_probe(struct cadre_master *, const char *command);
	/*
	 * Ask each new worker of a reload before it serves: when it is ready,
	 * /bin/sh -c runs this, under CADRE_PROBE_BYTES long, and the reload
	 * goes on if that exits 0 within CADRE_PROBE_TIMEOUT_MS. Its standard
	 * input and output are a connection to that worker, which accepts it
	 * from its first listener and gets no other one before; of a program
	 * that does not use libcadre they are /dev/null, and it is not held.
	 * CADRE_NAME, CADRE_SEAT and CADRE_PROBE_PID are in the environment;
	 * the end of its standard error is told on. It runs with the master's
	 * rights. Copied; NULL: none, the default. May change at any time.
	 * 0, -EINVAL (too long), -ENOMEM, -EPERM (in a worker)
	 */
typedef void cadre_event_fn(const struct cadre_shm_event *, void *arg);
int cadre_master_on_event(struct cadre_master *, cadre_event_fn *fn, void *arg);
	/*
	 * Be called for each event, in the master, from start, dispatch and
	 * stop; cadre_event_text() makes the log line. The hook must not block
	 * and must not call into this master. 0 always.
	 */

int cadre_master_start(struct cadre_master *);
	/*
	 * Make the runtime directory, the region and the sockets, and fork the
	 * acceptor, if there is a listener, and the workers. Returns before
	 * they are ready. On failure all is undone.
	 * May block for some milliseconds.
	 * 0		started
	 * -EBUSY	started before; or other threads run: fork is refused
	 *		(one that was joined may still count for a moment)
	 * -EINVAL	no workers were configured, or more than there are seats;
	 *		or SIGCHLD is ignored, and they could not be reaped
	 * -EPERM	the runtime or log directory is not safe to use; or what
	 *		cadre/privileges.h asks for is not permitted
	 * -EEXIST	an app of this name runs, or its old workers still do
	 * -EADDRINUSE	somebody listens there
	 * -ENOMEM	less memory than the region needs
	 * others	of mkdir(2), bind(2), memfd_create(2): cadre_error() tells
	 */
int cadre_master_fd(const struct cadre_master *);
	/*
	 * A descriptor that is readable when dispatch has work, for the
	 * embedder's own loop; it is the master's. -EINVAL: not started.
	 */
int cadre_master_dispatch(struct cadre_master *);
	/*
	 * Do what is due; never blocks.
	 * 1		the app goes on
	 * 0		it was stopped, all workers are gone
	 * -ECHILD	given up: every seat was parked before any was ready, or
	 *		fewer than CADRE_QUORUM are not parked
	 * -EOPNOTSUPP	given up: the program does not use libcadre, and a
	 *		listener's mode needs that: cadre_error() says which
	 * -EINVAL	not started
	 * others	of epoll_wait(2): it cannot go on
	 */
int cadre_master_wait(struct cadre_master *, int timeout_ms);
	/*
	 * The same, but first wait until something is due, for timeout_ms at
	 * most; -1: however long. For loops that wait for nothing else. Here
	 * and in cadre_master_run(), CADRE_BUSY_POLL_US counts. 1 may come
	 * before the time is over: a signal, or what was the runtime's.
	 */
int cadre_master_run(struct cadre_master *);
	/*
	 * Start, dispatch until the end, with these signals: TERM and INT stop
	 * gracefully within the drain timeout, a second one at once, QUIT
	 * gracefully without a deadline; HUP reloads, or stops if the terminal
	 * is gone; USR1 opens the logs anew; WINCH lets all workers finish and
	 * stays; TTIN and TTOU scale by 1; CHLD tells who was stopped. (WINCH,
	 * TTIN and TTOU of the terminal are passed over.) They are blocked
	 * meanwhile, and the mask restored. Blocks until the app has ended. The
	 * exit status for main(): 0, or 1 after cadre_fail() said what failed.
	 */
enum cadre_stop {
	CADRE_STOP_PATIENT,	/* drain without a deadline */
	CADRE_STOP_GRACEFUL,	/* drain, kill at the drain timeout */
	CADRE_STOP_NOW,		/* kill */
};
int cadre_master_stop(struct cadre_master *, enum cadre_stop);
	/*
	 * Begin to stop; dispatch returns 0 when it is done. What waits for
	 * the acceptor is handed over first, for 1 s at most, unless _NOW. A
	 * harder stop overrides a softer one. 0; -EINVAL: no such way, or not
	 * started.
	 */

#define CADRE_PROBE_BYTES	512
struct cadre_reload {		/* all 0: as usual */
	uint32_t	flags;		/* CADRE_RELOAD_… */
	uint32_t	parallel;	/* so many seats at once behind the canary;
					   0: one. In a reload so many new workers
					   get ready beside the old ones, and old
					   ones that still finish are not counted:
					   at most two of each seat run. In a
					   restart so many are missing */
	uint32_t	probe_timeout_ms; /* 0: CADRE_PROBE_TIMEOUT_MS */
	const char	*probe;		/* as cadre_master_probe(), copied; NULL:
					   the one that was set there. Not of a
					   restart */
};
#define CADRE_RELOAD_NO_CANARY	1	/* do not wait for the first to stay up */
#define CADRE_RELOAD_FORCE	2	/* kill old workers that still finish what
					   they have, and are waited for */
#define CADRE_RELOAD_NO_PROBE	4	/* nor the one that was set */
#define CADRE_RELOAD_ALL	7
int cadre_master_reload(struct cadre_master *, const struct cadre_reload *how);
	/*
	 * Replace all workers without a gap, from the next dispatch on: in each
	 * seat a new worker comes beside the old one, on the same sockets; when
	 * it is ready the old one drains. The first is the canary: the others
	 * follow when it has stayed up for CADRE_MIN_UPTIME_MS. One that is not
	 * ready in time, or dies before, is withdrawn and ends the reload; all
	 * others serve on, and seats that were replaced already get the version
	 * before once more. A program's file is looked at first; it is the new
	 * version, as it was when the reload began, and what a worker that dies
	 * later is followed by; if the reload fails, that is the file from
	 * before, which is kept open (a script is not). Functions are forked
	 * from the master again, after cadre_master_on_reload(): the same code.
	 * Done when the old workers have ended (CADRE_EVENT_RELOADED). Under
	 * way, another waits for its end, and several that wait are one. A stop
	 * ends it. NULL: as usual.
	 * 0		it is to begin, or waits
	 * -EBUSY	the app stops
	 * -EINVAL	not started
	 * others	of the program's file, as cadre_master_program(); or what
	 *		the hook answered: nothing has changed
	 */
enum cadre_reload_step {
	CADRE_RELOAD_BEGIN,	/* 0: go on; -errno: refuse, and say why */
	CADRE_RELOAD_UNDO,	/* it failed: be as you were before */
	CADRE_RELOAD_END,	/* it is done */
};
typedef int cadre_reload_fn(struct cadre_master *, enum cadre_reload_step,
    void *arg);
int cadre_master_on_reload(struct cadre_master *, cadre_reload_fn *fn,
    void *arg);
	/*
	 * Be called in the master, where workers are functions, before a reload
	 * or restart is begun: to read a configuration anew, say, which workers
	 * then inherit. Each BEGIN that was answered with 0 is followed by one
	 * END or UNDO, whose answers do not matter; after UNDO the seats that
	 * were replaced already get workers once more. It must not block, nor
	 * call into this master. 0 always.
	 */
int cadre_master_restart(struct cadre_master *,
    const struct cadre_reload *how);
	/*
	 * Replace the workers, one seat after another: each drains and ends,
	 * its successor gets ready, then the next, so one is missing, or as
	 * many as how->parallel says, and none runs twice. The flags are not
	 * looked at. For the rest as cadre_master_reload(): a worker that dies
	 * before it is ready ends it with the others as they were. Parked seats
	 * are tried again. Events: CADRE_EVENT_RESTARTING, _RESTARTED. The
	 * same answers.
	 */

int cadre_master_reset(struct cadre_master *, unsigned int seat);
	/*
	 * Forget the early deaths of a seat, CADRE_NO_SEAT: of each. One that
	 * is parked, done, or waits for its next try gets a worker at once;
	 * where a worker runs that is all. Events: CADRE_EVENT_RESET, and of
	 * the worker.
	 * 0		done; whether the worker stays up its seat's state tells
	 * -ENOENT	there is no such seat
	 * -ESRCH	the seat is not wanted
	 * -EBUSY	the app stops
	 * -EINVAL	not started
	 */
int cadre_master_scale(struct cadre_master *, int n);
	/*
	 * So many workers from now on, 1 to the seats made at the start, or
	 * CADRE_WORKERS_MAX. More: in free seats, forked at once. Fewer: seats
	 * that do not serve go first, then those with the fewest connections,
	 * the youngest of equals; they leave the choice, drain, and what still
	 * comes to their sockets goes to others.
	 * 0		done, or begun: see the states of the seats
	 * -ENOSPC	more than there are seats
	 * -EBUSY	free seats are held up by workers that finish; or it stops
	 * -EINVAL	less than 1, or not started
	 */
int cadre_master_address(const struct cadre_master *, unsigned int listener,
    char *text, size_t bytes);
	/*
	 * Its address as text, port filled in by the start, cut to `bytes` with
	 * the NUL. ≥ 0: the bytes stored before the NUL; -ENOENT.
	 */
struct cadre_health {		/* what the master knows of a seat */
	uint32_t	state;		/* CADRE_STATE_… */
	int64_t		pid;		/* 0: none */
	uint64_t	generation;
	uint64_t	restarts;
	uint64_t	flags;		/* CADRE_LIFE_…; without _ATTACHED the
					   rest is not this worker's */
	uint64_t	busy_since_ns;	/* the worker's word; 0: idle */
	struct cadre_shm_status status;	/* the worker's words */
};
int cadre_master_health(const struct cadre_master *, unsigned int seat,
    struct cadre_health *ret_health);
	/*
	 * A copy: state to restarts from the master's own memory, the rest as
	 * the worker published it, whole, its stamps clamped to now.
	 * 0		copied
	 * -ENOENT	no such seat
	 * -EAGAIN	the worker's record changed at each of several tries
	 * -EINVAL	not started, or in a worker
	 */

#ifdef __cplusplus
}
#endif
#endif
