/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * job_acts.c: the acts of the step table. Each enters its "begun" state durably, asks the worker, and on success
 * enters the next state and sets the view that it left behind; a failure goes through job_fault and a new look.
 */
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <string.h>

#include "burner/job.h"
#include "core/error.h"

#define CHALLENGE_SIZE 32

GVariant *
job_bytes(GBytes *bytes)
{
    return g_variant_new_from_bytes(G_VARIANT_TYPE_BYTESTRING, bytes, TRUE);
}

static GBytes *
answer_bytes(GVariant *answer, gsize index)
{
    g_autoptr(GVariant) child = g_variant_get_child_value(answer, index);
    return g_variant_get_data_as_bytes(child);
}

void
job_ask(Job *job, BurnMessage type, GVariant *body, const char *answer_type, BurnAnswerFunc done)
{
    burn_worker_ask(job->worker, type, body, answer_type, job_deadline(job, type == BURN_MSG_KEYGEN), done, job);
}

/* A lost key's certificates are revoked first, a changed one's last. */
gboolean
job_revocation_due(const Job *job, BurnState state)
{
    const BurnOrder *o = job->order;
    gboolean first = o->kind == BURN_REPLACE || o->kind == BURN_REVOKE;
    gboolean last = o->kind == BURN_RENEW || o->kind == BURN_CHANGE;
    return !job->record->revoked && o->revoke != NULL && o->revoke->len > 0 &&
           ((first && state == BURN_STATE_CLAIMED) || (last && state == BURN_STATE_VERIFIED));
}

/* The common end of an act: its state is durable, its view is known. */
void
job_acted(Job *job, BurnState state, BurnView view)
{
    job->view = view;
    if (job_revocation_due(job, state)) {
        job->record->held_in = state; /* where REVOKE_PENDING goes on */
        state = BURN_STATE_REVOKE_PENDING;
    }
    if (job_enter(job, state))
        job_step(job);
}

static void
set_serial(Job *job, const char *serial)
{
    g_free(job->record->token_serial);
    job->record->token_serial = g_strdup(serial);
    g_free(job->serial);
    job->serial = g_strdup(serial);
}

/* ---- claim, initialise, PINs ---- */

static BurnSoPin
so_pin_of(Job *job)
{
    if (!job->token->initialised)
        return *job->token->serial == '\0' ? BURN_SO_MARK : BURN_SO_OURS;
    return g_str_has_prefix(job->token->label, "SB-") ? BURN_SO_OURS : BURN_SO_FACTORY;
}

/* What can be known before anything is touched. */
static char *
reason_against(Job *job)
{
    const BurnHubConfig *c = &job->hub->config;
    const BurnOrder *o = job->order;
    guint64 room = job->token != NULL && job->token->free_bytes > 0 ? job->token->free_bytes : c->capacity;
    gsize pin = o->pin_rule == BURN_PIN_FIXED ? strlen(o->fixed_pin) : o->pin_rule == BURN_PIN_RANDOM ? 8 : 0;
    if (o->room_needed > 0 && room > 0 && o->room_needed > room)
        return g_strdup_printf("no room on key %s: %" G_GSIZE_FORMAT " bytes needed, %" G_GUINT64_FORMAT " free; take a "
                               "larger key", job->token != NULL ? job->token->serial : "", o->room_needed, room);
    if (pin > 0 && ((c->pin_min > 0 && pin < c->pin_min) || (c->pin_max > 0 && pin > c->pin_max)))
        return g_strdup_printf("the key takes PINs of %u to %u letters, the profile's has %" G_GSIZE_FORMAT, c->pin_min,
                               c->pin_max, pin);
    return NULL;
}

static void
act_claim(Job *job)
{
    BurnRecord *r = job->record;
    g_autofree char *against = reason_against(job);
    if (against != NULL) {
        job_hold(job, against);
        return;
    }
    if (job->token != NULL)
        set_serial(job, job->token->serial);
    if (burn_family(job->order) == BURN_FAMILY_FRESH)
        r->so_pin = so_pin_of(job);
    if (burn_family(job->order) == BURN_FAMILY_BESIDE || burn_family(job->order) == BURN_FAMILY_SEALS) {
        job_claim_in_use(job);
        return;
    }
    job_acted(job, BURN_STATE_CLAIMED, job->view);
}

