# SPDX-License-Identifier: BSD-2-Clause
# Tests of doors: an address for each seat, and proxies in front of them.
t_lib_libapp_a_SOURCES += t/lib/visit.c t/lib/visit.h

check_PROGRAMS += \
	t/22-door-stop.t \
	t/23-door-refused.t \
	t/23-seat-doors.t \
	t/29-idle-doors.t \
	t/41-door-rescue.t \
	t/42-door-parked.t \
	t/43-door-left.t \
	t/48-shut-door.t \
	t/48-filtered-listener.t \
	t/54-door-reload.t \
	t/56-door-scaled.t
t_22_door_stop_t_SOURCES = t/22-door-stop.c
t_23_door_refused_t_SOURCES = t/23-door-refused.c
t_23_seat_doors_t_SOURCES = t/23-seat-doors.c
t_29_idle_doors_t_SOURCES = t/29-idle-doors.c
t_41_door_rescue_t_SOURCES = t/41-door-rescue.c
t_42_door_parked_t_SOURCES = t/42-door-parked.c
t_43_door_left_t_SOURCES = t/43-door-left.c
t_48_shut_door_t_SOURCES = t/48-shut-door.c
t_48_filtered_listener_t_SOURCES = t/48-filtered-listener.c
t_54_door_reload_t_SOURCES = t/54-door-reload.c
t_56_door_scaled_t_SOURCES = t/56-door-scaled.c

# Real proxies, with what `cadre gen` writes for them.
check_LIBRARIES += t/lib/libfront.a
t_lib_libfront_a_SOURCES = t/lib/front.c t/lib/front.h \
	t/lib/front-claims.c t/lib/front-claims.h
t_lib_libfront_a_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
front_test_libs = t/lib/libfront.a $(example_test_libs) $(command_test_libs)
front_tests = \
	t/85-front-chat.t \
	t/85-front-fragment.t \
	t/85-front-haproxy.t \
	t/85-front-nginx.t \
	t/85-front-proxied.t \
	t/85-front-sessions.t
check_PROGRAMS += $(front_tests)
$(front_tests): cadre$(EXEEXT) t/lib/program$(EXEEXT) examples/chat$(EXEEXT) \
	examples/sessions$(EXEEXT)
t_85_front_chat_t_SOURCES = t/85-front-chat.c
t_85_front_chat_t_LDADD = t/lib/libfront.a $(chat_test_libs) $(command_test_libs)
t_85_front_fragment_t_SOURCES = t/85-front-fragment.c
t_85_front_fragment_t_LDADD = $(front_test_libs)
t_85_front_haproxy_t_SOURCES = t/85-front-haproxy.c
t_85_front_haproxy_t_LDADD = $(front_test_libs)
t_85_front_proxied_t_SOURCES = t/85-front-proxied.c
t_85_front_proxied_t_LDADD = $(front_test_libs)
t_85_front_sessions_t_SOURCES = t/85-front-sessions.c t/lib/jar.c t/lib/jar.h
t_85_front_sessions_t_LDADD = $(front_test_libs)
t_85_front_nginx_t_SOURCES = t/85-front-nginx.c
t_85_front_nginx_t_LDADD = $(front_test_libs)

# The command.
doors_command_tests = \
	t/75-gen.t \
	t/75-gen-unix.t \
	t/75-seat-listen.t
check_PROGRAMS += $(doors_command_tests)
$(doors_command_tests): cadre$(EXEEXT) t/lib/program$(EXEEXT)
t_75_gen_t_SOURCES = t/75-gen.c
t_75_gen_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_75_gen_t_LDADD = $(command_test_libs)
t_75_gen_unix_t_SOURCES = t/75-gen-unix.c
t_75_gen_unix_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_75_gen_unix_t_LDADD = $(command_test_libs)
t_75_seat_listen_t_SOURCES = t/75-seat-listen.c
t_75_seat_listen_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_75_seat_listen_t_LDADD = $(command_test_libs)
