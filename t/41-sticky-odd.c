/* t/41-sticky-odd: what is no key, or does not come, is served by address, an event says why, and nothing is left open */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>

#include "t/lib/keeper.h"
#include "t/lib/probe.h"
#include "t/lib/sticky.h"
#include "t/lib/tap.h"

#define HEAD	"GET / HTTP/1.1\r\n"
#define WAIT	"GET /wait HTTP/1.1\r\n"
#define X80	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" \
		"xxxxxxxxxxxxxxxx"

enum { WORKERS = 3, CUT = 1, REST = 2 };

static const struct row {
	const char	*bytes;
	int		how;		/* CUT: its side is shut behind it; REST:
					   it waits, and then ends its head */
	const char	*event;		/* NULL: none */
} rows[] = {
	{ HEAD "\r\n", 0, NULL },
	{ HEAD "Cookie: sid=\r\n\r\n", 0, "the key is empty" },
	{ HEAD "Cookie: a=" X80 X80 X80 X80 "; sid=b\r\n\r\n", 0,
	    "no key in the first bytes" },
	{ "\x16\x03\x01\x02\r\n\r\n", 0, "no HTTP request" },
	{ WAIT "\r\n", CUT, NULL },
	{ HEAD "Cookie: sid=a", REST, "came too late" },
	{ "G", REST, "came too late" },
};

static bool
told(struct app *a, const char *text)
{
	struct cadre_shm_event e;

	while (app_wait_event(a, CADRE_EVENT_PEERS, CADRE_NO_SEAT, &e))
		if (memmem(e.text, e.text_bytes, text, strlen(text)) != NULL)
			return true;
	return false;
}

static void
come(struct app *a, const struct row *r, unsigned int i)
{
	struct sticky_answer answer = { .seat = WORKERS };
	int fd = sticky_connect(a, STICKY_CLIENT(i));

	(void)!send(fd, r->bytes, strlen(r->bytes), MSG_NOSIGNAL);
	if (r->how == CUT)
		shutdown(fd, SHUT_WR);
	if (r->how == REST)
		ok(told(a, r->event), "an event says: %s", r->event);
	ok(sticky_ask(fd, r->how == REST ? "\r\n\r\n" : NULL, &answer) == 0,
	    "row %u is answered", i);
	is_int((int)answer.seat, sticky_home_of(STICKY_CLIENT(i), 32, WORKERS),
	    "by the home of its address");
	if (r->event != NULL && r->how != REST)
		ok(told(a, r->event), "an event says: %s", r->event);
}

struct descriptors {
	pid_t	pid;
	int	n;
};

static bool
has_no_more(void *arg)
{
	const struct descriptors *d = arg;

	return probe_fds(d->pid) <= d->n;
}

/* Who ends within its request; and who comes, and goes without a word. */
static void
go(struct app *a)
{
	uint64_t accepted = app_total(a, "accepted");
	int fd = sticky_connect(a, 0);

	(void)!send(fd, HEAD, strlen(HEAD), MSG_NOSIGNAL);
	shutdown(fd, SHUT_WR);
	ok(told(a, "ended within its request"), "one that ends is passed on");
	close(fd);
	ok(app_wait_total(a, "accepted", accepted + 1), "to a worker");
	for (int i = 0; i < 20; i++)
		close(sticky_connect(a, 0));
}

int
main(void)
{
	struct app *a = keeper_start(WORKERS, sticky_web, "mode=sticky:cookie:"
	    "sid,peek-ms=150,peek-bytes=256");
	struct descriptors d = { .pid = keeper_acceptor(a) };
	uint64_t accepted;

	ok(sticky_seated(a, WORKERS), "all seats are known");
	d.n = probe_fds(d.pid);
	accepted = app_total(a, "accepted");
	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		come(a, &rows[i], i);
	go(a);
	ok(app_until(has_no_more, &d), "the acceptor has no descriptor more "
	    "than before");
	is_u64(app_total(a, "accepted") - accepted, sizeof(rows) /
	    sizeof(rows[0]) + 1, "who came without a word cost no worker");
	ok(keeper_acceptor(a) == d.pid, "it is the same acceptor");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
