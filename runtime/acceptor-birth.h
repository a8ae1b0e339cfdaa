/* SPDX-License-Identifier: BSD-2-Clause */
/* What the acceptor becomes. */
#ifndef RUNTIME_ACCEPTOR_BIRTH_H
#define RUNTIME_ACCEPTOR_BIRTH_H

#include "runtime/master.h"

void	acceptor_main(struct cadre_master *, int control, pid_t master)
    __attribute__((noreturn));
	/* In the child, with all signals blocked: be it, or exit. */

#endif
