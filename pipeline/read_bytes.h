/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * read_bytes.h: an open descriptor's bytes, with a limit; plain read(), so that it works in the sandbox.
 */
#ifndef SB_PIPELINE_READ_BYTES_H
#define SB_PIPELINE_READ_BYTES_H

#include "core/error.h"

G_BEGIN_DECLS

/* Returns: (transfer full) or NULL with SB_ERROR_IMAGE or SB_ERROR_LIMIT; messages name no file. */
GBytes *read_bytes(int fd, gsize most, GError **error);

G_END_DECLS

#endif
