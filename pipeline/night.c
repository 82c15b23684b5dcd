/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Carries orders between store, evidence and the order reader.
 */
#include "pipeline/night.h"

#include <string.h>

#include "pipeline/cmd.h"
#include "pipeline/order_reader.h"
#include "pipeline/stop.h"
#include "pipeline/stored_order.h"

/* ---- an order out of the store ---------------------------------------------------------------------- */

static OrderInput *
input_from_record(Night *night, const StoreOrder *record, GError **error)
{
    Workspace *ws = night->workspace;
    const Profile *profile = workspace_profile(ws, record->profile, error);
    Order *order = profile ? stored_order_parse(ws, record, error) : NULL;
    if (!order)
        return NULL;
    OrderInput *input = order_input_new(order, profile);
    input->digests = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < record->uploads->len; i++) {
        const StoreUpload *upload = record->uploads->pdata[i];
        g_ptr_array_add(input->paths, evidence_path(ws->evidence, upload->digest));
        g_ptr_array_add(input->digests, g_strdup(upload->digest));
    }
    g_date_set_time_t(&input->on_date, (time_t)record->received_at);
    return input;
}

/* An order whose own records are broken is a finding of that order: the night goes on. */
static gboolean
put_unreadable(Night *night, const char *order_id, const char *why, GError **error)
{
    g_autoptr(OrderResult) result = order_result_new(order_id);
    order_result_add(result, FINDING_READER_FAILED, SEVERITY_REFUSE, why);
    g_autofree char *json = order_result_to_json(result, NULL);
    g_autoptr(GBytes) bytes = g_bytes_new(json, strlen(json));
    g_autofree char *digest = evidence_put(night->workspace->evidence, bytes, error);
    night->read[RESULT_REFUSED]++;
    g_autofree char *said = words_sentence(words_language(), why);
    cmd_say("%s: %s", order_id, said);
    return digest && store_put_result(night->workspace->store, order_id, digest, result->findings, NULL, error);
}

static OrderInput *
next_order(gpointer data)
{
    Night *night = data;
    while (!night->error) {
        g_autoptr(GError) cause = NULL;
        g_autoptr(StoreOrder) record =
            store_next_order(night->workspace->store, STATE_RECEIVED, night->after, &night->error);
        if (!record)
            return NULL;
        night->after = record->no;
        OrderInput *input = input_from_record(night, record, &cause);
        if (input)
            return input;
        put_unreadable(night, record->order_id, cause->message, &night->error);
    }
    return NULL;
}

/* ---- its result into the store ---------------------------------------------------------------------- */

static StoreSeal *
keep_seal(Night *night, const OrderInput *input, const SheetSeal *seal, GPtrArray *paths, GError **error)
{
    const OrderSeal *ordered = input->order->seals->pdata[seal->seal_index];
    StoreSeal *kept = store_seal_new(seal->type);
    g_autoptr(GBytes) png = sheet_seal_png(seal);
    kept->name = g_strdup(ordered->name);
    kept->width_mm = seal->width_mm;
    kept->height_mm = seal->height_mm;
    kept->measured_mm[0] = seal->measured_mm[0];
    kept->measured_mm[1] = seal->measured_mm[1];
    kept->px_per_mm = seal->px_per_mm;
    if (png && !(kept->picture = evidence_put(night->workspace->evidence, png, error)))
        g_clear_pointer(&kept, store_seal_free);
    if (kept)
        g_ptr_array_add(paths, kept->picture ? evidence_path(night->workspace->evidence, kept->picture) : g_strdup(""));
    return kept;
}

static gboolean
keep_result(Night *night, const OrderInput *input, const OrderResult *result, char **json, GError **error)
{
    Workspace *ws = night->workspace;
    g_autoptr(GPtrArray) seals = g_ptr_array_new_with_free_func((GDestroyNotify)store_seal_free);
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; result->sheet && i < result->sheet->seals->len; i++) {
        StoreSeal *seal = keep_seal(night, input, result->sheet->seals->pdata[i], paths, error);
        if (!seal)
            return FALSE;
        g_ptr_array_add(seals, seal);
    }
    *json = order_result_to_json(result, (char **)paths->pdata);
    g_autoptr(GBytes) bytes = g_bytes_new(*json, strlen(*json));
    g_autofree char *digest = evidence_put(ws->evidence, bytes, error);
    return digest && store_put_result(ws->store, result->order_id, digest, result->findings, seals, error);
}

static void
show_progress(Night *night, const char *now)
{
    guint done = night->read[RESULT_CLEAN] + night->read[RESULT_FINDINGS] + night->read[RESULT_REFUSED];
    g_autofree char *text = g_strdup_printf("%u of %u orders read", done, night->total);
    run_lock_progress(night->lock, text);
    progress_show(&night->progress, "reading", done, night->total, now);
}

static void
order_done(OrderInput *input, OrderResult *result, gpointer data)
{
    Night *night = data;
    g_autofree char *json = NULL;
    if (result && !night->error && keep_result(night, input, result, &json, &night->error)) {
        night->read[order_result_kind(result)]++;
        if (night->json)
            cmd_json_line(json);
        show_progress(night, result->order_id);
    }
    order_result_free(result);
    order_input_free(input);
}

static GBytes *
recall(const char *key, gpointer data)
{
    Night *night = data;
    g_autofree char *digest = store_recall(night->workspace->store, key);
    return digest ? evidence_get(night->workspace->evidence, digest, NULL) : NULL;
}

static void
keep(const char *key, GBytes *answer, gpointer data)
{
    Night *night = data;
    g_autofree char *digest = evidence_put(night->workspace->evidence, answer, night->error ? NULL : &night->error);
    if (digest)
        store_keep(night->workspace->store, key, digest, night->error ? NULL : &night->error);
}

static gboolean
stop(gpointer data)
{
    Night *night = data;
    return night->error || stop_wanted(&night->stopped);
}

/* ---- the run -------------------------------------------------------------------------------------------- */

static gboolean
limits_from_config(const Config *config, ChildLimits *limits, guint *jobs, GError **error)
{
    guint memory_mb;
    *limits = CHILD_LIMITS;
    if (!config_number(config, "read", "jobs", 1, 64, jobs, error) ||
        !config_number(config, "read", "memory_mb", 256, 65536, &memory_mb, error) ||
        !config_number(config, "read", "seconds", 1, 3600, &limits->wall_s, error) ||
        !config_number(config, "read", "cpu_seconds", 1, 3600, &limits->cpu_s, error))
        return FALSE;
    limits->memory_bytes = (gsize)memory_mb << 20;
    return TRUE;
}

gboolean
night_read(Night *night, GError **error)
{
    ChildLimits limits;
    guint jobs, counts[STATES];
    const Config *config = night->workspace->config;
    const char *dir = config_text(config, "read", "models");
    if (!limits_from_config(config, &limits, &jobs, error) ||
        !store_count_states(night->workspace->store, counts, error))
        return FALSE;
    night->total = counts[STATE_RECEIVED];
    if (night->total == 0)
        return TRUE;
    g_autoptr(Models) models = models_open(*dir ? dir : NULL, error);
    if (!models)
        return FALSE;
    OrderReaderCalls calls = { night, next_order, order_done, recall, keep, stop };
    progress_begin(&night->progress);
    show_progress(night, "");
    gboolean fine = order_reader_run(models, jobs, &limits, &calls, night->error ? NULL : error);
    progress_end(&night->progress);
    if (night->error) {
        if (!fine)
            g_clear_error(error);
        g_propagate_error(error, g_steal_pointer(&night->error));
        return FALSE;
    }
    return fine;
}
