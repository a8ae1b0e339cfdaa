/* t/04-sticky-homes: of 10,000 keys a seat more takes its share and moves no other, and seats get what chance gives */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>
#include <stdio.h>

#include <netinet/in.h>

#include "runtime/sticky.h"
#include "t/lib/tap.h"

enum { KEYS = 10000, SETS = 40 };

/* Addresses in a row, of one network after the other; or cookies. */
static uint64_t
key_of(unsigned int set, unsigned int i)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(0x0a000000U + set * 0x30d41U + i) };
	struct sticky s;
	uint64_t key = 0;
	char id[32];

	sticky_begin(&s);
	if (set % 2 == 0 && sticky_key_of(&s, &in, sizeof(in), &key))
		return key;
	return sticky_key(id, (size_t)snprintf(id, sizeof(id), "%u-%u", set,
	    i));
}

static int
home(uint64_t key, unsigned int n)
{
	static const unsigned int seats[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8 };

	return sticky_home(key, seats, n);
}

/* From n seats to one more, and back. */
static void
grow(unsigned int n)
{
	double most = 0, share;
	int others = 0;

	for (unsigned int set = 0; set < SETS; set++) {
		unsigned int moved = 0;

		for (unsigned int i = 0; i < KEYS; i++) {
			int before = home(key_of(set, i), n);
			int after = home(key_of(set, i), n + 1);

			moved += before != after;
			others += before != after && after != (int)n;
		}
		share = (double)moved / KEYS * (n + 1);
		most = share > most ? share : most;
	}
	ok(most <= 1.1, "%u -> %u seats: at most %.3f/%u move, in %d sets", n,
	    n + 1, most, n + 1, SETS);
	is_int(others, 0, "all of them to the new one");
}

/* Against a multinomial: its deviation is sqrt((n - 1) / keys) of the mean. */
static void
spread(unsigned int n)
{
	double squares = 0, most = 0, mean = (double)KEYS / n, fair;

	for (unsigned int set = 0; set < SETS; set++) {
		unsigned int got[9] = { 0 };
		double own = 0;

		for (unsigned int i = 0; i < KEYS; i++)
			got[home(key_of(set, i), n)]++;
		for (unsigned int k = 0; k < n; k++)
			own += (got[k] - mean) * (got[k] - mean) / n;
		squares += own / SETS;
		most = own > most ? own : most;
	}
	fair = mean * (1 - 1.0 / n);
	ok(sqrt(squares / fair) <= 1.2, "%u seats: %.2f times the deviation of "
	    "chance (the worst set %.2f)", n, sqrt(squares / fair),
	    sqrt(most / fair));
}

/* One that is gone, in the middle: its keys alone move, to several. */
static void
shrink(void)
{
	static const unsigned int before[] = { 0, 1, 2, 3, 4 };
	static const unsigned int after[] = { 0, 1, 3, 4 };
	unsigned int wrong = 0, to = 0;

	for (unsigned int i = 0; i < KEYS; i++) {
		int was = sticky_home(key_of(0, i), before, 5);
		int is = sticky_home(key_of(0, i), after, 4);

		wrong += was != 2 ? was != is : 0;
		to |= was == 2 ? 1U << is : 0;
	}
	ok(wrong == 0 && to == 0x1b, "seat 2 of 5 goes: its keys move, to all "
	    "others, and no other does");
	is_int(sticky_home(1, NULL, 0), -1, "without seats there is no home");
}

int
main(void)
{
	for (unsigned int n = 2; n <= 8; n *= 2) {
		grow(n);
		spread(n);
	}
	shrink();
	return done_testing();
}
