/* SPDX-License-Identifier: BSD-2-Clause */
/* Descriptors: that none is left behind. */
#ifndef T_FUZZ_FDS_H
#define T_FUZZ_FDS_H

#define FDS_MAX	1024

int fds_first_free(void);
	/* The lowest number that is not open. */
void fds_claim(const int *fds, unsigned int n);
	/* They came in one message, close-on-exec; close them. */
unsigned int fds_open_from(int first, unsigned int n);
	/*
	 * How many of the n numbers from there on are open: some may be, of
	 * whom we were started by. One system call.
	 */

#endif
