/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <string.h>

#include "pipeline/burn_advice.h"

Test(burn_advice, says_which_keys_to_pull_and_which_to_plug_in)
{
    BurnNeed needs[] = {
        { (char *)"A1", "new", NULL, FALSE, TRUE, FALSE },          { (char *)"A2", "new", NULL, TRUE, TRUE, FALSE },
        { (char *)"A3", "renew", (char *)"S3", FALSE, TRUE, FALSE }, { (char *)"A4", "renew", (char *)"S4", TRUE, TRUE, FALSE },
        { (char *)"A5", "new", NULL, FALSE, FALSE, TRUE },
    };
    g_autoptr(GPtrArray) list = g_ptr_array_new(), nothing = g_ptr_array_new();
    for (guint i = 0; i < G_N_ELEMENTS(needs); i++)
        g_ptr_array_add(list, &needs[i]);
    g_setenv("LC_ALL", "C", TRUE);
    g_autofree char *text = burn_advice_watch(list, 7), *none = burn_advice_watch(nothing, 7);
    cr_expect_str_eq(text, "PULL the finished keys (7). PLUG IN blank keys: 1. PLUG IN these keys: S3 (A3).");
    cr_expect_null(none, "nothing waits for a key");
}
