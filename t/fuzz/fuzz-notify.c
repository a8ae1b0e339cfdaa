/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a program says on its notify socket. The input is who sends, and the
 * message. It is believed exactly when one of its lines is READY=1, all of it
 * came, and the sender is of the worker's process group.
 */
#include <errno.h>
#include <stdbool.h>
#include <unistd.h>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "runtime/master.h"
#include "runtime/notify.h"
#include "runtime/report.h"
#include "runtime/seat.h"
#include "shm/clock.h"
#include "shm/frame.h"
#include "t/fuzz/fuzz.h"

#define GROUP		500	/* the worker's; of it are 500 to 509 */

enum { NOBODY = 1, CUT = 2, UP = 4, OTHERS = 8 };	/* of the first byte */

static struct bytes in;
static unsigned int how;
static unsigned int believed, reported;
static uint64_t now;

static ssize_t
feed_recvmsg(struct msghdr *msg)
{
	struct ucred sender = { .pid = (pid_t)input_word(&in, 2), .uid = 1 };
	struct cmsghdr *c = msg->msg_control;
	size_t n;

	claim(msg->msg_iovlen == 1 && msg->msg_controllen >=
	    CMSG_SPACE(sizeof(sender)));
	msg->msg_flags = (how & CUT) != 0 ? MSG_TRUNC : 0;
	msg->msg_controllen = (how & NOBODY) != 0 ? 0 :
	    CMSG_SPACE(sizeof(sender));
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_CREDENTIALS;
	c->cmsg_len = CMSG_LEN(sizeof(sender));
	memcpy(CMSG_DATA(c), &sender, sizeof(sender));
	if (in.left == 0) {
		errno = EAGAIN;
		return (how & OTHERS) != 0 ? 0 : -1;
	}
	n = in.left < msg->msg_iov[0].iov_len ? in.left :
	    msg->msg_iov[0].iov_len;
	memcpy(msg->msg_iov[0].iov_base, in.at, n);
	return (ssize_t)n;
}

static pid_t
feed_getpgid(pid_t pid)
{
	claim(pid > 0);
	return pid >= GROUP && pid < GROUP + 10 ? GROUP : pid;
}

static void
feed_input(struct cadre_master *m, struct seat *s, struct life *l,
    enum input what, uint64_t when_ns)
{
	claim(m != NULL && s != NULL && l->ready_by != NULL);
	claim(what == READY && when_ns == now);
	believed++;
}

static void __attribute__((format(printf, 4, 5)))
feed_report(struct cadre_master *m, uint32_t kind, const struct seat *s,
    const char *format, ...)
{
	claim(m != NULL && s != NULL && kind == CADRE_EVENT_REFUSED &&
	    format != NULL);
	reported++;
}

static int
feed_rewatch(struct cadre_master *m, int fd, enum source source,
    uint32_t index, uint32_t serial, uint32_t events)
{
	claim(m != NULL && fd == 0 && source == SOURCE_NOTIFY && index == 0 &&
	    serial == 0 && events == 0);
	return 0;
}

#define recvmsg(fd, msg, flags)	((void)(fd), feed_recvmsg(msg))
#define getpgid(pid)		feed_getpgid(pid)
#define seat_input		feed_input
#define report_text		feed_report
#define clock_now_ns()		(now)
#define master_rewatch		feed_rewatch
#include "runtime/notify.c"	/* NOLINT(bugprone-suspicious-include) */

/* In the plainest words. */
static bool
is_ready(const uint8_t *text, size_t n)
{
	static const char ready[] = "\nREADY=1\n";
	char *lines = malloc(n + 3);
	bool found = false;

	claim(lines != NULL);
	lines[0] = lines[n + 1] = '\n';
	if (n > 0)
		memcpy(lines + 1, text, n);
	for (size_t i = 0; i + 9 <= n + 2 && !found; i++)
		found = memcmp(lines + i, ready, 9) == 0;
	free(lines);
	return found;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct cadre_master m;
	struct seat s = { .lives = { { .row = { .pid = GROUP } } } };
	struct life *l = &s.lives[0];
	unsigned int sender;
	bool came, ready;

	in = (struct bytes){ data, size };
	how = input_byte(&in);
	believed = reported = 0;
	now += NS_PER_S;
	m.seats = &s;
	l->row.state = (how & UP) != 0 ? CADRE_STATE_UP : CADRE_STATE_STARTING;
	sender = data != NULL && size > 2 ? data[1] | data[2] << 8 :
	    size > 1 ? data[1] : 0;
	ready = size > 3 && is_ready(data + 3, size - 3) && (how & CUT) == 0;
	notify_ready(&m, &s, l);
	if ((how & NOBODY) != 0 || sender < GROUP || sender >= GROUP + 10) {
		came = size > 3 || (how & OTHERS) != 0;
		claim(believed == 0 && reported == (came ? 1 : 0) &&
		    l->deaf == came);
		notify_ready(&m, &s, l);	/* at once again: not told */
		claim(reported <= 1);
	} else
		claim(believed == (ready && (how & UP) == 0 ? 1 : 0) &&
		    reported == 0);
	return 0;
}
