/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/json_place.h"

#include <criterion/criterion.h>

Test(json_place, finds_members_and_elements)
{
    const char *json = "{ \"a\": \"x{\\\"}\",\n  \"公\": 1, \"b\": [1,\n {\"c\": null}] }";
    static const struct {
        const char *pointer;
        guint line, column;
    } rows[] = {
        { "", 1, 1 }, { "/a", 1, 8 }, { "/b", 2, 16 }, { "/b/0", 2, 17 }, { "/b/1/c", 3, 8 }, { "/公", 2, 8 }
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        guint line = 0, column = 0;
        cr_assert(json_place(json, rows[i].pointer, &line, &column), "%s", rows[i].pointer);
        cr_assert_eq(line, rows[i].line, "%s: line %u", rows[i].pointer, line);
        cr_assert_eq(column, rows[i].column, "%s: column %u", rows[i].pointer, column);
    }
}

Test(json_place, what_is_not_there_has_no_place)
{
    guint line, column;
    cr_assert_not(json_place("{\"a\": [1]}", "/b", &line, &column));
    cr_assert_not(json_place("{\"a\": [1]}", "/a/1", &line, &column));
    cr_assert_not(json_place("{\"a\": [1]}", "/a/0/x", &line, &column));
}
