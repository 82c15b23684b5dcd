/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ses_make.c: spec -> seal -> signature -> verified bytes.
 */
#include "sealgen/ses.h"

#include <string.h>

#include <openssl/x509v3.h>

#include "core/error.h"
#include "sealgen/ses_codec.h"
#include "sealgen/ses_maker.h"
#include "sealgen/ses_picture.h"
#include "sealgen/ses_stamp.h"
#include "sealgen/ses_trust.h"
#include "sealgen/sm2.h"

#define MAX_SIGNATURE_BYTES 72
#define STAMP_ALLOWANCE_BYTES 4096
#define MIN_SIDE_MM 5
#define MAX_SIDE_MM 200
#define MAX_TYPE 9999
#define MAX_ASCII 64

struct SesMaker {
    GBytes *cert;
    char *vid;
    const SesParty *party; /* of trust */
    SesTrust *trust;       /* holds this certificate alone */
    Sm2Key *public_key;
    Sm2Key *own_key; /* where the private key is in memory */
    SesSignFunc sign;
    gpointer sign_data;
    SesStampFunc stamp;
    gpointer stamp_data;
};

static gboolean
is_ascii(const char *text)
{
    gsize length = text ? strlen(text) : 0;
    for (gsize i = 0; i < length; i++)
        if (text[i] < 0x21 || text[i] > 0x7e)
            return FALSE;
    return length >= 1 && length <= MAX_ASCII;
}

/* ---- the maker ---- */

static gboolean
maker_read_certificate(SesMaker *maker, GError **error)
{
    const SesParty *party = ses_trust_party(maker->trust, maker->cert, error);
    if (!party)
        return FALSE;
    if (!(X509_get_key_usage(party->x509) & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION))) {
        g_set_error(error, SB_ERROR, SB_ERROR_SEAL, "the maker's certificate may not sign (key usage)");
        return FALSE;
    }
    maker->public_key = sm2_key_from_native_public(X509_get0_pubkey(party->x509), error);
    return maker->public_key != NULL;
}

SesMaker *
ses_maker_new(GBytes *cert, const char *vid, SesSignFunc sign, gpointer data, GError **error)
{
    if (!is_ascii(vid)) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT,
                    "the maker's short name (Vid) is not 1..%d printable ASCII characters", MAX_ASCII);
        return NULL;
    }
    g_autoptr(SesMaker) maker = g_new0(SesMaker, 1);
    maker->cert = g_bytes_ref(cert);
    maker->vid = g_strdup(vid);
    maker->trust = ses_trust_new();
    maker->sign = sign;
    maker->sign_data = data;
    if (!ses_trust_add_certificates(maker->trust, cert, error) || !maker_read_certificate(maker, error)) {
        g_prefix_error(error, "seal maker: ");
        return NULL;
    }
    return g_steal_pointer(&maker);
}

static GBytes *
sign_with_own_key(gconstpointer tbs, gsize tbs_length, const guint8 *digest, gpointer data, GError **error)
{
    return sm2_sign_digest(data, digest, error);
}

SesMaker *
ses_maker_new_from_key(GBytes *cert, const char *vid, const char *key_pem, gsize key_pem_length, GError **error)
{
    g_autoptr(Sm2Key) key = sm2_key_from_pem(key_pem, key_pem_length, error);
    if (!key) {
        g_prefix_error(error, "seal maker's key: ");
        return NULL;
    }
    g_autoptr(SesMaker) maker = ses_maker_new(cert, vid, sign_with_own_key, key, error);
    if (!maker)
        return NULL;
    if (!sm2_key_equal_public(key, maker->public_key)) {
        g_set_error(error, SB_ERROR, SB_ERROR_SEAL, "the seal maker's key and certificate do not belong together");
        return NULL;
    }
    maker->own_key = g_steal_pointer(&key);
    return g_steal_pointer(&maker);
}

GBytes *
ses_maker_cert(const SesMaker *maker)
{
    return maker->cert;
}

const char *
ses_maker_vid(const SesMaker *maker)
{
    return maker->vid;
}

SesTrust *
ses_maker_trust(const SesMaker *maker)
{
    return maker->trust;
}

void
ses_maker_set_stamp(SesMaker *maker, SesStampFunc stamp, gpointer data)
{
    maker->stamp = stamp;
    maker->stamp_data = data;
}

void
ses_maker_free(SesMaker *maker)
{
    if (!maker)
        return;
    g_bytes_unref(maker->cert);
    g_free(maker->vid);
    ses_trust_free(maker->trust);
    sm2_key_free(maker->public_key);
    sm2_key_free(maker->own_key);
    g_free(maker);
}

/* ---- the spec ---- */

static gboolean
refuse_spec(GError **error, const char *what)
{
    g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "seal: %s", what);
    return FALSE;
}

