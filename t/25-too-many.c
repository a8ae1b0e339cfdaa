/* t/25-too-many: one listener, kept descriptor or variable too many is refused, and the others serve */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <cadre/cadre.h>

#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

int
main(void)
{
	char text[64] = "";
	struct cadre_master *m;
	int err, n;

	probe_dir();
	cadre_master_new("app", &m);
	for (n = 0; (err = cadre_master_keep_fd(m, 0)) == 0; n++)
		;
	is_int(err, -ENOSPC, "no more descriptors");
	is_int(n, 64, "than so many can be kept");
	for (n = 0; (err = cadre_master_listen(m, "tcp:127.0.0.1:0",
	    NULL)) == 0; n++)
		;
	is_int(err, -ENOSPC, "no more listeners: %s", cadre_error(err));
	is_int(n, CADRE_LISTENERS_MAX, "than there can be");
	for (n = 0; err != -EINVAL && n <= CADRE_ENV_MAX; n++) {
		snprintf(text, sizeof(text), "N%d=%d", n, n);
		if ((err = cadre_master_env(m, text)) < 0)
			break;
	}
	is_int(err, -ENOSPC, "no more variables: %s", cadre_error(err));
	is_int(n, CADRE_ENV_MAX, "than there can be");
	is_int(cadre_master_env(m, "N0=again"), 0, "one can be changed yet");
	is_int(cadre_master_address(m, CADRE_LISTENERS_MAX, text, 8), -ENOENT,
	    "there is no listener beyond");
	is_int(cadre_master_address(m, 0, text, 0), -ENOENT, "no room: none");
	is_int(cadre_master_address(m, 0, text, 8), 7, "an address is cut");
	is_str(text, "tcp:127", "to the room there is");
	cadre_master_workers(m, 1, app_idle, NULL);
	is_int(cadre_master_start(m), 0, "it starts with all of them");
	ok(probe_up(m, 0, 0), "its worker is up");
	cadre_master_free(m);
	return done_testing();
}
