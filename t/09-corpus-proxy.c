/* t/09-corpus-proxy: a PROXY header is one or none, wherever it is cut */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/fuzz/replay.h"

int
main(void)
{
	return replay("proxy");
}
