/* SPDX-License-Identifier: BSD-2-Clause */
/* What waits where nobody takes it, of all listeners that workers accept on. */
#ifndef RUNTIME_RESCUE_H
#define RUNTIME_RESCUE_H

#include "runtime/dispatch.h"

void	*rescue_thread(void *clerk);

#endif
