# SPDX-License-Identifier: BSD-2-Clause
# Tests of doors: an address for each seat, and proxies in front of them.
t_lib_libapp_a_SOURCES += t/lib/visit.c t/lib/visit.h

check_PROGRAMS += \
	t/23-door-refused.t \
	t/23-seat-doors.t \
	t/41-door-rescue.t \
	t/42-door-parked.t \
	t/48-shut-door.t \
	t/54-door-reload.t \
	t/56-door-scaled.t
t_23_door_refused_t_SOURCES = t/23-door-refused.c
t_23_seat_doors_t_SOURCES = t/23-seat-doors.c
t_41_door_rescue_t_SOURCES = t/41-door-rescue.c
t_42_door_parked_t_SOURCES = t/42-door-parked.c
t_48_shut_door_t_SOURCES = t/48-shut-door.c
t_54_door_reload_t_SOURCES = t/54-door-reload.c
t_56_door_scaled_t_SOURCES = t/56-door-scaled.c
