/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is received is a peer's bytes: each length is checked against what
 * came, and a memfd before it is mapped, so that no read of it can fail and
 * nobody writes it meanwhile. Buffers are kept and used again; where none of
 * their pages was written they cost nothing. Several frames come with one
 * system call, and several messages in a frame of the socket: see channel.h.
 */
#include "runtime/export.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "runtime/inbox.h"
#include "shm/fault.h"

#define KERNEL_FDS_MAX	253
#define ALONE		8	/* each so many times, more than one is asked for */
#define LOOKS		256	/* the limit is asked for once in so many */
#define BUFFER_BYTES	LETTER_BYTES_MAX
#define BLOCK_BYTES	512	/* of st_blocks */

union control {
	struct cmsghdr	header;
	char		bytes[CMSG_SPACE(KERNEL_FDS_MAX * sizeof(int)) +
			    CMSG_SPACE(sizeof(struct ucred))];
};

struct inbox {
	struct mmsghdr	headers[LETTERS];
	struct iovec	parts[LETTERS];
	unsigned int	used;		/* that the last receive has changed */
	unsigned int	looks;		/* at RLIMIT_NOFILE, or not, … */
	bool		plenty;		/* … which was high */
	size_t		at[LETTERS];	/* where the next message begins in it */
	unsigned int	taken[LETTERS];	/* messages, of that */
	union control	control[LETTERS];
	/* From the next page on, so that a short one touches one page. */
	char		buffers[LETTERS][(BUFFER_BYTES + 4095) / 4096 * 4096]
	    __attribute__((aligned(64)));
};

int
inbox_new(struct inbox **ret_inbox)
{
	struct inbox *in;

	/* Never from a heap that would have to be zeroed. */
	in = CADRE_FAULT("letter.inbox") < 0 ? MAP_FAILED : mmap(NULL,
	    sizeof(*in), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS |
	    MAP_NORESERVE, -1, 0);
	if (in == MAP_FAILED)
		return -ENOMEM;
	for (unsigned int i = 0; i < LETTERS; i++) {
		in->parts[i] = (struct iovec){ in->buffers[i], BUFFER_BYTES };
		in->headers[i].msg_hdr = (struct msghdr){
			.msg_iov = &in->parts[i],
			.msg_iovlen = 1,
			.msg_control = &in->control[i],
			.msg_controllen = sizeof(in->control[i]),
		};
	}
	*ret_inbox = in;
	return 0;
}

void
inbox_free(struct inbox *in)
{
	if (in != NULL)
		munmap(in, sizeof(*in));
}

/*
 * Several at once share the descriptors that we have left, and one sender could
 * leave another's long message none. Only who may have plenty takes the chance;
 * the limit is asked for now and then, as that costs what is to be saved.
 */
static bool
has_plenty(struct inbox *in, const struct pace *pace)
{
	struct rlimit most;

	if (!pace->rights)
		return true;
	if (in->looks++ % LOOKS == 0)
		in->plenty = getrlimit(RLIMIT_NOFILE, &most) == 0 &&
		    most.rlim_cur >= 2 * LETTERS * KERNEL_FDS_MAX;
	return in->plenty;
}

/*
 * Where one came the last time, there is one: to look for a second costs as
 * much as to be told of it. Where messages queue up, that is found out soon.
 */
static int
receive(struct inbox *in, int fd, struct pace *pace, unsigned int most)
{
	const int flags = MSG_DONTWAIT | MSG_CMSG_CLOEXEC;
	ssize_t n;

	if (CADRE_FAULT("letter.receive") < 0)
		return -1;
	pace->alone = false;
	/* A bundle is as many as a turn's share. */
	if (!pace->bundled && (pace->several || ++pace->single % ALONE == 0))
		pace->alone = !has_plenty(in, pace);
	else
		most = 1;
	if (most > 1 && !pace->alone)
		return recvmmsg(fd, in->headers, most, flags, NULL);
	n = recvmsg(fd, &in->headers[0].msg_hdr, flags);
	if (n < 0)
		return -1;
	in->headers[0].msg_len = (unsigned int)n;
	return 1;
}

/*
 * A peer that has closed with something unread leaves ECONNRESET, once, before
 * what it had sent.
 */
