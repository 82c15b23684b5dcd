/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Carries pictures from the store to sealgen's signer, and its seals to burner and the archive.
 */
#include "pipeline/seal_maker.h"

#include <math.h>
#include <string.h>

#include "burner/ca.h"
#include "pipeline/stored_order.h"
#include "sealgen/seal_canvas.h"

typedef struct {
    Workspace *ws;
    SesMaker *maker;
    const BurnOrder *unit;
    GBytes *certificate;
    const StoreOrder *record;
    const Order *order;
    const Profile *profile;
    gint64 now, cert_not_before, cert_not_after;
    char *certificate_digest;
    GBytes *certificate_sha256;
} Job;

static StoreSeal *
find_picture(const Job *job, GPtrArray *stored, guint index, GError **error)
{
    const OrderSeal *ordered = job->order->seals->pdata[index];
    GError *cause = NULL;
    if (index < stored->len && ((StoreSeal *)stored->pdata[index])->picture)
        return g_ptr_array_index(stored, index);
    StoreSeal *archived = store_archived_seal(job->ws->store, job->record->holder, ordered->type, ordered->name, &cause);
    if (archived) {
        g_ptr_array_add(stored, archived); /* freed with the list */
        return archived;
    }
    if (cause)
        g_propagate_error(error, cause);
    else
        g_set_error(error, SB_ERROR, SB_ERROR_SEAL, "there is no picture of the %s, or several and no name tells which: the order needs a sheet",
                    seal_type_name(ordered->type));
    return NULL;
}

enum { LABEL_BYTES = 60 }; /* 64 with "-31" */

/* Without ordinals, a change of one seal among several of its type finds the one that it replaces. */
static char *
kind_of_label(const OrderSeal *ordered)
{
    if (seal_type_is_single(ordered->type) || !ordered->name || !*ordered->name)
        return g_strdup(seal_type_name(ordered->type));
    char *label = g_strdup_printf("%s %s", seal_type_name(ordered->type), ordered->name);
    if (strlen(label) > LABEL_BYTES)
        *g_utf8_find_prev_char(label, label + LABEL_BYTES + 1) = 0;
    return label;
}

/* "official", "practice 造价师", "practice 造价师-2": what the object on the token is called. */
static char *
label_of(const Job *job, guint index)
{
    g_autofree char *label = kind_of_label(job->order->seals->pdata[index]);
    guint before = 0;
    for (guint i = 0; i < index; i++) {
        g_autofree char *other = kind_of_label(job->order->seals->pdata[i]);
        before += !strcmp(other, label);
    }
    return before ? g_strdup_printf("%s-%u", label, before + 1) : g_steal_pointer(&label);
}

/* The same for a unit's seal whenever it is made again, and unlike any other's. */
static char *
es_id_of(const Job *job, guint index)
{
    g_autofree char *unit = burn_unit_id(job->unit);
    g_autofree char *text = g_strdup_printf("%s/%u/%s", unit, index, job->certificate_digest);
    g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
    return g_strdup_printf("SB%.30s", hash);
}

static char *
name_of(const Job *job, const OrderSeal *ordered)
{
    const char *what = ordered->name && *ordered->name ? ordered->name : seal_type_name_zh(ordered->type);
    const char *who = job->order->subject_type == SUBJECT_ENTERPRISE ? job->order->company_name : NULL;
    return who ? g_strconcat(who, what, NULL) : g_strdup(what);
}

static gint64
end_of(const Job *job)
{
    if (!job->profile->seal_months)
        return job->cert_not_after;
    g_autoptr(GDateTime) now = g_date_time_new_from_unix_utc(job->now);
    g_autoptr(GDateTime) end = g_date_time_add_months(now, (gint)job->profile->seal_months);
    return MIN(job->cert_not_after, g_date_time_to_unix(end));
}

