/* SPDX-License-Identifier: BSD-2-Clause */
/* More workers or fewer, while the app runs. */
#ifndef RUNTIME_SCALE_H
#define RUNTIME_SCALE_H

#include "runtime/master.h"

int	scale_by(struct cadre_master *, int by);
	/* As cadre_master_scale() to so many more, or fewer; at least 1 stays. */
void	seats_publish(struct cadre_master *);
	/* In the anchor: which seats are wanted. */

#endif
