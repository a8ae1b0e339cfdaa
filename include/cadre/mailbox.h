/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages between a master and its workers, and between workers. Both sides
 * have a mailbox and use it in the same way: the master's reaches each seat, a
 * worker's reaches the master and, through it, the other seats. A message is
 * any bytes, of a type that the application numbers, whole and in order, with
 * descriptors if wanted. Nothing here blocks. What is only a number that
 * others want to see is better published: cadre_counter_add() costs no system
 * call and asks nobody; doc/contrast.md has the figures.
 *
 * Handlers run where the loop runs: in cadre_master_dispatch() or _wait(), and
 * in a worker's cadre_worker_wait() or cadre_worker_turn_end(). From a handler
 * all of this may be called. A worker's wait has the events of its turn at hand
 * by then: what they name must not be freed in a handler. A mailbox belongs to
 * its process and thread: what a worker forks must not use it.
 */
#ifndef CADRE_MAILBOX_H
#define CADRE_MAILBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct cadre_mailbox;
struct cadre_master;
struct cadre_worker;

#define CADRE_MASTER		UINT32_C(0xfffffffe)	/* in the place of a seat */
#define CADRE_MESSAGE_INLINE	65536	/* bytes that travel by copy; more go in
					   a sealed memfd */
#define CADRE_MESSAGE_FDS	250	/* with one message, at most */
#define CADRE_TYPE_MAX		0x7fffffff
#define CADRE_TYPE_ANY		UINT32_MAX	/* those without a handler */

struct cadre_mailbox *cadre_master_mailbox(struct cadre_master *);
struct cadre_mailbox *cadre_worker_mailbox(struct cadre_worker *);
	/*
	 * The one of this master or worker; it lives as long. The master's is
	 * there before the start, for handlers; in a worker that inherits it
	 * every call on it answers -EPERM.
	 */

struct cadre_sender {		/* may be copied, to answer later */
	uint32_t	seat;		/* CADRE_MASTER: the master */
	uint32_t	id;		/* of a request; 0: no answer is awaited */
	uint64_t	generation;	/* 0: the master */
};

struct cadre_message {		/* the mailbox's, while the handler runs */
	struct cadre_sender from;	/* as the master knows it: no worker can
					   speak in the name of another */
	uint32_t	type;
	unsigned int	nfds;
	const void	*bytes;		/* not aligned; nobody can change them */
	size_t		n;
};

typedef void cadre_message_fn(struct cadre_mailbox *, struct cadre_message *,
    void *arg);
typedef void cadre_reply_fn(struct cadre_mailbox *, int err,
    struct cadre_message *reply, void *arg);
typedef void cadre_disconnect_fn(struct cadre_mailbox *, uint32_t seat,
    uint64_t generation, void *arg);

int cadre_mailbox_on(struct cadre_mailbox *, uint32_t type,
    cadre_message_fn *fn, void *arg);
	/*
	 * Call fn for each message of this type, instead of the function that
	 * was set before; NULL: none. CADRE_TYPE_ANY: for those of types without
	 * one. A message that no function takes is counted (unwanted), a request
	 * is answered with -ENOSYS; the same, with -EMFILE or -ENOMEM, if there
	 * is no room for what came. 0, -EINVAL (type), -ENOMEM, -EPERM.
	 */
int cadre_mailbox_on_disconnect(struct cadre_mailbox *,
    cadre_disconnect_fn *fn, void *arg);
	/*
	 * Call fn once for each peer whose channel has ended, after the last
	 * message from it: it died, it disconnected or was, it broke the
	 * protocol. In a worker, of the master alone; there, without a function,
	 * the worker begins to drain, as a Node worker exits. 0, -EPERM.
	 */
int cadre_message_fd(struct cadre_message *, unsigned int i);
	/*
	 * Take descriptor i, close-on-exec: from here on the caller's. Those
	 * that are not taken are closed when the handler returns.
	 * ≥ 0; -ENOENT: there is none, or it was taken.
	 */

int cadre_mailbox_send(struct cadre_mailbox *, uint32_t to, uint32_t type,
    const void *bytes, size_t n);
