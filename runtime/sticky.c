/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys and homes; and how they are asked for. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <netinet/in.h>

#include "runtime/sticky.h"
#include "shm/fail.h"

#define GRAMMAR	"type mode=sticky:addr, sticky:addr/24, sticky:proxy, " \
		"sticky:cookie:NAME or sticky:query:NAME"
#define PREFIX6	64		/* a household has so many; what is behind it
				   changes by itself */

static const char *const names[] = {
	[STICKY_ADDR] = "addr",
	[STICKY_PROXY] = "proxy",
	[STICKY_COOKIE] = "cookie",
	[STICKY_QUERY] = "query",
};

uint64_t
sticky_key(const void *bytes, size_t n)
{
	const unsigned char *at = bytes;
	uint64_t key = STICKY_SEED;

	for (size_t i = 0; i < n; i++)
		key = sticky_byte(key, at[i]);
	return key;
}

/* The first bits of it, the rest as zeros. */
static uint64_t
key_of_bits(const uint8_t *address, size_t n, unsigned int bits)
{
	uint64_t key = STICKY_SEED;
	unsigned int of_byte;

	for (size_t i = 0; i < n; i++) {
		of_byte = bits < 8 ? bits : 8;
		key = sticky_byte(key, (unsigned char)(address[i] &
		    (0xff00 >> of_byte)));
		bits -= of_byte;
	}
	return key;
}

bool
sticky_key_of(const struct sticky *s, const void *sockaddr, socklen_t bytes,
    uint64_t *ret_key)
{
	struct sockaddr_in6 in6;
	struct sockaddr_in in;
	sa_family_t family;
	const uint8_t *at;

	if (bytes < sizeof(family))
		return false;
	memcpy(&family, sockaddr, sizeof(family));
	if (family == AF_INET && bytes >= sizeof(in)) {
		memcpy(&in, sockaddr, sizeof(in));
		*ret_key = key_of_bits((const uint8_t *)&in.sin_addr, 4,
		    s->prefix4);
		return true;
	}
	if (family != AF_INET6 || bytes < sizeof(in6))
		return false;
	memcpy(&in6, sockaddr, sizeof(in6));
	at = in6.sin6_addr.s6_addr;
	*ret_key = IN6_IS_ADDR_V4MAPPED(&in6.sin6_addr) ?
	    key_of_bits(at + 12, 4, s->prefix4) :
	    key_of_bits(at, 16, s->prefix6);
	return true;
}

int
sticky_home(uint64_t key, const unsigned int *seats, unsigned int n)
{
	uint64_t best = 0, rank;
	int home = -1;

	for (unsigned int i = 0; i < n; i++) {
		rank = sticky_rank(key, seats[i]);
		if (home < 0 || rank > best) {
			best = rank;
			home = (int)seats[i];
		}
	}
	return home;
}

void
sticky_text(const struct sticky *s, char *to, size_t room)
{
	unsigned int bits = s->prefix4 < 32 ? s->prefix4 : s->prefix6;

	if (s->by <= STICKY_PROXY && (s->prefix4 < 32 ||
	    (s->by == STICKY_ADDR && s->prefix6 != PREFIX6)))
		snprintf(to, room, "sticky:%s/%u", names[s->by], bits);
	else
		snprintf(to, room, "sticky:%s", names[s->by]);
}

/* A whole number from `least` to `most` and what it ends with; -1: none. */
static long
number(const char *text, long least, long most, const char **ret_end)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(text, &end, 10);
	if (*text < '0' || *text > '9' || errno != 0 || n < least || n > most)
		return -1;
	*ret_end = end;
	return n;
}

/* /N, of the listener's family; of proxy /N4, or /N4/N6. */
static int
prefix_parse(struct sticky *s, const char *text, int family,
    const char *address)
{
	bool is6 = s->by == STICKY_ADDR && family != AF_INET;
	long bits;

	if (*text == '\0')
		return 0;
	bits = number(text + 1, 1, is6 ? 128 : 32, &text);
	if (bits > 0 && is6)
		s->prefix6 = (uint8_t)bits;
	else if (bits > 0)
		s->prefix4 = (uint8_t)bits;
	if (bits > 0 && s->by == STICKY_PROXY && *text == '/') {
		bits = number(text + 1, 1, 128, &text);
		s->prefix6 = bits > 0 ? (uint8_t)bits : 0;
	}
	if (bits < 0 || *text != '\0')
		return cadre__fail(-EINVAL, "%s: a prefix is 1 to 32 bits of "
		    "an IPv4 address, 1 to 128 of an IPv6 one; " GRAMMAR,
		    address);
	return 0;
}

