/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the library shows: what these headers declare, and libcadre.map lists.
 * Everything else is compiled with -fvisibility=hidden.
 */
#ifndef RUNTIME_EXPORT_H
#define RUNTIME_EXPORT_H

#pragma GCC visibility push(default)
#include <cadre/mailbox.h>
#include <cadre/master.h>
#include <cadre/privileges.h>
#include <cadre/proxy.h>
#include <cadre/topic.h>
#include <cadre/worker.h>
#pragma GCC visibility pop

#endif
