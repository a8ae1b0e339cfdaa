/* SPDX-License-Identifier: BSD-2-Clause */
/* Without the parser's code: what both had wrong would be seen by neither. */
#include <string.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "t/lib/preface.h"

#define HEAD	16

void
preface_line(struct preface *p, const char *line)
{
	p->n = strlen(line);
	memcpy(p->bytes, line, p->n);
	memcpy(p->bytes + p->n, "\r\n", 2);
	p->n += 2;
}

static void
length_set(struct preface *p, size_t n)
{
	p->bytes[14] = (unsigned char)(n >> 8);
	p->bytes[15] = (unsigned char)n;
}

void
preface_add(struct preface *p, const void *bytes, size_t n)
{
	memcpy(p->bytes + p->n, bytes, n);
	p->n += n;
	length_set(p, p->n - HEAD);
}

void
preface_begin(struct preface *p, int command, int family,
    const void *addresses, size_t bytes)
{
	memcpy(p->bytes, "\r\n\r\n\0\r\nQUIT\n", 12);
	p->bytes[12] = (unsigned char)command;
	p->bytes[13] = (unsigned char)family;
	p->n = HEAD;
	preface_add(p, addresses, bytes);
}

void
preface_tcp(struct preface *p, const char *from, unsigned int from_port,
    const char *to, unsigned int to_port)
{
	int af = strchr(from, ':') != NULL ? AF_INET6 : AF_INET;
	size_t host = af == AF_INET6 ? 16 : 4;
	unsigned char block[36];

	inet_pton(af, from, block);
	inet_pton(af, to, block + host);
	block[2 * host] = (unsigned char)(from_port >> 8);
	block[2 * host + 1] = (unsigned char)from_port;
	block[2 * host + 2] = (unsigned char)(to_port >> 8);
	block[2 * host + 3] = (unsigned char)to_port;
	preface_begin(p, PREFACE_PROXY, af == AF_INET6 ? 0x21 : 0x11, block,
	    2 * host + 4);
}

void
preface_tlv(struct preface *p, int type, const void *value, size_t n)
{
	unsigned char head[3] = { (unsigned char)type, (unsigned char)(n >> 8),
	    (unsigned char)n };

	preface_add(p, head, sizeof(head));
	preface_add(p, value, n);
}

/* Bit by bit, by the book. */
void
preface_crc32c(struct preface *p)
{
	uint32_t sum = 0xffffffff;

	preface_tlv(p, 3, "\0\0\0", 4);
	for (size_t i = 0; i < p->n; i++) {
		sum ^= p->bytes[i];
		for (int bit = 0; bit < 8; bit++)
			sum = sum >> 1 ^ (sum & 1 ? 0x82f63b78 : 0);
	}
	sum = htonl(~sum);
	memcpy(p->bytes + p->n - 4, &sum, 4);
}

void
preface_lie(struct preface *p, int by)
{
	length_set(p, p->n - HEAD + (size_t)by);
}

void
preface_usual(struct preface *p)
{
	preface_tcp(p, "192.0.2.1", 40000, "198.51.100.7", 443);
}
