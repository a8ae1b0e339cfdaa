/* SPDX-License-Identifier: BSD-2-Clause */
/* All workers are replaced: a reload beside the old ones, a restart after. */
#ifndef RUNTIME_RELOAD_H
#define RUNTIME_RELOAD_H

#include "runtime/master.h"

int	reload_ask(struct cadre_master *, const struct cadre_reload *how,
	    bool restart, uint32_t *ret_number);
	/*
	 * As cadre_master_reload(). *ret_number: which one it is; its end is
	 * told to clients by that.
	 */
const struct image *reload_image(struct cadre_master *, struct life *);
	/*
	 * What this life shall run, a program; and its version is settled: one
	 * that is no longer to come is the app's.
	 */
void	reload_go_on(struct cadre_master *, uint64_t now_ns);
	/* Look how far each seat is, and go on from there. */
uint64_t reload_deadline(const struct cadre_master *);
	/* When the canary has stayed up for long enough; UINT64_MAX: none. */
void	reload_probed(struct cadre_master *, struct seat *, struct life *,
	    bool passed, uint64_t now_ns);
	/* The probe of who comes to this seat is over; last_words say why. */
void	reload_died(struct cadre_master *, struct seat *, struct life *);
	/* A worker ended. One that was to come ends the reload. */
void	reload_fail(struct cadre_master *, struct seat *, const char *what);
	/*
	 * The worker that comes to this seat does not: `what` it did, or did
	 * not. Noted now, done when this turn's events are over.
	 */
void	reload_end(struct cadre_master *, int err, const char *why);
	/* Tell how it ended, also to who asked for it; nothing if none runs. */

#endif
