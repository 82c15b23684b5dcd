/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * seal_list.c: the list of revoked seals as JSON inside CMS signed data.
 *
 * The CMS is composed from OpenSSL's PKCS#7 templates and signed here: CMS_sign() of OpenSSL 3.0 has
 * no place for the SM2 identity.
 */
#include "sealgen/seal_list.h"

#include <string.h>

#include <jansson.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/pkcs7.h>
#include <openssl/x509v3.h>

#include "core/error.h"
#include "sealgen/ses_maker.h"
#include "sealgen/ses_trust.h"
#include "sealgen/sm2.h"

#define TIME_FORMAT "%Y-%m-%dT%H:%M:%SZ"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PKCS7, PKCS7_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509, X509_free)

static void
entry_free(SealListEntry *entry)
{
    g_free(entry->es_id);
    g_free(entry->reason);
    g_free(entry);
}

SealList *
seal_list_new(void)
{
    SealList *list = g_new0(SealList, 1);
    list->entries = g_ptr_array_new_with_free_func((GDestroyNotify)entry_free);
    return list;
}

void
seal_list_free(SealList *list)
{
    if (!list)
        return;
    g_free(list->vid);
    g_ptr_array_unref(list->entries);
    g_free(list);
}

void
seal_list_add(SealList *list, const char *es_id, gint64 revoked_at, const char *reason)
{
    SealListEntry *entry = g_new0(SealListEntry, 1);
    entry->es_id = g_strdup(es_id);
    entry->revoked_at = revoked_at;
    entry->reason = g_strdup(reason);
    g_ptr_array_add(list->entries, entry);
}

static gint
compare_entries(gconstpointer a, gconstpointer b)
{
    return strcmp((*(SealListEntry *const *)a)->es_id, (*(SealListEntry *const *)b)->es_id);
}

/* ---- what may stand in it ---- */

static gboolean
fits(const char *text, gsize max, const char *also, gboolean upper_too)
{
    gsize length = text ? strlen(text) : 0;
    for (gsize i = 0; i < length; i++) {
        gboolean good =
            upper_too ? text[i] > 0x20 && text[i] < 0x7f : g_ascii_islower(text[i]) || strchr(also, text[i]) != NULL;
        if (!good)
            return FALSE;
    }
    return length >= 1 && length <= max;
}

static gboolean
time_fits(gint64 unix_seconds)
{
    g_autoptr(GDateTime) when = g_date_time_new_from_unix_utc(unix_seconds);
    return when && g_date_time_get_year(when) >= 1970;
}

/* Also tells whether entries are in order and none stands twice. */
static gboolean
check_list(const GPtrArray *sorted, const SealList *list, GError **error)
{
    if (list->next_at <= list->issued_at || !time_fits(list->issued_at) || !time_fits(list->next_at) ||
        list->number < 0) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "list of seals: its dates or number make no sense");
        return FALSE;
    }
    for (guint i = 0; i < sorted->len; i++) {
        const SealListEntry *entry = sorted->pdata[i];
        if (!fits(entry->es_id, 64, "", TRUE) || !fits(entry->reason, 32, "-", FALSE) ||
            !time_fits(entry->revoked_at) ||
            (i && strcmp(entry->es_id, ((SealListEntry *)sorted->pdata[i - 1])->es_id) <= 0)) {
            g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "list of seals: entry %u is not sensible, or there twice",
                        i + 1);
            return FALSE;
        }
    }
    return TRUE;
}

/* ---- JSON ---- */

static json_t *
json_of_time(gint64 unix_seconds)
{
    g_autoptr(GDateTime) when = g_date_time_new_from_unix_utc(unix_seconds);
    g_autofree char *text = g_date_time_format(when, TIME_FORMAT);
    return json_string(text);
}

static char *
list_to_json(const SealList *list, const GPtrArray *sorted, const char *vid)
{
    json_t *seals = json_array();
    for (guint i = 0; i < sorted->len; i++) {
        const SealListEntry *entry = sorted->pdata[i];
        json_array_append_new(seals, json_pack("{s:s, s:o, s:s}", "es_id", entry->es_id, "revoked_at",
                                               json_of_time(entry->revoked_at), "reason", entry->reason));
    }
    json_t *root = json_pack("{s:s, s:s, s:I, s:o, s:o, s:o}", "type", "revoked-seals", "maker", vid, "number",
                             (json_int_t)list->number, "issued_at", json_of_time(list->issued_at), "next_at",
                             json_of_time(list->next_at), "seals", seals);
    char *text = json_dumps(root, JSON_COMPACT);
    json_decref(root);
    return text;
}

