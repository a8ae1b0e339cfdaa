/* t/30-bundle: what waits goes 16 messages at a time, a long one or one with a descriptor by itself, and comes out as it went in */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>

#include "runtime/inbox.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

#define MANY	100
#define WITH_FD	20		/* its number */
#define LONG	60		/* the one that is too long to go with others */

static bool corked = true;
static char bytes[8000];

static size_t
length_of(uint32_t i)
{
	return i == LONG ? 5000 : i * 7 % 190;
}

static void
put(struct channel *c, uint32_t i)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	struct letter l = {
		.frame = CADRE_FRAME_MESSAGE,
		.type = i,
		.bytes = bytes,
		.n = length_of(i),
		.memfd = -1,
		.fds = &null,
		.nfds = i == WITH_FD,
	};

	memset(bytes, (int)i, l.n);
	if (letter_post(c, &l) < 0)
		bail_out("not queued");
	close(null);
}

/* Is it the one with that number, as it was put? */
static bool
is_whole(struct mail *mail, uint32_t i)
{
	bool whole = mail->wire.head.type == i && mail->n == length_of(i) &&
	    mail->wire.head.bytes == mail->n && mail->nfds == (i == WITH_FD);

	for (size_t k = 0; whole && k < mail->n; k++)
		whole = mail->body[k] == (char)i;
	mail_close(mail);
	return whole;
}

int
main(void)
{
	static const unsigned int want[] = { 16, 4, 1, 11, 16, 12, 1, 3, 16, 16,
	    4 };
	struct channel c = { .corked = &corked, .frames_max = 16 * MANY };
	struct pace pace = { .rights = true };
	struct inbox *in = NULL;
	unsigned int of = 0, all = 0, wrong = 0, frames;
	int s[2], before, n;
	struct mail mail;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, s) < 0 ||
	    inbox_new(&in) < 0)
		bail_out("no socket");
	before = probe_fds(0);
	c.fd = s[0];
	for (uint32_t i = 0; i < MANY; i++)
		put(&c, i);
	is_int(channel_flush(&c), 0, "all go");
	while ((n = inbox_receive(in, s[1], &pace, LETTERS)) > 0)
		for (int i = 0; i < n; i++) {
			frames = 0;
			do {
				wrong += inbox_take(in, (unsigned int)i,
				    &mail) != NULL || !is_whole(&mail, all++);
				frames++;
			} while (inbox_more(in, (unsigned int)i));
			is_u64(frames, of < 11 ? want[of] : 0,
			    "%u. of the socket", of + 1);
			of++;
		}
	is_u64(of, 11, "so many in all");
	is_u64(all, MANY, "all of them came");
	is_u64(wrong, 0, "each whole, and in order");
	is_int(probe_fds(0), before, "no descriptor is left");
	inbox_free(in);
	return done_testing();
}
