/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <string.h>

#include "core/png_write.h"
#include "pipeline/ingest.h"
#include "pipeline/seal_maker.h"
#include "sealgen/maker.h"
#include "support/bare_workspace.h"

static Workspace *ws;
static SesMaker *maker;
static GBytes *certificate;

static void
begin(void)
{
    g_autoptr(GError) error = NULL;
    gint64 now = g_get_real_time() / G_USEC_PER_SEC;
    MakerSpec spec = { "Test", "Test root", "Test maker", now - 60, 2, 1 };
    ws = bare_workspace();
    g_autofree char *pem = g_build_filename(ws->dir, MAKER_CERT, NULL);
    cr_assert(maker_files_create(ws->dir, &spec, NULL));
    maker = maker_files_load(ws->dir, "TEST", &error);
    cr_assert_not_null(maker, "%s", error ? error->message : "");
    certificate = maker_certificate_load(pem, NULL); /* stands for a holder's */
}

static void
end(void)
{
    g_bytes_unref(certificate);
    ses_maker_free(maker);
    bare_workspace_remove(ws);
}

TestSuite(seal_maker, .init = begin, .fini = end);

static void
own_profile(const char *seal)
{
    g_autofree char *folder = g_build_filename(ws->dir, "profiles", NULL), *path = g_build_filename(folder, "default.conf", NULL);
    g_autofree char *text = g_strdup_printf("[uploads]\nenterprise=\n[seal]\n%s\n", seal);
    g_mkdir_with_parents(folder, 0700);
    cr_assert(g_file_set_contents(path, text, -1, NULL));
}

static void
ignore(const char *name, IngestOutcome outcome, const char *why, gpointer data)
{
    cr_expect_eq(outcome, INGEST_TAKEN, "%s", why);
}

/* Noise does not compress: about @levels bits a pixel of a 40 mm seal. */
static GBytes *
picture(guint levels)
{
    enum { SIDE = 40 * 12 };
    static const guint8 red[3] = { 200, 0, 0 };
    g_autofree guint8 *alpha = g_malloc(SIDE * SIDE);
    g_autoptr(GRand) random = g_rand_new_with_seed(7);
    for (guint i = 0; i < SIDE * SIDE; i++)
        alpha[i] = (guint8)g_rand_int_range(random, 0, 256);
    return ink_to_png(alpha, SIDE, SIDE, red, levels, 12000);
}

/* An order with these seals (JSON, @n of them), all of one picture. */
static void
order_with_seals(const char *list, guint n)
{
    g_autofree char *folder = g_build_filename(ws->dir, "A1", NULL), *json = g_build_filename(folder, "order.json", NULL);
    g_autofree char *text = g_strdup_printf("{\"order_id\":\"A1\",\"kind\":\"new\",\"company\":{\"name\":\"甲有限公司\","
                                            "\"credit_code\":\"91\"},\"seals\":[%s]}", list);
    g_mkdir_with_parents(folder, 0700);
    cr_assert(g_file_set_contents(json, text, -1, NULL));
    cr_assert(ingest_folder(ws, folder, ignore, NULL, NULL));
    g_autoptr(GPtrArray) findings = g_ptr_array_new(), seals = g_ptr_array_new_with_free_func((GDestroyNotify)store_seal_free);
    g_autoptr(GBytes) png = picture(2), result = g_bytes_new_static("{}", 2);
    for (guint i = 0; i < n; i++) {
        StoreSeal *seal = store_seal_new(SEAL_PRACTICE);
        seal->picture = evidence_put(ws->evidence, png, NULL);
        seal->width_mm = seal->height_mm = 40;
        seal->px_per_mm = 12;
        g_ptr_array_add(seals, seal);
    }
    g_autofree char *digest = evidence_put(ws->evidence, result, NULL);
    cr_assert(store_put_result(ws->store, "A1", digest, findings, seals, NULL));
}

/* An order with one official seal; without a picture where @levels is 0. */
static void
order_with_picture(guint levels)
{
    g_autofree char *folder = g_build_filename(ws->dir, "A1", NULL), *json = g_build_filename(folder, "order.json", NULL);
    g_autoptr(GError) error = NULL;
    g_mkdir_with_parents(folder, 0700);
    cr_assert(g_file_set_contents(json, "{\"order_id\":\"A1\",\"kind\":\"new\",\"company\":{\"name\":\"甲有限公司\","
                                        "\"credit_code\":\"91\"},\"seals\":[{\"type\":\"official\",\"declared_mm\":40}]}",
                                  -1, NULL));
    cr_assert(ingest_folder(ws, folder, ignore, NULL, &error), "%s", error ? error->message : "");
    g_autoptr(GPtrArray) findings = g_ptr_array_new(), seals = g_ptr_array_new_with_free_func((GDestroyNotify)store_seal_free);
    StoreSeal *seal = store_seal_new(SEAL_OFFICIAL);
    g_autoptr(GBytes) png = levels ? picture(levels) : NULL, result = g_bytes_new_static("{}", 2);
    seal->picture = png ? evidence_put(ws->evidence, png, NULL) : NULL;
    seal->width_mm = seal->height_mm = 40;
    seal->px_per_mm = 12;
    g_ptr_array_add(seals, seal);
    g_autofree char *digest = evidence_put(ws->evidence, result, NULL);
    cr_assert(store_put_result(ws->store, "A1", digest, findings, seals, &error), "%s", error ? error->message : "");
}

