/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * http-probe PATH: ask for it over the connection that is standard input, and
 * exit 0 if the answer is whole and its status 200 to 399. What was wrong is
 * one line on standard error. `cadre reload --probe http:PATH` runs it; how
 * long it may take is the master's affair.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>

#include <http_parser.h>

#define REQUEST_BYTES	1024

struct answer {
	unsigned int	status;		/* 0: none yet */
	bool		whole;
};

static int
fail(const char *what, const char *why)
{
	fprintf(stderr, "%s%s%s\n", what, why != NULL ? ": " : "",
	    why != NULL ? why : "");
	return EXIT_FAILURE;
}

static int
ask(int fd, const char *path)
{
	char text[REQUEST_BYTES];
	size_t n, sent = 0;
	ssize_t k;

	n = (size_t)snprintf(text, sizeof(text), "GET %s HTTP/1.1\r\n"
	    "Host: localhost\r\nUser-Agent: cadre-probe\r\n"
	    "Connection: close\r\n\r\n", path);
	if (n >= sizeof(text))
		return fail("the path is too long", NULL);
	while (sent < n) {
		k = send(fd, text + sent, n - sent, MSG_NOSIGNAL);
		if (k < 0 && errno == ENOTSOCK)
			return fail("the worker cannot be asked: it does not "
			    "use libcadre, or the app has no listener", NULL);
		if (k < 0 && errno != EINTR)
			return fail("cannot ask", strerror(errno));
		sent += k > 0 ? (size_t)k : 0;
	}
	return EXIT_SUCCESS;
}

static int
on_status(http_parser *p)
{
	((struct answer *)p->data)->status = p->status_code;
	return 0;
}

static int
on_whole(http_parser *p)
{
	((struct answer *)p->data)->whole = true;
	return 0;
}

static int
listen_to(int fd, struct answer *a)
{
	const http_parser_settings settings = {
		.on_headers_complete = on_status,
		.on_message_complete = on_whole,
	};
	http_parser parser;
	char bytes[4096];
	ssize_t n;

	http_parser_init(&parser, HTTP_RESPONSE);
	parser.data = a;
	do {
		n = recv(fd, bytes, sizeof(bytes), 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail("no answer", strerror(errno));
		http_parser_execute(&parser, &settings, bytes, (size_t)n);
		if (HTTP_PARSER_ERRNO(&parser) != HPE_OK)
			return fail("no HTTP answer", http_errno_description(
			    HTTP_PARSER_ERRNO(&parser)));
	} while (n != 0 && !a->whole);
	return EXIT_SUCCESS;
}

int
main(int argc, char **argv)
{
	struct answer a = { .status = 0 };
	int code;

	if (argc != 2 || argv[1][0] != '/') {
		fprintf(stderr, "usage: http-probe /PATH, with a connection "
		    "as standard input\n");
		return 2;
	}
	code = ask(STDIN_FILENO, argv[1]);
	if (code == EXIT_SUCCESS)
		code = listen_to(STDIN_FILENO, &a);
	if (code != EXIT_SUCCESS)
		return code;
	if (!a.whole)
		return fail("the connection was closed before the whole answer",
		    NULL);
	if (a.status >= 200 && a.status < 400)
		return EXIT_SUCCESS;
	fprintf(stderr, "HTTP status %u\n", a.status);
	return EXIT_FAILURE;
}
