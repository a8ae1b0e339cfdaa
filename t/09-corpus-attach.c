/* t/09-corpus-attach: no answer of a master breaks an observer or leaves a descriptor open */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/fuzz/replay.h"

int
main(void)
{
	return replay("attach");
}
