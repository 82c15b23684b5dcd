/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pipeline/cmd.h"
int
cmd_inspect(int argc, char **argv)
{
    return EXIT_USAGE;
}