/* What a cookie's name may have in it, and a parameter's as it is. */
static int
name_parse(struct sticky *s, const char *text, const char *address)
{
	size_t n = *text == ':' ? strlen(text + 1) : 0;

	for (size_t i = 1; i <= n; i++)
		if (!isascii(text[i]) || (!isalnum(text[i]) &&
		    strchr("._-~!$*^|", text[i]) == NULL))
			n = sizeof(s->name);
	if (n == 0 || n >= sizeof(s->name))
		return cadre__fail(-EINVAL, "%s: mode sticky:%s needs the name "
		    "of a %s, 1 to %zu letters, digits or . _ - ~ ! $ * ^ |; "
		    "type mode=sticky:%s:NAME", address, names[s->by],
		    s->by == STICKY_COOKIE ? "cookie" : "parameter",
		    sizeof(s->name) - 1, names[s->by]);
	memcpy(s->name, text + 1, n);
	s->name[n] = '\0';
	return 0;
}

void
sticky_begin(struct sticky *s)
{
	*s = (struct sticky){ .prefix4 = 32, .prefix6 = PREFIX6,
	    .percent = STICKY_PERCENT, .peek_ms = STICKY_PEEK_MS,
	    .peek_bytes = STICKY_PEEK_BYTES };
}

int
sticky_parse(struct sticky *s, const char *key, int family,
    const char *address)
{
	size_t n = strcspn(key, ":/");
	unsigned int by = 0;

	while (by <= STICKY_QUERY && (strlen(names[by]) != n ||
	    memcmp(key, names[by], n) != 0))
		by++;
	if (by > STICKY_QUERY && n == 0)
		return cadre__fail(-EINVAL, "%s: sticky needs a key; " GRAMMAR,
		    address);
	if (by > STICKY_QUERY)
		return cadre__fail(-EINVAL, "%s: sticky by '%s' is not known; "
		    GRAMMAR, address, key);
	s->by = (enum sticky_by)by;
	if (s->by >= STICKY_COOKIE)
		return name_parse(s, key + n, address);
	if (s->by == STICKY_ADDR && family == AF_UNIX)
		return cadre__fail(-EINVAL, "%s: who comes by a Unix socket has "
		    "no address; type mode=sticky:cookie:NAME, "
		    "sticky:query:NAME or sticky:proxy", address);
	if (key[n] == ':')
		return cadre__fail(-EINVAL, "%s: sticky:%s takes a prefix, no "
		    "name; " GRAMMAR, address, names[s->by]);
	return prefix_parse(s, key + n, family, address);
}

/* Hundredths of "1.25". */
static int
factor_parse(struct sticky *s, const char *text, const char *address)
{
	const char *end = text;
	long whole = number(text, 0, STICKY_PERCENT_MAX / 100, &end);
	unsigned int part = 0, digits = 0;

	if (whole >= 0 && *end == '.')
		for (end++; *end >= '0' && *end <= '9' && digits < 2; digits++)
			part = 10 * part + (unsigned int)(*end++ - '0');
	if (digits == 1)
		part *= 10;
	if (whole < 0 || *end != '\0' || end[-1] == '.' ||
	    (whole == 0 && part > 0))
		return cadre__fail(-EINVAL, "%s: factor is 1 to %d times the "
		    "mean load of a seat, as in factor=1.25, or 0: no bound; "
		    "not %s", address, STICKY_PERCENT_MAX / 100, text);
	s->percent = (unsigned int)whole * 100 + part;
	s->percent_given = true;
	return 0;
}

int
sticky_option(struct sticky *s, const char *word, const char *address)
{
	const char *end = "";
	long n;

	if (strcmp(word, "strict") == 0) {
		s->strict = true;
		return 0;
	}
	if (strncmp(word, "factor=", 7) == 0)
		return factor_parse(s, word + 7, address);
	if (strncmp(word, "peek-ms=", 8) == 0) {
		n = number(word + 8, 1, STICKY_PEEK_MS_MAX, &end);
		if (n < 0 || *end != '\0')
			return cadre__fail(-EINVAL, "%s: peek-ms is 1 to %d, "
			    "not %s", address, STICKY_PEEK_MS_MAX, word + 8);
		s->peek_ms = (unsigned int)n;
		s->peek_given = true;
		return 0;
	}
	if (strncmp(word, "peek-bytes=", 11) == 0) {
		n = number(word + 11, 64, STICKY_PEEK_BYTES_MAX, &end);
		if (n < 0 || *end != '\0')
			return cadre__fail(-EINVAL, "%s: peek-bytes is 64 to "
			    "%d, not %s", address, STICKY_PEEK_BYTES_MAX,
			    word + 11);
		s->peek_bytes = (unsigned int)n;
		s->peek_given = true;
		return 0;
	}
	return -ENOENT;
}

int
sticky_check(const struct sticky *s, const char *address)
{
	if (s->strict && s->percent_given && s->percent > 0)
		return cadre__fail(-EINVAL, "%s: with strict a client waits for "
		    "its home however full that is, so factor= has no effect; "
		    "leave one of them out", address);
	if (s->by == STICKY_ADDR && s->peek_given)
		return cadre__fail(-EINVAL, "%s: of sticky:addr nothing is "
		    "peeked at, so peek-ms= and peek-bytes= have no effect; "
		    "leave them out", address);
	return 0;
}
