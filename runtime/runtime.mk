# runtime/: libcadre, the master, its workers and their sockets.
noinst_LTLIBRARIES += runtime/libcadre-core.la
lib_LTLIBRARIES += libcadre.la

# All of it, as the tests link it: with the names that are hidden outside.
runtime_libcadre_core_la_SOURCES = \
	runtime/accept.c \
	runtime/acceptor.c runtime/acceptor.h \
	runtime/acceptor-birth.c runtime/acceptor-birth.h \
	runtime/address.c \
	runtime/affinity.c runtime/affinity.h \
	runtime/answers.c \
	runtime/attach.c \
	runtime/backoff.c runtime/backoff.h \
	runtime/cgroup.c runtime/cgroup.h \
	runtime/channel.c runtime/channel.h \
	runtime/child.c runtime/child.h \
	runtime/choice.c runtime/choice.h \
	runtime/clients.c runtime/clients.h \
	runtime/control.c runtime/control.h \
	runtime/cpus.c \
	runtime/death.c runtime/death.h \
	runtime/desk.c runtime/desk.h \
	runtime/directory.c runtime/directory.h \
	runtime/dispatch.c runtime/dispatch.h \
	runtime/door.c runtime/door.h \
	runtime/doors.c runtime/doors.h \
	runtime/environment.c runtime/environment.h \
	runtime/export.h \
	runtime/gate.c runtime/gate.h \
	runtime/handover.c runtime/handover.h \
	runtime/identity.c runtime/identity.h \
	runtime/image.c runtime/image.h \
	runtime/inbox.c runtime/inbox.h \
	runtime/inherit.h \
	runtime/intake.c runtime/intake.h \
	runtime/leave.c runtime/leave.h \
	runtime/letter.c runtime/letter.h \
	runtime/line.c \
	runtime/link.c runtime/link.h \
	runtime/listen.c runtime/listen.h \
	runtime/lives.c runtime/lives.h \
	runtime/lobby.c runtime/lobby.h \
	runtime/logs.c runtime/logs.h \
	runtime/loop.c \
	runtime/mailbox.c runtime/mailbox.h \
	runtime/mailbox-master.c runtime/mailbox-master.h \
	runtime/mailbox-worker.c \
	runtime/master.c runtime/master.h \
	runtime/memory.c runtime/memory.h \
	runtime/metrics.c runtime/metrics.h \
	runtime/notify.c runtime/notify.h \
	runtime/orphans.c runtime/orphans.h \
	runtime/overdue.c runtime/overdue.h \
	runtime/overload.c runtime/overload.h \
	runtime/peers.c runtime/peers.h \
	runtime/pending.c runtime/pending.h \
	runtime/phases.c runtime/phases.h \
	runtime/pick.c runtime/pick.h \
	runtime/privileges.c runtime/privileges.h \
	runtime/probe.c runtime/probe.h \
	runtime/program.c runtime/program.h \
	runtime/question.c runtime/question.h \
	runtime/proxy.c runtime/proxy.h \
	runtime/proxy-worker.c \
	runtime/queues.c runtime/queues.h \
	runtime/quorum.c runtime/quorum.h \
	runtime/recycle.c runtime/recycle.h \
	runtime/refusal.c runtime/refusal.h \
	runtime/rehearsal.c \
	runtime/relay.c runtime/relay.h \
	runtime/reload.c runtime/reload.h \
	runtime/report.c runtime/report.h \
	runtime/request.c \
	runtime/rescue.c runtime/rescue.h \
	runtime/rlimits.c runtime/rlimits.h \
	runtime/routes.c runtime/routes.h \
	runtime/scale.c runtime/scale.h \
	runtime/seat.c runtime/seat.h runtime/steps.def \
	runtime/size.h \
	runtime/spawn.c runtime/spawn.h \
	runtime/spread.c \
	runtime/stall.c runtime/stall.h \
	runtime/start.c \
	runtime/sticky.c runtime/sticky.h \
	runtime/sticky-choice.c runtime/sticky-choice.h \
	runtime/sticky-desk.c runtime/sticky-desk.h \
	runtime/sticky-guests.c runtime/sticky-guests.h \
	runtime/sticky-key.c runtime/sticky-key.h \
	runtime/sticky-peek.c runtime/sticky-peek.h \
	runtime/sticky-worker.c runtime/sticky-worker.h \
	runtime/surroundings.c runtime/surroundings.h \
	runtime/topics.c runtime/topics.h \
	runtime/topics-master.c \
	runtime/topics-program.c \
	runtime/topics-read.c \
	runtime/topics-worker.c \
	runtime/trusted.c runtime/trusted.h \
	runtime/wake.c runtime/wake.h \
	runtime/worker.c runtime/worker.h \
	runtime/worker-control.c runtime/worker-control.h
