/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * p11.h: what the files of the PKCS#11 backend share. Not for others: no p11 type leaves these files.
 */
#ifndef SB_BURNER_P11_H
#define SB_BURNER_P11_H

#if __has_include(<p11-kit/pkcs11.h>) /* only the worker has it on its include path */
#include <p11-kit/pkcs11.h>

#include "burner/backend.h"

typedef struct {
    BurnBackend base;
    void *library;
    CK_FUNCTION_LIST *f;
    char *filter;
    CK_SLOT_ID slot;
    char *serial;               /* of the opened token; "" before it has one */
    CK_SESSION_HANDLE session;  /* 0 = none */
    gboolean user_in;
    GHashTable *own;            /* GBytes: what this process wrote on a token that it initialised; NULL = it did not */
    CK_OBJECT_HANDLE made;      /* private key that this process made in this session; 0 = none */
    GBytes *made_id;
    gboolean tells_room;        /* its token info has free memory */
    gboolean attached;          /* libp11 has initialised the module in this process and has logged in */
    BurnPins pins;
} P11;

/* TRUE when ok; else the fault that @rv means, worded as "WHAT: CKR_NAME". */
gboolean p11_ok(CK_RV rv, const char *what, GError **error);
const char *p11_name(CK_RV rv);

gboolean p11_session(P11 *p, GError **error);    /* read-write session on the slot */
gboolean p11_login(P11 *p, GError **error);      /* user; tried once in a process */
void p11_logout(P11 *p);                         /* and closes all sessions */
gboolean p11_is_same(P11 *p, const BurnTokenInfo *info, GError **error); /* FALSE: the token that was opened has left */

/* Whole attribute values; empty when the object has none. NULL on error. */
GBytes *p11_value(P11 *p, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type, GError **error);
/* TRUE when CKA_VALUE is exactly @expected. */
gboolean p11_value_is(P11 *p, CK_OBJECT_HANDLE object, GBytes *expected);
gboolean p11_find(P11 *p, CK_ATTRIBUTE *match, CK_ULONG n, GArray **handles, GError **error);
/* As p11_find; on a token that this process initialised nothing is asked before the first write of a name. */
gboolean p11_find_before(P11 *p, CK_ATTRIBUTE *match, CK_ULONG n, GArray **handles, GError **error);
GBytes *p11_public_key(P11 *p, CK_OBJECT_HANDLE object, CK_KEY_TYPE type, GError **error);
/* FALSE: neither RSA nor EC, or not told. */
gboolean p11_key_type(P11 *p, CK_OBJECT_HANDLE object, CK_KEY_TYPE *type, GError **error);

/* the table's entries in p11_objects.c and p11_write.c */
BurnInventory *p11_look(BurnBackend *b, gboolean log_in, gboolean values, GError **error);
BurnTokenInfo *p11_info(P11 *p, CK_SLOT_ID slot, GError **error);
GBytes *p11_keygen(BurnBackend *b, BurnKeyType type, GBytes *id, const char *label, GError **error);
GBytes *p11_sign(BurnBackend *b, BurnKeyType type, GBytes *id, GBytes *input, GError **error);
gboolean p11_write_cert(BurnBackend *b, GBytes *id, const char *label, GBytes *der, GError **error);
gboolean p11_write_data(BurnBackend *b, const char *label, const char *application, const char *oid, GBytes *bytes,
                        GError **error);
gboolean p11_remove(BurnBackend *b, BurnObjectKind kind, GBytes *id, GBytes *sha256, guint *removed,
                    GError **error);
GBytes *p11_read(BurnBackend *b, BurnObjectKind kind, GBytes *sha256, GError **error);
CK_OBJECT_CLASS p11_class(BurnObjectKind kind);
/* The value of an object when it has this digest; NULL without error when not. */
GBytes *p11_value_of_digest(P11 *p, CK_OBJECT_HANDLE object, BurnObjectKind kind, GBytes *sha256);
#endif

#endif
