/* SPDX-License-Identifier: GPL-3.0-or-later */
/* view.c: what a token says, seen from one order: one of the columns of the step table. */
#include <openssl/evp.h>
#include <string.h>

#include "burner/step.h"

typedef struct {
    guint privates, publics, certs, good_certs; /* with our mark */
    guint seals, wrong_seals;                   /* objects of a seal's name: right bytes, wrong bytes */
    guint old, others;
    gboolean bad_flags, other_key, has_onto;
} Count;

static gboolean
digest_is(GBytes *bytes, const guint8 sha256[32])
{
    guint8 digest[32];
    gsize size = 0;
    const void *data = bytes != NULL ? g_bytes_get_data(bytes, &size) : NULL;
    return data != NULL && EVP_Digest(data, size, digest, NULL, EVP_sha256(), NULL) == 1 &&
           memcmp(digest, sha256, sizeof digest) == 0;
}

static gboolean
is_named(const BurnBlob *b, const BurnObject *o)
{
    return o->kind == BURN_OBJECT_DATA && strcmp(b->label, o->label) == 0 && strcmp(b->application, o->application) == 0;
}

static gboolean
is_a_seal(GPtrArray *blobs, const BurnObject *o)
{
    for (guint i = 0; blobs != NULL && i < blobs->len; i++)
        if (is_named(blobs->pdata[i], o))
            return TRUE;
    return FALSE;
}

static void
mark_of(const BurnExpect *e, guint8 mark[BURN_MARK_SIZE], char label[33])
{
    burn_mark(e->record->unit, e->record->attempt, mark, label);
}

static gboolean
is_ours(const BurnObject *o, const BurnExpect *e)
{
    guint8 mark[BURN_MARK_SIZE];
    mark_of(e, mark, NULL);
    return o->kind != BURN_OBJECT_DATA && burn_object_has_id(o, mark, sizeof mark);
}

gboolean
burn_view_is_old(const BurnObject *o, const BurnExpect *e)
{
    GPtrArray *labels = e->order->replace_labels;
    if (o->kind == BURN_OBJECT_DATA && !is_a_seal(e->blobs, o)) {
        for (guint i = 0; labels != NULL && i < labels->len; i++)
            if (strcmp(labels->pdata[i], o->label) == 0)
                return TRUE;
        return FALSE;
    }
    for (guint i = 0; o->kind <= BURN_OBJECT_CERT && i < e->record->before->len; i++)
        if (o->id != NULL && g_bytes_equal(e->record->before->pdata[i], o->id))
            return TRUE;
    return FALSE;
}

/* Private keys have no digest: kind, id and label stand for them. Order of listing must not matter, so digests are
 * added up byte by byte: a change of one object changes the sum. */
GBytes *
burn_view_untouched(const BurnInventory *inventory, const BurnExpect *e)
{
    guint8 sum[32] = { 0 };
    for (guint i = 0; i < inventory->objects->len; i++) {
        const BurnObject *o = inventory->objects->pdata[i];
        if (is_ours(o, e) || burn_view_is_old(o, e) || is_a_seal(e->blobs, o))
            continue;
        g_autoptr(GByteArray) text = g_byte_array_new();
        guint8 digest[32], kind = (guint8)o->kind;
        g_byte_array_append(text, &kind, 1);
        if (o->id != NULL)
            g_byte_array_append(text, g_bytes_get_data(o->id, NULL), (guint)g_bytes_get_size(o->id));
        g_byte_array_append(text, (const guint8 *)o->label, (guint)strlen(o->label) + 1);
        g_byte_array_append(text, o->sha256, sizeof o->sha256);
        EVP_Digest(text->data, text->len, digest, NULL, EVP_sha256(), NULL);
        for (guint k = 0, carry = 0; k < sizeof sum; k++) {
            carry += (guint)sum[k] + digest[k];
            sum[k] = (guint8)carry;
            carry >>= 8;
        }
    }
    return g_bytes_new(sum, sizeof sum);
}

static void
count_ours(Count *c, const BurnObject *o, const BurnRecord *r)
{
    if (o->kind == BURN_OBJECT_PRIVATE) {
        c->privates++;
        if ((o->flags & BURN_FLAGS_KEY_GOOD) != BURN_FLAGS_KEY_GOOD || (o->flags & BURN_FLAG_EXTRACTABLE) != 0)
            c->bad_flags = TRUE;
    } else if (o->kind == BURN_OBJECT_PUBLIC) {
        c->publics++;
        if (r->public_key != NULL && !digest_is(r->public_key, o->sha256))
            c->other_key = TRUE;
    } else if (o->kind == BURN_OBJECT_CERT) {
        c->certs++;
        if (digest_is(r->certificate, o->sha256))
            c->good_certs++;
    } else {
        c->others++;
    }
}

static Count
count(const BurnInventory *inventory, const BurnExpect *e)
{
    Count c = { 0 };
    for (guint i = 0; i < inventory->objects->len; i++) {
        const BurnObject *o = inventory->objects->pdata[i];
        if (o->kind == BURN_OBJECT_CERT && digest_is(e->record->certificate, o->sha256))
            c.has_onto = TRUE;
        if (is_ours(o, e))
            count_ours(&c, o, e->record);
        else if (is_a_seal(e->blobs, o))
            continue; /* below, each seal by itself */
        else if (burn_view_is_old(o, e))
            c.old++;
        else
            c.others++;
    }
    return c;
}

