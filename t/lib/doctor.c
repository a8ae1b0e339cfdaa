/* SPDX-License-Identifier: BSD-2-Clause */
/* cadre doctor under test; see doctor.h. */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "t/lib/doctor.h"
#include "t/lib/tap.h"

#define STMT(c, v)	((struct sock_filter){ (c), 0, 0, (v) })
#define JUMP(v, t, f)	((struct sock_filter){ BPF_JMP | BPF_JEQ | BPF_K, \
	(t), (f), (uint32_t)(v) })
#define LOAD(field)	STMT(BPF_LD | BPF_W | BPF_ABS, \
	(uint32_t)offsetof(struct seccomp_data, field))

int
doctor(struct command *c, void (*prepare)(void), const char *app,
    json_t **ret_report)
{
	struct command *shared = mmap(NULL, sizeof(*c), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	const char *const words[] = { "doctor", "-j", app, NULL };
	json_t *j;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		if (prepare != NULL)
			prepare();
		command(c, words);
		*shared = *c;
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	*c = *shared;
	munmap(shared, sizeof(*c));
	*ret_report = j = command_json(c);
	if (j == NULL || c->code != (json_int_at(j, "counts.fail") > 0))
		return -1;
	return c->code;
}

static bool
holds(json_t *text, const char *part)
{
	return part == NULL ? json_is_null(text) : json_is_string(text) &&
	    strstr(json_string_value(text), part) != NULL;
}

static json_t *
row_of(json_t *report, const char *check)
{
	json_t *checks = json_object_get(report, "checks"), *row;
	size_t i;

	json_array_foreach(checks, i, row) {
		if (strcmp(json_string_value(json_object_get(row, "name")),
		    check) == 0)
			return row;
	}
	return NULL;
}

static bool
in_state(json_t *row, const char *state)
{
	const char *is = json_string_value(json_object_get(row, "state"));

	return is != NULL && strcmp(is, state) == 0;
}

const char *
doctor_found(json_t *report, const char *check)
{
	return json_string_value(json_object_get(row_of(report, check),
	    "found"));
}

int
doctor_worse(json_t *before, json_t *report, const char *but)
{
	json_t *checks = json_object_get(report, "checks"), *row;
	const char *name;
	int n = 0;
	size_t i;

	json_array_foreach(checks, i, row) {
		name = json_string_value(json_object_get(row, "name"));
		if (strcmp(name, but) != 0 && in_state(row, "fail") &&
		    !in_state(row_of(before, name), "fail")) {
			diag("%s fails too", name);
			n++;
		}
	}
	return n;
}

void
doctor_is(json_t *report, const char *check, const char *state,
    const char *found, const char *remedy)
{
	json_t *row = row_of(report, check);
	char *text;

	if (ok(in_state(row, state) &&
	    holds(json_object_get(row, "found"), found) &&
	    holds(json_object_get(row, "remedy"), remedy),
	    "%s: %s: … %s …", check, state, found))
		return;
	text = json_dumps(row, JSON_ENCODE_ANY);
	diag("%s", text != NULL ? text : "no such check");
	free(text);
}

void
doctor_refuse(long call, long arg, long value)
{
	struct sock_filter code[] = {
		LOAD(nr),
		JUMP(call, 0, 3),
		arg < 0 ? STMT(BPF_LD | BPF_IMM, (uint32_t)value) :
		    LOAD(args[arg]),
		JUMP(value, 0, 1),
		STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(code) / sizeof(code[0]), code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
		_exit(99);
}
