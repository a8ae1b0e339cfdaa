/* SPDX-License-Identifier: BSD-2-Clause */
/* Clients of a master in the test itself, each of which counts its answers. */
#ifndef T_SEQUENCE_ASKER_H
#define T_SEQUENCE_ASKER_H

#include "runtime/master.h"

void	askers_begin(const struct cadre_master *);
	/* Those of the app before leave. */
void	ask_reload(void);
void	ask_restart(void);
void	ask_scale(void);
void	ask_signal(void);
void	ask_stop(void);
void	ask_nonsense(void);
	/* By one who asks for nothing else; if all wait, by nobody. */
void	ask_again(void);
	/* By one who waits: a breach of the protocol, and its end. */
void	ask_leave(void);
	/* One goes, whatever it waits for. */
void	askers_listen(void);
	/* Claims: no answer comes twice, none to another question. */
void	askers_answered(void);
	/* Claims: everybody has an answer whose question was read. */

#endif
