/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Test Anything Protocol, the producer's side. A test calls ok() and its kin
 * and ends with `return done_testing();`.
 *
 * Forked children may report too: numbers and failures are kept in memory
 * that they share, and a line is one write. Who reports at the same time as
 * another process gets numbers out of order, which the harness refuses. Only
 * the process that began the test prints the plan.
 */
#ifndef T_TAP_H
#define T_TAP_H

#include <stdint.h>

#define TAP_PRINTF(n)	__attribute__((format(printf, (n), (n) + 1)))

/* One result each; they return whether it was good. */
int ok(int cond, const char *fmt, ...) TAP_PRINTF(2);
int is_int(intmax_t got, intmax_t want, const char *fmt, ...) TAP_PRINTF(3);
int is_u64(uint64_t got, uint64_t want, const char *fmt, ...) TAP_PRINTF(3);
int is_str(const char *got, const char *want, const char *fmt, ...)
    TAP_PRINTF(3);	/* NULL is equal to NULL only */

void diag(const char *fmt, ...) TAP_PRINTF(1);
	/* Each line of the text to stderr, behind "# ". */
void plan(int n);
	/* Say how many results will come. Before the first, or not at all. */
void skip(int n, const char *fmt, ...) TAP_PRINTF(2);
	/* In the place of n results: they cannot be had here, and why. */
void skip_all(const char *fmt, ...) TAP_PRINTF(1) __attribute__((noreturn));
	/* In the place of the whole test, before its first result. */
void measures(const char *what);
	/*
	 * First of all: this test measures `what`, which is another under
	 * sanitizers, gcov or valgrind; there it skips itself, and says so.
	 */
void bail_out(const char *fmt, ...) TAP_PRINTF(1) __attribute__((noreturn));
	/*
	 * This test cannot go on: a failure, and no plan. Not TAP's own "Bail
	 * out!": it would stop all other tests, and prove then says PASS.
	 */
int done_testing(void);
	/* The plan, unless given. 0 if all was good, else 1: the exit status. */

#endif
