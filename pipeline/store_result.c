/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What reading and sealing found: findings, seals, and the children's answers by key.
 */
#include <sqlite3.h>
#include <stdio.h>

#include "pipeline/store_inner.h"

StoreSeal *
store_seal_new(SealType type)
{
    StoreSeal *seal = g_new0(StoreSeal, 1);
    seal->type = type;
    return seal;
}

void
store_seal_free(StoreSeal *seal)
{
    if (!seal)
        return;
    g_free(seal->name);
    g_free(seal->picture);
    g_free(seal->preview);
    g_free(seal);
}

/* ---- findings ------------------------------------------------------------------------------------- */

/* "x,y x,y x,y x,y" in the C locale. */
static char *
box_text(const Finding *finding)
{
    if (!finding->has_box)
        return NULL;
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < 4; i++) {
        char x[G_ASCII_DTOSTR_BUF_SIZE], y[G_ASCII_DTOSTR_BUF_SIZE];
        g_ascii_formatd(x, sizeof x, "%.1f", finding->box_px.p[i].x);
        g_ascii_formatd(y, sizeof y, "%.1f", finding->box_px.p[i].y);
        g_string_append_printf(text, "%s%s,%s", i ? " " : "", x, y);
    }
    return g_string_free(text, FALSE);
}

static void
box_from_text(const char *text, Finding *finding)
{
    char *p = (char *)text;
    for (guint i = 0; p && i < 4; i++) {
        finding->box_px.p[i].x = g_ascii_strtod(p, &p);
        if (*p++ != ',')
            return;
        finding->box_px.p[i].y = g_ascii_strtod(p, &p);
    }
    finding->has_box = p != NULL;
}

gboolean
store_put_findings(Store *store, gint64 no, const char *stage, GPtrArray *findings, GError **error)
{
    gboolean fine = store_run(store, error, "DELETE FROM findings WHERE order_no = ? AND stage = ?", "it", no, stage);
    for (guint i = 0; fine && findings && i < findings->len; i++) {
        const Finding *f = findings->pdata[i];
        g_autofree char *box = box_text(f);
        fine = store_run(store, error,
                         "INSERT INTO findings(order_no, stage, place, code, severity, role, file, page, field, seal,"
                         " read, form, detail, box) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                         "itittttitttttt", no, stage, (gint64)i, finding_code_name(f->code),
                         severity_name(f->severity), f->role, f->file, (gint64)f->page, f->field, f->seal, f->read,
                         f->form, f->detail, box);
    }
    return fine;
}

static gpointer
finding_from_row(sqlite3_stmt *ask)
{
    g_autofree char *code_text = store_text(ask, 0), *severity_text = store_text(ask, 1), *box = store_text(ask, 10);
    FindingCode code = FINDING_READER_FAILED;
    Severity severity = SEVERITY_REVIEW;
    finding_code_from_name(code_text, &code);
    severity_from_name(severity_text, &severity);
    Finding *finding = finding_new(code, severity, NULL);
    finding->role = store_text(ask, 2);
    finding->file = store_text(ask, 3);
    finding->page = sqlite3_column_type(ask, 4) == SQLITE_NULL ? -1 : (int)store_int(ask, 4);
    finding->field = store_text(ask, 5);
    finding->seal = store_text(ask, 6);
    finding->read = store_text(ask, 7);
    finding->form = store_text(ask, 8);
    finding->detail = store_text(ask, 9);
    box_from_text(box, finding);
    return finding;
}

GPtrArray *
store_findings(Store *store, const char *order_id, GError **error)
{
    sqlite3_stmt *ask = store_ask(store, error,
                                  "SELECT code, severity, role, file, page, field, seal, read, form, detail, box"
                                  " FROM findings WHERE order_no = (SELECT no FROM orders WHERE order_id = ?)"
                                  " ORDER BY stage, place", "t", order_id);
    return store_rows(store, ask, finding_from_row, (GDestroyNotify)finding_free, error);
}

/* ---- results --------------------------------------------------------------------------------------- */

static gboolean
put_seals(Store *store, gint64 no, GPtrArray *seals, GError **error)
{
    gboolean fine = store_run(store, error, "DELETE FROM seals WHERE order_no = ?", "i", no);
    for (guint i = 0; fine && seals && i < seals->len; i++) {
        const StoreSeal *s = seals->pdata[i];
        fine = store_run(store, error,
                         "INSERT INTO seals(order_no, place, type, name, picture, width_mm, height_mm, measured_w,"
                         " measured_h, px_per_mm, preview) VALUES(?,?,?,?,?,?,?,?,?,?,?)",
                         "iitttrrrrit", no, (gint64)i, seal_type_name(s->type), s->name, s->picture, s->width_mm,
                         s->height_mm, s->measured_mm[0], s->measured_mm[1], (gint64)s->px_per_mm, s->preview);
    }
    return fine;
}

