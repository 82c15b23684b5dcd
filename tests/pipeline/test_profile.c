/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <string.h>

#include "pipeline/profile.h"

Test(profile, every_shipped_one_loads)
{
    g_auto(GStrv) names = profile_names();
    cr_assert_geq(g_strv_length(names), 6);
    for (guint i = 0; names[i]; i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Profile) profile = profile_load(names[i], NULL, &error);
        cr_expect_not_null(profile, "%s: %s", names[i], error ? error->message : "");
    }
}

Test(profile, an_unknown_name_is_refused_with_the_list)
{
    g_autoptr(GError) error = NULL;
    cr_expect_null(profile_load("nowhere", NULL, &error));
    cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_INPUT));
    cr_expect_not_null(strstr(error->message, "hainan-netca"));
}

Test(profile, a_name_cannot_leave_the_folder)
{
    static const char *const names[] = { "", "..", ".hidden", "a b", "a%s" };
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(GError) error = NULL;
        cr_expect_null(profile_load(names[i], NULL, &error), "\"%s\"", names[i]);
    }
}

Test(profile, mistakes_are_refused_and_named)
{
    static const struct {
        const char *text, *word;
    } rows[] = {
        { "[uploads]\nenterprise=licens\n", "licens" },
        { "[seal]\nmax_bytes=4000\n", "at least 6144" },
        { "[csv]\ncompany.colour=颜色\n", "[csv] company.colour: an order has no such field" },
        { "[csv]\nkind=a\norder_id=b;a\n", "means kind already" },
        { "[upload]\nenterprise=licence\n", "no such key" },
        { "[renewal]\ndays_befor=3\n", "days_befor" },
        { "[renewal]\ndays_before=-3\n", "days_before" },
        { "[renewal]\nstart=never\n", "never" },
        { "[seal]\nversion=3\n", "version" },
        { "[order]\nkinds=new;newer\n", "newer" },
        { "[pin]\nuser=guess\n", "guess" },
        { "nonsense", "nonsense" },
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        cr_expect_null(profile_parse(rows[i].text, strlen(rows[i].text), "x", &error), "%s", rows[i].text);
        cr_assert_not_null(error);
        cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_INPUT));
        cr_expect_not_null(strstr(error->message, rows[i].word), "%s", error->message);
    }
}

static Order *
order_with(OrderKind kind, SubjectType subject, const Role *roles, guint n, guint seals)
{
    Order *order = order_new();
    order->kind = kind;
    order->subject_type = subject;
    for (guint i = 0; i < n; i++)
        g_ptr_array_add(order->uploads, order_upload_new(roles[i], "a.jpg"));
    for (guint i = 0; i < seals; i++)
        g_ptr_array_add(order->seals, order_seal_new());
    return order;
}

static guint
missing(const char *profile_name, const Order *order)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Profile) profile = profile_load(profile_name, NULL, &error);
    g_autoptr(GPtrArray) findings = g_ptr_array_new_with_free_func((GDestroyNotify)finding_free);
    profile_check_order(profile, order, findings);
    for (guint i = 0; i < findings->len; i++) {
        const Finding *finding = findings->pdata[i];
        cr_expect_eq(finding->code, FINDING_UPLOAD_MISSING);
        cr_expect_eq(finding->severity, SEVERITY_REFUSE);
        cr_expect_not_null(finding->role);
    }
    return findings->len;
}

Test(profile, asks_for_the_uploads_of_its_platform)
{
    static const Role both[] = { ROLE_LICENCE, ROLE_SEAL_SHEET };
    static const Role halves[] = { ROLE_OPERATOR_ID_FRONT, ROLE_SEAL_SHEET };
    static const Role card[] = { ROLE_OPERATOR_ID, ROLE_SEAL_SHEET };
    g_autoptr(Order) good = order_with(ORDER_NEW, SUBJECT_ENTERPRISE, both, 2, 1);
    g_autoptr(Order) none = order_with(ORDER_NEW, SUBJECT_ENTERPRISE, NULL, 0, 1);
    g_autoptr(Order) no_seals = order_with(ORDER_EXCHANGE, SUBJECT_ENTERPRISE, both, 1, 0);
    g_autoptr(Order) half = order_with(ORDER_NEW, SUBJECT_PERSON, halves, 2, 1);
    g_autoptr(Order) person = order_with(ORDER_NEW, SUBJECT_PERSON, card, 2, 1);
    g_autoptr(Order) renew = order_with(ORDER_RENEW, SUBJECT_ENTERPRISE, NULL, 0, 1);
    cr_expect_eq(missing("default", good), 0);
    cr_expect_eq(missing("default", none), 2);
    cr_expect_eq(missing("default", no_seals), 0, "no seals, no sheet");
    cr_expect_eq(missing("default", half), 1, "one side of the card is not the card");
    cr_expect_eq(missing("default", person), 0);
    cr_expect_eq(missing("guangdong-netca", renew), 0, "an unexpired certificate renews without documents");
    cr_expect_eq(missing("hunan-ca-share", good), 1, "the operator's card is missing");
}

Test(profile, renewal_has_a_window_before_and_after_the_end)
{
    static const struct {
        const char *profile;
        int days_left;
        gboolean may;
    } rows[] = { { "hainan-netca", 61, FALSE },   { "hainan-netca", 60, TRUE },  { "hainan-netca", 0, TRUE },
                 { "hainan-netca", -1, FALSE },   { "hunan-ca-share", 90, TRUE }, { "hunan-ca-share", 91, FALSE },
                 { "hunan-ca-share", -365, TRUE }, { "hunan-ca-share", -366, FALSE } };
    GDate today, end;
    g_date_clear(&today, 1);
    g_date_set_dmy(&today, 1, G_DATE_JUNE, 2026);
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Profile) profile = profile_load(rows[i].profile, NULL, &error);
        end = today;
        if (rows[i].days_left >= 0)
            g_date_add_days(&end, (guint)rows[i].days_left);
        else
            g_date_subtract_days(&end, (guint)-rows[i].days_left);
        cr_expect_eq(profile_may_renew(profile, &end, &today), rows[i].may, "row %u", i);
    }
}

Test(profile, a_platform_s_words_to_the_applicant_stand_in_its_profile)
{
    g_autoptr(Profile) jinge = profile_load("beijing-jinge", NULL, NULL), other = profile_load("default", NULL, NULL);
    cr_expect_str_eq(profile_review_words(jinge, FINDING_CODE_MISMATCH), "证件识别企业证件号为 {read}，与最终填写的 {form} 不符");
    cr_expect_null(profile_review_words(other, FINDING_CODE_MISMATCH));
    g_autoptr(GError) error = NULL;
    cr_expect_null(profile_parse("[review]\ncode_mismatsch=x\n", 27, "x", &error));
    cr_expect_not_null(error);
}

Test(profile, a_picture_leaves_room_for_the_rest_of_its_seal)
{
    static const struct {
        const char *text;
        guint room;
    } rows[] = { { "[seal]\n", 0 },
                 { "[seal]\nmax_bytes=20480\n", 20480 - 3072 },
                 { "[seal]\nmax_bytes=20480\nversion=5\n", 20480 - 7168 },
                 { "[seal]\nmax_bytes=6144\nversion=5\n", 1 } };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Profile) profile = profile_parse(rows[i].text, strlen(rows[i].text), "x", NULL);
        cr_assert_not_null(profile);
        cr_expect_eq(profile_picture_room(profile), rows[i].room, "%u: %u", i, profile_picture_room(profile));
    }
}
