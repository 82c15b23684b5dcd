/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/ingest.h"
#include "support/bare_workspace.h"

static Workspace *ws;

static void
begin(void)
{
    ws = bare_workspace();
}

static void
end(void)
{
    bare_workspace_remove(ws);
}

TestSuite(ingest, .init = begin, .fini = end);

typedef struct {
    guint n;
    IngestOutcome outcome;
    char why[512];
} Saw;

static void
saw(const char *name, IngestOutcome outcome, const char *why, gpointer data)
{
    Saw *s = data;
    s->n++;
    s->outcome = outcome;
    g_strlcpy(s->why, why ? why : "", sizeof s->why);
}

static void
put(const char *folder, const char *file, const char *text)
{
    g_autofree char *path = g_build_filename(ws->dir, "inbox", folder, NULL), *name = g_build_filename(path, file, NULL);
    g_mkdir_with_parents(path, 0700);
    cr_assert(g_file_set_contents(name, text, -1, NULL));
}

static Saw
take(const char *folder)
{
    Saw s = { 0 };
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(ws->dir, "inbox", folder, NULL);
    cr_assert(ingest_folder(ws, path, saw, &s, &error), "%s", error ? error->message : "");
    cr_assert_eq(s.n, 1);
    return s;
}

#define ORDER(id, kind, code)                                                                                          \
    "{\"order_id\":\"" id "\",\"kind\":\"" kind "\",\"subject_type\":\"enterprise\",\"submitted_at\":\"2026-06-01T00:00:00+08:00\"," \
    "\"company\":{\"name\":\"x\",\"credit_code\":\"" code "\"},\"uploads\":[{\"role\":\"licence\",\"file\":\"a.jpg\"}]}"

Test(ingest, an_order_comes_in_once)
{
    put("A", "order.json", ORDER("A1", "new", "91"));
    put("A", "a.jpg", "x");
    cr_expect_eq(take("A").outcome, INGEST_TAKEN);
    cr_expect_eq(take("A").outcome, INGEST_SAME);
    put("A", "a.jpg", "y");
    cr_expect_eq(take("A").outcome, INGEST_DUPLICATE, "other content under the same number");
}

Test(ingest, every_bad_folder_says_what_to_do)
{
    put("MISSING", "order.json", ORDER("M1", "new", "92"));
    put("BROKEN", "order.json", "{");
    put("EMPTY_FILE", "order.json", ORDER("E1", "new", "93"));
    put("EMPTY_FILE", "a.jpg", "");
    put("LINK", "order.json", ORDER("L1", "new", "94"));
    g_autofree char *link = g_build_filename(ws->dir, "inbox", "LINK", "a.jpg", NULL);
    cr_assert_eq(symlink("/etc/passwd", link), 0);
    static const struct {
        const char *folder;
        IngestOutcome outcome;
        const char *word;
    } rows[] = { { "MISSING", INGEST_REFUSED, "not in the folder" },
                 { "BROKEN", INGEST_NO_ORDER, "order.json" },
                 { "EMPTY_FILE", INGEST_REFUSED, "is empty" },
                 { "LINK", INGEST_REFUSED, "plain file" } };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        Saw s = take(rows[i].folder);
        cr_expect_eq(s.outcome, rows[i].outcome, "%s", rows[i].folder);
        cr_expect_not_null(strstr(s.why, rows[i].word), "%s: %s", rows[i].folder, s.why);
    }
}

Test(ingest, a_refused_order_may_come_again_when_it_is_mended)
{
    put("A", "order.json", ORDER("A1", "new", "91"));
    cr_expect_eq(take("A").outcome, INGEST_REFUSED);
    put("A", "a.jpg", "x");
    cr_expect_eq(take("A").outcome, INGEST_TAKEN);
}

static gboolean
has_finding(const char *order_id, FindingCode code)
{
    g_autoptr(GPtrArray) findings = store_findings(ws->store, order_id, NULL);
    for (guint i = 0; i < findings->len; i++)
        if (((Finding *)findings->pdata[i])->code == code)
            return TRUE;
    return FALSE;
}

Test(ingest, a_second_live_order_for_the_same_company_goes_to_people)
{
    put("A", "order.json", ORDER("A1", "new", "9111 0108MA00TE5T26"));
    put("A", "a.jpg", "x");
    put("B", "order.json", ORDER("B1", "new", "91110108MA00TE5T26"));
    put("B", "a.jpg", "x");
    put("C", "order.json", ORDER("C1", "renew", "91110108MA00TE5T26"));
    put("C", "a.jpg", "x");
    take("A");
    take("B");
    take("C");
    cr_expect_not(has_finding("A1", FINDING_DUPLICATE_ORDER));
    cr_expect(has_finding("B1", FINDING_DUPLICATE_ORDER));
    cr_expect_not(has_finding("C1", FINDING_DUPLICATE_ORDER), "another kind");
}

