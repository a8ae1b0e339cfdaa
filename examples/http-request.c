/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Requests, as http-parser reads them: the URL, the headers that are asked for
 * and the body are kept in the connection, each within its room. Who asks for
 * none is not called for each header.
 */
#include "examples/http.h"

#include <string.h>
#include <strings.h>

bool
http_has_room(const struct http_conn *c)
{
	return c->body.text == NULL &&
	    HTTP_BUFFER_BYTES - c->out_end >= HTTP_ANSWER_BYTES;
}

/* Where the value of a field begins, or, behind the last, the body. */
static size_t
kept_at(const struct http *h, int field)
{
	size_t at = 0;

	for (int i = 0; h->fields != NULL && i < field; i++)
		at += h->fields[i].room + 1;
	return at;
}

static int
nfields(const struct http *h)
{
	int n = 0;

	while (h->fields != NULL && h->fields[n].name != NULL)
		n++;
	return n;
}

size_t
http_kept_bytes(const struct http *h)
{
	return kept_at(h, nfields(h)) + h->body_room + 1;
}

const char *
http_value(const struct http_conn *c, unsigned int field)
{
	return c->kept + kept_at(c->http, (int)field);
}

const char *
http_body(const struct http_conn *c)
{
	return c->kept + kept_at(c->http, nfields(c->http));
}

void
http_ask(struct http_conn *c)
{
	struct http_parser_url u = { 0 };
	const char *path = c->url;

	if (*path != '/' && http_parser_parse_url(path, c->url_bytes,
	    c->parser.method == HTTP_CONNECT, &u) == 0)
		path += u.field_data[UF_PATH].off;	/* http://host/path */
	c->http->request(c, path);
}

static int
on_message_begin(http_parser *p)
{
	struct http_conn *c = p->data;

	c->begun = true;
	c->valued = false;
	c->url_bytes = c->name_bytes = c->body_bytes = 0;
	c->field = -1;
	memset(c->value_bytes, 0, sizeof(c->value_bytes));
	for (int i = nfields(c->http); i-- > 0; )
		c->kept[kept_at(c->http, i)] = '\0';
	return 0;
}

/* A piece more of something; what is beyond its room is dropped. */
static size_t
keep(char *kept, size_t room, size_t bytes, const char *text, size_t n)
{
	if (n > room - bytes)
		n = room - bytes;
	memcpy(kept + bytes, text, n);
	return bytes + n;
}

static int
on_url(http_parser *p, const char *text, size_t n)
{
	struct http_conn *c = p->data;

	c->url_bytes = keep(c->url, sizeof(c->url) - 1, c->url_bytes, text, n);
	return 0;
}

static int
on_header_field(http_parser *p, const char *text, size_t n)
{
	struct http_conn *c = p->data;

	if (c->valued)
		c->name_bytes = 0;	/* another one */
	c->valued = false;
	c->name_bytes = keep(c->name, sizeof(c->name), c->name_bytes, text, n);
	return 0;
}

/* Which one it is, at the first piece of its value. */
static int
field_of(const struct http_conn *c)
{
	const struct http_field *f = c->http->fields;

	for (int i = 0; f[i].name != NULL; i++)
		if (strlen(f[i].name) == c->name_bytes &&
		    strncasecmp(f[i].name, c->name, c->name_bytes) == 0)
			return c->value_bytes[i] == 0 ? i : -1;
	return -1;
}

static int
on_header_value(http_parser *p, const char *text, size_t n)
{
	struct http_conn *c = p->data;
	char *kept;
	int i;

	if (!c->valued)
		c->field = field_of(c);
	c->valued = true;
	if ((i = c->field) < 0)
		return 0;
	kept = c->kept + kept_at(c->http, i);
	c->value_bytes[i] = (uint16_t)keep(kept, c->http->fields[i].room,
	    c->value_bytes[i], text, n);
	kept[c->value_bytes[i]] = '\0';
	return 0;
}

static int
on_headers_complete(http_parser *p)
{
	p->upgrade = 0;		/* who upgrades does by http_upgrade() */
	return 0;
}

static int
on_body(http_parser *p, const char *text, size_t n)
{
	struct http_conn *c = p->data;
	char *body = c->kept + kept_at(c->http, nfields(c->http));

	if (c->body_bytes < c->http->body_room)
		keep(body, c->http->body_room, c->body_bytes, text, n);
	c->body_bytes += n;
	return 0;
}

static int
on_message_complete(http_parser *p)
{
	struct http_conn *c = p->data;

	c->url[c->url_bytes] = '\0';
	c->kept[http_kept_bytes(c->http) - 1] = '\0';
	if (c->body_bytes < c->http->body_room)
		c->kept[http_kept_bytes(c->http) - 1 - c->http->body_room +
		    c->body_bytes] = '\0';
	c->begun = c->resumed = false;
	http_ask(c);
	if (c->state != HTTP_OPEN || !http_has_room(c))
		http_parser_pause(p, 1);
	return 0;
}

#define SETTINGS					\
	.on_message_begin = on_message_begin,		\
	.on_url = on_url,				\
	.on_headers_complete = on_headers_complete,	\
	.on_message_complete = on_message_complete

/* [1]: with fields or a body. */
static const http_parser_settings settings[2] = {
	{ SETTINGS },
	{ SETTINGS, .on_header_field = on_header_field,
	    .on_header_value = on_header_value, .on_body = on_body },
};

void
http_parse(struct http_conn *c)
{
	enum http_errno err;

	http_parser_pause(&c->parser, 0);
	c->in_at += http_parser_execute(&c->parser,
	    &settings[c->http->fields != NULL], c->in + c->in_at,
	    c->in_end - c->in_at);
	err = HTTP_PARSER_ERRNO(&c->parser);
	if (err != HPE_OK && err != HPE_PAUSED) {
		c->ours = true;
		c->http->request(c, NULL);
	}
}
