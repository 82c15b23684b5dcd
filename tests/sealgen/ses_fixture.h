/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ses_fixture.h: keys, certificates, pictures and seals for the tests, right and wrong ones.
 *
 * fixture_build() composes seals byte by byte, without the codec under test, so that every trap can be
 * laid and what the codec writes has something to be compared with.
 */
#ifndef SES_FIXTURE_H
#define SES_FIXTURE_H

#include <stdarg.h>
#include <string.h>

#include <glib.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <png.h>

#include "core/error.h"
#include "sealgen/ses.h"
#include "sealgen/ses_verify.h"
#include "sealgen/sm2.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"

#define T0 G_GINT64_CONSTANT(1767225600) /* 2026-01-01 00:00:00Z */
#define DAY G_GINT64_CONSTANT(86400)
#define NOW (T0 + 100 * DAY)

/* ---- pictures ---- */

/* A grey PNG with a ring on it. */
static GBytes *
fixture_png(guint width, guint height)
{
    g_autofree guint8 *pixels = g_malloc0((gsize)width * height);
    for (guint y = 0; y < height; y++)
        for (guint x = 0; x < width; x++) {
            double dx = (x + 0.5) * 2 / width - 1, dy = (y + 0.5) * 2 / height - 1, r = dx * dx + dy * dy;
            pixels[(gsize)y * width + x] = r > 0.8 && r < 1 ? 200 : 0;
        }
    png_image image = { .version = PNG_IMAGE_VERSION, .width = width, .height = height, .format = PNG_FORMAT_GRAY };
    png_alloc_size_t size = 0;
    g_assert(png_image_write_to_memory(&image, NULL, &size, 0, pixels, 0, NULL));
    guint8 *data = g_malloc(size);
    g_assert(png_image_write_to_memory(&image, data, &size, 0, pixels, 0, NULL));
    return g_bytes_new_take(data, size);
}

/* ---- keys and certificates ---- */

typedef struct {
    Sm2Key *key;
    X509 *x509;
    GBytes *der;
} Party;

typedef struct {
    const char *name;
    gboolean is_ca;
    const char *key_usage; /* NULL: none */
    const char *ext_key_usage;
    gint64 from, until;
    gboolean empty_id; /* sign it as OpenSSL does by itself */
} CertSpec;

static void
fixture_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
    X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    g_assert(ext && X509_add_ext(cert, ext, -1));
    X509_EXTENSION_free(ext);
}

static EVP_MD_CTX *
fixture_sign_ctx(const Sm2Key *key, gboolean empty_id)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_PKEY_CTX *pkey_ctx = NULL;
    g_assert(EVP_DigestSignInit(ctx, &pkey_ctx, EVP_sm3(), NULL, sm2_key_native(key)) == 1);
    g_assert(empty_id || EVP_PKEY_CTX_set1_id(pkey_ctx, SM2_ID, (int)strlen(SM2_ID)) == 1);
    return ctx;
}

static Party *
fixture_issue(const Party *issuer, CertSpec spec)
{
    static int serial = 1000;
    Party *party = g_new0(Party, 1);
    party->key = sm2_key_generate(NULL);
    X509 *cert = party->x509 = X509_new();
    X509_set_version(cert, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(cert), ++serial);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_UTF8, (const guint8 *)spec.name, -1, -1, 0);
    X509_set_issuer_name(cert, X509_get_subject_name(issuer ? issuer->x509 : cert));
    ASN1_TIME_set(X509_getm_notBefore(cert), spec.from ? spec.from : T0 - 400 * DAY);
    ASN1_TIME_set(X509_getm_notAfter(cert), spec.until ? spec.until : T0 + 4000 * DAY);
    X509_set_pubkey(cert, sm2_key_native(party->key));
    X509 *ca = issuer ? issuer->x509 : cert;
    fixture_extension(cert, ca, NID_basic_constraints, spec.is_ca ? "critical,CA:TRUE" : "critical,CA:FALSE");
    if (spec.key_usage)
        fixture_extension(cert, ca, NID_key_usage, spec.key_usage);
    if (spec.ext_key_usage)
        fixture_extension(cert, ca, NID_ext_key_usage, spec.ext_key_usage);
    EVP_MD_CTX *ctx = fixture_sign_ctx(issuer ? issuer->key : party->key, spec.empty_id);
    g_assert(X509_sign_ctx(cert, ctx) > 0);
    EVP_MD_CTX_free(ctx);
    guint8 *der = NULL;
    int length = i2d_X509(cert, &der);
    party->der = g_bytes_new(der, (gsize)length);
    OPENSSL_free(der);
    return party;
}

