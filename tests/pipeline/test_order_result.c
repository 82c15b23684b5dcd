/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <jansson.h>
#include <string.h>

#include "pipeline/order_result.h"

static OrderResult *
result_with(int severity)
{
    OrderResult *result = order_result_new("A1");
    if (severity >= 0) {
        Finding *f = order_result_add(result, FINDING_CODE_MISMATCH, (Severity)severity, "x");
        f->read = g_strdup("\xff not UTF-8");
        f->has_box = TRUE;
        f->box_px = quad_rect(1, 2, 3, 4);
    }
    return result;
}

Test(order_result, the_worst_finding_decides_and_notes_do_not)
{
    static const struct {
        int severity;
        ResultKind kind;
    } rows[] = { { -1, RESULT_CLEAN },
                 { SEVERITY_NOTE, RESULT_CLEAN },
                 { SEVERITY_REVIEW, RESULT_FINDINGS },
                 { SEVERITY_REFUSE, RESULT_REFUSED } };
    ResultSummary summary = { 0 };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(OrderResult) result = result_with(rows[i].severity);
        cr_expect_eq(order_result_kind(result), rows[i].kind);
        result_summary_add(&summary, result);
    }
    cr_expect_eq(summary.orders, 4);
    cr_expect_eq(summary.clean, 2);
    cr_expect_eq(summary.refused, 1);
    cr_expect_str_eq(result_kind_name(RESULTS), "unknown");
}

Test(order_result, prints_one_line_of_json_with_the_documented_members)
{
    g_autoptr(OrderResult) result = result_with(SEVERITY_REVIEW);
    GPtrArray *documents = g_ptr_array_new_with_free_func((GDestroyNotify)document_free);
    Document *document = document_new(SEEN_LICENCE, 0);
    DocumentField *field = document_field(document, FIELD_CREDIT_CODE);
    field->text = g_strdup("9111");
    field->status = FIELD_READ;
    field->confidence = 97;
    field->has_box = TRUE;
    field->box_px = quad_rect(10.25, 20, 30, 40);
    g_ptr_array_add(documents, document);
    g_ptr_array_add(result->uploads, upload_seen_new(ROLE_LICENCE, "a.jpg", documents));
    g_autofree char *line = order_result_to_json(result, NULL);
    cr_expect_null(strchr(line, '\n'));
    json_t *o = json_loads(line, 0, NULL);
    cr_assert_not_null(o);
    static const char *const members[] = { "type", "order_id", "result", "documents", "seals", "findings", "cpu_ms",
                                           "max_rss_mb" };
    for (guint i = 0; i < G_N_ELEMENTS(members); i++)
        cr_expect_not_null(json_object_get(o, members[i]), "%s", members[i]);
    json_t *d = json_array_get(json_object_get(o, "documents"), 0);
    cr_expect_str_eq(json_string_value(json_object_get(d, "file")), "a.jpg");
    cr_expect_str_eq(json_string_value(json_object_get(d, "seen_as")), "licence");
    json_t *f = json_object_get(json_object_get(d, "fields"), "credit_code");
    cr_expect_str_eq(json_string_value(json_object_get(f, "status")), "read");
    cr_expect_eq(json_array_size(json_object_get(f, "box_px")), 4);
    json_decref(o);
}
