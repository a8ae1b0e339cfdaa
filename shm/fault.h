/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fault points: places where a test makes a process die, stop, wait or be
 * refused by the kernel. Only a build with --enable-faults has them; in any
 * other they are the constant 0, and the compiler leaves nothing of them.
 *
 *	CADRE_FAULT=NAME:ACTION[@N][,…]
 *
 * arms them: at its N-th pass (default 1; *: at each) the point of that name
 * does what ACTION says: kill, stop, delay:MS, errno:NAME, or count, which
 * does nothing. Passes are counted for the app, not for a process: what is
 * forked after the first pass shares the counts, and what is exec'd does too
 * if CADRE_FAULT_COUNTS names a file. A point is on one side by its place, so
 * there is no need to say in which process. What cannot be understood is told
 * on standard error.
 */
#ifndef SHM_FAULT_H
#define SHM_FAULT_H

#include <stdint.h>

#define CADRE__FAULTS_MAX	256	/* armed at a time */

/* The file of CADRE_FAULT_COUNTS: one for each NAME, in their order. */
struct cadre__fault_count {
	uint64_t	passes;
	uint64_t	pid;		/* whom it befell last; 0: nobody */
};

struct cadre__fault {
	const char	*name;		/* where.what, each name in one place */
	int		fails;		/* takes errno */
};

#ifdef CADRE_FAULTS

int cadre__fault(const struct cadre__fault *);
	/* A pass: 0, or -errno, which errno then is too. */

/* Every place is in the list that the linker makes of this section. */
#define CADRE__FAULT(n, f) __extension__({				\
	static const struct cadre__fault cadre__point = { (n), (f) };	\
	static const struct cadre__fault *cadre__listed			\
	    __attribute__((section("cadre_faults"), used)) = &cadre__point; \
	cadre__fault(cadre__listed); })

extern const struct cadre__fault *__start_cadre_faults[];
extern const struct cadre__fault *__stop_cadre_faults[];

/* In the place of a call that may fail, or before it: 0 or -errno. */
#define CADRE_FAULT(name)	CADRE__FAULT(name, 1)
/* Between two steps that cannot fail. */
#define CADRE_FAULT_AT(name)	((void)CADRE__FAULT(name, 0))

#else
#define CADRE_FAULT(name)	0
#define CADRE_FAULT_AT(name)	((void)0)
#endif

#endif
