/* t/95-pauses: 100 pauses of the whole group make nobody hang */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/lib/pause.h"
#include "t/lib/tap.h"

int
main(void)
{
	pause_test(100);
	return done_testing();
}
