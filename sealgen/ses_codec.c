/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ses_codec.c: the seal's bytes, by OpenSSL's ASN.1 templates.
 *
 *   versions 4 and 5                              version 1
 *   SEQUENCE {                                    SEQUENCE {
 *     eSealInfo      <- signed                      eSealInfo                    <- signed, as
 *     cert           OCTET STRING                   SEQUENCE {                      SEQUENCE {
 *     signAlgID      OBJECT IDENTIFIER                cert       OCTET STRING   <-    eSealInfo,
 *     signedValue    BIT STRING                       algorithm  OBJECT ID      <-    cert, algorithm }
 *     timeStamp  [0] BIT STRING OPTIONAL (5) }        signData   BIT STRING } }
 *
 *   eSealInfo SEQUENCE {
 *     header    SEQUENCE { ID IA5String "ES", version INTEGER, Vid IA5String }
 *     esID      IA5String
 *     property  SEQUENCE { type INTEGER, name UTF8String,
 *                          certListType INTEGER (not in version 1),
 *                          certList SEQUENCE OF OCTET STRING | SEQUENCE OF { PrintableString, OCTET STRING },
 *                          createDate, validStart, validEnd: GeneralizedTime, in version 1 UTCTime }
 *     picture   SEQUENCE { type IA5String, data OCTET STRING, width INTEGER, height INTEGER }   millimetres
 *     extDatas  SEQUENCE OF { OBJECT ID, BOOLEAN DEFAULT FALSE, OCTET STRING } OPTIONAL; [0] in version 1 }
 *
 * One lenient set of templates reads all three, so that a seal which mixes the versions can be
 * refused by name; the strictness is that what was read must encode to the same bytes again.
 */
#include "sealgen/ses_codec.h"

#include <string.h>

#include <openssl/asn1t.h>
#include <openssl/err.h>
#include <openssl/objects.h>

#include "core/error.h"
#include "sealgen/der.h"
#include "sealgen/ses_time.h"

/* ---- templates ---- */

typedef struct {
    ASN1_IA5STRING *id;
    ASN1_INTEGER *version;
    ASN1_IA5STRING *vid;
} SES_HEADER;
ASN1_SEQUENCE(SES_HEADER) = {
    ASN1_SIMPLE(SES_HEADER, id, ASN1_IA5STRING),
    ASN1_SIMPLE(SES_HEADER, version, ASN1_INTEGER),
    ASN1_SIMPLE(SES_HEADER, vid, ASN1_IA5STRING),
} static_ASN1_SEQUENCE_END(SES_HEADER)

typedef struct {
    ASN1_PRINTABLESTRING *type;
    ASN1_OCTET_STRING *value;
} SES_DIGEST;
ASN1_SEQUENCE(SES_DIGEST) = {
    ASN1_SIMPLE(SES_DIGEST, type, ASN1_PRINTABLESTRING),
    ASN1_SIMPLE(SES_DIGEST, value, ASN1_OCTET_STRING),
} static_ASN1_SEQUENCE_END(SES_DIGEST)

/* Untagged CHOICE of the standard, here one entry at a time: the tags tell them apart. */
typedef struct {
    int type; /* 0 cert, 1 digest */
    union {
        ASN1_OCTET_STRING *cert;
        SES_DIGEST *digest;
    } d;
} SES_ENTRY;
ASN1_CHOICE(SES_ENTRY) = {
    ASN1_SIMPLE(SES_ENTRY, d.cert, ASN1_OCTET_STRING),
    ASN1_SIMPLE(SES_ENTRY, d.digest, SES_DIGEST),
} static_ASN1_CHOICE_END(SES_ENTRY)
DEFINE_STACK_OF(SES_ENTRY)

