/* t/09-corpus-cgroup: no file of a cgroup breaks its reader */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/fuzz/replay.h"

int
main(void)
{
	return replay("cgroup");
}
