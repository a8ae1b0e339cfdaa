/* SPDX-License-Identifier: BSD-2-Clause */
/* Sizes that follow from no configuration: what an app has unless it asks. */
#ifndef RUNTIME_SIZE_H
#define RUNTIME_SIZE_H

#define VALUES_BYTES		3584	/* with the head: one page */
#define LOG_BYTES		1048576
#define SEATS_PER_WORKER	4	/* max_workers, if not set: room to scale */
#define SEATS_LEAST		16

#endif
