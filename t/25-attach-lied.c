/* t/25-attach-lied: an answer that makes no sense costs the attach, no more */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/mman.h>
#include <sys/wait.h>

#include <cadre/cadre.h>

#include "shm/frame.h"
#include "t/lib/liar.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

/* What is sent: see liar.h. An answer of another id is none; nothing follows. */
static const struct row {
	const char	*what;
	struct liar_answer answer;
	int		err;
} rows[] = {
	{ "short", { .cut = 1, .fds = "SARRC" }, -EPROTO },
	{ "long", { .cut = -300, .fds = "SARRC" }, -EPROTO },
	{ "of another type", { .type = CADRE_FRAME_DECLARED, .fds = "SARRC" },
	    -EPROTO },
	{ "to another question", { .id = 99, .fds = "SARRC" }, -EPIPE },
	{ "without descriptors", { .fds = "" }, -EPROTO },
	{ "with one too few", { .fds = "SARR" }, -EPROTO },
	{ "with one too many", { .fds = "SARRCR" }, -EPROTO },
	{ "with another slot length", { .slot_bytes = 4096, .fds = "SARRC" },
	    -EPROTO },
	{ "with no slot length", { .slot_bytes = -1, .fds = "SARRC" }, -EPROTO },
	{ "with another anchor length", { .anchor_bytes = 1, .fds = "SARRC" },
	    -EPROTO },
	{ "with a pipe as the slot", { .fds = "PARRC" }, -EPROTO },
	{ "with a pipe as the anchor", { .fds = "SPRRC" }, -EPROTO },
	{ "with a slot without seals", { .fds = "UARRC" }, -EPROTO },
	{ "with the slot as the anchor", { .fds = "SSRRC" }, -EPROTO },
	{ "with a slot to read only", { .fds = "RARRC" }, -EACCES },
	{ "with an anchor that is none", { .fds = "SZRRC" }, -EPROTO },
	{ "with one of layout 0.99", { .fds = "SMRRC" }, -EPROTO },
	{ "a refusal", { .type = CADRE_FRAME_ERROR, .err = -EPERM }, -EPERM },
	{ "a refusal that is none", { .type = CADRE_FRAME_ERROR, .err = 5 },
	    -EPROTO },
	{ "a cut refusal", { .type = CADRE_FRAME_ERROR, .err = -EPERM,
	    .cut = 2 }, -EPROTO },
};

static long
maps(void)
{
	return probe_status(getpid(), "VmSize");
}

int
main(void)
{
	struct liar *liar = liar_new();
	struct cadre_worker *w = NULL;
	int fds = 0, err;
	long before;

	liar_attach(liar, &rows[0].answer, &w);	/* what is made only once */
	before = maps();
	for (const struct row *r = rows; r < rows + sizeof(rows) / sizeof(*r);
	    r++) {
		fds = probe_fds(0);
		err = liar_attach(liar, &r->answer, &w);
		is_int(err, r->err, "an answer %s: %s", r->what,
		    cadre_error(err));
		is_int(probe_fds(0), fds, "and no descriptor is left open");
	}
	is_int(maps(), before, "nor anything mapped");
	ok(w == NULL, "there is no worker");
	liar_free(liar);
	return done_testing();
}
