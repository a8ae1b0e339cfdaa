/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The header of the PROXY protocol, as it comes: one byte more each time. The
 * input is how to put it right, so that checks that come late are reached, and
 * the bytes. What was decided stays decided; what is taken is written down
 * again from what was made of it, and must be what came; values are found by a
 * walk of our own. Bytes that have not come yet are poison.
 */
#include <errno.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include "runtime/proxy.h"
#include "t/fuzz/fuzz.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#endif
#endif
#ifndef ASAN_POISON_MEMORY_REGION
#define ASAN_POISON_MEMORY_REGION(at, n)	((void)(at), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(at, n)	((void)(at), (void)(n))
#endif

#define ROOM		512		/* longer ones differ by zeros only */
#define HEAD		16

enum { BINARY = 1, LINE = 2, LENGTH = 4, SUM = 8, COMMAND = 16, ZEROS = 32 };

static uint8_t bytes[PROXY_BYTES_MAX + ROOM] __attribute__((aligned(8)));

static uint32_t
crc32c(const uint8_t *at, size_t n)
{
	uint32_t sum = 0xffffffff;

	for (size_t i = 0; i < n; i++) {
		sum ^= at[i];
		for (int bit = 0; bit < 8; bit++)
			sum = sum >> 1 ^ (sum & 1 ? 0x82f63b78 : 0);
	}
	return ~sum;
}

static size_t
length_at(size_t at)
{
	return (size_t)bytes[at] << 8 | bytes[at + 1];
}

/* As it is, or as a proxy would send something like it. */
static size_t
fill(struct bytes *in)
{
	unsigned int how = input_byte(in);
	size_t n = 0, more;
	uint32_t sum;

	memset(bytes, 0, sizeof(bytes));
	if ((how & BINARY) != 0) {
		memcpy(bytes, "\r\n\r\n\0\r\nQUIT\n", 12);
		n = 12;
	} else if ((how & LINE) != 0) {
		memcpy(bytes, "PROXY ", 6);
		n = 6;
	}
	more = in->left < ROOM - HEAD ? in->left : ROOM - HEAD;
	if (more > 0)
		memcpy(bytes + n, in->at, more);
	n += more;
	if ((how & BINARY) == 0 || n < HEAD)
		return n;
	if ((how & COMMAND) != 0)
		bytes[12] = 0x21;
	if ((how & SUM) != 0) {
		memcpy(bytes + n, "\3\0\4\0\0\0", 7);
		n += 7;
	}
	if ((how & ZEROS) != 0) {
		/* One value, up to the longest that there can be, or longer. */
		more = (how & LENGTH) != 0 ? PROXY_BYTES_MAX : sizeof(bytes);
		bytes[n] = 0xe0;
		bytes[n + 1] = (uint8_t)((more - n - 3) >> 8);
		bytes[n + 2] = (uint8_t)(more - n - 3);
		n = more;
	}
	if ((how & LENGTH) != 0) {
		bytes[14] = (uint8_t)((n - HEAD) >> 8);
		bytes[15] = (uint8_t)(n - HEAD);
	}
	if ((how & (SUM | ZEROS)) == SUM) {
		sum = htonl(crc32c(bytes, n));
		memcpy(bytes + n - 4, &sum, 4);
	}
	return n;
}

static void
is_inet(const struct sockaddr_storage *address, socklen_t n, int af,
    size_t host, size_t port)
{
	const struct sockaddr_in6 *in6 = (const void *)address;
	const struct sockaddr_in *in = (const void *)address;

	claim(address->ss_family == af);
	if (af == AF_INET)
		claim(n == sizeof(*in) && memcmp(&in->sin_addr, bytes + host,
		    4) == 0 && ntohs(in->sin_port) == length_at(port));
	else
		claim(n == sizeof(*in6) && memcmp(&in6->sin6_addr, bytes + host,
		    16) == 0 && ntohs(in6->sin6_port) == length_at(port));
}

static void
is_path(const struct sockaddr_storage *address, socklen_t n, size_t at)
{
	const struct sockaddr_un *sun = (const void *)address;

	claim(sun->sun_family == AF_UNIX && n >= 2 && n <= sizeof(*sun));
	claim(memcmp(sun->sun_path, bytes + at, n - 2U) == 0);
}

