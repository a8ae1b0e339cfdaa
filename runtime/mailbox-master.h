/* SPDX-License-Identifier: BSD-2-Clause */
/* The master's mailbox, as the rest of the master has to do with it. */
#ifndef RUNTIME_MAILBOX_MASTER_H
#define RUNTIME_MAILBOX_MASTER_H

#include "runtime/master.h"

void	messages_init(struct cadre_master *);
	/* Of a new handle: handlers may be set. */
int	messages_open(struct cadre_master *);
	/* At the start, when options and seats are settled. 0 or -ENOMEM. */
void	messages_close(struct cadre_master *);
	/* When all workers are gone. Handlers stay. */
void	messages_due(struct cadre_master *, uint64_t now_ns);
uint64_t messages_deadline(const struct cadre_master *);

#endif
