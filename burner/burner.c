/* SPDX-License-Identifier: GPL-3.0-or-later */
typedef int burner_placeholder; /* removed with the folder's first file */
