/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Feeds the pool: an order becomes units (one an upload, one for all its sheets), a unit becomes a child,
 * and the last unit's answer completes the order's result.
 */
#include "pipeline/order_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pipeline/judge.h"

/* Raise it when a change in reading makes kept answers worthless. */
#define READER_EPOCH "2"

enum { MAX_SHEET_FILES = 16, WAIT_MS = 200 };

typedef struct {
    const Models *models;
    const OrderReaderCalls *calls;
    const ChildLimits *limits;
    ChildPool *pool;
    GQueue *ready;      /* of Unit: not started */
    gboolean exhausted; /* next() said NULL */
    GError *error;      /* ends the run */
} Run;

typedef struct {
    Run *run;
    OrderInput *input;
    OrderResult *result;
    guint units; /* not answered yet */
} Task;

typedef struct {
    Task *task;
    gboolean is_sheet;
    guint n;
    guint uploads[MAX_SHEET_FILES]; /* indexes into order->uploads */
    char *files[MAX_SHEET_FILES + 1];
    char *key;
    UploadWork upload_work;
    SheetWork sheet_work;
} Unit;

OrderInput *
order_input_new(Order *order, const Profile *profile)
{
    OrderInput *input = g_new0(OrderInput, 1);
    input->order = order;
    input->profile = profile;
    input->paths = g_ptr_array_new_with_free_func(g_free);
    g_date_clear(&input->on_date, 1);
    return input;
}

void
order_input_free(OrderInput *input)
{
    if (!input)
        return;
    order_free(input->order);
    g_ptr_array_unref(input->paths);
    g_clear_pointer(&input->digests, g_ptr_array_unref);
    g_free(input);
}

/* ---- an order becomes units ---------------------------------------------------------------------- */

static const OrderUpload *
upload_at(const Task *task, guint index)
{
    return task->input->order->uploads->pdata[index];
}

/* The form is the sheet where there is no other. */
static Role
sheet_role(const Order *order)
{
    for (guint i = 0; i < order->uploads->len; i++)
        if (((const OrderUpload *)order->uploads->pdata[i])->role == ROLE_SEAL_SHEET)
            return ROLE_SEAL_SHEET;
    return ROLE_APPLICATION_FORM;
}

static Unit *
unit_new(Task *task, gboolean is_sheet)
{
    Unit *unit = g_new0(Unit, 1);
    unit->task = task;
    unit->is_sheet = is_sheet;
    return unit;
}

static void
unit_free(Unit *unit)
{
    g_free(unit->key);
    g_free(unit);
}

static void
key_add(GChecksum *sum, const char *text)
{
    g_checksum_update(sum, (const guchar *)(text ? text : "-"), text ? (gssize)strlen(text) + 1 : 2);
}

/* What the answer depends on: the reader, the bytes, the role, and where the form made it look. */
static char *
unit_key(const Unit *unit)
{
    const OrderInput *input = unit->task->input;
    if (!input->digests)
        return NULL;
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    key_add(sum, READER_EPOCH);
    for (guint i = 0; i < unit->n; i++) {
        key_add(sum, role_name(upload_at(unit->task, unit->uploads[i])->role));
        key_add(sum, input->digests->pdata[unit->uploads[i]]);
        key_add(sum, unit->is_sheet ? unit->files[i] : NULL);
    }
    if (unit->is_sheet) {
        g_autofree char *order = order_to_json(input->order); /* seals, sizes, names: all of it may matter */
        g_autofree char *options = g_strdup_printf("%u %u", unit->sheet_work.options.max_bytes,
                                                   unit->sheet_work.options.samples);
        key_add(sum, order);
        key_add(sum, options);
    } else {
        const ReaderExpect *e = &unit->upload_work.expect;
        const char *texts[] = { e->company_name, e->credit_code, e->legal_rep, e->person_name, e->id_number };
        for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
            key_add(sum, texts[i]);
    }
    return g_strdup(g_checksum_get_string(sum));
}

static void
unit_add_upload(Unit *unit, guint index)
{
    unit->uploads[unit->n] = index;
    unit->files[unit->n] = upload_at(unit->task, index)->file;
    unit->n++;
}

static void
queue_unit(Unit *unit)
{
    unit->key = unit_key(unit);
    unit->task->units++;
    g_queue_push_tail(unit->task->run->ready, unit);
}

