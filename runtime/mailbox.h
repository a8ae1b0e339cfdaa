/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A mailbox, of a master or of a worker: what both have. Each side is a row of
 * functions, and a table of what it does with each type of frame.
 */
#ifndef RUNTIME_MAILBOX_H
#define RUNTIME_MAILBOX_H

#include <stdbool.h>
#include <stdint.h>

#include <cadre/mailbox.h>
#include <cadre/topic.h>

#include "runtime/channel.h"
#include "runtime/inbox.h"
#include "runtime/pending.h"

#define MAILBOX_AGAIN_NS	UINT64_C(10000000)	/* what passes was short */

struct topic_post;

typedef const char *mail_fn(struct cadre_mailbox *, struct mail *);
	/* What is wrong with it, or NULL. */

struct mailbox_side {
	int	(*send)(struct cadre_mailbox *, uint32_t to, struct letter *);
		/*
		 * To whom is there; an answer: to `generation` alone. Of a
		 * request it gives a receipt: in the master the generation
		 * that got it, in a worker its number among those to other
		 * seats.
		 */
	int	(*broadcast)(struct cadre_mailbox *,
		    const struct cadre__frame_seats *, struct letter *);
		/* NULL: to all others. */
	int	(*disconnect)(struct cadre_mailbox *, uint32_t seat);
	bool	(*connected)(const struct cadre_mailbox *, uint32_t seat);
	int	(*counts)(const struct cadre_mailbox *, uint32_t seat,
		    struct cadre_mailbox_counts *);
	int	(*send_now)(struct cadre_mailbox *);
		/* What was corked. 1: some of it waits for room; 0. */
	int	(*alarm)(struct cadre_mailbox *);
		/* The loop must come back at due_ns. 0 or -errno. */
	bool	(*asked)(const struct pending *, const struct mail *);
		/* Is this from whom that was sent to, or may answer for it? */
	bool	(*lost)(const struct pending *, uint64_t receipt);
		/* Had it gone to the life of its seat that this names? */
	int	(*subscribe)(struct cadre_mailbox *, const char *topic,
		    cadre_news_fn *, void *arg);
	int	(*unsubscribe)(struct cadre_mailbox *, const char *topic);
	int	(*publish)(struct cadre_mailbox *, const struct topic_post *);
	const struct cadre_topic_counts *(*topic_counts)(
		    const struct cadre_mailbox *);
	mail_fn	*frames[CADRE_FRAME_MESSAGES_END - CADRE_FRAME_MESSAGES];
};

struct handler {
	cadre_message_fn *fn;
	void		*arg;
	uint32_t	type;
};

struct cadre_mailbox {
	const struct mailbox_side *side;
	const bool	*foreign;	/* inherited: it is another process's */
	struct cadre_master *master;	/* one of them */
	struct cadre_worker *worker;
	struct cadre__frame_limits limits;
	struct handler	*handlers;	/* by type, ascending */
	unsigned int	nhandlers;
	struct handler	any;
	cadre_disconnect_fn *disconnected;
	void		*disconnected_arg;
	struct pendings	pendings;
	struct inbox	*inbox;		/* NULL: a master's, not started */
	bool		reading;	/* a handler runs: read no further */
	bool		corked;		/* until the end of the turn */
	uint64_t	due_ns;		/* mailbox_due() has work; UINT64_MAX */

	/* a worker's: its link to the master */
	struct channel	channel;
	struct pace	pace;
	struct cadre_mailbox_counts tally; /* a master's: of its last run */
	int		own_epoll;	/* cadre_worker_fd() */
	int		epoll;		/* where the channel is now */
	bool		awaits_room;	/* asked for there */
	bool		parting;	/* shut down: only what came is heard */
	int		timer;		/* -1: none was needed yet */
	uint64_t	asked;		/* requests sent to other seats */
	uint32_t	seat;		/* its own */
};

struct worker_birth;

/* In mailbox.c. */
void	mailbox_init(struct cadre_mailbox *, const struct mailbox_side *,
	    const bool *foreign);
void	mailbox_free(struct cadre_mailbox *);
void	mailbox_turn_ends(struct cadre_mailbox *);
	/* Nothing stays corked over a wait. */
int	mailbox_alarm(struct cadre_mailbox *, uint64_t at_ns);
	/* mailbox_due() shall be called then, if not sooner. 0 or -errno. */
int	mailbox_may_send(const struct cadre_mailbox *, const struct letter *);
	/* 0, or an error of cadre_mailbox_send() that needs no look at whom. */
int	mailbox_post(struct cadre_mailbox *, uint32_t to, struct letter *);
	/* By the side; a memfd is made, if it is long. */
const char *mailbox_hear(struct cadre_mailbox *, struct mail *);
	/* By the side's table; then mail_close(). */
bool	mailbox_relayed(const struct mail *);
	/* In a worker: another's, not the master's. */
mail_fn	mailbox_message;	/* For us, to a handler: MESSAGE, REQUEST. */

/* In answers.c. */
bool	mailbox_due(struct cadre_mailbox *, uint64_t now_ns);
	/* Time has passed: answers that are due. True: something was. */
void	mailbox_lost(struct cadre_mailbox *, uint32_t seat,
	    uint64_t receipt);
	/*
	 * Who was asked has ended: -ENOTCONN at the next mailbox_due() for what
	 * it had: receipt is its generation. CADRE_NO_SEAT: all.
	 */
void	mailbox_refused(struct cadre_mailbox *, uint32_t id, int err);
	/* One's own request goes nowhere: told from the loop. */
mail_fn	mailbox_answer;		/* REPLY, FAILED. */
bool	mailbox_failure_is_sound(const struct mail *);
	/* A FAILED says an errno, and nothing else. */

/* In mailbox-worker.c. */
extern const struct mailbox_side mailbox_of_worker;
int	mailbox_open(struct cadre_mailbox *, struct cadre_worker *,
	    const struct worker_birth *, int epoll);
	/* The worker's; the master is told. 0 or -errno. */
void	mailbox_join(struct cadre_mailbox *, int epfd);
	/* Be polled there, tagged with its own address, if that can be. */
void	mailbox_ready(struct cadre_mailbox *, uint32_t events);
void	mailbox_timer(struct cadre_mailbox *);

#endif
