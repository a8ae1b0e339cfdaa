/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames: one message of a SOCK_SEQPACKET socket is one frame, header and
 * body together, descriptors with it. Between master and worker (control,
 * messages) and on the app's socket. Never blocks (MSG_DONTWAIT per call).
 */
#ifndef SHM_FRAME_H
#define SHM_FRAME_H

#include <stddef.h>
#include <stdint.h>

#include <sys/socket.h>
#include <sys/uio.h>

#include <cadre/layout.h>

#define CADRE_FRAME_VERSION	1
#define CADRE_FRAME_BODY_MAX	65536
#define CADRE_FRAME_FDS_MAX	252

struct cadre__frame {
	uint16_t	version;	/* CADRE_FRAME_VERSION */
	uint16_t	type;		/* CADRE_FRAME_… */
	uint32_t	id;		/* of a request, repeated in its reply */
	uint32_t	length;		/* of the body, bytes */
	uint32_t	reserved;	/* 0 */
};

/* Control channel of a worker. */
#define CADRE_FRAME_READY	1	/* worker → master, no body */
#define CADRE_FRAME_DRAIN	2	/* master → worker: uint64_t deadline_ns
					   (CLOCK_MONOTONIC; 0: none) */
#define CADRE_FRAME_SLOT	3	/* worker → master, no body: attach; and
					   the reply: struct cadre__frame_slot,
					   fds: its slot read-write; the anchor, both
					   slots of its seat and the acceptor's
					   object read-only; its end of the
					   hand-over of each listener */
#define CADRE_FRAME_DECLARE	4	/* worker → master: struct
					   cadre__frame_declare */
#define CADRE_FRAME_DECLARED	5	/* the reply: uint64_t offset in the slot */
#define CADRE_FRAME_ROUTES	6	/* master → acceptor: struct
					   cadre__frame_route, one per seat that
					   has had a worker, or shall */
#define CADRE_FRAME_FINISH	7	/* master → acceptor: hand over what is
					   queued and exit; no body */
#define CADRE_FRAME_CONNECTION	10	/* master → worker that is held, one fd: a
					   connection for its first listener; no
					   body */
#define CADRE_FRAME_RELEASE	11	/* master → worker: it is held no more */
#define CADRE_FRAME_LEFT	12	/* worker → master: it accepts no more */
#define CADRE_FRAME_LOG		9	/* master → worker, one fd: its standard
					   output and error from now on; no body */
#define CADRE_FRAME_SUCCEEDED	8	/* master → worker, before DRAIN: a successor
					   serves on the same sockets, so what
					   waits there is for that; no body */
#define CADRE_FRAME_WAKES	14	/* worker → master: uint32_t first; the reply:
					   uint32_t how many there are, fds: the
					   bell of its seat, and from that one on
					   cords, by seat, to wake who subscribes */
#define CADRE_FRAME_WAKES_FDS	16	/* cords in one of these, at most */
#define CADRE_FRAME_LOOK	13	/* master → worker that sleeps: one has died or
					   was stopped who may have published and
					   woken nobody; no body */
#define CADRE_FRAME_REFUSED	15	/* worker or acceptor → master: struct
					   cadre__frame_refused */
/*
 * The messages channel, both ways; each begins with struct
 * cadre__frame_message. `id` is that of a request.
 */
#define CADRE_FRAME_MESSAGE	64
#define CADRE_FRAME_REQUEST	65
#define CADRE_FRAME_REPLY	66
#define CADRE_FRAME_FAILED	67	/* in the place of a reply: `type` is the
					   errno; no bytes */
#define CADRE_FRAME_BROADCAST	68	/* worker → master: a MESSAGE for several;
					   `seat` CADRE_NO_SEAT: for all others;
					   else struct cadre__frame_seats stands
					   before the bytes */
#define CADRE_FRAME_ONLINE	69	/* worker → master: its mailbox is open */
#define CADRE_FRAME_PUBLISH	70	/* a record of a topic */
#define CADRE_FRAME_GONE	71	/* master → worker: `seat` and `generation`
					   have ended; bytes: uint64_t, so many of
					   the receiver's requests to other seats
					   were handed on by then, or failed; or
					   are asked no more: the type, letter.h */
