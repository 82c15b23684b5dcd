/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench_seals [--json FILE] [--seconds S]: electronic seals a minute on one core.
 *
 * Each row stands beside the floor that no seal can beat, measured in the same run: one raw SM2
 * signature and one raw verification of OpenSSL (or one verification, where only that is needed).
 * The picture is a real one: 40 mm at 24 px/mm, 36 KB.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <jansson.h>

#include "sealgen/maker.h"
#include "sealgen/ses_picture.h"
#include "sealgen/ses_verify.h"
#include "sealgen/sm2.h"

#define T0 G_GINT64_CONSTANT(1767225600)
#define YEAR (365 * G_GINT64_CONSTANT(86400))

typedef struct {
    SesMaker *maker;
    SesTrust *trust;
    Sm2Key *key;
    SesSpec spec;
    GBytes *seals[3]; /* versions 1, 4, 5 */
    GBytes *signature;
    guint8 digest[SM2_DIGEST_BYTES];
    gboolean ok;
} Bench;

static double
cpu_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Runs of @work a minute of CPU, over about @seconds. */
static double
per_minute(Bench *b, void (*work)(Bench *, guint), double seconds)
{
    double begin = cpu_now(), now;
    guint n = 0;
    work(b, 0); /* caches warm */
    begin = cpu_now();
    do {
        work(b, n++);
        now = cpu_now();
    } while (now - begin < seconds);
    return n * 60 / (now - begin);
}

static void
raw_sign_and_verify(Bench *b, guint i)
{
    gsize length;
    g_autoptr(GBytes) signature = sm2_sign_digest(b->key, b->digest, NULL);
    gconstpointer data = g_bytes_get_data(signature, &length);
    b->ok = sm2_verify_digest(b->key, b->digest, data, length, NULL) && b->ok;
}

static void
raw_verify(Bench *b, guint i)
{
    gsize length;
    gconstpointer data = g_bytes_get_data(b->signature, &length);
    b->ok = sm2_verify_digest(b->key, b->digest, data, length, NULL) && b->ok;
}

/* Every order has a holder of its own: here the same certificate with another last signature byte, so
 * that none is met twice and nothing kept helps. */
static GBytes *
another_holder(const Bench *b, guint i)
{
    gsize length;
    gconstpointer data = g_bytes_get_data(b->spec.certs[0], &length);
    guint8 *copy = g_memdup2(data, length);
    for (guint k = 1; k <= 4; k++, i >>= 8)
        copy[length - k] = (guint8)i;
    return g_bytes_new_take(copy, length);
}

static void
make_and_verify(Bench *b, guint i)
{
    SesSpec spec = b->spec;
    char id[24];
    g_snprintf(id, sizeof id, "460100%08u", i);
    spec.es_id = id;
    g_autoptr(GBytes) holder = another_holder(b, i);
    spec.certs = &holder;
    g_autoptr(GBytes) der = ses_make(b->maker, &spec, NULL);
    b->ok = der && b->ok;
}

/* As a stranger would: with a trust store, everything decoded. */
static void
make_and_verify_as_stranger(Bench *b, guint i)
{
    SesSpec spec = b->spec;
    char id[24];
    g_snprintf(id, sizeof id, "460100%08u", i);
    spec.es_id = id;
    g_autoptr(GBytes) der = ses_make(b->maker, &spec, NULL);
    g_autoptr(SesVerdict) verdict = ses_verify(der, b->trust, T0 + 1);
    b->ok = verdict->result == SES_VALID && b->ok;
}

static void
verify_only(Bench *b, guint i)
{
    g_autoptr(SesVerdict) verdict = ses_verify(b->seals[i % 3], b->trust, T0 + 1);
    b->ok = verdict->result == SES_VALID && b->ok;
}

static void
decode_picture(Bench *b, guint i)
{
    SesPictureInfo info;
    b->ok = ses_picture_probe(b->spec.png, &info, NULL) && b->ok;
}

static GBytes *
read_all(const char *directory, const char *name)
{
    g_autofree char *path = g_build_filename(directory, name, NULL);
    char *data = NULL;
    gsize length = 0;
    g_autoptr(GError) error = NULL;
    if (!g_file_get_contents(path, &data, &length, &error))
        g_error("%s", error->message);
    return g_bytes_new_take(data, length);
}

