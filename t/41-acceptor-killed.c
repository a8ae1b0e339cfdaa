/* t/41-acceptor-killed: the acceptor dies under load: nobody is refused, another takes over, rr goes on even */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/lib/felled.h"
#include "t/lib/tap.h"

int
main(void)
{
	felled("mode=rr", 5);
	return done_testing();
}
