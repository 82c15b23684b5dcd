/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pin.c: locked memory for PINs, and their derivation from the master secret (HKDF, RFC 5869). */
#include "burner/pin.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/cms.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/kdf.h>
#include <openssl/rand.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/error.h"

#define SECURE_HEAP (64 * 1024)
#define SECRET_MIN 32
#define SECRET_MAX 4096
#define SO_LENGTH 12
#define USER_LENGTH 8

struct BurnPin {
    gsize length;
    char bytes[BURN_PIN_MAX + 1];
};

struct BurnPinSource {
    gsize size;
    guint8 secret[SECRET_MAX];
};

void
burn_pin_guard(void)
{
    prctl(PR_SET_DUMPABLE, 0);
    setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
    if (!CRYPTO_secure_malloc_initialized())
        CRYPTO_secure_malloc_init(SECURE_HEAP, 16);
}

BurnPin *
burn_pin_new(const char *bytes, gsize length)
{
    if (length < 4 || length > BURN_PIN_MAX)
        return NULL;
    BurnPin *pin = OPENSSL_secure_zalloc(sizeof *pin);
    if (pin == NULL)
        return NULL;
    memcpy(pin->bytes, bytes, length);
    pin->length = length;
    return pin;
}

const char *
burn_pin_bytes(const BurnPin *pin)
{
    return pin->bytes;
}

gsize
burn_pin_length(const BurnPin *pin)
{
    return pin->length;
}

void
burn_pin_free(BurnPin *pin)
{
    OPENSSL_secure_clear_free(pin, sizeof *pin);
}

gboolean
burn_pin_source_create(const char *file, GError **error)
{
    guint8 secret[SECRET_MIN];
    int fd = RAND_priv_bytes(secret, sizeof secret) == 1 ? open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : -1;
    gboolean ok = fd >= 0 && write(fd, secret, sizeof secret) == sizeof secret && fsync(fd) == 0;
    int cause = errno;
    if (fd >= 0)
        close(fd);
    OPENSSL_cleanse(secret, sizeof secret);
    if (!ok)
        g_set_error(error, SB_ERROR, SB_ERROR_ENV, "master secret %s cannot be made: %s", file, g_strerror(cause));
    return ok;
}

BurnPinSource *
burn_pin_source_open(const char *file, GError **error)
{
    struct stat st;
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    BurnPinSource *source = OPENSSL_secure_zalloc(sizeof *source);
    const char *fault = fd < 0 || fstat(fd, &st) != 0      ? "cannot be read"
                        : (st.st_mode & 077) != 0          ? "can be read by others: chmod 600"
                        : source == NULL                   ? "finds no locked memory"
                                                           : NULL;
    if (fault == NULL) {
        ssize_t n = read(fd, source->secret, sizeof source->secret);
        source->size = n > 0 ? (gsize)n : 0;
        if (source->size < SECRET_MIN || st.st_size > SECRET_MAX)
            fault = "must hold 32..4096 bytes";
    }
    if (fd >= 0)
        close(fd);
    if (fault == NULL)
        return source;
    g_set_error(error, SB_ERROR, SB_ERROR_ENV, "master secret %s %s", file, fault);
    burn_pin_source_free(source);
    return NULL;
}

void
burn_pin_source_free(BurnPinSource *source)
{
    OPENSSL_secure_clear_free(source, sizeof *source);
}

/* HKDF-SHA256; @info separates the uses. */
static void
derive(const BurnPinSource *source, const char *info, guint8 *out, gsize size)
{
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)"SHA256", 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)source->secret, source->size),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (void *)info, strlen(info)),
        OSSL_PARAM_construct_end(),
    };
    int ok = ctx != NULL && EVP_KDF_derive(ctx, out, size, params) == 1;
    EVP_KDF_CTX_free(ctx);
    EVP_KDF_free(kdf);
    g_assert(ok); /* only a broken OpenSSL fails here, and then no PIN may be used */
}

