/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A close with unread bytes is a reset, which can overtake the answer and
 * take it away from the client. So the answer is followed by a half-close,
 * and what the client has sent so far is read and dropped first.
 */
#include <unistd.h>

#include <sys/socket.h>

#include "runtime/overload.h"

void
overload_shed(int fd, const void *bytes, size_t n)
{
	static const struct linger none = { .l_onoff = 1, .l_linger = 0 };
	char dropped[4096];

	if (n == 0)
		(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
	else {
		(void)!send(fd, bytes, n, MSG_DONTWAIT | MSG_NOSIGNAL);
		(void)shutdown(fd, SHUT_WR);
		(void)!recv(fd, dropped, sizeof(dropped), MSG_DONTWAIT);
	}
	close(fd);
}