/* By a walk of our own: the first of each type, or none. */
static void
values(const struct proxy *p)
{
	const uint8_t *seen[256] = { NULL }, *found;
	size_t n, got;

	for (size_t at = p->tlvs; at < p->end; at += 3 + n) {
		n = length_at(at + 1);
		claim(at + 3 + n <= p->end);
		if (seen[bytes[at]] == NULL)
			seen[bytes[at]] = bytes + at + 3;
	}
	for (unsigned int type = 0; type < 256; type++) {
		found = proxy_tlv(bytes, p, type, &got);
		if (type > 0x20 && type < 0x30)
			claim(found == NULL || (seen[0x20] != NULL &&
			    found >= seen[0x20] + 8 && found + got <=
			    seen[0x20] + length_at((size_t)(seen[0x20] - bytes)
			    - 2)));
		else
			claim(found == seen[type]);
	}
	if (seen[3] == NULL)
		return;
	memcpy(&n, seen[3], 4);
	found = seen[3];
	got = length_at((size_t)(found - bytes)) << 16 |
	    length_at((size_t)(found - bytes) + 2);
	memset(bytes + (found - bytes), 0, 4);
	claim(got == crc32c(bytes, p->end));
	memcpy(bytes + (found - bytes), &n, 4);
}

static void
binary(const struct proxy *p, size_t n)
{
	int af = bytes[13] >> 4 == 1 ? AF_INET : AF_INET6;

	claim(n == HEAD + length_at(14) && p->end == n && p->tlvs <= n);
	claim(bytes[12] == 0x20 || bytes[12] == 0x21);
	claim(p->known == (bytes[12] == 0x21 && bytes[13] != 0));
	if (bytes[12] == 0x20)
		claim(p->tlvs == n);
	else
		values(p);
	if (!p->known)
		return;
	if (bytes[13] >> 4 == 3) {
		is_path(&p->source, p->source_bytes, HEAD);
		is_path(&p->destination, p->destination_bytes, HEAD + 108);
		return;
	}
	n = af == AF_INET ? 4 : 16;
	is_inet(&p->source, p->source_bytes, af, HEAD, HEAD + 2 * n);
	is_inet(&p->destination, p->destination_bytes, af, HEAD + n,
	    HEAD + 2 * n + 2);
}

/* Written down again. IPv6 can be written in many ways. */
static void
line(const struct proxy *p, size_t n)
{
	const struct sockaddr_in *from = (const void *)&p->source;
	const struct sockaddr_in *to = (const void *)&p->destination;
	char text[PROXY_LINE_MAX + 1], one[INET_ADDRSTRLEN];
	char two[INET_ADDRSTRLEN];

	claim(n >= 15 && n <= PROXY_LINE_MAX && p->tlvs == p->end);
	claim(memcmp(bytes + n - 2, "\r\n", 2) == 0);
	if (!p->known) {
		claim(memcmp(bytes, "PROXY UNKNOWN", 13) == 0);
		return;
	}
	claim(p->source.ss_family == p->destination.ss_family);
	if (p->source.ss_family != AF_INET) {
		claim(memcmp(bytes, "PROXY TCP6 ", 11) == 0);
		return;
	}
	inet_ntop(AF_INET, &from->sin_addr, one, sizeof(one));
	inet_ntop(AF_INET, &to->sin_addr, two, sizeof(two));
	snprintf(text, sizeof(text), "PROXY TCP4 %s %s %u %u\r\n", one, two,
	    ntohs(from->sin_port), ntohs(to->sin_port));
	claim(strlen(text) == n && memcmp(text, bytes, n) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = { data, size };
	size_t n = fill(&in);
	struct proxy p, first = { .version = 0 };
	int decided = -EAGAIN, got;

	ASAN_POISON_MEMORY_REGION(bytes, sizeof(bytes));
	for (size_t i = 0; i <= n; i++) {
		/* Of zeros only the last ones matter. */
		if (i == ROOM && n > ROOM + 64)
			i = n - 64;
		ASAN_UNPOISON_MEMORY_REGION(bytes, i);
		got = proxy_parse(bytes, i, &p);
		claim(decided == -EAGAIN || got == decided);
		claim(got <= (int)i && got != 0);
		if (got > 0 && decided == -EAGAIN) {
			claim((size_t)got == i || i == n - 64);
			first = p;
		}
		decided = got;
	}
	ASAN_UNPOISON_MEMORY_REGION(bytes, sizeof(bytes));
	claim(decided > 0 || decided == -EAGAIN || decided == -EPROTO ||
	    decided == -EMSGSIZE || decided == -EILSEQ || decided == -EBADMSG);
	claim(decided != -EILSEQ || bytes[0] == '\r');
	if (decided <= 0)
		return 0;
	claim(p.version == first.version && p.known == first.known &&
	    p.tlvs == first.tlvs && p.end == first.end &&
	    p.source_bytes == first.source_bytes && memcmp(&p.source,
	    &first.source, p.source_bytes) == 0);
	claim(p.version == (bytes[0] == 'P' ? 1 : 2));
	if (p.version == 1)
		line(&p, (size_t)decided);
	else
		binary(&p, (size_t)decided);
	return 0;
}
