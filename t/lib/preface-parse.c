/* SPDX-License-Identifier: BSD-2-Clause */
/* See preface.h. */
#include <errno.h>

#include "runtime/proxy.h"
#include "t/lib/preface.h"
#include "t/lib/tap.h"

int
preface_parse(const struct preface *h, struct proxy *ret_proxy)
{
	for (size_t i = 0; i < h->n; i++) {
		int n = proxy_parse(h->bytes, i, ret_proxy);

		if (n != -EAGAIN)
			return n;	/* decided before its end: refused */
	}
	return proxy_parse(h->bytes, h->n, ret_proxy);
}

void
preface_whole(const struct preface *h, struct proxy *ret_proxy,
    const char *what)
{
	is_int(preface_parse(h, ret_proxy), (int)h->n, "%s", what);
}
