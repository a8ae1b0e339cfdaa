/* t/41-handed-over: what a killed worker was given and had not picked up is answered, by its successor or another */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/lib/caught.h"
#include "t/lib/tap.h"

int
main(void)
{
	caught("mode=rr", 20);
	caught("mode=least", 20);
	return done_testing();
}
