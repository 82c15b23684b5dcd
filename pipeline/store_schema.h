/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * store_schema.h: the tables, and the rules that the database keeps by itself whoever writes to it.
 *
 * `cleared` is the heart: the orders whose review findings two different people have approved, about the
 * result that holds now. Without it no order becomes ready, burning or done, and no unit enters the
 * burn journal.
 */
#ifndef SB_PIPELINE_STORE_SCHEMA_H
#define SB_PIPELINE_STORE_SCHEMA_H

#define STORE_SCHEMA_VERSION 5

/* The life of each key (burner/keylife.h), by serial. */
#define STORE_SCHEMA_KEYS                                                                                              \
    "CREATE TABLE keys("                                                                                               \
    " serial TEXT PRIMARY KEY, state TEXT NOT NULL CHECK(state IN ('blank','burning','active','locked','damaged',"     \
    "  'lost','terminated')), unit TEXT, changed_at INTEGER NOT NULL) STRICT;"

/* A workspace of version 2: what its journal knows of keys. */
#define STORE_SCHEMA_2_TO_3                                                                                            \
    "ALTER TABLE certificates ADD COLUMN revoked_at INTEGER;"                                                          \
    STORE_SCHEMA_KEYS                                                                                                  \
    "INSERT OR REPLACE INTO keys(serial, state, unit, changed_at)"                                                     \
    " SELECT u.token_serial, CASE WHEN u.state <> 'DONE' THEN 'burning' WHEN o.kind = 'revoke' THEN 'terminated'"      \
    "  ELSE 'active' END, u.unit, u.changed_at FROM units u JOIN orders o ON o.no = u.order_no"                        \
    " WHERE u.token_serial <> '' ORDER BY u.changed_at, u.unit;"

/* What was decided stays; only the words to the applicant go, with the order's other texts. */
#define STORE_SCHEMA_DECISIONS_STAY                                                                                    \
    "CREATE TRIGGER decisions_stay BEFORE UPDATE ON decisions WHEN NEW.note IS NOT NULL"                               \
    " OR NEW.order_no <> OLD.order_no OR NEW.result <> OLD.result OR NEW.place <> OLD.place"                           \
    " OR NEW.reviewer <> OLD.reviewer OR NEW.reviewer_key <> OLD.reviewer_key OR NEW.verdict <> OLD.verdict"           \
    " OR NEW.at <> OLD.at OR NOT EXISTS(SELECT 1 FROM orders o WHERE o.no = OLD.order_no AND o.state = 'purged')"      \
    " BEGIN SELECT RAISE(ABORT, 'a decision cannot be changed'); END;"

#define STORE_SCHEMA_3_TO_4                                                                                            \
    "DROP TRIGGER decisions_stay;"                                                                                     \
    STORE_SCHEMA_DECISIONS_STAY                                                                                        \
    "PRAGMA user_version=4;"

/* Which unit had it revoked: its order, going on after a crash, must still find it. */
#define STORE_SCHEMA_4_TO_5                                                                                            \
    "ALTER TABLE certificates ADD COLUMN revoked_by TEXT;"                                                             \
    "PRAGMA user_version=5;"

