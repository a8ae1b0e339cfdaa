/* SPDX-License-Identifier: BSD-2-Clause */
/* All that a worker of the chat has to answer with. */
#ifndef EXAMPLES_ROOMS_CHAT_H
#define EXAMPLES_ROOMS_CHAT_H

#include <stdbool.h>

#include <cadre/cadre.h>

#include "examples/http.h"
#include "examples/rooms/longpoll.h"
#include "examples/rooms/websocket.h"

#define CHAT_ORIGINS	8

extern struct chat {
	struct cadre_worker *worker;	/* set by who has one; the rest is */
	struct cadre_counter *requests, *errors;
	struct cadre_counter *messages;	/* said here */
	struct cadre_counter *drops;	/* clients that did not read, lines
					   without room */
	struct cadre_counter *rejected;	/* who may not, or makes no sense */
	struct cadre_gauge *clients;	/* with a WebSocket */
	struct cadre_gauge *sessions;	/* without */
	struct cadre_gauge *behind;	/* lines are to come from others yet */
	const char	*origins[CHAT_ORIGINS + 1]; /* other pages that may */
	bool		no_websocket;
	struct http	http;		/* ready to be begun, as the next two */
	struct websockets sockets;
	struct longpolls polls;
} chat;

#endif
