/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The hub's table, for screens of different sizes.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "pipeline/burn_view.h"

static BurnView *
with_rows(guint n)
{
    BurnView *view = burn_view_new(FALSE, FALSE);
    for (guint i = 0; i < n; i++) {
        g_autofree char *unit = g_strdup_printf("SQ202511200000%02u", i), *serial = g_strdup_printf("AB%014u", i);
        BurnResult result = { .unit = unit, .token_serial = serial, .outcome = i % 10 == 3 ? BURN_HELD : BURN_DONE,
                              .reason = i % 10 == 3 ? (char *)"why" : NULL };
        burn_view_finished(view, unit, &result);
    }
    burn_view_expect(view, n);
    return view;
}

/* Lines of @text; @widest (out) in columns. */
static guint
lines_of(const char *text, glong *widest)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    guint n = g_strv_length(lines) - 1;
    *widest = 0;
    for (guint i = 0; i < n; i++)
        *widest = MAX(*widest, g_utf8_strlen(lines[i], -1));
    return n;
}

Test(burn_view, a_line_shows_order_key_bar_and_result)
{
    g_autoptr(BurnView) view = with_rows(4);
    g_autofree char *screen = burn_view_screen(view, 80, 24);
    cr_expect_not_null(strstr(screen, "3 of 4 done, 0 at work, 1 held, 0 failed"), "%s", screen);
    cr_expect_not_null(strstr(screen, "SQ20251120000002         AB00000000000002   [#############]  done"), "%s", screen);
    cr_expect_not_null(strstr(screen, "AB00000000000003   [.............]  HELD"), "%s", screen);
}

Test(burn_view, forty_keys_fit_any_screen_and_nobody_is_lost_who_is_not_done)
{
    static const guint sizes[][2] = { { 80, 24 }, { 120, 50 }, { 200, 12 }, { 40, 24 }, { 20, 5 }, { 80, 2 } };
    g_autoptr(BurnView) view = with_rows(40);
    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
        glong widest;
        g_autofree char *screen = burn_view_screen(view, sizes[i][0], sizes[i][1]);
        cr_expect_leq(lines_of(screen, &widest), MAX(sizes[i][1], 4) - 1, "%ux%u\n%s", sizes[i][0], sizes[i][1], screen);
        cr_expect_leq(widest, MAX(sizes[i][0], 28), "%ux%u\n%s", sizes[i][0], sizes[i][1], screen);
    }
    g_autofree char *small = burn_view_screen(view, 80, 24), *tiny = burn_view_screen(view, 80, 9);
    for (guint i = 0; i < 40; i++) {
        g_autofree char *unit = g_strdup_printf("SQ202511200000%02u", i);
        cr_expect_not_null(strstr(small, unit), "%s is on a screen of 80x24\n%s", unit, small);
        cr_expect(i % 10 != 3 || strstr(tiny, unit), "%s is held: it stays\n%s", unit, tiny);
    }
    cr_expect_not_null(strstr(tiny, "and 28 more"), "%s", tiny);
}

Test(burn_view, what_is_too_long_loses_its_beginning)
{
    g_autoptr(BurnView) view = burn_view_new(FALSE, FALSE);
    BurnResult result = { .outcome = BURN_DONE, .token_serial = (char *)"0123456789012345678901234567" };
    burn_view_finished(view, "AN-ORDER-NUMBER-OF-MORE-THAN-TWENTY-FOUR-LETTERS-17", &result);
    g_autofree char *screen = burn_view_screen(view, 80, 24);
    cr_expect_not_null(strstr(screen, "N-TWENTY-FOUR-LETTERS-17 012345678901234567") ? screen
                       : strstr(screen, "-LETTERS-17 "), "%s", screen);
    cr_expect_null(strstr(screen, "AN-ORDER"), "%s", screen);
    cr_expect_not_null(strstr(screen, "901234567 ["), "%s", screen);
}