/* Only the one form that we write. */
static gboolean
time_of_json(const char *text, gint64 *unix_seconds)
{
    if (strlen(text) != 20 || text[10] != 'T' || text[19] != 'Z')
        return FALSE;
    g_autoptr(GDateTime) when = g_date_time_new_from_iso8601(text, NULL);
    if (when)
        *unix_seconds = g_date_time_to_unix(when);
    return when != NULL;
}

static gboolean
read_entries(SealList *list, json_t *seals, GError **error)
{
    gsize index;
    json_t *item;
    if (json_array_size(seals) > SEAL_LIST_MAX_ENTRIES) {
        g_set_error(error, SB_ERROR, SB_ERROR_LIMIT, "list of seals: more than %d entries", SEAL_LIST_MAX_ENTRIES);
        return FALSE;
    }
    json_array_foreach(seals, index, item)
    {
        const char *es_id, *when, *reason;
        gint64 revoked_at;
        if (json_unpack(item, "{s:s, s:s, s:s}", "es_id", &es_id, "revoked_at", &when, "reason", &reason) != 0 ||
            !time_of_json(when, &revoked_at)) {
            g_set_error(error, SB_ERROR, SB_ERROR_SEAL, "list of seals: entry %zu cannot be read", index + 1);
            return FALSE;
        }
        seal_list_add(list, es_id, revoked_at, reason);
    }
    return TRUE;
}

static SealList *
list_from_json(const char *text, gsize length, GError **error)
{
    g_autoptr(SealList) list = seal_list_new();
    json_error_t where;
    json_t *root = json_loadb(text, length, JSON_REJECT_DUPLICATES, &where), *seals = NULL;
    const char *type, *vid, *issued_at, *next_at;
    json_int_t number;
    gboolean good = root &&
                    json_unpack(root, "{s:s, s:s, s:I, s:s, s:s, s:o}", "type", &type, "maker", &vid, "number", &number,
                                "issued_at", &issued_at, "next_at", &next_at, "seals", &seals) == 0 &&
                    strcmp(type, "revoked-seals") == 0 && json_is_array(seals) &&
                    time_of_json(issued_at, &list->issued_at) && time_of_json(next_at, &list->next_at);
    if (good) {
        list->vid = g_strdup(vid);
        list->number = number;
        good = read_entries(list, seals, error) && check_list(list->entries, list, error);
    } else {
        g_set_error(error, SB_ERROR, SB_ERROR_SEAL, "not a list of revoked seals");
    }
    json_decref(root);
    return good ? g_steal_pointer(&list) : NULL;
}

/* ---- CMS ---- */

static PKCS7_SIGNER_INFO *
signer_info(X509 *cert, GBytes *signature)
{
    PKCS7_SIGNER_INFO *info = PKCS7_SIGNER_INFO_new();
    gsize length;
    gconstpointer data = g_bytes_get_data(signature, &length);
    ASN1_INTEGER_set(info->version, 1);
    X509_NAME_set(&info->issuer_and_serial->issuer, X509_get_issuer_name(cert));
    ASN1_INTEGER_free(info->issuer_and_serial->serial);
    info->issuer_and_serial->serial = ASN1_INTEGER_dup(X509_get0_serialNumber(cert));
    X509_ALGOR_set0(info->digest_alg, OBJ_nid2obj(NID_sm3), V_ASN1_UNDEF, NULL);
    X509_ALGOR_set0(info->digest_enc_alg, OBJ_nid2obj(NID_SM2_with_SM3), V_ASN1_UNDEF, NULL);
    ASN1_OCTET_STRING_set(info->enc_digest, data, (int)length);
    return info;
}

