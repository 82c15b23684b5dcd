/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ca_local.c: the embedded CA, a folder:
 *
 *   ca.key ca.crt     its key (PEM, 0600) and certificate
 *   issued/HEX        HEX = SHA-256 of the public key: "request: ID" and the certificate as PEM
 *   serials/HEX       one empty file a serial number: unique by O_EXCL
 *   revoked/HEX       HEX = serial number: "UNIX_TIME REASON"
 *   crlnumber, lock
 *
 * The certificate is durable in issued/ before it is given out, so asking again after any crash finds it.
 */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "burner/ca.h"
#include "burner/ca_util.h"
#include "core/error.h"

#define SM2_ID "1234567812345678"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509, X509_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509_REQ, X509_REQ_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509_CRL, X509_CRL_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509_NAME, X509_NAME_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY, EVP_PKEY_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_MD_CTX, EVP_MD_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY_CTX, EVP_PKEY_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BIO, BIO_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BIGNUM, BN_free)

typedef struct {
    BurnCa base;
    char *folder;
    int lock;       /* flock between processes */
    GMutex mutex;   /* between the hub's CA threads */
    X509 *certificate;
    EVP_PKEY *key;
} Local;

static gboolean
fail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static gboolean
fail(GError **error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error_literal(error, SB_ERROR, SB_ERROR_CA, text);
    ERR_clear_error();
    return FALSE;
}

/* ---- signing: SM2 with SM3 and the standard's identifier, else SHA-256 ---- */

typedef struct {
    EVP_MD_CTX *md;
    EVP_PKEY_CTX *pkey;
} Signer;

static void
signer_clear(Signer *s)
{
    EVP_MD_CTX_free(s->md);
    EVP_PKEY_CTX_free(s->pkey);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Signer, signer_clear)

static gboolean
signer_init(Signer *s, EVP_PKEY *key)
{
    gboolean sm2 = EVP_PKEY_is_a(key, "SM2");
    s->md = EVP_MD_CTX_new();
    s->pkey = EVP_PKEY_CTX_new(key, NULL);
    if (sm2 && EVP_PKEY_CTX_set1_id(s->pkey, SM2_ID, sizeof SM2_ID - 1) != 1)
        return FALSE;
    EVP_MD_CTX_set_pkey_ctx(s->md, s->pkey);
    return EVP_DigestSignInit(s->md, NULL, sm2 ? EVP_sm3() : EVP_sha256(), NULL, key) == 1;
}

static gboolean
sign_certificate(X509 *x, EVP_PKEY *key)
{
    g_auto(Signer) signer = { 0 };
    return signer_init(&signer, key) && X509_sign_ctx(x, signer.md) > 0;
}

/* ---- certificates ---- */

static gboolean
extend(X509 *x, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    gboolean ok = extension != NULL && X509_add_ext(x, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return ok;
}

/* 126 random bits below a leading 1: positive, of constant length, RFC 5280 4.1.2.2. */
static gboolean
set_serial(X509 *x, const char *folder)
{
    guint8 bytes[16];
    char hex[33];
    if (RAND_bytes(bytes, sizeof bytes) != 1)
        return FALSE;
    bytes[0] = (bytes[0] & 0x3f) | 0x40;
    for (guint i = 0; i < sizeof bytes; i++)
        g_snprintf(hex + 2 * i, 3, "%02X", bytes[i]);
    g_autofree char *path = g_build_filename(folder, "serials", hex, NULL);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return FALSE;
    close(fd);
    g_autoptr(BIGNUM) number = BN_bin2bn(bytes, sizeof bytes, NULL);
    return number != NULL && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x)) != NULL;
}

static gboolean
set_times(X509 *x, gint64 not_before, gint64 not_after)
{
    return ASN1_TIME_set(X509_getm_notBefore(x), (time_t)not_before) != NULL &&
           ASN1_TIME_set(X509_getm_notAfter(x), (time_t)not_after) != NULL;
}

static EVP_PKEY *
make_key(BurnCaKey type)
{
    return type == BURN_CA_KEY_RSA_3072 ? EVP_RSA_gen(3072)
           : type == BURN_CA_KEY_SM2    ? EVP_PKEY_Q_keygen(NULL, NULL, "SM2")
                                        : EVP_EC_gen("P-256");
}

