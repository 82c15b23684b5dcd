/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * p11_objects.c: looking: finding objects, reading whole values, the inventory of a token, and a public key
 * as SubjectPublicKeyInfo. A module's answer is foreign data: every length is bounded.
 */
#include <openssl/evp.h>
#include <string.h>

#include "burner/der.h"
#include "burner/p11.h"

#define HANDLES_MAX (BURN_OBJECTS_MAX + 1)

gboolean
p11_find(P11 *p, CK_ATTRIBUTE *match, CK_ULONG n, GArray **handles, GError **error)
{
    if (!p11_ok(p->f->C_FindObjectsInit(p->session, match, n), "C_FindObjectsInit", error))
        return FALSE;
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(CK_OBJECT_HANDLE));
    CK_OBJECT_HANDLE some[32];
    CK_ULONG got = 0;
    CK_RV rv;
    do {
        got = 0;
        rv = p->f->C_FindObjects(p->session, some, G_N_ELEMENTS(some), &got);
        got = MIN(got, G_N_ELEMENTS(some));
        if (rv == CKR_OK)
            g_array_append_vals(all, some, (guint)got);
    } while (rv == CKR_OK && got == G_N_ELEMENTS(some) && all->len < HANDLES_MAX);
    p->f->C_FindObjectsFinal(p->session);
    if (!p11_ok(rv, "C_FindObjects", error))
        return FALSE;
    if (all->len >= HANDLES_MAX) {
        g_set_error(error, BURN_FAULT_ERROR, BURN_FAULT_DEVICE, "the key lists more than %u objects",
                    BURN_OBJECTS_MAX);
        return FALSE;
    }
    *handles = g_steal_pointer(&all);
    return TRUE;
}

/* The bytes of all that is matched: what names the object that will be written. */
static GBytes *
name_of(const CK_ATTRIBUTE *match, CK_ULONG n)
{
    GByteArray *name = g_byte_array_new();
    for (CK_ULONG i = 0; i < n; i++) {
        g_byte_array_append(name, (const guint8 *)&match[i].ulValueLen, sizeof match[i].ulValueLen);
        g_byte_array_append(name, match[i].pValue, (guint)match[i].ulValueLen);
    }
    return g_byte_array_free_to_bytes(name);
}

gboolean
p11_find_before(P11 *p, CK_ATTRIBUTE *match, CK_ULONG n, GArray **handles, GError **error)
{
    if (p->own == NULL || !g_hash_table_add(p->own, name_of(match, n)))
        return p11_find(p, match, n, handles, error);
    *handles = g_array_new(FALSE, FALSE, sizeof(CK_OBJECT_HANDLE));
    return TRUE;
}

#define KEY_PART_MAX 1024u /* RSA moduli of 8192 bits */
#define FIRST_GUESS 65536u /* seals fit: one call instead of two, and a call to a real token takes long */

static GBytes *
value_sized(P11 *p, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type, gsize size, GError **error)
{
    g_autofree guint8 *bytes = g_malloc(size);
    CK_ATTRIBUTE a = { type, bytes, size };
    if (!p11_ok(p->f->C_GetAttributeValue(p->session, object, &a, 1), "C_GetAttributeValue", error))
        return NULL;
    if (a.ulValueLen > size) {
        g_set_error_literal(error, BURN_FAULT_ERROR, BURN_FAULT_DEVICE, "the key gives more bytes than it was asked for");
        return NULL;
    }
    return g_bytes_new_take(g_steal_pointer(&bytes), a.ulValueLen);
}