static void
prepare(Bench *b)
{
    static const SesVersion versions[] = { SES_V1, SES_V4, SES_V5 };
    static const MakerSpec maker_spec = { "Bench", "Bench Root", "Bench Maker", T0 - YEAR, 20, 10 };
    g_autofree char *dir = g_dir_make_tmp("benchXXXXXX", NULL);
    g_autoptr(GError) error = NULL;
    if (!maker_files_create(dir, &maker_spec, &error) || !(b->maker = maker_files_load(dir, "BENCH", &error)))
        g_error("%s", error->message);
    b->trust = ses_trust_new();
    g_autoptr(GBytes) ca = read_all(dir, MAKER_CA_CERT);
    ses_trust_add_certificates(b->trust, ca, NULL);
    g_autofree char *remove = g_strdup_printf("rm -rf '%s'", dir);
    if (system(remove) != 0)
        g_printerr("bench_seals: %s was left behind\n", dir);

    g_autoptr(GBytes) vector = read_all(SOURCE_DIR "/tests/sealgen/vectors", "v4.esl");
    g_autoptr(Ses) ses = ses_parse(vector, NULL);
    static GBytes *certs[1];
    certs[0] = g_bytes_ref(ses->certs->pdata[0]);
    b->spec = (SesSpec){ .version = SES_V4,
                         .es_id = "1",
                         .name = "测试电子印章",
                         .type = 1,
                         .certs = certs,
                         .n_certs = 1,
                         .created = T0,
                         .valid_from = T0,
                         .valid_until = T0 + YEAR,
                         .png = g_bytes_ref(ses->picture),
                         .width_mm = ses->width_mm,
                         .height_mm = ses->height_mm };
    for (guint i = 0; i < 3; i++) {
        SesSpec spec = b->spec;
        spec.version = versions[i];
        b->seals[i] = ses_make(b->maker, &spec, &error);
        if (!b->seals[i])
            g_error("%s", error->message);
    }
    b->key = sm2_key_generate(NULL);
    sm2_digest(b->key, "bench", 5, b->digest);
    b->signature = sm2_sign_digest(b->key, b->digest, NULL);
    b->ok = TRUE;
}

static void
row(json_t *rows, const char *name, double ours, double peer)
{
    printf("  %-34s %12.0f %12.0f %8.2f\n", name, ours, peer, ours / peer);
    json_array_append_new(rows, json_pack("{s:s, s:f, s:f, s:f, s:s}", "name", name, "ours", ours, "peer", peer,
                                          "ratio", ours / peer, "unit", "per_minute"));
}

int
main(int argc, char **argv)
{
    g_autofree char *json_file = NULL;
    double seconds = 3;
    const GOptionEntry entries[] = { { "json", 0, 0, G_OPTION_ARG_FILENAME, &json_file, "Write the rows here too",
                                       "FILE" },
                                     { "seconds", 0, 0, G_OPTION_ARG_DOUBLE, &seconds, "CPU seconds a row (3)", "S" },
                                     { NULL } };
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_option_context_add_main_entries(context, entries, NULL);
    g_autoptr(GError) error = NULL;
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        g_printerr("bench_seals: %s\n", error->message);
        return 2;
    }
    Bench b = { 0 };
    prepare(&b);
    double floor_both = per_minute(&b, raw_sign_and_verify, seconds),
           floor_verify = per_minute(&b, raw_verify, seconds);
    json_t *rows = json_array();
    printf("  %-34s %12s %12s %8s\n", "one core, per minute of CPU", "ours", "raw SM2", "ratio");
    row(rows, "seals_made_and_verified", per_minute(&b, make_and_verify, seconds), floor_both);
    row(rows, "seals_made_and_verified_by_stranger", per_minute(&b, make_and_verify_as_stranger, seconds), floor_both);
    row(rows, "seals_verified", per_minute(&b, verify_only, seconds), floor_verify);
    row(rows, "pictures_decoded", per_minute(&b, decode_picture, seconds), floor_verify);
    json_t *all = json_pack("{s:o}", "rows", rows);
    if (json_file && json_dump_file(all, json_file, JSON_INDENT(1)) != 0)
        g_printerr("bench_seals: %s cannot be written\n", json_file);
    json_decref(all);
    if (!b.ok)
        g_printerr("bench_seals: something was not valid\n");
    return b.ok ? 0 : 1;
}
