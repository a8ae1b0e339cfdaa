/* t/04-proxy-values: so are the values of version 2, and its checksum */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>

#include "runtime/proxy.h"
#include "t/lib/preface.h"
#include "t/lib/tap.h"

static struct preface h;
static struct proxy p;

static void
value_is(int type, const char *want)
{
	size_t n = 0;
	const char *value = proxy_tlv(h.bytes, &p, (unsigned int)type, &n);

	if (want == NULL)
		ok(value == NULL, "no value of type %#x", type);
	else
		ok(value != NULL && n == strlen(want) &&
		    memcmp(value, want, n) == 0, "type %#x is %s", type, want);
}

static void
values(void)
{
	static const char ssl[] = "\5\0\0\0\0\x21\0\7TLSv1.3\x22\0\2cn";

	preface_usual(&h);
	preface_tlv(&h, 2, "example.org", 11);
	preface_tlv(&h, 0x20, ssl, sizeof(ssl) - 1);
	preface_tlv(&h, 5, "id", 2);
	preface_tlv(&h, 5, "second", 6);
	preface_tlv(&h, 0xea, "", 0);
	preface_crc32c(&h);
	preface_whole(&h, &p, "with values and a checksum");
	value_is(2, "example.org");
	value_is(5, "id");
	value_is(0x21, "TLSv1.3");
	value_is(0x22, "cn");
	value_is(0x23, NULL);
	value_is(0xea, "");
	value_is(1, NULL);
	h.bytes[20] ^= 1;
	is_int(preface_parse(&h, &p), -EILSEQ, "one bit differs");
	is_u64(proxy_crc32c(0, "123456789", 9), 0xe3069283, "as others sum");
}

int
main(void)
{
	static const char zeros[2];

	preface_begin(&h, PREFACE_PROXY, 0, "\1\0\2h2", 5);
	preface_whole(&h, &p, "of no family, with a value");
	value_is(1, "h2");
	values();
	for (size_t n = 1; n < 3; n++) {
		preface_usual(&h);
		preface_add(&h, zeros, n);
		is_int(preface_parse(&h, &p), -EBADMSG,
		    "a value is cut after %zu", n);
	}
	preface_usual(&h);
	preface_tlv(&h, 2, "x", 1);
	h.bytes[h.n - 2] = 2;
	is_int(preface_parse(&h, &p), -EBADMSG,
	    "a value longer than the header");
	preface_usual(&h);
	preface_tlv(&h, 0x20, "\0\0\0\0\0\x21\0\1", 8);
	is_int(preface_parse(&h, &p), -EBADMSG,
	    "a value longer than that it is in");
	preface_usual(&h);
	preface_tlv(&h, 0x20, "\0\0\0\0", 4);
	is_int(preface_parse(&h, &p), -EBADMSG, "an SSL value that is cut");
	preface_usual(&h);
	preface_tlv(&h, 3, "\0\0\0", 3);
	is_int(preface_parse(&h, &p), -EBADMSG, "a checksum that is cut");
	return done_testing();
}
