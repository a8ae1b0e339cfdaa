/* t/09-corpus-message: a message of a worker costs it its channel or comes to whom it may, and leaves nothing */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/fuzz/replay.h"

int
main(void)
{
	return replay("message");
}
