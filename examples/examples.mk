# SPDX-License-Identifier: BSD-2-Clause
# examples/: whole small programs over the public headers.
pkglibexec_PROGRAMS += examples/hello
http = examples/http.c examples/http.h examples/http-request.c
examples_hello_SOURCES = examples/hello.c examples/peer.c examples/peer.h \
	$(http)
examples_hello_LDADD = libcadre.la libcadre-shm.la $(HTTP_PARSER_LIBS)

# What `cadre contrast` runs, and for Node.
pkglibexec_PROGRAMS += examples/contrast
examples_contrast_SOURCES = examples/contrast.c \
	examples/plan.c examples/plan.h \
	examples/yardstick.c examples/yardstick.h
examples_contrast_LDADD = libcadre.la libcadre-shm.la
pkglibexec_SCRIPTS = examples/contrast-node
examples/contrast-node: examples/contrast.js
	$(AM_V_GEN)$(MKDIR_P) examples && cp $(srcdir)/examples/contrast.js $@ && \
	    chmod 755 $@
CLEANFILES += examples/contrast-node

noinst_PROGRAMS += examples/embed
examples_embed_SOURCES = examples/embed.c
examples_embed_LDADD = libcadre.la libcadre-shm.la

noinst_PROGRAMS += examples/sessions
examples_sessions_SOURCES = examples/sessions.c $(http)
examples_sessions_LDADD = libcadre.la libcadre-shm.la $(HTTP_PARSER_LIBS)

noinst_PROGRAMS += examples/chat
examples_chat_SOURCES = examples/chat.c examples/rooms/catchup.c \
	examples/rooms/catchup.h examples/rooms/chat.h \
	examples/rooms/handshake.c examples/rooms/handshake.h \
	examples/rooms/longpoll.c examples/rooms/longpoll.h \
	examples/rooms/page.h examples/rooms/presence.c \
	examples/rooms/presence.h examples/rooms/room.c examples/rooms/room.h \
	examples/rooms/routes.c examples/rooms/websocket.c \
	examples/rooms/websocket.h examples/rooms/websockets.c $(http)
nodist_examples_chat_SOURCES = examples/rooms/page.c
examples_chat_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS) $(NETTLE_CFLAGS)
examples_chat_LDADD = libcadre.la libcadre-shm.la $(HTTP_PARSER_LIBS) \
	$(WSLAY_LIBS) $(NETTLE_LIBS) $(JANSSON_LIBS)

# The page is part of the program: each of its files a string.
page = $(srcdir)/examples/chat.html $(srcdir)/examples/chat.js
examples/rooms/page.c: examples/chat.html examples/chat.js
	$(AM_V_GEN)$(MKDIR_P) examples/rooms && { \
	    echo '#include "examples/rooms/page.h"'; \
	    for f in $(page); do \
		echo "const char chat_$${f##*.}[] ="; \
		$(SED) -e 's/[\\"?]/\\&/g' -e 's/^/"/' -e 's/$$/\\n"/' $$f; \
		echo ';'; \
	    done; } > $@.tmp && mv $@.tmp $@
CLEANFILES += examples/rooms/page.c
EXTRA_DIST += examples/chat.html examples/chat.js examples/rooms/README.md

EXTRA_DIST += examples/README.md examples/contrast.js examples/sockact.py

# Their tests run the programs as they are built, over the shared libraries.
check_LIBRARIES += t/lib/libexample.a
t_lib_libexample_a_SOURCES = t/lib/example.c t/lib/example.h \
	t/lib/session.c t/lib/session.h
example_test_libs = t/lib/libexample.a $(runtime_test_libs)

