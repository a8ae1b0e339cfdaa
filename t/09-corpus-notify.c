/* t/09-corpus-notify: a program is ready when a line of its own group says so, not else */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/fuzz/replay.h"

int
main(void)
{
	return replay("notify");
}