static void
fixture_party_free(Party *party)
{
    if (!party)
        return;
    sm2_key_free(party->key);
    X509_free(party->x509);
    g_bytes_unref(party->der);
    g_free(party);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Party, fixture_party_free)

#define SIGN_USAGE "critical,digitalSignature,nonRepudiation"

typedef struct {
    Party *ca, *maker, *holder;
    GBytes *png;
    SesTrust *trust; /* the CA */
} Fixture;

static Fixture *
fixture_new(void)
{
    Fixture *f = g_new0(Fixture, 1);
    f->ca = fixture_issue(NULL,
                          (CertSpec){ .name = "Test CA", .is_ca = TRUE, .key_usage = "critical,keyCertSign,cRLSign" });
    f->maker = fixture_issue(f->ca, (CertSpec){ .name = "Test Maker", .key_usage = SIGN_USAGE });
    f->holder = fixture_issue(f->ca, (CertSpec){ .name = "Test Holder", .key_usage = SIGN_USAGE });
    f->png = fixture_png(96, 96);
    f->trust = ses_trust_new();
    g_assert(ses_trust_add_certificates(f->trust, f->ca->der, NULL));
    return f;
}

static void
fixture_free(Fixture *f)
{
    fixture_party_free(f->ca);
    fixture_party_free(f->maker);
    fixture_party_free(f->holder);
    g_bytes_unref(f->png);
    ses_trust_free(f->trust);
    g_free(f);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Fixture, fixture_free)

static GBytes *
fixture_sign(gconstpointer tbs, gsize length, const guint8 *digest, gpointer key, GError **error)
{
    return sm2_sign_digest(key, digest, error);
}

static SesMaker *
fixture_maker(const Fixture *f)
{
    GError *error = NULL;
    SesMaker *maker = ses_maker_new(f->maker->der, "TESTVID", fixture_sign, f->maker->key, &error);
    g_assert_no_error(error);
    return maker;
}

static SesSpec
fixture_spec(const Fixture *f, SesVersion version)
{
    return (SesSpec){ .version = version,
                      .es_id = "46010000000001",
                      .name = "测试电子印章",
                      .type = 1,
                      .certs = &f->holder->der,
                      .n_certs = 1,
                      .created = T0,
                      .valid_from = T0,
                      .valid_until = T0 + 729 * DAY,
                      .png = f->png,
                      .width_mm = 8,
                      .height_mm = 8 };
}

/* ---- DER by hand ---- */

typedef GByteArray Der;

static Der *
der_tlv(guint8 tag, gconstpointer data, gsize length)
{
    Der *d = g_byte_array_new();
    g_byte_array_append(d, &tag, 1);
    guint8 head[4] = { (guint8)length, 0, 0, 0 };
    gsize n = 1;
    if (length > 0xff)
        head[0] = 0x82, head[1] = (guint8)(length >> 8), head[2] = (guint8)length, n = 3;
    else if (length > 0x7f)
        head[0] = 0x81, head[1] = (guint8)length, n = 2;
    g_assert(length < 0x10000);
    g_byte_array_append(d, head, (guint)n);
    g_byte_array_append(d, data, (guint)length);
    return d;
}

static Der *
der_text(guint8 tag, const char *text)
{
    return der_tlv(tag, text, strlen(text));
}

