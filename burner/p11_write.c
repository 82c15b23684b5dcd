/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * p11_write.c: key pairs, signatures, certificates and data objects. Each write searches first, creates, reads
 * back and compares, then removes what it replaced.
 */
#include <openssl/asn1.h>
#include <openssl/objects.h>
#include <string.h>

#include "burner/p11.h"
#include "burner/proto.h"

#define ROOM_MARGIN 512u /* bytes of attributes and file headers beside a value */

static const CK_BBOOL yes = CK_TRUE, no = CK_FALSE;

static CK_ATTRIBUTE
attribute(CK_ATTRIBUTE_TYPE type, const void *value, gsize size)
{
    return (CK_ATTRIBUTE){ type, (void *)value, size };
}

static CK_ATTRIBUTE
attribute_bytes(CK_ATTRIBUTE_TYPE type, GBytes *bytes)
{
    gsize size;
    const void *data = g_bytes_get_data(bytes, &size);
    return attribute(type, data, size);
}

/* Objects of one class with one id; an empty id = all. */
static gboolean
find(P11 *p, CK_OBJECT_CLASS class, GBytes *id, GArray **handles, GError **error)
{
    CK_ATTRIBUTE match[2] = { attribute(CKA_CLASS, &class, sizeof class) };
    CK_ULONG n = 1;
    if (g_bytes_get_size(id) > 0)
        match[n++] = attribute_bytes(CKA_ID, id);
    return p11_find(p, match, n, handles, error);
}

static gboolean
key_is_good(P11 *p, CK_OBJECT_HANDLE key, GError **error)
{
    static const struct {
        CK_ATTRIBUTE_TYPE type;
        CK_BBOOL want;
        const char *name;
    } rows[] = {
        { CKA_LOCAL, CK_TRUE, "was not made on it" },
        { CKA_TOKEN, CK_TRUE, "is not stored on it" },
        { CKA_PRIVATE, CK_TRUE, "is not private" },
        { CKA_SENSITIVE, CK_TRUE, "is not sensitive" },
        { CKA_EXTRACTABLE, CK_FALSE, "can be taken out" },
        { CKA_NEVER_EXTRACTABLE, CK_TRUE, "could be taken out" },
    };
    CK_BBOOL value[G_N_ELEMENTS(rows)];
    CK_ATTRIBUTE all[G_N_ELEMENTS(rows)];
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        value[i] = !rows[i].want;
        all[i] = attribute(rows[i].type, &value[i], sizeof value[i]);
    }
    if (!p11_ok(p->f->C_GetAttributeValue(p->session, key, all, G_N_ELEMENTS(all)), "attributes of the new key",
                error))
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        if (value[i] != rows[i].want) {
            g_set_error(error, BURN_FAULT_ERROR, BURN_FAULT_READ_BACK, "the key pair made on the token %s",
                        rows[i].name);
            return FALSE;
        }
    return TRUE;
}

