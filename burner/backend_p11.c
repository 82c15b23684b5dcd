/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * backend_p11.c: a PKCS#11 module: loading, finding a token by serial, sessions, login, initialising, PINs.
 * Raw calls, because libp11 0.4.12 waits for ever on a pulled token and pads no label.
 */
#include <dlfcn.h>
#include <string.h>

#include "burner/p11.h"

#define SLOTS_MAX 256u

static char *
field(const CK_UTF8CHAR *bytes, gsize size)
{
    while (size > 0 && (bytes[size - 1] == ' ' || bytes[size - 1] == 0))
        size--;
    return g_utf8_make_valid((const char *)bytes, (gssize)size);
}

BurnTokenInfo *
p11_info(P11 *p, CK_SLOT_ID slot, GError **error)
{
    CK_TOKEN_INFO raw = { 0 };
    if (!p11_ok(p->f->C_GetTokenInfo(slot, &raw), "C_GetTokenInfo", error))
        return NULL;
    BurnTokenInfo *info = burn_token_info_new();
    info->serial = field(raw.serialNumber, sizeof raw.serialNumber);
    info->label = field(raw.label, sizeof raw.label);
    info->model = field(raw.model, sizeof raw.model);
    info->manufacturer = field(raw.manufacturerID, sizeof raw.manufacturerID);
    info->slot = slot;
    info->present = TRUE;
    info->initialised = (raw.flags & CKF_TOKEN_INITIALIZED) != 0;
    info->user_pin_set = (raw.flags & CKF_USER_PIN_INITIALIZED) != 0;
    info->pin_locked = (raw.flags & CKF_USER_PIN_LOCKED) != 0;
    info->pin_final_try = (raw.flags & CKF_USER_PIN_FINAL_TRY) != 0;
    info->so_locked = (raw.flags & CKF_SO_PIN_LOCKED) != 0;
    info->write_protected = (raw.flags & CKF_WRITE_PROTECTED) != 0;
    if (raw.ulFreePublicMemory != CK_UNAVAILABLE_INFORMATION && raw.ulTotalPublicMemory != 0 &&
        raw.ulTotalPublicMemory != CK_UNAVAILABLE_INFORMATION)
        info->free_bytes = MAX((guint64)raw.ulFreePublicMemory, 1);
    return info;
}

static gboolean
wanted(P11 *p, CK_SLOT_ID slot, const BurnTokenInfo *info)
{
    if (*p->filter == '\0' || strstr(info->model, p->filter) != NULL)
        return TRUE;
    CK_SLOT_INFO raw = { 0 };
    if (p->f->C_GetSlotInfo(slot, &raw) != CKR_OK)
        return FALSE;
    g_autofree char *description = field(raw.slotDescription, sizeof raw.slotDescription);
    return strstr(description, p->filter) != NULL;
}

/* A token that does not answer is left out: the others go on. */
static GPtrArray *
list(BurnBackend *b, GError **error)
{
    P11 *p = (P11 *)b;
    CK_SLOT_ID slots[SLOTS_MAX];
    CK_ULONG n = SLOTS_MAX;
    if (!p11_ok(p->f->C_GetSlotList(CK_TRUE, slots, &n), "C_GetSlotList", error))
        return NULL;
    GPtrArray *tokens = g_ptr_array_new_with_free_func((GDestroyNotify)burn_token_info_free);
    for (CK_ULONG i = 0; i < MIN(n, SLOTS_MAX); i++) {
        BurnTokenInfo *info = p11_info(p, slots[i], NULL);
        if (info != NULL && wanted(p, slots[i], info))
            g_ptr_array_add(tokens, info);
        else
            burn_token_info_free(info);
    }
    return tokens;
}

static gboolean
chosen(const BurnTokenInfo *info, const char *serial, const char *label)
{
    if (*serial != '\0')
        return strcmp(info->serial, serial) == 0;
    return info->initialised && strcmp(info->label, label) == 0;
}

/* The token where it was seen last, when it is still there; no question to any other slot. */
static BurnTokenInfo *
at_slot(P11 *p, const char *serial, guint64 slot)
{
    CK_SLOT_ID slots[SLOTS_MAX];
    CK_ULONG n = SLOTS_MAX;
    if (*serial == '\0' || slot == BURN_SLOT_UNKNOWN || p->f->C_GetSlotList(CK_TRUE, slots, &n) != CKR_OK)
        return NULL;
    for (CK_ULONG i = 0; i < MIN(n, SLOTS_MAX); i++) {
        g_autoptr(BurnTokenInfo) info = slots[i] == slot ? p11_info(p, slots[i], NULL) : NULL;
        if (info != NULL && strcmp(info->serial, serial) == 0 && wanted(p, slots[i], info))
            return g_steal_pointer(&info);
    }
    return NULL;
}

