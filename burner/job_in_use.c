/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * job_in_use.c: acts on keys that are in use: what stays, what goes, which certificate the seals name, a new PIN, and
 * wiping. New things stand beside the old until they are there whole.
 */
#include <openssl/evp.h>
#include <string.h>

#include "burner/job.h"

static gboolean
digest_is(GBytes *der, const guint8 sha256[32])
{
    guint8 digest[32];
    return EVP_Digest(g_bytes_get_data(der, NULL), g_bytes_get_size(der), digest, NULL, EVP_sha256(), NULL) == 1 &&
           memcmp(digest, sha256, sizeof digest) == 0;
}

/* ---- claim: the certificates that will go, and what must stay as it is ---- */

static gboolean
goes(const Job *job, const BurnObject *o)
{
    GPtrArray *replaces = job->order->replaces;
    if (replaces == NULL)
        return g_str_has_prefix(job->seen->token->label, "SB-");
    for (guint i = 0; i < replaces->len; i++)
        if (digest_is(replaces->pdata[i], o->sha256))
            return TRUE;
    return FALSE;
}

/* What an attempt that was given up left on this key: its certificate is revoked. */
static void
add_former_attempts(Job *job)
{
    BurnRecord *r = job->record;
    for (guint attempt = 1; attempt < r->attempt; attempt++) {
        guint8 mark[BURN_MARK_SIZE];
        burn_mark(job->unit, attempt, mark, NULL);
        for (guint i = 0; i < job->seen->objects->len; i++)
            if (burn_object_has_id(job->seen->objects->pdata[i], mark, sizeof mark)) {
                g_ptr_array_add(r->before, g_bytes_new(mark, sizeof mark));
                break;
            }
    }
}

void
job_claim_in_use(Job *job)
{
    BurnRecord *r = job->record;
    g_ptr_array_set_size(r->before, 0);
    for (guint i = 0; burn_family(job->order) == BURN_FAMILY_BESIDE && i < job->seen->objects->len; i++) {
        const BurnObject *o = job->seen->objects->pdata[i];
        if (o->kind == BURN_OBJECT_CERT && o->id != NULL && g_bytes_get_size(o->id) > 0 && goes(job, o))
            g_ptr_array_add(r->before, g_bytes_ref(o->id));
    }
    if (r->attempt == 1 && job->order->replaces != NULL && r->before->len < job->order->replaces->len) {
        job_hold(job, "the certificate that is to be replaced is not on this key: is it the right key?");
        return;
    }
    if (burn_family(job->order) == BURN_FAMILY_BESIDE)
        add_former_attempts(job);
    job_acted(job, BURN_STATE_CLAIMED, job->view);
}

/* ---- the certificate that the seals name ---- */

static const BurnObject *
certificate_for_seals(Job *job)
{
    const BurnObject *found = NULL;
    for (guint i = 0; i < job->seen->objects->len; i++) {
        const BurnObject *o = job->seen->objects->pdata[i];
        if (o->kind != BURN_OBJECT_CERT || (job->order->onto != NULL && !digest_is(job->order->onto, o->sha256)))
            continue;
        if (found != NULL)
            return NULL;
        found = o;
    }
    return found;
}

static void
on_certificate_read(BurnWorker *worker, BurnFault fault, GVariant *answer, const char *text, gpointer data)
{
    Job *job = data;
    if (!job_answered(job, fault, text))
        return;
    g_autoptr(GVariant) child = g_variant_get_child_value(answer, 0);
    g_clear_pointer(&job->record->certificate, g_bytes_unref);
    job->record->certificate = g_bytes_new(g_variant_get_data(child), g_variant_get_size(child));
    job_acted(job, BURN_STATE_CERT_WRITTEN, BURN_VIEW_CERT);
}

void
job_take_cert(Job *job)
{
    const BurnObject *o = job->seen != NULL ? certificate_for_seals(job) : NULL;
    if (o == NULL) {
        job_hold(job, job->order->onto != NULL ? "the certificate that the seals are for is not on this key"
                                               : "the key holds none or several certificates: the order must name one");
        return;
    }
    g_autoptr(GBytes) digest = g_bytes_new(o->sha256, sizeof o->sha256);
    job_ask(job, BURN_MSG_READ, g_variant_new("(u@ay)", BURN_OBJECT_CERT, job_bytes(digest)), "(ay)", on_certificate_read);
}

