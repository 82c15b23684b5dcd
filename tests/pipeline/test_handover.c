/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <string.h>

#include "pipeline/handover.h"

Test(handover, the_protocol_names_every_object_by_its_sum)
{
    g_autoptr(GError) error = NULL;
    BurnObjectSum sum = { .what = (char *)"data", .label = (char *)"official", .size = 7, .sha256 = { 0xab, 0xcd } };
    g_autoptr(GPtrArray) objects = g_ptr_array_new();
    g_ptr_array_add(objects, &sum);
    BurnResult result = { .unit = (char *)"A1+2", .outcome = BURN_DONE, .token_serial = (char *)"S1", .objects = objects };
    const BurnOrder order = { .kind = BURN_RENEW };
    g_autofree char *line = handover_protocol_line(&order, &result, &error);
    cr_assert_not_null(line);
    cr_expect_not_null(strstr(line, "\"kind\":\"renew\""));
    cr_expect_not_null(strstr(line, "\"unit\":\"A1+2\""));
    cr_expect_not_null(strstr(line, "\"sha256\":\"abcd00"));
    cr_expect_null(strchr(line, '\n'));
}

Test(handover, a_certificate_that_is_none_is_an_error)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) junk = g_bytes_new_static("junk", 4);
    BurnResult result = { .unit = (char *)"A1", .certificate = junk };
    const BurnOrder order = { .kind = BURN_NEW };
    cr_expect_null(handover_protocol_line(&order, &result, &error));
    cr_expect_not_null(error);
}
