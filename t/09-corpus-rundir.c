/* t/09-corpus-rundir: no directory, name or variable leaves a descriptor open */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/fuzz/replay.h"

int
main(void)
{
	return replay("rundir");
}
