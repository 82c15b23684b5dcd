/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * backend.h: one token behind a table of functions, as the worker uses it: PKCS#11 (backend_p11.c) now,
 * SKF (GM/T 0016) can stand beside it. Lives in the worker process only.
 *
 * Every function fails with BURN_FAULT_ERROR, whose codes are BurnFault (proto.h). Functions that write
 * search first, write, read back and compare, and only then remove what they replace: called twice they
 * leave what one call leaves.
 */
#ifndef SB_BURNER_BACKEND_H
#define SB_BURNER_BACKEND_H

#include <glib.h>

#include "burner/burn.h"
#include "burner/inventory.h"
#include "burner/proto.h"

G_BEGIN_DECLS

#define BURN_FAULT_ERROR burn_fault_quark()
GQuark burn_fault_quark(void);

/* A vendor's own meanings of return values (BurnHubConfig.faults). An error tells its return value at its end:
 * "(0x..)". parse: NULL when there are none; apply changes the error's code. */
GHashTable *burn_faults_parse(const char *faults);
void burn_faults_apply(GHashTable *faults, GError **error);

typedef struct BurnBackend BurnBackend;
struct BurnBackend {
    /* (element-type BurnTokenInfo) */
    GPtrArray *(*list)(BurnBackend *b, GError **error);
    /* See BURN_MSG_OPEN; @slot: a hint, or BURN_SLOT_UNKNOWN. */
    BurnTokenInfo *(*open)(BurnBackend *b, const char *serial, const char *label, guint64 slot, GError **error);
    /* FALSE with BURN_FAULT_GONE when the opened token left or another serial is in its slot. */
    gboolean (*same)(BurnBackend *b, GError **error);
    void (*pins)(BurnBackend *b, const BurnPins *pins); /* points into memory that outlives their use */
    BurnInventory *(*look)(BurnBackend *b, gboolean log_in, gboolean values, GError **error);
    /* Initialises with the factory SO PIN where one is given, else with ours. */
    BurnTokenInfo *(*init)(BurnBackend *b, const char *label, GError **error);
    /* SO login, user PIN, SO PIN from the factory's to ours. @resumed: the SO PIN may be ours already. */
    gboolean (*set_pin)(BurnBackend *b, gboolean resumed, GError **error);
    GBytes *(*keygen)(BurnBackend *b, BurnKeyType type, GBytes *id, const char *label, GError **error);
    GBytes *(*sign)(BurnBackend *b, BurnKeyType type, GBytes *id, GBytes *input, GError **error);
    gboolean (*write_cert)(BurnBackend *b, GBytes *id, const char *label, GBytes *der, GError **error);
    gboolean (*write_data)(BurnBackend *b, const char *label, const char *application, const char *oid,
                           GBytes *bytes, GError **error);
    gboolean (*remove)(BurnBackend *b, BurnObjectKind kind, GBytes *id, GBytes *sha256, guint *removed,
                       GError **error);
    /* The value (public key: SubjectPublicKeyInfo) of the object of this kind and digest. */
    GBytes *(*read)(BurnBackend *b, BurnObjectKind kind, GBytes *sha256, GError **error);
    void (*close)(BurnBackend *b); /* sessions, module, memory */
};

/* From here on @module shows this process one slot alone: the one with @serial (@slot: a hint). Whoever asks it next
 * for its slots, libp11 too, is spared a question to each other key of the hub. Where it cannot be done, or the
 * serial is not found, all slots are shown. And who asks for a value's length first, as libp11 does, asks the key once. */
void burn_p11_show_one_slot(const char *module, const char *serial, guint64 slot);

/* The slot that is shown, or BURN_SLOT_UNKNOWN. */
guint64 burn_p11_shown_slot(void);

/* The token in @slot of a module that libp11 has initialised, and logged in to, in this process. look compares the
 * serial. BURN_FAULT_MODULE. */
BurnBackend *burn_backend_p11_attach(const char *module, const char *serial, guint64 slot, GError **error);

/* @filter: only slots whose description or model holds this; "" = all. BURN_FAULT_MODULE. */
BurnBackend *burn_backend_p11_open(const char *module, const char *filter, GError **error);

G_END_DECLS

#endif
