/* SPDX-License-Identifier: GPL-3.0-or-later */
/* burn.c: the order as data: checks, the unit's name, its mark, its subject as DER. */
#include "burner/burn.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <string.h>

#include "burner/csr.h"
#include "core/error.h"

#define TEXT_MAX 512 /* bytes of one part of a subject */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509_NAME, X509_NAME_free)

static const char *const kinds[] = { "new", "renew", "change", "replace", "unlock", "revoke", "exchange", "seals" };
static const char *const outcomes[] = { "done", "waiting", "interrupted", "held", "failed" };

const char *
burn_kind_name(BurnKind kind)
{
    g_return_val_if_fail((guint)kind < G_N_ELEMENTS(kinds), "?");
    return kinds[kind];
}

const char *
burn_outcome_name(BurnOutcome what)
{
    g_return_val_if_fail((guint)what < G_N_ELEMENTS(outcomes), "?");
    return outcomes[what];
}

BurnOrder *
burn_order_new(void)
{
    BurnOrder *order = g_new0(BurnOrder, 1);
    order->certificate_index = 1;
    return order;
}

static void
subject_clear(BurnSubject *s)
{
    char **parts[] = { &s->country, &s->province, &s->locality, &s->organisation, &s->unit, &s->name, &s->code,
                       &s->code_field };
    for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
        g_clear_pointer(parts[i], g_free);
}

void
burn_order_free(BurnOrder *order)
{
    if (order == NULL)
        return;
    subject_clear(&order->subject);
    g_free(order->order_id);
    g_free(order->token_serial);
    g_free(order->fixed_pin);
    g_clear_pointer(&order->replace_labels, g_ptr_array_unref);
    g_clear_pointer(&order->revoke, g_ptr_array_unref);
    g_clear_pointer(&order->replaces, g_ptr_array_unref);
    g_clear_pointer(&order->onto, g_bytes_unref);
    g_clear_pointer(&order->proof_certificate, g_bytes_unref);
    g_clear_pointer(&order->proof_challenge, g_bytes_unref);
    g_clear_pointer(&order->proof_signature, g_bytes_unref);
    g_free(order);
}

BurnBlob *
burn_blob_new(const char *label, const char *application, const char *object_id, GBytes *bytes, GBytes *names_cert)
{
    BurnBlob *blob = g_new0(BurnBlob, 1);
    blob->label = g_strdup(label);
    blob->application = g_strdup(application != NULL ? application : "sealbatch");
    blob->object_id = object_id != NULL && *object_id != '\0' ? g_strdup(object_id) : NULL;
    blob->bytes = bytes != NULL ? g_bytes_ref(bytes) : NULL;
    blob->names_cert = names_cert != NULL ? g_bytes_ref(names_cert) : NULL;
    return blob;
}

void
burn_blob_free(BurnBlob *blob)
{
    if (blob == NULL)
        return;
    g_free(blob->label);
    g_free(blob->application);
    g_free(blob->object_id);
    g_clear_pointer(&blob->bytes, g_bytes_unref);
    g_clear_pointer(&blob->names_cert, g_bytes_unref);
    g_free(blob);
}

void
burn_object_sum_free(BurnObjectSum *sum)
{
    if (sum == NULL)
        return;
    g_free(sum->what);
    g_free(sum->label);
    g_free(sum);
}

void
burn_result_free(BurnResult *result)
{
    if (result == NULL)
        return;
    g_free(result->unit);
    g_free(result->token_serial);
    g_free(result->at_hand);
    g_free(result->reason);
    g_clear_pointer(&result->certificate, g_bytes_unref);
    g_clear_pointer(&result->objects, g_ptr_array_unref);
    g_free(result);
}

char *
burn_unit_id(const BurnOrder *order)
{
    return order->certificate_index <= 1 ? g_strdup(order->order_id)
                                         : g_strdup_printf("%s+%u", order->order_id, order->certificate_index);
}

gboolean
burn_unit_is_of(const char *unit, const char *order_id)
{
    gsize n = strlen(order_id);
    return unit != NULL && strncmp(unit, order_id, n) == 0 && (unit[n] == '\0' || unit[n] == '+');
}

void
burn_mark(const char *unit, guint attempt, guint8 mark[BURN_MARK_SIZE], char label[33])
{
    g_autofree char *text = g_strdup_printf("sealbatch mark %u %s", attempt, unit);
    guint8 digest[32];
    EVP_Digest(text, strlen(text), digest, NULL, EVP_sha256(), NULL);
    memcpy(mark, digest, BURN_MARK_SIZE);
    if (label != NULL)
        g_snprintf(label, 33, "SB-%02x%02x%02x%02x%02x%02x", digest[0], digest[1], digest[2], digest[3], digest[4],
                   digest[5]);
}

static gboolean
refuse(GError **error, const char *what)
{
    g_set_error_literal(error, SB_ERROR, SB_ERROR_INPUT, what);
    return FALSE;
}

static gboolean
id_is_good(const char *id)
{
    gsize n = id != NULL ? strlen(id) : 0;
    return n >= 1 && n <= 64 && id[0] != '.' &&
           strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") == n;
}

