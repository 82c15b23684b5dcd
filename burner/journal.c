/* SPDX-License-Identifier: GPL-3.0-or-later */
/* journal.c: a record as bytes that check themselves: "SBJ1", a GVariant, and the SHA-256 of both. */
#include "burner/journal.h"

#include <openssl/evp.h>
#include <string.h>

#include "core/error.h"

#define MAGIC "SBJ1\0\0\0" /* 8 bytes, so that the GVariant behind it is aligned */
#define MAGIC_SIZE 8
#define RECORD_TYPE "(suuuuussayayaayaybb)"
#define SUMS_TYPE "a(sstay)"
#define BLOBS_TYPE "a(sssayay)"

static const char *const names[BURN_STATES] = {
    "QUEUED", "CLAIMED", "INIT_BEGUN", "INITED", "KEY_BEGUN", "KEYED", "ISSUE_SENT", "ISSUED", "CERT_WRITTEN",
    "SEAL_MADE", "SEAL_WRITTEN", "VERIFIED", "PIN_SEALED", "DONE", "HELD", "FAILED", "REVOKE_PENDING",
};

const char *
burn_state_name(BurnState state)
{
    g_return_val_if_fail((guint)state < BURN_STATES, "?");
    return names[state];
}

gboolean
burn_state_from_name(const char *name, BurnState *state)
{
    for (guint i = 0; i < BURN_STATES; i++)
        if (g_strcmp0(name, names[i]) == 0) {
            *state = i;
            return TRUE;
        }
    return FALSE;
}

BurnRecord *
burn_record_new(const char *unit)
{
    BurnRecord *r = g_new0(BurnRecord, 1);
    r->unit = g_strdup(unit);
    r->attempt = 1;
    r->token_serial = g_strdup("");
    r->reason = g_strdup("");
    r->before = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    return r;
}

void
burn_record_free(BurnRecord *r)
{
    if (r == NULL)
        return;
    g_free(r->unit);
    g_free(r->token_serial);
    g_free(r->reason);
    g_clear_pointer(&r->public_key, g_bytes_unref);
    g_clear_pointer(&r->certificate, g_bytes_unref);
    g_clear_pointer(&r->untouched, g_bytes_unref);
    g_ptr_array_unref(r->before);
    g_free(r);
}

static GVariant *
bytes_in(GBytes *bytes)
{
    gsize size = 0;
    const void *data = bytes != NULL ? g_bytes_get_data(bytes, &size) : NULL;
    return g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, data, size, 1);
}

/* Empty means absent: neither a key nor a certificate is ever empty. */
static GBytes *
bytes_out(GVariant *v, gsize index)
{
    g_autoptr(GVariant) child = g_variant_get_child_value(v, index);
    gsize size;
    const void *data = g_variant_get_fixed_array(child, &size, 1);
    return size > 0 ? g_bytes_new(data, size) : NULL;
}

static GBytes *
seal(GVariant *body)
{
    g_autoptr(GVariant) v = g_variant_ref_sink(body);
    GByteArray *out = g_byte_array_new();
    guint8 digest[32];
    g_byte_array_append(out, (const guint8 *)MAGIC, MAGIC_SIZE);
    g_byte_array_append(out, g_variant_get_data(v), (guint)g_variant_get_size(v));
    EVP_Digest(out->data, out->len, digest, NULL, EVP_sha256(), NULL);
    g_byte_array_append(out, digest, sizeof digest);
    return g_byte_array_free_to_bytes(out);
}

static GVariant *
unseal(GBytes *bytes, const char *type, GError **error)
{
    gsize size;
    const guint8 *data = g_bytes_get_data(bytes, &size);
    guint8 digest[32];
    if (size > MAGIC_SIZE + 32 && memcmp(data, MAGIC, MAGIC_SIZE) == 0 &&
        EVP_Digest(data, size - 32, digest, NULL, EVP_sha256(), NULL) == 1 &&
        memcmp(digest, data + size - 32, 32) == 0) {
        g_autoptr(GBytes) body = g_bytes_new(data + MAGIC_SIZE, size - MAGIC_SIZE - 32);
        g_autoptr(GVariant) v = g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(type), body, FALSE));
        if (g_variant_is_normal_form(v))
            return g_steal_pointer(&v);
    }
    g_set_error_literal(error, SB_ERROR, SB_ERROR_INTEGRITY, "a burn journal record is damaged");
    return NULL;
}

GBytes *
burn_record_encode(const BurnRecord *r)
{
    GVariantBuilder before;
    g_variant_builder_init(&before, G_VARIANT_TYPE("aay"));
    for (guint i = 0; i < r->before->len; i++)
        g_variant_builder_add_value(&before, bytes_in(r->before->pdata[i]));
    return seal(g_variant_new("(suuuuuss@ay@ayaay@aybb)", r->unit, r->state, r->held_in, r->attempt, r->failures,
                              r->so_pin, r->token_serial, r->reason, bytes_in(r->public_key), bytes_in(r->certificate), &before,
                              bytes_in(r->untouched), r->revoked, r->pin_tried));
}

