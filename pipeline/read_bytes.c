/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads a descriptor to its end.
 */
#include "pipeline/read_bytes.h"

#include <errno.h>
#include <unistd.h>

GBytes *
read_bytes(int fd, gsize most, GError **error)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    guint8 chunk[65536];
    for (;;) {
        ssize_t n = read(fd, chunk, sizeof chunk);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            g_set_error(error, SB_ERROR, SB_ERROR_IMAGE, "cannot be read: %s", g_strerror(errno));
            return NULL;
        }
        if (n == 0)
            return g_byte_array_free_to_bytes(g_steal_pointer(&bytes));
        if (bytes->len + (gsize)n > most) {
            g_set_error(error, SB_ERROR, SB_ERROR_LIMIT, "is larger than %" G_GSIZE_FORMAT " MB", most >> 20);
            return NULL;
        }
        g_byte_array_append(bytes, chunk, (guint)n);
    }
}
