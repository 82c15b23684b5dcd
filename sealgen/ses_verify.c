/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ses_verify.c: the checks of one seal, in order, each with its word.
 *
 * Every check adds its own line and the next one runs all the same, so that a person sees all that
 * is wrong at once; only a broken structure ends it.
 */
#include "sealgen/ses_verify.h"

#include <string.h>

#include <openssl/x509v3.h>

#include "core/error.h"
#include "sealgen/der.h"
#include "sealgen/ses_picture.h"
#include "sealgen/ses_stamp.h"
#include "sealgen/ses_trust.h"
#include "sealgen/sm2.h"

/* How far a maker's clock may be ahead of ours. */
#define CLOCK_SLACK_S 300

typedef struct {
    SesVerdict *verdict;
    const Ses *ses;
    SesTrust *trust;
    gint64 at;
    gboolean own; /* see ses_verify_own() */
    const SesParty *maker;
} Check;

static void G_GNUC_PRINTF(4, 5) add(Check *c, const char *name, SesCheckStatus status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    ses_verdict_add(c->verdict, name, status, text);
}

static char *
date_text(gint64 unix_seconds)
{
    g_autoptr(GDateTime) when = g_date_time_new_from_unix_utc(unix_seconds);
    return when ? g_date_time_format(when, "%Y-%m-%d %H:%M:%SZ") : g_strdup("an impossible date");
}

/* ---- signature and maker ---- */

static gboolean
fits_digest(const Check *c, gconstpointer message, gsize length, const char *id)
{
    gsize signature_length;
    gconstpointer signature = g_bytes_get_data(c->ses->signature, &signature_length);
    guint8 digest[SM2_DIGEST_BYTES];
    sm2_digest_with_id(c->maker->key, id, message, length, digest);
    return sm2_verify_digest(c->maker->key, digest, signature, signature_length, NULL);
}

/* Which of the known mistakes a refused signature is, or NULL: a word to the maker's engineers. */
static const char *
explain_signature(const Check *c)
{
    gsize length;
    const guint8 *tbs = g_bytes_get_data(c->ses->tbs, &length), *p;
    DerItem outer, info;
    if (fits_digest(c, tbs, length, ""))
        return "it was made with an empty SM2 identity instead of " SM2_ID;
    p = tbs;
    if (!der_next(&p, tbs + length, &outer))
        return NULL;
    if (c->ses->version == SES_V1) {
        p = outer.content;
        return der_next(&p, tbs + length, &info) && fits_digest(c, info.start, info.total, SM2_ID)
                   ? "it covers eSealInfo alone, as in version 4; version 1 signs certificate and algorithm too"
                   : NULL;
    }
    return fits_digest(c, outer.content, outer.length, SM2_ID) ? "it covers eSealInfo without its header" : NULL;
}

static void
check_signature(Check *c)
{
    const Ses *ses = c->ses;
    g_autoptr(GError) error = NULL;
    c->maker = ses_trust_party(c->trust, ses->maker_cert, &error);
    if (!c->maker) {
        add(c, "signature", SES_CHECK_FAIL, "maker's certificate: %s", error->message);
        return;
    }
    c->verdict->maker_subject = g_strdup(c->maker->subject);
    if (strcmp(ses->algorithm, SM2_WITH_SM3_OID) != 0) {
        add(c, "signature", SES_CHECK_FAIL, "algorithm %s is not SM2-with-SM3 (%s)", ses->algorithm, SM2_WITH_SM3_OID);
        return;
    }
    if (!c->maker->key) {
        add(c, "signature", SES_CHECK_FAIL, "the maker's key is not SM2");
        return;
    }
    gsize tbs_length, length;
    gconstpointer tbs = g_bytes_get_data(ses->tbs, &tbs_length);
    gconstpointer signature = g_bytes_get_data(ses->signature, &length);
    guint8 digest[SM2_DIGEST_BYTES];
    sm2_digest(c->maker->key, tbs, tbs_length, digest);
    if (!sm2_verify_digest(c->maker->key, digest, signature, length, &error)) {
        const char *why = sm2_signature_check_der(signature, length, NULL) ? explain_signature(c) : NULL;
        add(c, "signature", SES_CHECK_FAIL, "%s%s%s", error->message, why ? ": " : "", why ? why : "");
    } else {
        add(c, "signature", SES_CHECK_OK, "SM2-with-SM3 over %zu bytes as they stand", tbs_length);
    }
}

