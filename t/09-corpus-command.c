/* t/09-corpus-command: whatever is typed, the command ends with a code of its own and says why */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/fuzz/replay.h"

int
main(void)
{
	return replay("command");
}
