/* SPDX-License-Identifier: BSD-2-Clause */
/* Words for people: escapes, durations, counts. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "shm/clock.h"
#include "tools/text.h"

static size_t
escape(const char *bytes, size_t n, char *to, size_t room, bool backslashes)
{
	size_t at = 0, need;
	char piece[8];
	unsigned char c;

	for (size_t i = 0; i < n && bytes[i] != '\0'; i++) {
		c = (unsigned char)bytes[i];
		if (c == '\n' || c == '\t' || (c == '\\' && backslashes))
			need = (size_t)sprintf(piece, "\\%c", c == '\n' ? 'n' :
			    c == '\t' ? 't' : '\\');
		else
			need = (size_t)sprintf(piece, c >= ' ' && c < 127 ?
			    "%c" : "\\x%02x", c);
#ifdef FUZZ_PLANT			/* no room is kept for the NUL */
		if (at + need > room)
			break;
#else
		if (at + need >= room)
			break;
#endif
		memcpy(to + at, piece, need);
		at += need;
	}
	to[at] = '\0';
	return at;
}

size_t
text_escape(const char *bytes, size_t n, char *to, size_t room)
{
	return escape(bytes, n, to, room, true);
}

struct text_line
text_line(const char *s)
{
	struct text_line t;

	escape(s, strlen(s), t.s, sizeof(t.s), true);
	return t;
}

struct text_line
text_escaped(const char *s)
{
	struct text_line t;

	escape(s, strlen(s), t.s, sizeof(t.s), false);
	return t;
}

struct text
text_duration(uint64_t ns)
{
	uint64_t s = ns / NS_PER_S;
	struct text t;

	if (ns < 1000)
		snprintf(t.s, sizeof(t.s), "%uns", (unsigned)ns);
	else if (ns < NS_PER_MS)
		snprintf(t.s, sizeof(t.s), "%uus", (unsigned)(ns / 1000));
	else if (ns < NS_PER_S)
		snprintf(t.s, sizeof(t.s), "%.*fms", ns < 100 * NS_PER_MS,
		    (double)ns / 1e6);
	else if (s < 60)
		snprintf(t.s, sizeof(t.s), "%.1fs", (double)ns / 1e9);
	else if (s < 3600)
		snprintf(t.s, sizeof(t.s), "%um%02us", (unsigned)(s / 60),
		    (unsigned)(s % 60));
	else if (s < 86400)
		snprintf(t.s, sizeof(t.s), "%uh%02um", (unsigned)(s / 3600),
		    (unsigned)(s / 60 % 60));
	else
		snprintf(t.s, sizeof(t.s), "%ud%02uh", (unsigned)(s / 86400),
		    (unsigned)(s / 3600 % 24));
	return t;
}

/* n in steps of `step`, one letter each; plain numbers stay whole. */
static struct text
scaled(double n, double step, const char *letters)
{
	struct text t;
	size_t i = 0;

	if (n < step) {
		snprintf(t.s, sizeof(t.s), "%.0f", n);
		return t;
	}
	for (n /= step; n >= step && letters[i + 1] != '\0'; i++)
		n /= step;
	snprintf(t.s, sizeof(t.s), "%.1f%c", n, letters[i]);
	return t;
}

struct text
text_count(double n)
{
	struct text t;

	if (n < 0) {
		t = text_count(-n);
		memmove(t.s + 1, t.s, sizeof(t.s) - 2);
		t.s[0] = '-';
		t.s[sizeof(t.s) - 1] = '\0';
		return t;
	}
	return scaled(n, 1000, "kMGTPE");
}

struct text
text_total(double n)
{
	struct text t;

	if (n < 0 || n >= 1e7)
		return text_count(n);
	snprintf(t.s, sizeof(t.s), "%.0f", n);
	return t;
}

struct text
text_size(uint64_t bytes)
{
	return scaled((double)bytes, 1024, "KMGTPE");
}

struct text
text_percent(double part)
{
	struct text t;

	snprintf(t.s, sizeof(t.s), "%.0f", part * 100);
	return t;
}

struct text
text_time(uint64_t real_ns)
{
	time_t s = (time_t)(real_ns / NS_PER_S);
	struct text t;
	struct tm tm;
	size_t at;

	if (localtime_r(&s, &tm) == NULL) {
		snprintf(t.s, sizeof(t.s), "--:--:--.---");
		return t;
	}
	at = strftime(t.s, sizeof(t.s), "%H:%M:%S", &tm);
	snprintf(t.s + at, sizeof(t.s) - at, ".%03u",
	    (unsigned)(real_ns / NS_PER_MS % 1000));
	return t;
}
