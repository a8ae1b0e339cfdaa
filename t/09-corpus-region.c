/* t/09-corpus-region: no region whose bytes change while they are read breaks an observer */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/fuzz/replay.h"

int
main(void)
{
	return replay("region");
}
