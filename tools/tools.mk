# tools/: the cadre command.
bin_PROGRAMS += cadre
cadre_SOURCES = \
	tools/banner.c tools/banner.h \
	tools/cadre.c \
	tools/cmd-demo.c \
	tools/cmd-events.c \
	tools/cmd-health.c \
	tools/cmd-ls.c \
	tools/cmd-stat.c \
	tools/cmd-stop.c \
	tools/delta.c tools/delta.h \
	tools/event.c tools/event.h \
	tools/json.c tools/json.h \
	tools/launch.c tools/launch.h \
	tools/port.c tools/port.h \
	tools/proc.c tools/proc.h \
	tools/sample.c tools/sample.h \
	tools/stat-json.c tools/stat-screen.c tools/stat.h \
	tools/table.c tools/table.h \
	tools/text.c tools/text.h \
	tools/verb.c tools/verb.h
cadre_CPPFLAGS = $(AM_CPPFLAGS) -DCADRE_LIBEXECDIR='"$(pkglibexecdir)"'
cadre_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
cadre_LDADD = libcadre.la libcadre-shm.la $(JANSSON_LIBS) -lm

EXTRA_DIST += tools/README.md

# Its tests run the command as it is built; some link one of its files.
check_LIBRARIES += t/lib/libcommand.a
t_lib_libcommand_a_SOURCES = t/lib/command.c t/lib/command.h
t_lib_libcommand_a_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
command_test_libs = t/lib/libcommand.a $(runtime_test_libs) $(JANSSON_LIBS)

check_PROGRAMS += t/70-usage.t
t_70_usage_t_SOURCES = t/70-usage.c
t_70_usage_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_70_usage_t_LDADD = $(command_test_libs)
check_PROGRAMS += t/71-escape.t
t_71_escape_t_SOURCES = t/71-escape.c tools/text.c
t_71_escape_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_71_escape_t_LDADD = $(command_test_libs)
check_PROGRAMS += t/72-no-app.t
t_72_no_app_t_SOURCES = t/72-no-app.c
t_72_no_app_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_72_no_app_t_LDADD = $(command_test_libs)
check_PROGRAMS += t/73-stat-json.t
t_73_stat_json_t_SOURCES = t/73-stat-json.c
t_73_stat_json_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_73_stat_json_t_LDADD = $(command_test_libs)
check_PROGRAMS += t/74-port-holder.t
t_74_port_holder_t_SOURCES = t/74-port-holder.c tools/port.c tools/proc.c \
	tools/text.c
t_74_port_holder_t_LDADD = t/lib/libtap.a
check_PROGRAMS += t/75-demo.t
t_75_demo_t_SOURCES = t/75-demo.c
t_75_demo_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_75_demo_t_LDADD = $(command_test_libs)
check_PROGRAMS += t/76-events-health.t
t_76_events_health_t_SOURCES = t/76-events-health.c
t_76_events_health_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_76_events_health_t_LDADD = $(command_test_libs)
check_PROGRAMS += t/76-health-rows.t
t_76_health_rows_t_SOURCES = t/76-health-rows.c
t_76_health_rows_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_76_health_rows_t_LDADD = $(command_test_libs)
check_PROGRAMS += t/77-stop.t
t_77_stop_t_SOURCES = t/77-stop.c
t_77_stop_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_77_stop_t_LDADD = $(command_test_libs)
check_PROGRAMS += t/78-silent.t
t_78_silent_t_SOURCES = t/78-silent.c
t_78_silent_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_78_silent_t_LDADD = $(command_test_libs)
check_PROGRAMS += t/79-screen.t
t_79_screen_t_SOURCES = t/79-screen.c
t_79_screen_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_79_screen_t_LDADD = $(command_test_libs) -lutil