/* By the findings of all stages. */
static gboolean
state_by_findings(Store *store, gint64 no, OrderState *state, GError **error)
{
    gint64 refuse, review;
    const char *count = "SELECT count(*) FROM findings WHERE order_no = ? AND severity = ?";
    if (!store_ask_int(store, &refuse, 0, error, count, "it", no, severity_name(SEVERITY_REFUSE)) ||
        !store_ask_int(store, &review, 0, error, count, "it", no, severity_name(SEVERITY_REVIEW)))
        return FALSE;
    *state = refuse ? STATE_REFUSED : review ? STATE_REVIEW : STATE_READY;
    return TRUE;
}

static gboolean
put_result(Store *store, const char *order_id, const char *result, GPtrArray *findings, GPtrArray *seals,
           GError **error)
{
    gint64 no;
    OrderState state = STATE_RECEIVED;
    if (!store_order_no(store, order_id, &no, &state, error))
        return FALSE;
    if (!no || (state != STATE_RECEIVED && state != STATE_REFUSED && state != STATE_REVIEW)) {
        g_set_error(error, SB_ERROR, SB_ERROR_STORE, "order %s does not wait for a result", order_id);
        return FALSE;
    }
    if (!store_put_findings(store, no, "read", findings, error) || !put_seals(store, no, seals, error) ||
        !store_run(store, error, "UPDATE orders SET result = ? WHERE no = ?", "ti", result, no) ||
        !state_by_findings(store, no, &state, error))
        return FALSE;
    return store_set_state(store, no, state, NULL, error) &&
           store_audit_link(store, "order_read", order_id, order_state_name(state), error);
}

gboolean
store_put_result(Store *store, const char *order_id, const char *result, GPtrArray *findings, GPtrArray *seals,
                 GError **error)
{
    if (!store_begin(store, error))
        return FALSE;
    return store_end(store, put_result(store, order_id, result, findings, seals, error), error);
}

static gpointer
seal_from_row(sqlite3_stmt *ask)
{
    g_autofree char *type = store_text(ask, 0);
    StoreSeal *seal = store_seal_new(SEAL_OTHER);
    seal_type_from_name(type, &seal->type);
    seal->name = store_text(ask, 1);
    seal->picture = store_text(ask, 2);
    seal->width_mm = store_real(ask, 3);
    seal->height_mm = store_real(ask, 4);
    seal->measured_mm[0] = store_real(ask, 5);
    seal->measured_mm[1] = store_real(ask, 6);
    seal->px_per_mm = (guint)store_int(ask, 7);
    seal->preview = store_text(ask, 8);
    return seal;
}

GPtrArray *
store_seals(Store *store, const char *order_id, GError **error)
{
    sqlite3_stmt *ask = store_ask(store, error,
                                  "SELECT type, name, picture, width_mm, height_mm, measured_w, measured_h, px_per_mm,"
                                  " preview FROM seals WHERE order_no = (SELECT no FROM orders WHERE order_id = ?)"
                                  " ORDER BY place", "t", order_id);
    return store_rows(store, ask, seal_from_row, (GDestroyNotify)store_seal_free, error);
}

/* ---- answers of reading children --------------------------------------------------------------------- */

char *
store_recall(Store *store, const char *key)
{
    sqlite3_stmt *ask = store_ask(store, NULL, "SELECT digest FROM answers WHERE key = ?", "t", key);
    char *digest = ask && store_step(store, ask, NULL) ? store_text(ask, 0) : NULL;
    store_done(ask);
    return digest;
}

/* Only a shortcut for the next run: no line in the audit. */
gboolean
store_keep(Store *store, const char *key, const char *digest, GError **error)
{
    return store_run(store, error, "INSERT OR REPLACE INTO answers(key, digest, at) VALUES(?,?,?)", "tti", key, digest,
                     store_now());
}

gboolean
store_forget_answers(Store *store, gint64 before, StoreGone gone, gpointer data, GError **error)
{
    sqlite3_stmt *ask = store_ask(store, error, "SELECT digest FROM answers WHERE at < ?", "i", before);
    return store_let_go(store, ask, gone, data, error) &&
           store_run(store, error, "DELETE FROM answers WHERE at < ?", "i", before);
}
