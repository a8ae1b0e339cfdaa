/* t/09-corpus-proc: no file of proc(5) breaks its reader */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/fuzz/replay.h"

int
main(void)
{
	return replay("proc");
}
