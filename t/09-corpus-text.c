/* t/09-corpus-text: what the command shows has no control byte, whatever it was */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/fuzz/replay.h"

int
main(void)
{
	return replay("text");
}
