/* SPDX-License-Identifier: BSD-2-Clause */
/* What the embedder is told of the life of each worker. */
#ifndef RUNTIME_LIVES_H
#define RUNTIME_LIVES_H

#include "runtime/master.h"

void	lives_begin(struct cadre_master *, const struct seat *, struct life *);
	/* It was forked. */
void	lives_due(struct cadre_master *, struct life *,
	    enum cadre_worker_event_kind);
	/*
	 * This has come to pass. What is due or was told before is not once
	 * more, and who was never online is not disconnected.
	 */
void	lives_end(struct cadre_master *, struct life *);
	/* It was reaped: its row says how it ended. Disconnected, if it was not. */
void	lives_listen(struct cadre_master *, struct seat *);
	/* The seat may be given connections; its worker, if it is up. */
void	lives_tell(struct cadre_master *);
	/* Call the function for all that is due: see lives.c for where. */

#endif
