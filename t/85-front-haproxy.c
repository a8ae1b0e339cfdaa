/* t/85-front-haproxy: behind HAProxy clients keep their worker through a reload, and no request fails when a seat goes */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/lib/front-claims.h"
#include "t/lib/front.h"
#include "t/lib/tap.h"

int
main(void)
{
	if (!front_has("haproxy"))
		skip_all("no haproxy");
	front_claims("haproxy", "cookie", NULL);
	return done_testing();
}
