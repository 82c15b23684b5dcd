/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ses_report.c: verdicts as a table and as JSON.
 */
#include "sealgen/ses_report.h"

#include <string.h>

#include <jansson.h>

#include "sealgen/ses_trust.h"
#include "sealgen/sm2.h"

/* Control, format (direction overrides), and private characters of a foreign text become U+FFFD. */
static char *
printable(const char *text)
{
    GString *out = g_string_new(NULL);
    g_autofree char *valid = g_utf8_make_valid(text ? text : "", -1);
    for (const char *p = valid; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        g_string_append_unichar(out, g_unichar_isprint(c) ? c : 0xfffd);
    }
    return g_string_free(out, FALSE);
}

static char *
time_text(gint64 unix_seconds, const char *format)
{
    g_autoptr(GDateTime) when = g_date_time_new_from_unix_utc(unix_seconds);
    return when ? g_date_time_format(when, format) : g_strdup("?");
}

static const char *
standard_of(SesVersion version)
{
    return version == SES_V1 ? "GM/T 0031-2014" : version == SES_V4 ? "GB/T 38540-2020" : "GM/T 0031-2025";
}

/* ---- text ---- */

static void G_GNUC_PRINTF(3, 4) line(GString *out, const char *label, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *raw = g_strdup_vprintf(format, args);
    va_end(args);
    g_autofree char *text = printable(raw);
    g_string_append_printf(out, "  %-12s %s\n", label, text);
}

static void
text_of_seal(GString *out, const SesVerdict *verdict)
{
    const Ses *ses = verdict->ses;
    g_autofree char *created = time_text(ses->created, "%F %TZ"), *from = time_text(ses->valid_from, "%F %TZ");
    g_autofree char *until = time_text(ses->valid_until, "%F %TZ");
    line(out, "version", "%d (%s)", ses->version, standard_of(ses->version));
    line(out, "name", "%s", ses->name);
    line(out, "id", "%s", ses->es_id);
    line(out, "type", "%" G_GINT64_FORMAT, ses->type);
    line(out, "maker", "%s (%s)", ses->vid, verdict->maker_subject ? verdict->maker_subject : "unknown");
    line(out, "made", "%s", created);
    line(out, "valid", "%s to %s", from, until);
    g_autoptr(SesTrust) reader = ses_trust_new();
    for (guint i = 0; i < ses->certs->len; i++) {
        const SesParty *holder = ses_trust_party(reader, ses->certs->pdata[i], NULL);
        line(out, "holder", "%s", holder ? holder->subject : "not a certificate");
    }
    if (ses->digests->len)
        line(out, "holder", "%u by digest of the certificate", ses->digests->len);
    line(out, "picture", "%s, %zu bytes, %ux%u px, %ux%u mm", ses->picture_type, g_bytes_get_size(ses->picture),
         verdict->picture_width_px, verdict->picture_height_px, ses->width_mm, ses->height_mm);
    line(out, "size", "%zu bytes", g_bytes_get_size(verdict->der));
}

char *
ses_report_text(const SesVerdict *verdict, const char *label)
{
    GString *out = g_string_new(NULL);
    g_autofree char *shown = printable(label);
    g_autofree char *result = g_ascii_strup(ses_result_name(verdict->result), -1);
    g_string_append_printf(out, "%s: %s\n", shown, result);
    if (verdict->ses)
        text_of_seal(out, verdict);
    g_string_append_c(out, '\n');
    for (guint i = 0; i < verdict->checks->len; i++) {
        const SesCheck *check = verdict->checks->pdata[i];
        g_autofree char *text = printable(check->text);
        g_string_append_printf(out, "  %-8s %-11s %s\n", ses_check_status_name(check->status), check->name, text);
    }
    return g_string_free(out, FALSE);
}

/* ---- JSON ---- */

/* jansson refuses what is not UTF-8; nothing foreign gets past printable(). */
static json_t *
json_text(const char *text)
{
    g_autofree char *shown = printable(text);
    return json_string(shown);
}

static json_t *
json_time(gint64 unix_seconds)
{
    g_autofree char *text = time_text(unix_seconds, "%FT%TZ");
    return json_string(text);
}

static json_t *
json_of_checks(const SesVerdict *verdict)
{
    json_t *checks = json_array();
    for (guint i = 0; i < verdict->checks->len; i++) {
        const SesCheck *check = verdict->checks->pdata[i];
        json_array_append_new(checks, json_pack("{s:s, s:s, s:o}", "name", check->name, "status",
                                                ses_check_status_name(check->status), "text", json_text(check->text)));
    }
    return checks;
}

static json_t *
json_of_holders(const Ses *ses)
{
    json_t *holders = json_array();
    g_autoptr(SesTrust) reader = ses_trust_new();
    for (guint i = 0; i < ses->certs->len; i++) {
        const SesParty *holder = ses_trust_party(reader, ses->certs->pdata[i], NULL);
        json_array_append_new(holders, holder ? json_pack("{s:o, s:o, s:o}", "subject", json_text(holder->subject),
                                                          "valid_from", json_time(holder->valid_from), "valid_until",
                                                          json_time(holder->valid_until))
                                              : json_null());
    }
    return holders;
}

static json_t *
json_of_seal(const SesVerdict *verdict)
{
    const Ses *ses = verdict->ses;
    if (!ses)
        return json_null();
    guint8 digest[SM2_DIGEST_BYTES];
    char hex[2 * SM2_DIGEST_BYTES + 1];
    gsize size;
    gconstpointer data = g_bytes_get_data(verdict->der, &size);
    sm3_digest(data, size, digest);
    for (guint i = 0; i < SM2_DIGEST_BYTES; i++)
        g_snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    json_t *maker = json_pack("{s:o, s:o}", "vid", json_text(ses->vid), "subject",
                              verdict->maker_subject ? json_text(verdict->maker_subject) : json_null());
    json_t *picture =
        json_pack("{s:o, s:I, s:i, s:i, s:i, s:i}", "type", json_text(ses->picture_type), "bytes",
                  (json_int_t)g_bytes_get_size(ses->picture), "width_px", verdict->picture_width_px, "height_px",
                  verdict->picture_height_px, "width_mm", ses->width_mm, "height_mm", ses->height_mm);
    json_t *seal = json_pack("{s:i, s:s, s:o, s:o, s:I, s:o, s:o, s:o, s:o, s:o, s:i, s:o, s:I, s:s}", "version",
                             ses->version, "standard", standard_of(ses->version), "es_id", json_text(ses->es_id),
                             "name", json_text(ses->name), "type", (json_int_t)ses->type, "maker", maker, "created",
                             json_time(ses->created), "valid_from", json_time(ses->valid_from), "valid_until",
                             json_time(ses->valid_until), "holders", json_of_holders(ses), "holder_digests",
                             (int)ses->digests->len, "picture", picture, "bytes", (json_int_t)size, "sm3", hex);
    g_assert(seal);
    return seal;
}

char *
ses_report_json(const SesVerdict *verdict, const char *label)
{
    json_t *report =
        json_pack("{s:s, s:o, s:s, s:o, s:o}", "type", "seal", "file", json_text(label), "result",
                  ses_result_name(verdict->result), "checks", json_of_checks(verdict), "seal", json_of_seal(verdict));
    g_assert(report);
    char *dumped = json_dumps(report, JSON_COMPACT);
    char *text = g_strdup(dumped);
    free(dumped);
    json_decref(report);
    return text;
}
