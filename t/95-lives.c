/* t/95-lives: 1,000 lives that end in six ways, and 1,000 kills; see t/35-lives */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/lib/lives.h"
#include "t/lib/tap.h"

int
main(void)
{
	lives_test(1000);
	lives_kill_test(1000);
	return done_testing();
}
