# SPDX-License-Identifier: BSD-2-Clause
# shm/: libcadre-shm, the region and all that is in it.
noinst_LTLIBRARIES += shm/libcadre-shm-core.la
lib_LTLIBRARIES += libcadre-shm.la

# All of it, as the tests link it: with the names that are hidden outside.
shm_libcadre_shm_core_la_SOURCES = \
	shm/acceptor.c shm/acceptor.h \
	shm/anchor.c shm/anchor.h \
	shm/atomic.h \
	shm/attach.c \
	shm/clock.h \
	shm/error.c shm/fail.h \
	shm/event.c \
	shm/export.h \
	shm/fault.h \
	shm/frame.c shm/frame.h \
	shm/history.c \
	shm/holders.c \
	shm/inline.c \
	shm/object.c shm/object.h \
	shm/proc.c shm/proc.h \
	shm/region.c shm/region.h \
	shm/rows.c \
	shm/rundir.c shm/rundir.h \
	shm/schema.c \
	shm/slot.c shm/slot.h \
	shm/topic.c shm/topic.h \
	shm/values.c \
	shm/view.c
if FAULTS
shm_libcadre_shm_core_la_SOURCES += shm/fault.c
endif
shm_libcadre_shm_core_la_CFLAGS = $(AM_CFLAGS) -fvisibility=hidden

libcadre_shm_la_SOURCES =
libcadre_shm_la_LIBADD = shm/libcadre-shm-core.la
libcadre_shm_la_LDFLAGS = $(AM_LDFLAGS) -version-info 0:0:0 \
	-Wl,--version-script=$(top_srcdir)/shm/libcadre-shm.map
libcadre_shm_la_DEPENDENCIES = shm/libcadre-shm-core.la \
	shm/libcadre-shm.map

EXTRA_DIST += shm/README.md shm/libcadre-shm.map

# Tests of this folder, and what several of them share.
check_LIBRARIES += t/lib/libsample.a
t_lib_libsample_a_SOURCES = \
	t/lib/sock.c t/lib/sock.h \
	t/lib/hostile.c \
	t/lib/maker.c t/lib/maker.h \
	t/lib/news.c t/lib/news.h \
	t/lib/racers.c t/lib/racers.h \
	t/lib/route.c t/lib/route.h \
	t/lib/sample.c t/lib/sample.h \
	t/lib/step.c t/lib/step.h
sample_libs = t/lib/libsample.a $(shm_test_libs) -lpthread

check_PROGRAMS += t/00-name.t
t_00_name_t_SOURCES = t/00-name.c
t_00_name_t_LDADD = $(sample_libs)

check_PROGRAMS += t/01-frame.t
t_01_frame_t_SOURCES = t/01-frame.c
t_01_frame_t_LDADD = $(sample_libs)

check_PROGRAMS += t/01-frame-refused.t
t_01_frame_refused_t_SOURCES = t/01-frame-refused.c
t_01_frame_refused_t_LDADD = $(sample_libs)

check_PROGRAMS += t/02-event-text.t
t_02_event_text_t_SOURCES = t/02-event-text.c
t_02_event_text_t_LDADD = $(sample_libs)

check_PROGRAMS += t/03-error.t
t_03_error_t_SOURCES = t/03-error.c
t_03_error_t_LDADD = $(sample_libs)

check_PROGRAMS += t/10-layout.t
t_10_layout_t_SOURCES = t/10-layout.c
t_10_layout_t_LDADD = $(sample_libs)

check_PROGRAMS += t/10-layout-acceptor.t
t_10_layout_acceptor_t_SOURCES = t/10-layout-acceptor.c
t_10_layout_acceptor_t_LDADD = $(sample_libs)

check_PROGRAMS += t/11-acceptor-refused.t
t_11_acceptor_refused_t_SOURCES = t/11-acceptor-refused.c
t_11_acceptor_refused_t_LDADD = $(sample_libs)

check_PROGRAMS += t/11-magic.t
t_11_magic_t_SOURCES = t/11-magic.c
t_11_magic_t_LDADD = $(sample_libs)

check_PROGRAMS += t/11-object.t
t_11_object_t_SOURCES = t/11-object.c
t_11_object_t_LDADD = $(sample_libs)

check_PROGRAMS += t/11-stray-store.t
t_11_stray_store_t_SOURCES = t/11-stray-store.c
t_11_stray_store_t_LDADD = $(sample_libs)

check_PROGRAMS += t/12-counter.t
t_12_counter_t_SOURCES = t/12-counter.c
t_12_counter_t_LDADD = $(sample_libs)

check_PROGRAMS += t/12-assigned.t
t_12_assigned_t_SOURCES = t/12-assigned.c
t_12_assigned_t_LDADD = $(sample_libs)