GBytes *
p11_keygen(BurnBackend *b, BurnKeyType type, GBytes *id, const char *label, GError **error)
{
    static const guint8 p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 };
    static const guint8 exponent[] = { 0x01, 0x00, 0x01 };
    P11 *p = (P11 *)b;
    CK_ULONG bits = 2048;
    CK_MECHANISM mechanism = { type == BURN_KEY_RSA_2048 ? CKM_RSA_PKCS_KEY_PAIR_GEN : CKM_EC_KEY_PAIR_GEN, NULL, 0 };
    CK_ATTRIBUTE public[8] = {
        attribute(CKA_TOKEN, &yes, sizeof yes),    attribute(CKA_PRIVATE, &no, sizeof no),
        attribute(CKA_VERIFY, &yes, sizeof yes),   attribute_bytes(CKA_ID, id),
        attribute(CKA_LABEL, label, strlen(label)),
    };
    CK_ATTRIBUTE private[] = {
        attribute(CKA_TOKEN, &yes, sizeof yes),     attribute(CKA_PRIVATE, &yes, sizeof yes),
        attribute(CKA_SENSITIVE, &yes, sizeof yes), attribute(CKA_EXTRACTABLE, &no, sizeof no),
        attribute(CKA_SIGN, &yes, sizeof yes),      attribute_bytes(CKA_ID, id),
        attribute(CKA_LABEL, label, strlen(label)),
        attribute(CKA_DECRYPT, type == BURN_KEY_RSA_2048 ? &yes : &no, sizeof yes),
    };
    CK_ULONG n = 5;
    if (type == BURN_KEY_RSA_2048) {
        public[n++] = attribute(CKA_MODULUS_BITS, &bits, sizeof bits);
        public[n++] = attribute(CKA_PUBLIC_EXPONENT, exponent, sizeof exponent);
        public[n++] = attribute(CKA_ENCRYPT, &yes, sizeof yes);
    } else if (type == BURN_KEY_EC_P256) {
        public[n++] = attribute(CKA_EC_PARAMS, p256, sizeof p256);
    } else {
        g_set_error_literal(error, BURN_FAULT_ERROR, BURN_FAULT_REQUEST, "this module makes no SM2 keys");
        return NULL;
    }
    CK_OBJECT_HANDLE public_key = 0, private_key = 0;
    if (!p11_login(p, error) ||
        !p11_ok(p->f->C_GenerateKeyPair(p->session, &mechanism, public, n, private, G_N_ELEMENTS(private),
                                        &public_key, &private_key),
                "C_GenerateKeyPair", error) ||
        !key_is_good(p, private_key, error))
        return NULL;
    p->made = private_key;
    g_clear_pointer(&p->made_id, g_bytes_unref);
    p->made_id = g_bytes_ref(id);
    return p11_public_key(p, public_key, type == BURN_KEY_RSA_2048 ? CKK_RSA : CKK_EC, error);
}

/* The one private key with this id; the one that was just made is not searched for. */
static gboolean
signing_key(P11 *p, GBytes *id, CK_OBJECT_HANDLE *key, GError **error)
{
    g_autoptr(GArray) keys = NULL;
    *key = p->made;
    if (p->made != CK_INVALID_HANDLE && g_bytes_equal(p->made_id, id))
        return TRUE;
    if (!find(p, CKO_PRIVATE_KEY, id, &keys, error))
        return FALSE;
    if (keys->len == 1) {
        *key = g_array_index(keys, CK_OBJECT_HANDLE, 0);
        return TRUE;
    }
    g_set_error(error, BURN_FAULT_ERROR, BURN_FAULT_READ_BACK, "%u private keys where one is expected", keys->len);
    return FALSE;
}

GBytes *
p11_sign(BurnBackend *b, BurnKeyType type, GBytes *id, GBytes *input, GError **error)
{
    P11 *p = (P11 *)b;
    CK_OBJECT_HANDLE key;
    if (!p11_login(p, error) || !signing_key(p, id, &key, error))
        return NULL;
    CK_MECHANISM mechanism = { type == BURN_KEY_RSA_2048 ? CKM_RSA_PKCS : CKM_ECDSA, NULL, 0 };
    if (type == BURN_KEY_SM2) {
        const char *number = g_getenv(BURN_SM2_MECHANISM_ENV);
        mechanism.mechanism = number != NULL ? (CK_MECHANISM_TYPE)g_ascii_strtoull(number, NULL, 0) : 0;
    }
    if (type == BURN_KEY_SM2 && mechanism.mechanism == 0) {
        g_set_error_literal(error, BURN_FAULT_ERROR, BURN_FAULT_REQUEST, "which mechanism signs SM2 was not told");
        return NULL;
    }
    guint8 signature[1024];
    CK_ULONG size = sizeof signature;
    gsize length;
    const void *data = g_bytes_get_data(input, &length);
    if (!p11_ok(p->f->C_SignInit(p->session, &mechanism, key), "C_SignInit", error) ||
        !p11_ok(p->f->C_Sign(p->session, (CK_BYTE_PTR)data, length, signature, &size), "C_Sign", error))
        return NULL;
    return g_bytes_new(signature, MIN(size, sizeof signature));
}

