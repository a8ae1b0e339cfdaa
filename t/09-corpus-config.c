/* t/09-corpus-config: what is refused before the start changes nothing */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/fuzz/replay.h"

int
main(void)
{
	return replay("config");
}