static void task_finish(Task *task);

static void
task_begin(Run *run, OrderInput *input)
{
    Task *task = g_new0(Task, 1);
    const Order *order = input->order;
    Role sheet = sheet_role(order);
    task->run = run;
    task->input = input;
    task->result = order_result_new(order->order_id);
    profile_check_order(input->profile, order, task->result->findings);
    Unit *sheets = unit_new(task, TRUE);
    for (guint i = 0; i < order->uploads->len; i++) {
        const OrderUpload *upload = order->uploads->pdata[i];
        g_ptr_array_add(task->result->uploads, upload_seen_new(upload->role, upload->file, NULL));
        if (upload->role == sheet && order->seals->len > 0 && sheets->n < MAX_SHEET_FILES) {
            unit_add_upload(sheets, i);
            continue;
        }
        Unit *unit = unit_new(task, FALSE);
        unit_add_upload(unit, i);
        unit->upload_work = (UploadWork){ run->models, upload->role, upload_expect(order, upload->role) };
        queue_unit(unit);
    }
    sheets->sheet_work = (SheetWork){ run->models, order, sheets->files,
                                      { .max_bytes = profile_picture_room(input->profile),
                                        .samples = input->profile->samples,
                                        .lines = TRUE } };
    if (sheets->n > 0)
        queue_unit(sheets);
    else
        unit_free(sheets);
    if (task->units == 0)
        task_finish(task);
}

/* ---- answers ------------------------------------------------------------------------------------- */

static Finding *
add_finding(Task *task, guint upload, FindingCode code, Severity severity, const char *detail)
{
    Finding *finding = order_result_add(task->result, code, severity, detail);
    finding->role = g_strdup(role_name(upload_at(task, upload)->role));
    finding->file = g_strdup(upload_at(task, upload)->file);
    return finding;
}

/* What can be read on the part that came may look complete: a person asks for the rest. */
static void
add_truncated(Task *task, guint upload)
{
    add_finding(task, upload, FINDING_UNREADABLE_FILE, SEVERITY_REVIEW,
                "the file is cut short: ask for the upload again");
}

static void
take_upload_answer(Unit *unit, GBytes *bytes)
{
    g_autoptr(GError) error = NULL;
    Task *task = unit->task;
    UploadSeen *seen = task->result->uploads->pdata[unit->uploads[0]];
    g_autoptr(UploadAnswer) answer = upload_answer_parse(bytes, &error);
    if (!answer) {
        add_finding(task, unit->uploads[0], FINDING_READER_FAILED, SEVERITY_REVIEW, error->message);
        return;
    }
    seen->documents = g_steal_pointer(&answer->documents);
    if (answer->truncated)
        add_truncated(task, unit->uploads[0]);
    ResultCost *cost = &task->result->cost; /* nothing, where the answer was kept from an earlier run */
    double decode_ms = CLAMP(answer->decode_ms, 0, cost->read_ms);
    cost->decode_ms += decode_ms;
    cost->read_ms -= decode_ms;
}

/* The pages seen, as documents of their uploads, so that the result shows every upload. */
static void
add_sheet_documents(Unit *unit, const SheetAnswer *answer)
{
    guint p = 0;
    for (guint f = 0; f < unit->n; f++) {
        const SheetFileSeen *file = &g_array_index(answer->files, SheetFileSeen, f);
        UploadSeen *seen = unit->task->result->uploads->pdata[unit->uploads[f]];
        if (file->pages == 0) {
            add_finding(unit->task, unit->uploads[f], FINDING_UNREADABLE_FILE, SEVERITY_REFUSE, file->message);
            continue;
        }
        if (file->truncated)
            add_truncated(unit->task, unit->uploads[f]);
        seen->documents = g_ptr_array_new_with_free_func((GDestroyNotify)document_free);
        for (guint i = 0; i < file->pages && answer->sheet && p < answer->sheet->pages->len; i++, p++) {
            const SheetPageSeen *page = &g_array_index(answer->sheet->pages, SheetPageSeen, p);
            Document *document = document_new(page->blank ? SEEN_BLANK : SEEN_SEAL_SHEET, i);
            document->turned_deg = page->turned_deg;
            document->dpi = (guint)(page->px_per_mm * 25.4 + 0.5);
            g_ptr_array_add(seen->documents, document);
        }
    }
}

