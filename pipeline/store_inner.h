/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * store_inner.h: what the store_*.c files share: transactions, prepared statements with bound values.
 */
#ifndef SB_PIPELINE_STORE_INNER_H
#define SB_PIPELINE_STORE_INNER_H

#include "pipeline/store.h"

struct sqlite3;
struct sqlite3_stmt;

struct Store {
    struct sqlite3 *db;
    char *path;
    gboolean dry; /* nothing is committed */
};

/*
 * Values after @types, one a letter: i gint64, t text (NULL is NULL), b GBytes (NULL is NULL), r double,
 * n nothing (NULL).
 */
gboolean store_run(Store *store, GError **error, const char *sql, const char *types, ...);
/* Returns: a statement to step with store_step, or NULL. */
struct sqlite3_stmt *store_ask(Store *store, GError **error, const char *sql, const char *types, ...);
/* TRUE: a row. FALSE with *error unset: no more. */
gboolean store_step(Store *store, struct sqlite3_stmt *statement, GError **error);
void store_done(struct sqlite3_stmt *statement);
/**
 * store_rows: all rows of a statement, which ends with it; NULL is what store_ask gave after an error.
 * @row   (transfer full) makes an element of the row at hand
 * Returns: (transfer full) a list that frees its elements with @free_row, or NULL.
 */
GPtrArray *store_rows(Store *store, struct sqlite3_stmt *statement, gpointer (*row)(struct sqlite3_stmt *statement),
                      GDestroyNotify free_row, GError **error);
gint64 store_int(struct sqlite3_stmt *statement, int column);
double store_real(struct sqlite3_stmt *statement, int column);
char *store_text(struct sqlite3_stmt *statement, int column);  /* (transfer full) NULL for NULL */
GBytes *store_blob(struct sqlite3_stmt *statement, int column); /* (transfer full) NULL for NULL */
/* One number, or @otherwise where there is no row. */
gboolean store_ask_int(Store *store, gint64 *value, gint64 otherwise, GError **error, const char *sql,
                       const char *types, ...);
/* How many rows the last store_run changed. */
int store_changed(Store *store);

/* BEGIN IMMEDIATE: a plain BEGIN gave 75,082 SQLITE_BUSY for 2,000 jobs and 4 processes, this none. */
gboolean store_begin(Store *store, GError **error);
/* COMMIT where @fine, else ROLLBACK. Returns: TRUE where it was committed, or would have been (store_set_dry). */
gboolean store_end(Store *store, gboolean fine, GError **error);

/* SQL: "ORDER+2" is a unit of ORDER; no order number holds a plus. */
#define STORE_OF_ORDER(unit, order) "(" order " = substr(" unit ", 1, instr(" unit " || '+', '+') - 1))"

/* Ends the list of digests @ask: each goes to @gone. */
gboolean store_let_go(Store *store, struct sqlite3_stmt *ask, StoreGone gone, gpointer data, GError **error);

gint64 store_now(void); /* Unix seconds */

/* Inside a transaction: the next link of the chain. */
gboolean store_audit_link(Store *store, const char *event, const char *subject, const char *detail, GError **error);

/* Inside a transaction: number and state of an order; 0 where there is none. */
gboolean store_order_no(Store *store, const char *order_id, gint64 *no, OrderState *state, GError **error);
gboolean store_set_state(Store *store, gint64 no, OrderState state, const char *reason, GError **error);
gboolean store_put_findings(Store *store, gint64 no, const char *stage, GPtrArray *findings, GError **error);

#endif
