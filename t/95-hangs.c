/* t/95-hangs: 1,000 hangs are found within the hang limit and 100 ms */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/lib/hang.h"
#include "t/lib/tap.h"

int
main(void)
{
	hang_test(10, 100);
	return done_testing();
}
