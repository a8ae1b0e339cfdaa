/* SPDX-License-Identifier: BSD-2-Clause */
/* t/44-stray-stores: who stores to foreign memory dies, and no byte changes */
#include <signal.h>

#include <sys/mman.h>

#include "runtime/master.h"
#include "shm/region.h"
#include "t/lib/app.h"
#include "t/lib/tap.h"

enum { TARGETS = 5, ROW_BYTES = sizeof(struct cadre_shm_row) };

static struct cadre_master *master;
static unsigned int *stores;		/* made so far; shared with workers */

/* All but the first lives of seat 0 store, each to another place. */
static int
stray(struct cadre_worker *w, void *arg)
{
	const struct cadre__anchor *a = master->anchor;
	const char *const targets[TARGETS] = {
		a->view, a->view + a->places.slots + 2 * ROW_BYTES,
		a->map,		/* the master's, who can write there */
		a->slot[2], a->slot[3] + a->places.health,
	};

	if (cadre_worker_generation(w) > 2 && *stores < TARGETS) {
		signal(SIGSEGV, SIG_DFL);	/* a sanitizer may have it */
		*(char *)(uintptr_t)targets[(*stores)++] = 1;
	}
	return app_idle(w, arg);
}

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	master = m;
	cadre_master_set(m, CADRE_MIN_UPTIME_MS, 0);
}

/* What of the others' no worker of seat 0 has a right to change. */
static uint64_t
checksum(const struct cadre_region *r)
{
	const struct { const char *at; size_t bytes; } parts[] = {
		{ r->anchor, offsetof(struct cadre_shm_header, state) },
		{ cadre__record(r, PART_SLOTS, 2), 2 * ROW_BYTES },
		{ r->slot[2], r->slot_bytes }, { r->slot[3], r->slot_bytes },
	};
	uint64_t sum = 0;

	for (int i = 0; i < 4; i++)
		for (size_t k = 0; k < parts[i].bytes; k++)
			sum = sum * 31 + (uint8_t)parts[i].at[k];
	return sum;
}

int
main(void)
{
	struct cadre_shm_event e;
	struct app *a;
	uint64_t sum;

	stores = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	a = app_start_with(2, stray, config, NULL);
	ok(app_wait_idle(a, 0) && app_wait_idle(a, 1), "two workers are up");
	sum = checksum(a->region);
	ok(app_kill(a, 0, SIGKILL) == 0 &&
	    app_wait_event(a, CADRE_EVENT_DIED, 0, &e), "the first is killed");
	for (int i = 0; i < TARGETS; i++)
		ok(app_wait_event(a, CADRE_EVENT_DIED, 0, &e) &&
		    e.exit_signal == SIGSEGV, "store %d is a SIGSEGV", i);
	ok(app_wait_respawn(a, 0, e.generation), "the seat is up again");
	is_u64(checksum(a->region), sum, "the others' bytes are as before");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
