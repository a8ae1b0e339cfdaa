/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages that have come: received, several at once, taken one by one, and
 * opened when somebody wants them.
 */
#ifndef RUNTIME_INBOX_H
#define RUNTIME_INBOX_H

#include <stdbool.h>
#include <stddef.h>

#include "runtime/letter.h"

#define LETTERS		16	/* received at once, at most */
#define LETTER_CHANGEABLE "a long message in memory that can change"

struct mail {			/* that has come */
	struct cadre_message message; /* first: what an application gets */
	struct wire	wire;
	char		*body;		/* behind the wire, in the inbox */
	size_t		n;		/* bytes there */
	bool		maimed;		/* it lost descriptors: we had no room */
	int		*fds;		/* -1: taken. A memfd is the first */
	unsigned int	nfds;
	void		*map;		/* of that, or NULL */
	struct cadre_mailbox_counts *tally; /* of its peer */
	struct seat	*seat;		/* in the master: who sent it */
	struct life	*life;
};

struct inbox;

struct pace {			/* of a channel that is received from */
	bool		several;	/* came the last time */
	bool		rights;		/* descriptors may come */
	bool		alone;		/* several were wanted, one asked for */
	bool		bundled;	/* one held several messages */
	unsigned char	single;		/* times that one was asked for */
};

int	inbox_new(struct inbox **ret_inbox);
	/*
	 * Over a megabyte, of which is used as much as messages were long.
	 * 0 or -ENOMEM.
	 */
void	inbox_free(struct inbox *);
int	inbox_receive(struct inbox *, int fd, struct pace *,
	    unsigned int most);
	/*
	 * most: LETTERS, less what came in this turn already. > 0: so many
	 * came; -EAGAIN: none; -EPIPE: the end; -errno. */
const char *inbox_take(struct inbox *, unsigned int i, struct mail *ret_mail);
	/*
	 * The i-th of them, once for each message in it: it is good until the
	 * next receive. NULL, or what is wrong with it, a constant, and then
	 * there is no more in that; "" for the end of file. Its descriptors are
	 * in ret_mail in any case: mail_close().
	 */
bool	inbox_more(const struct inbox *, unsigned int i);
	/* The i-th holds another message. */
void	inbox_discard(int fd);
	/*
	 * The end, whatever is unread: received and closed. The kernel would
	 * close descriptors in there as they are, and wait for one that lingers.
	 * In a handler, too.
	 */
size_t	mail_seats(const struct mail *);
	/* Bytes of the list of seats that stands before its own. */
int	mail_check(const struct mail *);
	/*
	 * Of one that is longer than a frame: is it in a memfd of just that
	 * size, whole, which nobody can change? 0 or -EPROTO.
	 */
int	mail_open(struct mail *);
	/* Fill in message.bytes, checked. 0, -EPROTO, others of mmap(2). */
void	mail_close(struct mail *);
	/* Close and unmap what nobody took. */

#endif