runtime_libcadre_core_la_CFLAGS = $(AM_CFLAGS) $(URCU_CFLAGS) \
	-fvisibility=hidden
runtime_libcadre_core_la_LIBADD = $(URCU_LIBS) -lpthread

libcadre_la_SOURCES =
libcadre_la_LIBADD = runtime/libcadre-core.la libcadre-shm.la
libcadre_la_LDFLAGS = $(AM_LDFLAGS) -version-info 0:0:0 \
	-Wl,--version-script=$(top_srcdir)/runtime/libcadre.map
libcadre_la_DEPENDENCIES = runtime/libcadre-core.la libcadre-shm.la \
	runtime/libcadre.map

EXTRA_DIST += runtime/README.md runtime/libcadre.map

# Its tests: t/2* processes, t/4* crashes. They link with LDADD, see t/t.mk.
check_PROGRAMS += \
	t/21-never-ready.t \
	t/21-share-port.t \
	t/22-drain.t \
	t/22-drain-ends.t \
	t/23-addresses.t \
	t/23-listeners.t \
	t/23-one-seat.t \
	t/23-port-race.t \
	t/23-port-taken.t \
	t/23-start-race.t \
	t/23-socket-mode.t \
	t/23-unix-taken.t \
	t/24-descriptors.t \
	t/24-surroundings.t \
	t/25-embed.t \
	t/25-free.t \
	t/25-reaped-by-others.t \
	t/25-start-fails.t \
	t/25-threads.t \
	t/26-directory.t \
	t/26-long-path.t \
	t/26-rights.t \
	t/26-same-name.t \
	t/26-same-process.t \
	t/27-cpu-quota.t \
	t/27-cpus.t \
	t/27-cpus-change.t \
	t/27-file-size.t \
	t/27-memory.t \
	t/28-history.t \
	t/28-last-words.t \
	t/28-log-dir.t \
	t/28-logs.t \
	t/28-obituary.t \
	t/28-stall.t \
	t/29-idle.t \
	t/29-observers.t \
	t/40-kill-keeps-counts.t \
	t/41-answers-counted.t \
	t/42-all-die.t \
	t/42-backoff.t \
	t/42-new-life.t \
	t/42-respawn.t \
	t/43-alive-unlocked.t \
	t/43-master-killed.t \
	t/43-orphan-deadline.t \
	t/44-forked-child.t \
	t/44-stray-stores.t \
	t/45-group-ends.t \
	t/45-no-leaks.t \
	t/46-fork-fails.t \
	t/47-bad-frames.t \
	t/48-handover-options.t t/48-shut-handover.t \
	t/48-shut-listener.t \
	t/48-traced-worker.t
