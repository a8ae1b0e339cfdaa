/* t/93-balance: 1,000 connections of which half are replaced: least within 3, the gate within 5 % of deviation */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/resource.h>

#include "t/lib/churn.h"
#include "t/lib/tap.h"

int
main(void)
{
	struct rlimit all;

	getrlimit(RLIMIT_NOFILE, &all);
	all.rlim_cur = all.rlim_max;
	setrlimit(RLIMIT_NOFILE, &all);
	churn("mode=least", 1000, 0);
	churn("unix,mode=least", 1000, 0);
	churn("mode=gate", 1000, 5);
	return done_testing();
}
