/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ses_stamp.c: RFC 3161 requests, answers and tokens.
 *
 * The token's signature is checked here and not by OpenSSL's TS_RESP_verify_signature, which has no
 * place for the SM2 identity and does not know GM/T 0010's name for signed data.
 */
#include "sealgen/ses_stamp.h"

#include <string.h>

#include <openssl/asn1t.h>
#include <openssl/err.h>
#include <openssl/ess.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pkcs7.h>
#include <openssl/ts.h>
#include <openssl/x509v3.h>

#include "core/error.h"
#include "sealgen/der.h"

#define GMT0010_SIGNED_DATA "1.2.156.10197.6.1.4.2.2"
/* GM/T 0006: other names under which SM2 signatures are met. */
#define SM2_OID "1.2.156.10197.1.301"
#define SM2_SIGN_OID "1.2.156.10197.1.301.1"

/* ContentInfo of signed data, whichever standard names it. */
typedef struct {
    ASN1_OBJECT *type;
    PKCS7_SIGNED *data;
} STAMP_TOKEN;
ASN1_SEQUENCE(STAMP_TOKEN) = {
    ASN1_SIMPLE(STAMP_TOKEN, type, ASN1_OBJECT),
    ASN1_EXP(STAMP_TOKEN, data, PKCS7_SIGNED, 0),
} static_ASN1_SEQUENCE_END(STAMP_TOKEN)