static void
on_init(BurnWorker *worker, BurnFault fault, GVariant *answer, const char *text, gpointer data)
{
    Job *job = data;
    if (!job_answered(job, fault, text))
        return;
    burn_token_info_free(job->token);
    job->token = burn_token_info_unpack(answer);
    if (*job->token->serial == '\0') {
        job_hold(job, "the module gives the initialised key no serial: it cannot be told from others");
        return;
    }
    set_serial(job, job->token->serial);
    job_acted(job, BURN_STATE_INIT_BEGUN, BURN_VIEW_NOPIN);
}

static void
on_init_pins(BurnWorker *worker, BurnFault fault, GVariant *answer, const char *text, gpointer data)
{
    if (job_answered(data, fault, text))
        job_ask(data, BURN_MSG_INIT, g_variant_new("(s)", ((Job *)data)->label), BURN_TOKEN_TYPE, on_init);
}

static void
act_init(Job *job)
{
    job->record->so_pin = so_pin_of(job);
    if (job_enter(job, BURN_STATE_INIT_BEGUN))
        job_send_pins(job, on_init_pins);
}

static void
on_pin_set(BurnWorker *worker, BurnFault fault, GVariant *answer, const char *text, gpointer data)
{
    Job *job = data;
    if (!job_answered(job, fault, text))
        return;
    job->record->so_pin = BURN_SO_OURS;
    job_acted(job, BURN_STATE_INITED, BURN_VIEW_EMPTY);
}

static void
on_set_pins(BurnWorker *worker, BurnFault fault, GVariant *answer, const char *text, gpointer data)
{
    Job *job = data;
    if (job_answered(job, fault, text))
        job_ask(job, BURN_MSG_SET_PIN, g_variant_new("(b)", job->resumed), "()", on_pin_set);
}

static void
act_set_pin(Job *job)
{
    if (job->record->state == BURN_STATE_INIT_BEGUN || job_enter(job, BURN_STATE_INIT_BEGUN))
        job_send_pins(job, on_set_pins);
}

/* ---- key pair ---- */

static void
on_key(BurnWorker *worker, BurnFault fault, GVariant *answer, const char *text, gpointer data)
{
    Job *job = data;
    if (!job_answered(job, fault, text))
        return;
    g_clear_pointer(&job->record->public_key, g_bytes_unref);
    g_autoptr(GBytes) key = answer_bytes(answer, 0);
    job->record->public_key = g_bytes_new(g_bytes_get_data(key, NULL), g_bytes_get_size(key));
    job_acted(job, BURN_STATE_KEYED, BURN_VIEW_KEY);
}

static void
act_keygen(Job *job)
{
    if (job_enter(job, BURN_STATE_KEY_BEGUN))
        job_ask(job, BURN_MSG_KEYGEN,
            g_variant_new("(u@ays)", job->order->key_type, job_bytes(job->mark), job->unit), "(ay)", on_key);
}

/* The digest of the one public key with our mark comes from a look; its bytes are read by it. */
static void
on_look_for_key(BurnWorker *worker, BurnFault fault, GVariant *answer, const char *text, gpointer data)
{
    Job *job = data;
    if (!job_answered(job, fault, text))
        return;
    g_autoptr(BurnInventory) all = burn_inventory_unpack(answer);
    for (guint i = 0; all != NULL && i < all->objects->len; i++) {
        const BurnObject *o = all->objects->pdata[i];
        if (o->kind != BURN_OBJECT_PUBLIC ||
            !burn_object_has_id(o, g_bytes_get_data(job->mark, NULL), g_bytes_get_size(job->mark)))
            continue;
        g_autoptr(GBytes) digest = g_bytes_new(o->sha256, sizeof o->sha256);
        job_ask(job, BURN_MSG_READ, g_variant_new("(u@ay)", BURN_OBJECT_PUBLIC, job_bytes(digest)), "(ay)", on_key);
        return;
    }
    job_fault(job, BURN_FAULT_DEVICE, "the key pair that was seen is not there any more");
}

static void
act_adopt_key(Job *job)
{
    job_ask(job, BURN_MSG_LOOK, g_variant_new("(bb)", TRUE, TRUE), BURN_INVENTORY_TYPE, on_look_for_key);
}

static void
on_public_scrapped(BurnWorker *worker, BurnFault fault, GVariant *answer, const char *text, gpointer data)
{
    Job *job = data;
    if (job_answered(job, fault, text))
        job_acted(job, BURN_STATE_KEY_BEGUN, BURN_VIEW_EMPTY);
}

static GVariant *
remove_by_mark(Job *job, BurnObjectKind kind)
{
    g_autoptr(GBytes) any = g_bytes_new_static("", 0);
    return g_variant_new("(u@ay@ay)", kind, job_bytes(job->mark), job_bytes(any));
}