typedef struct {
    ASN1_INTEGER *type;
    ASN1_UTF8STRING *name;
    ASN1_INTEGER *list_type;
    STACK_OF(SES_ENTRY) *list;
    ASN1_TIME *created, *start, *end;
} SES_PROPERTY;
ASN1_SEQUENCE(SES_PROPERTY) = {
    ASN1_SIMPLE(SES_PROPERTY, type, ASN1_INTEGER),
    ASN1_SIMPLE(SES_PROPERTY, name, ASN1_UTF8STRING),
    ASN1_OPT(SES_PROPERTY, list_type, ASN1_INTEGER),
    ASN1_SEQUENCE_OF(SES_PROPERTY, list, SES_ENTRY),
    ASN1_SIMPLE(SES_PROPERTY, created, ASN1_TIME),
    ASN1_SIMPLE(SES_PROPERTY, start, ASN1_TIME),
    ASN1_SIMPLE(SES_PROPERTY, end, ASN1_TIME),
} static_ASN1_SEQUENCE_END(SES_PROPERTY)

typedef struct {
    ASN1_IA5STRING *type;
    ASN1_OCTET_STRING *data;
    ASN1_INTEGER *width, *height;
} SES_PICTURE;
ASN1_SEQUENCE(SES_PICTURE) = {
    ASN1_SIMPLE(SES_PICTURE, type, ASN1_IA5STRING),
    ASN1_SIMPLE(SES_PICTURE, data, ASN1_OCTET_STRING),
    ASN1_SIMPLE(SES_PICTURE, width, ASN1_INTEGER),
    ASN1_SIMPLE(SES_PICTURE, height, ASN1_INTEGER),
} static_ASN1_SEQUENCE_END(SES_PICTURE)

/* critical as a plain optional BOOLEAN (-1 absent), so that a FALSE written out is not lost. */
typedef struct {
    ASN1_OBJECT *oid;
    ASN1_BOOLEAN critical;
    ASN1_OCTET_STRING *value;
} SES_EXT;
ASN1_SEQUENCE(SES_EXT) = {
    ASN1_SIMPLE(SES_EXT, oid, ASN1_OBJECT),
    ASN1_OPT(SES_EXT, critical, ASN1_BOOLEAN),
    ASN1_SIMPLE(SES_EXT, value, ASN1_OCTET_STRING),
} static_ASN1_SEQUENCE_END(SES_EXT)
DEFINE_STACK_OF(SES_EXT)

typedef struct {
    SES_HEADER *header;
    ASN1_IA5STRING *es_id;
    SES_PROPERTY *property;
    SES_PICTURE *picture;
    STACK_OF(SES_EXT) *ext;        /* versions 4 and 5 */
    STACK_OF(SES_EXT) *ext_tagged; /* version 1 */
} SES_INFO;
ASN1_SEQUENCE(SES_INFO) = {
    ASN1_SIMPLE(SES_INFO, header, SES_HEADER),
    ASN1_SIMPLE(SES_INFO, es_id, ASN1_IA5STRING),
    ASN1_SIMPLE(SES_INFO, property, SES_PROPERTY),
    ASN1_SIMPLE(SES_INFO, picture, SES_PICTURE),
    ASN1_SEQUENCE_OF_OPT(SES_INFO, ext, SES_EXT),
    ASN1_EXP_SEQUENCE_OF_OPT(SES_INFO, ext_tagged, SES_EXT, 0),
} static_ASN1_SEQUENCE_END(SES_INFO)

typedef struct {
    SES_INFO *info;
    ASN1_OCTET_STRING *cert;
    ASN1_OBJECT *algorithm;
    ASN1_BIT_STRING *signature;
    ASN1_BIT_STRING *stamp;
} SES_SEAL4;
ASN1_SEQUENCE(SES_SEAL4) = {
    ASN1_SIMPLE(SES_SEAL4, info, SES_INFO),
    ASN1_SIMPLE(SES_SEAL4, cert, ASN1_OCTET_STRING),
    ASN1_SIMPLE(SES_SEAL4, algorithm, ASN1_OBJECT),
    ASN1_SIMPLE(SES_SEAL4, signature, ASN1_BIT_STRING),
    ASN1_EXP_OPT(SES_SEAL4, stamp, ASN1_BIT_STRING, 0),
} static_ASN1_SEQUENCE_END(SES_SEAL4)