static void
stamp_token_free(STAMP_TOKEN *token)
{
    ASN1_item_free((ASN1_VALUE *)token, ASN1_ITEM_rptr(STAMP_TOKEN));
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(STAMP_TOKEN, stamp_token_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TS_REQ, TS_REQ_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TS_TST_INFO, TS_TST_INFO_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TS_MSG_IMPRINT, TS_MSG_IMPRINT_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509_ALGOR, X509_ALGOR_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ASN1_INTEGER, ASN1_INTEGER_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_MD_CTX, EVP_MD_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ESS_SIGNING_CERT, ESS_SIGNING_CERT_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ESS_SIGNING_CERT_V2, ESS_SIGNING_CERT_V2_free)

static gboolean
refuse(GError **error, const char *what)
{
    ERR_clear_error();
    g_set_error(error, SB_ERROR, SB_ERROR_SEAL, "%s", what);
    return FALSE;
}

/* ---- request and response ---- */

static void
imprint_of(GBytes *signature, guint8 imprint[SM2_DIGEST_BYTES])
{
    gsize length;
    gconstpointer data = g_bytes_get_data(signature, &length);
    sm3_digest(length ? data : "", length, imprint);
}

/* From the signature, which carries fresh randomness of its own: so nothing random is needed here
 * and the same seal asks the same question. 63 bits, never negative. */
static ASN1_INTEGER *
nonce_of(const guint8 imprint[SM2_DIGEST_BYTES])
{
    guint8 digest[SM2_DIGEST_BYTES];
    guint64 nonce = 0;
    sm3_digest(imprint, SM2_DIGEST_BYTES, digest);
    memcpy(&nonce, digest, sizeof nonce);
    ASN1_INTEGER *value = ASN1_INTEGER_new();
    ASN1_INTEGER_set_uint64(value, GUINT64_FROM_BE(nonce) >> 1);
    return value;
}

GBytes *
ses_stamp_request(GBytes *signature)
{
    guint8 imprint[SM2_DIGEST_BYTES];
    imprint_of(signature, imprint);
    g_autoptr(TS_REQ) request = TS_REQ_new();
    g_autoptr(TS_MSG_IMPRINT) message = TS_MSG_IMPRINT_new();
    g_autoptr(X509_ALGOR) algorithm = X509_ALGOR_new();
    g_autoptr(ASN1_INTEGER) nonce = nonce_of(imprint);
    X509_ALGOR_set0(algorithm, OBJ_nid2obj(NID_sm3), V_ASN1_NULL, NULL);
    TS_MSG_IMPRINT_set_algo(message, algorithm);
    TS_MSG_IMPRINT_set_msg(message, imprint, sizeof imprint);
    TS_REQ_set_version(request, 1);
    TS_REQ_set_msg_imprint(request, message);
    TS_REQ_set_nonce(request, nonce);
    TS_REQ_set_cert_req(request, 1);
    guint8 *der = NULL;
    int length = i2d_TS_REQ(request, &der);
    g_assert(length > 0);
    GBytes *bytes = g_bytes_new(der, (gsize)length);
    OPENSSL_free(der);
    return bytes;
}

/* PKIStatusInfo ::= SEQUENCE { status INTEGER, statusString SEQUENCE OF UTF8String OPTIONAL, ... } */
static gboolean
check_status(const DerItem *status_info, GError **error)
{
    const guint8 *p = status_info->content, *end = p + status_info->length;
    DerItem status, texts, text = { 0 };
    if (!der_next(&p, end, &status) || status.tag != V_ASN1_INTEGER || status.length != 1)
        return refuse(error, "the service's answer has no status");
    if (status.content[0] <= 1) /* granted, granted with modifications */
        return TRUE;
    if (der_next(&p, end, &texts) && texts.tag == V_ASN1_SEQUENCE) {
        const guint8 *q = texts.content;
        der_next(&q, texts.content + texts.length, &text);
    }
    g_autofree char *words = g_utf8_make_valid((const char *)text.content, (gssize)MIN(text.length, 200));
    g_set_error(error, SB_ERROR, SB_ERROR_SEAL, "the service refused with status %d: %s", status.content[0],
                text.content ? words : "no reason given");
    return FALSE;
}

static STAMP_TOKEN *
read_token(const guint8 *data, gsize length, TS_TST_INFO **tst, GError **error)
{
    const guint8 *p = data;
    char type[64] = "";
    if (length > SES_STAMP_MAX_BYTES) {
        refuse(error, "the token is larger than any time stamp");
        return NULL;
    }
    g_autoptr(STAMP_TOKEN) token = (STAMP_TOKEN *)ASN1_item_d2i(NULL, &p, (long)length, ASN1_ITEM_rptr(STAMP_TOKEN));
    if (token)
        OBJ_obj2txt(type, sizeof type, token->type, 1);
    if (!token || p != data + length ||
        (OBJ_obj2nid(token->type) != NID_pkcs7_signed && strcmp(type, GMT0010_SIGNED_DATA) != 0)) {
        refuse(error, "the token is not signed data");
        return NULL;
    }
    const PKCS7 *contents = token->data->contents;
    if (!contents || OBJ_obj2nid(contents->type) != NID_id_smime_ct_TSTInfo || !contents->d.other ||
        contents->d.other->type != V_ASN1_OCTET_STRING) {
        refuse(error, "the token does not carry a TSTInfo");
        return NULL;
    }
    const ASN1_OCTET_STRING *content = contents->d.other->value.octet_string;
    const guint8 *q = ASN1_STRING_get0_data(content);
    *tst = d2i_TS_TST_INFO(NULL, &q, ASN1_STRING_length(content));
    if (!*tst) {
        refuse(error, "the token's TSTInfo cannot be read");
        return NULL;
    }
    return g_steal_pointer(&token);
}

static gboolean
check_imprint(TS_TST_INFO *tst, const guint8 imprint[SM2_DIGEST_BYTES], GError **error)
{
    TS_MSG_IMPRINT *message = TS_TST_INFO_get_msg_imprint(tst);
    const ASN1_OBJECT *algorithm;
    X509_ALGOR_get0(&algorithm, NULL, NULL, TS_MSG_IMPRINT_get_algo(message));
    const ASN1_OCTET_STRING *digest = TS_MSG_IMPRINT_get_msg(message);
    if (OBJ_obj2nid(algorithm) != NID_sm3)
        return refuse(error, "the time stamp's imprint is not SM3");
    if (ASN1_STRING_length(digest) != SM2_DIGEST_BYTES ||
        memcmp(ASN1_STRING_get0_data(digest), imprint, SM2_DIGEST_BYTES) != 0)
        return refuse(error, "the time stamp is over something else than this seal's signature");
    return TRUE;
}

GBytes *
ses_stamp_token_from_response(GBytes *response, GBytes *signature, GError **error)
{
    gsize length;
    const guint8 *data = g_bytes_get_data(response, &length), *p = data;
    DerItem outer, status, token;
    if (!length || !der_next(&p, data + length, &outer) || p != data + length || outer.tag != V_ASN1_SEQUENCE) {
        refuse(error, "the service's answer is not a TimeStampResp");
        return NULL;
    }
    p = outer.content;
    if (!der_next(&p, outer.content + outer.length, &status) || !check_status(&status, error)) {
        if (error && !*error)
            refuse(error, "the service's answer has no status");
        return NULL;
    }
    if (!der_next(&p, outer.content + outer.length, &token)) {
        refuse(error, "the service's answer has no token");
        return NULL;
    }
    guint8 imprint[SM2_DIGEST_BYTES];
    imprint_of(signature, imprint);
    g_autoptr(TS_TST_INFO) tst = NULL;
    g_autoptr(STAMP_TOKEN) parsed = read_token(token.start, token.total, &tst, error);
    if (!parsed || !check_imprint(tst, imprint, error))
        return NULL;
    g_autoptr(ASN1_INTEGER) nonce = nonce_of(imprint);
    const ASN1_INTEGER *answered = TS_TST_INFO_get_nonce(tst);
    if (!answered || ASN1_INTEGER_cmp(nonce, answered) != 0) {
        refuse(error, "the service answers another question (nonce)");
        return NULL;
    }
    return g_bytes_new(token.start, token.total);
}

/* ---- the token's signature ---- */

static X509 *
find_signer(const PKCS7_SIGNED *data, const PKCS7_SIGNER_INFO *signer)
{
    for (int i = 0; i < sk_X509_num(data->cert); i++) {
        X509 *cert = sk_X509_value(data->cert, i);
        if (X509_NAME_cmp(X509_get_issuer_name(cert), signer->issuer_and_serial->issuer) == 0 &&
            ASN1_INTEGER_cmp(X509_get0_serialNumber(cert), signer->issuer_and_serial->serial) == 0)
            return cert;
    }
    return NULL;
}

static gboolean
check_attributes(PKCS7_SIGNER_INFO *signer, const ASN1_OCTET_STRING *content, const EVP_MD *md, GError **error)
{
    const ASN1_TYPE *type = PKCS7_get_signed_attribute(signer, NID_pkcs9_contentType);
    const ASN1_OCTET_STRING *digest = PKCS7_digest_from_attributes(signer->auth_attr);
    guint8 computed[EVP_MAX_MD_SIZE];
    guint length = 0;
    if (!type || type->type != V_ASN1_OBJECT || OBJ_obj2nid(type->value.object) != NID_id_smime_ct_TSTInfo)
        return refuse(error, "the token's signed attributes do not name a TSTInfo");
    if (!digest ||
        EVP_Digest(ASN1_STRING_get0_data(content), (size_t)ASN1_STRING_length(content), computed, &length, md, NULL) !=
            1 ||
        ASN1_STRING_length(digest) != (int)length || memcmp(ASN1_STRING_get0_data(digest), computed, length) != 0)
        return refuse(error, "the token's signed digest is not that of its TSTInfo");
    return TRUE;
}

/* ESS signing certificate (RFC 2634, RFC 5035): where the token binds itself to one, it is this. */
static gboolean
check_signing_certificate(PKCS7_SIGNER_INFO *signer, X509 *cert, STACK_OF(X509) *others, GError **error)
{
    const ASN1_TYPE *v1 = PKCS7_get_signed_attribute(signer, NID_id_smime_aa_signingCertificate);
    const ASN1_TYPE *v2 = PKCS7_get_signed_attribute(signer, NID_id_smime_aa_signingCertificateV2);
    g_autoptr(ESS_SIGNING_CERT) ess1 = NULL;
    g_autoptr(ESS_SIGNING_CERT_V2) ess2 = NULL;
    if (v1 && v1->type == V_ASN1_SEQUENCE) {
        const guint8 *p = v1->value.sequence->data;
        ess1 = d2i_ESS_SIGNING_CERT(NULL, &p, v1->value.sequence->length);
    }
    if (v2 && v2->type == V_ASN1_SEQUENCE) {
        const guint8 *p = v2->value.sequence->data;
        ess2 = d2i_ESS_SIGNING_CERT_V2(NULL, &p, v2->value.sequence->length);
    }
    STACK_OF(X509) *chain = sk_X509_new_null();
    sk_X509_push(chain, cert); /* its entry comes first */
    for (int i = 0; i < sk_X509_num(others); i++)
        if (sk_X509_value(others, i) != cert)
            sk_X509_push(chain, sk_X509_value(others, i));
    gboolean good = (!v1 || ess1) && (!v2 || ess2);
    if (good && (ess1 || ess2))
        good = OSSL_ESS_check_signing_certs(ess1, ess2, chain, 1) == 1;
    sk_X509_free(chain);
    return good ? TRUE : refuse(error, "the token binds itself to another signing certificate");
}

static gboolean
check_signature(PKCS7_SIGNER_INFO *signer, X509 *cert, const EVP_MD *md, GError **error)
{
    guint8 *attributes = NULL;
    int length = ASN1_item_i2d((ASN1_VALUE *)signer->auth_attr, &attributes, ASN1_ITEM_rptr(PKCS7_ATTR_VERIFY));
    const guint8 *signature = ASN1_STRING_get0_data(signer->enc_digest);
    gsize signature_length = (gsize)ASN1_STRING_length(signer->enc_digest);
    EVP_PKEY *pkey = X509_get0_pubkey(cert);
    g_autoptr(Sm2Key) sm2 = sm2_key_from_native_public(pkey, NULL);
    gboolean good = FALSE;
    if (length > 0 && sm2) {
        guint8 digest[SM2_DIGEST_BYTES];
        sm2_digest(sm2, attributes, (gsize)length, digest);
        good = EVP_MD_is_a(md, "SM3") && sm2_verify_digest(sm2, digest, signature, signature_length, NULL);
    } else if (length > 0 && pkey) {
        g_autoptr(EVP_MD_CTX) ctx = EVP_MD_CTX_new();
        good = EVP_DigestVerifyInit(ctx, NULL, md, NULL, pkey) == 1 &&
               EVP_DigestVerify(ctx, signature, signature_length, attributes, (size_t)length) == 1;
    }
    OPENSSL_free(attributes);
    return good ? TRUE : refuse(error, "the time stamp's signature does not fit");
}

/* Nothing signs these fields, so they are held to what the rest says. */
static gboolean
check_wrapping(const PKCS7_SIGNED *data, const PKCS7_SIGNER_INFO *signer, X509 *cert, GError **error)
{
    long version = ASN1_INTEGER_get(data->version);
    const ASN1_OBJECT *oid;
    char name[64] = "";
    int digest_nid, key_nid;
    EVP_PKEY *pkey = X509_get0_pubkey(cert);
    X509_ALGOR_get0(&oid, NULL, NULL, signer->digest_enc_alg);
    OBJ_obj2txt(name, sizeof name, oid, 1);
    gboolean named;
    if (!pkey)
        named = FALSE;
    else if (EVP_PKEY_is_a(pkey, "SM2"))
        named = strcmp(name, SM2_WITH_SM3_OID) == 0 || strcmp(name, SM2_SIGN_OID) == 0 || strcmp(name, SM2_OID) == 0;
    else if (OBJ_find_sigid_algs(OBJ_obj2nid(oid), &digest_nid, &key_nid))
        named = key_nid == EVP_PKEY_get_base_id(pkey);
    else
        named = OBJ_obj2nid(oid) == EVP_PKEY_get_base_id(pkey);
    if ((version != 1 && version != 3) || ASN1_INTEGER_get(signer->version) != 1 || !named)
        return refuse(error, "the token's versions or algorithms do not fit each other");
    return TRUE;
}

static gboolean
check_usage(X509 *cert, GError **error)
{
    if (X509_get_extended_key_usage(cert) != XKU_TIMESTAMP) /* RFC 3161 clause 2.3: this alone */
        return refuse(error, "the signer's certificate is not for time stamping alone");
    if (!(X509_get_key_usage(cert) & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)))
        return refuse(error, "the signer's certificate may not sign (key usage)");
    return TRUE;
}

