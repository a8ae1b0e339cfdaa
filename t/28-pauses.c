/* t/28-pauses: a pause of the whole group makes nobody hang */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/lib/pause.h"
#include "t/lib/tap.h"

int
main(void)
{
	pause_test(5);
	return done_testing();
}
