/* SPDX-License-Identifier: BSD-2-Clause */
/* Sizes that follow from no configuration: what an app has unless it asks. */
#ifndef RUNTIME_SIZE_H
#define RUNTIME_SIZE_H

#define VALUES_BYTES		3584	/* with the head: one page */
#define LOG_BYTES		1048576
#define SEATS_PER_WORKER	4	/* max_workers, if not set: room to scale */
#define SEATS_LEAST		16
#define PUBLISH_BYTES		65536	/* ring of a slot */
#define PUBLISH_BYTES_MIN	4096
#define PUBLISH_BYTES_MAX	(1 << 24)
#define PUBLISH_SEATS_MAX	512	/* above, nobody can: memory */
#define BUSY_POLL_US_MAX	1000	/* no more than the least timeout of a wait */
#define WAKES_MAX		256	/* cords; seats above share them */

#endif
