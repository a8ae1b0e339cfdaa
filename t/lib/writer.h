/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program that only writes a slot, below a tool that counts what it does,
 * while observers of the same region stand still.
 */
#ifndef T_WRITER_H
#define T_WRITER_H

#define WRITER_OBSERVERS	100	/* at most */

struct writer_run {
	const char	*tool;		/* a command, with its options */
	const char	*self;		/* this test; called as `self writer …` */
	int		sock;		/* listening socket of the app "web" */
	unsigned int	updates;
	unsigned int	observers;	/* half of them killed on the way */
};

int writer_sock(char *base);
	/*
	 * Make the directory `base`, as mkdtemp(3), go there, let it be the
	 * runtime directory, and open the socket of "web" in it. -1: no.
	 */
int writer_main(char *argv[]);
	/* What the test is when argv[1] is "writer". Its exit status. */
int writer_run(const struct writer_run *);
	/*
	 * 0		it ran to its end, with all of its observers in mid-read
	 * -EPERM	processes cannot be traced here
	 * -errno	an observer was through too soon, or the writer failed
	 */

#endif
