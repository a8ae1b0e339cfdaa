/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whoever is in the list can pass for anybody, so it is never guessed: there is
 * no default, no name to look up, no address with bits beyond its prefix.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "runtime/trusted.h"
#include "shm/fail.h"

#define TIMEOUT_MAX_MS	60000
#define GRAMMAR_IP	"type proxy=10.0.0.0/8+192.0.2.1+2001:db8::/32"
#define GRAMMAR		GRAMMAR_IP ", or, of a unix: address, proxy=unix"

static unsigned int
bits_of(const struct cadre__frame_net *net)
{
	return net->family == AF_INET ? 32 : net->family == AF_INET6 ? 128 : 0;
}

/* The same up to the prefix? */
static bool
begins(const uint8_t *address, const uint8_t *prefix, unsigned int bits)
{
	unsigned int rest = bits % 8;

	if (memcmp(address, prefix, bits / 8) != 0)
		return false;
	return rest == 0 ||
	    (address[bits / 8] ^ prefix[bits / 8]) >> (8 - rest) == 0;
}

/* Nothing is set beyond the prefix. */
static bool
is_prefix(const struct cadre__frame_net *net)
{
	for (unsigned int i = net->bits; i < 8 * sizeof(net->address); i++)
		if ((net->address[i / 8] & 0x80 >> i % 8) != 0)
			return false;
	return true;
}

static int
net_parse(struct cadre__frame_net *net, const char *address, const char *word)
{
	char host[INET6_ADDRSTRLEN + 1], *end;
	const char *slash = strchr(word, '/');
	size_t n = slash != NULL ? (size_t)(slash - word) : strlen(word);
	unsigned long bits;

	if (n == 0 || n >= sizeof(host))
		return cadre__fail(-EINVAL, "%s: proxy= has an empty or endless "
		    "address; " GRAMMAR, address);
	memcpy(host, word, n);
	host[n] = '\0';
	net->family = strchr(host, ':') != NULL ? AF_INET6 : AF_INET;
	if (inet_pton(net->family, host, net->address) != 1)
		return cadre__fail(-EINVAL, "%s: proxy=: %s is no IP address, "
		    "and names are not looked up; " GRAMMAR_IP, address, host);
	bits = bits_of(net);
	if (slash != NULL)
		bits = strtoul(slash + 1, &end, 10);
	if (slash != NULL && (slash[1] < '0' || slash[1] > '9' ||
	    *end != '\0' || bits > bits_of(net)))
		return cadre__fail(-EINVAL, "%s: proxy=: %s: the prefix is 0 to "
		    "%u bits; " GRAMMAR_IP, address, word, bits_of(net));
	net->bits = (uint8_t)bits;
	if (!is_prefix(net))
		return cadre__fail(-EINVAL, "%s: proxy=: %s has bits set beyond "
		    "its prefix; type %s for this one, or a network that ends in "
		    "zeros", address, word, host);
	return 0;
}

static int
word_parse(struct cadre__frame_net *net, const char *address, int family,
    const char *word)
{
	*net = (struct cadre__frame_net){ .family = AF_UNIX };
	if (strcmp(word, "unix") == 0)
		return family == AF_UNIX ? 0 : cadre__fail(-EINVAL, "%s: "
		    "proxy=unix is for unix: addresses; here peers have IP "
		    "addresses; " GRAMMAR_IP, address);
	if (family == AF_UNIX)
		return cadre__fail(-EINVAL, "%s: proxy=%s: who comes by a Unix "
		    "socket has no IP address; type proxy=unix", address, word);
	return net_parse(net, address, word);
}

int
trusted_parse(struct cadre__frame_trusted *t, const char *address, int family,
    const char *list)
{
	char words[CADRE_TRUSTED_MAX * (INET6_ADDRSTRLEN + 5)];
	char *save, *word;
	int err = 0;

	if (t->nets > 0)
		return cadre__fail(-EINVAL, "%s: proxy= is there twice; put '+' "
		    "between peers", address);
	if (*list == '\0' || strlen(list) >= sizeof(words))
		return cadre__fail(-EINVAL, "%s: proxy= names nobody, or too "
		    "many; " GRAMMAR, address);
	strcpy(words, list);
	for (word = strtok_r(words, "+", &save); word != NULL && err == 0;
	    word = strtok_r(NULL, "+", &save)) {
		if (t->nets == CADRE_TRUSTED_MAX)
			return cadre__fail(-EINVAL, "%s: proxy= takes %d peers; "
			    "name networks", address, CADRE_TRUSTED_MAX);
		err = word_parse(&t->net[t->nets], address, family, word);
		t->nets += err == 0;
	}
	if (err == 0 && t->nets == 0)
		return cadre__fail(-EINVAL, "%s: proxy= names nobody; " GRAMMAR,
		    address);
	if (t->timeout_ms == 0)
		t->timeout_ms = TRUSTED_TIMEOUT_MS;
	return err;
}

int
trusted_timeout(struct cadre__frame_trusted *t, const char *address,
    const char *text)
{
	unsigned long n;
	char *end;

	n = strtoul(text, &end, 10);
	if (strcmp(end, "s") == 0 && n <= TIMEOUT_MAX_MS) {
		n *= 1000;
		end++;
	} else if (strcmp(end, "ms") == 0)
		end += 2;
	if (text[0] < '0' || text[0] > '9' || *end != '\0' || n == 0 ||
	    n > TIMEOUT_MAX_MS)
		return cadre__fail(-EINVAL, "%s: proxy-timeout is 1ms to %ds, not "
		    "%s", address, TIMEOUT_MAX_MS / 1000, text);
	t->timeout_ms = (uint32_t)n;
	return 0;
}

bool
trusted_is_peer(const char *word)
{
	char host[INET6_ADDRSTRLEN];
	uint8_t address[sizeof(struct in6_addr)];
	size_t n = strcspn(word, "/+");

	if (n >= sizeof(host))
		return false;
	memcpy(host, word, n);
	host[n] = '\0';
	return inet_pton(strchr(host, ':') != NULL ? AF_INET6 : AF_INET, host,
	    address) == 1;
}

bool
trusted_is_whole(const struct cadre__frame_trusted *t)
{
	if (t->nets > CADRE_TRUSTED_MAX || (t->nets > 0 &&
	    (t->timeout_ms == 0 || t->timeout_ms > TIMEOUT_MAX_MS)))
		return false;
	for (unsigned int i = 0; i < t->nets; i++)
		if (t->net[i].bits > bits_of(&t->net[i]))
			return false;
	return true;
}

bool
trusted_has(const struct cadre__frame_trusted *t, const struct cadre_peer *peer)
{
	const struct sockaddr_in6 *in6 = (const void *)&peer->address;
	const struct sockaddr_in *in = (const void *)&peer->address;
	sa_family_t family = peer->bytes > 0 ? peer->address.ss_family : 0;
	const uint8_t *address = NULL;

	if (family == AF_INET)
		address = (const void *)&in->sin_addr;
	else if (family == AF_INET6)
		address = (const void *)&in6->sin6_addr;
	/* On a socket for both, IPv4 looks like this. */
	if (family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr)) {
		family = AF_INET;
		address += 12;
	}
	for (unsigned int i = 0; i < t->nets; i++)
		if (t->net[i].family == family && (address == NULL ||
		    begins(address, t->net[i].address, t->net[i].bits)))
			return true;
	return t->nets > 0 && family == 0;
}