static GPtrArray *
make(GError **error)
{
    g_autoptr(BurnOrder) unit = burn_order_new();
    unit->order_id = g_strdup("A1");
    return seal_maker_make(ws, maker, unit, certificate, error);
}

Test(seal_maker, a_seal_says_whose_it_is_and_names_the_certificate)
{
    g_autoptr(GError) error = NULL;
    own_profile("");
    order_with_picture(2);
    g_autoptr(GPtrArray) blobs = make(&error);
    cr_assert(blobs && blobs->len == 1, "%s", error ? error->message : "");
    const BurnBlob *blob = blobs->pdata[0];
    g_autoptr(Ses) ses = ses_parse(blob->bytes, &error);
    cr_assert_not_null(ses, "%s", error ? error->message : "");
    cr_expect_str_eq(blob->label, "official");
    cr_expect_str_eq(ses->name, "甲有限公司企业公章");
    cr_expect_eq(ses->width_mm, 40);
    cr_expect(ses_names_certificate(ses, certificate));
}

Test(seal_maker, a_label_tells_seals_of_one_type_apart_by_their_names)
{
    static const char *const expected[] = { "practice 造价师", "practice 监理师", "practice 造价师-2", "practice", "official" };
    g_autoptr(GError) error = NULL;
    own_profile("");
    order_with_seals("{\"type\":\"practice\",\"name\":\"造价师\"},{\"type\":\"practice\",\"name\":\"监理师\"},"
                     "{\"type\":\"practice\",\"name\":\"造价师\"},{\"type\":\"practice\"},"
                     "{\"type\":\"official\",\"name\":\"企业公章\"}", 5);
    g_autoptr(GPtrArray) blobs = make(&error);
    cr_assert(blobs && blobs->len == 5, "%s", error ? error->message : "");
    for (guint i = 0; i < blobs->len; i++)
        cr_expect_str_eq(((BurnBlob *)blobs->pdata[i])->label, expected[i]);
}

Test(seal_maker, a_long_name_is_cut_between_characters)
{
    g_autoptr(GError) error = NULL;
    own_profile("");
    order_with_seals("{\"type\":\"other\",\"name\":\"一二三四五六七八九十一二三四五六七八九十一二三四\"}", 1);
    g_autoptr(GPtrArray) blobs = make(&error);
    cr_assert(blobs && blobs->len == 1, "%s", error ? error->message : "");
    const char *label = ((BurnBlob *)blobs->pdata[0])->label;
    cr_expect_leq(strlen(label), 64);
    cr_expect(g_utf8_validate(label, -1, NULL), "%s", label);
}

Test(seal_maker, a_platform_s_canvas_surrounds_the_seal_and_does_not_scale_it)
{
    static const struct {
        const char *seal;
        guint side_mm;
    } rows[] = { { "canvas_mm=48", 48 }, { "canvas_mm=38", 40 /* smaller than the seal: its own size */ } };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        if (i > 0) {
            end();
            begin();
        }
        own_profile(rows[i].seal);
        order_with_picture(16);
        g_autoptr(GPtrArray) blobs = make(&error);
        cr_assert(blobs, "%s", error ? error->message : "");
        g_autoptr(Ses) ses = ses_parse(((BurnBlob *)blobs->pdata[0])->bytes, NULL);
        cr_expect_eq(ses->width_mm, rows[i].side_mm);
        cr_expect_eq(ses->height_mm, rows[i].side_mm);
    }
}

Test(seal_maker, no_seal_leaves_that_is_larger_than_the_platform_s_keys_take)
{
    g_autoptr(GError) error = NULL;
    own_profile("max_bytes=40000");
    order_with_picture(16); /* about 115 KB */
    cr_expect_null(make(&error));
    cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_LIMIT), "%s", error ? error->message : "");
    cr_expect_not_null(strstr(error->message, "official: the seal is"), "%s", error->message);
}

Test(seal_maker, a_picture_that_keeps_to_the_room_becomes_a_seal_that_fits)
{
    g_autoptr(GError) error = NULL;
    own_profile("max_bytes=40000");
    order_with_picture(2); /* about 29 KB */
    const Profile *profile = workspace_profile(ws, NULL, NULL);
    g_autoptr(GBytes) png = picture(2);
    cr_assert_leq(g_bytes_get_size(png), profile_picture_room(profile));
    g_autoptr(GPtrArray) blobs = make(&error);
    cr_assert(blobs, "%s", error ? error->message : "");
    cr_expect_leq(g_bytes_get_size(((BurnBlob *)blobs->pdata[0])->bytes), 40000);
}

Test(seal_maker, an_order_without_a_picture_needs_a_sheet)
{
    g_autoptr(GError) error = NULL;
    own_profile("");
    order_with_picture(0);
    cr_expect_null(make(&error));
    cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_SEAL));
    cr_expect_not_null(strstr(error->message, "needs a sheet"), "%s", error->message);
}
