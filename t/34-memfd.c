/* t/34-memfd: long messages in memory that can change, or of another size, cost the sender its channel */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <sys/mman.h>

#include "runtime/mailbox.h"
#include "t/lib/post.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

#define SEALS	(F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL)
#define BYTES	100000

static const struct row {
	const char	*what;
	int		seals;		/* 0: no memory at all */
	off_t		there;
	uint64_t	said;
	bool		filled;
} rows[] = {
	{ "as it should be", SEALS, BYTES, BYTES, true },
	{ "that can be written", SEALS & ~F_SEAL_WRITE, BYTES, BYTES, true },
	{ "that can shrink", SEALS & ~F_SEAL_SHRINK, BYTES, BYTES, true },
	{ "whose seals can change", SEALS & ~F_SEAL_SEAL, BYTES, BYTES, true },
	{ "shorter than it says", SEALS, BYTES, BYTES + 1, true },
	{ "longer than it says", SEALS, BYTES, BYTES - 1, true },
	{ "that is empty", SEALS, 0, BYTES, false },
	{ "with a hole", SEALS, BYTES, BYTES, false },
	{ "that is a pipe", 0, 0, BYTES, false },
	{ "over the limit", SEALS, BYTES, UINT64_C(1) << 40, true },
};
enum { GO = 1, LONG, TOLD };

static char bytes[BYTES], why[200];
static int came, ended;

static int
memory(const struct row *r)
{
	int fd, p[2];

	if (r->seals == 0)
		return pipe(p) < 0 ? -1 : p[0];
	fd = memfd_create("t", MFD_ALLOW_SEALING | MFD_CLOEXEC);
	if ((r->filled && write(fd, bytes, BYTES) != BYTES) ||
	    ftruncate(fd, r->there) < 0 || fcntl(fd, F_ADD_SEALS, r->seals) < 0)
		_exit(1);
	return fd;
}

/* By hand, as no call of ours sends such. */
static void
go(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	struct wire wire = { .frame = { CADRE_FRAME_VERSION,
	    CADRE_FRAME_MESSAGE, 0, sizeof(wire.head), 0 } };
	struct iovec part = { &wire, sizeof(wire) };
	const struct row *r;
	uint32_t what[2];
	int fd;

	(void)arg;
	memcpy(what, message->bytes, sizeof(what));
	r = &rows[what[0]];
	wire.head = (struct cadre__frame_message){ LONG, what[1], 0, r->said };
	fd = memory(r);
	if (cadre__frame_put(mb->channel.fd, &part, 1, &fd, 1) < 0)
		_exit(1);
	close(fd);
}

static void
take(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	(void)arg;
	if (message->n == BYTES)
		(void)cadre_mailbox_send(mb, CADRE_MASTER, TOLD, NULL, 0);
}

static void
set_up(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	(void)w;
	cadre_mailbox_on(mb, GO, go, NULL);
	cadre_mailbox_on(mb, LONG, take, NULL);
}

static void
on_event(const struct cadre_shm_event *e, void *arg)
{
	(void)arg;
	if (e->kind == CADRE_EVENT_BAD_FRAME && e->seat == 0)
		cadre_event_text(e, why, sizeof(why));
}

static void
on_disconnect(struct cadre_mailbox *mb, uint32_t seat, uint64_t generation,
    void *arg)
{
	(void)mb;
	(void)generation;
	(void)arg;
	ended += seat == 0;
}

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	cadre_master_set(m, CADRE_MIN_UPTIME_MS, 0);
	cadre_master_set(m, CADRE_BACKOFF_FIRST_MS, 1);
	cadre_master_on_event(m, on_event, NULL);
}

/* To the master, or to seat 1. */
static void
send_row(uint32_t i, uint32_t to)
{
	const uint32_t what[2] = { i, to };
	int before = ended;
	uint64_t generation = post_generation(0);

	ok(cadre_mailbox_send(post_box, 0, GO, what, sizeof(what)) >= 0 &&
	    (i == 0 ? post_counted(&came, came + 1) :
	    post_counted(&ended, before + 1)), "memory %s, to %s: %s",
	    rows[i].what, to == 1 ? "a worker" : "the master", i == 0 ?
	    "comes" : why);
	ok(i == 0 || post_up(0, generation), "the worker goes on");
}

int
main(void)
{
	int fds;

	memset(bytes, 'b', sizeof(bytes));
	post_start(2, set_up, config);
	fds = probe_fds(0);
	cadre_mailbox_on(post_box, LONG, post_count, &came);
	cadre_mailbox_on(post_box, TOLD, post_count, &came);
	cadre_mailbox_on_disconnect(post_box, on_disconnect, NULL);
	for (uint32_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		send_row(i, CADRE_MASTER);
		send_row(i, 1);
	}
	is_int(came, 2, "nothing but the good ones has come");
	is_int(probe_fds(0), fds, "no descriptor is left");
	ok(post_stop(), "it ends");
	return done_testing();
}
