/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sealbatch verify: electronic seals in files or on a token, of any maker and any of the three versions.
 *
 * 0 every seal is valid; 3 some are unproven for want of a trust anchor; 4 some are invalid; 2 a file
 * or an option cannot be read.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "burner/token_read.h"
#include "pipeline/cmd.h"
#include "sealgen/seal_list.h"
#include "sealgen/ses_report.h"
#include "sealgen/ses_verify.h"

typedef struct {
    SesTrust *trust;
    SealList *list; /* or NULL */
    gint64 at;
    const char *extract; /* or NULL */
    gboolean json;
    gboolean printed; /* a report before this one */
    ExitCode worst;
} Verify;

/* Up to @limit bytes; "-" is standard input. */
static GBytes *
read_file(const char *path, gsize limit, GError **error)
{
    gboolean standard_input = strcmp(path, "-") == 0;
    int fd = standard_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    guint8 buffer[65536];
    ssize_t n = -1;
    while (fd >= 0 && ((n = read(fd, buffer, sizeof buffer)) > 0 || (n < 0 && errno == EINTR))) {
        g_byte_array_append(bytes, buffer, n > 0 ? (guint)n : 0);
        if (bytes->len > limit)
            break;
    }
    int saved = errno;
    if (fd >= 0 && !standard_input)
        close(fd);
    if (n < 0) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "%s: %s", path, g_strerror(saved));
        return NULL;
    }
    if (bytes->len > limit) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "%s: larger than %zu bytes", path, limit);
        return NULL;
    }
    return g_byte_array_free_to_bytes(g_steal_pointer(&bytes));
}

/* A date (its first second in local time is not meant: UTC), or ISO 8601 with a zone or UTC. */
static gboolean
parse_time(const char *text, gint64 *unix_seconds, GError **error)
{
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    g_autofree char *full = strlen(text) == 10 ? g_strconcat(text, "T00:00:00Z", NULL) : g_strdup(text);
    g_autoptr(GDateTime) when = g_date_time_new_from_iso8601(full, utc);
    if (!when) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "--at %s: not a time like 2026-01-31 or 2026-01-31T08:00:00+08:00",
                    text);
        return FALSE;
    }
    *unix_seconds = g_date_time_to_unix(when);
    return TRUE;
}

static gboolean
fill_trust(SesTrust *trust, char **trust_files, char **crl_files, GError **error)
{
    for (char **path = trust_files; path && *path; path++) {
        g_autoptr(GBytes) data = read_file(*path, 16u << 20, error);
        if (!data)
            return FALSE;
        if (!ses_trust_add_certificates(trust, data, error)) {
            g_prefix_error(error, "%s: ", *path);
            return FALSE;
        }
    }
    for (char **path = crl_files; path && *path; path++) {
        g_autoptr(GBytes) data = read_file(*path, 64u << 20, error);
        if (!data)
            return FALSE;
        if (!ses_trust_add_crls(trust, data, error)) {
            g_prefix_error(error, "%s: ", *path);
            return FALSE;
        }
    }
    return TRUE;
}

/* The picture as it stands in the seal, whatever the verdict; a PNG only. */
static gboolean
extract_picture(const SesVerdict *verdict, const char *path, GError **error)
{
    gsize length = 0;
    const char *data = verdict->ses ? g_bytes_get_data(verdict->ses->picture, &length) : NULL;
    if (length < 8 || memcmp(data, "\x89PNG\r\n\x1a\n", 8) != 0) {
        g_set_error(error, SB_ERROR, SB_ERROR_SEAL, "--extract: there is no PNG in it");
        return FALSE;
    }
    return g_file_set_contents(path, data, (gssize)length, error);
}

static void
report(Verify *v, const SesVerdict *verdict, const char *label)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = v->json ? ses_report_json(verdict, label) : ses_report_text(verdict, label);
    if (v->json)
        cmd_json_line(text);
    else
        printf("%s%s", v->printed ? "\n" : "", text); /* UTF-8 as it is, whatever the locale */
    v->printed = TRUE;
    v->worst = exit_code_worst(v->worst, verdict->result == SES_VALID      ? EXIT_DONE
                                         : verdict->result == SES_UNPROVEN ? EXIT_REVIEW
                                                                           : EXIT_FAILED);
    if (v->extract && !extract_picture(verdict, v->extract, &error)) {
        cmd_say("%s: %s", label, error->message);
        v->worst = exit_code_worst(v->worst, EXIT_FAILED);
    }
}

static SesVerdict *
judge(Verify *v, GBytes *der)
{
    SesVerdict *verdict = ses_verify(der, v->trust, v->at);
    if (v->list)
        seal_list_judge(v->list, verdict, v->at);
    return verdict;
}

static void
verify_file(Verify *v, const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) der = read_file(path, SES_MAX_BYTES + 1, &error);
    if (!der) {
        cmd_fail(error);
        v->worst = exit_code_worst(v->worst, EXIT_USAGE);
        return;
    }
    g_autoptr(SesVerdict) verdict = judge(v, der);
    report(v, verdict, path);
}

/* ---- a token ---- */

