/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A stamped sheet under another company's name, and under its own: what the reviewer is told.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <unistd.h>

#include "pipeline/judge.h"
#include "pipeline/read_unit.h"

#define ORDER SOURCE_DIR "/samples/orders/SQ50011003"

static Order *
order_named(const char *company, const char *code)
{
    g_autofree char *text = NULL;
    gsize length;
    cr_assert(g_file_get_contents(ORDER "/order.json", &text, &length, NULL));
    Order *order = order_parse(text, length, "order.json", NULL);
    if (company) {
        g_free(order->company_name);
        order->company_name = g_strdup(company);
        g_free(order->credit_code);
        order->credit_code = g_strdup(code);
    }
    return order;
}

/* Review findings about the seals' texts when the sheet is read for @order; the sheet alone was uploaded. */
static guint
review_findings(Order *order)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Models) models = models_open(NULL, &error);
    cr_assert(models, "%s", error ? error->message : "");
    char *name = NULL;
    for (guint i = 0; i < order->uploads->len; i++)
        if (((const OrderUpload *)order->uploads->pdata[i])->role == ROLE_SEAL_SHEET)
            name = ((const OrderUpload *)order->uploads->pdata[i])->file;
    g_autofree char *path = g_build_filename(ORDER, name, NULL);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    char *files[] = { name };
    SheetWork work = { models, order, files, { 0, 0, TRUE } };
    g_autoptr(GBytes) bytes = sheet_work(&fd, 1, &work, &error);
    close(fd);
    cr_assert(bytes, "%s", error ? error->message : "");
    g_autoptr(SheetAnswer) answer = sheet_answer_parse(bytes, 1, order, &error);
    cr_assert(answer, "%s", error ? error->message : "");

    g_autoptr(OrderResult) result = order_result_new(order->order_id);
    result->sheet = g_steal_pointer(&answer->sheet);
    while (answer->lines->len > 0)
        g_ptr_array_add(result->lines, g_ptr_array_steal_index(answer->lines, 0));
    g_ptr_array_set_size(order->uploads, 0); /* the other documents are not looked at here */
    Profile profile = { 0 };
    OrderInput input = { .order = order, .profile = &profile };
    g_date_set_dmy(&input.on_date, 1, 1, 2026);
    judge_order(&input, result);
    guint n = 0;
    for (guint i = 0; i < result->findings->len; i++) {
        const Finding *f = result->findings->pdata[i];
        n += f->severity == SEVERITY_REVIEW && g_strcmp0(f->field, "seal_text") == 0;
    }
    return n;
}

Test(sheet_work, its_own_companys_sheet_goes_through)
{
    Order *order = order_named(NULL, NULL);
    cr_expect_eq(review_findings(order), 0);
    order_free(order);
}

Test(sheet_work, another_companys_sheet_goes_to_people)
{
    Order *order = order_named("临江泽铭纺织有限公司", "91386173MA4DNY047A");
    cr_expect_geq(review_findings(order), 1);
    order_free(order);
}

Test(sheet_work, a_sisters_sheet_goes_to_people)
{
    Order *right = order_named(NULL, NULL);
    glong n = g_utf8_strlen(right->company_name, -1);
    g_autofree char *head = g_utf8_substring(right->company_name, 0, 2);
    g_autofree char *tail = g_utf8_substring(right->company_name, 4, n);
    g_autofree char *name = g_strconcat(head, "清和", tail, NULL);
    Order *sister = order_named(name, "91386173MA4DNY047A");
    cr_expect_geq(review_findings(sister), 1);
    order_free(right);
    order_free(sister);
}
