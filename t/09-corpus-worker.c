/* t/09-corpus-worker: no variable and no answer of a master breaks a program's attach */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/fuzz/replay.h"

int
main(void)
{
	return replay("worker");
}
