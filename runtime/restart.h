/* SPDX-License-Identifier: BSD-2-Clause */
/* A restart: the workers are replaced one seat after another. */
#ifndef RUNTIME_RESTART_H
#define RUNTIME_RESTART_H

#include "runtime/master.h"

void	restart_go_on(struct cadre_master *, uint64_t now_ns);
	/* Look whether the seat whose turn it is has got its new worker. */
void	restart_died(struct cadre_master *, const struct seat *,
	    const struct life *);
	/* A worker died: the successor that a restart waits for? */
void	restart_end(struct cadre_master *, int err, const char *why);
	/* Tell how it ended, also to who asked for it; nothing if none runs. */

#endif