static GBytes *
sign(const Job *job, const OrderSeal *ordered, const StoreSeal *picture, const char *es_id, GBytes *png, GError **error)
{
    g_autofree char *name = name_of(job, ordered);
    GBytes *const holders[] = { job->certificate };
    SesVersion version = (SesVersion)job->profile->seal_version;
    gint64 made = MAX(job->now, job->cert_not_before);
    SesSpec spec = { .version = version,
                     .es_id = es_id,
                     .name = name,
                     .type = seal_type_code(&job->profile->seal_types, ordered->type, version),
                     .certs = holders,
                     .n_certs = 1,
                     .created = made,
                     .valid_from = made,
                     .valid_until = end_of(job),
                     .png = png,
                     .width_mm = (guint)lround(picture->width_mm),
                     .height_mm = (guint)lround(picture->height_mm),
                     .max_bytes = job->profile->seal_max_bytes };
    guint canvas = job->profile->seal_canvas_mm;
    g_autoptr(GBytes) laid = NULL;
    if (canvas > MAX(spec.width_mm, spec.height_mm)) {
        if (!(laid = seal_canvas_fit(png, picture->px_per_mm, canvas, error)))
            return NULL;
        spec.png = laid;
        spec.width_mm = spec.height_mm = canvas;
    }
    return ses_make(job->maker, &spec, error);
}

static BurnBlob *
make_one(const Job *job, GPtrArray *stored, guint index, GError **error)
{
    const OrderSeal *ordered = job->order->seals->pdata[index];
    const StoreSeal *picture = find_picture(job, stored, index, error);
    g_autoptr(GBytes) png = picture ? evidence_get(job->ws->evidence, picture->picture, error) : NULL;
    g_autofree char *es_id = es_id_of(job, index), *label = label_of(job, index), *unit = burn_unit_id(job->unit);
    g_autoptr(GBytes) seal = png ? sign(job, ordered, picture, es_id, png, error) : NULL;
    if (!seal) {
        g_prefix_error(error, "%s: ", seal_type_name(ordered->type));
        return NULL;
    }
    g_autofree char *digest = evidence_put(job->ws->evidence, seal, error);
    if (!digest || !store_archive_seal(job->ws->store, job->unit->order_id, unit, es_id, ordered->type, picture->picture,
                                       digest, job->certificate_digest, error))
        return NULL;
    return burn_blob_new(label, "sealbatch", NULL, seal, job->certificate_sha256);
}

static GPtrArray *
make_all(Job *job, GError **error)
{
    g_autoptr(GPtrArray) stored = store_seals(job->ws->store, job->unit->order_id, error);
    g_autoptr(GPtrArray) blobs = g_ptr_array_new_with_free_func((GDestroyNotify)burn_blob_free);
    for (guint i = 0; stored && i < job->order->seals->len; i++) {
        BurnBlob *blob = make_one(job, stored, i, error);
        if (!blob)
            return NULL;
        g_ptr_array_add(blobs, blob);
    }
    return stored ? g_steal_pointer(&blobs) : NULL;
}

GPtrArray *
seal_maker_make(Workspace *ws, SesMaker *maker, const BurnOrder *unit, GBytes *certificate, GError **error)
{
    g_autoptr(StoreOrder) record = NULL;
    g_autoptr(Order) order = stored_order_load(ws, unit->order_id, &record, error);
    const Profile *profile = order ? workspace_profile(ws, record->profile, error) : NULL;
    Job job = { ws, maker, unit, certificate, record, order, profile, g_get_real_time() / G_USEC_PER_SEC, 0, 0, NULL, NULL };
    guint8 sha256[32];
    gsize length = sizeof sha256;
    if (!profile || !burn_cert_describe(certificate, NULL, NULL, NULL, &job.cert_not_before, &job.cert_not_after, error))
        return NULL;
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    g_checksum_update(sum, g_bytes_get_data(certificate, NULL), (gssize)g_bytes_get_size(certificate));
    g_autofree char *hex = g_strdup(g_checksum_get_string(sum));
    g_autoptr(GChecksum) again = g_checksum_new(G_CHECKSUM_SHA256);
    g_checksum_update(again, g_bytes_get_data(certificate, NULL), (gssize)g_bytes_get_size(certificate));
    g_checksum_get_digest(again, sha256, &length);
    g_autoptr(GBytes) digest = g_bytes_new(sha256, length);
    job.certificate_digest = hex;
    job.certificate_sha256 = digest;
    return make_all(&job, error);
}