static X509 *
make_root(EVP_PKEY *key, const char *folder, const char *organisation, const char *name, gint64 from, gint64 until)
{
    g_autoptr(X509) x = X509_new();
    g_autoptr(X509_NAME) subject = X509_NAME_new();
    const unsigned char *o = (const unsigned char *)organisation, *cn = (const unsigned char *)name;
    if (X509_NAME_add_entry_by_NID(subject, NID_countryName, V_ASN1_PRINTABLESTRING, (const unsigned char *)"CN", -1, -1, 0) != 1 ||
        X509_NAME_add_entry_by_NID(subject, NID_organizationName, V_ASN1_UTF8STRING, o, -1, -1, 0) != 1 ||
        X509_NAME_add_entry_by_NID(subject, NID_commonName, V_ASN1_UTF8STRING, cn, -1, -1, 0) != 1 ||
        X509_set_version(x, 2) != 1 || !set_serial(x, folder) || !set_times(x, from, until) ||
        X509_set_subject_name(x, subject) != 1 || X509_set_issuer_name(x, subject) != 1 || X509_set_pubkey(x, key) != 1 ||
        !extend(x, x, NID_basic_constraints, "critical,CA:TRUE") || !extend(x, x, NID_key_usage, "critical,keyCertSign,cRLSign") ||
        !extend(x, x, NID_subject_key_identifier, "hash") || !sign_certificate(x, key))
        return NULL;
    return g_steal_pointer(&x);
}

static gboolean
write_bio(const char *folder, const char *name, BIO *content, int mode)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    char *data;
    long size = BIO_get_mem_data(content, &data);
    return size > 0 && g_file_set_contents_full(path, data, size,
                                                G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, mode, NULL);
}

gboolean
burn_ca_local_create(const char *folder, BurnCaKey type, const char *organisation, const char *name, gint64 not_before,
                     gint64 not_after, GError **error)
{
    static const char *const parts[] = { "issued", "serials", "revoked" };
    g_autofree char *file = g_build_filename(folder, "ca.crt", NULL);
    if (g_file_test(file, G_FILE_TEST_EXISTS))
        return fail(error, "%s holds a CA already", folder);
    for (guint i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_autofree char *path = g_build_filename(folder, parts[i], NULL);
        if (g_mkdir_with_parents(path, 0700) != 0)
            return fail(error, "%s: %s", path, g_strerror(errno));
    }
    g_autoptr(EVP_PKEY) key = make_key(type);
    g_autoptr(X509) x = key != NULL ? make_root(key, folder, organisation, name, not_before, not_after) : NULL;
    g_autoptr(BIO) key_pem = BIO_new(BIO_s_secmem()), x_pem = BIO_new(BIO_s_mem());
    if (x == NULL || PEM_write_bio_PrivateKey(key_pem, key, NULL, NULL, 0, NULL, NULL) != 1 ||
        PEM_write_bio_X509(x_pem, x) != 1)
        return fail(error, "the local CA's certificate cannot be made");
    if (!write_bio(folder, "ca.key", key_pem, 0600) || !write_bio(folder, "ca.crt", x_pem, 0644))
        return fail(error, "the local CA cannot be written to %s", folder);
    return TRUE;
}

/* ---- the folder of certificates by public key ---- */

static void
enter(Local *l)
{
    g_mutex_lock(&l->mutex);
    while (flock(l->lock, LOCK_EX) != 0 && errno == EINTR)
        ;
}

static void
leave(Local *l)
{
    flock(l->lock, LOCK_UN);
    g_mutex_unlock(&l->mutex);
}

static char *
issued_path(Local *l, GBytes *public_key)
{
    g_autofree char *name = ca_key_name(public_key);
    return g_build_filename(l->folder, "issued", name, NULL);
}

static X509 *
read_issued(Local *l, GBytes *public_key, char **request_id)
{
    g_autofree char *path = issued_path(l, public_key);
    g_autofree char *text = NULL;
    gsize size;
    if (!g_file_get_contents(path, &text, &size, NULL) || !g_str_has_prefix(text, "request: "))
        return NULL;
    char *start = text + strlen("request: ");
    if (request_id != NULL)
        *request_id = g_strndup(start, strcspn(start, "\n"));
    g_autoptr(BIO) in = BIO_new_mem_buf(text, (int)size);
    return PEM_read_bio_X509(in, NULL, NULL, NULL);
}

static gboolean
keep_issued(Local *l, const BurnCaRequest *request, X509 *x)
{
    g_autoptr(BIO) out = BIO_new(BIO_s_mem());
    g_autofree char *name = ca_key_name(request->public_key);
    g_autofree char *inner = g_build_filename("issued", name, NULL);
    BIO_printf(out, "request: %s\n", request->request_id);
    return PEM_write_bio_X509(out, x) == 1 && write_bio(l->folder, inner, out, 0644);
}

