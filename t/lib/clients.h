/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Clients of app_answer() in processes of their own: each asks on a connection
 * of its own, waits for the answer, and asks again.
 */
#ifndef T_CLIENTS_H
#define T_CLIENTS_H

#include "t/lib/app.h"

struct clients;

struct clients *clients_begin(const struct app *, unsigned int n);
unsigned int clients_failed(const struct clients *);
	/* Refused, reset, or without an answer; so far. */
unsigned int clients_answered(const struct clients *);
bool	clients_go_on(const struct clients *, unsigned int n);
	/* Until so many more have been answered. */
void	clients_end(struct clients *);
	/* No more ask; the counts stay. */

#endif