int
inbox_receive(struct inbox *in, int fd, struct pace *pace, unsigned int most)
{
	int n, tries = 2;

	for (unsigned int i = 0; i < in->used; i++)
		in->headers[i].msg_hdr.msg_controllen = sizeof(in->control[i]);
	in->used = 0;
	do
		n = receive(in, fd, pace, most);
	while (n < 0 && (errno == EINTR ||
	    (errno == ECONNRESET && --tries > 0)));
	if (n < 0 && pace->alone)
		pace->several = false;
	if (n < 0)
		return errno == EAGAIN ? -EAGAIN :
		    errno == ECONNRESET || errno == ENOTCONN ? -EPIPE : -errno;
	in->used = (unsigned int)n;
	memset(in->at, 0, in->used * sizeof(*in->at));
	memset(in->taken, 0, in->used * sizeof(*in->taken));
	pace->several = n > 1 || pace->alone ||
	    (pace->several && most < LETTERS);
	/* With those of many at once our own limit would be reached. */
	for (int i = 0; i < n && !pace->alone; i++)
		if (in->headers[i].msg_hdr.msg_controllen > 0) {
			pace->several = false;
			pace->single = 0;
		}
	return n > 0 ? n : -EAGAIN;
}

/* Once: a number that is closed may be another descriptor's by then. */
static void
take_fds(struct msghdr *msg, struct mail *mail)
{
	mail->fds = NULL;
	mail->nfds = 0;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c != NULL;
	    c = CMSG_NXTHDR(msg, c))
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS) {
			mail->fds = (int *)(void *)CMSG_DATA(c);
			mail->nfds = (unsigned int)
			    ((c->cmsg_len - CMSG_LEN(0)) / sizeof(int));
		}
	msg->msg_controllen = 0;
}

/*
 * Into memory of its own: a handler can bring this about while an inbox is
 * looked through. An empty message looks like the end, but with SO_PASSCRED
 * each has its sender's credentials, and the end has none.
 */
void
inbox_discard(int fd)
{
	const int flags = MSG_DONTWAIT | MSG_CMSG_CLOEXEC;
	union control control;
	struct iovec none = { .iov_len = 0 };
	struct msghdr msg = { .msg_iov = &none, .msg_iovlen = 1 };
	struct mail mail = { .map = NULL };
	int on = 1, tries = 2;
	bool more;

	(void)shutdown(fd, SHUT_RDWR);
	more = setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) == 0;
	while (more) {
		msg.msg_control = &control;
		msg.msg_controllen = sizeof(control);
		if (recvmsg(fd, &msg, flags) < 0) {
			more = errno == EINTR ||
			    (errno == ECONNRESET && --tries > 0);
			continue;
		}
		more = msg.msg_controllen > 0;
		take_fds(&msg, &mail);
		mail_close(&mail);
	}
}

size_t
mail_seats(const struct mail *mail)
{
	return mail->wire.frame.type == CADRE_FRAME_BROADCAST &&
	    mail->wire.head.seat != CADRE_NO_SEAT ?
	    sizeof(struct cadre__frame_seats) : 0;
}

static bool
has_memfd(const struct mail *mail)
{
	return mail->wire.head.bytes > CADRE_MESSAGE_INLINE;
}

bool
inbox_more(const struct inbox *in, unsigned int i)
{
	return in->at[i] < in->headers[i].msg_len;
}

/* Behind that one stands another: what is wrong with that, or NULL. */
static const char *
go_on(struct inbox *in, unsigned int i, size_t at, const struct mail *mail)
{
	if (at >= in->headers[i].msg_len)
		return "a frame of a wrong length";
	if (mail->nfds > 0 || mail->maimed)
		return "descriptors with several messages";
	if (++in->taken[i] >= CHANNEL_BUNDLE)
		return "more messages at once than go together";
	in->at[i] = at;
	return NULL;
}