/* Free room as the token tells it; one that tells nothing is asked by writing. */
static gboolean
has_room(P11 *p, gsize size, GError **error)
{
    g_autoptr(BurnTokenInfo) info = p->tells_room ? p11_info(p, p->slot, error) : NULL;
    if (info == NULL)
        return !p->tells_room;
    if (info->free_bytes == 0 || info->free_bytes >= size + ROOM_MARGIN)
        return TRUE;
    g_set_error(error, BURN_FAULT_ERROR, BURN_FAULT_NO_ROOM,
                "no room on the key: %" G_GSIZE_FORMAT " bytes needed, %" G_GUINT64_FORMAT " free", size + ROOM_MARGIN,
                info->free_bytes);
    return FALSE;
}

static gboolean
destroy(P11 *p, CK_OBJECT_HANDLE object, GError **error)
{
    return p11_ok(p->f->C_DestroyObject(p->session, object), "C_DestroyObject", error);
}

/* Of the objects in @handles exactly one with @bytes is left: found or made from @template. A fresh object that
 * reads back wrong is taken away again. */
static gboolean
leave_one(P11 *p, GArray *handles, CK_ATTRIBUTE *template, CK_ULONG n, GBytes *bytes, GError **error)
{
    CK_OBJECT_HANDLE keep = CK_INVALID_HANDLE;
    for (guint i = 0; i < handles->len && keep == CK_INVALID_HANDLE; i++)
        if (p11_value_is(p, g_array_index(handles, CK_OBJECT_HANDLE, i), bytes))
            keep = g_array_index(handles, CK_OBJECT_HANDLE, i);
    if (keep == CK_INVALID_HANDLE) {
        if (!has_room(p, g_bytes_get_size(bytes), error) ||
            !p11_ok(p->f->C_CreateObject(p->session, template, n, &keep), "C_CreateObject", error))
            return FALSE;
        if (!p11_value_is(p, keep, bytes)) {
            destroy(p, keep, NULL);
            g_set_error_literal(error, BURN_FAULT_ERROR, BURN_FAULT_READ_BACK,
                                "what was written on the key reads back differently");
            return FALSE;
        }
    }
    for (guint i = 0; i < handles->len; i++) {
        CK_OBJECT_HANDLE other = g_array_index(handles, CK_OBJECT_HANDLE, i);
        if (other != keep && !destroy(p, other, error))
            return FALSE;
    }
    return TRUE;
}

/* ---- what a certificate object repeats of its certificate. Read as plain ASN.1: d2i_X509 would decode the public key,
 * which in OpenSSL 3.0 costs more than writing the object ---- */

static void
sequence_free(ASN1_SEQUENCE_ANY *sequence)
{
    sk_ASN1_TYPE_pop_free(sequence, ASN1_TYPE_free);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ASN1_SEQUENCE_ANY, sequence_free)

/* The members of a SEQUENCE that is member @index of @outer; NULL: it is none. */
static ASN1_SEQUENCE_ANY *
inner_sequence(const ASN1_SEQUENCE_ANY *outer, int index)
{
    const ASN1_TYPE *member = sk_ASN1_TYPE_value(outer, index);
    if (member == NULL || member->type != V_ASN1_SEQUENCE)
        return NULL;
    const unsigned char *der = member->value.sequence->data;
    return d2i_ASN1_SEQUENCE_ANY(NULL, &der, member->value.sequence->length);
}

