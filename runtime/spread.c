/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mode `spread`: a classic BPF program on the reuseport group names the socket
 * that a new connection is queued on, and socket k of a group is seat k, since
 * all were bound in that order and none is ever closed. The program draws a
 * random number per SYN and maps it to the seats that may be chosen.
 *
 * Random, where one might take the packet's hash: the hash word is the network
 * card's and 0 where the card gives none, which would send everything to one
 * seat; and a SYN that is sent again because its seat's queue was full gets
 * another chance elsewhere. Attaching needs no privilege; a swap is atomic.
 */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <linux/filter.h>
#include <sys/socket.h>

#include "runtime/listen.h"
#include "shm/fault.h"

#ifndef SO_ATTACH_REUSEPORT_CBPF
#define SO_ATTACH_REUSEPORT_CBPF 51
#endif

#define STMT(c, v)	((struct sock_filter){ (c), 0, 0, (v) })
#define JUMP(c, v, t, f) ((struct sock_filter){ (c), (t), (f), (v) })

/* So many fit into a program, and into the memory a socket may have for it. */
#define RUNS_MAX	512

/*
 * Seats in a row cost three instructions however many they are: below its
 * end, the draw is moved from where the run stands among the chosen to where
 * it stands among the seats, and returned.
 */
static size_t
run_emit(struct sock_filter *code, unsigned int chosen, unsigned int seat,
    unsigned int length)
{
	code[0] = JUMP(BPF_JMP | BPF_JGE | BPF_K,
	    chosen + length, 2, 0);
	code[1] = STMT(BPF_ALU | BPF_ADD | BPF_K,
	    seat - chosen);
	code[2] = STMT(BPF_RET | BPF_A, 0);
	return 3;
}

/* Every other seat of thousands is unfit: the last ones wait, not all fail. */
static unsigned int
runs_cut(const unsigned int *seats, unsigned int n)
{
	unsigned int runs = 1, i;

	for (i = 1; i < n; i++)
		if (seats[i] != seats[i - 1] + 1 && ++runs > RUNS_MAX)
			break;
	return i;
}

int
spread_attach(int fd, const unsigned int *seats, unsigned int n)
{
	struct sock_fprog program;
	struct sock_filter *code;
	unsigned int end;
	size_t at = 0;
	int err = 0;

	if (n == 0)
		return -EINVAL;
	n = runs_cut(seats, n);
	code = calloc(3 + (size_t)3 * n, sizeof(*code));
	if (code == NULL)
		return -ENOMEM;
	code[at++] = STMT(BPF_LD | BPF_W | BPF_ABS,
	    (uint32_t)(SKF_AD_OFF + SKF_AD_RANDOM));
	code[at++] = STMT(BPF_ALU | BPF_MOD | BPF_K, n);
	for (unsigned int i = 0; i < n; i = end) {
		for (end = i + 1; end < n && seats[end] == seats[end - 1] + 1;)
			end++;
		at += run_emit(code + at, i, seats[i], end - i);
	}
	code[at++] = STMT(BPF_RET | BPF_K, seats[0]);
	program.len = (unsigned short)at;
	program.filter = code;
	if (CADRE_FAULT("spread.attach") < 0 || setsockopt(fd, SOL_SOCKET,
	    SO_ATTACH_REUSEPORT_CBPF, &program, sizeof(program)) < 0)
		err = -errno;
	free(code);
	return err;
}
