/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names and log lines. What an event says is a row of a table; the text it
 * carries came from a worker or a client, so nothing of it reaches a terminal
 * that is not printable: control bytes and bytes that are not UTF-8 are
 * escaped, as is the backslash, so that no escape can be feigned.
 */
#include "shm/export.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "shm/clock.h"

/*
 * In a line: %s the seat whose event it is, %p its pid in brackets; %g
 * generation, %e died or finished, %x how, %c the cause of a stall, %f ", for"
 * and duration if it has one, %d duration, %C ", N connections cut", %r delay,
 * %t tries, %k the kind's number; %T ": text", %L "; last stderr: text", nothing
 * if there is none.
 */
static const struct {
	const char	*name, *line;
} kinds[] = {
	[CADRE_EVENT_STARTED] = { "started", "started, %t workers wanted%T" },
	[CADRE_EVENT_SPAWNED] = { "spawned", "%s%p spawned, generation %g" },
	[CADRE_EVENT_READY] = { "ready", "%s%p ready after %d%T" },
	[CADRE_EVENT_DRAINING] = { "draining", "%s%p draining%T" },
	[CADRE_EVENT_DIED] = { "died", "%s%p %e: %x after %d%C%L" },
	[CADRE_EVENT_BACKOFF] = { "backoff", "%s: respawn in %r (try %t)%T" },
	[CADRE_EVENT_PARKED] = { "parked",
	    "%s: parked after %t early deaths in a row%T" },
	[CADRE_EVENT_LATE] = { "late", "%s%p late%T" },
	[CADRE_EVENT_STALLED] = { "stalled", "%s%p stalled: %c%f%T" },
	[CADRE_EVENT_RESUMED] = { "resumed", "%s%p resumed after %d: %c%T" },
	[CADRE_EVENT_STOPPING] = { "stopping", "stopping%T" },
	[CADRE_EVENT_STOPPED] = { "stopped", "stopped%T" },
	[CADRE_EVENT_LOG] = { "log", "%s: log%T" },
	[CADRE_EVENT_REFUSED] = { "refused", "refused%T" },
	[CADRE_EVENT_BAD_FRAME] = { "bad-frame",
	    "%s%p: bad frame, channel closed%T" },
	[CADRE_EVENT_TROUBLE] = { "trouble", "%s: trouble%T" },
	[CADRE_EVENT_RESTARTING] = { "restarting",
	    "restarting %t workers" },
	[CADRE_EVENT_RESTARTED] = { "restarted",
	    "restarted %t workers in %d%T" },
	[CADRE_EVENT_LEFT] = { "left", "left behind%T" },
	[CADRE_EVENT_HUNG] = { "hung",
	    "%s%p hung: %c, stalled for %d; aborted%T" },
	[CADRE_EVENT_ACCEPTOR] = { "acceptor", "acceptor%p%T" },
	[CADRE_EVENT_RELOADING] = { "reloading", "reloading %t workers" },
	[CADRE_EVENT_RELOADED] = { "reloaded",
	    "reloaded %t workers in %d%T" },
	[CADRE_EVENT_SCALED] = { "scaled", "%t workers wanted now" },
	[CADRE_EVENT_BACK] = { "back", "going back%T" },
	[CADRE_EVENT_PROBED] = { "probed", "%s%p probed%f%T" },
	[CADRE_EVENT_CPUS] = { "cpus", "%t processors may be used now%T" },
	[CADRE_EVENT_WAITS] = { "waits", "%s: waits%T" },
	[CADRE_EVENT_RESET] = { "reset",
	    "%s: reset after %t early deaths in a row%T" },
	[CADRE_EVENT_DONE] = { "done", "%s: done%T" },
	[CADRE_EVENT_RECYCLING] = { "recycling", "%s%p is replaced%T" },
	[CADRE_EVENT_RECYCLED] = { "recycled", "%s: recycled in %d%T" },
	[CADRE_EVENT_NOT_RECYCLED] = { "not-recycled",
	    "%s: not recycled%T" },
	[CADRE_EVENT_DOOR] = { "door", "%s: door%T" },
	[CADRE_EVENT_OVERDUE] = { "overdue",
	    "%s%p overdue: a request has taken %d; aborted%T" },
	[CADRE_EVENT_PEERS] = { "peers", "peers%T" },
	[CADRE_EVENT_MEMORY] = { "memory", "%s%p memory%T" },
};

