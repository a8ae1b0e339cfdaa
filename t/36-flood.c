/* t/36-flood: 20,000 messages to who is stopped cost a bounded queue, and nobody else anything */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/lib/flood.h"
#include "t/lib/tap.h"

#define SENDS	20000

int
main(void)
{
	(void)flood_stopped_worker(SENDS, 64, CADRE_DROP_NEWEST);
	(void)flood_stopped_worker(SENDS, 4096, CADRE_DROP_OLDEST);
	(void)flood_relayed(SENDS, 64);
	flood_stopped_master(SENDS, 64);
	return done_testing();
}