static GBytes *
wrap(const char *json, gsize json_length, X509 *cert, GBytes *signature)
{
    g_autoptr(PKCS7) cms = PKCS7_new();
    PKCS7_set_type(cms, NID_pkcs7_signed);
    PKCS7_content_new(cms, NID_pkcs7_data);
    ASN1_OCTET_STRING_set(cms->d.sign->contents->d.data, (const guint8 *)json, (int)json_length);
    PKCS7_add_certificate(cms, cert);
    X509_ALGOR *digest = X509_ALGOR_new();
    X509_ALGOR_set0(digest, OBJ_nid2obj(NID_sm3), V_ASN1_UNDEF, NULL);
    sk_X509_ALGOR_push(cms->d.sign->md_algs, digest);
    sk_PKCS7_SIGNER_INFO_push(cms->d.sign->signer_info, signer_info(cert, signature));
    guint8 *der = NULL;
    int length = i2d_PKCS7(cms, &der);
    g_assert(length > 0);
    GBytes *bytes = g_bytes_new(der, (gsize)length);
    OPENSSL_free(der);
    return bytes;
}

static GBytes *
sign_json(SesMaker *maker, const char *json, GError **error)
{
    g_autoptr(GBytes) signature = ses_maker_sign(maker, json, strlen(json), error);
    g_autoptr(X509) cert = signature ? ses_x509_parse(ses_maker_cert(maker), error) : NULL;
    return cert ? wrap(json, strlen(json), cert, signature) : NULL;
}

GBytes *
seal_list_make(SesMaker *maker, const SealList *list, GError **error)
{
    g_autoptr(GPtrArray) sorted = g_ptr_array_new();
    for (guint i = 0; i < list->entries->len; i++)
        g_ptr_array_add(sorted, list->entries->pdata[i]);
    g_ptr_array_sort(sorted, compare_entries);
    if (!check_list(sorted, list, error))
        return NULL;
    char *json = list_to_json(list, sorted, ses_maker_vid(maker));
    g_autoptr(GBytes) der = sign_json(maker, json, error);
    free(json);
    g_autoptr(SealList) again = der ? seal_list_read(der, ses_maker_trust(maker), list->issued_at, error) : NULL;
    if (!again) {
        if (der)
            g_prefix_error(error, "the list made is not good: ");
        return NULL;
    }
    g_assert(again->entries->len == sorted->len);
    return g_steal_pointer(&der);
}

static gboolean
refuse(GError **error, const char *what)
{
    ERR_clear_error();
    g_set_error(error, SB_ERROR, SB_ERROR_SEAL, "list of seals: %s", what);
    return FALSE;
}

/* One signer, its certificate inside, content here, no attributes: as we write it. */
static X509 *
find_signer(PKCS7 *cms, PKCS7_SIGNER_INFO **signer, GError **error)
{
    STACK_OF(PKCS7_SIGNER_INFO) *signers = PKCS7_type_is_signed(cms) ? PKCS7_get_signer_info(cms) : NULL;
    if (sk_PKCS7_SIGNER_INFO_num(signers) != 1 || !cms->d.sign->contents ||
        !PKCS7_type_is_data(cms->d.sign->contents) || !cms->d.sign->contents->d.data) {
        refuse(error, "not signed data of one signer");
        return NULL;
    }
    *signer = sk_PKCS7_SIGNER_INFO_value(signers, 0);
    X509 *cert = PKCS7_cert_from_signer_info(cms, *signer);
    if (!cert || (*signer)->auth_attr || OBJ_obj2nid((*signer)->digest_alg->algorithm) != NID_sm3) {
        refuse(error, "no signer's certificate, or another form than ours");
        return NULL;
    }
    return cert;
}

static gboolean
check_signer(const SesParty *party, SesTrust *trust, gint64 at, GError **error)
{
    const SesChain *chain = ses_trust_chain(trust, party, at);
    gint64 revoked_at;
    g_autofree char *text = NULL;
    if (!chain->trusted)
        return refuse(error, chain->problem);
    if (at < chain->valid_from || at > chain->valid_until)
        return refuse(error, "its signer's certificate is not valid");
    if (!(X509_get_key_usage(party->x509) & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)))
        return refuse(error, "its signer's certificate may not sign (key usage)");
    if (ses_trust_revocation(trust, chain, at, &revoked_at, &text) == SES_REVOCATION_REVOKED && revoked_at <= at)
        return refuse(error, "its signer's certificate is revoked");
    return TRUE;
}