t_21_never_ready_t_SOURCES = t/21-never-ready.c
t_21_share_port_t_SOURCES = t/21-share-port.c
t_22_drain_t_SOURCES = t/22-drain.c
t_22_drain_ends_t_SOURCES = t/22-drain-ends.c
t_23_addresses_t_SOURCES = t/23-addresses.c
t_23_listeners_t_SOURCES = t/23-listeners.c
t_23_one_seat_t_SOURCES = t/23-one-seat.c
t_23_port_race_t_SOURCES = t/23-port-race.c
t_23_port_taken_t_SOURCES = t/23-port-taken.c
t_23_start_race_t_SOURCES = t/23-start-race.c
t_23_socket_mode_t_SOURCES = t/23-socket-mode.c
t_23_unix_taken_t_SOURCES = t/23-unix-taken.c
t_24_descriptors_t_SOURCES = t/24-descriptors.c
t_24_surroundings_t_SOURCES = t/24-surroundings.c
t_25_embed_t_SOURCES = t/25-embed.c
t_25_free_t_SOURCES = t/25-free.c
t_25_reaped_by_others_t_SOURCES = t/25-reaped-by-others.c
t_25_start_fails_t_SOURCES = t/25-start-fails.c
t_25_threads_t_SOURCES = t/25-threads.c
t_26_directory_t_SOURCES = t/26-directory.c
t_26_long_path_t_SOURCES = t/26-long-path.c
t_26_rights_t_SOURCES = t/26-rights.c
t_26_same_name_t_SOURCES = t/26-same-name.c
t_26_same_process_t_SOURCES = t/26-same-process.c
t_27_cpu_quota_t_SOURCES = t/27-cpu-quota.c
t_27_cpus_t_SOURCES = t/27-cpus.c
t_27_cpus_change_t_SOURCES = t/27-cpus-change.c
t_27_file_size_t_SOURCES = t/27-file-size.c
t_27_memory_t_SOURCES = t/27-memory.c
t_28_history_t_SOURCES = t/28-history.c
t_28_last_words_t_SOURCES = t/28-last-words.c
t_28_log_dir_t_SOURCES = t/28-log-dir.c
t_28_logs_t_SOURCES = t/28-logs.c
t_28_obituary_t_SOURCES = t/28-obituary.c
t_28_stall_t_SOURCES = t/28-stall.c
t_29_idle_t_SOURCES = t/29-idle.c
t_29_observers_t_SOURCES = t/29-observers.c
t_40_kill_keeps_counts_t_SOURCES = t/40-kill-keeps-counts.c
t_41_answers_counted_t_SOURCES = t/41-answers-counted.c
t_42_all_die_t_SOURCES = t/42-all-die.c
t_42_backoff_t_SOURCES = t/42-backoff.c
t_42_new_life_t_SOURCES = t/42-new-life.c
t_42_respawn_t_SOURCES = t/42-respawn.c
t_43_alive_unlocked_t_SOURCES = t/43-alive-unlocked.c
t_43_master_killed_t_SOURCES = t/43-master-killed.c
t_43_orphan_deadline_t_SOURCES = t/43-orphan-deadline.c
t_44_forked_child_t_SOURCES = t/44-forked-child.c
t_44_stray_stores_t_SOURCES = t/44-stray-stores.c
t_45_group_ends_t_SOURCES = t/45-group-ends.c
t_45_no_leaks_t_SOURCES = t/45-no-leaks.c
t_46_fork_fails_t_SOURCES = t/46-fork-fails.c
t_47_bad_frames_t_SOURCES = t/47-bad-frames.c
t_48_handover_options_t_SOURCES = t/48-handover-options.c
t_48_shut_handover_t_SOURCES = t/48-shut-handover.c
t_48_shut_listener_t_SOURCES = t/48-shut-listener.c
t_48_traced_worker_t_SOURCES = t/48-traced-worker.c

check_PROGRAMS += t/25-nth-start.t
t_25_nth_start_t_SOURCES = t/25-nth-start.c
t_25_nth_start_t_LDADD = t/lib/libnth.a $(runtime_test_libs)
t_25_nth_start_t_LDFLAGS = $(nth_ldflags)

check_PROGRAMS += t/46-nth-respawn.t
t_46_nth_respawn_t_SOURCES = t/46-nth-respawn.c
t_46_nth_respawn_t_LDADD = t/lib/libnth.a $(runtime_test_libs)
t_46_nth_respawn_t_LDFLAGS = $(nth_ldflags)

check_PROGRAMS += t/28-log-symlink.t t/28-swapped.t
t_28_log_symlink_t_SOURCES = t/28-log-symlink.c
t_28_swapped_t_SOURCES = t/28-swapped.c
check_PROGRAMS += t/46-nth-reload.t
t_46_nth_reload_t_SOURCES = t/46-nth-reload.c
t_46_nth_reload_t_LDADD = t/lib/libnth.a $(runtime_test_libs)
t_46_nth_reload_t_LDFLAGS = $(nth_ldflags)

# What fails when: in the worker, in the master, or by a wrong call.
check_PROGRAMS += \
	t/04-backoff.t \
	t/04-forget.t \
	t/21-notify-far.t \
	t/22-drain-deadline.t \
	t/22-left.t \
	t/22-own-loop.t \
	t/24-wait-signal.t \
	t/24-worker-calls.t \
	t/25-too-many.t \
	t/25-wrong-calls.t \
	t/25-wrong-values.t \
	t/29-many-observers.t \
	t/29-odd-requests.t \
	t/29-slow-observer.t \
	t/44-master-in-worker.t
t_04_backoff_t_SOURCES = t/04-backoff.c
t_04_forget_t_SOURCES = t/04-forget.c
t_21_notify_far_t_SOURCES = t/21-notify-far.c
t_22_drain_deadline_t_SOURCES = t/22-drain-deadline.c
t_22_left_t_SOURCES = t/22-left.c
t_22_own_loop_t_SOURCES = t/22-own-loop.c
t_24_wait_signal_t_SOURCES = t/24-wait-signal.c
t_24_worker_calls_t_SOURCES = t/24-worker-calls.c
t_25_too_many_t_SOURCES = t/25-too-many.c
t_25_wrong_calls_t_SOURCES = t/25-wrong-calls.c
t_25_wrong_values_t_SOURCES = t/25-wrong-values.c
t_29_many_observers_t_SOURCES = t/29-many-observers.c
t_29_odd_requests_t_SOURCES = t/29-odd-requests.c
t_29_slow_observer_t_SOURCES = t/29-slow-observer.c
t_44_master_in_worker_t_SOURCES = t/44-master-in-worker.c

