/* SPDX-License-Identifier: BSD-2-Clause */
/* Listeners: addresses, and the sockets of all seats. */
#ifndef RUNTIME_LISTEN_H
#define RUNTIME_LISTEN_H

#include <stdbool.h>

#include <sys/socket.h>

struct listener {
	char		address[160];	/* as given, then with the port filled in */
	struct sockaddr_storage asked;	/* port 0 stays 0 here */
	struct sockaddr_storage sockaddr;
	socklen_t	sockaddr_bytes;
	int		family;
	int		backlog;
	char		name[32];	/* in LISTEN_FDNAMES; empty: by its number */
	bool		spread;		/* a socket per seat, chosen by the kernel */
	unsigned int	nfds;		/* max_workers; 1: shared by all */
	int		*fds;
};

int	listener_parse(struct listener *, const char *address,
	    const char *options);
	/* 0, or -EINVAL with the reason left for cadre_error(). */
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
bool	listener_is_whole(const struct listener *);
	/* False: some socket no longer listens. A worker can do that. */
int	listener_again(const struct listener *, unsigned int wanted);
	/*
	 * Listen again on all, so that socket k is seat k: what was queued on
	 * them is lost. 0 or -errno.
	 */
int	listener_fd(const struct listener *, unsigned int seat);

int	spread_attach(int fd, const unsigned int *seats, unsigned int n);
	/*
	 * Let the kernel choose at random among these seats (ascending, n > 0)
	 * of the reuseport group that fd is in. Swaps what was there before;
	 * connections already queued stay where they are. 0 or -errno.
	 */

#endif