/* ---- the old goes ---- */

static void remove_next(Job *job);

static void
on_removed(BurnWorker *worker, BurnFault fault, GVariant *answer, const char *text, gpointer data)
{
    if (job_answered(data, fault, text))
        remove_next(data);
}

static void
remove_next(Job *job)
{
    if (job->removals->len == 0) {
        job_acted(job, BURN_STATE_SEAL_WRITTEN, BURN_VIEW_ALL);
        return;
    }
    GVariant *body = g_ptr_array_steal_index(job->removals, job->removals->len - 1);
    job_ask(job, BURN_MSG_REMOVE, body, "(u)", on_removed);
    g_variant_unref(body);
}

static GVariant *
removal_of(const BurnObject *o)
{
    g_autoptr(GBytes) id = o->id != NULL ? g_bytes_ref(o->id) : g_bytes_new_static("", 0);
    gsize size = o->kind == BURN_OBJECT_PRIVATE ? 0 : sizeof o->sha256;
    g_autoptr(GBytes) digest = g_bytes_new(o->sha256, size);
    return g_variant_ref_sink(g_variant_new("(u@ay@ay)", o->kind, job_bytes(id), job_bytes(digest)));
}

static void
on_old(BurnWorker *worker, BurnFault fault, GVariant *answer, const char *text, gpointer data)
{
    Job *job = data;
    if (!job_answered(job, fault, text))
        return;
    g_autoptr(BurnInventory) all = burn_inventory_unpack(answer);
    BurnExpect expect = job_expect(job);
    if (all == NULL || burn_view(all, &expect) != BURN_VIEW_OLD) {
        job_fault(job, BURN_FAULT_DEVICE, "the key changed while it was written");
        return;
    }
    g_clear_pointer(&job->removals, g_ptr_array_unref);
    job->removals = g_ptr_array_new_with_free_func((GDestroyNotify)g_variant_unref);
    for (guint i = 0; i < all->objects->len; i++)
        if (burn_view_is_old(all->objects->pdata[i], &expect))
            g_ptr_array_add(job->removals, removal_of(all->objects->pdata[i]));
    remove_next(job);
}

void
job_remove_old(Job *job)
{
    job_ask(job, BURN_MSG_LOOK, g_variant_new("(bb)", TRUE, TRUE), BURN_INVENTORY_TYPE, on_old);
}

/* ---- a new PIN, proven by a login ---- */

static void
on_proven(BurnWorker *worker, BurnFault fault, GVariant *answer, const char *text, gpointer data)
{
    if (job_answered(data, fault, text))
        job_acted(data, BURN_STATE_VERIFIED, BURN_VIEW_EMPTY);
}

void
job_prove_pin(Job *job)
{
    job_ask(job, BURN_MSG_LOOK, g_variant_new("(bb)", TRUE, FALSE), BURN_INVENTORY_TYPE, on_proven);
}

/* ---- a revoked key is wiped: initialised again with our SO PIN, under a label that says that it is blank ---- */

static void
on_wiped(BurnWorker *worker, BurnFault fault, GVariant *answer, const char *text, gpointer data)
{
    Job *job = data;
    if (!job_answered(job, fault, text))
        return;
    job->wiped = TRUE;
    job_acted(job, BURN_STATE_PIN_SEALED, BURN_VIEW_FREE);
}

static void
on_wipe_pins(BurnWorker *worker, BurnFault fault, GVariant *answer, const char *text, gpointer data)
{
    if (job_answered(data, fault, text))
        job_ask(data, BURN_MSG_INIT, g_variant_new("(s)", BURN_LABEL_WIPED), BURN_TOKEN_TYPE, on_wiped);
}

void
job_wipe(Job *job)
{
    job->record->so_pin = BURN_SO_OURS;
    job_send_pins(job, on_wipe_pins);
}