static void
take_sheet_answer(Unit *unit, GBytes *bytes)
{
    g_autoptr(GError) error = NULL;
    Task *task = unit->task;
    g_autoptr(SheetAnswer) answer = sheet_answer_parse(bytes, unit->n, task->input->order, &error);
    if (!answer) {
        add_finding(task, unit->uploads[0], FINDING_READER_FAILED, SEVERITY_REVIEW, error->message);
        return;
    }
    add_sheet_documents(unit, answer);
    if (!answer->sheet)
        return;
    const char *role = role_name(upload_at(task, unit->uploads[0])->role);
    while (answer->sheet->findings->len > 0) {
        Finding *finding = g_ptr_array_steal_index(answer->sheet->findings, 0);
        if (!finding->role)
            finding->role = g_strdup(role);
        g_ptr_array_add(task->result->findings, finding);
    }
    task->result->sheet = g_steal_pointer(&answer->sheet);
    ResultCost *cost = &task->result->cost;
    double decode_ms = CLAMP(task->result->sheet->times.decode_ms, 0, cost->seals_ms);
    cost->decode_ms += decode_ms;
    cost->seals_ms -= decode_ms;
    while (answer->lines->len > 0)
        g_ptr_array_add(task->result->lines, g_ptr_array_steal_index(answer->lines, 0));
}

static void
take_answer(Unit *unit, GBytes *answer)
{
    if (unit->is_sheet)
        take_sheet_answer(unit, answer);
    else
        take_upload_answer(unit, answer);
}

static void
unit_over(Unit *unit)
{
    Task *task = unit->task;
    unit_free(unit);
    if (--task->units == 0)
        task_finish(task);
}

static void
add_cost(Unit *unit, const ChildReport *report)
{
    ResultCost *cost = &unit->task->result->cost;
    *(unit->is_sheet ? &cost->seals_ms : &cost->read_ms) += report->cpu_ms;
    cost->max_rss_mb = MAX(cost->max_rss_mb, report->max_rss_mb);
}

static void
unit_done(const ChildReport *report, gpointer data)
{
    Unit *unit = data;
    Run *run = unit->task->run;
    add_cost(unit, report);
    if (report->answer) {
        if (unit->key && run->calls->keep)
            run->calls->keep(unit->key, report->answer, run->calls->data);
        take_answer(unit, report->answer);
    } else if (report->end == CHILD_ANSWERED) {
        add_finding(unit->task, unit->uploads[0], FINDING_UNREADABLE_FILE, SEVERITY_REFUSE, report->error->message);
    } else {
        add_finding(unit->task, unit->uploads[0], FINDING_READER_FAILED, SEVERITY_REVIEW, report->error->message);
    }
    unit_over(unit);
}

/* ---- starting a unit ------------------------------------------------------------------------------ */

/* Returns: a descriptor, or -1 after adding the finding that says why. Links and devices are not followed. */
static int
open_upload(Task *task, guint index)
{
    const char *path = task->input->paths->pdata[index];
    struct stat info;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 && errno == ENOENT) {
        add_finding(task, index, FINDING_UPLOAD_MISSING, SEVERITY_REFUSE,
                    "order.json names a file that is not in the folder: copy it there, or export the order again");
        return -1;
    }
    const char *why = NULL;
    if (fd < 0)
        why = errno == ELOOP ? "is a link: put the file itself into the folder" : g_strerror(errno);
    else if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode))
        why = "is not a plain file";
    else if (info.st_size == 0)
        why = "is empty: ask the applicant to upload it again";
    else if ((guint64)info.st_size > PAGE_LIMITS.max_bytes)
        why = "is larger than an upload may be";
    if (!why)
        return fd;
    add_finding(task, index, FINDING_UNREADABLE_FILE, SEVERITY_REFUSE, why);
    if (fd >= 0)
        close(fd);
    return -1;
}

/* Keeps only the uploads that can be opened. */
static guint
open_uploads(Unit *unit, int *fds)
{
    guint n = 0;
    for (guint i = 0; i < unit->n; i++) {
        int fd = open_upload(unit->task, unit->uploads[i]);
        if (fd < 0)
            continue;
        fds[n] = fd;
        unit->uploads[n] = unit->uploads[i];
        unit->files[n] = unit->files[i];
        n++;
    }
    unit->n = n;
    return n;
}

