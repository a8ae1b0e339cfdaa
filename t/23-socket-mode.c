/* SPDX-License-Identifier: BSD-2-Clause */
/* t/23-socket-mode: the file of a Unix socket, and of each door, has the permissions that were asked for */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include <sys/stat.h>

#include "runtime/door.h"
#include "runtime/listen.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

enum { SEATS = 3, WANTED = 2 };

static void
is_mode(const char *path, mode_t want)
{
	struct stat st = { .st_mode = 0 };

	ok(stat(path, &st) == 0 && S_ISSOCK(st.st_mode), "there is %s", path);
	is_int(st.st_mode & 07777, want, "with mode 0%o", want);
}

static void
of_all(const char *dir)
{
	char address[128];
	struct listener l;

	snprintf(address, sizeof(address), "unix:%s/web", dir);
	is_int(listener_parse(&l, address, "socket-mode=0666"), 0, "for all");
	is_int(listener_open(&l, SEATS, WANTED), 0, "it listens");
	is_mode(address + 5, 0666);
	listener_close(&l);
	is_int(listener_parse(&l, address, NULL), 0, "nothing is said");
	is_int(listener_open(&l, SEATS, WANTED), 0, "it listens");
	is_mode(address + 5, 0755);
	listener_close(&l);
}

static void
of_doors(const char *dir)
{
	char address[128], path[128];
	struct listener l;

	snprintf(address, sizeof(address), "unix:%s/N", dir);
	is_int(listener_parse_door(&l, address, "socket-mode=0660"), 0, "doors");
	is_int(listener_open(&l, SEATS, WANTED), 0, "they are there");
	for (unsigned int i = 0; i < SEATS; i++) {
		snprintf(path, sizeof(path), "%s/%u%s", dir, i, i < WANTED ?
		    "" : DOOR_SHUT_NAME);
		is_mode(path, 0660);
	}
	is_int(door_let_in(&l, WANTED), 0, "one more is opened");
	snprintf(path, sizeof(path), "%s/%d", dir, WANTED);
	is_mode(path, 0660);
	listener_close(&l);
}

int
main(void)
{
	const char *dir = probe_dir();

	umask(022);
	of_all(dir);
	of_doors(dir);
	ok(probe_empty(dir), "nothing is left");
	return done_testing();
}
