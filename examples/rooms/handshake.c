/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A WebSocket is not bound by the same-origin policy: any page may open one to
 * any host, and the browser adds the cookies. So the server looks at Origin.
 */
#include "examples/rooms/handshake.h"

#include <nettle/base64.h>
#include <nettle/sha1.h>

#include <errno.h>
#include <string.h>
#include <strings.h>

/* RFC 6455, 4.2.2: a key is 16 bytes in base64, which is 24 characters. */
int
handshake_accept(const char *key, char ret[HANDSHAKE_ACCEPT_BYTES])
{
	static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
	uint8_t digest[SHA1_DIGEST_SIZE], raw[BASE64_DECODE_LENGTH(24)];
	struct base64_decode_ctx decode;
	size_t n = sizeof(raw);
	struct sha1_ctx sha1;

	base64_decode_init(&decode);
	if (strlen(key) != 24 ||
	    !base64_decode_update(&decode, &n, raw, 24, key) ||
	    !base64_decode_final(&decode) || n != 16)
		return -EINVAL;
	sha1_init(&sha1);
	sha1_update(&sha1, 24, (const uint8_t *)key);
	sha1_update(&sha1, strlen(guid), (const uint8_t *)guid);
	sha1_digest(&sha1, sizeof(digest), digest);
	base64_encode_raw(ret, sizeof(digest), digest);
	ret[BASE64_ENCODE_RAW_LENGTH(sizeof(digest))] = '\0';
	return 0;
}

/* Whether a comma-separated list has the word, in any case of letters. */
static bool
has_word(const char *list, const char *word)
{
	size_t n;

	for (const char *p = list; *p != '\0'; p += n) {
		p += strspn(p, ", \t");
		n = strcspn(p, ", \t");
		if (n == strlen(word) && strncasecmp(p, word, n) == 0)
			return true;
	}
	return false;
}

const char *
handshake_refuse(const struct handshake *h)
{
	char accept[HANDSHAKE_ACCEPT_BYTES];

	if (!has_word(h->upgrade, "websocket") ||
	    !has_word(h->connection, "upgrade"))
		return "400 Bad Request";
	if (strcmp(h->version, "13") != 0)
		return "426 Upgrade Required";
	if (handshake_accept(h->key, accept) < 0)
		return "400 Bad Request";
	return NULL;
}

bool
handshake_is_own(const char *origin, const char *host,
    const char *const *others)
{
	const char *authority = strstr(origin, "://");

	if (*origin == '\0')
		return true;
	if (authority != NULL && *host != '\0' &&
	    strcasecmp(authority + 3, host) == 0)
		return true;
	for (; *others != NULL; others++)
		if (strcasecmp(origin, *others) == 0)
			return true;
	return false;
}