#define STORE_SCHEMA                                                                                                   \
    "CREATE TABLE orders("                                                                                             \
    " no INTEGER PRIMARY KEY, order_id TEXT NOT NULL UNIQUE, content TEXT NOT NULL, order_json TEXT NOT NULL,"         \
    " profile TEXT NOT NULL, kind TEXT NOT NULL, holder TEXT NOT NULL,"                                                \
    " state TEXT NOT NULL CHECK(state IN ('received','refused','review','ready','rejected','burning','held',"          \
    "  'failed','done','purged')),"                                                                                    \
    " result TEXT, reason TEXT, received_at INTEGER NOT NULL, changed_at INTEGER NOT NULL) STRICT;"                    \
    "CREATE INDEX orders_by_state ON orders(state, no);"                                                               \
    "CREATE INDEX orders_by_holder ON orders(holder, kind);"                                                           \
    "CREATE TABLE uploads("                                                                                            \
    " order_no INTEGER NOT NULL REFERENCES orders(no), place INTEGER NOT NULL, role TEXT NOT NULL,"                    \
    " file TEXT NOT NULL, digest TEXT NOT NULL, bytes INTEGER NOT NULL, PRIMARY KEY(order_no, place)) STRICT;"         \
    "CREATE INDEX uploads_by_digest ON uploads(digest);"                                                               \
    "CREATE TABLE findings("                                                                                           \
    " order_no INTEGER NOT NULL REFERENCES orders(no), stage TEXT NOT NULL CHECK(stage IN ('ingest','read')),"         \
    " place INTEGER NOT NULL, code TEXT NOT NULL,"                                                                     \
    " severity TEXT NOT NULL CHECK(severity IN ('note','review','refuse')), role TEXT, file TEXT, page INTEGER,"       \
    " field TEXT, seal TEXT, read TEXT, form TEXT, detail TEXT, box TEXT,"                                             \
    " PRIMARY KEY(order_no, stage, place)) STRICT;"                                                                    \
    "CREATE TABLE seals("                                                                                              \
    " order_no INTEGER NOT NULL REFERENCES orders(no), place INTEGER NOT NULL, type TEXT NOT NULL, name TEXT,"         \
    " picture TEXT, width_mm REAL NOT NULL, height_mm REAL NOT NULL, measured_w REAL NOT NULL,"                        \
    " measured_h REAL NOT NULL, px_per_mm INTEGER NOT NULL, preview TEXT, PRIMARY KEY(order_no, place)) STRICT;"       \
    "CREATE TABLE answers(key TEXT PRIMARY KEY, digest TEXT NOT NULL, at INTEGER NOT NULL) STRICT;"                    \
    "CREATE TABLE decisions("                                                                                          \
    " order_no INTEGER NOT NULL REFERENCES orders(no), result TEXT NOT NULL,"                                          \
    " place INTEGER NOT NULL CHECK(place IN (1, 2)), reviewer TEXT NOT NULL, reviewer_key TEXT NOT NULL,"              \
    " verdict TEXT NOT NULL CHECK(verdict IN ('approve','reject')), note TEXT, at INTEGER NOT NULL,"                   \
    " PRIMARY KEY(order_no, result, place)) STRICT;"                                                                   \
    "CREATE TABLE units("                                                                                              \
    " unit TEXT PRIMARY KEY, order_no INTEGER NOT NULL REFERENCES orders(no), state TEXT NOT NULL,"                    \
    " token_serial TEXT, record BLOB NOT NULL, changed_at INTEGER NOT NULL) STRICT;"                                   \
    "CREATE TABLE blobs("                                                                                              \
    " unit TEXT NOT NULL, name TEXT NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY(unit, name)) STRICT;"                   \
    "CREATE TABLE certificates("                                                                                       \
    " digest TEXT PRIMARY KEY, unit TEXT NOT NULL, order_no INTEGER NOT NULL REFERENCES orders(no),"                   \
    " holder TEXT NOT NULL, token_serial TEXT, serial TEXT NOT NULL, not_before INTEGER NOT NULL,"                     \
    " not_after INTEGER NOT NULL, revoked_at INTEGER, revoked_by TEXT) STRICT;"                                        \
    "CREATE INDEX certificates_by_holder ON certificates(holder, not_after);"                                          \
    "CREATE TABLE made("                                                                                               \
    " seal TEXT PRIMARY KEY, es_id TEXT NOT NULL, unit TEXT NOT NULL, order_no INTEGER NOT NULL REFERENCES orders(no),"\
    " type TEXT NOT NULL, picture TEXT NOT NULL, certificate TEXT NOT NULL, at INTEGER NOT NULL) STRICT;"              \
    "CREATE TABLE revoked_seals("                                                                                      \
    " es_id TEXT PRIMARY KEY, unit TEXT NOT NULL, reason TEXT NOT NULL, at INTEGER NOT NULL) STRICT;"                  \
    "CREATE TABLE checkpoints("                                                                                        \
    " seq INTEGER PRIMARY KEY, hash TEXT NOT NULL, certificate BLOB NOT NULL, signature BLOB NOT NULL) STRICT;"        \
    "CREATE TABLE audit("                                                                                              \
    " seq INTEGER PRIMARY KEY, at TEXT NOT NULL, event TEXT NOT NULL, subject TEXT NOT NULL,"                          \
    " detail TEXT NOT NULL, hash BLOB NOT NULL CHECK(length(hash) = 32)) STRICT;"                                      \
                                                                                                                       \
    "CREATE VIEW cleared AS SELECT o.no FROM orders o"                                                                 \
    " WHERE NOT EXISTS(SELECT 1 FROM findings f WHERE f.order_no = o.no AND f.severity = 'refuse')"                    \
    " AND (NOT EXISTS(SELECT 1 FROM findings f WHERE f.order_no = o.no AND f.severity = 'review')"                     \
    "  OR EXISTS(SELECT 1 FROM decisions a JOIN decisions b ON a.order_no = b.order_no AND a.result = b.result"        \
    "   WHERE a.order_no = o.no AND a.result = o.result AND a.place = 1 AND b.place = 2"                               \
    "   AND a.verdict = 'approve' AND b.verdict = 'approve' AND a.reviewer_key <> b.reviewer_key));"                   \
                                                                                                                       \
    "CREATE TRIGGER second_reviewer_differs BEFORE INSERT ON decisions"                                                \
    " WHEN EXISTS(SELECT 1 FROM decisions d WHERE d.order_no = NEW.order_no AND d.result = NEW.result"                 \
    "  AND d.reviewer_key = NEW.reviewer_key)"                                                                         \
    " BEGIN SELECT RAISE(ABORT, 'the two reviewers of an order must be different people'); END;"                       \
    "CREATE TRIGGER second_after_first BEFORE INSERT ON decisions WHEN NEW.place = 2 AND NOT EXISTS("                  \
    "  SELECT 1 FROM decisions d WHERE d.order_no = NEW.order_no AND d.result = NEW.result AND d.place = 1)"           \
    " BEGIN SELECT RAISE(ABORT, 'there is no first review yet'); END;"                                                 \
    STORE_SCHEMA_DECISIONS_STAY                                                                                        \
    "CREATE TRIGGER decisions_are_kept BEFORE DELETE ON decisions"                                                     \
    " BEGIN SELECT RAISE(ABORT, 'a decision cannot be removed'); END;"                                                 \
    "CREATE TRIGGER only_cleared_go_on BEFORE UPDATE OF state ON orders"                                               \
    " WHEN NEW.state IN ('ready','burning','done') AND NOT EXISTS(SELECT 1 FROM cleared c WHERE c.no = NEW.no)"        \
    " BEGIN SELECT RAISE(ABORT, 'the order has findings that two people have not approved'); END;"                     \
    "CREATE TRIGGER only_cleared_burn BEFORE INSERT ON units"                                                          \
    " WHEN NOT EXISTS(SELECT 1 FROM cleared c JOIN orders o ON o.no = c.no WHERE c.no = NEW.order_no"                  \
    "  AND o.state IN ('ready','burning','held'))"                                                                     \
    " BEGIN SELECT RAISE(ABORT, 'the order is not cleared for burning'); END;"                                         \
    "CREATE TRIGGER burned_is_final BEFORE UPDATE OF content, order_json, result, holder, kind, profile ON orders"     \
    " WHEN OLD.state IN ('burning','held','failed','done','purged') AND NEW.state <> 'purged'"                         \
    " BEGIN SELECT RAISE(ABORT, 'the order has gone to burning: it cannot be changed'); END;"                          \
    "CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;"        \
    "CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;"      \
    STORE_SCHEMA_KEYS                                                                                                  \
    "PRAGMA user_version=5;"

#endif
