/* SPDX-License-Identifier: BSD-2-Clause */
/* Amounts as people write them. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tools/amount.h"

struct unit {
	const char	*name;
	double		is;
};

/* What stands before `end` is a number of one of these units, whole or not. */
static bool
amount(const char *text, const char *end, const struct unit *units,
    double most, int64_t *ret_amount)
{
	size_t n;
	char *at;
	double d;

	/* What strtod() takes besides: signs, spaces, inf, 0x10. */
	if (!isdigit((unsigned char)*text) || text[1] == 'x' || text[1] == 'X')
		return false;
	d = strtod(text, &at);
	n = (size_t)(end - at);
	for (; units->name != NULL; units++) {
		if (strlen(units->name) != n ||
		    strncasecmp(units->name, at, n) != 0)
			continue;
		d = round(d * units->is);
		if (!(d <= most))
			return false;
		*ret_amount = (int64_t)d;
		return true;
	}
	return false;
}

/* ",20%" or ",20": what follows the amount, if anything does. */
static bool
jitter(const char *text, int64_t *ret_jitter)
{
	unsigned long percent;
	char *end;

	if (*text == '\0')
		return true;
	if (!isdigit((unsigned char)*++text))
		return false;
	percent = strtoul(text, &end, 10);
	if (*end == '%')
		end++;
	if (*end != '\0' || percent > 100)
		return false;
	*ret_jitter = (int64_t)percent;
	return true;
}

bool
amount_bytes(const char *text, int64_t most, int64_t *ret_bytes)
{
	static const struct unit units[] = { { "", 1 }, { "K", 0x1p10 },
	    { "M", 0x1p20 }, { "G", 0x1p30 }, { "T", 0x1p40 }, { NULL, 0 } };

	return amount(text, text + strlen(text), units, (double)most,
	    ret_bytes);
}

bool
amount_ms(const char *text, int64_t most, int64_t *ret_ms,
    int64_t *ret_jitter)
{
	static const struct unit units[] = { { "", 1e3 }, { "ms", 1 },
	    { "s", 1e3 }, { "m", 6e4 }, { "h", 36e5 }, { "d", 864e5 },
	    { NULL, 0 } };
	const char *end = strchrnul(text, ',');

	return amount(text, end, units, (double)most, ret_ms) &&
	    jitter(end, ret_jitter);
}

bool
amount_us(const char *text, int64_t most, int64_t *ret_us)
{
	static const struct unit units[] = { { "", 1e6 }, { "us", 1 },
	    { "ms", 1e3 }, { "s", 1e6 }, { NULL, 0 } };
	int64_t us;

	if (!amount(text, text + strlen(text), units, (double)most, &us) ||
	    (us == 0 && strtod(text, NULL) > 0))
		return false;
	*ret_us = us;
	return true;
}

bool
amount_count(const char *text, int64_t most, int64_t *ret_count,
    int64_t *ret_jitter)
{
	static const struct unit units[] = { { "", 1 }, { NULL, 0 } };
	const char *end = strchrnul(text, ',');

	return memchr(text, '.', (size_t)(end - text)) == NULL &&
	    amount(text, end, units, (double)most, ret_count) &&
	    jitter(end, ret_jitter);
}
