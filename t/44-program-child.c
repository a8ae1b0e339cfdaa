/* t/44-program-child: a worker's child can neither attach nor write its slot */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <stdlib.h>

#include "t/lib/exec.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

int
main(void)
{
	struct cadre_shm_event e;
	struct app *a;

	/* A sanitizer would make an exit of the signal. */
	setenv("ASAN_OPTIONS", "handle_segv=0", 1);
	a = EXEC_START(1, NULL, "child-writes");
	is_int(exec_number(a, 0, "signal"), SIGSEGV,
	    "a child that writes to its parent's slot is killed");
	ok(app_wait_state(a, 0, CADRE_STATE_UP), "the worker gets ready");
	is_u64(probe_value(a, 0, "requests"), 3, "its slot is as it wrote it");
	app_stop(a);

	a = EXEC_START(1, NULL, "child-attaches");
	ok(exec_says(a, 0, "attach: EPERM: the master started process"),
	    "a child sees by CADRE_PID that it is none");
	app_stop(a);

	/* One that lies the master sees, by what the kernel says of a frame. */
	a = EXEC_START(1, NULL, "child-attaches", "CADRE_PID");
	ok(exec_says(a, 0, "attach: EPERM: the master refuses: only the process"
	    " that the master started is its worker"), "the master refuses it");
	ok(app_wait_event(a, CADRE_EVENT_BAD_FRAME, 0, &e), "and then hears it "
	    "no more: %s", e.text);
	ok(exec_says(a, 0, "attach: EPIPE"), "it is told so");
	ok(app_wait_state(a, 0, CADRE_STATE_UP), "the worker itself goes on");
	is_u64(exec_flags(a, 0), CADRE_LIFE_PROGRAM, "nobody attached");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