GBytes *
p11_value(P11 *p, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type, GError **error)
{
    guint8 guess[FIRST_GUESS];
    CK_ATTRIBUTE a = { type, guess, sizeof guess };
    CK_RV rv = p->f->C_GetAttributeValue(p->session, object, &a, 1);
    if (rv == CKR_OK && a.ulValueLen <= sizeof guess)
        return g_bytes_new(guess, a.ulValueLen);
    if (rv == CKR_ATTRIBUTE_TYPE_INVALID)
        return g_bytes_new_static("", 0);
    a = (CK_ATTRIBUTE){ type, NULL, 0 };
    if (rv == CKR_BUFFER_TOO_SMALL || rv == CKR_OK)
        rv = p->f->C_GetAttributeValue(p->session, object, &a, 1);
    if (!p11_ok(rv, "C_GetAttributeValue", error))
        return NULL;
    if (a.ulValueLen > BURN_BLOB_MAX) {
        g_set_error_literal(error, BURN_FAULT_ERROR, BURN_FAULT_DEVICE, "an object on the key has an absurd length");
        return NULL;
    }
    return value_sized(p, object, type, MAX(a.ulValueLen, 1), error);
}

gboolean
p11_value_is(P11 *p, CK_OBJECT_HANDLE object, GBytes *expected)
{
    gsize size = g_bytes_get_size(expected);
    g_autoptr(GBytes) value = value_sized(p, object, CKA_VALUE, size + 1, NULL); /* room to see a longer one */
    return value != NULL && g_bytes_equal(value, expected);
}

static gboolean
flag(P11 *p, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type)
{
    CK_BBOOL value = CK_FALSE;
    CK_ATTRIBUTE a = { type, &value, sizeof value };
    return p->f->C_GetAttributeValue(p->session, object, &a, 1) == CKR_OK && value == CK_TRUE;
}

static guint
private_flags(P11 *p, CK_OBJECT_HANDLE object)
{
    static const struct {
        CK_ATTRIBUTE_TYPE type;
        guint flag;
    } wanted[] = {
        { CKA_LOCAL, BURN_FLAG_LOCAL },
        { CKA_SENSITIVE, BURN_FLAG_SENSITIVE },
        { CKA_ALWAYS_SENSITIVE, BURN_FLAG_ALWAYS_SENSITIVE },
        { CKA_EXTRACTABLE, BURN_FLAG_EXTRACTABLE },
        { CKA_NEVER_EXTRACTABLE, BURN_FLAG_NEVER_EXTRACTABLE },
        { CKA_PRIVATE, BURN_FLAG_PRIVATE },
        { CKA_TOKEN, BURN_FLAG_TOKEN },
        { CKA_SIGN, BURN_FLAG_SIGN },
    };
    CK_BBOOL value[G_N_ELEMENTS(wanted)] = { 0 };
    CK_ATTRIBUTE all[G_N_ELEMENTS(wanted)];
    for (guint i = 0; i < G_N_ELEMENTS(wanted); i++)
        all[i] = (CK_ATTRIBUTE){ wanted[i].type, &value[i], sizeof value[i] };
    guint flags = 0;
    gboolean at_once = p->f->C_GetAttributeValue(p->session, object, all, G_N_ELEMENTS(all)) == CKR_OK;
    for (guint i = 0; i < G_N_ELEMENTS(wanted); i++)
        if (at_once ? value[i] == CK_TRUE : flag(p, object, wanted[i].type))
            flags |= wanted[i].flag;
    return flags;
}

/* ---- SubjectPublicKeyInfo, RFC 5280 4.1: built from the attributes, so that no key store is in between ---- */

/* Two attributes at one call. What a public key of the kind has not is somebody else's key. */
static gboolean
two_values(P11 *p, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE first, CK_ATTRIBUTE_TYPE second, GBytes *out[2],
           GError **error)
{
    guint8 bytes[2][KEY_PART_MAX];
    CK_ATTRIBUTE both[] = { { first, bytes[0], KEY_PART_MAX }, { second, bytes[1], KEY_PART_MAX } };
    CK_RV rv = p->f->C_GetAttributeValue(p->session, object, both, 2);
    gboolean odd = rv == CKR_ATTRIBUTE_TYPE_INVALID || rv == CKR_BUFFER_TOO_SMALL || rv == CKR_ATTRIBUTE_SENSITIVE;
    if (!odd && !p11_ok(rv, "C_GetAttributeValue", error))
        return FALSE;
    if (odd || both[0].ulValueLen > KEY_PART_MAX || both[1].ulValueLen > KEY_PART_MAX) {
        g_set_error_literal(error, BURN_FAULT_ERROR, BURN_FAULT_DEVICE, "public key of an unknown form on the key");
        return FALSE;
    }
    for (guint i = 0; i < 2; i++)
        out[i] = g_bytes_new(bytes[i], both[i].ulValueLen);
    return TRUE;
}

