/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a caller configures before the start: metrics, options, variables of
 * the program. The input is a list of such calls. A metric's word is its own
 * and inside of the slot's place, an option is in its range, and what was
 * refused has changed nothing.
 */
#include <errno.h>

#include <cadre/error.h>
#include <cadre/master.h>

#include "runtime/master.h"
#include "runtime/metrics.h"
#include "shm/frame.h"
#include "t/fuzz/fuzz.h"

#define NAME_LETTERS	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
#define DIGITS	"0123456789"

static struct cadre_master *m;
static struct cadre__anchor *anchor;	/* made once, begun anew each time */

static void
refused(int err)
{
	claim(err < 0 && text_is_clean(cadre_error(err)));
}

static bool
is_name(const char *text)
{
	size_t n = strlen(text);

	return n >= 1 && n <= 63 && strspn(text, NAME_LETTERS DIGITS) == n;
}

static void
metric(struct bytes *in, bool gauge)
{
	char *name = input_text(in), *unit = input_text(in);
	struct cadre_counter *c = NULL, *again = NULL;
	struct cadre_gauge *g = NULL;
	unsigned int before = m->nmetrics;
	char *word;
	int err;

	err = gauge ? cadre_master_gauge(m, name, unit, name, &g) :
	    cadre_master_counter(m, name, unit, NULL, &c);
	claim((err == -EINVAL) == (!is_name(name) || strlen(unit) > 15));
	word = gauge ? (char *)g : (char *)c;
	if (err < 0) {
		refused(err);
		claim(word == NULL && m->nmetrics == before);
	} else {
		claim(word >= m->window + sizeof(struct cadre_shm_slot) &&
		    word + 8 <= m->window + m->window_bytes);
		claim((uintptr_t)word % 8 == 0);
		if (m->nmetrics > before)
			claim(strcmp(m->metrics[before].name, name) == 0 &&
			    m->window + m->metrics[before].offset == word);
		err = cadre_master_counter(m, name, unit, NULL, &again);
		claim(gauge ? err == -EEXIST : err == 0 && again == c);
	}
	free(name);
	free(unit);
}

static void
set(struct bytes *in)
{
	unsigned int o = input_byte(in);
	int64_t value = (int64_t)input_word(in, 8);
	int err = cadre_master_set(m, (enum cadre_option)o, value);

	if (err == 0)
		claim(o < CADRE_OPTIONS && m->options[o] == value);
	else
		refused(err);
}

static bool
is_own(const char *text, size_t n)
{
	static const char own[] = " LISTEN_FDS LISTEN_PID LISTEN_FDNAMES "
	    "LISTEN_PIDFDID NOTIFY_SOCKET WATCHDOG_USEC WATCHDOG_PID "
	    "CADRE_NAME CADRE_SEAT CADRE_PID CADRE_CONTROL CADRE_MESSAGES ";
	const char *at = memmem(own, sizeof(own), text, n);

	return at != NULL && at[-1] == ' ' && at[n] == ' ';
}

static void
env(struct bytes *in)
{
	char *text = input_text(in);
	size_t n = strcspn(text, "=");
	unsigned int before = m->program.nenv;
	bool good = n > 0 && text[n] == '=' &&
	    strspn(text, NAME_LETTERS DIGITS) == n &&
	    strchr(DIGITS, text[0]) == NULL && !is_own(text, n);
	int err = cadre_master_env(m, text);

	if (err == 0)
		claim(good && m->program.nenv >= before &&
		    m->program.nenv <= CADRE_ENV_MAX);
	else {
		refused(err);
		claim(!good || before == CADRE_ENV_MAX);
		claim(m->program.nenv == before);
	}
	free(text);
}

static void
other(struct bytes *in)
{
	size_t bytes = (size_t)input_word(in, 3);
	int workers = (int)input_word(in, 4), err;
	struct cadre__shape shape;

	err = cadre_master_slot_bytes(m, bytes);
	claim(err == 0 || err == -EINVAL || err == -EBUSY);
	claim(err == 0 ? bytes <= 1 << 20 : text_is_clean(cadre_error(err)));
	if (cadre_master_workers(m, workers, (cadre_worker_fn *)(uintptr_t)1,
	    NULL) == 0)
		claim(workers >= -4096 && workers <= 4096);
	metrics_shape(m, &shape);
	claim(shape.values_bytes >= m->values_used);
}

/* What a program asks for in a DECLARE frame, when all has started. */
static void
declare(struct bytes *in)
{
	struct cadre__frame_declare d = { .kind = input_byte(in) % 4 };
	char *name = input_text(in), *unit = input_text(in);
	unsigned int before = m->nmetrics;
	uint64_t offset = 1;
	int err;

	snprintf(d.name, sizeof(d.name), "%s", name);
	snprintf(d.unit, sizeof(d.unit), "%s", unit);
	err = metrics_add(m, &d, &offset);
	if (err < 0) {
		refused(err);
		claim(offset == 1);
	} else {
		claim(is_name(d.name) && offset % 8 == 0);
		claim(offset >= sizeof(struct cadre_shm_slot) &&
		    offset <= m->window_bytes - 8);
		claim(m->nmetrics <= before + 1);
	}
	free(name);
	free(unit);
}

static void
start(struct bytes *in)
{
	const struct cadre__shape shape = { 1, 64, 1, 0 };
	struct cadre_counter *c;

	if (anchor == NULL)
		claim(cadre__anchor_new("fuzz", &shape, &anchor) == 0);
	anchor->metrics = 0;
	m->anchor = anchor;
	if (metrics_window(m) == 0 && metrics_publish(m) == 0) {
		m->started = true;
		claim(cadre_master_counter(m, "late", "", "", &c) == -EBUSY);
		while (in->left > 0)
			declare(in);
		m->started = false;
	}
	m->in_worker = true;
	claim(cadre_master_counter(m, "late", "", "", &c) == -EPERM);
	claim(cadre_master_slot_bytes(m, 64) == -EPERM);
	m->in_worker = false;
	m->anchor = NULL;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = { data, size };

	claim(cadre_master_new("fuzz", &m) == 0);
	while (in.left > 0)
		switch (input_byte(&in) % 6) {
		case 0: metric(&in, false); break;
		case 1: metric(&in, true); break;
		case 2: set(&in); break;
		case 3: env(&in); break;
		case 4: start(&in); break;
		default: other(&in);
		}
	cadre_master_free(m);
	return 0;
}
