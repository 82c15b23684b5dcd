/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_sheet_json.c: what the child answers comes through whole, and nothing else comes through.
 */
#include "sealgen/sheet.h"

#include <criterion/criterion.h>
#include <string.h>

#include "support/draw_sheet.h"

static const SealType TYPES[] = { SEAL_OFFICIAL, SEAL_LEGAL_REP };
static const double SIZES[] = { 10, 20 };

/* A small answer: one seal of 10 mm with a sample, one that was not found, a page, a finding. */
static char *
answer(const Order *order)
{
    g_autoptr(SheetResult) result = sheet_result_new();
    SheetSeal *seal = sheet_seal_new(0, SEAL_OFFICIAL);
    seal->found = TRUE;
    seal->px_per_mm = 12;
    seal->width = seal->height = 120;
    seal->width_mm = seal->height_mm = 10;
    seal->levels = 16;
    seal->alpha = g_malloc0(120 * 120);
    memset(seal->alpha + 5000, 255, 400);
    seal->measured_mm[0] = seal->measured_mm[1] = 10.03;
    seal->uncertainty_mm = 0.21;
    seal->scale_source = SCALE_PAPER_SIDE;
    SheetSample *sample = g_new0(SheetSample, 1);
    sample->file = g_strdup("采集表.jpg");
    sample->quality = 0.8;
    sample->used = TRUE;
    sample->reasons = SAMPLE_BLOTTED | SAMPLE_CUT;
    g_ptr_array_add(seal->samples, sample);
    g_ptr_array_add(result->seals, seal);
    g_ptr_array_add(result->seals, sheet_seal_new(1, SEAL_LEGAL_REP));
    const SheetPageSeen page = { 90, 11.8, SCALE_PAPER_SIDE, 3, FALSE };
    g_array_append_val(result->pages, page);
    g_ptr_array_add(result->findings, finding_new(FINDING_SIZE_UNPROVEN, SEVERITY_NOTE, "one side"));
    cr_assert_eq(order->seals->len, 2);
    return sheet_result_to_json(result);
}

Test(sheet_result_json, everything_comes_back)
{
    g_autoptr(Order) order = draw_order(TYPES, SIZES, 2);
    g_autofree char *json = answer(order);
    g_autoptr(GError) error = NULL;
    g_autoptr(SheetResult) back = sheet_result_from_json(json, strlen(json), 1, order, &error);
    cr_assert_not_null(back, "%s", error ? error->message : "");
    const SheetSeal *seal = g_ptr_array_index(back->seals, 0);
    cr_expect_float_eq(seal->uncertainty_mm, 0.21, 1e-9);
    cr_expect_eq(seal->scale_source, SCALE_PAPER_SIDE);
    cr_expect_eq(seal->alpha[5100], 255);
    cr_expect_eq(((const SheetSample *)g_ptr_array_index(seal->samples, 0))->reasons, SAMPLE_BLOTTED | SAMPLE_CUT);
    cr_expect_not(((const SheetSeal *)g_ptr_array_index(back->seals, 1))->found);
    cr_expect_eq(back->findings->len, 1);
    cr_expect_eq(g_array_index(back->pages, SheetPageSeen, 0).turned_deg, 90);
}

Test(sheet_result_json, an_answer_that_is_cut_is_none)
{
    g_autoptr(Order) order = draw_order(TYPES, SIZES, 2);
    g_autofree char *json = answer(order);
    gsize length = strlen(json);
    for (gsize n = 0; n < length; n += 1 + length / 400) {
        g_autoptr(GError) error = NULL;
        cr_assert_null(sheet_result_from_json(json, n, 1, order, &error), "%zu of %zu bytes", n, length);
        cr_assert(g_error_matches(error, SB_ERROR, SB_ERROR_IMAGE));
    }
}

/* Replace the first @from by @to. */
static char *
changed(const char *json, const char *from, const char *to)
{
    const char *at = strstr(json, from);
    cr_assert_not_null(at, "%s", from);
    return g_strdup_printf("%.*s%s%s", (int)(at - json), json, to, at + strlen(from));
}

Test(sheet_result_json, numbers_out_of_their_range_are_refused)
{
    static const struct {
        const char *from, *to;
    } rows[] = {
        { "\"uncertainty_mm\":0.2", "\"uncertainty_mm\":-0.2" },
        { "\"uncertainty_mm\":0.2", "\"uncertainty_mm\":1e9, \"x\":0.2" },
        { "\"scale_source\":5", "\"scale_source\":6" },
        { "\"scale_source\":5", "\"scale_source\":-1" },
        { "\"index\":0", "\"index\":1" },
        { "\"found\":true", "\"found\":1" },
        { "\"severity\":\"note\"", "\"severity\":\"none\"" },
        { "size_unproven", "size_unknown" },
    };
    g_autoptr(Order) order = draw_order(TYPES, SIZES, 2);
    g_autofree char *json = answer(order);
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *bad = changed(json, rows[i].from, rows[i].to);
        g_autoptr(SheetResult) result = sheet_result_from_json(bad, strlen(bad), 1, order, NULL);
        cr_expect_null(result, "%s became %s", rows[i].from, rows[i].to);
    }
    g_autoptr(SheetResult) pages = sheet_result_from_json(json, strlen(json), 2, order, NULL);
    cr_expect_null(pages, "of one page, where two were sent");
}

Test(sheet_result_json, whatever_byte_is_wrong_the_picture_fits_its_canvas)
{
    g_autoptr(Order) order = draw_order(TYPES, SIZES, 2);
    g_autofree char *json = answer(order);
    gsize length = strlen(json);
    guint32 random = 99;
    for (guint i = 0; i < 3000; i++) {
        random = random * 1664525u + 1013904223u;
        gsize at = (random >> 8) % length;
        char was = json[at];
        json[at] = (char)(random & 1 ? was ^ (1 << (random >> 5) % 7) : "0123456789-e.[]{},:\""[(random >> 3) % 20]);
        g_autoptr(SheetResult) result = sheet_result_from_json(json, length, 1, order, NULL);
        json[at] = was;
        if (!result)
            continue;
        cr_assert_eq(result->seals->len, 2);
        const SheetSeal *seal = g_ptr_array_index(result->seals, 0);
        cr_assert(!seal->found || (seal->alpha && seal->width == (guint)(seal->width_mm * seal->px_per_mm + 0.5)));
        cr_assert(seal->uncertainty_mm >= 0 && seal->samples->len <= 32);
    }
}
