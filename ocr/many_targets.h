/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * many_targets.h: MANY_TARGETS before a function gives it a second body for AVX2, chosen when the program starts.
 *
 * For loops that the compiler can vectorise: without it they are held to what every x86-64 has. No answer changes
 * by it (no fused multiply-add). Sanitizers cannot cope with the choice.
 */
#ifndef SB_OCR_MANY_TARGETS_H
#define SB_OCR_MANY_TARGETS_H

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define MANY_TARGETS __attribute__((target_clones("avx2", "default")))
#else
#define MANY_TARGETS
#endif

#endif
