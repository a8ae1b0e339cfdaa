/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command line of cadre(1), and its environment. The input is a list of
 * words, for which one byte may stand, and two variables. Everything is what
 * it is in the command, up to where it would ask a master or become one: it
 * ends with one of its exit codes, and says on standard error why it failed,
 * in lines that a terminal can be shown.
 */
#include <errno.h>
#include <getopt.h>

#include "shm/rundir.h"
#include "t/fuzz/fuzz.h"
#include "tools/background.h"
#include "tools/launch.h"
#include "tools/request.h"
#include "tools/service.h"

#define WORDS_MAX	24
#define SAID_MAX	65536

#define close_range(from, to, flags)	((void)(from), 0)
#define main				command_main
int	command_main(int argc, char **argv);
#include "tools/cadre.c"	/* NOLINT(bugprone-suspicious-include) */
#include "tools/cmd-run.c"	/* NOLINT(bugprone-suspicious-include) */
#undef main
#undef close_range

/* What a byte of 128 and more stands for. */
static const char *const words[] = {
	"demo", "ls", "stat", "health", "events", "run", "start", "reload",
	"restart", "scale", "signal", "stop", "version", "help", "all", "max",
	"app", "/bin/true", "--", "-n", "-i", "-l", "-e", "-j", "-w", "-t",
	"--env", "--help", "--instances", "--kill-timeout", "--listen",
	"--log-bytes", "--log-dir", "--max-tries", "--max-workers",
	"--min-uptime", "--name", "--ready-after", "--ready-timeout",
	"--stop-signal", "--wait-ready", "--mode", "--worker-connections",
	"--app-connections", "--overload", "--shed-bytes", "--hang-limit",
	"--stall-limit", "--no-canary", "--parallel", "--force", "--timeout",
	"--json", "--now", "--patient", "--count", "--follow", "--once",
	"--wait", "tcp:127.0.0.1:0", "unix:/tmp/x", "TERM", "A=b", "1", "-1",
	"1e3", "shed", "wait", "gate", "spread", "rr", "least",
	"reset", "--probe", "http:/x", "--no-probe", "--probe-timeout",
	"--max-surge", "--max-unavailable", "--quorum", "--stop-exit-codes",
	"--memory-soft", "--memory-hard", "--max-requests", "--max-age",
	"--user", "--group", "--rlimit", "--umask", "--chdir",
	"--cpu-affinity", "--clean-env", "--pass-env", "512M", "12h,20%",
	"nofile=1024", "0-1,3", "--publish-bytes", "--message-queue",
	"--message-policy", "oldest", "--no-message-rights",
	"gen", "nginx", "haproxy", "--by", "addr", "--cookie", "--all",
	"--seat-listen", "tcp:127.0.0.1:0+N,stalled=wait",
	"--busy-poll", "50us",
};
enum { WORDS = sizeof(words) / sizeof(words[0]) };

static struct {
	char		bytes[SAID_MAX];
	FILE		*file;
} out, err;

int
request_open(struct request *r)
{
	claim(r->verb != NULL && r->name != NULL);
	verb_say(r->verb, "no app called %s", text_line(r->name).s);
	return EXIT_NO_APP;
}

int
request_ask(struct request *r, uint16_t type, const void *body,
    uint32_t bytes)
{
	claim(type != 0 && body != NULL && bytes > 0);
	return request_open(r);
}

int
launch_find(const char *folder, const char *name, char *path, size_t room)
{
	claim(folder != NULL && name != NULL);
	snprintf(path, room, "/%s/%s", folder, name);
	return 0;
}

/* What comes after it is not reached. */
static void __attribute__((noreturn))
reached(void)
{
	claim_broken(__FILE__, __LINE__, "a request without a connection");
}

int
request_send(struct request *r, uint16_t type, const void *body,
    uint32_t bytes)
{
	(void)r;
	(void)type;
	(void)body;
	(void)bytes;
	reached();
}

int
request_reply(struct request *r, int wait_ms)
{
	(void)r;
	(void)wait_ms;
	reached();
}

int
request_answer(struct request *r)
{
	(void)r;
	reached();
}

int
request_failed(struct request *r, int error)
{
	(void)r;
	(void)error;
	reached();
}