/* Every seal exactly once with exactly its bytes. */
static gboolean
seals_are_right(const BurnInventory *inventory, const BurnExpect *e, Count *c)
{
    gboolean right = e->blobs != NULL;
    for (guint b = 0; e->blobs != NULL && b < e->blobs->len; b++) {
        const BurnBlob *blob = e->blobs->pdata[b];
        guint good = 0, all = 0;
        for (guint i = 0; i < inventory->objects->len; i++) {
            const BurnObject *o = inventory->objects->pdata[i];
            if (!is_named(blob, o))
                continue;
            all++;
            if (digest_is(blob->bytes, o->sha256))
                good++;
        }
        c->seals += good;
        c->wrong_seals += all - good;
        right = right && good == 1 && all == 1;
    }
    return right;
}

static BurnView
view_seals(const BurnInventory *inventory, const BurnExpect *e, Count *c)
{
    if (seals_are_right(inventory, e, c))
        return c->old > 0 ? BURN_VIEW_OLD : BURN_VIEW_ALL;
    return c->seals + c->wrong_seals == 0 ? BURN_VIEW_CERT : BURN_VIEW_PART;
}

/* Key pair, certificate and seals with our mark. */
static BurnView
view_pair(const BurnInventory *inventory, const BurnExpect *e, Count *c)
{
    const BurnRecord *r = e->record;
    if (c->privates == 0 && c->publics == 0)
        return c->certs == 0 ? BURN_VIEW_EMPTY : BURN_VIEW_CLASH;
    /* Before a key pair is journalled, one that is not whole is what an interrupted generation left. */
    if (c->privates != 1 || c->publics != 1 || c->bad_flags)
        return r->public_key == NULL && c->certs == 0 ? BURN_VIEW_HALF : BURN_VIEW_CLASH;
    if (c->other_key || (c->certs > 0 && r->certificate == NULL))
        return BURN_VIEW_CLASH;
    if (c->certs != 1 || c->good_certs != 1)
        return BURN_VIEW_KEY; /* none, a damaged or a double one: writing leaves exactly the right one */
    return view_seals(inventory, e, c);
}

/* May this key become the order's? Its label is not ours. */
static BurnView
view_stranger(const BurnInventory *inventory, const BurnExpect *e)
{
    const BurnTokenInfo *t = inventory->token;
    gboolean seen_all = inventory->logged_in || !t->user_pin_set;
    gboolean empty = inventory->objects->len == 0 && seen_all;
    gboolean known = e->factory || strcmp(t->label, BURN_LABEL_WIPED) == 0;
    return e->order->may_erase || (known && empty) ? BURN_VIEW_FREE : BURN_VIEW_OTHER;
}

static BurnView
view_fresh(const BurnInventory *inventory, const BurnExpect *e)
{
    guint8 mark[BURN_MARK_SIZE];
    char label[33];
    mark_of(e, mark, label);
    if (strcmp(inventory->token->label, label) != 0)
        return view_stranger(inventory, e);
    if (inventory->token->pin_locked)
        return BURN_VIEW_LOCKED;
    if (!inventory->token->user_pin_set)
        return BURN_VIEW_NOPIN;
    Count c = count(inventory, e);
    if (c.others > 0 || c.old > 0)
        return BURN_VIEW_CLASH; /* nobody else writes on a fresh key */
    return view_pair(inventory, e, &c);
}

static BurnView
view_in_use(const BurnInventory *inventory, const BurnExpect *e)
{
    const BurnTokenInfo *t = inventory->token;
    Count c = count(inventory, e);
    if (t->pin_locked)
        return BURN_VIEW_LOCKED;
    if (!t->user_pin_set)
        return BURN_VIEW_NOPIN;
    if (e->family == BURN_FAMILY_UNLOCK)
        return BURN_VIEW_EMPTY;
    if (e->family == BURN_FAMILY_BESIDE)
        return view_pair(inventory, e, &c);
    if (e->record->certificate == NULL)
        return BURN_VIEW_EMPTY;
    return c.has_onto ? view_seals(inventory, e, &c) : BURN_VIEW_CLASH;
}

/* Only a key of ours answers to our SO PIN. */
static BurnView
view_revoked(const BurnInventory *inventory, const BurnExpect *e)
{
    if (!e->order->may_erase || strcmp(inventory->token->label, BURN_LABEL_WIPED) == 0)
        return BURN_VIEW_FREE;
    return g_str_has_prefix(inventory->token->label, "SB-") ? BURN_VIEW_EMPTY : BURN_VIEW_OTHER;
}

BurnView
burn_view(const BurnInventory *inventory, const BurnExpect *e)
{
    if (inventory == NULL || inventory->token == NULL || !inventory->token->present)
        return BURN_VIEW_ABSENT;
    if (!inventory->token->initialised)
        return BURN_VIEW_FREE;
    if (e->family == BURN_FAMILY_FRESH)
        return view_fresh(inventory, e);
    return e->family == BURN_FAMILY_REVOKE ? view_revoked(inventory, e) : view_in_use(inventory, e);
}
