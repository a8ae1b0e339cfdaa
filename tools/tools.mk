# tools/: the cadre command.
bin_PROGRAMS += cadre
cadre_SOURCES = \
	tools/amount.c tools/amount.h \
	tools/app.c tools/app.h \
	tools/background.c tools/background.h \
	tools/banner.c tools/banner.h \
	tools/cadre.c \
	tools/calls.c tools/calls.h \
	tools/cmd-contrast.c \
	tools/cmd-demo.c \
	tools/cmd-doctor.c \
	tools/cmd-events.c \
	tools/cmd-gen.c \
	tools/cmd-health.c \
	tools/cmd-ls.c \
	tools/cmd-reload.c \
	tools/cmd-reset.c \
	tools/cmd-run.c \
	tools/cmd-scale.c \
	tools/cmd-signal.c \
	tools/cmd-stat.c \
	tools/cmd-stop.c \
	tools/contrast.h \
	tools/contrast-json.c \
	tools/contrast-plan.c \
	tools/contrast-plot.c \
	tools/contrast-run.c \
	tools/contrast-table.c \
	tools/delta.c tools/delta.h \
	tools/doctor.c tools/doctor.h \
	tools/doctor-app.c \
	tools/doctor-build.c \
	tools/doctor-cgroup.c \
	tools/doctor-dispatch.c \
	tools/doctor-intake.c \
	tools/doctor-kernel.c \
	tools/doctor-limits.c \
	tools/doctor-processes.c \
	tools/doctor-rights.c \
	tools/doctor-rundir.c \
	tools/doctor-sockets.c \
	tools/doctor-sysctl.c \
	tools/event.c tools/event.h \
	tools/gen-file.c tools/gen-haproxy.c tools/gen-nginx.c \
	tools/gen-server.c tools/gen.h \
	tools/intake.c tools/intake.h \
	tools/journal.c tools/journal.h \
	tools/json.c tools/json.h \
	tools/launch.c tools/launch.h \
	tools/port.c tools/port.h \
	tools/probe.c tools/probe.h \
	tools/privileges.c tools/privileges.h \
	tools/proc.c tools/proc.h \
	tools/request.c tools/request.h \
	tools/sample.c tools/sample.h \
	tools/service.c tools/service.h \
	tools/stat-json.c tools/stat-screen.c tools/stat.h \
	tools/svg.c tools/svg.h \
	tools/table.c tools/table.h \
	tools/text.c tools/text.h \
	tools/verb.c tools/verb.h
# What doctor tries is done by the very code of the master.
cadre_SOURCES += \
	runtime/address.c \
	runtime/trusted.c \
	runtime/cgroup.c runtime/cgroup.h \
	runtime/door.c runtime/door.h \
	runtime/handover.c runtime/handover.h \
	runtime/listen.c runtime/listen.h \
	runtime/rlimits.c runtime/rlimits.h \
	runtime/spread.c \
	runtime/sticky.c runtime/sticky.h
cadre_CPPFLAGS = $(AM_CPPFLAGS) -DCADRE_LIBEXECDIR='"$(pkglibexecdir)"'
cadre_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
cadre_LDADD = libcadre.la libcadre-shm.la $(JANSSON_LIBS) -lm

# What the master runs for reload --probe http:PATH.
pkglibexec_PROGRAMS += tools/http-probe
tools_http_probe_SOURCES = tools/http-probe.c
tools_http_probe_LDADD = $(HTTP_PARSER_LIBS)

EXTRA_DIST += tools/README.md

# Its tests run the command as it is built; some link one of its files.
check_LIBRARIES += t/lib/libcommand.a
t_lib_libcommand_a_SOURCES = t/lib/command.c t/lib/command.h \
	t/lib/doctor.c t/lib/doctor.h \
	t/lib/plain.c t/lib/plain.h
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
check_PROGRAMS += t/71-journal.t
t_71_journal_t_SOURCES = t/71-journal.c tools/event.c tools/journal.c \
	tools/json.c tools/text.c tools/delta.c
t_71_journal_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_71_journal_t_LDADD = $(command_test_libs) -lm
check_PROGRAMS += t/72-no-app.t
t_72_no_app_t_SOURCES = t/72-no-app.c
t_72_no_app_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_72_no_app_t_LDADD = $(command_test_libs)
check_PROGRAMS += t/73-mute.t
t_73_mute_t_SOURCES = t/73-mute.c
t_73_mute_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_73_mute_t_LDADD = $(command_test_libs)
check_PROGRAMS += t/73-stat-messages.t
t_73_stat_messages_t_SOURCES = t/73-stat-messages.c
t_73_stat_messages_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_73_stat_messages_t_LDADD = $(command_test_libs)
check_PROGRAMS += t/73-stat-json.t
t_73_stat_json_t_SOURCES = t/73-stat-json.c
t_73_stat_json_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_73_stat_json_t_LDADD = $(command_test_libs)
check_PROGRAMS += t/73-crowd-json.t
t_73_crowd_json_t_SOURCES = t/73-crowd-json.c t/lib/crowd.c t/lib/crowd.h
t_73_crowd_json_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_73_crowd_json_t_LDADD = t/lib/libsample.a $(command_test_libs)
check_PROGRAMS += t/73-crowd-screen.t
t_73_crowd_screen_t_SOURCES = t/73-crowd-screen.c t/lib/crowd.c t/lib/crowd.h
t_73_crowd_screen_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_73_crowd_screen_t_LDADD = t/lib/libsample.a $(command_test_libs)
check_PROGRAMS += t/74-port-holder.t
t_74_port_holder_t_SOURCES = t/74-port-holder.c tools/port.c tools/proc.c \
	tools/text.c