static GBytes *
encode(X509 *x)
{
    unsigned char *der = NULL;
    int size = i2d_X509(x, &der);
    GBytes *bytes = size > 0 ? g_bytes_new(der, (gsize)size) : NULL;
    OPENSSL_free(der);
    return bytes;
}

static char *
revoked_path(Local *l, X509 *x)
{
    g_autoptr(BIGNUM) number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(x), NULL);
    char *hex = number != NULL ? BN_bn2hex(number) : NULL;
    char *path = g_build_filename(l->folder, "revoked", hex != NULL ? hex : "0", NULL);
    OPENSSL_free(hex);
    return path;
}

static BurnCaAnswer
found(Local *l, X509 *x, GBytes **certificate, GError **error)
{
    g_autofree char *revoked = revoked_path(l, x);
    if (g_file_test(revoked, G_FILE_TEST_EXISTS)) {
        fail(error, "the certificate for this public key was revoked already");
        return BURN_CA_UNCLEAR;
    }
    *certificate = encode(x);
    return BURN_CA_GIVEN;
}

static BurnCaAnswer
local_find(BurnCa *ca, const BurnCaRequest *request, GBytes **certificate, GError **error)
{
    Local *l = (Local *)ca;
    enter(l);
    g_autoptr(X509) x = read_issued(l, request->public_key, NULL);
    BurnCaAnswer answer = x != NULL ? found(l, x, certificate, error) : BURN_CA_NONE;
    leave(l);
    return answer;
}

/* ---- issuing ---- */

static X509_REQ *
checked_request(const BurnCaRequest *request, GError **error)
{
    gsize size;
    const unsigned char *der = request->csr != NULL ? g_bytes_get_data(request->csr, &size) : NULL;
    g_autoptr(X509_REQ) req = der != NULL ? d2i_X509_REQ(NULL, &der, (long)size) : NULL;
    EVP_PKEY *key = req != NULL ? X509_REQ_get0_pubkey(req) : NULL;
    if (key == NULL || X509_REQ_verify(req, key) != 1) {
        fail(error, "the certificate request does not prove possession of its key");
        return NULL;
    }
    unsigned char *spki = NULL;
    int n = i2d_X509_PUBKEY(X509_REQ_get_X509_PUBKEY(req), &spki);
    gsize wanted_size;
    const void *wanted = g_bytes_get_data(request->public_key, &wanted_size);
    gboolean same = n > 0 && (gsize)n == wanted_size && memcmp(spki, wanted, wanted_size) == 0;
    OPENSSL_free(spki);
    if (!same) {
        fail(error, "the certificate request is for another public key");
        return NULL;
    }
    return g_steal_pointer(&req);
}

/* The request's SubjectPublicKeyInfo as it is: X509_set_pubkey would encode and decode the key again, which in OpenSSL
 * 3.0 takes longer than to sign. A kind of key whose parameters are more than a curve goes that way. */
static gboolean
set_public_key(X509 *x, X509_REQ *req)
{
    ASN1_OBJECT *algorithm;
    const unsigned char *bits;
    int size, kind;
    X509_ALGOR *parameters;
    const void *curve;
    X509_PUBKEY_get0_param(&algorithm, &bits, &size, &parameters, X509_REQ_get_X509_PUBKEY(req));
    X509_ALGOR_get0(NULL, &kind, &curve, parameters);
    if (kind != V_ASN1_OBJECT && kind != V_ASN1_NULL)
        return X509_set_pubkey(x, X509_REQ_get0_pubkey(req)) == 1;
    unsigned char *copy = OPENSSL_memdup(bits, (size_t)size);
    ASN1_OBJECT *own = OBJ_dup(algorithm), *own_curve = kind == V_ASN1_OBJECT ? OBJ_dup(curve) : NULL;
    if (X509_PUBKEY_set0_param(X509_get_X509_PUBKEY(x), own, kind, own_curve, copy, size) == 1)
        return TRUE;
    ASN1_OBJECT_free(own);
    ASN1_OBJECT_free(own_curve);
    OPENSSL_free(copy);
    return FALSE;
}

