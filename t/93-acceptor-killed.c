/* t/93-acceptor-killed: the acceptor dies 100 times under load, and nobody is refused */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/lib/felled.h"
#include "t/lib/tap.h"

int
main(void)
{
	felled("mode=rr", 100);
	felled("unix,mode=rr", 20);
	return done_testing();
}
