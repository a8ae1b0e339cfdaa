/* SPDX-License-Identifier: BSD-2-Clause */
/* The files of the page, made into strings by make: examples.mk. */
#ifndef EXAMPLES_ROOMS_PAGE_H
#define EXAMPLES_ROOMS_PAGE_H

extern const char chat_html[], chat_js[];

#endif
