/* SPDX-License-Identifier: BSD-2-Clause */
/* What the app measures: declared before the start, then rows of the schema. */
#ifndef RUNTIME_METRICS_H
#define RUNTIME_METRICS_H

#include "runtime/master.h"
#include "shm/frame.h"

int	metrics_begin(struct cadre_master *);
	/* Declare the runtime's own. 0 or -ENOMEM. */
int	metrics_window(struct cadre_master *);
	/* Reserve the place of the slot, if no metric has yet. 0 or -errno. */
void	metrics_shape(const struct cadre_master *, struct cadre__shape *);
int	metrics_publish(struct cadre_master *);
	/* Append all of them to the schema. 0 or -ENOSPC. */
int	metrics_add(struct cadre_master *, const struct cadre__frame_declare *,
	    uint64_t *ret_offset);
	/*
	 * While the app runs: a worker declares a metric. 0, and where its word
	 * is in a slot; -EEXIST, -ENOSPC, -EINVAL as cadre_master_counter().
	 */
void	metrics_free(struct cadre_master *);

uint64_t metrics_offset(const struct cadre_master *, const char *name);
	/* Of its word in a slot; it is one of those that are always there. */

#endif
