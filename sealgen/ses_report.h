/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ses_report.h: a verdict on a seal, for people and for programs.
 *
 * What stands in a seal is foreign text: control and direction characters never reach a terminal.
 */
#ifndef SB_SEALGEN_SES_REPORT_H
#define SB_SEALGEN_SES_REPORT_H

#include "sealgen/ses_verify.h"

G_BEGIN_DECLS

/* A table of some twenty lines, UTF-8, ending with a newline. @label names the file. (transfer full) */
char *ses_report_text(const SesVerdict *verdict, const char *label);

/**
 * ses_report_json:
 * One object on one line, without a newline at its end:
 *   {"type":"seal","file":LABEL,"result":"valid|unproven|invalid",
 *    "checks":[{"name":"signature","status":"ok|note|skipped|fail","text":"..."}],
 *    "seal":{"version":4,"standard":"GB/T 38540-2020","es_id":"...","name":"...","type":1,
 *            "maker":{"vid":"...","subject":"..."},
 *            "created":"2026-01-01T00:00:00Z","valid_from":"...","valid_until":"...",
 *            "holders":[{"subject":"...","valid_from":"...","valid_until":"..."}],"holder_digests":0,
 *            "picture":{"type":"PNG","bytes":36425,"width_px":960,"height_px":960,"width_mm":40,"height_mm":40},
 *            "bytes":37453,"sm3":"..."}}
 * "seal" is null where the structure failed. (transfer full)
 */
char *ses_report_json(const SesVerdict *verdict, const char *label);

G_END_DECLS

#endif
