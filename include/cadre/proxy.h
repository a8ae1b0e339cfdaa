/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a reverse proxy said of the connection that a worker accepted last, by
 * a header of the PROXY protocol (option proxy= of an address): who the peer
 * is cadre_worker_accept() says itself; here is the rest.
 */
#ifndef CADRE_PROXY_H
#define CADRE_PROXY_H

#include <stddef.h>
#include <stdint.h>

#include <cadre/worker.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Types of values (TLVs) that version 2 may bring: bytes, no strings. */
#define CADRE_PROXY_ALPN	0x01	/* e.g. h2, http/1.1 */
#define CADRE_PROXY_AUTHORITY	0x02	/* host name that the client asked for */
#define CADRE_PROXY_CRC32C	0x03	/* checked: 4 bytes */
#define CADRE_PROXY_NOOP	0x04
#define CADRE_PROXY_UNIQUE_ID	0x05	/* of the connection, up to 128 bytes */
#define CADRE_PROXY_SSL		0x20	/* a byte of CADRE_PROXY_SSL_…, 4 bytes (0:
					   the certificate is verified), and the
					   values 0x21 to 0x2f in it: */
#define CADRE_PROXY_SSL_VERSION	0x21	/* e.g. TLSv1.3 */
#define CADRE_PROXY_SSL_CN	0x22	/* of the client's certificate */
#define CADRE_PROXY_SSL_CIPHER	0x23
#define CADRE_PROXY_SSL_SIG_ALG	0x24
#define CADRE_PROXY_SSL_KEY_ALG	0x25
#define CADRE_PROXY_NETNS	0x30

#define CADRE_PROXY_SSL_ON	1	/* the client came by TLS, … */
#define CADRE_PROXY_SSL_CERT_CONN 2	/* … with a certificate in this connection */
#define CADRE_PROXY_SSL_CERT_SESS 4	/* … or in this session */

struct cadre_proxy {
	uint32_t	version;	/* of the header: 1 or 2 */
	uint32_t	known;		/* 1: it named the client, and accept gave
					   that; 0 (LOCAL, UNKNOWN): it did not */
	struct cadre_peer proxy;	/* who sent it: the socket's peer */
	struct cadre_peer destination;	/* where the client went to; bytes 0: not
					   known */
};

int cadre_worker_proxy(const struct cadre_worker *,
    struct cadre_proxy *ret_proxy);
	/*
	 * Of the connection that cadre_worker_accept() gave last. From the
	 * worker's own thread, not from what it forks. Never blocks.
	 * 0		it came with a header
	 * -ENOENT	it did not: its peer is not in the list of proxy=; or
	 *		nothing was accepted since accept's last -EAGAIN
	 */
int cadre_worker_proxy_tlv(const struct cadre_worker *, unsigned int type,
    const void **ret_value, size_t *ret_bytes);
	/*
	 * The first value of this type in that header, as it was sent: any
	 * bytes, not ended by NUL. The runtime's, and there until the next call
	 * of cadre_worker_accept(): copy what is to last. From the worker's own
	 * thread, not from what it forks. Never blocks.
	 * 0		there it is; it may be of 0 bytes
	 * -ENOENT	there is none, or no header
	 */

#ifdef __cplusplus
}
#endif
#endif
