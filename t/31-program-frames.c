/* t/31-program-frames: a bad frame costs its program the channel, not more */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "t/lib/exec.h"
#include "t/lib/tap.h"

#define CONTROL	"CADRE_CONTROL"

/* In bytes of a frame: VERSION TYPE LENGTH, and how many are sent. */
static const struct row {
	const char	*what;
	const char	*words[6];
} rows[] = {
	{ "short", { CONTROL, "1", "1", "0", "7" } },
	{ "of a version to come", { CONTROL, "2", "1", "0", "16" } },
	{ "of an unknown type", { CONTROL, "1", "999", "0", "16" } },
	{ "that only a master sends", { CONTROL, "1", "2", "0", "16" } },
	{ "longer than it says", { CONTROL, "1", "1", "0", "80" } },
	{ "shorter than it says", { CONTROL, "1", "1", "80", "16" } },
	{ "of a wrong length", { CONTROL, "1", "1", "8", "24" } },
	{ "to declare, without a body", { CONTROL, "1", "4", "0", "16" } },
	{ "of 64 KiB + 1", { CONTROL, "1", "4", "65537", "65553" } },
	{ "that says 4 GiB", { CONTROL, "1", "1", "4294967295", "16" } },
	{ "with descriptors", { CONTROL, "fds" } },
	{ "that comes 100,000 times", { CONTROL, "flood" } },
};

/* One good worker beside it, of the same program, in each. */
static void
sends(const struct row *r)
{
	struct app *a = EXEC_START(2, NULL, "frames", r->words[0], r->words[1],
	    r->words[2], r->words[3], r->words[4]);
	struct cadre_shm_event e = { .text_bytes = 0 };
	bool refused;

	for (unsigned int i = 0; i < 2; i++) {
		ok(exec_says(a, i, "sent\n"), "a frame %s", r->what);
		refused = strcmp(r->words[1], "fds") == 0 &&
		    exec_says(a, i, "the kernel refuses\n");
		a->events = (struct cadre_cursor){ 0 };
		ok(refused || app_wait_event(a, CADRE_EVENT_BAD_FRAME, i, &e),
		    "is told of: %s", refused ? "by the kernel" : e.text);
		ok(app_wait_state(a, i, CADRE_STATE_UP), "it stays up");
		is_u64(app_generation(a, i), i + 1, "the same process");
	}
	is_int(app_stop(a), 0, "the master exits 0");
}

int
main(void)
{
	struct app *a;

	for (const struct row *r = rows; r < rows + sizeof(rows) / sizeof(*r);
	    r++)
		sends(r);
	/* On the other channel too, and then that is what it costs. */
	a = EXEC_START(1, NULL, "frames", "CADRE_MESSAGES", "flood");
	ok(exec_says(a, 0, "sent\n") &&
	    app_wait_event(a, CADRE_EVENT_BAD_FRAME, 0, NULL) &&
	    app_wait_state(a, 0, CADRE_STATE_UP), "what is no message");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
