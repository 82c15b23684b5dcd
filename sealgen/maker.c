/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * maker.c: make, write and load the seal maker's keys and certificates.
 */
#include "sealgen/maker.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "core/error.h"
#include "sealgen/sm2.h"

#define MAX_PEM_BYTES (64u << 10)

G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509, X509_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BIO, BIO_free_all)

/* ---- certificates ---- */

typedef struct {
    const char *organization, *name;
    gint64 not_before;
    guint years;
    gboolean is_ca;
} CertSpec;

static gboolean
add_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    gboolean added = extension && X509_add_ext(cert, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return added;
}

static gboolean
set_subject(X509 *cert, const CertSpec *spec)
{
    X509_NAME *name = X509_get_subject_name(cert);
    return X509_NAME_add_entry_by_txt(name, "C", MBSTRING_UTF8, (const guint8 *)"CN", -1, -1, 0) == 1 &&
           X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8, (const guint8 *)spec->organization, -1, -1, 0) == 1 &&
           X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const guint8 *)spec->name, -1, -1, 0) == 1;
}

static gboolean
set_validity(X509 *cert, const CertSpec *spec)
{
    g_autoptr(GDateTime) from = g_date_time_new_from_unix_utc(spec->not_before);
    g_autoptr(GDateTime) until = from ? g_date_time_add_years(from, (int)spec->years) : NULL;
    return until && ASN1_TIME_set(X509_getm_notBefore(cert), (time_t)spec->not_before) &&
           ASN1_TIME_set(X509_getm_notAfter(cert), (time_t)(g_date_time_to_unix(until) - 1));
}

/* 16 random bytes, positive and not zero (RFC 5280 clause 4.1.2.2). */
static gboolean
set_serial(X509 *cert)
{
    guint8 serial[16];
    if (RAND_bytes(serial, sizeof serial) != 1)
        return FALSE;
    serial[0] = (serial[0] & 0x7f) | 0x40;
    BIGNUM *bn = BN_bin2bn(serial, sizeof serial, NULL);
    gboolean set = BN_to_ASN1_INTEGER(bn, X509_get_serialNumber(cert)) != NULL;
    BN_free(bn);
    return set;
}

/* X509_sign() of OpenSSL 3.0 leaves the SM2 identity empty, whatever X509_set0_distinguishing_id()
 * was told: only a digest context can carry it. */
static gboolean
sign_certificate(X509 *cert, const Sm2Key *issuer_key)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_PKEY_CTX *pkey_ctx = NULL; /* belongs to ctx */
    gboolean made = EVP_DigestSignInit(ctx, &pkey_ctx, EVP_sm3(), NULL, sm2_key_native(issuer_key)) == 1 &&
                    EVP_PKEY_CTX_set1_id(pkey_ctx, SM2_ID, (int)strlen(SM2_ID)) == 1 && X509_sign_ctx(cert, ctx) > 0;
    EVP_MD_CTX_free(ctx);
    return made;
}

