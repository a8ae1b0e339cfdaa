/* t/59-sequences: in 1,000 random sequences of all that can befall a master each state is allowed */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/sequence/play.h"

int
main(int argc, char **argv)
{
	return play_all(argc, argv, 1000);
}
