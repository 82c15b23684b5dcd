/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <jansson.h>

#include "sealgen/ses_report.h"
#include "ses_fixture.h"

static json_t *
report_of(const Fixture *f, GBytes *der)
{
    g_autoptr(SesVerdict) verdict = ses_verify(der, f->trust, NOW);
    g_autofree char *text = ses_report_json(verdict, "a \"file\".esl");
    cr_assert_null(strchr(text, '\n'));
    json_t *report = json_loads(text, 0, NULL);
    cr_assert(report, "%s", text);
    return report;
}

Test(ses_report, json_says_what_the_seal_says)
{
    g_autoptr(Fixture) f = fixture_new();
    g_autoptr(GBytes) der = fixture_build(f, (Build){ .shape = 4 });
    json_t *report = report_of(f, der);
    const char *result, *file, *name, *created, *status;
    int version, width;
    cr_assert_eq(json_unpack(report, "{s:s, s:s, s:[{s:s}], s:{s:i, s:s, s:s, s:{s:i}}}", "result", &result, "file",
                             &file, "checks", "status", &status, "seal", "version", &version, "name", &name, "created",
                             &created, "picture", "width_mm", &width),
                 0);
    cr_expect_str_eq(result, "valid");
    cr_expect_str_eq(file, "a \"file\".esl");
    cr_expect_str_eq(name, "测试");
    cr_expect_str_eq(created, "2026-01-01T00:00:00Z");
    cr_expect_str_eq(status, "ok");
    cr_expect_eq(version, 4);
    cr_expect_eq(width, 8);
    json_decref(report);
}

Test(ses_report, a_broken_file_is_null_with_a_reason)
{
    g_autoptr(Fixture) f = fixture_new();
    g_autoptr(GBytes) junk = g_bytes_new_static("no seal", 7);
    json_t *report = report_of(f, junk);
    cr_expect(json_is_null(json_object_get(report, "seal")));
    cr_expect_str_eq(json_string_value(json_object_get(report, "result")), "invalid");
    cr_expect_eq(json_array_size(json_object_get(report, "checks")), 1);
    json_decref(report);
}

Test(ses_report, foreign_text_cannot_paint_the_terminal)
{
    g_autoptr(Fixture) f = fixture_new();
    g_autoptr(GBytes) der = fixture_build(f, (Build){ .shape = 4, .name = "\x1b[31m红\xe2\x80\xae\n" });
    g_autoptr(SesVerdict) verdict = ses_verify(der, f->trust, NOW);
    g_autofree char *text = ses_report_text(verdict, "x\x1b.esl");
    cr_expect_eq(verdict->result, SES_VALID);
    cr_expect_null(strchr(text, 0x1b));
    cr_expect_null(strstr(text, "\xe2\x80\xae"));
    cr_expect(strstr(text, "红"));
    cr_expect(g_str_has_suffix(text, "\n") && strstr(text, ": VALID"));
}
