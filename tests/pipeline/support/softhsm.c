/* SPDX-License-Identifier: GPL-3.0-or-later */
/* softhsm.c: the folders that Debian's package has used. */
#include "softhsm.h"

#include <glib.h>

const char *
softhsm(void)
{
    static const char *const places[] = { "/usr/lib/softhsm/libsofthsm2.so",
                                          "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so" };
    for (guint i = 0; i < G_N_ELEMENTS(places); i++)
        if (g_file_test(places[i], G_FILE_TEST_EXISTS))
            return places[i];
    return NULL;
}
