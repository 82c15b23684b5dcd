/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>

int
main(int argc, char **argv)
{
    g_printerr("sealbatch: no subcommand is built yet\n");
    return 2;
}
