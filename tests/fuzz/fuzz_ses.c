/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzing the electronic seal: any bytes, parsed and verified against the vectors' CA.
 *
 * Besides crashes it looks for a forgery: bytes that are valid and are not one of the vectors.
 *
 *   CC=clang cmake -G Ninja -S . -B build-fuzz -DFUZZ=ON -DSANITIZE=ON && ninja -C build-fuzz fuzz_ses
 *   mkdir corpus && cp tests/sealgen/vectors/*.esl tests/fuzz/seeds/ses/*.esl corpus && build-fuzz/fuzz_ses corpus
 */
#include <stdlib.h>

#include "sealgen/ses_report.h"
#include "sealgen/ses_verify.h"

#define AT G_GINT64_CONSTANT(1780272000) /* 2026-06-01 */

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const guint8 *data, gsize length);

static SesTrust *trust;
static GPtrArray *vectors;

static GBytes *
vector(const char *name)
{
    g_autofree char *path = g_build_filename(SOURCE_DIR, "tests/sealgen/vectors", name, NULL);
    char *data = NULL;
    gsize length = 0;
    if (!g_file_get_contents(path, &data, &length, NULL))
        abort();
    return g_bytes_new_take(data, length);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const char *const names[] = { "v1.esl", "v4.esl", "v5.esl" };
    g_autoptr(GBytes) ca = vector("ca.pem");
    trust = ses_trust_new();
    if (!ses_trust_add_certificates(trust, ca, NULL))
        abort();
    vectors = g_ptr_array_new();
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        g_ptr_array_add(vectors, vector(names[i]));
    return 0;
}

static gboolean
is_a_vector(GBytes *der)
{
    for (guint i = 0; i < vectors->len; i++)
        if (g_bytes_equal(der, vectors->pdata[i]))
            return TRUE;
    return FALSE;
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize length)
{
    g_autoptr(GBytes) der = g_bytes_new(data, length);
    g_autoptr(SesVerdict) verdict = ses_verify(der, trust, AT);
    g_autofree char *text = ses_report_text(verdict, "fuzz");
    g_autofree char *json = ses_report_json(verdict, "fuzz");
    if (verdict->result == SES_VALID && !is_a_vector(der))
        abort(); /* a forgery */
    return 0;
}
