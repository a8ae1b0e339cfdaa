/* SPDX-License-Identifier: BSD-2-Clause */
/* Listeners: addresses, and the sockets of all seats. */
#ifndef RUNTIME_LISTEN_H
#define RUNTIME_LISTEN_H

#include <stdbool.h>

#include <sys/socket.h>

#include "runtime/sticky.h"
#include "shm/frame.h"

/* Who decides which worker gets a connection: cadre-dispatch(7). */
enum listener_mode {
	LISTENER_AUTO,		/* until the start: gate, or of programs… */
	LISTENER_SPREAD,	/* the kernel, by lot */
	LISTENER_GATE,		/* the workers, by the region */
	LISTENER_RR,		/* the acceptor, in turn */
	LISTENER_LEAST,		/* the acceptor, by load */
	LISTENER_SHARED,	/* … who comes first: nobody asks for it */
	LISTENER_SEAT,		/* the client: an address per seat, see door.h */
	LISTENER_STICKY,	/* the acceptor, by a key of the client */
	LISTENER_MODES,
};

struct listener {
	char		address[160];	/* as given, then with the port filled in */
	struct sockaddr_storage asked;	/* port 0 stays 0 here */
	struct sockaddr_storage sockaddr;
	socklen_t	sockaddr_bytes;
	int		family;
	int		backlog;
	unsigned int	socket_mode;	/* of a Unix socket's file; 0: by umask */
	char		name[32];	/* in LISTEN_FDNAMES; empty: by its number */
	enum listener_mode asked_mode;
	bool		mode_given;	/* by mode= */
	enum listener_mode mode;	/* from the start on: never auto */
	struct sticky	sticky;		/* of that mode */
	bool		sticky_given;	/* an option of it is */
	bool		spread;		/* it is: the kernel chooses a seat's socket */
	bool		door;		/* each seat has an address of its own */
	bool		waits;		/* … where what comes waits for a stalled
					   worker; else others take it */
	bool		filtered;	/* no SYN may pass, from its listen() on */
	struct cadre__frame_trusted trusted; /* by proxy= */
	unsigned int	nfds;		/* max_workers; 1: shared by all */
	bool		locked;		/* with a worker's filter: said once */
	int		*fds;
};

const char *listener_mode_name(enum listener_mode);
void	listener_mode_text(const struct listener *, char *to, size_t room);
	/* The same, of sticky with its key. */
static inline bool
listener_mode_hands(enum listener_mode mode)
{
	/* The acceptor alone accepts here. */
	return mode == LISTENER_RR || mode == LISTENER_LEAST ||
	    mode == LISTENER_STICKY;
}

static inline bool
listener_each(const struct listener *l)
{
	/* There is a socket per seat. */
	return l->spread || l->door;
}

static inline bool
listener_hands(const struct listener *l)
{
	return listener_mode_hands(l->mode);
}

int	listener_parse(struct listener *, const char *address,
	    const char *options);
	/* 0, or -EINVAL with the reason left for cadre_error(). */
int	listener_parse_door(struct listener *, const char *address,
	    const char *options);
	/*
	 * The same of tcp:HOST:PORT+N or unix:PATH with an N in it. `asked` is
	 * seat 0's; door_of() makes those of the others.
	 */
int	listener_apart(const struct listener *, const struct listener *other,
	    unsigned int seats);
	/*
	 * Before they are opened: 0, or -EADDRINUSE, said, if one of them is
	 * the doors of so many seats, and the other wants a port of theirs.
	 */
int	listener_open(struct listener *, unsigned int seats,
	    unsigned int wanted);
	/*
	 * Make, bind and listen on the sockets of all seats; connections go to
	 * the first `wanted` (> 0) of them. On failure none is open.
	 */
void	listener_close(struct listener *);
int	listener_choose(const struct listener *, const unsigned int *seats,
	    unsigned int n);
	/* spread_attach() to its group. */
int	listener_open_one(struct listener *, int *ret_fd);
	/* One socket on its sockaddr, which nobody else may be on. */
int	listener_forget(const struct sockaddr *sa, socklen_t bytes);
	/*
	 * Unlink the file of this Unix socket, if it is one that nobody answers on.
	 * -EADDRINUSE: somebody does, or it is something else; or -errno.
	 */
bool	listener_listens(int fd);
	/* It does, or we cannot know. */
bool	listener_is_whole(const struct listener *);
	/* False: some socket no longer listens. A worker can do that. */
int	listener_unfilter(int fd);
	/*
	 * Take away a filter of packets, which a worker can put on a socket it
	 * shares: 1: there was one; 0: there was none; -EPERM: it is locked.
	 */
int	listener_again(const struct listener *, unsigned int wanted);
	/*
	 * Listen again on all, so that socket k is seat k: what was queued on
	 * them is lost. 0 or -errno.
	 */
int	listener_fd(const struct listener *, unsigned int seat);
unsigned int listener_queue(const struct listener *, unsigned int i);
	/* How many wait on its i-th socket; of a Unix socket at most 1. */

int	listener_accept(int fd, struct sockaddr *address, socklen_t *bytes);
	/*
	 * accept4(2), non-blocking and close-on-exec, that passes over EINTR
	 * and connections which died in the queue. Both NULL: no address.
	 * ≥ 0: a connection; -errno: -EAGAIN if none waits.
	 */

bool	listener_waits(int fd);
	/* Does anybody wait on this listening socket? */

int	spread_attach(int fd, const unsigned int *seats, unsigned int n);
	/*
	 * Let the kernel choose at random among these seats (ascending, n > 0)
	 * of the reuseport group that fd is in. Swaps what was there before;
	 * connections already queued stay where they are. 0 or -errno.
	 */

#endif
