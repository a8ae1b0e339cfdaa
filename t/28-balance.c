/* t/28-balance: least keeps seats within 3 while connections come and go; at rest nobody has load */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/lib/churn.h"
#include "t/lib/tap.h"

int
main(void)
{
	churn("mode=least", 100, 0);
	churn("mode=gate", 100, 20);
	return done_testing();
}