check_PROGRAMS += t/12-assigned-race.t
t_12_assigned_race_t_SOURCES = t/12-assigned-race.c
t_12_assigned_race_t_LDADD = $(sample_libs)
check_PROGRAMS += t/12-last-place.t
t_12_last_place_t_SOURCES = t/12-last-place.c
t_12_last_place_t_LDADD = $(sample_libs)

check_PROGRAMS += t/13-kill-acceptor.t
t_13_kill_acceptor_t_SOURCES = t/13-kill-acceptor.c
t_13_kill_acceptor_t_LDADD = $(sample_libs)
check_PROGRAMS += t/13-kill-in-hand.t
t_13_kill_in_hand_t_SOURCES = t/13-kill-in-hand.c
t_13_kill_in_hand_t_LDADD = $(sample_libs)

check_PROGRAMS += t/13-kill-baseline.t
t_13_kill_baseline_t_SOURCES = t/13-kill-baseline.c
t_13_kill_baseline_t_LDADD = $(sample_libs)

check_PROGRAMS += t/13-kill-begin.t
t_13_kill_begin_t_SOURCES = t/13-kill-begin.c
t_13_kill_begin_t_LDADD = $(sample_libs)

check_PROGRAMS += t/13-kill-counter.t
t_13_kill_counter_t_SOURCES = t/13-kill-counter.c
t_13_kill_counter_t_LDADD = $(sample_libs)

check_PROGRAMS += t/13-kill-creation.t
t_13_kill_creation_t_SOURCES = t/13-kill-creation.c
t_13_kill_creation_t_LDADD = $(sample_libs)

check_PROGRAMS += t/13-kill-event.t
t_13_kill_event_t_SOURCES = t/13-kill-event.c
t_13_kill_event_t_LDADD = $(sample_libs)

check_PROGRAMS += t/13-kill-gauge.t
t_13_kill_gauge_t_SOURCES = t/13-kill-gauge.c
t_13_kill_gauge_t_LDADD = $(sample_libs)

check_PROGRAMS += t/13-kill-health.t
t_13_kill_health_t_SOURCES = t/13-kill-health.c
t_13_kill_health_t_LDADD = $(sample_libs)

check_PROGRAMS += t/13-kill-load.t
t_13_kill_load_t_SOURCES = t/13-kill-load.c
t_13_kill_load_t_LDADD = $(sample_libs)

check_PROGRAMS += t/13-kill-relieved.t
t_13_kill_relieved_t_SOURCES = t/13-kill-relieved.c
t_13_kill_relieved_t_LDADD = $(sample_libs)

check_PROGRAMS += t/13-kill-row.t
t_13_kill_row_t_SOURCES = t/13-kill-row.c
t_13_kill_row_t_LDADD = $(sample_libs)

check_PROGRAMS += t/13-kill-schema.t
t_13_kill_schema_t_SOURCES = t/13-kill-schema.c
t_13_kill_schema_t_LDADD = $(sample_libs)

check_PROGRAMS += t/13-kill-status.t
t_13_kill_status_t_SOURCES = t/13-kill-status.c
t_13_kill_status_t_LDADD = $(sample_libs)

check_PROGRAMS += t/13-kill-turn.t
t_13_kill_turn_t_SOURCES = t/13-kill-turn.c
t_13_kill_turn_t_LDADD = $(sample_libs)

check_PROGRAMS += t/13-kill-unfinished.t
t_13_kill_unfinished_t_SOURCES = t/13-kill-unfinished.c
t_13_kill_unfinished_t_LDADD = $(sample_libs)

check_PROGRAMS += t/14-health.t
t_14_health_t_SOURCES = t/14-health.c
t_14_health_t_LDADD = $(sample_libs)

check_PROGRAMS += t/14-health-lapped.t
t_14_health_lapped_t_SOURCES = t/14-health-lapped.c
t_14_health_lapped_t_LDADD = $(sample_libs)

check_PROGRAMS += t/15-events.t
t_15_events_t_SOURCES = t/15-events.c
t_15_events_t_LDADD = $(sample_libs)

check_PROGRAMS += t/15-events-race.t
t_15_events_race_t_SOURCES = t/15-events-race.c
t_15_events_race_t_LDADD = $(sample_libs)

check_PROGRAMS += t/15-threads.t
t_15_threads_t_SOURCES = t/15-threads.c
t_15_threads_t_LDADD = $(sample_libs)

check_PROGRAMS += t/16-early-death.t
t_16_early_death_t_SOURCES = t/16-early-death.c
t_16_early_death_t_LDADD = $(sample_libs)

check_PROGRAMS += t/16-doubtful.t
t_16_doubtful_t_SOURCES = t/16-doubtful.c
t_16_doubtful_t_LDADD = $(sample_libs)

check_PROGRAMS += t/16-lives.t
t_16_lives_t_SOURCES = t/16-lives.c
t_16_lives_t_LDADD = $(sample_libs)

