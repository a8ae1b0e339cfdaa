/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a worker calls: it gets its handle as the argument of its function, or
 * from cadre_worker_attach() if it is a program, and uses it from that thread,
 * in that process. A process that the worker forks must use neither it nor a
 * metric: the slot is not mapped there. SIGTERM is the runtime's (drain this
 * worker); it is also what the kernel sends when the master dies.
 */
#ifndef CADRE_WORKER_H
#define CADRE_WORKER_H

#include <stdbool.h>
#include <stdint.h>

#include <sys/epoll.h>
#include <sys/socket.h>

#ifdef __cplusplus
extern "C" {
#endif

struct cadre_worker;

struct cadre_peer {
	struct sockaddr_storage address;
	socklen_t	bytes;
};

#define CADRE_EXIT_DONE	86
	/*
	 * A worker that exits with it, or whose function returns it, asks for
	 * no successor; its seat is then done (CADRE_STATE_DONE). It is none of
	 * the codes that mean something elsewhere: 0 to 2 of most programs, 64
	 * to 78 of sysexits.h, from 124 on of timeout(1), shells and systemd.
	 */

struct cadre_counter;
struct cadre_gauge;

int cadre_worker_attach(struct cadre_worker **ret_worker);
	/*
	 * For a program that a master exec'd: take its seat, as a forked
	 * worker has it from the start. Once, by the process that was exec'd,
	 * before it starts threads; what it forks then cannot write the slot.
	 * From here on SIGTERM is the runtime's and SIGPIPE is ignored; the
	 * descriptors of LISTEN_FDS are the runtime's (their variables and
	 * CADRE_PID, _CONTROL, _MESSAGES are taken out of the environment).
	 * May block for up to 5 s. The handle lasts as long as the process.
	 * 0		*ret_worker is there; call cadre_worker_ready() when it is
	 * -ENOENT	no master started this process: run on without one
	 * -EPERM	started by a master, but this is a child of its worker
	 * -EALREADY	it has attached before
	 * -ETIMEDOUT	the master did not answer
	 * -EPIPE	the master is gone
	 * -EPROTO	its answer makes no sense: another version of cadre
	 * -EINVAL	the environment was changed: cadre_error() says what
	 * -ENOMEM, others of mmap(2), timer_create(2): after these the process
	 * has lost its place and should exit; the others changed nothing
	 */
int cadre_worker_counter(struct cadre_worker *, const char *name,
    const char *unit, const char *help, struct cadre_counter **ret_counter);
	/*
	 * For an attached program: as cadre_master_counter(), asked of the
	 * master over the control channel. May block for up to 5 s. The handle
	 * lasts as long as the worker.
	 * 0, -EEXIST, -ENOSPC, -EINVAL, as there
	 * -EPERM	this worker was forked: its master declares
	 * -ETIMEDOUT, -EPIPE, -EPROTO  as cadre_worker_attach()
	 */
int cadre_worker_gauge(struct cadre_worker *, const char *name,
    const char *unit, const char *help, struct cadre_gauge **ret_gauge);
	/* The same for a gauge. */

unsigned int cadre_worker_seat(const struct cadre_worker *);
	/* Its seat, 0 … max_workers - 1; also in the environment: CADRE_SEAT. */
uint64_t cadre_worker_generation(const struct cadre_worker *);
	/* The number of this life, never reused within the app. */

int cadre_worker_listener_fd(const struct cadre_worker *, unsigned int listener);
	/*
	 * A descriptor to poll for EPOLLIN, level-triggered; then call
	 * cadre_worker_accept(). The same for the life of the worker, in every
	 * mode an epoll and no socket: it takes no accept(), no getsockname(),
	 * no EPOLLEXCLUSIVE. The runtime's: do not close or change it. What
	 * the worker forks must not use it.
	 * ≥ 0, or -ENOENT: no such listener
	 */
int cadre_worker_ready(struct cadre_worker *);
	/*
	 * Say that this worker may be given connections; before the first
	 * accept. Repeated calls do nothing. Never blocks.
	 * 0		said, or said before
	 * -EPIPE	the master is gone (draining is set)
	 * -ENOBUFS	too much waits for the master already; try again
	 * -EBADF	a descriptor that its listeners need was closed; nothing
	 *		is said
	 * If the channel is full for now it is sent at a later wait or turn_end.
	 */
bool cadre_worker_draining(const struct cadre_worker *);
	/*
	 * True from the moment the worker shall finish: accept what is queued
	 * until -EAGAIN, answer what is open, then return from its function.
	 * That -EAGAIN is told to the master, and from then on accept gives
	 * nothing else: what comes later is for others.
	 */

uint64_t cadre_worker_drain_deadline(const struct cadre_worker *);
	/*
	 * By when it shall have finished, CLOCK_MONOTONIC in ns: what is open
	 * then is cut, by SIGKILL. Spread the closing of idle connections over
	 * the time until then. 0: it is not draining, or without a deadline.
	 */

int cadre_worker_wait(struct cadre_worker *, int epfd,
    struct epoll_event *events, int n, int timeout_ms);
	/*
	 * epoll_wait(2) that ends this turn and begins the next, and handles
	 * the control channel itself: it adds a descriptor of its own to epfd
	 * on the first call and takes its events out of the result. In mode
	 * gate it waits for the shared socket as well, if the listener's
	 * descriptor is in epfd: then a connection wakes one worker only, and
	 * comes first among the events, if all that are ready fit into n.
	 * With CADRE_BUSY_POLL_US it looks for so long before it blocks, if
	 * the wait before ended by something; no signal ends that part of it.
	 * ≥ 0		events stored; 0 may come before the timeout, also when
	 *		a signal arrived
	 * -EINVAL, -EBADF  as epoll_wait(2)
	 */
void cadre_worker_turn_begin(struct cadre_worker *);
void cadre_worker_turn_end(struct cadre_worker *);
	/*
	 * For loops that wait by themselves: end before the wait, begin after
	 * it. end also looks at the control channel; poll cadre_worker_fd()
	 * with the rest, so that a drain wakes the loop. In mode gate each
	 * connection wakes all workers that wait by themselves.
	 */
int cadre_worker_fd(const struct cadre_worker *);
	/* Readable when the runtime has something to say; never read it. */

int cadre_request_begin(struct cadre_worker *, const char *tag,
    uint64_t deadline_ms);
	/*
	 * A request begins, and shall be done in so many milliseconds, at most
	 * a day; 0: it has no deadline. If it is not, the master tells of it by
	 * its tag (CADRE_EVENT_OVERDUE) and ends this worker as one that hangs:
	 * SIGABRT, a second later SIGKILL, another comes. Apart from the loop:
	 * whether it turns meanwhile does not matter. Some stores into the slot;
	 * never blocks. While the worker is not ready, or drains, no deadline
	 * counts but those of getting ready and of the drain.
	 * One at a time in each worker, from its own thread. A loop that serves
	 * several at once begins with the earliest of their deadlines, and moves
	 * it whenever another one is the earliest.
	 * tag: its first 63 bytes, copied, for people: "GET /report"; NULL: none
	 * 0
	 * -EBUSY	one is under way: nothing has changed
	 * -EINVAL	a deadline of more than a day
	 */
int cadre_request_extend(struct cadre_worker *, uint64_t deadline_ms);
	/*
	 * So many milliseconds from now on, instead of what is left; 0: no
	 * deadline any more. 0; -ENOENT: none is under way; -EINVAL.
	 */
void cadre_request_end(struct cadre_worker *);
	/* It is done. Without one under way it does nothing. */

int cadre_worker_accept(struct cadre_worker *, unsigned int listener,
    struct cadre_peer *ret_peer);
	/*
	 * Take a connection: non-blocking, close-on-exec. A few per turn (1 in
	 * gate, 4 in spread and shared, one message of up to 8 in rr,
	 * least and sticky): what waits can still go elsewhere; no such limit
	 * while the worker is draining. ret_peer may be NULL. Who it is a
	 * reverse proxy may have said (proxy=): then its PROXY header was read
	 * before, and not a byte more; cadre/proxy.h. Draining, it waits for
	 * such headers under way, 100 ms, or if nothing else is open as long as
	 * they may take, up to half of the time to the drain deadline.
	 * ≥ 0		the connection; end it with cadre_worker_close()
	 * -EAGAIN	none waits, enough for this turn, or a limit is reached
	 * -EMFILE, -ENFILE, -ENOBUFS, -ENOMEM  none taken; after a pause of
	 *		1 ms, so that a loop does not spin; go on
	 * -ENOENT	no such listener
	 * Connections that died in the queue and EINTR are passed over.
	 */
#define CADRE_STICKY_ID_BYTES	27	/* with the final NUL */
int cadre_worker_sticky_id(const struct cadre_worker *,
    char ret_id[CADRE_STICKY_ID_BYTES]);
	/*
	 * Make an identifier whose home is this very seat: as the value of the
	 * cookie or parameter that a listener in mode sticky:cookie or
	 * sticky:query is told, it leads its client back here, as long as no
	 * seat is added or taken away. 26 letters, digits, '-' and '_', of
	 * which 132 bits are drawn by getrandom(2): good as the name of a
	 * session, too. In every mode; some microseconds with few seats.
	 * 0		made
	 * 1		made, but its home is another seat: this one is being
	 *		taken away
	 * -errno	of getrandom(2)
	 */
int cadre_worker_close(struct cadre_worker *, int fd);
	/*
	 * close(2) that keeps the load right: for connections that accept gave,
	 * once each; any other would be counted as one. 0, or -EBADF.
	 */

#ifdef __cplusplus
}
#endif
#endif