static GBytes *
der_of(const ASN1_SEQUENCE_ANY *sequence, int index, int type)
{
    ASN1_TYPE *member = sk_ASN1_TYPE_value(sequence, index);
    unsigned char *der = NULL;
    int size = member != NULL && member->type == type ? i2d_ASN1_TYPE(member, &der) : 0;
    GBytes *bytes = size > 0 ? g_bytes_new(der, (gsize)size) : NULL;
    OPENSSL_free(der);
    return bytes;
}

static gboolean
date_of(const ASN1_SEQUENCE_ANY *validity, int index, CK_DATE *date)
{
    const ASN1_TYPE *time = sk_ASN1_TYPE_value(validity, index);
    struct tm tm = { 0 };
    char text[16];
    if (time == NULL || (time->type != V_ASN1_UTCTIME && time->type != V_ASN1_GENERALIZEDTIME) ||
        ASN1_TIME_to_tm(time->value.asn1_string, &tm) != 1)
        return FALSE;
    g_snprintf(text, sizeof text, "%04d%02d%02d", (tm.tm_year + 1900) % 10000, tm.tm_mon + 1, tm.tm_mday);
    memcpy(date->year, text, 4);
    memcpy(date->month, text + 4, 2);
    memcpy(date->day, text + 6, 2);
    return TRUE;
}

typedef struct {
    GBytes *subject, *issuer, *serial; /* DER */
    CK_DATE start, end;
} CertificateFacts;

