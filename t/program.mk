# SPDX-License-Identifier: BSD-2-Clause
# Tests of workers that are programs. What they exec is t/lib/program.
EXTRA_PROGRAMS += t/lib/program
t_lib_program_SOURCES = t/lib/program.c t/lib/looks.c
t_lib_program_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=epoll_wait
t_lib_program_LDADD = t/lib/libintroduced.a t/lib/libpreface.a \
	$(runtime_test_libs)
EXTRA_PROGRAMS += t/lib/web
t_lib_web_SOURCES = t/lib/web.c
CLEANFILES += t/lib/program t/lib/web

t_lib_libapp_a_SOURCES += t/lib/clients.c t/lib/clients.h t/lib/deploy.c \
	t/lib/deploy.h t/lib/exec.c t/lib/exec.h t/lib/restart.c \
	t/lib/restart.h t/lib/scaled.c t/lib/scaled.h t/lib/user.c \
	t/lib/user.h
check_LIBRARIES += t/lib/libliar.a
t_lib_libliar_a_SOURCES = t/lib/liar.c t/lib/liar.h

# The command puts an app in the background; what it is replaced by.
check_LIBRARIES += t/lib/libbackground.a
t_lib_libbackground_a_SOURCES = t/lib/background.c t/lib/background.h \
	t/lib/capacity.c t/lib/capacity.h t/lib/version.c t/lib/version.h
t_lib_libbackground_a_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
reload_test_libs = t/lib/libbackground.a $(command_test_libs)

program_tests = \
	t/20-attach.t \
	t/21-program-by-time.t \
	t/21-program-not-ready.t \
	t/21-program-ready.t \
	t/22-attach-drained.t \
	t/22-attach-late.t \
	t/22-program-stop.t \
	t/24-program-env.t \
	t/24-program-fds.t \
	t/24-program-signals.t \
	t/25-attach-lied.t \
	t/25-attach-refused.t \
	t/25-program-env.t \
	t/25-program-exits.t \
	t/25-program-misbehaves.t \
	t/25-program-refused.t \
	t/26-notify-left.t \
	t/27-many-seats.t \
	t/27-many-workers.t \
	t/28-attach-half.t \
	t/28-declare.t \
	t/28-program-stall.t \
	t/30-channel.t \
	t/30-channel-bounds.t \
	t/31-program-frames.t \
	t/40-program-killed.t \
	t/43-program-master-killed.t \
	t/44-program-child.t \
	t/42-crash-loop.t \
	t/45-program-group.t \
	t/45-program-left.t \
	t/50-restart.t \
	t/54-reload.t \
	t/55-reload-bad.t \
	t/55-reload-unlistening.t \
	t/56-scale.t \
	t/57-signals.t \
	t/58-reload-waits.t \
	t/51-restart-new-file.t \
	t/52-restart-parked.t \
	t/53-restart-refused.t
check_PROGRAMS += $(program_tests)
$(program_tests): t/lib/program
web_tests = t/59-probe-alone.t t/59-probe-deaths.t t/59-probe-declares.t t/59-reload-back.t \
	t/59-reload-held.t t/59-reload-probe.t
check_PROGRAMS += $(web_tests)
$(web_tests): t/lib/web tools/http-probe
t_59_reload_back_t_SOURCES = t/59-reload-back.c
t_59_reload_held_t_SOURCES = t/59-reload-held.c
t_59_probe_alone_t_SOURCES = t/59-probe-alone.c
t_59_probe_deaths_t_SOURCES = t/59-probe-deaths.c
t_59_probe_declares_t_SOURCES = t/59-probe-declares.c
t_59_reload_probe_t_SOURCES = t/59-reload-probe.c
check_SCRIPTS += t/84-sockact.t t/85-nginx.t t/86-shell.t
reload_long_tests = t/96-crash-loop.t t/96-reloads.t t/96-scale.t
long_tests += t/90-attach-timeout.t $(reload_long_tests)
$(reload_long_tests): t/lib/program

t_20_attach_t_SOURCES = t/20-attach.c
t_21_program_by_time_t_SOURCES = t/21-program-by-time.c
t_21_program_not_ready_t_SOURCES = t/21-program-not-ready.c
t_21_program_ready_t_SOURCES = t/21-program-ready.c
t_22_attach_drained_t_SOURCES = t/22-attach-drained.c
t_22_attach_drained_t_LDADD = t/lib/libliar.a t/lib/libsample.a \
	$(runtime_test_libs) -lpthread
t_22_attach_late_t_SOURCES = t/22-attach-late.c
t_22_program_stop_t_SOURCES = t/22-program-stop.c
t_24_program_env_t_SOURCES = t/24-program-env.c
t_24_program_fds_t_SOURCES = t/24-program-fds.c
t_24_program_signals_t_SOURCES = t/24-program-signals.c
t_25_attach_lied_t_SOURCES = t/25-attach-lied.c
t_25_attach_lied_t_LDADD = t/lib/libliar.a t/lib/libsample.a \
	$(runtime_test_libs) -lpthread
