/* t/09-corpus-frame: a message is a frame or refused, wherever it is cut */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/fuzz/replay.h"

int
main(void)
{
	return replay("frame");
}
