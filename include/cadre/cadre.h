/* SPDX-License-Identifier: BSD-2-Clause */
/* All of cadre; cadre(1), libcadre(3), libcadre-shm(3), cadre-region(7). */
#ifndef CADRE_H
#define CADRE_H

#include <cadre/error.h>
#include <cadre/layout.h>
#include <cadre/mailbox.h>
#include <cadre/master.h>
#include <cadre/metric.h>
#include <cadre/privileges.h>
#include <cadre/proxy.h>
#include <cadre/region.h>
#include <cadre/topic.h>
#include <cadre/worker.h>

#ifdef __cplusplus
extern "C" {
#endif

const char *cadre_version(void);
	/* The version of the library, a constant: "0.1.0". */

#ifdef __cplusplus
}
#endif
#endif