static X509 *
make_certificate(Local *l, const BurnCaRequest *request, X509_REQ *req)
{
    g_autoptr(X509) x = X509_new();
    EVP_PKEY *key = X509_REQ_get0_pubkey(req);
    gboolean rsa = EVP_PKEY_is_a(key, "RSA");
    if (X509_set_version(x, 2) != 1 || !set_serial(x, l->folder) ||
        !set_times(x, request->not_before, request->not_after) ||
        X509_set_subject_name(x, X509_REQ_get_subject_name(req)) != 1 ||
        X509_set_issuer_name(x, X509_get_subject_name(l->certificate)) != 1 || !set_public_key(x, req) ||
        !extend(x, l->certificate, NID_basic_constraints, "critical,CA:FALSE") ||
        !extend(x, l->certificate, NID_key_usage,
                rsa ? "critical,digitalSignature,nonRepudiation,keyEncipherment" : "critical,digitalSignature,nonRepudiation") ||
        !extend(x, l->certificate, NID_subject_key_identifier, "hash") ||
        !extend(x, l->certificate, NID_authority_key_identifier, "keyid") || !sign_certificate(x, l->key))
        return NULL;
    return g_steal_pointer(&x);
}

static BurnCaAnswer
issue_locked(Local *l, const BurnCaRequest *request, X509_REQ *req, GBytes **certificate, GError **error)
{
    g_autofree char *before = NULL;
    g_autoptr(X509) known = read_issued(l, request->public_key, &before);
    if (known != NULL) {
        if (strcmp(before, request->request_id) == 0)
            return found(l, known, certificate, error);
        fail(error, "this public key has a certificate from another request already");
        return BURN_CA_REFUSED;
    }
    g_autoptr(X509) x = make_certificate(l, request, req);
    if (x == NULL || !keep_issued(l, request, x)) {
        fail(error, "the local CA in %s cannot issue: is the disk full?", l->folder);
        return BURN_CA_NONE; /* not durable, so not given out: nobody has it */
    }
    *certificate = encode(x);
    return BURN_CA_GIVEN;
}

static BurnCaAnswer
local_issue(BurnCa *ca, const BurnCaRequest *request, GBytes **certificate, GError **error)
{
    Local *l = (Local *)ca;
    g_autoptr(X509_REQ) req = checked_request(request, error);
    if (req == NULL)
        return BURN_CA_REFUSED;
    enter(l);
    BurnCaAnswer answer = issue_locked(l, request, req, certificate, error);
    leave(l);
    return answer;
}

/* ---- revocation ---- */

static BurnCaAnswer
local_revoke(BurnCa *ca, GBytes *certificate, guint reason, GError **error)
{
    Local *l = (Local *)ca;
    gsize size;
    const unsigned char *der = g_bytes_get_data(certificate, &size);
    g_autoptr(X509) x = d2i_X509(NULL, &der, (long)size);
    if (x == NULL || X509_NAME_cmp(X509_get_issuer_name(x), X509_get_subject_name(l->certificate)) != 0) {
        fail(error, "the certificate to revoke is not from this CA");
        return BURN_CA_REFUSED;
    }
    enter(l);
    g_autofree char *path = revoked_path(l, x);
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT " %u\n", g_get_real_time() / G_USEC_PER_SEC, reason);
    gboolean ok = g_file_test(path, G_FILE_TEST_EXISTS) ||
                  g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                           0600, NULL);
    leave(l);
    if (ok)
        return BURN_CA_GIVEN;
    fail(error, "the revocation cannot be written to %s", path);
    return BURN_CA_UNCLEAR;
}

static X509_REVOKED *
revoked_entry(const char *folder, const char *serial_hex)
{
    g_autofree char *path = g_build_filename(folder, "revoked", serial_hex, NULL);
    g_autofree char *text = NULL;
    gint64 when = 0;
    guint reason = 0;
    BIGNUM *number = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL) || sscanf(text, "%" G_GINT64_FORMAT " %u", &when, &reason) != 2 ||
        BN_hex2bn(&number, serial_hex) == 0)
        return NULL;
    X509_REVOKED *entry = X509_REVOKED_new();
    ASN1_INTEGER *serial = BN_to_ASN1_INTEGER(number, NULL);
    ASN1_TIME *time = ASN1_TIME_set(NULL, (time_t)when);
    ASN1_ENUMERATED *code = ASN1_ENUMERATED_new();
    ASN1_ENUMERATED_set(code, reason);
    X509_REVOKED_set_serialNumber(entry, serial);
    X509_REVOKED_set_revocationDate(entry, time);
    if (reason != 0) /* RFC 5280 5.3.1: unspecified is left out */
        X509_REVOKED_add1_ext_i2d(entry, NID_crl_reason, code, 0, 0);
    ASN1_ENUMERATED_free(code);
    ASN1_TIME_free(time);
    ASN1_INTEGER_free(serial);
    BN_free(number);
    return entry;
}

