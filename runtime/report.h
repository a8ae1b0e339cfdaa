/* SPDX-License-Identifier: BSD-2-Clause */
/* Events: one push to the master's ring and one call of the embedder's hook. */
#ifndef RUNTIME_REPORT_H
#define RUNTIME_REPORT_H

#include "runtime/master.h"

void	report(struct cadre_master *, struct cadre_shm_event *);
	/* Stamps it; the caller filled in the rest. */
void	report_app(struct cadre_master *, uint32_t kind, uint64_t number);
void	report_life(struct cadre_master *, uint32_t kind, const struct seat *,
	    const struct life *, uint64_t duration_ns, uint64_t delay_ns);
void	report_text(struct cadre_master *, uint32_t kind, const struct seat *,
	    const char *format, ...) __attribute__((format(printf, 4, 5)));
	/* seat NULL: of the app. */
void	event_of(struct cadre_shm_event *, uint32_t kind,
	    const struct cadre_master *, const struct seat *, const struct life *);
	/* Who: seat, generation, pid, exit, tries. NULL: none. */

#endif