static GBytes *
rsa_public_key(P11 *p, CK_OBJECT_HANDLE object, GError **error)
{
    static const guint8 algorithm[] = { 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
                                        0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00 };
    GBytes *parts[2];
    if (!two_values(p, object, CKA_MODULUS, CKA_PUBLIC_EXPONENT, parts, error))
        return NULL;
    g_autoptr(GBytes) n = parts[0], e = parts[1];
    if (g_bytes_get_size(n) > 1024 || g_bytes_get_size(n) < 128 || g_bytes_get_size(e) > 8 || g_bytes_get_size(e) < 1) {
        g_set_error_literal(error, BURN_FAULT_ERROR, BURN_FAULT_DEVICE, "RSA public key of an absurd size on the key");
        return NULL;
    }
    GByteArray *der = g_byte_array_new();
    burn_der_add_integer(der, n);
    burn_der_add_integer(der, e);
    burn_der_wrap(der, BURN_DER_SEQUENCE);
    burn_der_wrap_bits(der);
    g_byte_array_prepend(der, algorithm, sizeof algorithm);
    burn_der_wrap(der, BURN_DER_SEQUENCE);
    return g_byte_array_free_to_bytes(der);
}

/* CKA_EC_POINT is a DER OCTET STRING around the point (PKCS#11 2.40), in some modules the bare point. */
static GBytes *
ec_public_key(P11 *p, CK_OBJECT_HANDLE object, GError **error)
{
    static const guint8 id_ec[] = { 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01 };
    GBytes *parts[2];
    if (!two_values(p, object, CKA_EC_PARAMS, CKA_EC_POINT, parts, error))
        return NULL;
    g_autoptr(GBytes) params = parts[0], point = parts[1];
    gsize size, params_size;
    const guint8 *bytes = g_bytes_get_data(point, &size);
    const guint8 *curve = g_bytes_get_data(params, &params_size);
    if (size == 67 && bytes[0] == 0x04 && bytes[1] == 65) {
        bytes += 2;
        size -= 2;
    }
    if (size != 65 || bytes[0] != 0x04 || params_size < 3 || params_size > 16 || curve[0] != 0x06) {
        g_set_error_literal(error, BURN_FAULT_ERROR, BURN_FAULT_DEVICE, "EC public key of an unknown form on the key");
        return NULL;
    }
    GByteArray *der = g_byte_array_new();
    burn_der_add(der, id_ec, sizeof id_ec);
    burn_der_add(der, curve, params_size);
    burn_der_wrap(der, BURN_DER_SEQUENCE);
    guint8 head[] = { BURN_DER_BIT_STRING, 66, 0x00 };
    burn_der_add(der, head, sizeof head);
    burn_der_add(der, bytes, size);
    burn_der_wrap(der, BURN_DER_SEQUENCE);
    return g_byte_array_free_to_bytes(der);
}

GBytes *
p11_public_key(P11 *p, CK_OBJECT_HANDLE object, CK_KEY_TYPE type, GError **error)
{
    return type == CKK_RSA ? rsa_public_key(p, object, error) : ec_public_key(p, object, error);
}

gboolean
p11_key_type(P11 *p, CK_OBJECT_HANDLE object, CK_KEY_TYPE *type, GError **error)
{
    *type = CKK_VENDOR_DEFINED;
    CK_ATTRIBUTE a = { CKA_KEY_TYPE, type, sizeof *type };
    if (!p11_ok(p->f->C_GetAttributeValue(p->session, object, &a, 1), "key type", error))
        return FALSE;
    if (*type == CKK_RSA || *type == CKK_EC)
        return TRUE;
    g_set_error(error, BURN_FAULT_ERROR, BURN_FAULT_DEVICE, "key type 0x%lx is not known", *type);
    return FALSE;
}

