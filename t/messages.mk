# SPDX-License-Identifier: BSD-2-Clause
# Tests of messages, t/3*: what is sent comes, in order, or is counted.
check_LIBRARIES += t/lib/libpost.a
t_lib_libpost_a_SOURCES = t/lib/asker.c t/lib/asker.h t/lib/flow.c \
	t/lib/flow.h t/lib/post.c t/lib/post.h t/lib/roll.c t/lib/roll.h \
	t/lib/sealed.c t/lib/sealed.h
post_test_libs = t/lib/libpost.a $(runtime_test_libs)

# Those that look before they sleep.
check_PROGRAMS += \
	t/38-busy-ends.t \
	t/38-busy-modes.t \
	t/38-busy-news.t \
	t/38-busy-rest.t \
	t/38-busy-rung.t \
	t/38-busy-trips.t
t_38_busy_ends_t_SOURCES = t/38-busy-ends.c
t_38_busy_modes_t_SOURCES = t/38-busy-modes.c
t_38_busy_news_t_SOURCES = t/38-busy-news.c
t_38_busy_news_t_LDADD = t/lib/libgazette.a $(post_test_libs)
t_38_busy_rest_t_SOURCES = t/38-busy-rest.c
t_38_busy_rung_t_SOURCES = t/38-busy-rung.c t/lib/looks.c
t_38_busy_rung_t_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=epoll_wait
t_38_busy_rung_t_LDADD = t/lib/libgazette.a $(post_test_libs)
t_38_busy_trips_t_SOURCES = t/38-busy-trips.c t/lib/looks.c
t_38_busy_trips_t_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=epoll_wait

check_PROGRAMS += \
	t/30-sizes.t \
	t/30-order.t \
	t/30-cork.t \
	t/30-bundle.t \
	t/30-descriptors.t \
	t/30-descriptors-most.t \
	t/30-disconnect.t \
	t/30-disconnected.t \
	t/31-queue.t \
	t/31-drop-oldest.t \
	t/31-drop-peer.t \
	t/32-requests.t \
	t/32-requests-end.t \
	t/32-answer-later.t \
	t/33-relay.t \
	t/33-relay-asked.t \
	t/33-relay-full.t \
	t/33-relay-half.t \
	t/33-relay-lives.t \
	t/34-crowded.t \
	t/33-answer-full.t \
	t/33-broadcast.t \
	t/34-memfd.t \
	t/44-user-messages.t \
	t/34-relayed-memory.t \
	t/34-rights.t \
	t/34-loops.t \
	t/34-program.t \
	t/34-emfile.t \
	t/34-own-region.t \
	t/34-words.t \
	t/34-after-end.t \
	t/34-answers-master.t \
	t/34-answers-worker.t \
	t/34-refusals.t \
	t/34-no-buffers.t \
	t/34-small-buffer.t \
	t/34-null.t \
	t/34-file-size.t \
	t/34-too-many-refs.t