/* Letters of @alphabet from derived bytes, without bias: bytes past the last whole multiple are skipped. */
static void
spell(const guint8 *bytes, gsize size, const char *alphabet, char *out, gsize length)
{
    guint n = (guint)strlen(alphabet), limit = 256 - 256 % n;
    gsize at = 0;
    for (gsize i = 0; i < size && at < length; i++)
        if (bytes[i] < limit)
            out[at++] = alphabet[bytes[i] % n];
    g_assert(at == length);
    out[length] = '\0';
}

BurnPin *
burn_pin_so(const BurnPinSource *source, const char *serial)
{
    guint8 bytes[64];
    char text[SO_LENGTH + 1];
    g_autofree char *info = g_strdup_printf("sealbatch so %s", serial);
    derive(source, info, bytes, sizeof bytes);
    spell(bytes, sizeof bytes, "ABCDEFGHJKMNPQRSTUVWXYZ23456789", text, SO_LENGTH);
    BurnPin *pin = burn_pin_new(text, SO_LENGTH);
    OPENSSL_cleanse(bytes, sizeof bytes);
    OPENSSL_cleanse(text, sizeof text);
    return pin;
}

/* 11111111, 12345678, 98765432: what a thief tries first. */
static gboolean
is_simple(const char *digits)
{
    int step = digits[1] - digits[0];
    if (step < -1 || step > 1)
        return FALSE;
    for (gsize i = 1; digits[i] != '\0'; i++)
        if (digits[i] - digits[i - 1] != step)
            return FALSE;
    return TRUE;
}

static BurnPin *
random_pin(const BurnPinSource *source, const char *unit, const char *serial, guint attempt, guint length)
{
    guint8 bytes[64];
    char text[BURN_PIN_RANDOM_MAX + 1];
    guint round = 0;
    do {
        g_autofree char *info = g_strdup_printf("sealbatch user %s %s %u %u", serial, unit, attempt, round++);
        derive(source, info, bytes, sizeof bytes);
        spell(bytes, sizeof bytes, "0123456789", text, length);
    } while (is_simple(text));
    BurnPin *pin = burn_pin_new(text, length);
    OPENSSL_cleanse(bytes, sizeof bytes);
    OPENSSL_cleanse(text, sizeof text);
    return pin;
}

BurnPin *
burn_pin_user(const BurnPinSource *source, const BurnOrder *order, const char *serial, guint attempt)
{
    if (order->pin_rule == BURN_PIN_FIXED)
        return burn_pin_new(order->fixed_pin, strlen(order->fixed_pin));
    if (order->pin_rule != BURN_PIN_RANDOM)
        return NULL;
    g_autofree char *unit = burn_unit_id(order);
    return random_pin(source, unit, serial, attempt, order->pin_length > 0 ? order->pin_length : USER_LENGTH);
}

static GBytes *
bio_bytes(BIO *bio)
{
    char *data = NULL;
    long size = BIO_get_mem_data(bio, &data);
    return g_bytes_new(data, size > 0 ? (gsize)size : 0);
}

GBytes *
burn_pin_seal_cms(const BurnPin *pin, const char *unit, const char *serial, GBytes *recipient, GError **error)
{
    gsize size;
    const unsigned char *der = g_bytes_get_data(recipient, &size);
    X509 *x = d2i_X509(NULL, &der, (long)size);
    STACK_OF(X509) *to = sk_X509_new_null();
    BIO *in = BIO_new(BIO_s_secmem()), *out = BIO_new(BIO_s_mem());
    CMS_ContentInfo *cms = NULL;
    if (x != NULL && in != NULL && out != NULL && sk_X509_push(to, x) > 0) {
        BIO_printf(in, "%s %s ", unit, serial);
        BIO_write(in, pin->bytes, (int)pin->length);
        BIO_write(in, "\n", 1);
        cms = CMS_encrypt(to, in, EVP_aes_256_cbc(), CMS_BINARY);
    }
    GBytes *letter = cms != NULL && i2d_CMS_bio(out, cms) == 1 ? bio_bytes(out) : NULL;
    CMS_ContentInfo_free(cms);
    BIO_free(in);
    BIO_free(out);
    sk_X509_free(to);
    X509_free(x);
    if (letter == NULL)
        g_set_error_literal(error, SB_ERROR, SB_ERROR_CA, "the PIN letters' recipient certificate cannot be used");
    return letter;
}
