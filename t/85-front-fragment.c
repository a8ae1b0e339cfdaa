/* t/85-front-fragment: fragments of two apps stand together in one nginx, and in one HAProxy */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <netinet/in.h>
#include <sys/socket.h>

#include "t/lib/command.h"
#include "t/lib/exec.h"
#include "t/lib/front.h"
#include "t/lib/plain.h"
#include "t/lib/tap.h"

static const char *const apps[] = { "one.app", "other-app" };

/* nginx -t binds it, and lets go of it. */
static void
free_address(char address[32])
{
	struct sockaddr_in in = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t bytes = sizeof(in);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (bind(fd, (struct sockaddr *)&in, bytes) < 0 ||
	    getsockname(fd, (struct sockaddr *)&in, &bytes) < 0)
		bail_out("no port");
	close(fd);
	snprintf(address, 32, "127.0.0.1:%u", ntohs(in.sin_port));
}

static void
together(const char *proxy, const char *check)
{
	struct command c;
	char address[32], file[32];

	if (!front_has(proxy)) {
		diag("no %s", proxy);
		return;
	}
	for (int i = 0; i < 2; i++) {
		free_address(address);
		snprintf(file, sizeof(file), "%s.%d", proxy, i);
		is_int(COMMAND(&c, "gen", "--fragment", "-l", address, "-o",
		    file, proxy, apps[i]), 0, "%s of %s", proxy, apps[i]);
	}
	is_int(system(check), 0, "%s takes both", proxy);
}

int
main(void)
{
	char *dir = plain_dir();
	struct command c;

	if (chdir(dir) < 0 || setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin",
	    1) < 0)
		bail_out("chdir");
	for (int i = 0; i < 2; i++)
		is_int(COMMAND(&c, "start", "-n", apps[i], "-i", "2",
		    "--ready-after", "10000", "-l", "tcp:127.0.0.1:0",
		    "--seat-listen", "tcp:127.0.0.1:0+N", exec_path(),
		    "answer"), 0, "%s%s", apps[i], c.err);
	together("nginx", "echo \"pid $PWD/p; events {} http { access_log off;"
	    "client_body_temp_path $PWD/t; proxy_temp_path $PWD/t;"
	    "fastcgi_temp_path $PWD/t; uwsgi_temp_path $PWD/t;"
	    "scgi_temp_path $PWD/t; include $PWD/nginx.[01]; }\" >all; "
	    "nginx -t -p $PWD -c $PWD/all -e $PWD/log >said 2>&1 || "
	    "{ sed 's/^/# /' said; exit 1; }");
	together("haproxy", "haproxy -c -f haproxy.0 -f haproxy.1 >said 2>&1 || "
	    "{ sed 's/^/# /' said; exit 1; }");
	for (int i = 0; i < 2; i++)
		is_int(COMMAND(&c, "stop", apps[i]), 0, "%s stops", apps[i]);
	ok(system("rm -rf all said log p t nginx.? haproxy.?") == 0 &&
	    chdir("/") == 0 && rmdir(dir) == 0, "nothing is left");
	return done_testing();
}