/* SM3 or SHA-2 of at least 256 bits. */
static const EVP_MD *
known_digest(const X509_ALGOR *algorithm)
{
    const ASN1_OBJECT *oid;
    X509_ALGOR_get0(&oid, NULL, NULL, algorithm);
    switch (OBJ_obj2nid(oid)) {
    case NID_sm3:
        return EVP_sm3();
    case NID_sha256:
        return EVP_sha256();
    case NID_sha384:
        return EVP_sha384();
    case NID_sha512:
        return EVP_sha512();
    default:
        return NULL;
    }
}

static X509 *
check_token(STAMP_TOKEN *token, GError **error)
{
    if (sk_PKCS7_SIGNER_INFO_num(token->data->signer_info) != 1) {
        refuse(error, "the token has not exactly one signer");
        return NULL;
    }
    PKCS7_SIGNER_INFO *signer = sk_PKCS7_SIGNER_INFO_value(token->data->signer_info, 0);
    X509 *cert = find_signer(token->data, signer);
    const EVP_MD *md = known_digest(signer->digest_alg);
    const ASN1_OCTET_STRING *content = token->data->contents->d.other->value.octet_string;
    if (!cert) {
        refuse(error, "the token does not carry its signer's certificate");
        return NULL;
    }
    if (!md) {
        refuse(error, "the token's digest is neither SM3 nor SHA-2");
        return NULL;
    }
    gboolean good = check_wrapping(token->data, signer, cert, error) && check_attributes(signer, content, md, error) &&
                    check_signature(signer, cert, md, error) && check_usage(cert, error) &&
                    check_signing_certificate(signer, cert, token->data->cert, error);
    return good ? cert : NULL;
}