/* The bytes that an object is known by: a public key's SubjectPublicKeyInfo, else the value. */
static GBytes *
bytes_of(P11 *p, CK_OBJECT_HANDLE object, BurnObjectKind kind, GError **error)
{
    CK_KEY_TYPE type;
    if (kind != BURN_OBJECT_PUBLIC)
        return p11_value(p, object, CKA_VALUE, error);
    return p11_key_type(p, object, &type, error) ? p11_public_key(p, object, type, error) : NULL;
}

/* ---- inventory ---- */

static gboolean
digest_value(P11 *p, CK_OBJECT_HANDLE handle, BurnObject *o, GError **error)
{
    GError *cannot = NULL;
    g_autoptr(GBytes) value = bytes_of(p, handle, o->kind, &cannot);
    if (value == NULL && o->kind == BURN_OBJECT_PUBLIC && cannot->code == BURN_FAULT_DEVICE) {
        g_error_free(cannot); /* somebody else's key of another kind: it stays undigested */
        return TRUE;
    }
    if (value == NULL) {
        g_propagate_error(error, cannot);
        return FALSE;
    }
    gsize size;
    const void *bytes = g_bytes_get_data(value, &size);
    o->size = size;
    o->flags |= BURN_FLAG_WHOLE;
    return EVP_Digest(bytes != NULL ? bytes : "", size, o->sha256, NULL, EVP_sha256(), NULL) == 1;
}

static char *
string_of(const CK_ATTRIBUTE *a)
{
    gboolean given = a->ulValueLen != CK_UNAVAILABLE_INFORMATION && a->ulValueLen <= 255;
    return g_utf8_make_valid(given ? a->pValue : "", given ? (gssize)a->ulValueLen : 0);
}

/* Several attributes at one call: what an object has not is marked unavailable and the rest is given (PKCS#11 2.40,
 * C_GetAttributeValue). Some modules stop at the first gap and leave the lengths behind it as they were: those attributes
 * are asked for one by one. Each buffer is longer than its value, so that a length that was given differs. */
static gboolean
get_all(P11 *p, CK_OBJECT_HANDLE handle, CK_ATTRIBUTE *all, guint n, GError **error)
{
    CK_ULONG room[8];
    g_assert(n <= G_N_ELEMENTS(room));
    for (guint i = 0; i < n; i++)
        room[i] = all[i].ulValueLen;
    CK_RV rv = p->f->C_GetAttributeValue(p->session, handle, all, n);
    if (rv == CKR_OK)
        return TRUE;
    if (rv != CKR_ATTRIBUTE_TYPE_INVALID && rv != CKR_BUFFER_TOO_SMALL)
        return p11_ok(rv, "object attributes", error);
    for (guint i = 0; i < n; i++)
        if (all[i].ulValueLen == room[i] && p->f->C_GetAttributeValue(p->session, handle, &all[i], 1) != CKR_OK)
            all[i].ulValueLen = CK_UNAVAILABLE_INFORMATION;
    return TRUE;
}

static BurnObject *
describe(P11 *p, CK_OBJECT_HANDLE handle, GError **error)
{
    union {
        CK_OBJECT_CLASS class;
        guint8 room[2 * sizeof(CK_OBJECT_CLASS)];
    } what = { CKO_VENDOR_DEFINED };
    char label[256], application[256];
    guint8 id[256];
    CK_ATTRIBUTE all[] = {
        { CKA_CLASS, &what, sizeof what },
        { CKA_LABEL, label, sizeof label },
        { CKA_ID, id, sizeof id },
        { CKA_APPLICATION, application, sizeof application },
    };
    if (!get_all(p, handle, all, G_N_ELEMENTS(all), error))
        return NULL;
    CK_OBJECT_CLASS class = what.class;
    BurnObject *o = burn_object_new(class == CKO_PRIVATE_KEY   ? BURN_OBJECT_PRIVATE
                                    : class == CKO_PUBLIC_KEY  ? BURN_OBJECT_PUBLIC
                                    : class == CKO_CERTIFICATE ? BURN_OBJECT_CERT
                                    : class == CKO_DATA        ? BURN_OBJECT_DATA
                                                               : BURN_OBJECT_OTHER);
    o->label = string_of(&all[1]);
    o->application = o->kind == BURN_OBJECT_DATA ? string_of(&all[3]) : g_strdup("");
    if (o->kind != BURN_OBJECT_DATA && all[2].ulValueLen <= sizeof id)
        o->id = g_bytes_new(id, all[2].ulValueLen);
    return o;
}

