/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A line is put together in a buffer and written by one write(2): nothing is
 * left in stdio for a fork to print twice, and lines of a parent and its
 * children do not mix.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sys/mman.h>
#include <unistd.h>

#include "t/lib/tap.h"

#define TEXT_BYTES	4096		/* more of a name is cut */

struct tally {			/* shared by all processes of the test */
	int		planned;	/* -1: not said yet */
	int		run;
	int		failed;
};

#ifndef INSTRUMENTED
#define INSTRUMENTED	NULL
#endif

static struct tally *tally;
static pid_t first;		/* the process that began the test */

static void __attribute__((constructor))
begin(void)
{
	tally = mmap(NULL, sizeof(*tally), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (tally == MAP_FAILED)
		abort();
	tally->planned = -1;
	first = getpid();
	setvbuf(stdout, NULL, _IOLBF, 0);	/* for what a test prints itself */
}

/* Whole, or not at all: a result that is lost must not pass. */
static void __attribute__((format(printf, 2, 3)))
say(int fd, const char *fmt, ...)
{
	char line[TEXT_BYTES + 64];
	va_list ap;
	ssize_t n;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	do
		n = write(fd, line, (size_t)len);
	while (n < 0 && errno == EINTR);
	if (n != len && fd == STDOUT_FILENO)
		abort();
}

/*
 * The text of fmt and what follows it, for a name or a reason: it stands on
 * one line, and a '#' in it must not begin a directive.
 */
#define TEXT(text, fmt)							\
	char text[TEXT_BYTES];						\
	va_list ap_;							\
									\
	va_start(ap_, fmt);						\
	one_line(text, sizeof(text), fmt, ap_);				\
	va_end(ap_)

static void __attribute__((format(printf, 3, 0)))
one_line(char *text, size_t bytes, const char *fmt, va_list ap)
{
	vsnprintf(text, bytes, fmt, ap);
	for (char *c = text; *c != '\0'; c++)
		if (*c == '\n' || *c == '#')
			*c = ' ';
}

static int
report(int cond, const char *name)
{
	int n = __atomic_add_fetch(&tally->run, 1, __ATOMIC_RELAXED);

	if (!cond)
		__atomic_add_fetch(&tally->failed, 1, __ATOMIC_RELAXED);
	say(STDOUT_FILENO, "%sok %d - %s\n", cond ? "" : "not ", n, name);
	if (!cond)
		diag("failed: %s", name);
	return cond;
}

int
ok(int cond, const char *fmt, ...)
{
	TEXT(name, fmt);

	return report(cond != 0, name);
}

int
is_int(intmax_t got, intmax_t want, const char *fmt, ...)
{
	TEXT(name, fmt);

	if (!report(got == want, name))
		diag("  got %" PRIdMAX ", want %" PRIdMAX, got, want);
	return got == want;
}

int
is_u64(uint64_t got, uint64_t want, const char *fmt, ...)
{
	TEXT(name, fmt);

	if (!report(got == want, name))
		diag("  got %" PRIu64 " (0x%" PRIx64 "), want %" PRIu64
		    " (0x%" PRIx64 ")", got, got, want, want);
	return got == want;
}

int
is_str(const char *got, const char *want, const char *fmt, ...)
{
	bool same = got != NULL && want != NULL ? strcmp(got, want) == 0 :
	    got == want;
	TEXT(name, fmt);

	if (!report(same, name))
		diag("  got  %s\n  want %s", got != NULL ? got : "(NULL)",
		    want != NULL ? want : "(NULL)");
	return same;
}

void
diag(const char *fmt, ...)
{
	char text[TEXT_BYTES];
	char *rest = text, *part;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	while ((part = strsep(&rest, "\n")) != NULL)
		say(STDERR_FILENO, "# %s\n", part);
}

void
plan(int n)
{
	tally->planned = n;
	say(STDOUT_FILENO, "1..%d\n", n);
}

void
skip(int n, const char *fmt, ...)
{
	TEXT(why, fmt);

	while (n-- > 0)
		say(STDOUT_FILENO, "ok %d # SKIP %s\n",
		    __atomic_add_fetch(&tally->run, 1, __ATOMIC_RELAXED), why);
}

void
skip_all(const char *fmt, ...)
{
	TEXT(why, fmt);

	say(STDOUT_FILENO, "1..0 # SKIP %s\n", why);
	exit(0);
}

void
measures(const char *what)
{
	const char *by = getenv("T_INSTRUMENTED");	/* make check-valgrind */

	if (by == NULL)
		by = INSTRUMENTED;
	if (by != NULL)
		skip_all("measures %s, which is another with %s", what, by);
}

void
bail_out(const char *fmt, ...)
{
	TEXT(why, fmt);

	report(0, why);
	_exit(255);	/* the same in a child, whose atexit() is not its own */
}

int
done_testing(void)
{
	if (getpid() != first)
		return tally->failed != 0;
	if (tally->run == 0)
		ok(0, "a test that tests nothing");
	if (tally->planned < 0)
		plan(tally->run);
	return tally->failed != 0 || tally->run != tally->planned;
}
