/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The probe of a reload: a command that asks a new worker before clients do.
 *
 * It is run by /bin/sh -c when the worker has said that it is ready. Its
 * standard input and output are a connection to that very worker, which the
 * worker accepts from its first listener like any other, and until the probe
 * is over it is given no other one: it is held. A program that does not use
 * libcadre cannot be asked nor held like that: there both are /dev/null.
 * Standard error is ours, and a bit of it is told on. In its environment are
 * CADRE_NAME, CADRE_SEAT and CADRE_PROBE_PID, the worker's pid. It leads a
 * process group, which is killed when it is over, or late.
 */
#ifndef RUNTIME_PROBE_H
#define RUNTIME_PROBE_H

#include "runtime/master.h"

bool	probe_waits(const struct seat *, const struct life *);
	/* Is this life to be asked, or being asked? No other of its seat is. */
void	probe_begin(struct cadre_master *, struct seat *, struct life *,
	    uint64_t now_ns);
	/* Ask it, once. How that ends comes to reload_probed(). */
void	probe_ready(struct cadre_master *, uint32_t index, uint32_t serial,
	    uint32_t events);
	/* It ended: index is the seat. */
void	probe_due(struct cadre_master *, uint64_t now_ns);
	/* Kill who is late. */
uint64_t probe_deadline(const struct cadre_master *);
	/* When the first will be late; UINT64_MAX: none is asked. */
void	probe_drop(struct seat *);
	/* Nobody wants to know any more: it is killed, and reaped in time. */
void	probe_close(struct cadre_master *, struct seat *);
	/* Reap it now: blocks until it has ended. */

#endif