static void
check_validity(Check *c, gint64 from, gint64 until, const char *whose)
{
    g_autofree char *from_text = date_text(from), *until_text = date_text(until);
    if (from <= c->at && c->at <= until)
        add(c, "validity", SES_CHECK_OK, "%s valid %s to %s", whose, from_text, until_text);
    else if (c->ses->version == SES_V5 && from <= c->ses->created && c->ses->created <= until)
        add(c, "validity", SES_CHECK_NOTE, "%s valid %s to %s: not now, but when the seal was made", whose, from_text,
            until_text);
    else
        add(c, "validity", SES_CHECK_FAIL, "%s valid only %s to %s", whose, from_text, until_text);
}

static void
check_revocation(Check *c, const SesChain *chain)
{
    gint64 revoked_at = 0;
    g_autofree char *text = NULL;
    switch (ses_trust_revocation(c->trust, chain, c->at, &revoked_at, &text)) {
    case SES_REVOCATION_GOOD:
        add(c, "revocation", SES_CHECK_OK, "%s", text);
        break;
    case SES_REVOCATION_UNKNOWN:
        add(c, "revocation", SES_CHECK_SKIPPED, "%s", text);
        break;
    case SES_REVOCATION_REVOKED:
        if (revoked_at > c->at)
            add(c, "revocation", SES_CHECK_NOTE, "maker's certificate %s, after the moment asked about", text);
        else if (c->ses->version == SES_V5 && revoked_at > c->ses->created)
            add(c, "revocation", SES_CHECK_NOTE, "maker's certificate %s, after the seal was made", text);
        else
            add(c, "revocation", SES_CHECK_FAIL, "maker's certificate %s", text);
    }
}

static void
check_chain(Check *c)
{
    if (!ses_trust_has_anchors(c->trust)) {
        add(c, "chain", SES_CHECK_SKIPPED, "no trust anchor given: who made it is not proven");
        check_validity(c, c->maker->valid_from, c->maker->valid_until, "maker's certificate");
        return;
    }
    const SesChain *chain = ses_trust_chain(c->trust, c->maker, c->at);
    if (chain->trusted && c->ses->version == SES_V5 && (c->at < chain->valid_from || c->at > chain->valid_until))
        chain = ses_trust_chain(c->trust, c->maker, c->ses->created);
    if (!chain->trusted) {
        add(c, "chain", SES_CHECK_FAIL, "maker's certificate: %s", chain->problem);
        check_validity(c, c->maker->valid_from, c->maker->valid_until, "maker's certificate");
        return;
    }
    add(c, "chain", SES_CHECK_OK, "maker's certificate leads to a trust anchor");
    check_validity(c, chain->valid_from, chain->valid_until, "maker's chain");
    check_revocation(c, chain);
}

static void
check_key_usage(Check *c)
{
    struct x509_st *cert = c->maker->x509;
    if (!(X509_get_extension_flags(cert) & EXFLAG_KUSAGE))
        add(c, "key_usage", SES_CHECK_NOTE, "maker's certificate has no key usage");
    else if (X509_get_key_usage(cert) & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION))
        add(c, "key_usage", SES_CHECK_OK, "maker's certificate may sign");
    else
        add(c, "key_usage", SES_CHECK_FAIL, "maker's certificate may not sign (key usage)");
    if (X509_get_extension_flags(cert) & EXFLAG_CA)
        add(c, "key_usage", SES_CHECK_NOTE, "maker's certificate is a CA's own");
}

/* ---- holder ---- */

static void
check_one_holder(Check *c, GBytes *der, guint number)
{
    g_autoptr(GError) error = NULL;
    const SesParty *holder = ses_trust_party(c->trust, der, &error);
    if (!holder) {
        add(c, "holder", SES_CHECK_FAIL, "certificate %u: %s", number, error->message);
        return;
    }
    g_autofree char *until = date_text(holder->valid_until);
    guint32 usage = X509_get_key_usage(holder->x509); /* all bits where there is no extension */
    if (c->at < holder->valid_from || c->at > holder->valid_until)
        add(c, "holder", SES_CHECK_NOTE, "certificate %u is not valid at this moment (until %s): renew the seal",
            number, until);
    else if (!(usage & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)))
        add(c, "holder", SES_CHECK_NOTE, "certificate %u may not sign (key usage)", number);
    else if (c->ses->valid_until > holder->valid_until)
        add(c, "holder", SES_CHECK_NOTE, "certificate %u ends before the seal does (%s)", number, until);
    else if (!c->own && ses_trust_has_anchors(c->trust) && !ses_trust_chain(c->trust, holder, c->at)->trusted)
        add(c, "holder", SES_CHECK_NOTE, "certificate %u does not lead to a trust anchor given", number);
    else
        add(c, "holder", SES_CHECK_OK, "certificate %u valid until %s", number, until);
}

