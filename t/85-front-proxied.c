/* t/85-front-proxied: the same behind HAProxy that says whose request it is, by the PROXY protocol */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/lib/front-claims.h"
#include "t/lib/front.h"
#include "t/lib/tap.h"

int
main(void)
{
	if (!front_has("haproxy"))
		skip_all("no haproxy");
	front_claims("haproxy", "cookie", "proxy=127.0.0.1");
	return done_testing();
}