static void
unit_start(Run *run, Unit *unit)
{
    int fds[MAX_SHEET_FILES];
    g_autoptr(GBytes) kept = unit->key && run->calls->recall ? run->calls->recall(unit->key, run->calls->data) : NULL;
    if (kept) {
        take_answer(unit, kept);
        unit_over(unit);
        return;
    }
    guint n = open_uploads(unit, fds);
    if (n == 0) {
        unit_over(unit);
        return;
    }
    unit->sheet_work.files = unit->files;
    gboolean started = child_pool_start(run->pool, fds, n, run->limits, unit->is_sheet ? sheet_work : upload_work,
                                        unit->is_sheet ? (gpointer)&unit->sheet_work : (gpointer)&unit->upload_work,
                                        unit_done, unit, &run->error);
    for (guint i = 0; i < n; i++)
        close(fds[i]);
    if (!started)
        g_queue_push_head(run->ready, unit); /* the run ends with run->error; the order stays undone */
}

/* ---- the end of an order ---------------------------------------------------------------------------- */

static void
task_finish(Task *task)
{
    judge_order(task->input, task->result);
    task->run->calls->done(task->input, task->result, task->run->calls->data);
    g_free(task);
}

/* What was not finished goes back to the caller without a result. */
static void
give_back(Run *run)
{
    g_autoptr(GHashTable) tasks = g_hash_table_new(NULL, NULL);
    Unit *unit;
    while ((unit = g_queue_pop_head(run->ready))) {
        g_hash_table_add(tasks, unit->task);
        unit_free(unit);
    }
    GHashTableIter iter;
    gpointer key;
    g_hash_table_iter_init(&iter, tasks);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        Task *task = key;
        order_result_free(task->result);
        run->calls->done(task->input, NULL, run->calls->data);
        g_free(task);
    }
}

/* ---- the run ---------------------------------------------------------------------------------------- */

static GBytes *
probe_work(const int *fds, guint n_fds, gpointer data, GError **error)
{
    return g_bytes_new_static("", 0);
}

static void
probe_done(const ChildReport *report, gpointer data)
{
    GError **error = data;
    if (report->end != CHILD_ANSWERED)
        g_set_error(error, SB_ERROR, SB_ERROR_ENV, "reading processes cannot be made here: %s", report->error->message);
}

/* One empty child first: a machine without seccomp is told from an upload that misbehaves. */
static gboolean
probe(Run *run)
{
    if (!child_pool_start(run->pool, NULL, 0, run->limits, probe_work, NULL, probe_done, &run->error, &run->error))
        return FALSE;
    while (child_pool_running(run->pool))
        child_pool_wait(run->pool, -1);
    return run->error == NULL;
}

static gboolean
stopped(const Run *run)
{
    return run->error || (run->calls->stop && run->calls->stop(run->calls->data));
}

static void
feed(Run *run)
{
    while (child_pool_has_room(run->pool) && !stopped(run)) {
        Unit *unit = g_queue_pop_head(run->ready);
        if (unit) {
            unit_start(run, unit);
            continue;
        }
        OrderInput *input = run->exhausted ? NULL : run->calls->next(run->calls->data);
        if (!input) {
            run->exhausted = TRUE;
            return;
        }
        task_begin(run, input);
    }
}

gboolean
order_reader_run(const Models *models, guint jobs, const ChildLimits *limits, const OrderReaderCalls *calls,
                 GError **error)
{
    g_autoptr(ChildPool) pool = child_pool_new(jobs, error);
    if (!pool)
        return FALSE;
    Run run = { .models = models, .calls = calls, .limits = limits, .pool = pool, .ready = g_queue_new() };
    if (probe(&run)) {
        do {
            feed(&run);
            child_pool_wait(pool, WAIT_MS);
        } while (child_pool_running(pool) > 0 || (!stopped(&run) && (!run.exhausted || !g_queue_is_empty(run.ready))));
    }
    give_back(&run);
    g_queue_free(run.ready);
    if (run.error)
        g_propagate_error(error, run.error);
    return run.error == NULL;
}
