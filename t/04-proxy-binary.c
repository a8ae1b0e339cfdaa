/* t/04-proxy-binary: so is version 2, its addresses and its length */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>

#include <netinet/in.h>
#include <sys/un.h>

#include "runtime/proxy.h"
#include "t/lib/preface.h"
#include "t/lib/tap.h"

static struct preface h;
static struct proxy p;

static void
addresses(void)
{
	const struct sockaddr_in *in = (const void *)&p.source;
	const struct sockaddr_un *sun = (const void *)&p.source;
	char paths[216] = "/run/client";

	preface_usual(&h);
	preface_whole(&h, &p, "IPv4");
	ok(p.known && p.version == 2 && in->sin_family == AF_INET &&
	    in->sin_port == htons(40000) && p.source_bytes == sizeof(*in) &&
	    in->sin_addr.s_addr == htonl(0xc0000201), "its client");
	preface_tcp(&h, "2001:db8::1", 40000, "::1", 443);
	preface_whole(&h, &p, "IPv6");
	ok(p.source.ss_family == AF_INET6 &&
	    p.source_bytes == sizeof(struct sockaddr_in6), "its client");
	preface_begin(&h, PREFACE_PROXY, 0x31, paths, sizeof(paths));
	preface_whole(&h, &p, "a Unix socket");
	ok(sun->sun_family == AF_UNIX && strcmp(sun->sun_path, "/run/client") ==
	    0 && p.source_bytes == 2 + 12 && p.destination_bytes == 2,
	    "its path; the other has none");
	memset(paths, 'x', sizeof(paths));
	preface_begin(&h, PREFACE_PROXY, 0x31, paths, sizeof(paths));
	preface_whole(&h, &p, "with paths that end nowhere");
	is_int(p.source_bytes, sizeof(*sun), "as long as there is room");
	preface_begin(&h, PREFACE_LOCAL, 0xff, "anything", 8);
	preface_whole(&h, &p, "LOCAL, whatever it brings");
	ok(!p.known && p.tlvs == p.end, "names nobody");
	preface_begin(&h, PREFACE_PROXY, 0, "\1\0\2h2", 5);
	preface_whole(&h, &p, "of no family, with a value");
	ok(!p.known, "names nobody");
}

int
main(void)
{
	static const char zeros[5000];

	addresses();
	for (int by = -12; by < 0; by++) {
		preface_usual(&h);
		preface_lie(&h, by);
		is_int(preface_parse(&h, &p), -EBADMSG,
		    "%d bytes shorter than it is", -by);
	}
	preface_usual(&h);
	preface_lie(&h, 1);
	is_int(preface_parse(&h, &p), -EAGAIN, "longer than it is");
	preface_usual(&h);
	preface_add(&h, zeros, sizeof(zeros));
	is_int(preface_parse(&h, &p), -EMSGSIZE,
	    "too long, by what its length says");
	for (int c = 0; c < 256; c++)
		if (c != PREFACE_LOCAL && c != PREFACE_PROXY) {
			preface_usual(&h);
			h.bytes[12] = (unsigned char)c;
			if (preface_parse(&h, &p) != -EBADMSG)
				ok(0, "command %#x was taken", c);
		}
	for (int f = 0; f < 256; f++)
		if (strchr("\x11\x12\x21\x22\x31\x32", f) == NULL) {
			preface_begin(&h, PREFACE_PROXY, f, zeros, 216);
			if (preface_parse(&h, &p) != -EBADMSG)
				ok(0, "family %#x was taken", f);
		}
	return done_testing();
}
