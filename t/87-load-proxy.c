/* t/87-load-proxy: cadre-load says who asks, as a proxy does, once for each connection */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "bench/load-proxy.h"
#include "runtime/proxy.h"
#include "t/lib/example.h"
#include "t/lib/stub.h"
#include "t/lib/tap.h"

static void
header(unsigned int version)
{
	char text[LOAD_PROXY_BYTES];
	struct proxy p = { .known = false };
	size_t n = load_proxy_header(text, version, 0xfffffffffe);

	is_int(proxy_parse(text, n, &p), (int)n, "version %u", version);
	ok(p.known && p.version == version, "names a client");
}

int
main(void)
{
	char *argv[] = { "hello", "-n", "app", "-i", "2", "-l",
	    "tcp:127.0.0.1:0,proxy=127.0.0.1", NULL };
	struct app *a = example_start("hello", 2, argv, NULL);
	struct stub s = { .pid = 0 };
	struct command c;
	json_t *j;

	header(1);
	header(2);
	snprintf(s.address, sizeof(s.address), "tcp:127.0.0.1:%u", a->port);
	j = LOAD(&c, &s, "-r", "200", "-d", "0.2", "--proxy", "1");
	is_int(json_int_at(j, "ok"), 40, "40 answered, by version 1");
	json_decref(j);
	j = LOAD(&c, &s, "-r", "200", "-d", "0.2", "-k", "3", "--proxy", "2");
	is_int(json_int_at(j, "ok"), 40, "and over 3 connections, by 2");
	json_decref(j);
	is_u64(app_total(a, "refused"), 0, "none was refused");
	j = LOAD(&c, &s, "-r", "200", "-d", "0.2");
	is_int(json_int_at(j, "ok"), 0, "who does not say it is not answered");
	json_decref(j);
	ok(app_wait_total(a, "refused", 40), "but refused");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