/* What of the wrapping no signature covers must be exactly as we write it. */
static gboolean
is_wrapped_by_us(GBytes *der, PKCS7 *cms, X509 *cert, PKCS7_SIGNER_INFO *signer)
{
    const ASN1_OCTET_STRING *content = cms->d.sign->contents->d.data;
    g_autoptr(GBytes) signature =
        g_bytes_new(ASN1_STRING_get0_data(signer->enc_digest), (gsize)ASN1_STRING_length(signer->enc_digest));
    g_autoptr(GBytes) again =
        wrap((const char *)ASN1_STRING_get0_data(content), (gsize)ASN1_STRING_length(content), cert, signature);
    return g_bytes_equal(again, der);
}

SealList *
seal_list_read(GBytes *der, SesTrust *trust, gint64 at, GError **error)
{
    gsize length;
    const guint8 *data = g_bytes_get_data(der, &length), *p = data;
    if (length > SEAL_LIST_MAX_BYTES) {
        g_set_error(error, SB_ERROR, SB_ERROR_LIMIT, "list of seals: larger than %u bytes", SEAL_LIST_MAX_BYTES);
        return NULL;
    }
    g_autoptr(PKCS7) cms = length ? d2i_PKCS7(NULL, &p, (long)length) : NULL;
    if (!cms || p != data + length) {
        refuse(error, "not CMS signed data in DER");
        return NULL;
    }
    PKCS7_SIGNER_INFO *signer = NULL;
    X509 *cert = find_signer(cms, &signer, error);
    if (!cert)
        return NULL;
    if (!is_wrapped_by_us(der, cms, cert, signer)) {
        refuse(error, "another form than ours");
        return NULL;
    }
    g_autoptr(GBytes) cert_der = ses_x509_to_der(cert);
    const SesParty *party = ses_trust_party(trust, cert_der, error);
    if (!party || !party->key) {
        if (party)
            refuse(error, "its signer's key is not SM2");
        return NULL;
    }
    const ASN1_OCTET_STRING *content = cms->d.sign->contents->d.data;
    guint8 digest[SM2_DIGEST_BYTES];
    sm2_digest(party->key, ASN1_STRING_get0_data(content), (gsize)ASN1_STRING_length(content), digest);
    if (!sm2_verify_digest(party->key, digest, ASN1_STRING_get0_data(signer->enc_digest),
                           (gsize)ASN1_STRING_length(signer->enc_digest), error) ||
        !check_signer(party, trust, at, error))
        return NULL;
    g_autoptr(SealList) list =
        list_from_json((const char *)ASN1_STRING_get0_data(content), (gsize)ASN1_STRING_length(content), error);
    if (list && list->issued_at > at) {
        refuse(error, "issued after the moment asked about");
        return NULL;
    }
    return g_steal_pointer(&list);
}

const SealListEntry *
seal_list_find(const SealList *list, const char *es_id)
{
    guint low = 0, high = list->entries->len; /* sorted where it was read */
    while (low < high) {
        guint middle = low + (high - low) / 2;
        const SealListEntry *entry = list->entries->pdata[middle];
        int order = strcmp(es_id, entry->es_id);
        if (order == 0)
            return entry;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

void
seal_list_judge(const SealList *list, SesVerdict *verdict, gint64 at)
{
    if (!verdict->ses)
        return;
    const SealListEntry *entry = seal_list_find(list, verdict->ses->es_id);
    if (strcmp(list->vid, verdict->ses->vid) != 0) {
        ses_verdict_add(verdict, "seal_list", SES_CHECK_NOTE, "the list of revoked seals is of another maker");
    } else if (entry && entry->revoked_at <= at) {
        g_autoptr(GDateTime) when = g_date_time_new_from_unix_utc(entry->revoked_at);
        g_autofree char *date = g_date_time_format(when, "%F");
        g_autofree char *text = g_strdup_printf("revoked on %s: %s", date, entry->reason);
        ses_verdict_add(verdict, "seal_list", SES_CHECK_FAIL, text);
    } else if (list->next_at < at) {
        ses_verdict_add(verdict, "seal_list", SES_CHECK_NOTE, "not on the list of revoked seals, which is out of date");
    } else {
        ses_verdict_add(verdict, "seal_list", SES_CHECK_OK, "not on the list of revoked seals");
    }
}
