/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * inventory.h: what a token says of itself: its info and its objects, and how both cross the socket
 * between worker and hub (GVariant: the receiving side treats it as foreign data).
 */
#ifndef SB_BURNER_INVENTORY_H
#define SB_BURNER_INVENTORY_H

#include <glib.h>

G_BEGIN_DECLS

#define BURN_OBJECTS_MAX 256u /* a UKey holds a few dozen */

typedef enum {
    BURN_OBJECT_PRIVATE,
    BURN_OBJECT_PUBLIC,
    BURN_OBJECT_CERT,
    BURN_OBJECT_DATA,
    BURN_OBJECT_OTHER
} BurnObjectKind;

/* Attributes of a private key as the token tells them. */
enum {
    BURN_FLAG_LOCAL = 1,             /* made on the token */
    BURN_FLAG_SENSITIVE = 2,
    BURN_FLAG_ALWAYS_SENSITIVE = 4,
    BURN_FLAG_EXTRACTABLE = 8,
    BURN_FLAG_NEVER_EXTRACTABLE = 16,
    BURN_FLAG_PRIVATE = 32,
    BURN_FLAG_TOKEN = 64,
    BURN_FLAG_SIGN = 128,
    BURN_FLAG_WHOLE = 256            /* value was read, digest is of all of it */
};
/* What a private key that sealbatch made must show. */
#define BURN_FLAGS_KEY_GOOD                                                                                    \
    (BURN_FLAG_LOCAL | BURN_FLAG_SENSITIVE | BURN_FLAG_ALWAYS_SENSITIVE | BURN_FLAG_NEVER_EXTRACTABLE |         \
     BURN_FLAG_PRIVATE | BURN_FLAG_TOKEN | BURN_FLAG_SIGN)

typedef struct {
    BurnObjectKind kind;
    guint flags;
    guint64 size;       /* of the value: certificate, data, or SubjectPublicKeyInfo */
    GBytes *id;         /* CKA_ID, maybe empty */
    char *label;        /* valid UTF-8 */
    char *application;
    guint8 sha256[32];  /* of the value; zero for private keys */
} BurnObject;

typedef struct {
    char *serial, *label, *model, *manufacturer;
    guint64 slot;
    guint64 free_bytes; /* 0: not told */
    gboolean present, initialised, user_pin_set, pin_locked, pin_final_try, so_locked, write_protected;
} BurnTokenInfo;

typedef struct {
    BurnTokenInfo *token;
    GPtrArray *objects;  /* BurnObject */
    gboolean logged_in;  /* private objects are in the list */
} BurnInventory;

BurnObject *burn_object_new(BurnObjectKind kind);
void burn_object_free(BurnObject *object);
BurnTokenInfo *burn_token_info_new(void);
void burn_token_info_free(BurnTokenInfo *info);
BurnInventory *burn_inventory_new(void);
void burn_inventory_free(BurnInventory *inventory);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BurnObject, burn_object_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BurnTokenInfo, burn_token_info_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BurnInventory, burn_inventory_free)

GVariant *burn_token_info_pack(const BurnTokenInfo *info); /* (floating) */
GVariant *burn_inventory_pack(const BurnInventory *inventory);

/* From the other side: NULL when the shape, a length or a number is not as it must be. */
BurnTokenInfo *burn_token_info_unpack(GVariant *variant);
BurnInventory *burn_inventory_unpack(GVariant *variant);

#define BURN_TOKEN_TYPE "(sssstt(bbbbbbb))"
#define BURN_INVENTORY_TYPE "(" BURN_TOKEN_TYPE "a(uutayssay)b)"

gboolean burn_object_has_id(const BurnObject *object, const guint8 *id, gsize length);

G_END_DECLS

#endif