static const char *const states[] = {
	[CADRE_STATE_EMPTY] = "empty",
	[CADRE_STATE_STARTING] = "starting",
	[CADRE_STATE_UP] = "up",
	[CADRE_STATE_DRAINING] = "draining",
	[CADRE_STATE_BACKOFF] = "backoff",
	[CADRE_STATE_PARKED] = "parked",
	[CADRE_STATE_DONE] = "done",
};

static const char *const app_states[] = {
	[CADRE_APP_STARTING] = "starting",
	[CADRE_APP_RUNNING] = "running",
	[CADRE_APP_STOPPING] = "stopping",
	[CADRE_APP_STOPPED] = "stopped",
};

static const char *const causes[] = {
	[CADRE_CAUSE_BUSY] = "busy loop",
	[CADRE_CAUSE_BLOCKED] = "blocked in a call",
	[CADRE_CAUSE_DISK] = "uninterruptible sleep",
	[CADRE_CAUSE_STOPPED] = "stopped by a signal",
	[CADRE_CAUSE_QUEUE] = "queue not served",
};

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

static const char *
name_of(const char *const *names, size_t n, uint64_t i)
{
	return i < n && names[i] != NULL ? names[i] : "?";
}

const char *
cadre_state_name(uint32_t state)
{
	return name_of(states, COUNT(states), state);
}

const char *
cadre_app_state_name(uint32_t state)
{
	return name_of(app_states, COUNT(app_states), state);
}

const char *
cadre_cause_name(uint64_t cause)
{
	return name_of(causes, COUNT(causes), cause);
}

const char *
cadre_event_name(uint32_t kind)
{
	return kind < COUNT(kinds) && kinds[kind].name != NULL ?
	    kinds[kind].name : "?";
}

struct line {
	char	*text;
	size_t	room, len;	/* room: without the NUL */
	bool	full;
};

/* All of it or, from the first that does not fit, nothing any more. */
static void
put(struct line *l, const char *bytes, size_t n)
{
	if (n > l->room - l->len)
		l->full = true;
	if (l->full)
		return;
	memcpy(l->text + l->len, bytes, n);
	l->len += n;
}

__attribute__((format(printf, 2, 3)))
static void
put_format(struct line *l, const char *format, ...)
{
	char piece[96];
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(piece, sizeof(piece), format, ap);
	va_end(ap);
	put(l, piece, (size_t)n < sizeof(piece) ? (size_t)n :
	    sizeof(piece) - 1);
}

/*
 * Bytes of the UTF-8 character at `p`, 0 if it is none: overlong, surrogate,
 * beyond U+10FFFF or cut. Of the two-byte ones, C1 controls are none to us.
 */
static size_t
character(const unsigned char *p, size_t n)
{
	static const struct { unsigned char low, high, second, top; } rows[] = {
		{ 0xc2, 0xc2, 0xa0, 0xbf }, { 0xc3, 0xdf, 0x80, 0xbf },
		{ 0xe0, 0xe0, 0xa0, 0xbf }, { 0xe1, 0xec, 0x80, 0xbf },
		{ 0xed, 0xed, 0x80, 0x9f }, { 0xee, 0xef, 0x80, 0xbf },
		{ 0xf0, 0xf0, 0x90, 0xbf }, { 0xf1, 0xf3, 0x80, 0xbf },
		{ 0xf4, 0xf4, 0x80, 0x8f },
	};
	size_t len = *p < 0xe0 ? 2 : *p < 0xf0 ? 3 : 4;

	if (*p < 0x80)
		return *p >= 0x20 && *p != 0x7f && *p != '\\';
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (*p < rows[i].low || *p > rows[i].high)
			continue;
		if (n < len || p[1] < rows[i].second || p[1] > rows[i].top)
			return 0;
		for (size_t k = 2; k < len; k++)
			if ((p[k] & 0xc0) != 0x80)
				return 0;
		return len;
	}
	return 0;
}

static void
put_escaped(struct line *l, const struct cadre_shm_event *e)
{
	const unsigned char *p = (const unsigned char *)e->text;
	size_t n = e->text_bytes < sizeof(e->text) ? e->text_bytes :
	    sizeof(e->text);

	while (n > 0 && p[n - 1] == '\n')
		n--;
	while (n > 0) {
		size_t len = character(p, n);

		if (len > 0)
			put(l, (const char *)p, len);
		else if (*p == '\n' || *p == '\t' || *p == '\\')
			put_format(l, "\\%c", *p == '\n' ? 'n' :
			    *p == '\t' ? 't' : '\\');
		else
			put_format(l, "\\x%02x", *p);
		len += len == 0;
		p += len;
		n -= len;
	}
}

