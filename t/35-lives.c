/* t/35-lives: of 100 lives that end in six ways each event is told once, in order */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/lib/lives.h"
#include "t/lib/tap.h"

int
main(void)
{
	lives_test(100);
	return done_testing();
}
