/* t/35-lives-killed: what a worker sent before kill -9 comes before its end, and leaves no descriptor */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/lib/lives.h"
#include "t/lib/tap.h"

int
main(void)
{
	lives_kill_test(100);
	return done_testing();
}