t_30_sizes_t_SOURCES = t/30-sizes.c
t_30_sizes_t_LDADD = $(post_test_libs)
t_30_bundle_t_SOURCES = t/30-bundle.c
t_30_bundle_t_LDADD = $(runtime_test_libs)
t_30_cork_t_SOURCES = t/30-cork.c
t_30_cork_t_LDADD = $(post_test_libs)
t_30_order_t_SOURCES = t/30-order.c
t_30_order_t_LDADD = $(post_test_libs)
t_30_descriptors_t_SOURCES = t/30-descriptors.c
t_30_descriptors_t_LDADD = $(post_test_libs)
t_30_descriptors_most_t_SOURCES = t/30-descriptors-most.c
t_30_descriptors_most_t_LDADD = $(post_test_libs)
t_30_disconnect_t_SOURCES = t/30-disconnect.c
t_30_disconnect_t_LDADD = $(post_test_libs)
t_30_disconnected_t_SOURCES = t/30-disconnected.c
t_30_disconnected_t_LDADD = $(post_test_libs)
t_31_queue_t_SOURCES = t/31-queue.c
t_31_queue_t_LDADD = $(post_test_libs)
t_31_drop_oldest_t_SOURCES = t/31-drop-oldest.c
t_31_drop_oldest_t_LDADD = $(post_test_libs)
t_31_drop_peer_t_SOURCES = t/31-drop-peer.c
t_31_drop_peer_t_LDADD = $(post_test_libs)
t_32_requests_t_SOURCES = t/32-requests.c
t_32_requests_t_LDADD = $(post_test_libs)
t_32_requests_end_t_SOURCES = t/32-requests-end.c
t_32_requests_end_t_LDADD = $(post_test_libs)
t_32_answer_later_t_SOURCES = t/32-answer-later.c
t_32_answer_later_t_LDADD = $(post_test_libs)
t_33_relay_t_SOURCES = t/33-relay.c
t_33_relay_t_LDADD = $(post_test_libs)
t_33_relay_asked_t_SOURCES = t/33-relay-asked.c
t_33_relay_asked_t_LDADD = $(post_test_libs)
t_33_answer_full_t_SOURCES = t/33-answer-full.c
t_33_answer_full_t_LDADD = $(post_test_libs)
t_33_relay_full_t_SOURCES = t/33-relay-full.c
t_33_relay_full_t_LDADD = $(post_test_libs)
t_33_relay_half_t_SOURCES = t/33-relay-half.c
t_33_relay_half_t_LDADD = $(post_test_libs)
t_33_relay_lives_t_SOURCES = t/33-relay-lives.c
t_33_relay_lives_t_LDADD = $(post_test_libs)
t_34_crowded_t_SOURCES = t/34-crowded.c
t_34_crowded_t_LDADD = $(post_test_libs)
t_33_broadcast_t_SOURCES = t/33-broadcast.c
t_33_broadcast_t_LDADD = $(post_test_libs)
t_34_memfd_t_SOURCES = t/34-memfd.c
t_34_memfd_t_LDADD = $(post_test_libs)
t_34_relayed_memory_t_SOURCES = t/34-relayed-memory.c
t_34_relayed_memory_t_LDADD = $(post_test_libs)
t_44_user_messages_t_SOURCES = t/44-user-messages.c
t_44_user_messages_t_LDADD = $(post_test_libs)
t_34_rights_t_SOURCES = t/34-rights.c
t_34_rights_t_LDADD = $(post_test_libs)
t_34_loops_t_SOURCES = t/34-loops.c
t_34_loops_t_LDADD = $(post_test_libs)
t_34_program_t_SOURCES = t/34-program.c
t_34_program_t_LDADD = $(post_test_libs)
t_34_emfile_t_SOURCES = t/34-emfile.c
t_34_emfile_t_LDADD = $(post_test_libs)
t_34_after_end_t_SOURCES = t/34-after-end.c
t_34_after_end_t_LDADD = $(post_test_libs)
t_34_file_size_t_SOURCES = t/34-file-size.c
t_34_file_size_t_LDADD = $(post_test_libs)
t_34_null_t_SOURCES = t/34-null.c
t_34_null_t_LDADD = $(post_test_libs)
t_34_words_t_SOURCES = t/34-words.c
t_34_words_t_LDADD = $(post_test_libs)
t_34_own_region_t_SOURCES = t/34-own-region.c
t_34_own_region_t_LDADD = $(post_test_libs)
t_34_small_buffer_t_SOURCES = t/34-small-buffer.c
t_34_small_buffer_t_LDADD = $(post_test_libs)
t_34_no_buffers_t_SOURCES = t/34-no-buffers.c
t_34_no_buffers_t_LDADD = $(post_test_libs)
t_34_refusals_t_SOURCES = t/34-refusals.c
t_34_refusals_t_LDADD = $(post_test_libs)
t_34_too_many_refs_t_SOURCES = t/34-too-many-refs.c
t_34_too_many_refs_t_LDADD = $(post_test_libs)
t_34_answers_master_t_SOURCES = t/34-answers-master.c
t_34_answers_master_t_LDADD = $(post_test_libs)
t_34_answers_worker_t_SOURCES = t/34-answers-worker.c
t_34_answers_worker_t_LDADD = $(post_test_libs)