typedef struct {
    ASN1_OCTET_STRING *cert;
    ASN1_OBJECT *algorithm;
    ASN1_BIT_STRING *signature;
} SES_SIGN1;
ASN1_SEQUENCE(SES_SIGN1) = {
    ASN1_SIMPLE(SES_SIGN1, cert, ASN1_OCTET_STRING),
    ASN1_SIMPLE(SES_SIGN1, algorithm, ASN1_OBJECT),
    ASN1_SIMPLE(SES_SIGN1, signature, ASN1_BIT_STRING),
} static_ASN1_SEQUENCE_END(SES_SIGN1)

typedef struct {
    SES_INFO *info;
    SES_SIGN1 *sign;
} SES_SEAL1;
ASN1_SEQUENCE(SES_SEAL1) = {
    ASN1_SIMPLE(SES_SEAL1, info, SES_INFO),
    ASN1_SIMPLE(SES_SEAL1, sign, SES_SIGN1),
} static_ASN1_SEQUENCE_END(SES_SEAL1)

/* What version 1 signs. */
typedef struct {
    SES_INFO *info;
    ASN1_OCTET_STRING *cert;
    ASN1_OBJECT *algorithm;
} SES_TBS1;
ASN1_SEQUENCE(SES_TBS1) = {
    ASN1_SIMPLE(SES_TBS1, info, SES_INFO),
    ASN1_SIMPLE(SES_TBS1, cert, ASN1_OCTET_STRING),
    ASN1_SIMPLE(SES_TBS1, algorithm, ASN1_OBJECT),
} static_ASN1_SEQUENCE_END(SES_TBS1)

/* ---- reading ---- */

static gboolean
refuse(GError **error, const char *what)
{
    ERR_clear_error();
    g_set_error(error, SB_ERROR, SB_ERROR_SEAL, "%s", what);
    return FALSE;
}

static GBytes *
bytes_of(const ASN1_STRING *s)
{
    return g_bytes_new(ASN1_STRING_get0_data(s), (gsize)ASN1_STRING_length(s));
}

/* IA5String or PrintableString: printable ASCII only, so that it can be shown and compared. */
static gboolean
read_ascii(const ASN1_STRING *s, const char *field, char **out, GError **error)
{
    const guint8 *data = ASN1_STRING_get0_data(s);
    int length = ASN1_STRING_length(s);
    gboolean fits = length <= SES_MAX_TEXT;
    for (int i = 0; fits && i < length; i++)
        fits = data[i] >= 0x20 && data[i] < 0x7f;
    if (!fits) {
        g_set_error(error, SB_ERROR, SB_ERROR_SEAL, "%s is not printable ASCII of at most %d bytes", field,
                    SES_MAX_TEXT);
        return FALSE;
    }
    *out = g_strndup((const char *)data, (gsize)length);
    return TRUE;
}

static gboolean
read_integer(const ASN1_INTEGER *i, const char *field, gint64 max, gint64 *out, GError **error)
{
    gint64 value = -1;
    if (ASN1_INTEGER_get_int64(&value, i) != 1 || value < 0 || value > max) {
        ERR_clear_error();
        g_set_error(error, SB_ERROR, SB_ERROR_SEAL, "%s is not between 0 and %" G_GINT64_FORMAT, field, max);
        return FALSE;
    }
    *out = value;
    return TRUE;
}

static gboolean
read_oid(const ASN1_OBJECT *oid, char **out, GError **error)
{
    char text[128];
    int length = OBJ_obj2txt(text, sizeof text, oid, 1);
    if (length <= 0 || length >= (int)sizeof text)
        return refuse(error, "an object identifier cannot be read");
    *out = g_strdup(text);
    return TRUE;
}

