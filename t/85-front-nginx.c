/* t/85-front-nginx: behind nginx clients keep their worker through a reload, and no request fails when a seat goes */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/lib/front-claims.h"
#include "t/lib/front.h"
#include "t/lib/tap.h"

int
main(void)
{
	if (!front_has("nginx"))
		skip_all("no nginx");
	front_claims("nginx", "cookie", NULL);
	return done_testing();
}
