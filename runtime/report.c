/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What happened, told once: observers find it in the ring, the embedder's
 * hook gets the same record. The master itself writes no log.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "runtime/report.h"
#include "shm/clock.h"

void
event_of(struct cadre_shm_event *e, uint32_t kind,
    const struct cadre_master *m, const struct seat *s, const struct life *l)
{
	memset(e, 0, sizeof(*e));
	e->kind = kind;
	e->seat = s != NULL ? (uint32_t)(s - m->seats) : CADRE_NO_SEAT;
	if (s != NULL)
		e->tries = s->tries;
	if (l == NULL)
		return;
	e->generation = l->row.generation;
	e->pid = l->row.pid;
	e->exit_code = l->row.exit_code;
	e->exit_signal = l->row.exit_signal;
}

void
report(struct cadre_master *m, struct cadre_shm_event *e)
{
	e->mono_ns = clock_now_ns();
	e->real_ns = clock_read(CLOCK_REALTIME);
	cadre__anchor_event(m->anchor, e);
	if (m->hook != NULL)
		m->hook(e, m->hook_arg);
}

void
report_app(struct cadre_master *m, uint32_t kind, uint64_t number)
{
	struct cadre_shm_event e;

	event_of(&e, kind, m, NULL, NULL);
	e.tries = (uint32_t)number;
	report(m, &e);
}

void
report_life(struct cadre_master *m, uint32_t kind, const struct seat *s,
    const struct life *l, uint64_t duration_ns, uint64_t delay_ns)
{
	struct cadre_shm_event e;

	event_of(&e, kind, m, s, l);
	e.duration_ns = duration_ns;
	e.delay_ns = delay_ns;
	report(m, &e);
}

void
report_text(struct cadre_master *m, uint32_t kind, const struct seat *s,
    const char *format, ...)
{
	struct cadre_shm_event e;
	va_list ap;
	int n;

	event_of(&e, kind, m, s, s != NULL ? &s->lives[s->newest] : NULL);
	va_start(ap, format);
	n = vsnprintf(e.text, sizeof(e.text), format, ap);
	va_end(ap);
	if (n >= (int)sizeof(e.text))
		n = sizeof(e.text) - 1;
	e.text_bytes = n > 0 ? (uint32_t)n : 0;
	report(m, &e);
}