/* Version 1 has UTCTime, 4 and 5 GeneralizedTime. */
static gboolean
read_time(const ASN1_TIME *t, SesVersion version, const char *field, gint64 *out, GError **error)
{
    gboolean utc = ASN1_STRING_type(t) == V_ASN1_UTCTIME;
    if (utc != (version == SES_V1)) {
        g_set_error(error, SB_ERROR, SB_ERROR_SEAL, "%s is a %s; a seal of version %d has %s", field,
                    utc ? "UTCTime" : "GeneralizedTime", version, utc ? "GeneralizedTime" : "UTCTime");
        return FALSE;
    }
    if (!ses_time_parse((const char *)ASN1_STRING_get0_data(t), (gsize)ASN1_STRING_length(t), version, out)) {
        g_set_error(error, SB_ERROR, SB_ERROR_SEAL, "%s is not a date of the form %sYYMMDDHHMMSSZ", field,
                    utc ? "" : "YY");
        return FALSE;
    }
    return TRUE;
}

/* signedValue, timeStamp: whole bytes. */
static gboolean
read_bits(const ASN1_BIT_STRING *bits, const char *field, GBytes **out, GError **error)
{
    if ((bits->flags & ASN1_STRING_FLAG_BITS_LEFT) && (bits->flags & 7)) {
        g_set_error(error, SB_ERROR, SB_ERROR_SEAL, "%s has unused bits", field);
        return FALSE;
    }
    *out = bytes_of(bits);
    return TRUE;
}

static gboolean
read_header(Ses *ses, const SES_HEADER *header, GError **error)
{
    g_autofree char *id = NULL;
    gint64 version;
    if (!read_ascii(header->id, "header.ID", &id, error) || !read_ascii(header->vid, "Vid", &ses->vid, error) ||
        !read_integer(header->version, "header.version", 1000, &version, error))
        return FALSE;
    if (strcmp(id, "ES") != 0)
        return refuse(error, "header.ID is not \"ES\": not an electronic seal");
    ses->header_version = (int)version;
    if (ses->version == SES_V4 && version == SES_V5)
        ses->version = SES_V5; /* four elements: the header decides */
    gboolean fits = ses->version == SES_V1 ? version >= 1 && version <= 3 : version == (gint64)ses->version;
    if (!fits) {
        g_set_error(error, SB_ERROR, SB_ERROR_SEAL, "header.version is %d in a seal of version %d's shape",
                    ses->header_version, ses->version);
        return FALSE;
    }
    if (ses->version == SES_V1 && version != 1)
        g_ptr_array_add(ses->oddities,
                        g_strdup_printf("header.version is %d; GM/T 0031-2014 has 1", ses->header_version));
    return TRUE;
}

static gboolean
read_cert_list(Ses *ses, const SES_PROPERTY *property, GError **error)
{
    gint64 list_type = 1;
    if ((property->list_type == NULL) != (ses->version == SES_V1))
        return refuse(error, property->list_type ? "certListType in a seal of version 1" : "certListType is missing");
    if (property->list_type && !read_integer(property->list_type, "certListType", 2, &list_type, error))
        return FALSE;
    if (list_type == 0)
        return refuse(error, "certListType is neither 1 (certificates) nor 2 (digests)");
    ses->cert_list_type = (int)list_type;

    int n = sk_SES_ENTRY_num(property->list);
    if (n > SES_MAX_CERTS) {
        g_set_error(error, SB_ERROR, SB_ERROR_LIMIT, "more than %d entries in certList", SES_MAX_CERTS);
        return FALSE;
    }
    for (int i = 0; i < n; i++) {
        const SES_ENTRY *entry = sk_SES_ENTRY_value(property->list, i);
        if (entry->type != list_type - 1)
            return refuse(error, "certList is not what certListType says");
        if (entry->type == 0) {
            g_ptr_array_add(ses->certs, bytes_of(entry->d.cert));
            continue;
        }
        SesCertDigest *digest = g_new0(SesCertDigest, 1);
        g_ptr_array_add(ses->digests, digest);
        digest->value = bytes_of(entry->d.digest->value);
        if (!read_ascii(entry->d.digest->type, "CertDigestObj.type", &digest->type, error))
            return FALSE;
    }
    if (n == 0)
        g_ptr_array_add(ses->oddities, g_strdup("certList is empty: nobody can seal with it"));
    return TRUE;
}