#define CADRE_FRAME_MESSAGES	64	/* the first of these, … */
#define CADRE_FRAME_MESSAGES_END 80	/* … and behind the last there can be */
/* The app's socket: requests, and after them the replies. */
#define CADRE_FRAME_ATTACH	32	/* right: read; no body */
#define CADRE_FRAME_STOP	33	/* right: control; uint32_t enum cadre_stop */
#define CADRE_FRAME_RESTART	34	/* right: control; struct
					   cadre__frame_reload; DONE comes when all
					   seats are replaced */
#define CADRE_FRAME_RELOAD	35	/* the same */
#define CADRE_FRAME_SCALE	36	/* right: control; struct cadre__frame_scale */
#define CADRE_FRAME_SIGNAL	37	/* right: control; struct
					   cadre__frame_signal */
#define CADRE_FRAME_RESET	38	/* right: control; uint32_t seat, or
					   CADRE_NO_SEAT: all */
#define CADRE_FRAME_OBJECTS	48	/* uint32_t first, total; read-only fds:
					   object 0 is the anchor, 1 + i slot i */
#define CADRE_FRAME_DONE	49
#define CADRE_FRAME_ERROR	50	/* struct cadre__frame_error, cut; on the
					   control channel too */

struct cadre__frame_error {	/* the body of CADRE_FRAME_ERROR */
	int32_t		err;	/* -errno */
	char		text[508];	/* as long as the frame says, no NUL */
};

struct cadre__frame_refused {	/* connections, because of their peers */
	uint32_t	reason;		/* enum refusal */
	uint32_t	listener;
	uint32_t	count;		/* since the last such frame: 1 or more */
	uint32_t	reserved;
};

struct cadre__frame_reload {	/* as struct cadre_reload */
	uint32_t	flags;
	uint32_t	parallel;
	uint32_t	probe_timeout_ms;
	uint32_t	reserved;
	char		probe[512];	/* ends with NUL */
};

struct cadre__frame_scale {
	int32_t		workers;	/* as cadre_master_scale(), … */
	uint32_t	by;		/* … or, 1: so many more or fewer */
};

struct cadre__frame_signal {
	uint32_t	seat;		/* CADRE_NO_SEAT: all */
	int32_t		number;
};

struct cadre__frame_limits {	/* of messages */
	uint64_t	bytes_max;	/* of one */
	uint64_t	queue_bytes;
	uint32_t	queue;
	uint32_t	requests;
	uint32_t	seats;		/* that there are */
	uint32_t	rights;		/* not 0: descriptors may travel */
};

struct cadre__frame_net {	/* peers */
	uint8_t		family;		/* AF_INET, AF_INET6, AF_UNIX: all there */
	uint8_t		bits;		/* of the prefix */
	uint8_t		address[16];	/* zeros beyond it */
};

#define CADRE_TRUSTED_MAX	16
struct cadre__frame_trusted {	/* whose PROXY header is read: proxy= */
	uint32_t	nets;		/* 0: nobody's */
	uint32_t	timeout_ms;	/* for a whole one */
	struct cadre__frame_net net[CADRE_TRUSTED_MAX];
};

#define CADRE_FRAME_LISTENERS	16	/* CADRE_LISTENERS_MAX */
struct cadre__frame_slot {	/* what an attached worker must know */
	uint64_t	generation;
	uint64_t	slot_bytes;
	uint64_t	anchor_bytes;
	uint64_t	health_interval_ns;
	uint64_t	drain_ns;	/* 0: no drain timeout */
	uint32_t	seat;
	uint32_t	slot;		/* 0 or 1 */
	uint64_t	acceptor_bytes;
	uint64_t	assigned;	/* offset of its first row there */
	uint32_t	worker_limit;	/* connections at once; 0: no limit */
	uint32_t	app_limit;
	uint32_t	overload;	/* enum cadre_overload */
	uint32_t	listeners;
	uint8_t		modes[CADRE_FRAME_LISTENERS]; /* enum listener_mode of each */
	uint32_t	shed_bytes;
	uint32_t	held;		/* until RELEASE it takes what CONNECTION
					   gives it, and nothing else */
	uint32_t	busy_poll_us;	/* before it sleeps; 0: not */
	uint32_t	reserved;
	struct cadre__frame_limits messages;
	char		shed[4096];	/* what a shed connection is sent */
	struct cadre__frame_trusted trusted[CADRE_FRAME_LISTENERS];
};
#define CADRE_FRAME_SLOT_FDS	5	/* and one per listener */
#define CADRE_FRAME_SLOT_FDS_MAX (CADRE_FRAME_SLOT_FDS + CADRE_FRAME_LISTENERS)

