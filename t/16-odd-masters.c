/* t/16-odd-masters: whose pid or start time is another's is no living master */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <unistd.h>

#include <sys/wait.h>

#include "shm/atomic.h"
#include "shm/object.h"
#include "shm/region.h"
#include "t/lib/sample.h"
#include "t/lib/tap.h"

static struct sample *s;

static int
lives(uint64_t pid, uint64_t start)
{
	struct cadre_shm_header *h = (void *)s->anchor->map;
	struct cadre_region *r = NULL;
	struct cadre_app app = { 0 };

	h->master_pid = pid;
	h->master_start = start;
	if (sample_reopen(s->anchor, &r) < 0)
		bail_out("the region cannot be read");
	cadre_region_app(r, &app);
	cadre_region_close(r);
	return app.master_lives;
}

/* Only the anchor: what else is missing has to be counted. */
static void
anchor_alone(void)
{
	struct cadre_shm_row *rows =
	    (void *)(s->anchor->map + s->anchor->places.slots);
	struct cadre_region *r = NULL;
	struct cadre_app app;
	int fd = cadre__object_reopen(s->anchor->fd);

	is_int(cadre__region_new(fd, &r), 0, "an anchor alone");
	close(fd);
	cadre_region_app(r, &app);
	is_int(app.missing, 0, "nobody was in any slot: none is missing");
	is_int(app.acceptor_pid, 0, "and there is no acceptor");
	cadre__anchor_acceptor(s->anchor, 0, 3);
	cadre_region_app(r, &app);
	is_int(app.missing, 1, "there was one: its object is missing");
	cadre__anchor_acceptor(s->anchor, UINT64_C(1) << 32, 4);
	cadre_region_app(r, &app);
	is_int(app.acceptor_pid, 0, "a pid beyond all is none");
	sample_spawn(s, 3);
	shm_store(&rows[5].count, UINT64_MAX);
	cadre_region_app(r, &app);
	is_int(app.missing, 3, "one had a worker, of one it cannot be told");
	cadre_region_close(r);
}

int
main(void)
{
	uint64_t pid, start, now;
	pid_t child = fork();

	if (child == 0)
		_exit(0);
	waitpid(child, NULL, 0);
	s = sample_new();
	pid = ((struct cadre_shm_header *)(void *)s->anchor->map)->master_pid;
	start = ((struct cadre_shm_header *)(void *)
	    s->anchor->map)->master_start;
	ok(lives(pid, start), "this process lives");
	ok(!lives(pid, 0), "not without a start time");
	ok(!lives(pid, start + 1), "nor with another");
	ok(!lives((uint64_t)child, start), "nor one that has ended");
	ok(!lives(UINT64_C(1) << 32 | pid, start), "nor with a pid beyond all");
	anchor_alone();

	/* What a clock that stands still or goes back does to a turn. */
	now = s->worker[3].head->busy_ns;
	cadre__slot_turn_begin(&s->worker[3], 100);
	cadre__slot_turn_end(&s->worker[3], 50);
	is_u64(s->worker[3].head->busy_ns, now, "no time is taken back");
	cadre__slot_turn_end(&s->worker[3], 60);
	is_u64(s->worker[3].head->turns, 1, "a turn ends once");
	now = s->worker[3].head->healths;
	cadre__slot_turn_begin(&s->worker[3], 70);
	cadre__slot_turn_begin(&s->worker[3], 80);
	is_u64(s->worker[3].head->healths, now + 1, "a record of the turn");
	*sample_word(s, 3, SAMPLE_REQUESTS) += 1;
	cadre__slot_turn_begin(&s->worker[3], 90);
	is_u64(s->worker[3].head->healths, now + 2, "one of a request alone");
	sample_free(s);
	return done_testing();
}
