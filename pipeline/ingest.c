/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The way of an order folder into the workspace.
 */
#include "pipeline/ingest.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/page.h"
#include "core/text.h"
#include "pipeline/folder_order.h"
#include "pipeline/ingest_table.h"
#include "pipeline/judge.h"

const char *
ingest_outcome_name(IngestOutcome outcome)
{
    static const char *const names[INGEST_OUTCOMES] = { "taken", "same", "refused", "no_order", "duplicate", "note" };
    return outcome < INGEST_OUTCOMES ? names[outcome] : "unknown";
}

char *
ingest_holder(const char *number)
{
    g_autofree char *code = text_fold_code(number);
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, code, -1);
}

/* Whom an order is for, as a hash: equal for equal holders, and names nobody. */
static char *
holder_of(const Order *order)
{
    const char *texts[] = { order->credit_code, order->legal_rep.id_number, order->operator_.id_number };
    guint first = order->subject_type == SUBJECT_ENTERPRISE ? 0 : 1;
    for (guint i = first; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *code = text_fold_code(texts[i]);
        if (*code)
            return ingest_holder(code);
    }
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, order->order_id, -1);
}

static void
refuse_upload(GPtrArray *findings, const OrderUpload *upload, FindingCode code, const char *detail)
{
    g_autofree char *text = g_strdup_printf("%s: %s", upload->file, detail);
    Finding *finding = finding_new(code, SEVERITY_REFUSE, text);
    finding->role = g_strdup(role_name(upload->role));
    finding->file = g_strdup(upload->file);
    g_ptr_array_add(findings, finding);
}

/* Returns: the descriptor, or -1 with a finding added. */
static int
open_upload(const char *folder, const OrderUpload *upload, struct stat *info, GPtrArray *findings)
{
    g_autofree char *path = g_build_filename(folder, upload->file, NULL);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    if (fd >= 0 && fstat(fd, info) == 0 && S_ISREG(info->st_mode) && info->st_size > 0)
        return fd;
    if (fd < 0 && errno == ENOENT)
        refuse_upload(findings, upload, FINDING_UPLOAD_MISSING,
                      "the order names this file but it is not in the folder: copy it there, or export the order again");
    else if (fd >= 0 && S_ISREG(info->st_mode))
        refuse_upload(findings, upload, FINDING_UNREADABLE_FILE, "is empty: ask the applicant to upload it again");
    else
        refuse_upload(findings, upload, FINDING_UNREADABLE_FILE, "is not a plain file that can be opened");
    if (fd >= 0)
        close(fd);
    return -1;
}

static gboolean
take_upload(Workspace *ws, const char *folder, const OrderUpload *upload, StoreOrder *record, GPtrArray *findings,
            GError **error)
{
    struct stat info;
    g_autoptr(GError) cause = NULL;
    int fd = open_upload(folder, upload, &info, findings);
    if (fd < 0)
        return TRUE;
    g_autofree char *digest = evidence_put_fd(ws->evidence, fd, PAGE_LIMITS.max_bytes, &cause);
    close(fd);
    if (digest)
        store_order_add_upload(record, upload->role, upload->file, digest, (guint64)info.st_size);
    else if (g_error_matches(cause, SB_ERROR, SB_ERROR_LIMIT))
        refuse_upload(findings, upload, FINDING_UNREADABLE_FILE, cause->message);
    else {
        g_propagate_error(error, g_steal_pointer(&cause));
        return FALSE;
    }
    return TRUE;
}

static char *
content_digest(const StoreOrder *record)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    g_checksum_update(sum, (const guchar *)record->order_json, -1);
    for (guint i = 0; i < record->uploads->len; i++) {
        const StoreUpload *upload = record->uploads->pdata[i];
        g_autofree char *line = g_strdup_printf("\n%s\t%s\t%s", role_name(upload->role), upload->file, upload->digest);
        g_checksum_update(sum, (const guchar *)line, -1);
    }
    return g_strdup(g_checksum_get_string(sum));
}

