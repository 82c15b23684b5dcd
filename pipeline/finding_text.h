/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * finding_text.h: what findings, fields, roles and seals are called for people, in zh_CN and English.
 */
#ifndef SB_PIPELINE_FINDING_TEXT_H
#define SB_PIPELINE_FINDING_TEXT_H

#include "core/finding.h"
#include "core/order.h"
#include "pipeline/words.h"

G_BEGIN_DECLS

/* A short title ("the code read differs from the form") and what to do about it. Never NULL. */
const char *finding_title(FindingCode code, Language language);
const char *finding_hint(FindingCode code, Language language);

/* (transfer full) A finding's detail for people; NULL for NULL, and where it says nothing more. */
char *finding_detail(const char *detail, Language language);

/* "credit_code" -> "统一社会信用代码"; an unknown key comes back as it is. */
const char *field_title(const char *key, Language language);
const char *role_title(Role role, Language language);
const char *seal_title(SealType type, Language language);
const char *kind_title(OrderKind kind, Language language);
const char *severity_title(Severity severity, Language language);

G_END_DECLS

#endif
