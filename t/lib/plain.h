/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program without libcadre: the test itself, exec'd again by `cadre start`.
 * It knows nothing but LISTEN_FDS.
 */
#ifndef T_PLAIN_H
#define T_PLAIN_H

#include <sys/types.h>

void plain_main(int argc, char **argv);
	/*
	 * First thing in main(): with the argument "plain" serve on descriptor
	 * 3, answer each connection with our pid, and end by SIGTERM.
	 */
const char *plain_program(void);
	/* The path of this test. */
char *plain_dir(void);
	/* command_dir(); what still runs in it when the test ends is killed. */
unsigned int plain_port(const char *text);
	/* Behind the first "127.0.0.1:" in it; 0: there is none. */
pid_t plain_ask(unsigned int port);
	/* Who answers; -1: nobody does. */

#define PLAIN_FOR_EVER	\
	"trap 'exit 0' TERM; while :; do sleep 1 & wait $!; done"
	/* For sh -c: lives until it is told to end. */

#endif