static gboolean
find_twin(Workspace *ws, const StoreOrder *record, GPtrArray *findings, GError **error)
{
    GError *cause = NULL;
    g_autofree char *twin = store_find_live_twin(ws->store, record->holder, record->kind, record->order_id, &cause);
    if (cause) {
        g_propagate_error(error, cause);
        return FALSE;
    }
    if (twin) {
        g_autofree char *detail = g_strdup_printf("order %s of the same kind for the same holder is not finished", twin);
        g_ptr_array_add(findings, finding_new(FINDING_DUPLICATE_ORDER, SEVERITY_REVIEW, detail));
    }
    return TRUE;
}

static GDate
day_of(gint64 unix_seconds)
{
    GDate day;
    g_date_clear(&day, 1);
    g_date_set_time_t(&day, (time_t)unix_seconds);
    return day;
}

/* @key NULL: the last one of all. */
static const StoreCertificate *
last_on_key(GPtrArray *certificates, const char *key)
{
    for (guint i = 0; i < certificates->len; i++) {
        const StoreCertificate *c = certificates->pdata[i];
        if (!key || !g_strcmp0(c->token_serial, key))
            return c;
    }
    return NULL;
}

/* Only what we issued ourselves is known: another CA's end stands on no document. */
static gboolean
check_renewal(Workspace *ws, const Order *order, const Profile *profile, const StoreOrder *record, GPtrArray *findings,
              GError **error)
{
    GError *cause = NULL;
    if (order->kind != ORDER_RENEW)
        return TRUE;
    g_autoptr(GPtrArray) known = store_certificates(ws->store, record->holder, record->order_id, &cause);
    if (cause) {
        g_propagate_error(error, cause);
        return FALSE;
    }
    const StoreCertificate *old = last_on_key(known, order->token_serial);
    GDate now = day_of(g_get_real_time() / G_USEC_PER_SEC), today = judge_date(order, &now);
    GDate end = day_of(old ? old->not_after : 0);
    if (old && !profile_may_renew(profile, &end, &today)) {
        g_autofree char *detail = g_strdup_printf("the certificate ends on %04u-%02u-%02u; %s renews from %u days before to "
                                                  "%u days after", g_date_get_year(&end), g_date_get_month(&end),
                                                  g_date_get_day(&end), profile->name, profile->renew_days_before,
                                                  profile->renew_days_after);
        g_ptr_array_add(findings, finding_new(FINDING_OUTSIDE_RENEWAL_WINDOW, SEVERITY_REVIEW, detail));
    }
    if (!old)
        profile_check_expired(profile, order, SEVERITY_REVIEW, findings); /* whether it has ended only people know */
    else if (g_date_compare(&end, &today) < 0)
        profile_check_expired(profile, order, SEVERITY_REFUSE, findings);
    return TRUE;
}

/* What reading will say again is left to reading, unless it refuses the order here and now. */
static void
keep_ingest_findings(GPtrArray *findings, GPtrArray *profile_findings)
{
    for (guint i = 0; i < profile_findings->len;) {
        Finding *finding = profile_findings->pdata[i];
        if (finding->severity == SEVERITY_REFUSE)
            g_ptr_array_add(findings, g_ptr_array_steal_index(profile_findings, i));
        else
            i++;
    }
}

static const char *
first_refusal(GPtrArray *findings)
{
    for (guint i = 0; i < findings->len; i++)
        if (((Finding *)findings->pdata[i])->severity == SEVERITY_REFUSE)
            return ((Finding *)findings->pdata[i])->detail;
    return NULL;
}

