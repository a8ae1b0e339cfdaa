/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Apps whose seats have doors, and clients that go to one of them: listener 0
 * is shared, 1 is tcp:127.0.0.1:0+N, 2 is unix:DIR/door-N.
 */
#ifndef T_VISIT_H
#define T_VISIT_H

#include "t/lib/app.h"

#define VISIT_SEATS	4
#define VISIT_TCP	1
#define VISIT_UNIX	2
#define VISIT_REFUSED	(-1)		/* as a proxy must see it */
#define VISIT_LOST	(-2)		/* let in, and not answered */

struct app *visit_start(unsigned int workers, const char *options);
	/*
	 * app_answer() up to the ready of all; the options of its doors, or
	 * NULL. Its drain timeout is short.
	 */
void	visit_config(struct cadre_master *, void *options);
	/* As visit_start() has it, for apps of other workers. */
int	visit_connect(const struct app *, unsigned int listener,
	    unsigned int seat);
	/* A connection to the seat's door, or -errno. */
int	visit(const struct app *, unsigned int listener, unsigned int seat);
	/* The seat that has answered there; or one of the above. */
bool	visit_until(const struct app *, unsigned int listener,
	    unsigned int seat, int want);
	/* Until a visit has this end. */

bool	visit_told(struct app *, unsigned int seat, const char *what);
	/* Until an event of trouble says so, of that seat or of none. */

/* Clients that visit one door in a row, in processes of their own. */
struct visitors {			/* shared, kept to the end of the test */
	unsigned int	answered, elsewhere, refused, lost;
	unsigned int	n;		/* from here on the test's alone */
	pid_t		pids[8];
};

struct visitors *visitors_begin(const struct app *, unsigned int listener,
	    unsigned int seat, unsigned int n);
bool	visitors_go_on(const struct visitors *, unsigned int n);
	/* Until so many more were answered, by whatever seat. */
void	visitors_end(struct visitors *);

#endif