static Der *
der_bytes(guint8 tag, GBytes *bytes)
{
    return der_tlv(tag, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
}

static Der *
der_int(guint value)
{
    guint8 b[3] = { 0, (guint8)(value >> 8), (guint8)value };
    guint skip = b[1] >= 0x80 ? 0 : (b[1] || b[2] >= 0x80) ? 1 : 2;
    return der_tlv(2, b + skip, 3 - skip);
}

/* Parts until NULL; each is freed. */
static Der *
der_join(guint8 tag, Der *first, ...)
{
    g_autoptr(GByteArray) body = g_byte_array_new();
    va_list args;
    va_start(args, first);
    for (Der *part = first; part; part = va_arg(args, Der *)) {
        g_byte_array_append(body, part->data, part->len);
        g_byte_array_unref(part);
    }
    va_end(args);
    return der_tlv(tag, body->data, body->len);
}

static Der *
der_copy(const Der *d)
{
    Der *copy = g_byte_array_new();
    g_byte_array_append(copy, d->data, d->len);
    return copy;
}

static Der *
der_bits(const guint8 *data, gsize length, guint8 unused)
{
    g_autofree guint8 *body = g_malloc(length + 1);
    body[0] = unused;
    memcpy(body + 1, data, length);
    return der_tlv(3, body, length + 1);
}

/* ---- seals by hand ---- */

enum { EXT_NONE, EXT_TRUE, EXT_OMITTED, EXT_FALSE, EXT_ONE }; /* how critical is written */
enum { SIGN_RIGHT, SIGN_EMPTY_ID, SIGN_RAW, SIGN_INFO_ONLY, SIGN_BER, SIGN_TAIL, SIGN_OTHER_KEY };

typedef struct {
    int shape;          /* 1, 4 or 5 (five elements) */
    int header_version; /* 0: as the shape */
    const char *id;
    guint8 time_tag; /* 0: as the shape */
    const char *created, *from, *until;
    int list_type; /* as written; 0: 1, or nothing in shape 1; -1: nothing */
    gboolean list_digests;
    gboolean ext_tagged_wrong;
    int ext;
    int sign;
    guint8 unused_bits;
    const char *oid; /* content octets of the algorithm, hex; NULL: SM2-with-SM3 */
    guint width, height;
    const char *picture_type;
    GBytes *picture; /* borrowed; NULL: the fixture's */
    const char *name;
    GBytes *stamp; /* borrowed: content of the fifth element */
} Build;

static GBytes *
fixture_signature(const Fixture *f, const Der *tbs, int how)
{
    guint8 digest[32];
    if (how == SIGN_EMPTY_ID) {
        guint8 out[80];
        size_t length = sizeof out;
        EVP_MD_CTX *ctx = EVP_MD_CTX_new();
        g_assert(EVP_DigestSignInit(ctx, NULL, EVP_sm3(), NULL, sm2_key_native(f->maker->key)) == 1);
        g_assert(EVP_DigestSign(ctx, out, &length, tbs->data, tbs->len) == 1);
        EVP_MD_CTX_free(ctx);
        return g_bytes_new(out, length);
    }
    const Sm2Key *key = how == SIGN_OTHER_KEY ? f->holder->key : f->maker->key;
    sm2_digest(key, tbs->data, tbs->len, digest);
    g_autoptr(GBytes) der = sm2_sign_digest(key, digest, NULL);
    gsize length;
    const guint8 *p = g_bytes_get_data(der, &length);
    if (how == SIGN_RAW) {
        guint8 raw[64] = { 0 };
        guint r = p[3], s = p[5 + r];
        memcpy(raw + 32 - MIN(r, 32), p + 4 + (r > 32), MIN(r, 32));
        memcpy(raw + 64 - MIN(s, 32), p + 6 + r + (s > 32), MIN(s, 32));
        return g_bytes_new(raw, sizeof raw);
    }
    if (how == SIGN_BER) { /* length in the long form */
        g_autofree guint8 *ber = g_malloc(length + 1);
        ber[0] = 0x30, ber[1] = 0x81;
        memcpy(ber + 2, p + 1, length - 1);
        return g_bytes_new(ber, length + 1);
    }
    if (how == SIGN_TAIL) {
        g_autofree guint8 *tail = g_malloc0(length + 1);
        memcpy(tail, p, length);
        return g_bytes_new(tail, length + 1);
    }
    return g_bytes_ref(der);
}

static Der *
fixture_extensions(const Build *b)
{
    static const guint8 oid[] = { 0x2a, 0x03, 0x04 }, yes[] = { 0xff }, no[] = { 0 }, one[] = { 1 };
    if (b->ext == EXT_NONE)
        return NULL;
    Der *critical = b->ext == EXT_TRUE    ? der_tlv(1, yes, 1)
                    : b->ext == EXT_FALSE ? der_tlv(1, no, 1)
                    : b->ext == EXT_ONE   ? der_tlv(1, one, 1)
                                          : NULL;
    Der *value = der_text(4, "value");
    Der *list = der_join(0x30,
                         critical ? der_join(0x30, der_tlv(6, oid, 3), critical, value, NULL)
                                  : der_join(0x30, der_tlv(6, oid, 3), value, NULL),
                         NULL);
    gboolean tagged = (b->shape == 1) != b->ext_tagged_wrong;
    return tagged ? der_join(0xa0, list, NULL) : list;
}

static Der *
fixture_info(const Fixture *f, const Build *b)
{
    gboolean v1 = b->shape == 1;
    guint8 time_tag = b->time_tag ? b->time_tag : v1 ? 0x17 : 0x18;
    const char *century = time_tag == 0x18 ? "20" : "";
    g_autofree char *created = g_strconcat(century, b->created ? b->created : "260101000000Z", NULL);
    g_autofree char *from = g_strconcat(century, b->from ? b->from : "260101000000Z", NULL);
    g_autofree char *until = g_strconcat(century, b->until ? b->until : "271231000000Z", NULL);
    int list_type = b->list_type ? b->list_type : v1 ? -1 : 1;
    Der *entry = b->list_digests
                     ? der_join(0x30, der_text(0x13, "SM3"), der_text(4, "0123456789abcdef0123456789abcdef"), NULL)
                     : der_bytes(4, f->holder->der);
    Der *list = der_join(0x30, entry, NULL), *type = list_type >= 0 ? der_int((guint)list_type) : g_byte_array_new();
    Der *property = der_join(0x30, der_int(1), der_text(0x0c, b->name ? b->name : "测试"), type, list,
                             der_text(time_tag, created), der_text(time_tag, from), der_text(time_tag, until), NULL);
    Der *header =
        der_join(0x30, der_text(0x16, b->id ? b->id : "ES"),
                 der_int((guint)(b->header_version ? b->header_version : b->shape)), der_text(0x16, "TESTVID"), NULL);
    Der *picture = der_join(0x30, der_text(0x16, b->picture_type ? b->picture_type : "PNG"),
                            der_bytes(4, b->picture ? b->picture : f->png), der_int(b->width ? b->width : 8),
                            der_int(b->height ? b->height : 8), NULL);
    return der_join(0x30, header, der_text(0x16, "46010000000001"), property, picture, fixture_extensions(b), NULL);
}

static GBytes *
fixture_build(const Fixture *f, Build b)
{
    static const guint8 sm2_with_sm3[] = { 0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x83, 0x75 };
    static const guint8 sha256_ecdsa[] = { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02 };
    Der *info = fixture_info(f, &b), *cert = der_bytes(4, f->maker->der);
    Der *oid = der_tlv(6, b.oid ? sha256_ecdsa : sm2_with_sm3, 8);
    g_autoptr(GByteArray) tbs = b.shape == 1 && b.sign != SIGN_INFO_ONLY
                                    ? der_join(0x30, der_copy(info), der_copy(cert), der_copy(oid), NULL)
                                    : der_copy(info);
    g_autoptr(GBytes) signature = fixture_signature(f, tbs, b.sign);
    Der *bits = der_bits(g_bytes_get_data(signature, NULL), g_bytes_get_size(signature), b.unused_bits);
    Der *stamp =
        b.stamp ? der_join(0xa0, der_bits(g_bytes_get_data(b.stamp, NULL), g_bytes_get_size(b.stamp), 0), NULL) : NULL;
    Der *seal = b.shape == 1 ? der_join(0x30, info, der_join(0x30, cert, oid, bits, NULL), NULL)
                             : der_join(0x30, info, cert, oid, bits, stamp, NULL);
    return g_byte_array_free_to_bytes(seal);
}

/* ---- looking at verdicts ---- */

static GBytes *
fixture_file(const char *name)
{
    g_autofree char *path = g_build_filename(SOURCE_DIR, "tests/sealgen/vectors", name, NULL);
    char *data = NULL;
    gsize length = 0;
    GError *error = NULL;
    g_file_get_contents(path, &data, &length, &error);
    g_assert_no_error(error);
    return g_bytes_new_take(data, length);
}

/* The first check of this name that is not OK (or the first at all), or NULL. */
static const SesCheck *
fixture_check(const SesVerdict *verdict, const char *name)
{
    const SesCheck *found = NULL;
    for (guint i = 0; i < verdict->checks->len; i++) {
        const SesCheck *check = verdict->checks->pdata[i];
        if (strcmp(check->name, name) == 0 && (!found || found->status == SES_CHECK_OK))
            found = check;
    }
    return found;
}

static char *
fixture_failures(const SesVerdict *verdict)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < verdict->checks->len; i++) {
        const SesCheck *check = verdict->checks->pdata[i];
        if (check->status != SES_CHECK_OK)
            g_string_append_printf(text, "%s %s: %s; ", check->name, ses_check_status_name(check->status), check->text);
    }
    return g_string_free(text, FALSE);
}

#pragma GCC diagnostic pop

#endif