static void
check_holders(Check *c)
{
    for (guint i = 0; i < c->ses->certs->len; i++)
        check_one_holder(c, c->ses->certs->pdata[i], i + 1);
    if (c->ses->digests->len)
        add(c, "holder", SES_CHECK_OK, "%u named by digest of the certificate", c->ses->digests->len);
    else if (c->ses->certs->len == 0)
        add(c, "holder", SES_CHECK_NOTE, "none named");
}

/* ---- dates ---- */

static void
check_dates(Check *c)
{
    const Ses *ses = c->ses;
    g_autofree char *created = date_text(ses->created), *from = date_text(ses->valid_from);
    g_autofree char *until = date_text(ses->valid_until);
    if (ses->valid_from >= ses->valid_until)
        add(c, "dates", SES_CHECK_FAIL, "validEnd (%s) is not after validStart (%s)", until, from);
    else if (ses->created > ses->valid_until)
        add(c, "dates", SES_CHECK_FAIL, "made (%s) after its own end (%s)", created, until);
    else if (ses->created > c->at + CLOCK_SLACK_S)
        add(c, "dates", SES_CHECK_FAIL, "made (%s) after the moment asked about", created);
    else if (c->maker && (ses->created < c->maker->valid_from || ses->created > c->maker->valid_until))
        add(c, "dates", SES_CHECK_FAIL, "made (%s) while the maker's certificate was not valid", created);
    else if (c->at < ses->valid_from && !c->own) /* ours may be made ahead of its term */
        add(c, "dates", SES_CHECK_FAIL, "not valid yet: from %s", from);
    else if (c->at > ses->valid_until)
        add(c, "dates", SES_CHECK_FAIL, "no longer valid: ended %s", until);
    else
        add(c, "dates", SES_CHECK_OK, "made %s, valid %s to %s", created, from, until);
}

/* ---- time stamp ---- */

static void
check_stamp_chain(Check *c, const SesStampInfo *info)
{
    gint64 revoked_at = 0;
    g_autofree char *text = NULL;
    /* Services are often under another CA than makers. A stamp that is not proven is worth as much as
     * none, and a seal without one may be valid. */
    if (!info->chain->trusted)
        add(c, "time_stamp", SES_CHECK_NOTE, "its time is not proven, its signer's certificate: %s",
            info->chain->problem);
    else if (info->gen_time < info->chain->valid_from || info->gen_time > info->chain->valid_until)
        add(c, "time_stamp", SES_CHECK_FAIL, "its signer's certificate was not valid when it stamped");
    else if (ses_trust_revocation(c->trust, info->chain, c->at, &revoked_at, &text) == SES_REVOCATION_REVOKED &&
             revoked_at <= info->gen_time)
        add(c, "time_stamp", SES_CHECK_FAIL, "its signer's certificate was %s, before it stamped", text);
    else if (c->maker && info->gen_time > c->maker->valid_until)
        add(c, "time_stamp", SES_CHECK_FAIL, "stamped after the maker's certificate had ended: createDate is not true");
}

static void
check_stamp(Check *c)
{
    const Ses *ses = c->ses;
    if (ses->version != SES_V5)
        return;
    if (!ses->time_stamp) {
        add(c, "time_stamp", SES_CHECK_NOTE, "none (it is optional)");
        return;
    }
    g_autoptr(GError) error = NULL;
    SesStampInfo info;
    if (!ses_stamp_check(ses->time_stamp, ses->signature, c->trust, &info, &error)) {
        add(c, "time_stamp", SES_CHECK_FAIL, "%s", error->message);
        return;
    }
    g_autofree char *when = date_text(info.gen_time);
    if (info.gen_time > c->at + CLOCK_SLACK_S && !c->own)
        add(c, "time_stamp", SES_CHECK_FAIL, "stamped %s, after the moment asked about", when);
    else if (info.gen_time < ses->created - CLOCK_SLACK_S)
        add(c, "time_stamp", SES_CHECK_FAIL, "stamped %s, before the seal was made", when);
    else
        add(c, "time_stamp", SES_CHECK_OK, "stamped %s by %s", when, info.authority);
    if (!c->own)
        check_stamp_chain(c, &info);
    ses_stamp_info_clear(&info);
}

/* ---- picture ---- */

