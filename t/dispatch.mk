# SPDX-License-Identifier: BSD-2-Clause
# Tests of how connections reach workers: modes, hand-over, acceptor, rescue.
t_lib_libapp_a_SOURCES += t/lib/keeper.c t/lib/keeper.h

check_PROGRAMS += \
	t/23-rr-even.t \
	t/23-peer-address.t \
	t/28-balance.t \
	t/28-load-rests.t
long_tests += \
	t/93-balance.t
t_23_rr_even_t_SOURCES = t/23-rr-even.c
t_23_peer_address_t_SOURCES = t/23-peer-address.c
t_28_balance_t_SOURCES = t/28-balance.c t/lib/churn.c t/lib/churn.h
t_28_balance_t_LDADD = $(runtime_test_libs) -lm
t_28_load_rests_t_SOURCES = t/28-load-rests.c
t_93_balance_t_SOURCES = t/93-balance.c t/lib/churn.c t/lib/churn.h
t_93_balance_t_LDADD = $(runtime_test_libs) -lm

check_PROGRAMS += \
	t/41-fetched.t \
	t/41-handed-alone.t \
	t/41-handed-over.t
long_tests += t/93-handed-over.t
t_41_fetched_t_SOURCES = t/41-fetched.c
t_41_handed_alone_t_SOURCES = t/41-handed-alone.c
t_41_handed_over_t_SOURCES = t/41-handed-over.c t/lib/caught.c t/lib/caught.h
t_93_handed_over_t_SOURCES = t/93-handed-over.c t/lib/caught.c t/lib/caught.h

check_PROGRAMS += \
	t/24-acceptor-rights.t \
	t/45-acceptor-ours.t \
	t/41-acceptor-killed.t \
	t/41-acceptor-stopped.t
long_tests += t/93-acceptor-killed.t
t_45_acceptor_ours_t_SOURCES = t/45-acceptor-ours.c
t_24_acceptor_rights_t_SOURCES = t/24-acceptor-rights.c
t_41_acceptor_killed_t_SOURCES = t/41-acceptor-killed.c \
	t/lib/felled.c t/lib/felled.h
t_41_acceptor_stopped_t_SOURCES = t/41-acceptor-stopped.c
t_93_acceptor_killed_t_SOURCES = t/93-acceptor-killed.c \
	t/lib/felled.c t/lib/felled.h

check_PROGRAMS += \
	t/22-stop-queued.t \
	t/41-rescue.t
t_22_stop_queued_t_SOURCES = t/22-stop-queued.c
t_41_rescue_t_SOURCES = t/41-rescue.c

check_PROGRAMS += \
	t/22-gate-loop.t \
	t/29-idle-modes.t \
	t/41-gate-rescue.t
t_22_gate_loop_t_SOURCES = t/22-gate-loop.c
t_29_idle_modes_t_SOURCES = t/29-idle-modes.c
t_41_gate_rescue_t_SOURCES = t/41-gate-rescue.c

dispatch_execing = t/25-mode-programs.t
check_PROGRAMS += $(dispatch_execing)
$(dispatch_execing): t/lib/program
t_25_mode_programs_t_SOURCES = t/25-mode-programs.c

# Without descriptors.
check_PROGRAMS += \
	t/41-acceptor-full.t \
	t/41-descriptors-again.t \
	t/41-pick-up-fails.t
t_41_descriptors_again_t_SOURCES = t/41-descriptors-again.c
t_41_acceptor_full_t_SOURCES = t/41-acceptor-full.c
t_41_pick_up_fails_t_SOURCES = t/41-pick-up-fails.c