static BurnTokenInfo *
find_token(BurnBackend *b, const char *serial, const char *label, GError **error)
{
    g_autoptr(GPtrArray) tokens = list(b, error);
    if (tokens == NULL)
        return NULL;
    guint found = 0, matches = 0;
    for (guint i = 0; i < tokens->len; i++)
        if (chosen(tokens->pdata[i], serial, label)) {
            found = i;
            matches++;
        }
    for (guint i = 0; i < tokens->len && *serial == '\0' && matches == 0; i++) {
        const BurnTokenInfo *info = tokens->pdata[i];
        if (!info->initialised && *info->serial == '\0') {
            found = i;
            matches = 1;
        }
    }
    if (matches == 1)
        return g_ptr_array_steal_index(tokens, found);
    g_set_error(error, BURN_FAULT_ERROR, BURN_FAULT_GONE, matches == 0 ? "key %s is not plugged in"
                : "more than one key answers to %s", *serial != '\0' ? serial : label);
    return NULL;
}

static BurnTokenInfo *
open_token(BurnBackend *b, const char *serial, const char *label, guint64 slot, GError **error)
{
    P11 *p = (P11 *)b;
    BurnTokenInfo *found = at_slot(p, serial, slot);
    if (found == NULL)
        found = find_token(b, serial, label, error);
    if (found == NULL)
        return NULL;
    p->slot = found->slot;
    p->tells_room = found->free_bytes > 0;
    g_free(p->serial);
    p->serial = g_strdup(found->serial);
    return found;
}

gboolean
p11_is_same(P11 *p, const BurnTokenInfo *info, GError **error)
{
    if (strcmp(info->serial, p->serial) == 0)
        return TRUE;
    g_set_error(error, BURN_FAULT_ERROR, BURN_FAULT_GONE, "key %s was taken out: %s is in its slot", p->serial,
                info->serial);
    return FALSE;
}

/* A session ends with its token, as PKCS#11 wants it: an open one needs no question. */
static gboolean
same(BurnBackend *b, GError **error)
{
    P11 *p = (P11 *)b;
    g_autoptr(BurnTokenInfo) info = p->session == 0 ? p11_info(p, p->slot, error) : NULL;
    return p->session != 0 || (info != NULL && p11_is_same(p, info, error));
}

static void
take_pins(BurnBackend *b, const BurnPins *pins)
{
    ((P11 *)b)->pins = *pins;
}

gboolean
p11_session(P11 *p, GError **error)
{
    if (p->session != 0)
        return TRUE;
    return p11_ok(p->f->C_OpenSession(p->slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &p->session),
                  "C_OpenSession", error);
}

static CK_RV
log_in(P11 *p, CK_USER_TYPE who, guint pin)
{
    return p->f->C_Login(p->session, who, (CK_UTF8CHAR_PTR)p->pins.pin[pin], p->pins.length[pin]);
}

gboolean
p11_login(P11 *p, GError **error)
{
    if (p->user_in)
        return p11_session(p, error);
    if (p->pins.length[BURN_PIN_USER] == 0) {
        g_set_error_literal(error, BURN_FAULT_ERROR, BURN_FAULT_PIN, "no user PIN was given");
        return FALSE;
    }
    if (!p11_session(p, error))
        return FALSE;
    p->user_in = p11_ok(log_in(p, CKU_USER, BURN_PIN_USER), "C_Login", error);
    return p->user_in;
}

void
p11_logout(P11 *p)
{
    if (p->session != 0)
        p->f->C_CloseAllSessions(p->slot);
    p->session = 0;
    p->user_in = FALSE;
    p->made = CK_INVALID_HANDLE;
}

static BurnTokenInfo *
init(BurnBackend *b, const char *label, GError **error)
{
    P11 *p = (P11 *)b;
    CK_UTF8CHAR padded[32];
    memset(padded, ' ', sizeof padded);
    memcpy(padded, label, MIN(strlen(label), sizeof padded));
    guint pin = p->pins.length[BURN_PIN_FACTORY_SO] > 0 ? BURN_PIN_FACTORY_SO : BURN_PIN_SO;
    p11_logout(p);
    if (!same(b, error))
        return NULL;
    CK_RV rv = p->f->C_InitToken(p->slot, (CK_UTF8CHAR_PTR)p->pins.pin[pin], p->pins.length[pin], padded);
    if (!p11_ok(rv, "C_InitToken", error) || !p11_session(p, error))
        return NULL;
    BurnTokenInfo *info = p11_info(p, p->slot, error); /* from here on the session tells whether it is still this one */
    if (info == NULL)
        return NULL;
    g_free(p->serial);
    p->serial = g_strdup(info->serial);
    g_clear_pointer(&p->own, g_hash_table_unref);
    p->own = g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
    return info;
}