static BurnObject *
look_at(P11 *p, CK_OBJECT_HANDLE handle, gboolean values, GError **error)
{
    g_autoptr(BurnObject) o = describe(p, handle, error);
    if (o == NULL)
        return NULL;
    if (o->kind == BURN_OBJECT_PRIVATE)
        o->flags = private_flags(p, handle);
    else if (o->kind != BURN_OBJECT_OTHER && values && !digest_value(p, handle, o, error))
        return NULL;
    return g_steal_pointer(&o);
}

BurnInventory *
p11_look(BurnBackend *b, gboolean log_in, gboolean values, GError **error)
{
    P11 *p = (P11 *)b;
    g_autoptr(BurnInventory) all = burn_inventory_new();
    all->token = p11_info(p, p->slot, error);
    if (all->token == NULL || !p11_is_same(p, all->token, error))
        return NULL;
    if (!all->token->initialised)
        return g_steal_pointer(&all);
    if (log_in ? !p11_login(p, error) : !p11_session(p, error))
        return NULL;
    all->logged_in = p->user_in;
    g_autoptr(GArray) handles = NULL;
    if (!p11_find(p, NULL, 0, &handles, error))
        return NULL;
    for (guint i = 0; i < handles->len; i++) {
        BurnObject *o = look_at(p, g_array_index(handles, CK_OBJECT_HANDLE, i), values, error);
        if (o == NULL)
            return NULL;
        g_ptr_array_add(all->objects, o);
    }
    return g_steal_pointer(&all);
}

CK_OBJECT_CLASS
p11_class(BurnObjectKind kind)
{
    return kind == BURN_OBJECT_PRIVATE  ? CKO_PRIVATE_KEY
           : kind == BURN_OBJECT_PUBLIC ? CKO_PUBLIC_KEY
           : kind == BURN_OBJECT_CERT   ? CKO_CERTIFICATE
                                        : CKO_DATA;
}

GBytes *
p11_value_of_digest(P11 *p, CK_OBJECT_HANDLE object, BurnObjectKind kind, GBytes *sha256)
{
    g_autoptr(GBytes) value = bytes_of(p, object, kind, NULL);
    guint8 digest[32];
    if (value == NULL || g_bytes_get_size(value) == 0 || g_bytes_get_size(sha256) != sizeof digest ||
        EVP_Digest(g_bytes_get_data(value, NULL), g_bytes_get_size(value), digest, NULL, EVP_sha256(), NULL) != 1 ||
        memcmp(digest, g_bytes_get_data(sha256, NULL), sizeof digest) != 0)
        return NULL;
    return g_steal_pointer(&value);
}

GBytes *
p11_read(BurnBackend *b, BurnObjectKind kind, GBytes *sha256, GError **error)
{
    P11 *p = (P11 *)b;
    CK_OBJECT_CLASS class = p11_class(kind);
    CK_ATTRIBUTE match = { CKA_CLASS, &class, sizeof class };
    g_autoptr(GArray) handles = NULL;
    if (!p11_session(p, error) || !p11_find(p, &match, 1, &handles, error))
        return NULL;
    for (guint i = 0; i < handles->len; i++) {
        GBytes *value = p11_value_of_digest(p, g_array_index(handles, CK_OBJECT_HANDLE, i), kind, sha256);
        if (value != NULL)
            return value;
    }
    g_set_error_literal(error, BURN_FAULT_ERROR, BURN_FAULT_READ_BACK, "the object asked for is not on the key");
    return NULL;
}
