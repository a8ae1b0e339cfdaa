/* t/37-kills: 100 kills of publishers and subscribers leave none of the others stuck, no piece torn, and all counts right */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/lib/reaper.h"
#include "t/lib/tap.h"

int
main(void)
{
	reaper(6, 100, 10);
	return done_testing();
}