check_PROGRAMS += t/16-seat.t
t_16_seat_t_SOURCES = t/16-seat.c
t_16_seat_t_LDADD = $(sample_libs)

check_PROGRAMS += t/17-snapshot.t
t_17_snapshot_t_SOURCES = t/17-snapshot.c
t_17_snapshot_t_LDADD = $(sample_libs)

check_PROGRAMS += t/18-hostile-bytes.t
t_18_hostile_bytes_t_SOURCES = t/18-hostile-bytes.c
t_18_hostile_bytes_t_LDADD = $(sample_libs)

check_PROGRAMS += t/18-hostile-race.t
t_18_hostile_race_t_SOURCES = t/18-hostile-race.c
t_18_hostile_race_t_LDADD = $(sample_libs)

check_PROGRAMS += t/18-sparse-anchor.t
t_18_sparse_anchor_t_SOURCES = t/18-sparse-anchor.c
t_18_sparse_anchor_t_LDADD = $(sample_libs)

check_PROGRAMS += t/19-attach.t
t_19_attach_t_SOURCES = t/19-attach.c
t_19_attach_t_LDADD = $(sample_libs)

check_PROGRAMS += t/19-acceptor-object.t
t_19_acceptor_object_t_SOURCES = t/19-acceptor-object.c
t_19_acceptor_object_t_LDADD = $(sample_libs)

check_PROGRAMS += t/19-holders.t
t_19_holders_t_SOURCES = t/19-holders.c
t_19_holders_t_LDADD = $(sample_libs)

check_PROGRAMS += t/11-nth-anchor.t
t_11_nth_anchor_t_SOURCES = t/11-nth-anchor.c
t_11_nth_anchor_t_LDADD = t/lib/libnth.a $(sample_libs)
t_11_nth_anchor_t_LDFLAGS = $(nth_ldflags)

check_PROGRAMS += t/19-nth-attach.t
t_19_nth_attach_t_SOURCES = t/19-nth-attach.c
t_19_nth_attach_t_LDADD = t/lib/libnth.a $(sample_libs)
t_19_nth_attach_t_LDFLAGS = $(nth_ldflags)

check_PROGRAMS += t/19-nth-holders.t
t_19_nth_holders_t_SOURCES = t/19-nth-holders.c
t_19_nth_holders_t_LDADD = t/lib/libnth.a $(sample_libs)
t_19_nth_holders_t_LDFLAGS = $(nth_ldflags)

check_PROGRAMS += t/19-odd-answers.t
t_19_odd_answers_t_SOURCES = t/19-odd-answers.c
t_19_odd_answers_t_LDADD = $(sample_libs)

check_PROGRAMS += t/17-changing.t
t_17_changing_t_SOURCES = t/17-changing.c
t_17_changing_t_LDADD = $(sample_libs)

check_PROGRAMS += t/16-odd-rows.t
t_16_odd_rows_t_SOURCES = t/16-odd-rows.c
t_16_odd_rows_t_LDADD = $(sample_libs)

check_PROGRAMS += t/16-odd-masters.t
t_16_odd_masters_t_SOURCES = t/16-odd-masters.c
t_16_odd_masters_t_LDADD = $(sample_libs)

check_PROGRAMS += t/03-proc.t
t_03_proc_t_SOURCES = t/03-proc.c
t_03_proc_t_LDADD = $(sample_libs)
t_03_proc_t_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=open

check_PROGRAMS += t/00-places.t
t_00_places_t_SOURCES = t/00-places.c
t_00_places_t_LDADD = t/lib/libnth.a $(sample_libs)
t_00_places_t_LDFLAGS = $(nth_ldflags)

check_PROGRAMS += t/13-kill-publish.t
t_13_kill_publish_t_SOURCES = t/13-kill-publish.c
t_13_kill_publish_t_LDADD = $(sample_libs)

check_PROGRAMS += t/13-kill-subscribe.t
t_13_kill_subscribe_t_SOURCES = t/13-kill-subscribe.c
t_13_kill_subscribe_t_LDADD = $(sample_libs)

check_PROGRAMS += t/14-news.t
t_14_news_t_SOURCES = t/14-news.c
t_14_news_t_LDADD = $(sample_libs)

check_PROGRAMS += t/15-news-race.t
t_15_news_race_t_SOURCES = t/15-news-race.c
t_15_news_race_t_LDADD = $(sample_libs)

check_PROGRAMS += t/18-hostile-news.t
t_18_hostile_news_t_SOURCES = t/18-hostile-news.c
t_18_hostile_news_t_LDADD = $(sample_libs)

check_PROGRAMS += t/13-kill-torn.t
t_13_kill_torn_t_SOURCES = t/13-kill-torn.c
t_13_kill_torn_t_LDADD = $(sample_libs)
