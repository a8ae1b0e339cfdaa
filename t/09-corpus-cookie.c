/* t/09-corpus-cookie: a cookie is found where a reader finds it, wherever the request is cut */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/fuzz/replay.h"

int
main(void)
{
	return replay("cookie");
}