static void
on_private_scrapped(BurnWorker *worker, BurnFault fault, GVariant *answer, const char *text, gpointer data)
{
    if (job_answered(data, fault, text))
        job_ask(data, BURN_MSG_REMOVE, remove_by_mark(data, BURN_OBJECT_PUBLIC), "(u)", on_public_scrapped);
}

static void
act_scrap_key(Job *job)
{
    job_ask(job, BURN_MSG_REMOVE, remove_by_mark(job, BURN_OBJECT_PRIVATE), "(u)", on_private_scrapped);
}

/* ---- certificate ---- */

static void
on_certificate(BurnWorker *worker, BurnFault fault, GVariant *answer, const char *text, gpointer data)
{
    Job *job = data;
    if (!job_answered(job, fault, text))
        return;
    if (job->record->state > BURN_STATE_CERT_WRITTEN)
        job_look(job); /* it was put back later: what else is there is not known */
    else
        job_acted(job, BURN_STATE_CERT_WRITTEN, BURN_VIEW_CERT);
}

static void
act_write_cert(Job *job)
{
    job_ask(job, BURN_MSG_WRITE_CERT,
        g_variant_new("(@ays@ay)", job_bytes(job->mark), job->unit, job_bytes(job->record->certificate)), "()",
        on_certificate);
}

/* ---- seals ---- */

static GBytes *
sha256_of(GBytes *bytes)
{
    guint8 digest[32];
    EVP_Digest(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), digest, NULL, EVP_sha256(), NULL);
    return g_bytes_new(digest, sizeof digest);
}

static gboolean
blobs_check(const BurnOrder *order, GPtrArray *blobs, GBytes *certificate, GError **error)
{
    g_autoptr(GBytes) digest = sha256_of(certificate);
    if (blobs->len != order->seals) {
        g_set_error(error, SB_ERROR, SB_ERROR_SEAL, "%u seals were made, %u are ordered", blobs->len, order->seals);
        return FALSE;
    }
    for (guint i = 0; i < blobs->len; i++) {
        const BurnBlob *b = blobs->pdata[i];
        gsize size = b->bytes != NULL ? g_bytes_get_size(b->bytes) : 0, label = b->label != NULL ? strlen(b->label) : 0;
        if (size == 0 || size > BURN_BLOB_MAX || label == 0 || label > 64) {
            g_set_error(error, SB_ERROR, SB_ERROR_SEAL, "seal %u is empty, too large or without a label", i + 1);
            return FALSE;
        }
        if (b->names_cert != NULL && !g_bytes_equal(b->names_cert, digest)) {
            g_set_error(error, SB_ERROR, SB_ERROR_SEAL, "seal %u names another certificate", i + 1);
            return FALSE;
        }
        for (guint k = 0; k < i; k++)
            if (strcmp(((BurnBlob *)blobs->pdata[k])->label, b->label) == 0) {
                g_set_error(error, SB_ERROR, SB_ERROR_SEAL, "seals %u and %u have the same label", k + 1, i + 1);
                return FALSE;
            }
    }
    return TRUE;
}

static void
act_make_seals(Job *job)
{
    const BurnHubCalls *calls = &job->hub->calls;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) blobs = NULL;
    if (calls->make_seals != NULL)
        blobs = calls->make_seals(job->order, job->record->certificate, calls->data, &error);
    else
        blobs = g_ptr_array_new_with_free_func((GDestroyNotify)burn_blob_free);
    if (blobs == NULL || !blobs_check(job->order, blobs, job->record->certificate, &error)) {
        job_hold(job, error->message);
        return;
    }
    if (!burn_journal_keep_blobs(job->hub->journal, job->unit, blobs, &error)) {
        job_finish(job, BURN_INTERRUPTED, error->message);
        return;
    }
    g_clear_pointer(&job->blobs, g_ptr_array_unref);
    job->blobs = g_steal_pointer(&blobs);
    if (burn_family(job->order) != BURN_FAMILY_FRESH && job->seen != NULL) {
        BurnExpect expect = job_expect(job);
        g_clear_pointer(&job->record->untouched, g_bytes_unref);
        job->record->untouched = burn_view_untouched(job->seen, &expect);
    }
    job->view = BURN_VIEW_PART;
    if (job->blobs->len == 0)
        job->view = job->record->before->len > 0 ? BURN_VIEW_OLD : BURN_VIEW_ALL;
    job_acted(job, BURN_STATE_SEAL_MADE, job->view);
}

static void write_next_seal(Job *job);

