/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Opens the database and holds the few helpers over SQLite that the other store_*.c files stand on.
 */
#include "pipeline/store.h"

#include <sqlite3.h>
#include <stdarg.h>
#include <time.h>

#include "pipeline/store_inner.h"
#include "pipeline/store_schema.h"

enum { BUSY_MS = 30000 };

static void
set_error(Store *store, GError **error)
{
    int code = sqlite3_extended_errcode(store->db);
    g_set_error(error, SB_ERROR, SB_ERROR_STORE, "%s: %s%s", store->path, sqlite3_errmsg(store->db),
                code == SQLITE_FULL ? " (HINT: free disk space and run again; nothing is lost)" : "");
}

static gboolean
script(Store *store, const char *sql, GError **error)
{
    if (sqlite3_exec(store->db, sql, NULL, NULL, NULL) == SQLITE_OK)
        return TRUE;
    set_error(store, error);
    return FALSE;
}

static gboolean
make_schema(Store *store, GError **error)
{
    gint64 version = 0;
    if (!store_begin(store, error))
        return FALSE;
    gboolean fine = store_ask_int(store, &version, 0, error, "PRAGMA user_version", "");
    if (fine && version == 0)
        fine = script(store, STORE_SCHEMA, error);
    else if (fine && version == 2)
        fine = script(store, STORE_SCHEMA_2_TO_3 STORE_SCHEMA_3_TO_4 STORE_SCHEMA_4_TO_5, error);
    else if (fine && version == 3)
        fine = script(store, STORE_SCHEMA_3_TO_4 STORE_SCHEMA_4_TO_5, error);
    else if (fine && version == 4)
        fine = script(store, STORE_SCHEMA_4_TO_5, error);
    else if (fine && version != STORE_SCHEMA_VERSION) {
        g_set_error(error, SB_ERROR, SB_ERROR_STORE,
                    "%s is of version %" G_GINT64_FORMAT ", this sealbatch knows %d: use the one it was made with",
                    store->path, version, STORE_SCHEMA_VERSION);
        fine = FALSE;
    }
    return store_end(store, fine, error);
}

Store *
store_open(const char *path, GError **error)
{
    g_autoptr(Store) store = g_new0(Store, 1);
    store->path = g_strdup(path);
    if (sqlite3_open_v2(path, &store->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) != SQLITE_OK) {
        set_error(store, error);
        return NULL;
    }
    sqlite3_busy_timeout(store->db, BUSY_MS);
    /* FULL: in WAL mode NORMAL can lose the last commits at a power cut, and the journal must not. */
    if (!script(store, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                       "PRAGMA trusted_schema=OFF; PRAGMA secure_delete=ON;", error))
        return NULL;
    if (!make_schema(store, error))
        return NULL;
    return g_steal_pointer(&store);
}

void
store_close(Store *store)
{
    if (!store)
        return;
    sqlite3_close(store->db);
    g_free(store->path);
    g_free(store);
}

static void
bind_one(sqlite3_stmt *statement, int place, char type, va_list *args)
{
    switch (type) {
    case 'i': sqlite3_bind_int64(statement, place, va_arg(*args, gint64)); break;
    case 'r': sqlite3_bind_double(statement, place, va_arg(*args, double)); break;
    case 't': sqlite3_bind_text(statement, place, va_arg(*args, const char *), -1, SQLITE_TRANSIENT); break;
    case 'b': {
        GBytes *bytes = va_arg(*args, GBytes *);
        if (bytes) {
            gsize length;
            const void *data = g_bytes_get_data(bytes, &length);
            sqlite3_bind_blob64(statement, place, length ? data : "", length, SQLITE_TRANSIENT);
        }
        break;
    }
    case 'n': break;
    default: g_assert_not_reached();
    }
}

static sqlite3_stmt *
prepare(Store *store, GError **error, const char *sql, const char *types, va_list *args)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL) != SQLITE_OK) {
        set_error(store, error);
        return NULL;
    }
    for (int i = 0; types[i]; i++)
        bind_one(statement, i + 1, types[i], args);
    return statement;
}

sqlite3_stmt *
store_ask(Store *store, GError **error, const char *sql, const char *types, ...)
{
    va_list args;
    va_start(args, types);
    sqlite3_stmt *statement = prepare(store, error, sql, types, &args);
    va_end(args);
    return statement;
}

gboolean
store_run(Store *store, GError **error, const char *sql, const char *types, ...)
{
    va_list args;
    va_start(args, types);
    sqlite3_stmt *statement = prepare(store, error, sql, types, &args);
    va_end(args);
    if (!statement)
        return FALSE;
    gboolean fine = sqlite3_step(statement) == SQLITE_DONE;
    if (!fine)
        set_error(store, error);
    sqlite3_finalize(statement);
    return fine;
}

gboolean
store_ask_int(Store *store, gint64 *value, gint64 otherwise, GError **error, const char *sql, const char *types, ...)
{
    va_list args;
    GError *cause = NULL;
    va_start(args, types);
    sqlite3_stmt *statement = prepare(store, &cause, sql, types, &args);
    va_end(args);
    *value = otherwise;
    if (statement && store_step(store, statement, &cause))
        *value = store_int(statement, 0);
    store_done(statement);
    if (cause)
        g_propagate_error(error, cause);
    return cause == NULL;
}

gboolean
store_step(Store *store, sqlite3_stmt *statement, GError **error)
{
    int code = statement ? sqlite3_step(statement) : SQLITE_DONE;
    if (code == SQLITE_ROW)
        return TRUE;
    if (code != SQLITE_DONE)
        set_error(store, error);
    return FALSE;
}

void
store_done(sqlite3_stmt *statement)
{
    sqlite3_finalize(statement);
}

gint64
store_int(sqlite3_stmt *statement, int column)
{
    return sqlite3_column_int64(statement, column);
}

double
store_real(sqlite3_stmt *statement, int column)
{
    return sqlite3_column_double(statement, column);
}

char *
store_text(sqlite3_stmt *statement, int column)
{
    return g_strdup((const char *)sqlite3_column_text(statement, column));
}

GBytes *
store_blob(sqlite3_stmt *statement, int column)
{
    if (sqlite3_column_type(statement, column) == SQLITE_NULL)
        return NULL;
    const void *data = sqlite3_column_blob(statement, column);
    return g_bytes_new(data, (gsize)sqlite3_column_bytes(statement, column));
}

GPtrArray *
store_rows(Store *store, sqlite3_stmt *statement, gpointer (*row)(sqlite3_stmt *statement), GDestroyNotify free_row,
           GError **error)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(free_row);
    GError *cause = NULL;
    while (statement && store_step(store, statement, &cause))
        g_ptr_array_add(list, row(statement));
    store_done(statement);
    if (cause)
        g_propagate_error(error, cause);
    return statement && !cause ? g_steal_pointer(&list) : NULL;
}

int
store_changed(Store *store)
{
    return sqlite3_changes(store->db);
}

gboolean
store_begin(Store *store, GError **error)
{
    return script(store, "BEGIN IMMEDIATE", error);
}

gboolean
store_end(Store *store, gboolean fine, GError **error)
{
    if (fine && !store->dry && script(store, "COMMIT", error))
        return TRUE;
    if (!sqlite3_get_autocommit(store->db))
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    return fine && store->dry;
}

void
store_set_dry(Store *store)
{
    store->dry = TRUE;
}

gint64
store_now(void)
{
    return g_get_real_time() / G_USEC_PER_SEC;
}