static gboolean
read_property(Ses *ses, const SES_PROPERTY *property, GError **error)
{
    const char *name = (const char *)ASN1_STRING_get0_data(property->name);
    int length = ASN1_STRING_length(property->name);
    if (length > SES_MAX_TEXT || !g_utf8_validate_len(name, (gsize)length, NULL))
        return refuse(error, "the seal's name is not UTF-8 of a sensible length");
    ses->name = g_strndup(name, (gsize)length);
    return read_integer(property->type, "property.type", G_MAXINT32, &ses->type, error) &&
           read_cert_list(ses, property, error) &&
           read_time(property->created, ses->version, "createDate", &ses->created, error) &&
           read_time(property->start, ses->version, "validStart", &ses->valid_from, error) &&
           read_time(property->end, ses->version, "validEnd", &ses->valid_until, error);
}

static gboolean
read_picture(Ses *ses, const SES_PICTURE *picture, GError **error)
{
    gint64 width, height;
    if (!read_ascii(picture->type, "picture.type", &ses->picture_type, error) ||
        !read_integer(picture->width, "picture.width", G_MAXUINT16, &width, error) ||
        !read_integer(picture->height, "picture.height", G_MAXUINT16, &height, error))
        return FALSE;
    ses->width_mm = (guint)width;
    ses->height_mm = (guint)height;
    ses->picture = bytes_of(picture->data);
    return TRUE;
}

static gboolean
read_extensions(Ses *ses, const SES_INFO *info, GError **error)
{
    const STACK_OF(SES_EXT) *list = ses->version == SES_V1 ? info->ext_tagged : info->ext;
    if (ses->version == SES_V1 ? info->ext != NULL : info->ext_tagged != NULL)
        return refuse(error, ses->version == SES_V1 ? "extDatas without [0] in a seal of version 1"
                                                    : "extDatas under [0], which only version 1 has");
    if (!list)
        return TRUE;
    ses->extensions = ses_extensions_new();
    if (sk_SES_EXT_num(list) > SES_MAX_EXTENSIONS) {
        g_set_error(error, SB_ERROR, SB_ERROR_LIMIT, "more than %d extensions", SES_MAX_EXTENSIONS);
        return FALSE;
    }
    for (int i = 0; i < sk_SES_EXT_num(list); i++) {
        const SES_EXT *ext = sk_SES_EXT_value(list, i);
        SesExtension *extension = g_new0(SesExtension, 1);
        g_ptr_array_add(ses->extensions, extension);
        if (!read_oid(ext->oid, &extension->oid, error))
            return FALSE;
        extension->critical = ext->critical > 0;
        extension->critical_written = ext->critical >= 0;
        extension->value = bytes_of(ext->value);
        if (ext->critical == 0)
            g_ptr_array_add(ses->oddities, g_strdup("an extension writes critical FALSE out (X.690 clause 11.5)"));
        else if (ext->critical < 0)
            g_ptr_array_add(ses->oddities,
                            g_strdup("an extension leaves critical FALSE out: readers that re-encode refuse it"));
    }
    return TRUE;
}

static gboolean
read_info(Ses *ses, const SES_INFO *info, GError **error)
{
    return read_header(ses, info->header, error) && read_ascii(info->es_id, "esID", &ses->es_id, error) &&
           read_property(ses, info->property, error) && read_picture(ses, info->picture, error) &&
           read_extensions(ses, info, error);
}

static gboolean
read_sign(Ses *ses, const ASN1_OCTET_STRING *cert, const ASN1_OBJECT *algorithm, const ASN1_BIT_STRING *signature,
          GError **error)
{
    ses->maker_cert = bytes_of(cert);
    return read_oid(algorithm, &ses->algorithm, error) && read_bits(signature, "signedValue", &ses->signature, error);
}