/* A seal on a key whose certificate was renewed since is of no use to its holder. */
static void
check_names_token(SesVerdict *verdict, GPtrArray *certificates)
{
    gboolean named = FALSE;
    for (guint i = 0; verdict->ses && i < certificates->len; i++)
        named = named || ses_names_certificate(verdict->ses, certificates->pdata[i]);
    if (verdict->ses)
        ses_verdict_add(verdict, "holder", named ? SES_CHECK_OK : SES_CHECK_FAIL,
                        named ? "names a certificate on this token"
                              : "names no certificate on this token: make the seal again");
}

/* Data of others, as every UKey has some, is passed over. */
static gboolean
is_for_us(const BurnTokenData *data)
{
    g_autoptr(Ses) ses = ses_parse(data->value, NULL);
    return ses || strcmp(data->application, "sealbatch") == 0;
}

static void
verify_token(Verify *v, const char *worker, const char *module, const char *serial)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(BurnTokenContent) content = burn_token_read(worker, module, serial, 0, &error);
    guint seals = 0;
    if (!content) {
        v->worst = exit_code_worst(v->worst, (ExitCode)cmd_fail(error));
        return;
    }
    for (guint i = 0; i < content->data->len; i++) {
        const BurnTokenData *data = content->data->pdata[i];
        if (!is_for_us(data))
            continue;
        g_autofree char *label = g_strdup_printf("%s:%s", serial, data->label);
        g_autoptr(SesVerdict) verdict = judge(v, data->value);
        check_names_token(verdict, content->certificates);
        report(v, verdict, label);
        seals++;
    }
    if (seals == 0) {
        cmd_say("%s: no seal on this token can be seen without its PIN", serial);
        v->worst = exit_code_worst(v->worst, EXIT_FAILED);
    }
}

int
cmd_verify(int argc, char **argv)
{
    g_auto(GStrv) trust_files = NULL;
    g_auto(GStrv) crl_files = NULL;
    g_autofree char *at = NULL, *list_file = NULL, *extract = NULL, *token = NULL, *module = NULL, *worker = NULL;
    Verify v = { .at = g_get_real_time() / G_USEC_PER_SEC };
    const GOptionEntry entries[] = {
        { "at", 0, 0, G_OPTION_ARG_STRING, &at, N_("Ask about this moment, not now (2026-01-31T08:00:00+08:00)"), "TIME" },
        { "trust", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &trust_files, N_("Trusted certificates, PEM or DER (again for more)"),
          "FILE" },
        { "crl", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &crl_files,
          N_("Revocation lists of the CA, PEM or DER (again for more)"), "FILE" },
        { "revoked", 0, 0, G_OPTION_ARG_FILENAME, &list_file, N_("The maker's signed list of revoked seals"), "FILE" },
        { "extract", 0, 0, G_OPTION_ARG_FILENAME, &extract, N_("Write the seal's picture here (one seal only)"), "PNG" },
        { "token", 0, 0, G_OPTION_ARG_STRING, &token, N_("The seals on the token of this serial (no PIN is asked)"),
          "SERIAL" },
        { "module", 0, 0, G_OPTION_ARG_FILENAME, &module, N_("Its PKCS#11 module"), "PATH" },
        { "worker", 0, 0, G_OPTION_ARG_FILENAME, &worker,
          N_("The worker program (default: sealbatch-worker beside this one)"), "PATH" },
        { "json", 0, 0, G_OPTION_ARG_NONE, &v.json, N_("One JSON object a line"), NULL },
        { NULL }
    };
    if (!cmd_parse(&argc, &argv, "FILE... | --token SERIAL --module PATH",
                   "Check electronic seals of GB/T 38540-2020, GM/T 0031-2025 and GM/T 0031-2014, made by anyone.\n"
                   "Ends with 0 valid, 3 unproven (no trust anchor given), 4 invalid.",
                   entries))
        return EXIT_USAGE;
    const char *wrong = argc < 2 && !token               ? "which FILE? Try: sealbatch verify --help"
                        : !token != !module              ? "--token SERIAL and --module PATH go together"
                        : extract && (argc > 2 || token) ? "--extract takes one seal in a file"
                                                         : NULL;
    if (wrong) {
        cmd_say("verify: %s", wrong);
        return EXIT_USAGE;
    }

    g_autoptr(GError) error = NULL;
    g_autoptr(SesTrust) trust = ses_trust_new();
    g_autoptr(SealList) list = NULL;
    g_autoptr(GBytes) list_data = NULL;
    gboolean ready = (!at || parse_time(at, &v.at, &error)) && fill_trust(trust, trust_files, crl_files, &error);
    if (ready && list_file)
        ready = (list_data = read_file(list_file, SEAL_LIST_MAX_BYTES, &error)) &&
                (list = seal_list_read(list_data, trust, v.at, &error));
    if (!ready) {
        cmd_say("verify: %s", error->message);
        return EXIT_USAGE;
    }
    v.trust = trust;
    v.list = list;
    v.extract = extract;
    for (int i = 1; i < argc; i++)
        verify_file(&v, argv[i]);
    if (token)
        verify_token(&v, worker, module, token);
    return v.worst;
}
