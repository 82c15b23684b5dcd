/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/finding.h"

#include <criterion/criterion.h>

Test(finding, every_code_has_a_name_that_leads_back)
{
    for (guint i = 0; i < FINDING_CODES; i++) {
        FindingCode code;
        cr_assert_not_null(finding_code_name((FindingCode)i));
        cr_assert(finding_code_from_name(finding_code_name((FindingCode)i), &code));
        cr_assert_eq(code, (FindingCode)i);
    }
    FindingCode code;
    cr_assert_not(finding_code_from_name("code_mismatched", &code));
    cr_assert_not(finding_code_from_name(NULL, &code));
}

Test(finding, severities_have_names)
{
    Severity severity;
    cr_assert(severity_from_name("review", &severity));
    cr_assert_eq(severity, SEVERITY_REVIEW);
    cr_assert_str_eq(severity_name(SEVERITY_REFUSE), "refuse");
    cr_assert_not(severity_from_name("fatal", &severity));
}

Test(finding, starts_without_place)
{
    g_autoptr(Finding) finding = finding_new(FINDING_BLANK_PAGE, SEVERITY_REVIEW, "page 2 is blank");
    cr_assert_eq(finding->page, -1);
    cr_assert_not(finding->has_box);
    cr_assert_null(finding->role);
    cr_assert_str_eq(finding->detail, "page 2 is blank");
}
