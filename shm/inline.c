/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The inline functions of metric.h once more, as symbols: for bindings, which
 * cannot inline, so that none of them writes a protocol of its own.
 */
#define CADRE_INLINE extern inline
#include "shm/export.h"