static void
on_seal_written(BurnWorker *worker, BurnFault fault, GVariant *answer, const char *text, gpointer data)
{
    Job *job = data;
    if (!job_answered(job, fault, text))
        return;
    job->next_blob++;
    write_next_seal(job);
}

static void
write_next_seal(Job *job)
{
    if (job->next_blob >= job->blobs->len) {
        if (burn_family(job->order) == BURN_FAMILY_FRESH) {
            job->view = BURN_VIEW_ALL;
            job_step(job);
        } else {
            job_look(job); /* what is old is seen on the key */
        }
        return;
    }
    const BurnBlob *b = job->blobs->pdata[job->next_blob];
    job_ask(job, BURN_MSG_WRITE_DATA,
        g_variant_new("(sss@ay)", b->label, b->application, b->object_id != NULL ? b->object_id : "",
                      job_bytes(b->bytes)),
        "()", on_seal_written);
}

static void
act_write_seals(Job *job)
{
    job->next_blob = 0;
    write_next_seal(job);
}

/* ---- read-back ---- */

static GPtrArray *
sums_of(const BurnInventory *all)
{
    GPtrArray *sums = g_ptr_array_new_with_free_func((GDestroyNotify)burn_object_sum_free);
    for (guint i = 0; i < all->objects->len; i++) {
        const BurnObject *o = all->objects->pdata[i];
        if (o->kind == BURN_OBJECT_PRIVATE || o->kind == BURN_OBJECT_OTHER)
            continue;
        BurnObjectSum *sum = g_new0(BurnObjectSum, 1);
        sum->what = g_strdup(o->kind == BURN_OBJECT_PUBLIC ? "key" : o->kind == BURN_OBJECT_CERT ? "certificate" : "data");
        sum->label = g_strdup(o->label);
        sum->size = o->size;
        memcpy(sum->sha256, o->sha256, sizeof sum->sha256);
        g_ptr_array_add(sums, sum);
    }
    return sums;
}

static const char *
read_back_fault(Job *job, const BurnInventory *all, GBytes *certificate, GBytes *signature)
{
    BurnExpect expect = job_expect(job);
    if (all == NULL || burn_view(all, &expect) != BURN_VIEW_ALL)
        return "read-back: the key does not hold exactly what was written";
    g_autoptr(GBytes) untouched = burn_view_untouched(all, &expect);
    if (job->record->untouched != NULL && !g_bytes_equal(untouched, job->record->untouched))
        return "read-back: something on the key that is not this order's has changed";
    if (!g_bytes_equal(certificate, job->record->certificate))
        return "read-back: the certificate on the key is another one";
    gboolean fits = job->csr != NULL ? burn_csr_key_signed(job->csr, job->challenge, signature)
                                     : burn_signature_verifies(certificate, job->challenge, signature);
    if (!fits)
        return "read-back: the key does not fit its certificate";
    return NULL;
}

static void
on_read_back(BurnWorker *worker, BurnFault fault, GVariant *answer, const char *text, gpointer data)
{
    Job *job = data;
    if (!job_answered(job, fault, text))
        return;
    g_autoptr(GVariant) packed = g_variant_get_child_value(answer, 0);
    g_autoptr(BurnInventory) all = burn_inventory_unpack(packed);
    g_autoptr(GBytes) certificate = answer_bytes(answer, 1);
    g_autoptr(GBytes) signature = answer_bytes(answer, 2);
    g_autoptr(GError) error = NULL;
    const char *wrong = read_back_fault(job, all, certificate, signature);
    burn_worker_kill(g_steal_pointer(&job->worker)); /* libp11 has unloaded the module already */
    if (wrong != NULL) {
        job_fault(job, BURN_FAULT_READ_BACK, wrong);
        return;
    }
    g_clear_pointer(&job->objects, g_ptr_array_unref);
    job->objects = sums_of(all);
    if (!burn_journal_keep_sums(job->hub->journal, job->unit, job->objects, &error)) {
        job_finish(job, BURN_INTERRUPTED, error->message);
        return;
    }
    job_acted(job, BURN_STATE_VERIFIED, BURN_VIEW_ALL);
}

/* The key pair to prove: ours by its mark; for seals alone the one of the certificate that they name. */
static GBytes *
proven_id(Job *job)
{
    for (guint i = 0; burn_family(job->order) == BURN_FAMILY_SEALS && job->seen != NULL && i < job->seen->objects->len; i++) {
        const BurnObject *o = job->seen->objects->pdata[i];
        g_autoptr(GBytes) digest = sha256_of(job->record->certificate);
        if (o->kind == BURN_OBJECT_CERT && memcmp(o->sha256, g_bytes_get_data(digest, NULL), sizeof o->sha256) == 0)
            return o->id;
    }
    return job->mark;
}

