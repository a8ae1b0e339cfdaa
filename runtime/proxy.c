/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PROXY protocol, as its text has it (haproxy.org, proxy-protocol.txt), and
 * strictly: what a receiver must refuse is refused; what it may take as it
 * likes is refused as well if no proxy sends it. Lengths are checked before
 * they are used; a header is decided at the first byte at which it can be.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <cadre/proxy.h>

#include "runtime/proxy.h"

#define HEAD		16		/* of version 2, before the addresses */
#define TLV_HEAD	3
#define SSL_HEAD	5		/* flags and the result, before more TLVs */
#define UNIX_PATH	108		/* there; the same as ours */
#define BLANK		0x20
#define DELETE		0x7f

static const unsigned char signature[12] = {
	'\r', '\n', '\r', '\n', '\0', '\r', '\n', 'Q', 'U', 'I', 'T', '\n',
};
static const char prefix[] = "PROXY ";

/* The families and lengths of addresses that there are; all else is none. */
static const struct {
	unsigned char	family;		/* and transport */
	sa_family_t	af;
	uint16_t	bytes;		/* of both addresses and ports */
} families[] = {
	{ 0x00, AF_UNSPEC, 0 },
	{ 0x11, AF_INET, 12 }, { 0x12, AF_INET, 12 },
	{ 0x21, AF_INET6, 36 }, { 0x22, AF_INET6, 36 },
	{ 0x31, AF_UNIX, 2 * UNIX_PATH }, { 0x32, AF_UNIX, 2 * UNIX_PATH },
};

uint32_t
proxy_crc32c(uint32_t sum, const void *bytes, size_t n)
{
	/* Of the polynomial 0x1edc6f41, mirrored: of four bits each. */
	static const uint32_t table[16] = {
		0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1,
		0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d,
		0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9,
		0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
	};
	const unsigned char *p = bytes;

	sum = ~sum;
	for (; n > 0; n--) {
		sum ^= *p++;
		sum = sum >> 4 ^ table[sum & 15];
		sum = sum >> 4 ^ table[sum & 15];
	}
	return ~sum;
}

static size_t
number16(const unsigned char *p)
{
	return (size_t)p[0] << 8 | p[1];
}

/* Values side by side, to the last byte; once more in an SSL value. */
static bool
tlvs_are_whole(const unsigned char *p, size_t n, bool in_ssl)
{
	size_t bytes;

	while (n > 0) {
		if (n < TLV_HEAD)
			return false;
		bytes = number16(p + 1);
#ifndef FUZZ_PLANT			/* a length that lies */
		if (bytes > n - TLV_HEAD)
			return false;
#endif
		if (*p == CADRE_PROXY_SSL && (in_ssl || bytes < SSL_HEAD ||
		    !tlvs_are_whole(p + TLV_HEAD + SSL_HEAD,
		    bytes - SSL_HEAD, true)))
			return false;
		p += TLV_HEAD + bytes;
		n -= TLV_HEAD + bytes;
	}
	return true;
}

static const unsigned char *
tlv_find(const unsigned char *p, size_t n, unsigned int type,
    size_t *ret_bytes)
{
	size_t bytes;

	for (; n > 0; p += TLV_HEAD + bytes, n -= TLV_HEAD + bytes) {
		bytes = number16(p + 1);
		if (*p == type) {
			*ret_bytes = bytes;
			return p + TLV_HEAD;
		}
	}
	return NULL;
}

const void *
proxy_tlv(const void *header, const struct proxy *proxy, unsigned int type,
    size_t *ret_bytes)
{
	const unsigned char *p = (const unsigned char *)header + proxy->tlvs;
	size_t n = (size_t)(proxy->end - proxy->tlvs);

	if (type > CADRE_PROXY_SSL && type < CADRE_PROXY_SSL + 0x10) {
		p = tlv_find(p, n, CADRE_PROXY_SSL, &n);
		if (p == NULL)
			return NULL;
		p += SSL_HEAD;
		n -= SSL_HEAD;
	}
	return tlv_find(p, n, type, ret_bytes);
}