/* Two or three digits and a unit: enough to know how bad it is. */
static void
put_duration(struct line *l, uint64_t ns)
{
	uint64_t ms = ns / NS_PER_MS, s = ns / NS_PER_S;

	if (ns < NS_PER_MS)
		put_format(l, "%" PRIu64 "us", ns / 1000);
	else if (ms < 10)
		put_format(l, "%" PRIu64 ".%" PRIu64 "ms", ms,
		    ns % NS_PER_MS / (NS_PER_MS / 10));
	else if (ms < 1000)
		put_format(l, "%" PRIu64 "ms", ms);
	else if (s < 60)
		put_format(l, "%" PRIu64 ".%" PRIu64 "s", s, ms % 1000 / 100);
	else if (s < 3600)
		put_format(l, "%" PRIu64 "m%02" PRIu64 "s", s / 60, s % 60);
	else if (s < 86400)
		put_format(l, "%" PRIu64 "h%02" PRIu64 "m", s / 3600,
		    s / 60 % 60);
	else
		put_format(l, "%" PRIu64 "d%02" PRIu64 "h", s / 86400,
		    s / 3600 % 24);
}

static void
put_exit(struct line *l, const struct cadre_shm_event *e)
{
	const char *name = e->exit_signal <= 64 ?
	    sigabbrev_np((int)e->exit_signal) : NULL;

	if (e->exit_signal == 0)
		put_format(l, "exit code %" PRIu32, e->exit_code);
	else if (name == NULL)
		put_format(l, "signal %" PRIu32, e->exit_signal);
	else
		put_format(l, "signal %" PRIu32 " (SIG%s)", e->exit_signal,
		    name);
}

/* Who returned as it should has not failed, and must not read like it. */
static void
put_end(struct line *l, const struct cadre_shm_event *e)
{
	bool done = e->exit_signal == 0 && e->exit_code == 0;

	put_format(l, done || (e->flags & CADRE_EVENT_ASKED) != 0 ?
	    "finished" : "died");
}

static void
put_seat(struct line *l, const struct cadre_shm_event *e)
{
	if (e->seat == CADRE_NO_SEAT)
		put_format(l, "app");
	else
		put_format(l, "seat %" PRIu32, e->seat);
}

static void
put_pid(struct line *l, const struct cadre_shm_event *e)
{
	if (e->pid != 0)
		put_format(l, " (pid %" PRIu64 ")", e->pid);
}

static void
put_text(struct line *l, const struct cadre_shm_event *e, const char *before)
{
	if (e->text_bytes == 0)
		return;
	put(l, before, strlen(before));
	put_escaped(l, e);
}

static void
put_field(struct line *l, const struct cadre_shm_event *e, char field)
{
	switch (field) {
	case 's': put_seat(l, e); break;
	case 'p': put_pid(l, e); break;
	case 'g': put_format(l, "%" PRIu64, e->generation); break;
	case 'e': put_end(l, e); break;
	case 'x': put_exit(l, e); break;
	case 'c': put_format(l, "%s", cadre_cause_name(e->cause)); break;
	case 'd': put_duration(l, e->duration_ns); break;
	case 'f':			/* not of one that is told at once */
		if (e->duration_ns == 0)
			break;
		put(l, ", for ", 6);
		put_duration(l, e->duration_ns);
		break;
	case 'C':			/* most have finished what they had */
		if (e->cut != 0)
			put_format(l, ", %" PRIu64 " connection%s cut", e->cut,
			    e->cut == 1 ? "" : "s");
		break;
	case 'r': put_duration(l, e->delay_ns); break;
	case 't': put_format(l, "%" PRIu32, e->tries); break;
	case 'k': put_format(l, "%" PRIu32, e->kind); break;
	case 'T': put_text(l, e, ": "); break;
	case 'L': put_text(l, e, "; last stderr: "); break;
	}
}

int
cadre_event_text(const struct cadre_shm_event *e, char *text, size_t bytes)
{
	struct line l = { .text = text, .room = bytes - 1 };
	const char *p = e->kind < COUNT(kinds) ? kinds[e->kind].line : NULL;

	if (bytes == 0)
		return 0;
	if (p == NULL)
		p = "%s%p: event of kind %k%T";
	for (; *p != '\0'; p++)
		if (*p == '%')
			put_field(&l, e, *++p);
		else
			put(&l, p, 1);
	text[l.len] = '\0';
	return (int)l.len;
}
