/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the library shows. All is compiled with -fvisibility=hidden; only what
 * the headers below declare can be linked against. Every .c that defines such
 * a function includes this first. libcadre-shm.map then sorts the names: the
 * public ones, one by one, and `cadre__`, which is for libcadre alone.
 */
#ifndef SHM_EXPORT_H
#define SHM_EXPORT_H

#pragma GCC visibility push(default)
#include <cadre/cadre.h>
#include "shm/acceptor.h"
#include "shm/anchor.h"
#include "shm/fail.h"
#include "shm/fault.h"
#include "shm/frame.h"
#include "shm/object.h"
#include "shm/proc.h"
#include "shm/rundir.h"
#include "shm/slot.h"
#include "shm/topic.h"
#pragma GCC visibility pop

#endif
