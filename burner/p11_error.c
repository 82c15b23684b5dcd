/* SPDX-License-Identifier: GPL-3.0-or-later */
/* p11_error.c: which fault a return value of a module means, and its name for the desk. */
#include <string.h>

#include "burner/p11.h"

G_DEFINE_QUARK(burn-fault, burn_fault)

#define ROW(code, fault) { code, fault, #code }
static const struct {
    CK_RV rv;
    BurnFault fault;
    const char *name;
} codes[] = {
    ROW(CKR_PIN_INCORRECT, BURN_FAULT_PIN),
    ROW(CKR_PIN_INVALID, BURN_FAULT_PIN),
    ROW(CKR_PIN_LEN_RANGE, BURN_FAULT_PIN),
    ROW(CKR_PIN_EXPIRED, BURN_FAULT_PIN),
    ROW(CKR_PIN_LOCKED, BURN_FAULT_LOCKED),
    ROW(CKR_USER_PIN_NOT_INITIALIZED, BURN_FAULT_PIN),
    ROW(CKR_DEVICE_REMOVED, BURN_FAULT_GONE),
    ROW(CKR_TOKEN_NOT_PRESENT, BURN_FAULT_GONE),
    ROW(CKR_TOKEN_NOT_RECOGNIZED, BURN_FAULT_GONE),
    ROW(CKR_SLOT_ID_INVALID, BURN_FAULT_GONE),
    ROW(CKR_DEVICE_MEMORY, BURN_FAULT_NO_ROOM),
    ROW(CKR_DEVICE_ERROR, BURN_FAULT_DEVICE),
    ROW(CKR_GENERAL_ERROR, BURN_FAULT_DEVICE),
    ROW(CKR_FUNCTION_FAILED, BURN_FAULT_DEVICE),
    ROW(CKR_HOST_MEMORY, BURN_FAULT_DEVICE),
    ROW(CKR_SESSION_HANDLE_INVALID, BURN_FAULT_DEVICE),
    ROW(CKR_SESSION_CLOSED, BURN_FAULT_DEVICE),
    ROW(CKR_SESSION_EXISTS, BURN_FAULT_DEVICE),
    ROW(CKR_USER_NOT_LOGGED_IN, BURN_FAULT_DEVICE),
    ROW(CKR_USER_ALREADY_LOGGED_IN, BURN_FAULT_DEVICE),
    ROW(CKR_OBJECT_HANDLE_INVALID, BURN_FAULT_DEVICE),
    ROW(CKR_MECHANISM_INVALID, BURN_FAULT_REQUEST),
    ROW(CKR_TEMPLATE_INCONSISTENT, BURN_FAULT_REQUEST),
    ROW(CKR_TEMPLATE_INCOMPLETE, BURN_FAULT_REQUEST),
    ROW(CKR_ATTRIBUTE_VALUE_INVALID, BURN_FAULT_REQUEST),
    ROW(CKR_ATTRIBUTE_TYPE_INVALID, BURN_FAULT_REQUEST),
    ROW(CKR_ATTRIBUTE_READ_ONLY, BURN_FAULT_REQUEST),
    ROW(CKR_TOKEN_WRITE_PROTECTED, BURN_FAULT_REQUEST),
    ROW(CKR_FUNCTION_NOT_SUPPORTED, BURN_FAULT_REQUEST),
    ROW(CKR_ARGUMENTS_BAD, BURN_FAULT_REQUEST),
    ROW(CKR_CRYPTOKI_NOT_INITIALIZED, BURN_FAULT_DEVICE),
};

const char *
p11_name(CK_RV rv)
{
    for (guint i = 0; i < G_N_ELEMENTS(codes); i++)
        if (codes[i].rv == rv)
            return codes[i].name;
    return NULL;
}

gboolean
p11_ok(CK_RV rv, const char *what, GError **error)
{
    if (rv == CKR_OK)
        return TRUE;
    BurnFault fault = BURN_FAULT_DEVICE;
    for (guint i = 0; i < G_N_ELEMENTS(codes); i++)
        if (codes[i].rv == rv)
            fault = codes[i].fault;
    if (p11_name(rv) != NULL)
        g_set_error(error, BURN_FAULT_ERROR, fault, "%s: %s (0x%lx)", what, p11_name(rv), rv);
    else
        g_set_error(error, BURN_FAULT_ERROR, fault, "%s: CKR (0x%lx)", what, rv);
    return FALSE;
}

GHashTable *
burn_faults_parse(const char *faults)
{
    static const struct {
        const char *word;
        BurnFault fault;
    } words[] = { { "pin", BURN_FAULT_PIN },         { "locked", BURN_FAULT_LOCKED }, { "gone", BURN_FAULT_GONE },
                  { "no-room", BURN_FAULT_NO_ROOM }, { "device", BURN_FAULT_DEVICE }, { "request", BURN_FAULT_REQUEST } };
    if (*faults == '\0')
        return NULL;
    GHashTable *table = g_hash_table_new(NULL, NULL);
    g_auto(GStrv) rows = g_strsplit(faults, ",", 64);
    for (guint i = 0; rows[i] != NULL; i++) {
        char *word = strchr(rows[i], '=');
        for (guint k = 0; word != NULL && k < G_N_ELEMENTS(words); k++)
            if (strcmp(g_strstrip(word + 1), words[k].word) == 0)
                g_hash_table_insert(table, GSIZE_TO_POINTER(g_ascii_strtoull(rows[i], NULL, 0)),
                                    GUINT_TO_POINTER(words[k].fault));
    }
    return table;
}

void
burn_faults_apply(GHashTable *faults, GError **error)
{
    const char *at = faults != NULL && *error != NULL ? strrchr((*error)->message, '(') : NULL;
    if (at == NULL || !g_str_has_prefix(at, "(0x"))
        return;
    gpointer found = g_hash_table_lookup(faults, GSIZE_TO_POINTER(g_ascii_strtoull(at + 1, NULL, 0)));
    if (found != NULL)
        (*error)->code = GPOINTER_TO_INT(found);
}