static Ses *
read_seal4(const guint8 *data, gsize length, guint elements, GError **error)
{
    const guint8 *p = data;
    SES_SEAL4 *seal = (SES_SEAL4 *)ASN1_item_d2i(NULL, &p, (long)length, ASN1_ITEM_rptr(SES_SEAL4));
    if (!seal) {
        refuse(error, "not the structure of a seal of version 4 or 5");
        return NULL;
    }
    g_autoptr(Ses) ses = ses_new(elements == 5 ? SES_V5 : SES_V4);
    gboolean ok = read_info(ses, seal->info, error) &&
                  read_sign(ses, seal->cert, seal->algorithm, seal->signature, error) &&
                  (!seal->stamp || read_bits(seal->stamp, "timeStamp", &ses->time_stamp, error));
    ASN1_item_free((ASN1_VALUE *)seal, ASN1_ITEM_rptr(SES_SEAL4));
    return ok ? g_steal_pointer(&ses) : NULL;
}

static Ses *
read_seal1(const guint8 *data, gsize length, GError **error)
{
    const guint8 *p = data;
    SES_SEAL1 *seal = (SES_SEAL1 *)ASN1_item_d2i(NULL, &p, (long)length, ASN1_ITEM_rptr(SES_SEAL1));
    if (!seal) {
        refuse(error, "not the structure of a seal of version 1");
        return NULL;
    }
    g_autoptr(Ses) ses = ses_new(SES_V1);
    gboolean ok = read_info(ses, seal->info, error) &&
                  read_sign(ses, seal->sign->cert, seal->sign->algorithm, seal->sign->signature, error);
    ASN1_item_free((ASN1_VALUE *)seal, ASN1_ITEM_rptr(SES_SEAL1));
    return ok ? g_steal_pointer(&ses) : NULL;
}

/* The signed bytes as they stand in the file: a slice, or in version 1 the three elements under a
 * header of their own. */
static GBytes *
cut_tbs(GBytes *der, const DerItem *outer, SesVersion version)
{
    const guint8 *base = g_bytes_get_data(der, NULL), *end = outer->content + outer->length;
    const guint8 *p = outer->content;
    DerItem info, sign, cert, algorithm;
    g_assert(der_next(&p, end, &info));
    if (version != SES_V1)
        return g_bytes_new_from_bytes(der, (gsize)(info.start - base), info.total);

    g_assert(der_next(&p, end, &sign));
    p = sign.content;
    g_assert(der_next(&p, end, &cert) && der_next(&p, end, &algorithm));
    int content = (int)(info.total + cert.total + algorithm.total);
    int total = ASN1_object_size(1, content, V_ASN1_SEQUENCE);
    guint8 *tbs = g_malloc((gsize)total), *q = tbs;
    ASN1_put_object(&q, 1, content, V_ASN1_SEQUENCE, V_ASN1_UNIVERSAL);
    memcpy(q, info.start, info.total);
    memcpy(q + info.total, cert.start, cert.total);
    memcpy(q + info.total + cert.total, algorithm.start, algorithm.total);
    return g_bytes_new_take(tbs, (gsize)total);
}

static gboolean
check_same_bytes(const Ses *ses, GBytes *der, GError **error)
{
    g_autoptr(GBytes) again = ses_encode(ses, error);
    if (!again)
        return FALSE;
    if (g_bytes_equal(again, der))
        return TRUE;
    gsize a_length, b_length, i = 0;
    const guint8 *a = g_bytes_get_data(again, &a_length), *b = g_bytes_get_data(der, &b_length);
    while (i < MIN(a_length, b_length) && a[i] == b[i])
        i++;
    g_set_error(error, SB_ERROR, SB_ERROR_SEAL, "not strict DER: encoded again it differs from byte %zu on", i);
    return FALSE;
}

