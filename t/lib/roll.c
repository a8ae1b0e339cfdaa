/* SPDX-License-Identifier: BSD-2-Clause */
/* What was broadcast; see roll.h. */
#include <string.h>

#include "t/lib/roll.h"
#include "t/lib/tap.h"

#define TOLD	9

char roll_bytes[ROLL_LONG];
int roll_came[ROLL_WORKERS];

static cadre_message_fn *on_go;
static int all;

static void
tell(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	size_t n = message->type == ROLL_LARGE ? ROLL_LONG : 3;

	(void)arg;
	if (message->n == n && memcmp(message->bytes, roll_bytes, n) == 0)
		(void)cadre_mailbox_send(mb, CADRE_MASTER, TOLD, NULL, 0);
}

static void
set_up(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	(void)w;
	cadre_mailbox_on(mb, ROLL_SHORT, tell, NULL);
	cadre_mailbox_on(mb, ROLL_LARGE, tell, NULL);
	cadre_mailbox_on(mb, ROLL_GO, on_go, NULL);
}

static void
on_told(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	(void)mb;
	(void)arg;
	roll_came[message->from.seat]++;
	all++;
}

void
roll_start(cadre_message_fn *go)
{
	memset(roll_bytes, 'b', sizeof(roll_bytes));
	on_go = go;
	post_start(ROLL_WORKERS, set_up, NULL);
	cadre_mailbox_on(post_box, TOLD, on_told, NULL);
}

bool
roll_each(int a, int b, int c, int d)
{
	const int want[ROLL_WORKERS] = { a, b, c, d };
	bool right = post_counted(&all, a + b + c + d) &&
	    memcmp(roll_came, want, sizeof(want)) == 0;

	if (!right)
		diag("%d %d %d %d came", roll_came[0], roll_came[1],
		    roll_came[2], roll_came[3]);
	memset(roll_came, 0, sizeof(roll_came));
	all = 0;
	return right;
}