t_25_attach_refused_t_SOURCES = t/25-attach-refused.c
t_25_program_env_t_SOURCES = t/25-program-env.c
t_25_program_exits_t_SOURCES = t/25-program-exits.c
t_25_program_misbehaves_t_SOURCES = t/25-program-misbehaves.c
t_25_program_refused_t_SOURCES = t/25-program-refused.c
t_26_notify_left_t_SOURCES = t/26-notify-left.c
t_27_many_seats_t_SOURCES = t/27-many-seats.c
t_27_many_workers_t_SOURCES = t/27-many-workers.c
t_28_attach_half_t_SOURCES = t/28-attach-half.c
t_28_declare_t_SOURCES = t/28-declare.c
t_28_program_stall_t_SOURCES = t/28-program-stall.c
t_30_channel_t_SOURCES = t/30-channel.c
t_30_channel_bounds_t_SOURCES = t/30-channel-bounds.c
t_31_program_frames_t_SOURCES = t/31-program-frames.c
t_40_program_killed_t_SOURCES = t/40-program-killed.c
t_42_crash_loop_t_SOURCES = t/42-crash-loop.c
t_42_crash_loop_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_42_crash_loop_t_LDADD = $(reload_test_libs)
t_43_program_master_killed_t_SOURCES = t/43-program-master-killed.c
t_44_program_child_t_SOURCES = t/44-program-child.c
t_45_program_group_t_SOURCES = t/45-program-group.c
t_45_program_left_t_SOURCES = t/45-program-left.c
t_54_reload_t_SOURCES = t/54-reload.c
t_55_reload_bad_t_SOURCES = t/55-reload-bad.c
t_55_reload_bad_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_55_reload_bad_t_LDADD = $(reload_test_libs)
t_55_reload_unlistening_t_SOURCES = t/55-reload-unlistening.c
t_55_reload_unlistening_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_55_reload_unlistening_t_LDADD = $(reload_test_libs)
t_56_scale_t_SOURCES = t/56-scale.c
t_57_signals_t_SOURCES = t/57-signals.c
t_58_reload_waits_t_SOURCES = t/58-reload-waits.c
t_50_restart_t_SOURCES = t/50-restart.c
t_51_restart_new_file_t_SOURCES = t/51-restart-new-file.c
t_52_restart_parked_t_SOURCES = t/52-restart-parked.c
t_53_restart_refused_t_SOURCES = t/53-restart-refused.c
t_90_attach_timeout_t_SOURCES = t/90-attach-timeout.c
t_96_crash_loop_t_SOURCES = t/96-crash-loop.c
t_96_crash_loop_t_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
t_96_crash_loop_t_LDADD = $(reload_test_libs)
t_96_reloads_t_SOURCES = t/96-reloads.c
t_96_scale_t_SOURCES = t/96-scale.c

# As whom workers run, and within what.
privileges_tests = \
	t/24-user-far.t \
	t/24-user-program.t \
	t/43-user-master-killed.t \
	t/46-nth-privileges.t
check_PROGRAMS += $(privileges_tests) \
	t/04-affinity.t \
	t/04-identity.t \
	t/04-rlimits.t \
	t/24-limits.t \
	t/24-user.t \
	t/25-nth-privileges.t \
	t/25-privileges-late.t \
	t/25-privileges-refused.t \
	t/44-user-apart.t
$(privileges_tests): t/lib/program
t_04_affinity_t_SOURCES = t/04-affinity.c
t_04_identity_t_SOURCES = t/04-identity.c
t_04_rlimits_t_SOURCES = t/04-rlimits.c
t_24_limits_t_SOURCES = t/24-limits.c
t_24_user_far_t_SOURCES = t/24-user-far.c
t_24_user_program_t_SOURCES = t/24-user-program.c
t_24_user_t_SOURCES = t/24-user.c
t_25_nth_privileges_t_SOURCES = t/25-nth-privileges.c
t_25_nth_privileges_t_LDADD = t/lib/libnth.a $(runtime_test_libs)
t_25_nth_privileges_t_LDFLAGS = $(nth_ldflags)
t_25_privileges_late_t_SOURCES = t/25-privileges-late.c
t_25_privileges_refused_t_SOURCES = t/25-privileges-refused.c
t_44_user_apart_t_SOURCES = t/44-user-apart.c
t_43_user_master_killed_t_SOURCES = t/43-user-master-killed.c
t_46_nth_privileges_t_SOURCES = t/46-nth-privileges.c t/lib/birth.c \
	t/lib/birth.h
t_46_nth_privileges_t_LDADD = t/lib/libnth.a $(runtime_test_libs)
t_46_nth_privileges_t_LDFLAGS = $(nth_ldflags)
