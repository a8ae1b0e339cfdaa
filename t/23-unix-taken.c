/* SPDX-License-Identifier: BSD-2-Clause */
/* t/23-unix-taken: a socket in use and a plain file are left as they are */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <sys/socket.h>
#include <sys/stat.h>

#include "runtime/listen.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

int
main(void)
{
	struct listener first, second;
	char address[128];
	const char *path = address + 5;
	struct stat before, after;
	int fd;

	snprintf(address, sizeof(address), "unix:%s/web", probe_dir());
	listener_parse(&first, address, NULL);
	listener_parse(&second, address, NULL);
	is_int(listener_open(&first, 2, 2), 0, "a Unix socket is made");
	is_int(first.nfds, 1, "one, which two seats share");
	stat(path, &before);
	is_int(listener_open(&second, 2, 2), -EADDRINUSE, "it cannot be had again");
	ok(stat(path, &after) == 0 && before.st_ino == after.st_ino,
	    "and is the same still");
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	is_int(connect(fd, (struct sockaddr *)&first.sockaddr,
	    first.sockaddr_bytes), 0, "its owner hears of a connection");
	close(fd);
	listener_close(&first);
	ok(stat(path, &after) < 0, "closed, it is gone");

	fd = open(path, O_WRONLY | O_CREAT, 0600);
	close(fd);
	is_int(listener_open(&second, 2, 2), -EADDRINUSE, "a file is in the way");
	ok(stat(path, &after) == 0 && S_ISREG(after.st_mode), "and stays");
	return done_testing();
}
