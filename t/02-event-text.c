/* t/02-event-text: an event is one readable line, whatever bytes a worker left in it */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdint.h>
#include <string.h>

#include <cadre/region.h>

#include "t/lib/tap.h"

#define MS	UINT64_C(1000000)
#define SEC	(1000 * MS)

static void
line(struct cadre_shm_event e, const char *text, size_t bytes, const char *want)
{
	char got[512];
	int n;

	memcpy(e.text, text, bytes);
	e.text_bytes = (uint32_t)bytes;
	n = cadre_event_text(&e, got, sizeof(got));
	is_str(got, want, "%s", want);
	is_int(n, (intmax_t)strlen(want), "its length");
}

static void
stall(void)
{
	struct cadre_shm_event e = { .kind = CADRE_EVENT_STALLED, .seat = 1,
	    .pid = 4, .cause = CADRE_CAUSE_BUSY, .duration_ns = 112 * MS };

	line(e, "", 0, "seat 1 (pid 4) stalled: busy loop, for 112ms");
	e.cause = CADRE_CAUSE_BLOCKED;
	line(e, "", 0, "seat 1 (pid 4) stalled: blocked in a call, for 112ms");
	e.duration_ns = 0;
	line(e, "", 0, "seat 1 (pid 4) stalled: blocked in a call");
	e.kind = CADRE_EVENT_RESUMED, e.duration_ns = 2100 * MS;
	line(e, "", 0, "seat 1 (pid 4) resumed after 2.1s: blocked in a call");
	e.kind = CADRE_EVENT_HUNG, e.duration_ns = 30 * SEC;
	e.cause = CADRE_CAUSE_STOPPED;
	line(e, "", 0, "seat 1 (pid 4) hung: stopped by a signal, "
	    "stalled for 30.0s; aborted");
	line(e, "State: T", 8, "seat 1 (pid 4) hung: stopped by a signal, "
	    "stalled for 30.0s; aborted: State: T");
	is_str(cadre_cause_name(CADRE_CAUSE_DISK), "uninterruptible sleep",
	    "cause name");
	is_str(cadre_cause_name(CADRE_CAUSE_QUEUE), "queue not served",
	    "cause name");
	is_str(cadre_cause_name(CADRE_CAUSE_NONE), "?", "none has none");
	is_str(cadre_cause_name(UINT64_C(1) << 32 | 1), "?", "unknown cause");
	is_str(cadre_event_name(CADRE_EVENT_HUNG), "hung", "event name");
}

int
main(void)
{
	struct cadre_shm_event died = { .kind = CADRE_EVENT_DIED, .seat = 3,
	    .pid = 812, .exit_signal = 11, .duration_ns = 4200000000 };
	struct cadre_shm_event log = { .kind = CADRE_EVENT_TROUBLE,
	    .seat = CADRE_NO_SEAT }, full;
	char got[64];

	line(died, "boom\n", 5, "seat 3 (pid 812) died: signal 11 (SIGSEGV) "
	    "after 4.2s; last stderr: boom");
	died.exit_signal = 0, died.exit_code = 3, died.duration_ns = 1500000;
	line(died, "", 0, "seat 3 (pid 812) died: exit code 3 after 1.5ms");
	died.exit_code = 0;
	line(died, "", 0,
	    "seat 3 (pid 812) finished: exit code 0 after 1.5ms");
	died.exit_signal = 4000000000, died.duration_ns = 90 * SEC;
	line(died, "", 0,
	    "seat 3 (pid 812) died: signal 4000000000 after 1m30s");
	line((struct cadre_shm_event){ .kind = CADRE_EVENT_BACKOFF, .seat = 3,
	    .delay_ns = 200000000, .tries = 2 }, "", 0,
	    "seat 3: respawn in 200ms (try 2)");
	line((struct cadre_shm_event){ .kind = CADRE_EVENT_STARTED,
	    .seat = CADRE_NO_SEAT, .tries = 4 }, "", 0,
	    "started, 4 workers wanted");
	stall();
	line((struct cadre_shm_event){ .kind = CADRE_EVENT_ACCEPTOR,
	    .seat = CADRE_NO_SEAT, .pid = 9 }, "signal 9", 8,
	    "acceptor (pid 9): signal 9");
	line((struct cadre_shm_event){ .kind = 77, .seat = 1 }, "x", 1,
	    "seat 1: event of kind 77: x");
	line(log, "\033[2J\a\x7f", 6, "app: trouble: \\x1b[2J\\x07\\x7f");
	line(log, "a\nb\tc\\x1b\r", 10, "app: trouble: a\\nb\\tc\\\\x1b\\x0d");
	line(log, "a\0b", 3, "app: trouble: a\\x00b");
	line(log, "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", 9,
	    "app: trouble: \xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80");
	line(log, "\xc2\x9b\xc0\xaf", 4, "app: trouble: \\xc2\\x9b\\xc0\\xaf");
	line(log, "\xed\xa0\x80\xf5\xe2\x82", 6,
	    "app: trouble: \\xed\\xa0\\x80\\xf5\\xe2\\x82");

	full = log;
	memset(full.text, '\a', sizeof(full.text));
	full.text_bytes = UINT32_MAX;
	is_int(cadre_event_text(&full, got, sizeof(got)), 62,
	    "a lying length: cut to the room, between two escapes");
	is_str(got + 54, "\\x07\\x07", "with the end of an escape");
	is_int(cadre_event_text(&full, got, 1), 0, "room for the NUL only");
	is_str(got, "", "is an empty line");
	is_int(cadre_event_text(&full, got, 0), 0, "no room: nothing written");

	is_str(cadre_event_name(CADRE_EVENT_DIED), "died", "event name");
	is_str(cadre_event_name(0), "?", "no event is 0");
	is_str(cadre_event_name(UINT32_MAX), "?", "unknown event");
	is_str(cadre_state_name(CADRE_STATE_BACKOFF), "backoff", "state name");
	is_str(cadre_state_name(CADRE_STATE_DONE), "done", "another");
	is_str(cadre_state_name(99), "?", "unknown state");
	is_str(cadre_app_state_name(CADRE_APP_RUNNING), "running", "app state");
	is_str(cadre_app_state_name(0), "?", "unknown app state");
	return done_testing();
}
