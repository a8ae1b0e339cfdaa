/* SPDX-License-Identifier: BSD-2-Clause */
/* What a reverse proxy said of the connection that was accepted last. */
#include "runtime/export.h"

#include <errno.h>

#include "runtime/intake.h"
#include "runtime/worker.h"

int
cadre_worker_proxy(const struct cadre_worker *w,
    struct cadre_proxy *ret_proxy)
{
	const struct lobby *last = worker_intakes(w)->last;

	if (last == NULL)
		return -ENOENT;
	*ret_proxy = (struct cadre_proxy){
		.version = last->proxy.version,
		.known = last->proxy.known,
		.proxy = last->peer,
		.destination = {
			.address = last->proxy.destination,
			.bytes = last->proxy.destination_bytes,
		},
	};
	return 0;
}

int
cadre_worker_proxy_tlv(const struct cadre_worker *w, unsigned int type,
    const void **ret_value, size_t *ret_bytes)
{
	const struct lobby *last = worker_intakes(w)->last;
	const void *value;
	size_t n = 0;

	value = last == NULL ? NULL :
	    proxy_tlv(last->header, &last->proxy, type, &n);
	if (value == NULL)
		return -ENOENT;
	*ret_value = value;
	*ret_bytes = n;
	return 0;
}