static gboolean
makes_certificate(const BurnOrder *order)
{
    return order->kind == BURN_NEW || order->kind == BURN_RENEW || order->kind == BURN_REPLACE ||
           order->kind == BURN_EXCHANGE || (order->kind == BURN_CHANGE && !order->keep_key);
}

static gboolean
proof_holds(const BurnOrder *o)
{
    return o->proof_certificate != NULL && o->proof_challenge != NULL && o->proof_signature != NULL &&
           g_bytes_get_size(o->proof_challenge) >= 16 &&
           burn_signature_verifies(o->proof_certificate, o->proof_challenge, o->proof_signature);
}

gboolean
burn_order_check(const BurnOrder *order, GError **error)
{
    if (!id_is_good(order->order_id))
        return refuse(error, "order id: 1..64 of A-Z a-z 0-9 . _ - are allowed");
    if ((guint)order->kind > BURN_SEALS || (guint)order->key_type > BURN_KEY_SM2 || (guint)order->pin_rule > BURN_PIN_ASKED)
        return refuse(error, "order kind, key type or PIN rule is out of range");
    if (order->certificate_index < 1 || order->certificate_index > 100)
        return refuse(error, "certificate index is outside 1..100");
    if (order->seals > BURN_BLOBS_MAX)
        return refuse(error, "more seals than a key takes");
    if (order->pin_length != 0 && (order->pin_length < 4 || order->pin_length > BURN_PIN_RANDOM_MAX))
        return refuse(error, "a random PIN has 4 to 16 digits");
    if (order->pin_rule == BURN_PIN_FIXED &&
        (order->fixed_pin == NULL || strlen(order->fixed_pin) < 4 || strlen(order->fixed_pin) > 64))
        return refuse(error, "the profile's fixed PIN must have 4..64 letters");
    gboolean on_a_used_key = order->kind == BURN_RENEW || order->kind == BURN_CHANGE || order->kind == BURN_UNLOCK ||
                             order->kind == BURN_SEALS;
    if (on_a_used_key && (order->token_serial == NULL || *order->token_serial == '\0'))
        return refuse(error, "this kind of order must name the key's serial");
    if (order->may_erase && (order->token_serial == NULL || on_a_used_key))
        return refuse(error, "erasing is only for a key that is named, and for a new certificate");
    if (order->kind == BURN_REVOKE && (order->revoke == NULL || order->revoke->len == 0))
        return refuse(error, "a revocation must name the certificate");
    if (order->kind == BURN_EXCHANGE && !proof_holds(order))
        return refuse(error, "the other CA's key did not prove its holder: its signature does not verify");
    if (!makes_certificate(order))
        return TRUE;
    if (order->subject.name == NULL || *order->subject.name == '\0')
        return refuse(error, "the certificate's subject has no name");
    if (order->not_before <= 0 || order->not_after <= order->not_before)
        return refuse(error, "the certificate's validity is empty");
    g_autoptr(GBytes) der = burn_subject_der(&order->subject, error);
    return der != NULL;
}

/* OpenSSL knows each field's string type and X.520 upper bound (C two letters printable, serialNumber printable, CN and
 * O 64 characters); what it does not know becomes UTF8String. */
static gboolean
add(X509_NAME *name, const char *field, const char *text, GError **error)
{
    if (text == NULL || *text == '\0')
        return TRUE;
    ASN1_OBJECT *object = OBJ_txt2obj(field, 0);
    gboolean ok = object != NULL && strlen(text) <= TEXT_MAX && g_utf8_validate(text, -1, NULL) &&
                  X509_NAME_add_entry_by_OBJ(name, object, MBSTRING_UTF8, (const unsigned char *)text, -1, -1, 0) == 1;
    ASN1_OBJECT_free(object);
    ERR_clear_error();
    if (!ok)
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "subject: %s cannot hold its value (too long, or letters it does not take)",
                    field);
    return ok;
}

GBytes *
burn_subject_der(const BurnSubject *s, GError **error)
{
    g_autoptr(X509_NAME) name = X509_NAME_new();
    const char *country = s->country != NULL && *s->country != '\0' ? s->country : "CN";
    const char *code_field = s->code_field != NULL && *s->code_field != '\0' ? s->code_field : "serialNumber";
    if (!add(name, "C", country, error) || !add(name, "ST", s->province, error) || !add(name, "L", s->locality, error) ||
        !add(name, "O", s->organisation, error) || !add(name, "OU", s->unit, error) || !add(name, "CN", s->name, error) ||
        !add(name, code_field, s->code, error))
        return NULL;
    unsigned char *der = NULL;
    int size = i2d_X509_NAME(name, &der);
    GBytes *bytes = size > 0 ? g_bytes_new(der, (gsize)size) : NULL;
    OPENSSL_free(der);
    if (bytes == NULL)
        g_set_error_literal(error, SB_ERROR, SB_ERROR_INPUT, "subject cannot be encoded");
    return bytes;
}
