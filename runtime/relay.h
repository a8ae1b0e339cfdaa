/* SPDX-License-Identifier: BSD-2-Clause */
/* From worker to worker, through the master. */
#ifndef RUNTIME_RELAY_H
#define RUNTIME_RELAY_H

#include "runtime/master.h"

/* Each answers what is wrong with it, or NULL. */
const char *relay_message(struct cadre_master *, struct mail *);
const char *relay_answer(struct cadre_master *, struct mail *);
const char *relay_broadcast(struct cadre_master *, struct mail *);

#endif
