/* t/96-topic-kills: 5,000 kills of publishers and subscribers leave none of the others stuck, no piece torn, and all counts right */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/lib/reaper.h"
#include "t/lib/tap.h"

int
main(void)
{
	reaper(8, 5000, 50);
	return done_testing();
}