void
request_attach(struct request *r)
{
	(void)r;
	reached();
}

void
request_close(struct request *r)
{
	(void)r;
}

bool
request_late(const struct request *r)
{
	(void)r;
	reached();
}

bool
request_silent(struct request *r)
{
	(void)r;
	reached();
}

unsigned int
request_pids(struct request *r, char *to, size_t room)
{
	(void)r;
	(void)to;
	(void)room;
	reached();
}

/* An app that could be started: what it was made of is as it must be. */
int
service_run(struct service *s)
{
	claim(s->master != NULL && s->app->argv[0] != NULL);
	claim(cadre__name_check(s->app->name) == 0);
	claim(s->app->listens <= CADRE_LISTENERS_MAX);
	claim(s->app->envs <= CADRE_ENV_MAX);
	cadre_master_free(s->master);
	return 0;
}

int
background_fork(struct background *b)
{
	claim(cadre__name_check(b->name) == 0);
	return 0;
}

int
background_wait(struct background *b)
{
	(void)b;
	return 0;
}

void
background_tell(struct background *b, enum background_news news,
    const char *text)
{
	(void)b;
	(void)news;
	(void)text;
}

void
background_fail(struct background *b, int code, const char *why)
{
	(void)b;
	(void)code;
	(void)why;
}

/* They look at this machine, and are tested there. */
int
cmd_demo(const struct verb *v, int argc, char **argv)
{
	return argc > 0 && argv != NULL && v != NULL ? 0 : EXIT_FAILED;
}

int
cmd_doctor(const struct verb *v, int argc, char **argv)
{
	return cmd_demo(v, argc, argv);
}

int
cmd_contrast(const struct verb *v, int argc, char **argv)
{
	return cmd_demo(v, argc, argv);
}

static char *
word(struct bytes *in)
{
	char *text;

	if (in->left > 0 && in->at[0] >= 128) {
		text = strdup(words[input_byte(in) % WORDS]);
		claim(text != NULL);
		return text;
	}
	return input_text(in);
}

/* Nothing that a master of this machine could be found by. */
static void
environment(struct bytes *in)
{
	char dir[1024], *text = input_text(in);

	snprintf(dir, sizeof(dir), "/nowhere/%.1000s", text);
	setenv("CADRE_RUNTIME_DIR", dir, 1);
	free(text);
	text = input_text(in);
	setenv("PATH", text, 1);
	free(text);
}

/* One line for a mistake; none is too long, or with a byte of a terminal's. */
static void
check(int code, int argc)
{
	unsigned int lines = 0;

	claim(code >= 0 && code <= EXIT_SILENT);
	claim(code == 0 || err.bytes[0] != '\0');
	for (const char *at = err.bytes; *at != '\0'; at++) {
		lines += *at == '\n';
		claim(*at == '\n' || ((unsigned char)*at >= ' ' && *at != 127));
		claim(*at != '\n' || at[1] != '\n' || argc < 2);
	}
	claim(code != EXIT_USAGE || argc < 2 || lines == 1);
}

static void
open_files(void)
{
	memset(out.bytes, 0, 1);
	memset(err.bytes, 0, sizeof(err.bytes));
	out.file = fmemopen(out.bytes, sizeof(out.bytes), "w");
	err.file = fmemopen(err.bytes, sizeof(err.bytes), "w");
	claim(out.file != NULL && err.file != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *argv[WORDS_MAX + 2] = { NULL }, *given[WORDS_MAX + 1];
	struct bytes in = { data, size };
	FILE *before[2] = { stdout, stderr };
	int argc = 1, code;

	environment(&in);
	given[0] = argv[0] = strdup("cadre");
	while (in.left > 0 && argc <= WORDS_MAX) {
		given[argc] = argv[argc] = word(&in);
		argc++;
	}
	open_files();
	stdout = out.file;
	stderr = err.file;
	optind = 0;
	code = command_main(argc, argv);
	fflush(err.file);
	stdout = before[0];
	stderr = before[1];
	fclose(out.file);
	fclose(err.file);
	/* getopt_long() has changed their order, and no word. */
	for (int i = 0; i < argc; i++)
		free(given[i]);
	check(code, argc);
	return 0;
}