static void
check_picture(Check *c)
{
    const Ses *ses = c->ses;
    SesPictureInfo info;
    g_autoptr(GError) error = NULL;
    if (!ses_picture_probe(ses->picture, &info, &error)) {
        add(c, "picture", SES_CHECK_FAIL, "%s", error->message);
        return;
    }
    c->verdict->picture_width_px = info.width_px;
    c->verdict->picture_height_px = info.height_px;

    g_autofree char *named = g_ascii_strup(ses->picture_type, -1);
    const char *type = strcmp(named, "JPEG") == 0 ? "JPG" : named;
    gsize size = g_bytes_get_size(ses->picture);
    if (!info.format)
        add(c, "picture", SES_CHECK_FAIL, "%zu bytes of no format that seals use, named \"%s\"", size,
            ses->picture_type);
    else if (strcmp(type, info.format) != 0)
        add(c, "picture", SES_CHECK_FAIL, "is a %s but is named \"%s\"", info.format, ses->picture_type);
    else if (!info.decoded)
        add(c, "picture", SES_CHECK_NOTE, "%s of %zu bytes: named, not decoded here", info.format, size);
    else if (strcmp(named, ses->picture_type) != 0)
        add(c, "picture", SES_CHECK_NOTE, "PNG of %zu bytes; its type \"%s\" should be in capitals", size,
            ses->picture_type);
    else
        add(c, "picture", SES_CHECK_OK, "PNG of %zu bytes", size);

    char *text = NULL;
    int grade = ses_picture_density(&info, ses->width_mm, ses->height_mm, &text);
    add(c, "density", grade == 0 ? SES_CHECK_OK : grade == 1 ? SES_CHECK_NOTE : SES_CHECK_FAIL, "%s", text);
    g_free(text);
}

/* ---- all of it ---- */

static void
check_free(SesCheck *check)
{
    g_free(check->text);
    g_free(check);
}

static SesResult
result_of(const SesCheck *check)
{
    if (check->status == SES_CHECK_FAIL)
        return SES_INVALID;
    /* An unknown revocation does not leave open who made it; the others do. */
    return check->status == SES_CHECK_SKIPPED && strcmp(check->name, "revocation") != 0 ? SES_UNPROVEN : SES_VALID;
}

void
ses_verdict_add(SesVerdict *verdict, const char *name, SesCheckStatus status, const char *text)
{
    SesCheck *check = g_new0(SesCheck, 1);
    check->name = name;
    check->status = status;
    check->text = g_strdup(text);
    g_ptr_array_add(verdict->checks, check);
    verdict->result = MAX(verdict->result, result_of(check));
}

static void
run_checks(Check *c)
{
    g_autoptr(GError) error = NULL;
    Ses *ses = ses_parse(c->verdict->der, &error);
    if (!ses) {
        add(c, "structure", SES_CHECK_FAIL, "%s", error->message);
        return;
    }
    c->verdict->ses = ses;
    c->ses = ses;
    add(c, "structure", SES_CHECK_OK, "version %d, strict DER", ses->version);
    for (guint i = 0; i < ses->oddities->len; i++)
        add(c, "structure", SES_CHECK_NOTE, "%s", (char *)ses->oddities->pdata[i]);
    check_signature(c);
    if (c->maker) {
        check_chain(c);
        check_key_usage(c);
    }
    check_holders(c);
    check_dates(c);
    check_stamp(c);
    if (!c->own)
        check_picture(c);
}

static SesVerdict *
verify(GBytes *der, SesTrust *trust, gint64 at, gboolean own)
{
    g_autoptr(SesTrust) empty = trust ? NULL : ses_trust_new();
    SesVerdict *verdict = g_new0(SesVerdict, 1);
    verdict->checks = g_ptr_array_new_with_free_func((GDestroyNotify)check_free);
    verdict->der = g_bytes_ref(der);
    Check c = { .verdict = verdict, .trust = trust ? trust : empty, .at = at, .own = own };
    ses_trust_begin(c.trust);
    run_checks(&c);
    return verdict;
}

SesVerdict *
ses_verify(GBytes *der, SesTrust *trust, gint64 at)
{
    return verify(der, trust, at, FALSE);
}

SesVerdict *
ses_verify_own(GBytes *der, SesTrust *trust, gint64 at)
{
    return verify(der, trust, at, TRUE);
}

void
ses_verdict_free(SesVerdict *verdict)
{
    if (!verdict)
        return;
    g_ptr_array_unref(verdict->checks);
    ses_free(verdict->ses);
    g_bytes_unref(verdict->der);
    g_free(verdict->maker_subject);
    g_free(verdict);
}

const char *
ses_check_status_name(SesCheckStatus status)
{
    static const char *const names[] = { "ok", "note", "skipped", "fail" };
    return names[status];
}

const char *
ses_result_name(SesResult result)
{
    static const char *const names[] = { "valid", "unproven", "invalid" };
    return names[result];
}