static void
facts_clear(CertificateFacts *facts)
{
    g_clear_pointer(&facts->subject, g_bytes_unref);
    g_clear_pointer(&facts->issuer, g_bytes_unref);
    g_clear_pointer(&facts->serial, g_bytes_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CertificateFacts, facts_clear)

/* TBSCertificate of version 3, RFC 5280 4.1: [0] version, serial, algorithm, issuer, validity, subject */
static gboolean
certificate_facts(GBytes *der, CertificateFacts *facts)
{
    gsize size;
    const unsigned char *bytes = g_bytes_get_data(der, &size);
    g_autoptr(ASN1_SEQUENCE_ANY) outer = d2i_ASN1_SEQUENCE_ANY(NULL, &bytes, (long)size);
    g_autoptr(ASN1_SEQUENCE_ANY) tbs = outer != NULL ? inner_sequence(outer, 0) : NULL;
    g_autoptr(ASN1_SEQUENCE_ANY) validity = tbs != NULL ? inner_sequence(tbs, 4) : NULL;
    if (validity == NULL)
        return FALSE;
    facts->serial = der_of(tbs, 1, V_ASN1_INTEGER);
    facts->issuer = der_of(tbs, 3, V_ASN1_SEQUENCE);
    facts->subject = der_of(tbs, 5, V_ASN1_SEQUENCE);
    return facts->serial != NULL && facts->issuer != NULL && facts->subject != NULL &&
           date_of(validity, 0, &facts->start) && date_of(validity, 1, &facts->end);
}

gboolean
p11_write_cert(BurnBackend *b, GBytes *id, const char *label, GBytes *der, GError **error)
{
    P11 *p = (P11 *)b;
    g_auto(CertificateFacts) x = { 0 };
    if (!certificate_facts(der, &x)) {
        g_set_error_literal(error, BURN_FAULT_ERROR, BURN_FAULT_REQUEST, "the certificate to write cannot be decoded");
        return FALSE;
    }
    CK_OBJECT_CLASS class = CKO_CERTIFICATE;
    CK_CERTIFICATE_TYPE type = CKC_X_509;
    CK_ATTRIBUTE template[] = {
        attribute(CKA_CLASS, &class, sizeof class),  attribute(CKA_CERTIFICATE_TYPE, &type, sizeof type),
        attribute(CKA_TOKEN, &yes, sizeof yes),      attribute(CKA_PRIVATE, &no, sizeof no),
        attribute_bytes(CKA_ID, id),                 attribute(CKA_LABEL, label, strlen(label)),
        attribute_bytes(CKA_SUBJECT, x.subject),     attribute_bytes(CKA_ISSUER, x.issuer),
        attribute_bytes(CKA_SERIAL_NUMBER, x.serial), attribute(CKA_START_DATE, &x.start, sizeof x.start),
        attribute(CKA_END_DATE, &x.end, sizeof x.end), attribute_bytes(CKA_VALUE, der),
    };
    CK_ATTRIBUTE match[] = { attribute(CKA_CLASS, &class, sizeof class), attribute_bytes(CKA_ID, id) };
    g_autoptr(GArray) handles = NULL;
    return p11_login(p, error) && p11_find_before(p, match, G_N_ELEMENTS(match), &handles, error) &&
           leave_one(p, handles, template, G_N_ELEMENTS(template), der, error);
}

static GBytes *
oid_der(const char *oid, GError **error)
{
    ASN1_OBJECT *object = *oid != '\0' ? OBJ_txt2obj(oid, 1) : NULL;
    unsigned char *der = NULL;
    int size = object != NULL ? i2d_ASN1_OBJECT(object, &der) : 0;
    GBytes *bytes = g_bytes_new(der, size > 0 ? (gsize)size : 0);
    ASN1_OBJECT_free(object);
    OPENSSL_free(der);
    if (*oid == '\0' || size > 0)
        return bytes;
    g_bytes_unref(bytes);
    g_set_error(error, BURN_FAULT_ERROR, BURN_FAULT_REQUEST, "%s is no object identifier", oid);
    return NULL;
}

/* Public, so that the platform's reader shows the seal before the holder gives his PIN; a seal's integrity rests on
 * its own signature. */
gboolean
p11_write_data(BurnBackend *b, const char *label, const char *application, const char *oid, GBytes *bytes,
               GError **error)
{
    P11 *p = (P11 *)b;
    g_autoptr(GBytes) object_id = oid_der(oid, error);
    if (object_id == NULL)
        return FALSE;
    CK_OBJECT_CLASS class = CKO_DATA;
    CK_ATTRIBUTE template[] = {
        attribute(CKA_CLASS, &class, sizeof class),
        attribute(CKA_LABEL, label, strlen(label)),
        attribute(CKA_APPLICATION, application, strlen(application)),
        attribute(CKA_TOKEN, &yes, sizeof yes),
        attribute(CKA_PRIVATE, &no, sizeof no),
        attribute_bytes(CKA_VALUE, bytes),
        attribute_bytes(CKA_OBJECT_ID, object_id),
    };
    CK_ULONG n = g_bytes_get_size(object_id) > 0 ? 7 : 6;
    g_autoptr(GArray) handles = NULL;
    return p11_login(p, error) && p11_find_before(p, template, 3, &handles, error) &&
           leave_one(p, handles, template, n, bytes, error);
}

gboolean
p11_remove(BurnBackend *b, BurnObjectKind kind, GBytes *id, GBytes *sha256, guint *removed, GError **error)
{
    P11 *p = (P11 *)b;
    g_autoptr(GArray) handles = NULL;
    gboolean by_digest = g_bytes_get_size(sha256) > 0;
    p->made = CK_INVALID_HANDLE;
    *removed = 0;
    if (g_bytes_get_size(id) == 0 && !by_digest) {
        g_set_error_literal(error, BURN_FAULT_ERROR, BURN_FAULT_REQUEST, "removal of everything is not offered");
        return FALSE;
    }
    if (!p11_login(p, error) || !find(p, p11_class(kind), id, &handles, error))
        return FALSE;
    for (guint i = 0; i < handles->len; i++) {
        CK_OBJECT_HANDLE object = g_array_index(handles, CK_OBJECT_HANDLE, i);
        g_autoptr(GBytes) value = by_digest ? p11_value_of_digest(p, object, kind, sha256) : NULL;
        if (by_digest && value == NULL)
            continue;
        if (!destroy(p, object, error))
            return FALSE;
        ++*removed;
    }
    return TRUE;
}
