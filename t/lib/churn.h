/* SPDX-License-Identifier: BSD-2-Clause */
/* Connections that stay, of which half are replaced: how even are the seats? */
#ifndef T_CHURN_H
#define T_CHURN_H

void	churn(const char *options, unsigned int connections,
	    unsigned int cv_percent);
	/*
	 * An app of 4 workers with that listener: as many connections at once,
	 * half of them ended at random and made anew, in several rounds; then
	 * half of what is open is held by workers that are killed. Results: how
	 * far seats are apart, and that the load of each is 0 at the end.
	 * cv_percent 0: by 3 at most; else the coefficient of variation.
	 */

#endif
