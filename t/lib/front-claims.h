/* SPDX-License-Identifier: BSD-2-Clause */
/* What holds behind every proxy. */
#ifndef T_FRONT_CLAIMS_H
#define T_FRONT_CLAIMS_H

void	front_claims(const char *proxy, const char *by, const char *options);
	/*
	 * ok(): a reload moves nobody, a seat that goes its own clients alone;
	 * and no request fails. A connection that changes its protocol passes.
	 */

#endif