t_74_port_holder_t_LDADD = t/lib/libtap.a
check_PROGRAMS += t/74-starves.t
t_74_starves_t_SOURCES = t/74-starves.c tools/proc.c tools/text.c
t_74_starves_t_LDADD = t/lib/libtap.a
check_PROGRAMS += t/74-calls.t
t_74_calls_t_SOURCES = t/74-calls.c tools/calls.c
t_74_calls_t_LDADD = t/lib/libtap.a
check_PROGRAMS += t/75-contrast.t
t_75_contrast_t_SOURCES = t/75-contrast.c
t_75_contrast_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_75_contrast_t_LDADD = $(command_test_libs)
check_PROGRAMS += t/75-contrast-stopped.t
t_75_contrast_stopped_t_SOURCES = t/75-contrast-stopped.c
t_75_contrast_stopped_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_75_contrast_stopped_t_LDADD = $(command_test_libs)
check_PROGRAMS += t/75-demo.t
t_75_demo_t_SOURCES = t/75-demo.c
t_75_demo_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_75_demo_t_LDADD = $(command_test_libs)
check_PROGRAMS += t/75-demo-limit.t
t_75_demo_limit_t_SOURCES = t/75-demo-limit.c
t_75_demo_limit_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_75_demo_limit_t_LDADD = t/lib/libexample.a $(command_test_libs)
check_PROGRAMS += t/75-demo-mode.t
t_75_demo_mode_t_SOURCES = t/75-demo-mode.c
t_75_demo_mode_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_75_demo_mode_t_LDADD = t/lib/libexample.a $(command_test_libs)
check_PROGRAMS += t/75-demo-shed.t
t_75_demo_shed_t_SOURCES = t/75-demo-shed.c
t_75_demo_shed_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_75_demo_shed_t_LDADD = t/lib/libexample.a $(command_test_libs)
check_PROGRAMS += t/75-intake-refused.t
t_75_intake_refused_t_SOURCES = t/75-intake-refused.c
t_75_intake_refused_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_75_intake_refused_t_LDADD = $(command_test_libs)
check_PROGRAMS += t/75-privileges.t
t_75_privileges_t_SOURCES = t/75-privileges.c
t_75_privileges_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_75_privileges_t_LDADD = $(command_test_libs)
check_PROGRAMS += t/75-mode.t
t_75_mode_t_SOURCES = t/75-mode.c
t_75_mode_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_75_mode_t_LDADD = $(command_test_libs)
check_PROGRAMS += t/75-publish.t
t_75_publish_t_SOURCES = t/75-publish.c
t_75_publish_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_75_publish_t_LDADD = $(command_test_libs)
check_PROGRAMS += t/75-messages.t
t_75_messages_t_SOURCES = t/75-messages.c
t_75_messages_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_75_messages_t_LDADD = $(command_test_libs)
check_PROGRAMS += t/75-busy-poll.t
t_75_busy_poll_t_SOURCES = t/75-busy-poll.c
t_75_busy_poll_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_75_busy_poll_t_LDADD = $(command_test_libs)
check_PROGRAMS += t/75-run.t
t_75_run_t_SOURCES = t/75-run.c
t_75_run_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_75_run_t_LDADD = $(command_test_libs)
check_PROGRAMS += t/75-start.t
t_75_start_t_SOURCES = t/75-start.c
t_75_start_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_75_start_t_LDADD = $(command_test_libs)
check_PROGRAMS += t/75-start-fails.t
t_75_start_fails_t_SOURCES = t/75-start-fails.c
t_75_start_fails_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_75_start_fails_t_LDADD = $(command_test_libs)
check_PROGRAMS += t/75-start-interrupted.t
t_75_start_interrupted_t_SOURCES = t/75-start-interrupted.c
t_75_start_interrupted_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_75_start_interrupted_t_LDADD = $(command_test_libs)
check_PROGRAMS += t/75-start-refused.t
t_75_start_refused_t_SOURCES = t/75-start-refused.c
t_75_start_refused_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_75_start_refused_t_LDADD = $(command_test_libs)
check_PROGRAMS += t/76-events-health.t
t_76_events_health_t_SOURCES = t/76-events-health.c
t_76_events_health_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_76_events_health_t_LDADD = $(command_test_libs)
check_PROGRAMS += t/76-health-rows.t
t_76_health_rows_t_SOURCES = t/76-health-rows.c
t_76_health_rows_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_76_health_rows_t_LDADD = $(command_test_libs)
check_PROGRAMS += t/76-acceptor.t
t_76_acceptor_t_SOURCES = t/76-acceptor.c
t_76_acceptor_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_76_acceptor_t_LDADD = $(command_test_libs)
check_PROGRAMS += t/76-hung.t
t_76_hung_t_SOURCES = t/76-hung.c
t_76_hung_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_76_hung_t_LDADD = $(command_test_libs)
check_PROGRAMS += t/77-restart.t
t_77_restart_t_SOURCES = t/77-restart.c
t_77_restart_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_77_restart_t_LDADD = $(command_test_libs)
check_PROGRAMS += t/77-reload-json.t
t_77_reload_json_t_SOURCES = t/77-reload-json.c
t_77_reload_json_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_77_reload_json_t_LDADD = $(command_test_libs)
check_PROGRAMS += t/77-restart-fails.t
t_77_restart_fails_t_SOURCES = t/77-restart-fails.c
t_77_restart_fails_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_77_restart_fails_t_LDADD = $(command_test_libs)
check_PROGRAMS += t/77-stop.t
t_77_stop_t_SOURCES = t/77-stop.c
t_77_stop_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_77_stop_t_LDADD = $(command_test_libs)
check_PROGRAMS += t/77-stop-all.t
t_77_stop_all_t_SOURCES = t/77-stop-all.c
t_77_stop_all_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_77_stop_all_t_LDADD = $(command_test_libs)
check_PROGRAMS += t/78-log-flood.t
t_78_log_flood_t_SOURCES = t/78-log-flood.c
t_78_log_flood_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_78_log_flood_t_LDADD = $(command_test_libs)
check_PROGRAMS += t/78-master-log.t
t_78_master_log_t_SOURCES = t/78-master-log.c
t_78_master_log_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_78_master_log_t_LDADD = $(command_test_libs)
check_PROGRAMS += t/78-silent.t
t_78_silent_t_SOURCES = t/78-silent.c
t_78_silent_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_78_silent_t_LDADD = $(command_test_libs)
check_PROGRAMS += t/79-screen.t
t_79_screen_t_SOURCES = t/79-screen.c
t_79_screen_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_79_screen_t_LDADD = $(command_test_libs) -lutil
check_PROGRAMS += t/70-doctor.t
t_70_doctor_t_SOURCES = t/70-doctor.c
t_70_doctor_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_70_doctor_t_LDADD = $(command_test_libs)
check_PROGRAMS += t/71-doctor-finds.t
t_71_doctor_finds_t_SOURCES = t/71-doctor-finds.c
t_71_doctor_finds_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_71_doctor_finds_t_LDADD = $(command_test_libs)
check_PROGRAMS += t/71-doctor-rundir.t
t_71_doctor_rundir_t_SOURCES = t/71-doctor-rundir.c
t_71_doctor_rundir_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_71_doctor_rundir_t_LDADD = $(command_test_libs)
check_PROGRAMS += t/72-doctor-no-proc.t
t_72_doctor_no_proc_t_SOURCES = t/72-doctor-no-proc.c
t_72_doctor_no_proc_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_72_doctor_no_proc_t_LDADD = $(command_test_libs)
check_PROGRAMS += t/73-doctor-master.t
t_73_doctor_master_t_SOURCES = t/73-doctor-master.c
t_73_doctor_master_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_73_doctor_master_t_LDADD = $(command_test_libs)
check_PROGRAMS += t/73-doctor-seats.t
t_73_doctor_seats_t_SOURCES = t/73-doctor-seats.c
t_73_doctor_seats_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_73_doctor_seats_t_LDADD = $(command_test_libs)
check_PROGRAMS += t/74-doctor-left-running.t
t_74_doctor_left_running_t_SOURCES = t/74-doctor-left-running.c
t_74_doctor_left_running_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_74_doctor_left_running_t_LDADD = $(command_test_libs)
check_PROGRAMS += t/74-doctor-wrapper.t
t_74_doctor_wrapper_t_SOURCES = t/74-doctor-wrapper.c tools/proc.c \
	tools/text.c
t_74_doctor_wrapper_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_74_doctor_wrapper_t_LDADD = $(command_test_libs)
check_PROGRAMS += t/75-doctor-figures.t
t_75_doctor_figures_t_SOURCES = t/75-doctor-figures.c tools/text.c
t_75_doctor_figures_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_75_doctor_figures_t_LDADD = $(command_test_libs)
# What they run is a program that uses libcadre.
t/75-busy-poll.t t/75-messages.t t/75-mode.t t/75-publish.t t/76-acceptor.t \
	t/76-hung.t: \
	t/lib/program
