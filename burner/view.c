/* SPDX-License-Identifier: GPL-3.0-or-later */
/* view.c: what a token says, seen from one order: one of the columns of the step table. */
#include <openssl/evp.h>
#include <string.h>

#include "burner/step.h"

typedef struct {
    guint privates, publics, certs, good_certs, seals, wrong_data, strange;
    gboolean bad_flags, other_key;
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

/* The blob that an object of bytes is meant to be, by label and application. */
static const BurnBlob *
blob_of(GPtrArray *blobs, const BurnObject *o)
{
    for (guint i = 0; blobs != NULL && i < blobs->len; i++) {
        const BurnBlob *b = blobs->pdata[i];
        if (strcmp(b->label, o->label) == 0 && strcmp(b->application, o->application) == 0)
            return b;
    }
    return NULL;
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
        c->strange++;
    }
}

static Count
count(const BurnInventory *inventory, const BurnExpect *e, const guint8 *mark)
{
    Count c = { 0 };
    for (guint i = 0; i < inventory->objects->len; i++) {
        const BurnObject *o = inventory->objects->pdata[i];
        const BurnBlob *blob = o->kind == BURN_OBJECT_DATA ? blob_of(e->blobs, o) : NULL;
        if (o->kind != BURN_OBJECT_DATA && burn_object_has_id(o, mark, BURN_MARK_SIZE))
            count_ours(&c, o, e->record);
        else if (blob != NULL && digest_is(blob->bytes, o->sha256))
            c.seals++;
        else if (blob != NULL)
            c.wrong_data++;
        else
            c.strange++;
    }
    return c;
}

static BurnView
view_objects(const Count *c, const BurnExpect *e)
{
    const BurnRecord *r = e->record;
    if (c->strange > 0)
        return BURN_VIEW_CLASH;
    if (c->privates == 0 && c->publics == 0)
        return c->certs + c->seals + c->wrong_data == 0 ? BURN_VIEW_EMPTY : BURN_VIEW_CLASH;
    if (c->privates != 1 || c->publics != 1)
        return r->public_key == NULL && c->certs == 0 ? BURN_VIEW_HALF : BURN_VIEW_CLASH;
    if (c->bad_flags || c->other_key || (c->certs > 0 && r->certificate == NULL))
        return BURN_VIEW_CLASH;
    if (c->certs != 1 || c->good_certs != 1)
        return BURN_VIEW_KEY; /* none, a damaged or a double one: writing leaves exactly the right one */
    if (e->blobs != NULL && c->seals == e->blobs->len && c->wrong_data == 0)
        return BURN_VIEW_ALL;
    return c->seals + c->wrong_data == 0 ? BURN_VIEW_CERT : BURN_VIEW_PART;
}

static BurnView
view_fresh(const BurnInventory *inventory, const BurnExpect *e)
{
    const BurnTokenInfo *t = inventory->token;
    guint8 mark[BURN_MARK_SIZE];
    char label[33];
    burn_mark(e->record->unit, e->record->attempt, mark, label);
    if (!t->initialised)
        return BURN_VIEW_FREE;
    if (strcmp(t->label, label) != 0) {
        gboolean seen_all = inventory->logged_in || !t->user_pin_set;
        gboolean empty = inventory->objects->len == 0 && seen_all;
        return e->order->may_erase || (e->factory && empty) ? BURN_VIEW_FREE : BURN_VIEW_OTHER;
    }
    if (t->pin_locked)
        return BURN_VIEW_LOCKED;
    if (!t->user_pin_set)
        return BURN_VIEW_NOPIN;
    Count c = count(inventory, e, mark);
    return view_objects(&c, e);
}

BurnView
burn_view(const BurnInventory *inventory, const BurnExpect *e)
{
    if (inventory == NULL || inventory->token == NULL || !inventory->token->present)
        return BURN_VIEW_ABSENT;
    return view_fresh(inventory, e);
}