nth_tests = t/25-nth-attach.t t/25-nth-program.t t/29-sock.t \
	t/41-accept-fails.t t/46-nth-birth.t t/46-nth-exec.t
check_PROGRAMS += $(nth_tests)
execing_tests = t/21-notify-far.t t/25-nth-program.t t/28-program-hang.t \
	t/46-nth-exec.t
$(execing_tests): t/lib/program
t_25_nth_attach_t_SOURCES = t/25-nth-attach.c
t_25_nth_attach_t_LDADD = t/lib/libnth.a t/lib/libliar.a \
	t/lib/libsample.a $(runtime_test_libs) -lpthread
t_25_nth_attach_t_LDFLAGS = $(nth_ldflags)
t_25_nth_program_t_SOURCES = t/25-nth-program.c
t_25_nth_program_t_LDADD = t/lib/libnth.a $(runtime_test_libs)
t_25_nth_program_t_LDFLAGS = $(nth_ldflags)
t_29_sock_t_SOURCES = t/29-sock.c
t_29_sock_t_LDADD = t/lib/libnth.a $(runtime_test_libs)
t_29_sock_t_LDFLAGS = $(nth_ldflags)
t_41_accept_fails_t_SOURCES = t/41-accept-fails.c
t_41_accept_fails_t_LDADD = t/lib/libnth.a $(runtime_test_libs)
t_41_accept_fails_t_LDFLAGS = $(nth_ldflags)
t_46_nth_birth_t_SOURCES = t/46-nth-birth.c t/lib/birth.c t/lib/birth.h
t_46_nth_birth_t_LDADD = t/lib/libnth.a $(runtime_test_libs)
t_46_nth_birth_t_LDFLAGS = $(nth_ldflags)
t_46_nth_exec_t_SOURCES = t/46-nth-exec.c t/lib/birth.c t/lib/birth.h
t_46_nth_exec_t_LDADD = t/lib/libnth.a $(runtime_test_libs)
t_46_nth_exec_t_LDFLAGS = $(nth_ldflags)

# Stalls, hangs, limits, and surroundings that lack something.
stall_tests = t/25-wrong-limits.t \
	t/28-causes.t \
	t/28-full.t \
	t/28-limit-app.t \
	t/28-limits.t \
	t/28-no-hang.t \
	t/28-pauses.t \
	t/28-program-hang.t \
	t/28-queue.t \
	t/28-queue-shared.t \
	t/28-shed.t \
	t/28-shed-last.t \
	t/28-slow-embedder.t \
	t/28-stopped.t \
	t/28-stopped-tick.t \
	t/29-ticks.t \
	t/40-hangs.t \
	t/40-hung.t \
	t/41-handed-close.t \
	t/41-no-descriptors.t \
	t/41-silent-peers.t
check_PROGRAMS += $(stall_tests)
t_25_wrong_limits_t_SOURCES = t/25-wrong-limits.c
t_28_causes_t_SOURCES = t/28-causes.c
t_28_full_t_SOURCES = t/28-full.c
t_28_limit_app_t_SOURCES = t/28-limit-app.c
t_28_limits_t_SOURCES = t/28-limits.c
t_28_no_hang_t_SOURCES = t/28-no-hang.c
t_28_pauses_t_SOURCES = t/28-pauses.c t/lib/pause.c t/lib/pause.h
t_28_program_hang_t_SOURCES = t/28-program-hang.c
t_28_queue_t_SOURCES = t/28-queue.c
t_28_queue_shared_t_SOURCES = t/28-queue-shared.c
t_28_shed_last_t_SOURCES = t/28-shed-last.c
t_28_shed_t_SOURCES = t/28-shed.c
t_28_slow_embedder_t_SOURCES = t/28-slow-embedder.c
t_28_stopped_t_SOURCES = t/28-stopped.c
t_28_stopped_tick_t_SOURCES = t/28-stopped-tick.c
t_29_ticks_t_SOURCES = t/29-ticks.c
t_40_hangs_t_SOURCES = t/40-hangs.c t/lib/hang.c t/lib/hang.h
t_40_hung_t_SOURCES = t/40-hung.c
t_41_handed_close_t_SOURCES = t/41-handed-close.c
t_41_no_descriptors_t_SOURCES = t/41-no-descriptors.c
t_41_silent_peers_t_SOURCES = t/41-silent-peers.c
