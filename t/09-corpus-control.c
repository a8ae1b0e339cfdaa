/* t/09-corpus-control: a frame of a worker or a client moves what it may, and is answered once */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/fuzz/replay.h"

int
main(void)
{
	return replay("control");
}