static gboolean
check_spec(const SesSpec *spec, GError **error)
{
    gsize name_length = spec->name ? strlen(spec->name) : 0;
    if (spec->version != SES_V1 && spec->version != SES_V4 && spec->version != SES_V5)
        return refuse_spec(error, "the version is neither 1, 4 nor 5");
    if (!is_ascii(spec->es_id))
        return refuse_spec(error, "esID is not 1..64 printable ASCII characters");
    if (name_length < 1 || name_length > SES_MAX_TEXT || !g_utf8_validate(spec->name, -1, NULL))
        return refuse_spec(error, "the name is not UTF-8 of 1..1024 bytes");
    if (spec->type < 0 || spec->type > MAX_TYPE)
        return refuse_spec(error, "the type code is not between 0 and 9999");
    if (spec->n_certs < 1 || spec->n_certs > SES_MAX_CERTS)
        return refuse_spec(error, "it names no holder's certificate, or too many");
    if (spec->valid_from >= spec->valid_until)
        return refuse_spec(error, "validEnd is not after validStart");
    if (spec->created > spec->valid_until)
        return refuse_spec(error, "it would be made after its own end");
    if (spec->width_mm < MIN_SIDE_MM || spec->width_mm > MAX_SIDE_MM || spec->height_mm < MIN_SIDE_MM ||
        spec->height_mm > MAX_SIDE_MM)
        return refuse_spec(error, "width and height are not 5..200 whole millimetres");
    return TRUE;
}

static gboolean
check_spec_picture(const SesSpec *spec, GError **error)
{
    SesPictureInfo info;
    g_autofree char *text = NULL;
    if (!spec->png || g_bytes_get_size(spec->png) > SES_MAX_BYTES / 2)
        return refuse_spec(error, "it has no picture, or one of megabytes");
    if (!ses_picture_probe(spec->png, &info, error))
        return FALSE;
    if (!info.decoded) {
        g_set_error(error, SB_ERROR, SB_ERROR_IMAGE, "the picture is not a PNG");
        return FALSE;
    }
    if (ses_picture_density(&info, spec->width_mm, spec->height_mm, &text) == 2)
        return refuse_spec(error, text);
    return TRUE;
}

/* ---- making ---- */

static Ses *
ses_from_spec(const SesMaker *maker, const SesSpec *spec, GBytes *picture)
{
    Ses *ses = ses_new(spec->version);
    ses->vid = g_strdup(maker->vid);
    ses->es_id = g_strdup(spec->es_id);
    ses->name = g_strdup(spec->name);
    ses->type = spec->type;
    for (gsize i = 0; i < spec->n_certs; i++)
        g_ptr_array_add(ses->certs, g_bytes_ref(spec->certs[i]));
    ses->created = spec->created;
    ses->valid_from = spec->valid_from;
    ses->valid_until = spec->valid_until;
    ses->picture_type = g_strdup("PNG");
    ses->picture = g_bytes_ref(picture);
    ses->width_mm = spec->width_mm;
    ses->height_mm = spec->height_mm;
    ses->maker_cert = g_bytes_ref(maker->cert);
    ses->algorithm = g_strdup(SM2_WITH_SM3_OID);
    return ses;
}

static gsize
size_with_picture(const SesMaker *maker, const SesSpec *spec, gsize picture_bytes)
{
    static const guint8 signature[MAX_SIGNATURE_BYTES] = { 0 };
    g_autoptr(GBytes) picture = g_bytes_new_take(g_malloc0(picture_bytes + 1), picture_bytes);
    g_autoptr(Ses) ses = ses_from_spec(maker, spec, picture);
    ses->signature = g_bytes_new_static(signature, sizeof signature);
    if (spec->version == SES_V5 && maker->stamp)
        ses->time_stamp = g_bytes_new_take(g_malloc0(STAMP_ALLOWANCE_BYTES), STAMP_ALLOWANCE_BYTES);
    g_autoptr(GBytes) der = ses_encode(ses, NULL);
    return der ? g_bytes_get_size(der) : G_MAXSIZE;
}

gsize
ses_picture_room(const SesMaker *maker, const SesSpec *spec, gsize room)
{
    if (!check_spec(spec, NULL))
        return 0;
    room = MIN(room, SES_MAX_BYTES);
    gsize empty = size_with_picture(maker, spec, 0);
    if (empty > room)
        return 0;
    gsize picture = room - empty;
    while (picture > 0 && size_with_picture(maker, spec, picture) > room)
        picture--; /* longer length fields: a few bytes, so a few turns */
    return picture;
}