Ses *
ses_parse(GBytes *der, GError **error)
{
    gsize length;
    const guint8 *data = g_bytes_get_data(der, &length);
    if (length > SES_MAX_BYTES) {
        g_set_error(error, SB_ERROR, SB_ERROR_LIMIT, "larger than %u bytes", SES_MAX_BYTES);
        return NULL;
    }
    if (!der_check(data, length, error))
        return NULL;

    const guint8 *p = data;
    DerItem outer = { 0 };
    if (!der_next(&p, data + length, &outer) || outer.tag != V_ASN1_SEQUENCE || outer.tag_class != V_ASN1_UNIVERSAL) {
        refuse(error, "not a seal: the outermost element is no SEQUENCE");
        return NULL;
    }
    guint elements = der_count(outer.content, outer.length);
    g_autoptr(Ses) ses = NULL;
    if (elements == 2)
        ses = read_seal1(data, length, error);
    else if (elements == 4 || elements == 5)
        ses = read_seal4(data, length, elements, error);
    else
        g_set_error(error, SB_ERROR, SB_ERROR_SEAL,
                    "not a seal: %u elements, where version 1 has 2, 4 has 4, 5 has 4 or 5", elements);
    if (!ses || !check_same_bytes(ses, der, error))
        return NULL;
    ses->tbs = cut_tbs(der, &outer, ses->version);
    return g_steal_pointer(&ses);
}

/* ---- writing ---- */

static void
put_string(ASN1_STRING *s, gconstpointer data, gsize length)
{
    g_assert(ASN1_STRING_set(s, data, (int)length) == 1);
}

static void
put_text(ASN1_STRING *s, const char *text)
{
    put_string(s, text, strlen(text));
}

static void
put_bytes(ASN1_STRING *s, GBytes *bytes)
{
    gsize length;
    gconstpointer data = g_bytes_get_data(bytes, &length);
    put_string(s, length ? data : "", length);
}

static void
put_bits(ASN1_BIT_STRING *bits, GBytes *bytes)
{
    put_bytes(bits, bytes);
    bits->flags &= ~(ASN1_STRING_FLAG_BITS_LEFT | 7); /* or trailing zero bits would be dropped */
    bits->flags |= ASN1_STRING_FLAG_BITS_LEFT;
}

static gboolean
put_time(ASN1_TIME *t, SesVersion version, gint64 unix_seconds, GError **error)
{
    g_autofree char *text = ses_time_format(unix_seconds, version);
    if (!text) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "a seal of version %d cannot write one of its dates", version);
        return FALSE;
    }
    put_text(t, text);
    t->type = version == SES_V1 ? V_ASN1_UTCTIME : V_ASN1_GENERALIZEDTIME;
    return TRUE;
}

static gboolean
put_property(SES_PROPERTY *property, const Ses *ses, GError **error)
{
    ASN1_INTEGER_set_int64(property->type, ses->type);
    put_text(property->name, ses->name);
    if (ses->version != SES_V1) {
        property->list_type = ASN1_INTEGER_new();
        ASN1_INTEGER_set_int64(property->list_type, ses->cert_list_type);
    }
    for (guint i = 0; i < ses->certs->len; i++) {
        SES_ENTRY *entry = (SES_ENTRY *)ASN1_item_new(ASN1_ITEM_rptr(SES_ENTRY));
        entry->type = 0;
        entry->d.cert = ASN1_OCTET_STRING_new();
        put_bytes(entry->d.cert, ses->certs->pdata[i]);
        sk_SES_ENTRY_push(property->list, entry);
    }
    for (guint i = 0; i < ses->digests->len; i++) {
        const SesCertDigest *digest = ses->digests->pdata[i];
        SES_ENTRY *entry = (SES_ENTRY *)ASN1_item_new(ASN1_ITEM_rptr(SES_ENTRY));
        entry->type = 1;
        entry->d.digest = (SES_DIGEST *)ASN1_item_new(ASN1_ITEM_rptr(SES_DIGEST));
        put_text(entry->d.digest->type, digest->type);
        put_bytes(entry->d.digest->value, digest->value);
        sk_SES_ENTRY_push(property->list, entry);
    }
    return put_time(property->created, ses->version, ses->created, error) &&
           put_time(property->start, ses->version, ses->valid_from, error) &&
           put_time(property->end, ses->version, ses->valid_until, error);
}

