/* t/93-handed-over: 1,000 workers are killed between hand-over and pick-up, and no connection is lost */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/lib/caught.h"
#include "t/lib/tap.h"

int
main(void)
{
	caught("mode=rr", 1000);
	caught("mode=least", 200);
	return done_testing();
}