GBytes *
ses_maker_sign(SesMaker *maker, gconstpointer tbs, gsize length, GError **error)
{
    gsize signature_length;
    guint8 digest[SM2_DIGEST_BYTES];
    sm2_digest(maker->public_key, tbs, length, digest);
    g_autoptr(GBytes) answer = maker->sign(tbs, length, digest, maker->sign_data, error);
    if (!answer) {
        g_prefix_error(error, "seal maker's key: ");
        return NULL;
    }
    const guint8 *signature = g_bytes_get_data(answer, &signature_length);
    return signature_length == SM2_RAW_BYTES ? sm2_signature_from_raw(signature, error) : g_bytes_ref(answer);
}

static gboolean
sign_seal(SesMaker *maker, Ses *ses, GError **error)
{
    g_autoptr(GBytes) tbs = ses_encode_tbs(ses, error);
    if (!tbs)
        return FALSE;
    gsize length;
    gconstpointer data = g_bytes_get_data(tbs, &length);
    ses->signature = ses_maker_sign(maker, data, length, error);
    return ses->signature != NULL;
}

static gboolean
stamp_seal(SesMaker *maker, Ses *ses, GError **error)
{
    if (ses->version != SES_V5 || !maker->stamp)
        return TRUE;
    g_autoptr(GBytes) request = ses_stamp_request(ses->signature);
    g_autoptr(GBytes) response = maker->stamp(request, maker->stamp_data, error);
    if (response)
        ses->time_stamp = ses_stamp_token_from_response(response, ses->signature, error);
    if (!ses->time_stamp)
        g_prefix_error(error, "time stamp: ");
    return ses->time_stamp != NULL;
}

/* What reads back must be what was asked for, field by field; so the picture is the one decoded
 * before it was signed. */
static gboolean
says_what_was_asked(const Ses *ses, const SesMaker *maker, const SesSpec *spec)
{
    gboolean same = ses->version == spec->version && ses->type == spec->type && ses->created == spec->created &&
                    ses->valid_from == spec->valid_from && ses->valid_until == spec->valid_until &&
                    ses->width_mm == spec->width_mm && ses->height_mm == spec->height_mm &&
                    strcmp(ses->es_id, spec->es_id) == 0 && strcmp(ses->name, spec->name) == 0 &&
                    strcmp(ses->vid, maker->vid) == 0 && g_bytes_equal(ses->picture, spec->png) &&
                    g_bytes_equal(ses->maker_cert, maker->cert) && ses->certs->len == spec->n_certs;
    for (gsize i = 0; same && i < spec->n_certs; i++)
        same = g_bytes_equal(ses->certs->pdata[i], spec->certs[i]);
    return same;
}

static gboolean
verify_made(GBytes *der, SesMaker *maker, const SesSpec *spec, GError **error)
{
    g_autoptr(SesVerdict) verdict = ses_verify_own(der, maker->trust, spec->created);
    if (verdict->result != SES_VALID) {
        for (guint i = 0; i < verdict->checks->len; i++) {
            const SesCheck *check = verdict->checks->pdata[i];
            if (check->status == SES_CHECK_FAIL || check->status == SES_CHECK_SKIPPED) {
                g_set_error(error, SB_ERROR, SB_ERROR_SEAL, "the seal made is not valid: %s: %s", check->name,
                            check->text);
                return FALSE;
            }
        }
    }
    if (verdict->result != SES_VALID || !says_what_was_asked(verdict->ses, maker, spec)) {
        g_set_error(error, SB_ERROR, SB_ERROR_SEAL, "the seal made does not say what was asked for");
        return FALSE;
    }
    return TRUE;
}

static gboolean
check_room(GBytes *der, const SesMaker *maker, const SesSpec *spec, GError **error)
{
    gsize size = g_bytes_get_size(der);
    if (spec->max_bytes == 0 || size <= spec->max_bytes)
        return TRUE;
    g_set_error(
        error, SB_ERROR, SB_ERROR_LIMIT,
        "the seal is %zu bytes and there is room for %zu: a picture of at most %zu bytes would fit, this one is %zu",
        size, spec->max_bytes, ses_picture_room(maker, spec, spec->max_bytes), g_bytes_get_size(spec->png));
    return FALSE;
}

GBytes *
ses_make(SesMaker *maker, const SesSpec *spec, GError **error)
{
    if (!check_spec(spec, error) || !check_spec_picture(spec, error))
        return NULL;
    g_autoptr(Ses) ses = ses_from_spec(maker, spec, spec->png);
    if (!sign_seal(maker, ses, error) || !stamp_seal(maker, ses, error))
        return NULL;
    g_autoptr(GBytes) der = ses_encode(ses, error);
    if (!der || !check_room(der, maker, spec, error) || !verify_made(der, maker, spec, error))
        return NULL;
    return g_steal_pointer(&der);
}
