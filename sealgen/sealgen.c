/* SPDX-License-Identifier: GPL-3.0-or-later */
typedef int sealgen_placeholder; /* removed with the folder's first file */