/* The SO PIN goes last: until then the factory's still opens the key. */
static gboolean
set_pin(BurnBackend *b, gboolean resumed, GError **error)
{
    P11 *p = (P11 *)b;
    if (p->user_in)
        p11_logout(p);
    gboolean factory = p->pins.length[BURN_PIN_FACTORY_SO] > 0;
    if (!p11_session(p, error))
        return FALSE;
    CK_RV rv = log_in(p, CKU_SO, factory ? BURN_PIN_FACTORY_SO : BURN_PIN_SO);
    if (rv == CKR_PIN_INCORRECT && factory && resumed) {
        factory = FALSE; /* a crash after the change below: ours, once */
        rv = log_in(p, CKU_SO, BURN_PIN_SO);
    }
    if (!p11_ok(rv, "SO login", error))
        return FALSE;
    rv = p->f->C_InitPIN(p->session, (CK_UTF8CHAR_PTR)p->pins.pin[BURN_PIN_USER], p->pins.length[BURN_PIN_USER]);
    if (rv == CKR_OK && factory)
        rv = p->f->C_SetPIN(p->session, (CK_UTF8CHAR_PTR)p->pins.pin[BURN_PIN_FACTORY_SO],
                            p->pins.length[BURN_PIN_FACTORY_SO], (CK_UTF8CHAR_PTR)p->pins.pin[BURN_PIN_SO],
                            p->pins.length[BURN_PIN_SO]);
    p->f->C_Logout(p->session);
    return p11_ok(rv, "setting the PINs", error);
}

static void
close_module(BurnBackend *b)
{
    P11 *p = (P11 *)b;
    if (p->f != NULL && !p->attached) {
        p11_logout(p);
        p->f->C_Finalize(NULL);
    }
    if (p->library != NULL)
        dlclose(p->library);
    g_clear_pointer(&p->own, g_hash_table_unref);
    g_clear_pointer(&p->made_id, g_bytes_unref);
    g_free(p->serial);
    g_free(p->filter);
    g_free(p);
}

static CK_RV
load(P11 *p, const char *module)
{
    p->library = dlopen(module, RTLD_NOW | RTLD_LOCAL);
    if (p->library == NULL)
        return CKR_GENERAL_ERROR;
    CK_C_GetFunctionList entry = (CK_C_GetFunctionList)dlsym(p->library, "C_GetFunctionList");
    CK_FUNCTION_LIST *f = NULL;
    CK_RV rv = entry != NULL ? entry(&f) : CKR_GENERAL_ERROR;
    if (rv == CKR_OK && f == NULL)
        rv = CKR_GENERAL_ERROR;
    if (rv == CKR_OK && !p->attached)
        rv = f->C_Initialize(NULL);
    if (rv == CKR_OK)
        p->f = f;
    return rv;
}

static P11 *
open_module(const char *module, const char *filter, gboolean attach, GError **error)
{
    P11 *p = g_new0(P11, 1);
    p->attached = attach;
    p->base = (BurnBackend){ list, open_token, same, take_pins, p11_look, init, set_pin, p11_keygen, p11_sign,
                             p11_write_cert, p11_write_data, p11_remove, p11_read, close_module };
    p->filter = g_strdup(filter);
    p->serial = g_strdup("");
    CK_RV rv = load(p, module);
    if (rv == CKR_OK)
        return p;
    g_set_error(error, BURN_FAULT_ERROR, BURN_FAULT_MODULE, "PKCS#11 module %s cannot be used: %s", module,
                p->library == NULL ? "it cannot be loaded" : p11_name(rv) != NULL ? p11_name(rv) : "no answer");
    close_module(&p->base);
    return NULL;
}

BurnBackend *
burn_backend_p11_open(const char *module, const char *filter, GError **error)
{
    P11 *p = open_module(module, filter, FALSE, error);
    return p != NULL ? &p->base : NULL;
}

BurnBackend *
burn_backend_p11_attach(const char *module, const char *serial, guint64 slot, GError **error)
{
    P11 *p = open_module(module, "", TRUE, error);
    if (p == NULL)
        return NULL;
    p->slot = (CK_SLOT_ID)slot;
    p->user_in = TRUE;
    g_free(p->serial);
    p->serial = g_strdup(serial);
    return &p->base;
}