static void
put_extensions(SES_INFO *info, const Ses *ses)
{
    if (!ses->extensions)
        return;
    STACK_OF(SES_EXT) *list = sk_SES_EXT_new_null();
    for (guint i = 0; i < ses->extensions->len; i++) {
        const SesExtension *extension = ses->extensions->pdata[i];
        SES_EXT *ext = (SES_EXT *)ASN1_item_new(ASN1_ITEM_rptr(SES_EXT));
        ASN1_OBJECT_free(ext->oid);
        ext->oid = OBJ_txt2obj(extension->oid, 1);
        ext->critical = extension->critical ? 0xff : extension->critical_written ? 0 : -1;
        put_bytes(ext->value, extension->value);
        sk_SES_EXT_push(list, ext);
    }
    *(ses->version == SES_V1 ? &info->ext_tagged : &info->ext) = list;
}

static gboolean
put_info(SES_INFO *info, const Ses *ses, GError **error)
{
    put_text(info->header->id, "ES");
    ASN1_INTEGER_set_int64(info->header->version, ses->header_version);
    put_text(info->header->vid, ses->vid);
    put_text(info->es_id, ses->es_id);
    put_text(info->picture->type, ses->picture_type);
    put_bytes(info->picture->data, ses->picture);
    ASN1_INTEGER_set_int64(info->picture->width, ses->width_mm);
    ASN1_INTEGER_set_int64(info->picture->height, ses->height_mm);
    put_extensions(info, ses);
    return put_property(info->property, ses, error);
}

/* Encodes and frees the structure; @filled FALSE carries an error already set. */
static GBytes *
encode_and_free(gpointer value, const ASN1_ITEM *item, gboolean filled, GError **error)
{
    guint8 *der = NULL;
    int length = filled ? ASN1_item_i2d(value, &der, item) : 0;
    ASN1_item_free(value, item);
    if (filled && length <= 0) { /* an object identifier that OpenSSL cannot write */
        ERR_clear_error();
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "the seal cannot be encoded");
    }
    if (length <= 0)
        return NULL;
    GBytes *bytes = g_bytes_new(der, (gsize)length);
    OPENSSL_free(der);
    return bytes;
}

static void
put_cert_and_algorithm(ASN1_OCTET_STRING *cert, ASN1_OBJECT **algorithm, const Ses *ses)
{
    put_bytes(cert, ses->maker_cert);
    ASN1_OBJECT_free(*algorithm);
    *algorithm = OBJ_txt2obj(ses->algorithm, 1);
}

GBytes *
ses_encode_tbs(const Ses *ses, GError **error)
{
    if (ses->version != SES_V1) {
        SES_INFO *info = (SES_INFO *)ASN1_item_new(ASN1_ITEM_rptr(SES_INFO));
        return encode_and_free(info, ASN1_ITEM_rptr(SES_INFO), put_info(info, ses, error), error);
    }
    SES_TBS1 *tbs = (SES_TBS1 *)ASN1_item_new(ASN1_ITEM_rptr(SES_TBS1));
    put_cert_and_algorithm(tbs->cert, &tbs->algorithm, ses);
    return encode_and_free(tbs, ASN1_ITEM_rptr(SES_TBS1), put_info(tbs->info, ses, error), error);
}

GBytes *
ses_encode(const Ses *ses, GError **error)
{
    if (ses->version == SES_V1) {
        SES_SEAL1 *seal = (SES_SEAL1 *)ASN1_item_new(ASN1_ITEM_rptr(SES_SEAL1));
        put_cert_and_algorithm(seal->sign->cert, &seal->sign->algorithm, ses);
        put_bits(seal->sign->signature, ses->signature);
        return encode_and_free(seal, ASN1_ITEM_rptr(SES_SEAL1), put_info(seal->info, ses, error), error);
    }
    SES_SEAL4 *seal = (SES_SEAL4 *)ASN1_item_new(ASN1_ITEM_rptr(SES_SEAL4));
    put_cert_and_algorithm(seal->cert, &seal->algorithm, ses);
    put_bits(seal->signature, ses->signature);
    if (ses->time_stamp) {
        seal->stamp = ASN1_BIT_STRING_new();
        put_bits(seal->stamp, ses->time_stamp);
    }
    return encode_and_free(seal, ASN1_ITEM_rptr(SES_SEAL4), put_info(seal->info, ses, error), error);
}