gboolean
ingest_order(Workspace *ws, const char *folder, const Order *order, GBytes *json, const Profile *profile, IngestSaw saw,
             gpointer data, GError **error)
{
    g_autoptr(StoreOrder) record = store_order_new();
    g_autoptr(GPtrArray) findings = g_ptr_array_new_with_free_func((GDestroyNotify)finding_free);
    g_autoptr(GPtrArray) by_profile = g_ptr_array_new_with_free_func((GDestroyNotify)finding_free);
    Taken taken;
    record->order_id = g_strdup(order->order_id);
    record->profile = g_strdup(profile->name);
    record->kind = order->kind;
    record->holder = holder_of(order);
    if (!(record->order_json = evidence_put(ws->evidence, json, error)))
        return FALSE;
    for (guint i = 0; i < order->uploads->len; i++)
        if (!take_upload(ws, folder, order->uploads->pdata[i], record, findings, error))
            return FALSE;
    record->content = content_digest(record);
    profile_check_order(profile, order, by_profile);
    keep_ingest_findings(findings, by_profile);
    if (!profile->kinds[order->kind])
        g_ptr_array_add(findings, finding_new(FINDING_WRONG_DOCUMENT, SEVERITY_REFUSE,
                                              "this platform has no orders of this kind: see the profile"));
    if (!find_twin(ws, record, findings, error) || !check_renewal(ws, order, profile, record, findings, error) ||
        !store_take_order(ws->store, record, findings, &taken, error))
        return FALSE;
    const char *why = first_refusal(findings);
    if (taken == TAKEN_SAME)
        saw(order->order_id, INGEST_SAME, NULL, data);
    else if (taken == TAKEN_DUPLICATE)
        saw(order->order_id, INGEST_DUPLICATE,
            "this order number is in with other content: ask the platform which one holds", data);
    else
        saw(order->order_id, why ? INGEST_REFUSED : INGEST_TAKEN, why, data);
    return TRUE;
}

static gboolean
no_order(Workspace *ws, const char *folder, const char *why, IngestSaw saw, gpointer data, GError **error)
{
    g_autofree char *name = folder_order_name(folder);
    saw(name, INGEST_NO_ORDER, why, data);
    return store_note_refused_folder(ws->store, name, why, error);
}

gboolean
ingest_folder(Workspace *ws, const char *folder, IngestSaw saw, gpointer data, GError **error)
{
    g_autoptr(GBytes) json = NULL;
    g_autoptr(GError) cause = NULL;
    g_autoptr(Order) order = folder_order_load(folder, &json, &cause);
    if (!order)
        return no_order(ws, folder, cause->message, saw, data, error);
    const Profile *profile = workspace_profile(ws, order->profile, &cause);
    if (!profile)
        return no_order(ws, folder, cause->message, saw, data, error);
    return ingest_order(ws, folder, order, json, profile, saw, data, error);
}

static int
by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static gboolean
is_ready(const char *name)
{
    return *name != '.' && !g_str_has_suffix(name, ".part") && !g_str_has_suffix(name, ".tmp");
}

/* @folders is the set of those that a table has spoken for. */
static gboolean
take_entry(Workspace *ws, const char *path, GHashTable *folders, IngestSaw saw, gpointer data, GError **error)
{
    g_autofree char *name = g_path_get_basename(path), *json = g_build_filename(path, "order.json", NULL);
    if (g_str_has_suffix(name, ".csv"))
        return ingest_table(ws, path, folders, saw, data, error);
    if (g_hash_table_contains(folders, name) && !g_file_test(json, G_FILE_TEST_EXISTS))
        return TRUE;
    return ingest_folder(ws, path, saw, data, error);
}

/* Whole paths: tables first, since they speak for folders. */
static GPtrArray *
list_inbox(const char *inbox, GError **error)
{
    g_autoptr(GPtrArray) folders = g_ptr_array_new_with_free_func(g_free);
    GPtrArray *all = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) cause = NULL;
    g_autoptr(GDir) dir = g_dir_open(inbox, 0, &cause);
    const char *name;
    if (!dir) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "inbox: %s", cause->message);
        g_ptr_array_unref(all);
        return NULL;
    }
    while ((name = g_dir_read_name(dir))) {
        g_autofree char *path = is_ready(name) ? g_build_filename(inbox, name, NULL) : NULL;
        if (path && g_file_test(path, G_FILE_TEST_IS_DIR))
            g_ptr_array_add(folders, g_steal_pointer(&path));
        else if (path && g_str_has_suffix(name, ".csv"))
            g_ptr_array_add(all, g_steal_pointer(&path));
    }
    g_ptr_array_sort(all, by_name);
    g_ptr_array_sort(folders, by_name);
    g_ptr_array_extend_and_steal(all, g_steal_pointer(&folders));
    return all;
}

gboolean
ingest_inbox(Workspace *ws, const char *inbox, IngestSaw saw, gpointer data, GError **error)
{
    g_autoptr(GPtrArray) all = list_inbox(inbox, error);
    g_autoptr(GHashTable) folders = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; all && i < all->len; i++)
        if (!take_entry(ws, all->pdata[i], folders, saw, data, error))
            return FALSE;
    return all != NULL;
}