/* Over all of it, with zeros in its own place. */
static int
checksum_check(const unsigned char *header, const struct proxy *proxy)
{
	static const unsigned char zeros[4];
	const unsigned char *sum;
	size_t bytes = 0;
	uint32_t is;

	sum = proxy_tlv(header, proxy, CADRE_PROXY_CRC32C, &bytes);
	if (sum == NULL)
		return 0;
	if (bytes != sizeof(zeros))
		return -EBADMSG;
	is = proxy_crc32c(0, header, (size_t)(sum - header));
	is = proxy_crc32c(is, zeros, sizeof(zeros));
	sum += sizeof(zeros);
	is = proxy_crc32c(is, sum, (size_t)(header + proxy->end - sum));
	sum -= sizeof(zeros);
	return is == (uint32_t)(number16(sum) << 16 | number16(sum + 2)) ? 0 :
	    -EILSEQ;
}

/* As long as there is room, it has no NUL; abstract: up to the zeros. */
static void
unix_fill(struct sockaddr_storage *address, socklen_t *ret_bytes,
    const unsigned char *path)
{
	struct sockaddr_un *sun = (struct sockaddr_un *)address;
	size_t n = UNIX_PATH;

	sun->sun_family = AF_UNIX;
	memcpy(sun->sun_path, path, UNIX_PATH);
	if (path[0] != '\0')
		n = strnlen(sun->sun_path, UNIX_PATH - 1) + 1;
	while (path[0] == '\0' && n > 0 && path[n - 1] == '\0')
		n--;
	memset(sun->sun_path + n, 0, UNIX_PATH - n);
	*ret_bytes = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
}

static void
inet_fill(struct sockaddr_storage *address, socklen_t *ret_bytes,
    sa_family_t af, const unsigned char *host, const unsigned char *port)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)address;
	struct sockaddr_in *in = (struct sockaddr_in *)address;

	address->ss_family = af;
	if (af == AF_INET) {
		memcpy(&in->sin_addr, host, sizeof(in->sin_addr));
		memcpy(&in->sin_port, port, sizeof(in->sin_port));
		*ret_bytes = sizeof(*in);
	} else {
		memcpy(&in6->sin6_addr, host, sizeof(in6->sin6_addr));
		memcpy(&in6->sin6_port, port, sizeof(in6->sin6_port));
		*ret_bytes = sizeof(*in6);
	}
}

static void
addresses_fill(struct proxy *proxy, sa_family_t af, const unsigned char *p,
    size_t bytes)
{
	size_t host = bytes / 2 - 2;

	proxy->known = af != AF_UNSPEC;
	if (af == AF_UNIX) {
		unix_fill(&proxy->source, &proxy->source_bytes, p);
		unix_fill(&proxy->destination, &proxy->destination_bytes,
		    p + UNIX_PATH);
	} else if (proxy->known) {
		inet_fill(&proxy->source, &proxy->source_bytes, af, p,
		    p + 2 * host);
		inet_fill(&proxy->destination, &proxy->destination_bytes, af,
		    p + host, p + 2 * host + 2);
	}
}

/* Command PROXY: the addresses of that family, then values. */
static int
block_parse(const unsigned char *p, size_t all, struct proxy *proxy)
{
	size_t i = 0, n = sizeof(families) / sizeof(families[0]);
	int err;

	while (i < n && families[i].family != p[13])
		i++;
	if (i == n || all - HEAD < families[i].bytes)
		return -EBADMSG;
	proxy->tlvs = (uint16_t)(HEAD + families[i].bytes);
	proxy->end = (uint16_t)all;
	if (!tlvs_are_whole(p + proxy->tlvs, all - proxy->tlvs, false))
		return -EBADMSG;
	err = checksum_check(p, proxy);
	if (err == 0)
		addresses_fill(proxy, families[i].af, p + HEAD,
		    families[i].bytes);
	return err;
}