BurnRecord *
burn_record_decode(GBytes *bytes, GError **error)
{
    g_autoptr(GVariant) v = unseal(bytes, RECORD_TYPE, error);
    if (v == NULL)
        return NULL;
    g_autoptr(BurnRecord) r = g_new0(BurnRecord, 1);
    g_autoptr(GVariant) before = NULL;
    guint state, held_in, so_pin;
    r->before = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    g_variant_get(v, "(suuuuussayay@aayaybb)", &r->unit, &state, &held_in, &r->attempt, &r->failures, &so_pin,
                  &r->token_serial, &r->reason, NULL, NULL, &before, NULL, &r->revoked, &r->pin_tried);
    r->public_key = bytes_out(v, 8);
    r->certificate = bytes_out(v, 9);
    r->untouched = bytes_out(v, 11);
    for (gsize i = 0; i < g_variant_n_children(before); i++) {
        GBytes *digest = bytes_out(before, i);
        if (digest != NULL)
            g_ptr_array_add(r->before, digest);
    }
    if (state >= BURN_STATES || held_in >= BURN_STATES || so_pin > BURN_SO_FACTORY || r->attempt == 0) {
        g_set_error(error, SB_ERROR, SB_ERROR_INTEGRITY, "the burn journal of %s holds a state that does not exist",
                    r->unit);
        return NULL;
    }
    r->state = state;
    r->held_in = held_in;
    r->so_pin = so_pin;
    return g_steal_pointer(&r);
}

BurnRecord *
burn_journal_load(const BurnJournal *journal, const char *unit, GError **error)
{
    g_autoptr(GBytes) bytes = NULL;
    if (!journal->get(journal->self, unit, &bytes, error))
        return NULL;
    if (bytes == NULL)
        return burn_record_new(unit);
    g_autoptr(BurnRecord) record = burn_record_decode(bytes, error);
    if (record != NULL && strcmp(record->unit, unit) != 0) {
        g_set_error(error, SB_ERROR, SB_ERROR_INTEGRITY, "the burn journal of %s holds another order's record", unit);
        return NULL;
    }
    return g_steal_pointer(&record);
}

gboolean
burn_journal_store(const BurnJournal *journal, const BurnRecord *record, GError **error)
{
    g_autoptr(GBytes) bytes = burn_record_encode(record);
    return journal->put(journal->self, record->unit, record->state, record->token_serial, bytes, error);
}

gboolean
burn_journal_keep_blobs(const BurnJournal *journal, const char *unit, GPtrArray *blobs, GError **error)
{
    GVariantBuilder list;
    g_variant_builder_init(&list, G_VARIANT_TYPE(BLOBS_TYPE));
    for (guint i = 0; i < blobs->len; i++) {
        const BurnBlob *b = blobs->pdata[i];
        g_variant_builder_add(&list, "(sss@ay@ay)", b->label, b->application, b->object_id ? b->object_id : "",
                              bytes_in(b->bytes), bytes_in(b->names_cert));
    }
    g_autoptr(GBytes) bytes = seal(g_variant_builder_end(&list));
    return journal->keep(journal->self, unit, "seals", bytes, error);
}

GPtrArray *
burn_journal_fetch_blobs(const BurnJournal *journal, const char *unit, GError **error)
{
    g_autoptr(GBytes) bytes = NULL;
    if (!journal->fetch(journal->self, unit, "seals", &bytes, error))
        return NULL;
    if (bytes == NULL) {
        g_set_error(error, SB_ERROR, SB_ERROR_INTEGRITY, "the seals of %s are missing from the burn journal", unit);
        return NULL;
    }
    g_autoptr(GVariant) list = unseal(bytes, BLOBS_TYPE, error);
    if (list == NULL)
        return NULL;
    GPtrArray *blobs = g_ptr_array_new_with_free_func((GDestroyNotify)burn_blob_free);
    for (gsize i = 0; i < g_variant_n_children(list); i++) {
        const char *label, *application, *object_id;
        g_autoptr(GVariant) one = g_variant_get_child_value(list, i);
        g_variant_get(one, "(&s&s&sayay)", &label, &application, &object_id, NULL, NULL);
        g_autoptr(GBytes) value = bytes_out(one, 3);
        g_autoptr(GBytes) names_cert = bytes_out(one, 4);
        g_ptr_array_add(blobs, burn_blob_new(label, application, object_id, value, names_cert));
    }
    return blobs;
}

gboolean
burn_journal_keep_sums(const BurnJournal *journal, const char *unit, GPtrArray *sums, GError **error)
{
    GVariantBuilder list;
    g_variant_builder_init(&list, G_VARIANT_TYPE(SUMS_TYPE));
    for (guint i = 0; i < sums->len; i++) {
        const BurnObjectSum *sum = sums->pdata[i];
        g_variant_builder_add(&list, "(sst@ay)", sum->what, sum->label, (guint64)sum->size,
                              g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, sum->sha256, sizeof sum->sha256, 1));
    }
    g_autoptr(GBytes) bytes = seal(g_variant_builder_end(&list));
    return journal->keep(journal->self, unit, "sums", bytes, error);
}

GPtrArray *
burn_journal_fetch_sums(const BurnJournal *journal, const char *unit, GError **error)
{
    g_autoptr(GBytes) bytes = NULL;
    if (!journal->fetch(journal->self, unit, "sums", &bytes, error) || bytes == NULL)
        return NULL;
    g_autoptr(GVariant) list = unseal(bytes, SUMS_TYPE, error);
    if (list == NULL)
        return NULL;
    GPtrArray *sums = g_ptr_array_new_with_free_func((GDestroyNotify)burn_object_sum_free);
    for (gsize i = 0; i < g_variant_n_children(list); i++) {
        BurnObjectSum *sum = g_new0(BurnObjectSum, 1);
        guint64 size;
        g_autoptr(GVariant) one = g_variant_get_child_value(list, i);
        g_variant_get(one, "(sstay)", &sum->what, &sum->label, &size, NULL);
        sum->size = size;
        g_autoptr(GBytes) digest = bytes_out(one, 3);
        if (digest != NULL && g_bytes_get_size(digest) == sizeof sum->sha256)
            memcpy(sum->sha256, g_bytes_get_data(digest, NULL), sizeof sum->sha256);
        g_ptr_array_add(sums, sum);
    }
    return sums;
}
