/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The record of one order's reading and sealing.
 */
#include "pipeline/order_result.h"

OrderResult *
order_result_new(const char *order_id)
{
    OrderResult *result = g_new0(OrderResult, 1);
    result->order_id = g_strdup(order_id);
    result->uploads = g_ptr_array_new_with_free_func((GDestroyNotify)upload_seen_free);
    result->lines = g_ptr_array_new_with_free_func((GDestroyNotify)seal_line_read_free);
    result->findings = g_ptr_array_new_with_free_func((GDestroyNotify)finding_free);
    return result;
}

void
order_result_free(OrderResult *result)
{
    if (!result)
        return;
    g_free(result->order_id);
    g_ptr_array_unref(result->uploads);
    g_ptr_array_unref(result->lines);
    g_ptr_array_unref(result->findings);
    g_clear_pointer(&result->sheet, sheet_result_free);
    g_free(result);
}

UploadSeen *
upload_seen_new(Role role, const char *file, GPtrArray *documents)
{
    UploadSeen *seen = g_new0(UploadSeen, 1);
    seen->role = role;
    seen->file = g_strdup(file);
    seen->documents = documents;
    return seen;
}

void
upload_seen_free(UploadSeen *seen)
{
    if (!seen)
        return;
    g_free(seen->file);
    g_clear_pointer(&seen->documents, g_ptr_array_unref);
    g_free(seen);
}

void
seal_line_read_free(SealLineRead *line)
{
    if (!line)
        return;
    g_free(line->expected);
    g_free(line->read);
    g_free(line);
}

Finding *
order_result_add(OrderResult *result, FindingCode code, Severity severity, const char *detail)
{
    Finding *finding = finding_new(code, severity, detail);
    g_ptr_array_add(result->findings, finding);
    return finding;
}

ResultKind
order_result_kind(const OrderResult *result)
{
    ResultKind kind = RESULT_CLEAN;
    for (guint i = 0; i < result->findings->len; i++) {
        const Finding *finding = result->findings->pdata[i];
        if (finding->severity == SEVERITY_REFUSE)
            return RESULT_REFUSED;
        if (finding->severity == SEVERITY_REVIEW)
            kind = RESULT_FINDINGS;
    }
    return kind;
}

const char *
result_kind_name(ResultKind kind)
{
    static const char *const names[RESULTS] = { "clean", "findings", "refused" };
    return kind < RESULTS ? names[kind] : "unknown";
}

void
result_summary_add(ResultSummary *summary, const OrderResult *result)
{
    ResultKind kind = order_result_kind(result);
    summary->orders++;
    summary->clean += kind == RESULT_CLEAN;
    summary->findings += kind == RESULT_FINDINGS;
    summary->refused += kind == RESULT_REFUSED;
    summary->cost.decode_ms += result->cost.decode_ms;
    summary->cost.read_ms += result->cost.read_ms;
    summary->cost.seals_ms += result->cost.seals_ms;
    summary->cost.max_rss_mb = MAX(summary->cost.max_rss_mb, result->cost.max_rss_mb);
}