check_PROGRAMS += t/80-hello-http.t
t_80_hello_http_t_SOURCES = t/80-hello-http.c
t_80_hello_http_t_LDADD = $(example_test_libs)
check_PROGRAMS += t/80-hello-peer.t
t_80_hello_peer_t_SOURCES = t/80-hello-peer.c
t_80_hello_peer_t_LDADD = $(example_test_libs)
check_PROGRAMS += t/81-hello-drain.t
t_81_hello_drain_t_SOURCES = t/81-hello-drain.c
t_81_hello_drain_t_LDADD = $(example_test_libs)
check_PROGRAMS += t/82-embed.t
t_82_embed_t_SOURCES = t/82-embed.c
t_82_embed_t_LDADD = $(example_test_libs)
check_PROGRAMS += t/83-hello-slow-client.t
t_83_hello_slow_client_t_SOURCES = t/83-hello-slow-client.c
t_83_hello_slow_client_t_LDADD = $(example_test_libs)
check_PROGRAMS += t/84-hello-drain-queue.t
t_84_hello_drain_queue_t_SOURCES = t/84-hello-drain-queue.c
t_84_hello_drain_queue_t_LDADD = $(example_test_libs)
check_PROGRAMS += t/84-contrast.t
t_84_contrast_t_SOURCES = t/84-contrast.c
t_84_contrast_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_84_contrast_t_LDADD = $(command_test_libs)
check_PROGRAMS += t/88-sessions-bounded.t
t_88_sessions_bounded_t_SOURCES = t/88-sessions-bounded.c
t_88_sessions_bounded_t_LDADD = $(example_test_libs)
check_PROGRAMS += t/88-sessions-heap.t
t_88_sessions_heap_t_SOURCES = t/88-sessions-heap.c
t_88_sessions_heap_t_LDADD = $(example_test_libs)
check_PROGRAMS += t/88-sessions-late.t
t_88_sessions_late_t_SOURCES = t/88-sessions-late.c
t_88_sessions_late_t_LDADD = $(example_test_libs)
check_PROGRAMS += t/88-sessions-message.t
t_88_sessions_message_t_SOURCES = t/88-sessions-message.c
t_88_sessions_message_t_LDADD = $(example_test_libs)
check_PROGRAMS += t/88-sessions-sticky.t
t_88_sessions_sticky_t_SOURCES = t/88-sessions-sticky.c
t_88_sessions_sticky_t_LDADD = $(example_test_libs)

# chat, and a client made by hand.
check_LIBRARIES += t/lib/libchat.a
t_lib_libchat_a_SOURCES = t/lib/chat.c t/lib/chat.h t/lib/poller.c
chat_test_libs = t/lib/libchat.a $(example_test_libs)
check_PROGRAMS += t/89-chat-alone.t
t_89_chat_alone_t_SOURCES = t/89-chat-alone.c
t_89_chat_alone_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_89_chat_alone_t_LDADD = t/lib/libchat.a t/lib/libexample.a \
	$(command_test_libs)
check_PROGRAMS += t/89-chat-crowd.t
t_89_chat_crowd_t_SOURCES = t/89-chat-crowd.c
t_89_chat_crowd_t_LDADD = $(chat_test_libs)
check_PROGRAMS += t/89-chat-cut.t
t_89_chat_cut_t_SOURCES = t/89-chat-cut.c
t_89_chat_cut_t_LDADD = $(chat_test_libs)
check_PROGRAMS += t/89-chat-drain.t
t_89_chat_drain_t_SOURCES = t/89-chat-drain.c
t_89_chat_drain_t_LDADD = $(chat_test_libs)
check_PROGRAMS += t/89-chat-frames.t
t_89_chat_frames_t_SOURCES = t/89-chat-frames.c
t_89_chat_frames_t_LDADD = $(chat_test_libs)
check_PROGRAMS += t/89-chat-handshake.t
t_89_chat_handshake_t_SOURCES = t/89-chat-handshake.c
t_89_chat_handshake_t_LDADD = $(chat_test_libs)
check_PROGRAMS += t/89-chat-kills.t
t_89_chat_kills_t_SOURCES = t/89-chat-kills.c
t_89_chat_kills_t_LDADD = $(chat_test_libs)
check_PROGRAMS += t/89-chat-loss.t
t_89_chat_loss_t_SOURCES = t/89-chat-loss.c
t_89_chat_loss_t_LDADD = $(chat_test_libs)
check_PROGRAMS += t/89-chat-partial.t
t_89_chat_partial_t_SOURCES = t/89-chat-partial.c
t_89_chat_partial_t_LDADD = $(chat_test_libs)
check_PROGRAMS += t/89-chat-poll.t
t_89_chat_poll_t_SOURCES = t/89-chat-poll.c
t_89_chat_poll_t_LDADD = $(chat_test_libs)
check_PROGRAMS += t/89-chat-poll-ends.t
t_89_chat_poll_ends_t_SOURCES = t/89-chat-poll-ends.c
t_89_chat_poll_ends_t_LDADD = $(chat_test_libs)
check_PROGRAMS += t/89-chat-rooms.t
t_89_chat_rooms_t_SOURCES = t/89-chat-rooms.c
t_89_chat_rooms_t_LDADD = $(chat_test_libs)
check_PROGRAMS += t/89-chat-slow.t
t_89_chat_slow_t_SOURCES = t/89-chat-slow.c
t_89_chat_slow_t_LDADD = $(chat_test_libs)
check_PROGRAMS += t/89-chat-words.t
t_89_chat_words_t_SOURCES = t/89-chat-words.c
t_89_chat_words_t_LDADD = $(chat_test_libs)

# chat in a browser, if there is one.
check_SCRIPTS += t/89-chat-browser.t t/89-chat-polling.t
EXTRA_DIST += t/lib/browser.sh t/lib/chat.sh
