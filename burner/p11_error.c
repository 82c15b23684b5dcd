/* SPDX-License-Identifier: GPL-3.0-or-later */
/* p11_error.c: which fault a return value of a module means, and its name for the desk. */
#include "burner/p11.h"

G_DEFINE_QUARK(burn-fault, burn_fault)

#define ROW(code, fault) { code, fault, #code }
static const struct {
    CK_RV rv;
    BurnFault fault;
    const char *name;
} table[] = {
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
    for (guint i = 0; i < G_N_ELEMENTS(table); i++)
        if (table[i].rv == rv)
            return table[i].name;
    return NULL;
}

gboolean
p11_ok(CK_RV rv, const char *what, GError **error)
{
    if (rv == CKR_OK)
        return TRUE;
    BurnFault fault = BURN_FAULT_DEVICE;
    for (guint i = 0; i < G_N_ELEMENTS(table); i++)
        if (table[i].rv == rv)
            fault = table[i].fault;
    if (p11_name(rv) != NULL)
        g_set_error(error, BURN_FAULT_ERROR, fault, "%s: %s", what, p11_name(rv));
    else
        g_set_error(error, BURN_FAULT_ERROR, fault, "%s: CKR 0x%lx", what, rv);
    return FALSE;
}
