/* SPDX-License-Identifier: BSD-2-Clause */
/* Asking an app for a restart, as the command does. */
#ifndef T_RESTART_H
#define T_RESTART_H

#include <stddef.h>
#include <stdint.h>

#include <cadre/cadre.h>

struct app;

int	ask_restart_begin(const struct app *);
	/* Ask; the connection on which the answer will come, or -errno. */
int	ask_restart_end(int fd, char *why, size_t bytes);
	/* Wait for it: 0, or -errno and the words that came with it. */
int	ask_restart(const struct app *, char *why, size_t bytes);
	/* Both. */

int	ask_reload_begin(const struct app *, const struct cadre_reload *);
int	ask_reload(const struct app *, uint32_t flags, char *why,
	    size_t bytes);
	/* The same of a reload; its end is that of a restart. */

int	ask_scale(const struct app *, int n, unsigned int by, char *why,
	    size_t bytes);
	/* To n workers, or by so many. */
int	ask_reset(const struct app *, uint32_t seat, char *why, size_t bytes);
	/* Of a seat, or CADRE_NO_SEAT. */

#endif