Test(ingest, a_renewal_outside_the_window_goes_to_people)
{
    static const struct {
        const char *folder, *id, *code;
        int days_left;
        gboolean outside;
    } rows[] = { { "R1", "R1", "91110108MA00TE5T26", 30, FALSE },
                 { "R2", "R2", "92440305MA5XX00X6H", 100, TRUE },
                 { "R3", "R3", "123101151234567885", -5, TRUE } };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *first = g_strdup_printf(ORDER("F%s", "new", "%s"), rows[i].id, rows[i].code);
        g_autofree char *second = g_strdup_printf(ORDER("%s", "renew", "%s"), rows[i].id, rows[i].code);
        g_autofree char *first_id = g_strconcat("F", rows[i].id, NULL);
        put("FIRST", "order.json", first);
        put("FIRST", "a.jpg", "x");
        take("FIRST");
        StoreCertificate c = { .digest = (char *)rows[i].id, .unit = first_id, .serial = (char *)"1",
                               .not_after = 1780272000 + rows[i].days_left * 86400 + 3600 }; /* 2026-06-01 */
        cr_assert(store_archive_certificate(ws->store, first_id, &c, NULL));
        put(rows[i].folder, "order.json", second);
        put(rows[i].folder, "a.jpg", "x");
        take(rows[i].folder);
        cr_expect_eq(has_finding(rows[i].id, FINDING_OUTSIDE_RENEWAL_WINDOW), rows[i].outside, "row %u", i);
    }
}

Test(ingest, a_renewal_after_the_end_needs_the_documents_that_an_earlier_one_does_not)
{
    static const struct {
        const char *id, *code;
        int days_left; /* 0: the old certificate is not known here */
        IngestOutcome outcome;
        gboolean missing;
    } rows[] = { { "R1", "91110108MA00TE5T26", 30, INGEST_TAKEN, FALSE },
                 { "R2", "92440305MA5XX00X6H", -5, INGEST_REFUSED, TRUE },
                 { "R3", "123101151234567885", 0, INGEST_TAKEN, TRUE } };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *first_id = g_strconcat("F", rows[i].id, NULL), *folder = g_strconcat("G", rows[i].id, NULL);
        g_autofree char *first = g_strdup_printf(ORDER("%s", "new", "%s"), first_id, rows[i].code);
        g_autofree char *second = g_strdup_printf("{\"order_id\":\"%s\",\"kind\":\"renew\",\"profile\":\"guangdong-netca\","
                                                  "\"submitted_at\":\"2026-06-01T00:00:00+08:00\",\"company\":{\"name\":\"x\","
                                                  "\"credit_code\":\"%s\"}}", rows[i].id, rows[i].code);
        StoreCertificate c = { .digest = (char *)rows[i].id, .unit = first_id, .serial = (char *)"1",
                               .not_after = 1780272000 + rows[i].days_left * 86400 + 3600 };
        put("FIRST", "order.json", first);
        put("FIRST", "a.jpg", "x");
        take("FIRST");
        if (rows[i].days_left)
            cr_assert(store_archive_certificate(ws->store, first_id, &c, NULL));
        put(folder, "order.json", second);
        cr_expect_eq(take(folder).outcome, rows[i].outcome, "%s", rows[i].id);
        cr_expect_eq(has_finding(rows[i].id, FINDING_UPLOAD_MISSING), rows[i].missing, "%s", rows[i].id);
    }
}

Test(ingest, an_inbox_is_taken_by_name_and_half_written_folders_are_left)
{
    Saw s = { 0 };
    g_autoptr(GError) error = NULL;
    g_autofree char *inbox = g_build_filename(ws->dir, "inbox", NULL);
    put("A", "order.json", ORDER("A1", "new", "91"));
    put("A", "a.jpg", "x");
    put("B.part", "order.json", "{");
    put(".hidden", "order.json", "{");
    cr_expect(ingest_inbox(ws, inbox, saw, &s, &error));
    cr_expect_eq(s.n, 1);
    cr_expect_not(ingest_inbox(ws, "/nowhere", saw, &s, &error));
    cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_INPUT));
}
