/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A memory object: a sealed memfd. The right to write it is a read-write
 * descriptor, and only its writer gets one.
 */
#ifndef SHM_OBJECT_H
#define SHM_OBJECT_H

#include <stddef.h>
#include <stdint.h>

int cadre__object_new(const char *name, size_t bytes);
	/*
	 * A memfd of that name and size, every page there already, sealed
	 * against resizing, mode 0600, close-on-exec. SIGXFSZ must be ignored
	 * around it. ≥ 0: a read-write descriptor; -errno.
	 */
int cadre__object_reopen(int fd);
	/* The same object, O_RDONLY | O_CLOEXEC, by /proc/self/fd. ≥ 0 or -errno. */
int cadre__object_check(int fd, size_t *ret_bytes);
	/*
	 * Before mapping a descriptor from outside: 0 if it is a memfd sealed
	 * against shrinking (so no access can ever SIGBUS) and opened
	 * read-only or read-write; -EPROTO else.
	 */
int cadre__object_map(int fd, size_t bytes, int prot, void *at, void **ret_map);
	/* MAP_SHARED; MAP_FIXED over `at` unless NULL. 0 or -errno. */

#endif
