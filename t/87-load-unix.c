/* t/87-load-unix: a full queue of a Unix socket is waited for, not an error */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>
#include <sys/un.h>

#include "t/lib/stub.h"
#include "t/lib/tap.h"

#define REQUESTS	20

static const char answer[] =
    "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nseat 0\n";

int
main(void)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), client;
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char bytes[1024], *dir = command_dir();
	struct command c;
	struct stub s;
	json_t *j;

	snprintf(un.sun_path, sizeof(un.sun_path), "%s/s", dir);
	snprintf(s.address, sizeof(s.address), "unix:%s/s", dir);
	ok(bind(fd, (struct sockaddr *)&un, sizeof(un)) == 0 &&
	    listen(fd, 0) == 0, "a queue of one");
	load_start(&c, &s, (const char *const[]){ "-r", "200", "-d", "0.1",
	    "--over", "100", NULL });
	poll(&p, 1, 10000);
	poll(NULL, 0, 250);		/* all are due, and one is queued */
	for (int i = 0; i < REQUESTS && poll(&p, 1, 10000) == 1; i++) {
		client = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
		if (recv(client, bytes, sizeof(bytes), 0) > 0)
			send(client, answer, strlen(answer), MSG_NOSIGNAL);
		close(client);
	}
	command_ends(&c);
	j = command_json(&c);
	is_int(c.code, 0, "exit 0: no error on this side");
	is_int(json_int_at(j, "ok"), REQUESTS, "all are answered");
	is_int(json_int_at(j, "over.count"), REQUESTS, "and all of them late");
	json_decref(j);
	close(fd);
	unlink(un.sun_path);
	is_int(rmdir(dir), 0, "nothing is left behind");
	return done_testing();
}