/* @issuer NULL: self-signed. */
static X509 *
issue(const CertSpec *spec, const Sm2Key *key, X509 *issuer, const Sm2Key *issuer_key, GError **error)
{
    g_autoptr(X509) cert = X509_new();
    X509_set_version(cert, X509_VERSION_3);
    gboolean made =
        set_serial(cert) && set_subject(cert, spec) && set_validity(cert, spec) &&
        X509_set_pubkey(cert, sm2_key_native(key)) == 1 &&
        X509_set_issuer_name(cert, X509_get_subject_name(issuer ? issuer : cert)) == 1 &&
        add_extension(cert, issuer ? issuer : cert, NID_basic_constraints,
                      spec->is_ca ? "critical,CA:TRUE,pathlen:0" : "critical,CA:FALSE") &&
        add_extension(cert, issuer ? issuer : cert, NID_key_usage,
                      spec->is_ca ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature,nonRepudiation") &&
        add_extension(cert, issuer ? issuer : cert, NID_subject_key_identifier, "hash") &&
        add_extension(cert, issuer ? issuer : cert, NID_authority_key_identifier, "keyid") &&
        sign_certificate(cert, issuer_key);
    if (!made) {
        ERR_clear_error();
        g_set_error(error, SB_ERROR, SB_ERROR_ENV, "OpenSSL could not make a certificate");
        return NULL;
    }
    return g_steal_pointer(&cert);
}

/* ---- files ---- */

static gboolean
write_all(int fd, const char *text)
{
    for (gsize left = strlen(text); left > 0;) {
        ssize_t n = write(fd, text, left);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return FALSE;
        text += n;
        left -= (gsize)n;
    }
    return fsync(fd) == 0;
}

static gboolean
write_new_file(const char *directory, const char *name, const char *text, mode_t mode, GError **error)
{
    g_autofree char *path = g_build_filename(directory, name, NULL);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    if (fd < 0) {
        gboolean there = errno == EEXIST;
        g_set_error(error, SB_ERROR, there ? SB_ERROR_INPUT : SB_ERROR_ENV, "%s: %s", path,
                    there ? "is there already and is not replaced" : g_strerror(errno));
        return FALSE;
    }
    gboolean written = write_all(fd, text);
    int saved = errno;
    if (close(fd) != 0 && written) {
        saved = errno;
        written = FALSE;
    }
    if (!written) {
        g_unlink(path);
        g_set_error(error, SB_ERROR, SB_ERROR_ENV, "%s: %s", path, g_strerror(saved));
    }
    return written;
}

static char *
certificate_to_pem(X509 *cert)
{
    g_autoptr(BIO) bio = BIO_new(BIO_s_mem());
    char *text = NULL;
    PEM_write_bio_X509(bio, cert);
    long length = BIO_get_mem_data(bio, &text);
    return g_strndup(text, (gsize)length);
}

/* All four, or none. */
static gboolean
write_files(const char *directory, X509 *ca, const Sm2Key *ca_key, X509 *maker, const Sm2Key *maker_key, GError **error)
{
    char *texts[4] = { sm2_key_to_pem(ca_key, error), certificate_to_pem(ca), NULL, certificate_to_pem(maker) };
    if (texts[0])
        texts[2] = sm2_key_to_pem(maker_key, error);
    static const char *const names[4] = { MAKER_CA_KEY, MAKER_CA_CERT, MAKER_KEY, MAKER_CERT };
    static const mode_t modes[4] = { 0600, 0644, 0600, 0644 };
    int written = 0;
    if (texts[0] && texts[2])
        while (written < 4 && write_new_file(directory, names[written], texts[written], modes[written], error))
            written++;
    for (int i = 0; written < 4 && i < written; i++) {
        g_autofree char *path = g_build_filename(directory, names[i], NULL);
        g_unlink(path);
    }
    for (int i = 0; i < 4; i++)
        sm2_secret_free(texts[i]);
    return written == 4;
}

static gboolean
is_name(const char *text)
{
    return text && g_utf8_validate(text, -1, NULL) && g_utf8_strlen(text, -1) >= 1 && g_utf8_strlen(text, -1) <= 64;
}

gboolean
maker_files_create(const char *directory, const MakerSpec *spec, GError **error)
{
    if (!is_name(spec->organization) || !is_name(spec->ca_name) || !is_name(spec->maker_name) || spec->ca_years < 1 ||
        spec->ca_years > 40 || spec->maker_years < 1 || spec->maker_years > spec->ca_years) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT,
                    "seal maker: names are 1..64 characters, years 1..40 and the maker's not beyond its root's");
        return FALSE;
    }
    g_autoptr(Sm2Key) ca_key = sm2_key_generate(error);
    g_autoptr(Sm2Key) maker_key = ca_key ? sm2_key_generate(error) : NULL;
    if (!maker_key)
        return FALSE;
    CertSpec ca_spec = { spec->organization, spec->ca_name, spec->not_before, spec->ca_years, TRUE };
    CertSpec maker_spec = { spec->organization, spec->maker_name, spec->not_before, spec->maker_years, FALSE };
    g_autoptr(X509) ca = issue(&ca_spec, ca_key, NULL, ca_key, error);
    g_autoptr(X509) maker = ca ? issue(&maker_spec, maker_key, ca, ca_key, error) : NULL;
    return maker && write_files(directory, ca, ca_key, maker, maker_key, error);
}

/* Reads a file and, for a secret, refuses one that others may read. */
static char *
read_pem(const char *path, gboolean secret, gsize *length, GError **error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0) {
        g_set_error(error, SB_ERROR, SB_ERROR_ENV, "%s: %s", path, g_strerror(errno));
        if (fd >= 0)
            close(fd);
        return NULL;
    }
    g_autofree char *text = NULL;
    gsize got = 0;
    if (secret && (st.st_mode & 077)) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "%s: may be read by others: chmod 600", path);
    } else if (!S_ISREG(st.st_mode) || st.st_size > MAX_PEM_BYTES) {
        g_set_error(error, SB_ERROR, SB_ERROR_SEAL, "%s: is not a PEM file", path);
    } else {
        text = g_malloc0((gsize)st.st_size + 1);
        ssize_t n;
        while (got < (gsize)st.st_size && (n = read(fd, text + got, (gsize)st.st_size - got)) > 0)
            got += (gsize)n;
        *length = got;
    }
    close(fd);
    return g_steal_pointer(&text);
}

GBytes *
maker_certificate_load(const char *path, GError **error)
{
    gsize length = 0;
    g_autofree char *pem = read_pem(path, FALSE, &length, error);
    if (!pem)
        return NULL;
    g_autoptr(BIO) bio = BIO_new_mem_buf(pem, (int)length);
    g_autoptr(X509) cert = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    guint8 *der = NULL;
    int der_length = cert ? i2d_X509(cert, &der) : -1;
    ERR_clear_error();
    if (der_length <= 0) {
        g_set_error(error, SB_ERROR, SB_ERROR_SEAL, "%s: no certificate in it", path);
        return NULL;
    }
    GBytes *bytes = g_bytes_new(der, (gsize)der_length);
    OPENSSL_free(der);
    return bytes;
}

SesMaker *
maker_load(const char *cert_file, const char *key_file, const char *vid, GError **error)
{
    g_autoptr(GBytes) cert = maker_certificate_load(cert_file, error);
    if (!cert)
        return NULL;
    gsize length = 0;
    char *key = read_pem(key_file, TRUE, &length, error);
    if (!key)
        return NULL;
    SesMaker *maker = ses_maker_new_from_key(cert, vid, key, length, error);
    sm2_secret_free(key);
    return maker;
}

SesMaker *
maker_files_load(const char *directory, const char *vid, GError **error)
{
    g_autofree char *cert = g_build_filename(directory, MAKER_CERT, NULL);
    g_autofree char *key = g_build_filename(directory, MAKER_KEY, NULL);
    return maker_load(cert, key, vid, error);
}