const char *
inbox_take(struct inbox *in, unsigned int i, struct mail *mail)
{
	struct msghdr *msg = &in->headers[i].msg_hdr;
	size_t at = in->at[i], n = in->headers[i].msg_len - at, whole, seats;
	const char *wrong = NULL;

	mail->map = NULL;
	mail->maimed = (msg->msg_flags & MSG_CTRUNC) != 0;
	take_fds(msg, mail);
	in->at[i] += n;
	if (n == 0 && mail->nfds == 0)
		return "";
	if (n < sizeof(mail->wire))
		return "a frame that is cut";
	if ((msg->msg_flags & MSG_TRUNC) != 0)
		return "a frame longer than there can be";
	memcpy(&mail->wire, in->buffers[i] + at, sizeof(mail->wire));
	if (mail->wire.frame.version != CADRE_FRAME_VERSION)
		return "a frame of another version";
	whole = sizeof(mail->wire.frame) + (size_t)mail->wire.frame.length;
	if (whole < sizeof(mail->wire) || whole > n)
		return "a frame of a wrong length";
	if (whole < n)
		wrong = go_on(in, i, at + CHANNEL_FILL(whole), mail);
	if (wrong != NULL)
		return wrong;
	mail->body = in->buffers[i] + at + sizeof(mail->wire);
	mail->n = whole - sizeof(mail->wire);
	seats = mail_seats(mail);
	if (mail->n < seats || mail->n - seats !=
	    (has_memfd(mail) ? 0 : mail->wire.head.bytes))
		wrong = "a frame that lies about its bytes";
	else if (has_memfd(mail) && mail->nfds == 0 && !mail->maimed)
		wrong = "a long message without its memory";
	else if (mail->nfds > LETTER_FDS_MAX)
		wrong = "a frame with too many descriptors";
	if (wrong != NULL)
		in->at[i] = in->headers[i].msg_len;
	return wrong;
}

/*
 * F_GET_SEALS first: it is answered for memory alone, whose fstat cannot
 * block. A page that is not there yet could not be had later, so a hole is
 * none of ours: blocks alone would not show it, they may lie behind the end,
 * and huge pages alone know of no holes.
 */
int
mail_check(const struct mail *mail)
{
	uint64_t bytes = mail->wire.head.bytes;
	struct stat st;
	int seals;

	if (!has_memfd(mail) || mail->maimed)
		return 0;
	seals = fcntl(mail->fds[0], F_GET_SEALS);
#ifdef FUZZ_PLANT			/* memory that can change passes */
	seals |= LETTER_SEALS;
#endif
	if (seals < 0 || (seals & LETTER_SEALS) != LETTER_SEALS ||
	    fstat(mail->fds[0], &st) < 0 || (uint64_t)st.st_size != bytes ||
	    (uint64_t)st.st_blocks * BLOCK_BYTES < bytes ||
	    lseek(mail->fds[0], 0, SEEK_HOLE) != st.st_size)
		return -EPROTO;
	return 0;
}

int
mail_open(struct mail *mail)
{
	size_t n = mail->wire.head.bytes, seats = mail_seats(mail);
	int err;

	mail->message.n = n;
	mail->message.nfds = mail->nfds;
	mail->message.bytes = mail->body + seats;
	if (!has_memfd(mail))
		return 0;
	err = mail_check(mail);
	if (err < 0)
		return err;
	mail->map = CADRE_FAULT("letter.map") < 0 ? MAP_FAILED :
	    mmap(NULL, n, PROT_READ, MAP_PRIVATE, mail->fds[0], 0);
	if (mail->map == MAP_FAILED) {
		mail->map = NULL;
		return -errno;
	}
	mail->message.bytes = mail->map;
	mail->message.nfds--;
	return 0;
}

void
mail_close(struct mail *mail)
{
	for (unsigned int i = 0; i < mail->nfds; i++)
		if (mail->fds[i] >= 0)
			cadre__frame_fd_close(mail->fds[i]);
	mail->nfds = 0;
	if (mail->map != NULL)
		munmap(mail->map, mail->message.n);
	mail->map = NULL;
}

int
cadre_message_fd(struct cadre_message *message, unsigned int i)
{
	struct mail *mail = (struct mail *)(void *)message;
	int fd;

	if (i >= message->nfds)
		return -ENOENT;
	if (mail->map != NULL)
		i++;			/* behind the bytes */
	if (mail->fds[i] < 0)
		return -ENOENT;
	fd = mail->fds[i];
	mail->fds[i] = -1;
	return fd;
}