static gboolean
add_revoked(X509_CRL *crl, const char *folder)
{
    g_autofree char *path = g_build_filename(folder, "revoked", NULL);
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    const char *name;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        X509_REVOKED *entry = revoked_entry(folder, name);
        if (entry == NULL || X509_CRL_add0_revoked(crl, entry) != 1)
            return FALSE; /* a list that leaves one out would be a lie */
    }
    X509_CRL_sort(crl);
    return dir != NULL;
}

static gboolean
set_crl_number(X509_CRL *crl, const char *folder)
{
    g_autofree char *path = g_build_filename(folder, "crlnumber", NULL);
    g_autofree char *text = NULL;
    guint64 number = g_file_get_contents(path, &text, NULL, NULL) ? g_ascii_strtoull(text, NULL, 10) + 1 : 1;
    g_autofree char *next = g_strdup_printf("%" G_GUINT64_FORMAT "\n", number);
    ASN1_INTEGER *value = ASN1_INTEGER_new();
    gboolean ok = ASN1_INTEGER_set_uint64(value, number) == 1 &&
                  X509_CRL_add1_ext_i2d(crl, NID_crl_number, value, 0, 0) == 1 &&
                  g_file_set_contents_full(path, next, -1,
                                           G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, NULL);
    ASN1_INTEGER_free(value);
    return ok;
}

static gboolean
fill_crl(X509_CRL *crl, Local *l, gint64 now, guint days)
{
    g_auto(Signer) signer = { 0 };
    ASN1_TIME *from = ASN1_TIME_set(NULL, (time_t)now);
    ASN1_TIME *until = ASN1_TIME_set(NULL, (time_t)(now + (gint64)days * 86400));
    gboolean ok = X509_CRL_set_version(crl, 1) == 1 &&
                  X509_CRL_set_issuer_name(crl, X509_get_subject_name(l->certificate)) == 1 &&
                  X509_CRL_set1_lastUpdate(crl, from) == 1 && X509_CRL_set1_nextUpdate(crl, until) == 1 &&
                  add_revoked(crl, l->folder) && set_crl_number(crl, l->folder) && signer_init(&signer, l->key) &&
                  X509_CRL_sign_ctx(crl, signer.md) > 0;
    ASN1_TIME_free(from);
    ASN1_TIME_free(until);
    return ok;
}

GBytes *
burn_ca_local_crl(BurnCa *ca, gint64 now, guint days, GError **error)
{
    Local *l = (Local *)ca;
    g_autoptr(X509_CRL) crl = X509_CRL_new();
    enter(l);
    gboolean ok = fill_crl(crl, l, now, days);
    leave(l);
    unsigned char *der = NULL;
    int size = ok ? i2d_X509_CRL(crl, &der) : 0;
    GBytes *bytes = size > 0 ? g_bytes_new(der, (gsize)size) : NULL;
    OPENSSL_free(der);
    if (bytes == NULL)
        fail(error, "the revocation list cannot be made: look at %s/revoked", l->folder);
    return bytes;
}

/* ---- opening ---- */

static GPtrArray *
local_chain(BurnCa *ca, GError **error)
{
    GPtrArray *chain = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    g_ptr_array_add(chain, encode(((Local *)ca)->certificate));
    return chain;
}

static void
local_free(BurnCa *ca)
{
    Local *l = (Local *)ca;
    if (l->lock >= 0)
        close(l->lock);
    X509_free(l->certificate);
    EVP_PKEY_free(l->key);
    g_mutex_clear(&l->mutex);
    g_free(l->folder);
    g_free(l);
}

BurnCa *
burn_ca_local_open(const char *folder, GError **error)
{
    Local *l = g_new0(Local, 1);
    l->base = (BurnCa){ "local", local_find, local_issue, local_revoke, local_chain, local_free };
    l->folder = g_strdup(folder);
    g_mutex_init(&l->mutex);
    g_autofree char *lock = g_build_filename(folder, "lock", NULL);
    g_autofree char *crt = g_build_filename(folder, "ca.crt", NULL);
    g_autofree char *key = g_build_filename(folder, "ca.key", NULL);
    g_autoptr(BIO) crt_in = BIO_new_file(crt, "r"), key_in = BIO_new_file(key, "r");
    l->certificate = crt_in != NULL ? PEM_read_bio_X509(crt_in, NULL, NULL, NULL) : NULL;
    l->key = key_in != NULL ? PEM_read_bio_PrivateKey(key_in, NULL, NULL, (void *)"") : NULL;
    l->lock = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (l->lock >= 0 && l->certificate != NULL && l->key != NULL && X509_check_private_key(l->certificate, l->key) == 1)
        return &l->base;
    fail(error, "no usable local CA in %s", folder);
    local_free(&l->base);
    return NULL;
}