int cadre_mailbox_send_fds(struct cadre_mailbox *, uint32_t to, uint32_t type,
    const void *bytes, size_t n, const int *fds, unsigned int nfds);
	/*
	 * Send to the worker of a seat, or to CADRE_MASTER. Bytes are copied and
	 * descriptors duplicated: all remain the caller's. From a worker to a
	 * seat it goes through the master, which hands it on unread; 0 then
	 * says that the master will have it.
	 * 0		the kernel has it
	 * 1		it waits in our queue, in order; sent from the loop
	 * -EMSGSIZE	longer than CADRE_MESSAGE_BYTES_MAX allows, or, without
	 *		CADRE_MESSAGE_RIGHTS, than CADRE_MESSAGE_INLINE
	 * -EINVAL	no such type, too many descriptors, NULL for some bytes or
	 *		descriptors, or to oneself
	 * -ENOENT	there is no such seat; before the start there is none
	 * -ENOTCONN	no worker is there, or a program that has not attached,
	 *		or its channel has ended
	 * -ENOBUFS	the queue is full, and it was not queued (policy
	 *		CADRE_DROP_NEWEST, and always in a worker)
	 * -EPERM	descriptors are not taken (CADRE_MESSAGE_RIGHTS is 0),
	 *		or this is the master's mailbox in a worker
	 * -EFBIG	longer than CADRE_MESSAGE_INLINE, and than RLIMIT_FSIZE
	 * -EBADF, -ENOMEM, -EMFILE, -ENFILE, -ENOSPC, others of
	 *		memfd_create(2) and write(2): nothing was sent
	 */
int cadre_mailbox_broadcast(struct cadre_mailbox *, const uint32_t *seats,
    unsigned int nseats, uint32_t type, const void *bytes, size_t n);
	/*
	 * Send to each of these seats, once; NULL: to all that have a worker, but
	 * the sender. ≥ 0: to how many it was sent or queued (in a worker: 0, as
	 * the master knows); those without a worker, or whose queue is full, are
	 * passed over and counted; or as cadre_mailbox_send().
	 */
int cadre_mailbox_cork(struct cadre_mailbox *);
int cadre_mailbox_uncork(struct cadre_mailbox *);
	/*
	 * Between these two, what is sent waits in the queue (1), so that up to
	 * 16 short messages without descriptors go with one system call; at
	 * each 16th, when the queue is full, at uncork and at the end of the
	 * turn they go. To be used where several are to be sent at once: who
	 * then computes for long, or dies, has not sent them. A turn of the
	 * master is a cadre_master_dispatch(). Nothing changes but when they go.
	 * They do not nest: the first uncork sends, however often it was corked.
	 * 0		corked; uncork: they have gone, or nothing was corked
	 * 1		uncork: some wait for room
	 * -EPERM	this is the master's mailbox in a worker
	 */
int cadre_mailbox_request(struct cadre_mailbox *, uint32_t to, uint32_t type,
    const void *bytes, size_t n, int timeout_ms, cadre_reply_fn *fn,
    void *arg);
	/*
	 * Send, and have fn called exactly once, from the loop (or, when the
	 * master is freed while it runs, from there), never from in here:
	 * err 0		reply is there
	 * -ETIMEDOUT		not within timeout_ms (-1: no limit; a reply that
	 *			comes later is counted: late)
	 * -ENOTCONN		the peer has ended, or has no worker
	 * -ENOSYS		it has no function for that type
	 * -ENOBUFS		the peer's queue at the master is full, or ours
	 *			was when the answer came
	 * -EMFILE, -ENOMEM	either side has no room for what was sent
	 * others		what cadre_mailbox_reply_error() said
	 * 0 or 1 as cadre_mailbox_send(), and -EAGAIN: CADRE_MESSAGE_REQUESTS
	 * are under way; -EINVAL: no fn; in a worker, with a timeout, those of
	 * timerfd_create(2) and epoll_ctl(2); after an error fn is not called.
	 */
int cadre_mailbox_reply(struct cadre_mailbox *, const struct cadre_sender *to,
    uint32_t type, const void *bytes, size_t n);
