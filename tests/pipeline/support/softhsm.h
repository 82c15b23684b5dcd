/* SPDX-License-Identifier: GPL-3.0-or-later */
/* softhsm.h: where SoftHSM2's module lies. */
#ifndef SB_TESTS_SOFTHSM_H
#define SB_TESTS_SOFTHSM_H

/* NULL where it is not installed. */
const char *softhsm(void);

#endif