struct cadre__frame_route {
	uint16_t	seat;
	uint8_t		slot;		/* 0 or 1: of its newest worker */
	uint8_t		flags;
};
#define CADRE_ROUTE_CHOSEN	1	/* may be given connections */
#define CADRE_ROUTE_TAKES	2	/* has a worker that picks them up */
#define CADRE_ROUTE_LIVES	4	/* has one at all, which may finish */
#define CADRE_ROUTE_KEPT	8	/* nobody new comes to its doors */
#define CADRE_ROUTE_SHUT	16	/* they do not listen */
#define CADRE_ROUTE_WANTED	32	/* shall have one: sticky keys are at home here */

struct cadre__frame_message {
	uint32_t	type;		/* the application's */
	uint32_t	seat;		/* worker → master: whom to; down: whom
					   from; CADRE_MASTER */
	uint64_t	generation;	/* the same; 0: whoever is there */
	uint64_t	bytes;		/* more than CADRE_MESSAGE_INLINE: not in
					   the frame, but in its first descriptor,
					   a memfd of that size that nobody can
					   change */
};

struct cadre__frame_seats {
	uint64_t	bits[CADRE_SEATS_MAX / 64];	/* bit s % 64 of word s / 64 */
};

struct cadre__frame_declare {
	uint32_t	kind;		/* CADRE_KIND_… */
	uint32_t	reserved;
	char		name[CADRE_NAME_BYTES];	/* texts end with NUL */
	char		unit[16];
	char		help[128];
};

void cadre__frame_no_fds(int fd);
	/*
	 * Take no descriptors on this socket, nor, if it listens, on those that
	 * it accepts: the kernel refuses them to the sender (Linux 6.16; before
	 * it, they are closed unread, and the close of a socket with SO_LINGER
	 * can take as long as its sender likes).
	 */
void cadre__frame_fd_close(int fd);
	/*
	 * close(2) of a descriptor that a peer sent: a socket whose close would
	 * linger no longer does.
	 */
int cadre__frame_send(int fd, const struct cadre__frame *, const void *body,
    const int *fds, unsigned int nfds);
	/* 0; -EAGAIN: full, nothing sent; -EPIPE: peer gone; -errno. */
int cadre__frame_put(int fd, const struct iovec *parts, unsigned int n,
    const int *fds, unsigned int nfds);
	/* The same of one whose header is filled in: a whole frame in parts. */
int cadre__frame_recv(int fd, struct cadre__frame *ret_frame, void *body,
    size_t bytes, int *fds, unsigned int *inout_nfds);
	/*
	 * *inout_nfds: room for descriptors, then how many came, close-on-exec,
	 * the caller's; those without room are closed and the frame is bad.
	 * 0		a whole frame, its length checked
	 * -EAGAIN	none there
	 * -EPIPE	end of file: the peer is gone
	 * -EPROTO	not a frame, cut, longer than `bytes`, another version;
	 *		no descriptor is left open
	 */
int cadre__frame_recv_from(int fd, struct cadre__frame *ret_frame, void *body,
    size_t bytes, int *fds, unsigned int *inout_nfds,
    struct ucred *ret_sender);
	/*
	 * The same, and who sent it, as the kernel says: on a socket with
	 * SO_PASSCRED; pid 0 where it does not say, or of another namespace.
	 */

#endif