/* Of LOCAL, a proxy's own connection, all but the length is passed over. */
static int
binary_parse(const unsigned char *p, size_t n, struct proxy *proxy)
{
	size_t all;
	int err = 0;

	if (n > 12 && p[12] != 0x20 && p[12] != 0x21)
		return -EBADMSG;	/* another version, or command */
	if (n < HEAD)
		return -EAGAIN;
	all = HEAD + number16(p + 14);
	if (all > PROXY_BYTES_MAX)
		return -EMSGSIZE;
	if (n < all)
		return -EAGAIN;
	proxy->version = 2;
	proxy->tlvs = proxy->end = (uint16_t)all;
	if (p[12] == 0x21)
		err = block_parse(p, all, proxy);
	return err < 0 ? err : (int)all;
}

/* Decimal, without zeros before it. */
static bool
port_read(const char *text, in_port_t *ret_port)
{
	unsigned long n = 0;
	const char *p;

	for (p = text; *p >= '0' && *p <= '9' && n <= UINT16_MAX; p++)
		n = 10 * n + (unsigned long)(*p - '0');
	if (p == text || *p != '\0' || n > UINT16_MAX ||
	    (text[0] == '0' && text[1] != '\0'))
		return false;
	*ret_port = htons((in_port_t)n);
	return true;
}

static bool
inet_read(struct sockaddr_storage *address, socklen_t *ret_bytes,
    sa_family_t af, const char *host, const char *port)
{
	unsigned char binary[sizeof(struct in6_addr)];
	in_port_t number;

	if (inet_pton(af, host, binary) != 1 || !port_read(port, &number))
		return false;
	inet_fill(address, ret_bytes, af, binary,
	    (const unsigned char *)&number);
	return true;
}

/* What stands behind the prefix, without its end: printable, with a NUL. */
static int
words_parse(char *line, struct proxy *proxy)
{
	char *word[5];
	size_t n = 0;
	sa_family_t af;

	proxy->version = 1;
	if (strncmp(line, "UNKNOWN", 7) == 0 &&
	    (line[7] == '\0' || line[7] == ' '))
		return 0;		/* the rest is passed over */
	do
		word[n++] = strsep(&line, " ");
	while (line != NULL && n < 5);
	if (line != NULL || n < 5)
		return -EBADMSG;
	if (strcmp(word[0], "TCP4") == 0)
		af = AF_INET;
	else if (strcmp(word[0], "TCP6") == 0)
		af = AF_INET6;
	else
		return -EBADMSG;
	if (!inet_read(&proxy->source, &proxy->source_bytes, af, word[1],
	    word[3]) || !inet_read(&proxy->destination,
	    &proxy->destination_bytes, af, word[2], word[4]))
		return -EBADMSG;
	proxy->known = true;
	return 0;
}

/* Up to its CR LF; any other control byte, or one beyond ASCII, ends it. */
static int
line_parse(const char *p, size_t n, struct proxy *proxy)
{
	char line[PROXY_LINE_MAX] = "";
	size_t i, begin = sizeof(prefix) - 1;
	int err;

	for (i = begin; i < n && i < PROXY_LINE_MAX - 1; i++) {
		if (p[i] < BLANK || p[i] >= DELETE)
			break;
		line[i - begin] = p[i];
	}
	if (i == n)
		return -EAGAIN;
	if (i == PROXY_LINE_MAX - 1)
		return -EMSGSIZE;
	if (p[i] != '\r')
		return -EBADMSG;
	if (i + 1 == n)
		return -EAGAIN;
	if (p[i + 1] != '\n')
		return -EBADMSG;
	line[i - begin] = '\0';
	err = words_parse(line, proxy);
	return err < 0 ? err : (int)i + 2;
}

int
proxy_parse(const void *bytes, size_t n, struct proxy *ret_proxy)
{
	struct proxy proxy = { .version = 0 };
	size_t line = sizeof(prefix) - 1, binary = sizeof(signature);
	int err;

	if (n == 0)
		return -EAGAIN;
	if (memcmp(bytes, signature, n < binary ? n : binary) == 0)
		err = n < binary ? -EAGAIN : binary_parse(bytes, n, &proxy);
	else if (memcmp(bytes, prefix, n < line ? n : line) == 0)
		err = n < line ? -EAGAIN : line_parse(bytes, n, &proxy);
	else
		err = -EPROTO;
	if (err > 0)
		*ret_proxy = proxy;
	return err;
}