static void
on_read_back_pins(BurnWorker *worker, BurnFault fault, GVariant *answer, const char *text, gpointer data)
{
    Job *job = data;
    if (!job_answered(job, fault, text))
        return;
    guint8 random[CHALLENGE_SIZE];
    RAND_bytes(random, sizeof random);
    g_clear_pointer(&job->challenge, g_bytes_unref);
    job->challenge = g_bytes_new(random, sizeof random);
    job_ask(job, BURN_MSG_READ_BACK,
        g_variant_new("(ss@ay@ayt)", job->hub->config.module, job->record->token_serial,
                      job_bytes(proven_id(job)), job_bytes(job->challenge),
                      hub_slot_of(job->hub, job->record->token_serial)),
        "(" BURN_INVENTORY_TYPE "ayay)", on_read_back);
}

static void
start_read_back(gpointer data)
{
    Job *job = data;
    g_autoptr(GError) error = NULL;
    g_clear_pointer(&job->token, burn_token_info_free);
    job->worker = burn_worker_start(job->hub->nursery, job->hub->context, &error);
    if (job->worker == NULL)
        job_finish(job, BURN_INTERRUPTED, error->message);
    else
        job_send_pins(job, on_read_back_pins);
}

/* ---- the end ---- */

static void
act_seal_pin(Job *job)
{
    const BurnHubCalls *calls = &job->hub->calls;
    g_autoptr(GError) error = NULL;
    const char *serial = job->record->token_serial;
    gboolean letter = calls->seal_pin != NULL && job->order->pin_rule == BURN_PIN_RANDOM;
    g_autoptr(BurnPin) pin = letter ? burn_pin_user(job->hub->pins, job->order, serial, job->record->attempt) : NULL;
    if (letter && !calls->seal_pin(job->order, serial, pin, calls->data, &error)) {
        job_finish(job, BURN_INTERRUPTED, error->message);
        return;
    }
    job_acted(job, BURN_STATE_PIN_SEALED, job->view);
}

void
job_act(Job *job, BurnAct act)
{
    if (burn_act_needs_token(act) && job->worker == NULL && job->serial != NULL) {
        job_look(job);
        return;
    }
    switch (act) {
    case BURN_ACT_CLAIM:
        act_claim(job);
        break;
    case BURN_ACT_NEXT_KEY:
        job_close_worker(job, (void (*)(gpointer))hub_next_key);
        break;
    case BURN_ACT_INIT:
        act_init(job);
        break;
    case BURN_ACT_SET_PIN:
        act_set_pin(job);
        break;
    case BURN_ACT_KEYGEN:
        act_keygen(job);
        break;
    case BURN_ACT_SCRAP_KEY:
        act_scrap_key(job);
        break;
    case BURN_ACT_ADOPT_KEY:
        act_adopt_key(job);
        break;
    case BURN_ACT_ISSUE:
        job_issue(job);
        break;
    case BURN_ACT_ASK_CA:
        job_ask_ca(job);
        break;
    case BURN_ACT_WRITE_CERT:
        act_write_cert(job);
        break;
    case BURN_ACT_NOTE_CERT:
        job_acted(job, BURN_STATE_CERT_WRITTEN, job->view);
        break;
    case BURN_ACT_MAKE_SEALS:
        act_make_seals(job);
        break;
    case BURN_ACT_WRITE_SEALS:
        act_write_seals(job);
        break;
    case BURN_ACT_NOTE_SEALS:
        job_acted(job, BURN_STATE_SEAL_WRITTEN, BURN_VIEW_ALL);
        break;
    case BURN_ACT_VERIFY:
        if (burn_family(job->order) == BURN_FAMILY_UNLOCK)
            job_prove_pin(job);
        else
            job_close_worker(job, start_read_back);
        break;
    case BURN_ACT_TAKE_CERT:
        job_take_cert(job);
        break;
    case BURN_ACT_REMOVE_OLD:
        job_remove_old(job);
        break;
    case BURN_ACT_WIPE:
        job_wipe(job);
        break;
    case BURN_ACT_SEAL_PIN:
        act_seal_pin(job);
        break;
    case BURN_ACT_REVOKE:
        job_revoke(job);
        break;
    case BURN_ACT_FINISH:
        if (job_archive(job, BURN_DONE))
            job_acted(job, BURN_STATE_DONE, job->view);
        break;
    default:
        g_assert_not_reached(); /* hold, wait and none are job_step's */
    }
}
