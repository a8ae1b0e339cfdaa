/* t/41-proxied-bad: whose PROXY header is none, is cut, lies or is too long is closed, counted and told of, and leaves nothing */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>

#include "t/lib/introduced.h"
#include "t/lib/keeper.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

#define EACH	5

static struct preface h;
static unsigned int refused;

/* It ends what it sends, unless it goes on to wait. */
static void
bad(struct app *a, const char *what, const char *why, bool ends)
{
	struct cadre_shm_event e;
	int closed = 0, fd;

	for (int i = 0; i < EACH; i++) {
		fd = introduced_send(a, h.bytes, h.n);
		if (ends)
			shutdown(fd, SHUT_WR);
		closed += introduced_closed(fd);
		close(fd);
	}
	is_int(closed, EACH, "%s is closed", what);
	refused += EACH;
	ok(app_wait_total(a, "refused", refused), "and counted");
	do
		if (!app_wait_event(a, CADRE_EVENT_PEERS, CADRE_NO_SEAT, &e))
			break;
	while (memmem(e.text, e.text_bytes, why, strlen(why)) == NULL);
	ok(memmem(e.text, e.text_bytes, why, strlen(why)) != NULL && e.tries >=
	    1 && e.tries <= EACH, "and an event says why: %.*s",
	    (int)e.text_bytes, e.text);
	a->events = (struct cadre_cursor){ 0 };
}

static void
all(const char *options)
{
	struct app *a = keeper_start(1, introduced, options);
	int fds;

	refused = 0;
	close(introduced_line(a, "PROXY UNKNOWN"));
	ok(keeper_idle(a, 1, 1), "%s: at rest", options);
	fds = probe_fds(app_pid(a, 0));
	h.n = (size_t)sprintf((char *)h.bytes, "GET / HTTP/1.1\r\n\r\n");
	bad(a, "a request", "no PROXY header", false);
	preface_line(&h, "PROXY TCP4 192.0.2.1 198.51.100.7 1 65536");
	bad(a, "a line that is wrong", "breaks the rules", false);
	h.n -= 2;
	bad(a, "one that is cut", "ended within", true);
	memset(h.bytes + h.n, ' ', 120);
	h.n += 120;
	bad(a, "an endless one", "more than 4096", false);
	preface_tcp(&h, "192.0.2.1", 1, "192.0.2.2", 2);
	preface_lie(&h, 1);
	bad(a, "a length that lies", "ended within", true);
	preface_lie(&h, -1);
	bad(a, "another", "breaks the rules", false);
	preface_lie(&h, 4096);
	bad(a, "one that is too long", "more than 4096", false);
	preface_tcp(&h, "192.0.2.1", 1, "192.0.2.2", 2);
	preface_crc32c(&h);
	h.bytes[h.n - 1] ^= 1;
	bad(a, "a wrong checksum", "checksum is wrong", false);
	for (int i = 0; i < EACH; i++)
		close(app_connect(a));
	ok(keeper_idle(a, 1, 1 + refused + EACH), "%s: all are done, and no "
	    "load is left", options);
	is_u64(app_total(a, "refused"), refused, "who sends nothing and goes "
	    "is no refusal");
	is_int(probe_fds(app_pid(a, 0)), fds, "nor a descriptor");
	is_u64(app_total(a, "requests"), 1, "the application saw none");
	is_int(app_stop(a), 0, "the master exits 0");
}

int
main(void)
{
	all("mode=gate,proxy=127.0.0.1");
	all("mode=rr,proxy=127.0.0.1");
	return done_testing();
}
