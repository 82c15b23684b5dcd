/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The report of ingest.
 */
#include "pipeline/ingest_report.h"

#include <jansson.h>

#include "pipeline/cmd.h"
#include "pipeline/json_text.h"

void
ingest_report_saw(const char *name, IngestOutcome outcome, const char *why, gpointer data)
{
    IngestReport *report = data;
    report->counts[outcome]++;
    if (report->json) {
        g_autofree char *line = json_line(json_pack("{s:s, s:o, s:s, s:o}", "type", "ingest", "name", json_text(name),
                                                    "outcome", ingest_outcome_name(outcome), "why", json_text(why)));
        cmd_json_line(line);
    }
    g_autofree char *said = words_sentence(words_language(), why);
    if (said)
        cmd_say("%s: %s", name, said);
}

guint
ingest_report_refused(const IngestReport *report)
{
    return report->counts[INGEST_REFUSED] + report->counts[INGEST_NO_ORDER] + report->counts[INGEST_DUPLICATE];
}