int cadre_mailbox_reply_fds(struct cadre_mailbox *,
    const struct cadre_sender *to, uint32_t type, const void *bytes, size_t n,
    const int *fds, unsigned int nfds);
int cadre_mailbox_reply_error(struct cadre_mailbox *,
    const struct cadre_sender *to, int err);
	/*
	 * Answer a request, once, in the handler or later. err: an -errno. As
	 * cadre_mailbox_send(); -EINVAL: it asked for no answer, or `to` is NULL;
	 * -ENOTCONN: who asked is gone (its successor gets nothing).
	 */

int cadre_mailbox_disconnect(struct cadre_mailbox *, uint32_t seat);
	/*
	 * End the channel to it, after what is queued has been dropped and what
	 * had come was handled; on_disconnect is called from the loop on both
	 * sides. In the master the worker serves on until it leaves by itself.
	 * 0, -ENOENT, -ENOTCONN, -EPERM; -EINVAL: a worker to another seat.
	 */
bool cadre_mailbox_is_connected(const struct cadre_mailbox *, uint32_t seat);
	/* In a worker: of CADRE_MASTER alone; false of any seat. */

struct cadre_mailbox_counts {	/* since the start, of all peers together */
	uint64_t	sent, received;	/* messages: replies, requests, all */
	uint64_t	sent_bytes, received_bytes;
	uint64_t	queued, queued_bytes; /* what waits now */
	uint64_t	dropped_oldest, dropped_newest; /* for a full queue */
	uint64_t	unreachable;	/* the master: handed on or broadcast to a
					   seat without a worker, or without room
					   in memory or for descriptors */
	uint64_t	disconnected;	/* peers, by CADRE_DROP_PEER */
	uint64_t	relayed;	/* the master: from worker to worker */
	uint64_t	unwanted;	/* no function took them */
	uint64_t	late;		/* replies after their time */
	uint64_t	bad;		/* peers that broke the protocol */
};
int cadre_mailbox_counts(const struct cadre_mailbox *, uint32_t seat,
    struct cadre_mailbox_counts *ret_counts);
	/*
	 * Of the peer at this seat, over all its workers; CADRE_NO_SEAT: sums
	 * over all, which a master keeps after its end, until its next start
	 * or free. 0, -ENOENT, -EPERM.
	 */

/*
 * What a master is told of the life of a worker, each once at most and in this
 * order; the first and the last always come, and DISCONNECTED whenever ONLINE
 * did. Messages come between ONLINE and DISCONNECTED. Only what comes to pass
 * in another order is told in that: a program may be ready before it attaches,
 * and a worker be disconnected before it is ready; who is before it was online,
 * never is.
 */
enum cadre_worker_event_kind {
	CADRE_WORKER_SPAWNED,	/* forked */
	CADRE_WORKER_ONLINE,	/* its mailbox is open: before its function is
				   called, or in cadre_worker_attach() */
	CADRE_WORKER_READY,	/* it said so */
	CADRE_WORKER_LISTENING,	/* it may be given connections, of all the app's
				   listeners; not without one */
	CADRE_WORKER_DISCONNECTED, /* its channel has ended */
	CADRE_WORKER_EXITED,	/* it is gone: exit_code, exit_signal */
};
struct cadre_worker_event {
	enum cadre_worker_event_kind kind;
	uint32_t	seat;
	uint64_t	generation;
	int64_t		pid;		/* for display */
	uint32_t	exit_code;	/* both are 0 before EXITED */
	uint32_t	exit_signal;	/* 0: it exited by itself */
};
typedef void cadre_worker_event_fn(struct cadre_mailbox *,
    const struct cadre_worker_event *, void *arg);
int cadre_mailbox_on_worker(struct cadre_mailbox *, cadre_worker_event_fn *fn,
    void *arg);
	/*
	 * The master's only: call fn for each, instead of the function that was
	 * set before; NULL: none. From start, free and dispatch, when all that
	 * was due has been done, and before the first message of a worker. It
	 * may use the mailbox, and must not call into the master otherwise.
	 * A program that does not use libcadre is never ONLINE. 0, -EPERM.
	 */

#ifdef __cplusplus
}
#endif
#endif