gboolean
ses_stamp_check(GBytes *token, GBytes *signature, SesTrust *trust, SesStampInfo *info, GError **error)
{
    memset(info, 0, sizeof *info);
    gsize length;
    const guint8 *data = g_bytes_get_data(token, &length);
    guint8 imprint[SM2_DIGEST_BYTES];
    imprint_of(signature, imprint);
    g_autoptr(TS_TST_INFO) tst = NULL;
    g_autoptr(STAMP_TOKEN) parsed = length ? read_token(data, length, &tst, error) : NULL;
    if (!parsed)
        return length ? FALSE : refuse(error, "the time stamp is empty");
    if (!check_imprint(tst, imprint, error))
        return FALSE;
    if (!ses_asn1_time_to_unix(TS_TST_INFO_get_time(tst), &info->gen_time))
        return refuse(error, "the time stamp tells no time");
    X509 *cert = check_token(parsed, error);
    if (!cert)
        return FALSE;
    g_autoptr(GBytes) der = ses_x509_to_der(cert);
    const SesParty *party = ses_trust_party(trust, der, error);
    if (!party)
        return FALSE;
    info->authority = g_strdup(party->subject);
    info->chain = ses_trust_chain_with(trust, party->x509, parsed->data->cert, info->gen_time);
    return TRUE;
}

void
ses_stamp_info_clear(SesStampInfo *info)
{
    g_clear_pointer(&info->authority, g_free);
    g_clear_pointer(&info->chain, ses_chain_free);
}
