/* t/09-corpus-address: a listener's address is read as it is written, or refused */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/fuzz/replay.h"

int
main(void)
{
	return replay("address");
}
