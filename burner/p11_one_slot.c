/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * p11_one_slot.c: a module that shows one slot alone, and gives an attribute's value with its length. libp11 asks each
 * slot for its token before one can be chosen: in a hub of forty keys forty processes would ask forty keys; and it asks
 * each value twice, first for its length: a key in a USB port takes 5 to 50 ms a call. Nothing else of the module is
 * touched, and libp11 compares the serial of what it is shown.
 */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "burner/p11.h"

#define SLOTS_MAX 256u

#define KEPT_MAX 32768u

/* Neither function carries a pointer of its caller's: one process, one module, one token. */
static struct {
    CK_FUNCTION_LIST *f;
    CK_C_GetSlotList real;
    CK_C_GetAttributeValue real_value;
    char serial[sizeof((CK_TOKEN_INFO){ 0 }).serialNumber];
    guint64 hint;
    gboolean looked, found;
    CK_SLOT_ID slot;
    /* the value whose length was asked last; object 0: none */
    CK_SESSION_HANDLE session;
    CK_OBJECT_HANDLE object;
    CK_ATTRIBUTE_TYPE type;
    CK_ULONG length;
    guint8 value[KEPT_MAX];
} one;

static gboolean
is_at(CK_SLOT_ID slot)
{
    CK_TOKEN_INFO info = { 0 };
    return one.f->C_GetTokenInfo(slot, &info) == CKR_OK &&
           memcmp(info.serialNumber, one.serial, sizeof one.serial) == 0;
}

/* SoftHSM2 moves a token from its blank slot to one named after its serial: the last eight hex digits, 31 bits. */
static gboolean
is_likely(CK_SLOT_ID slot)
{
    char tail[9] = { 0 };
    memcpy(tail, one.serial + 8, 8);
    return slot == one.hint || slot == (strtoul(tail, NULL, 16) & 0x7fffffff);
}

static void
look(void)
{
    CK_SLOT_ID slots[SLOTS_MAX];
    CK_ULONG n = SLOTS_MAX;
    one.looked = TRUE;
    if (one.real(CK_TRUE, slots, &n) != CKR_OK)
        return;
    for (guint pass = 0; pass < 2; pass++) /* the likely ones first */
        for (CK_ULONG i = 0; i < MIN(n, SLOTS_MAX) && !one.found; i++)
            if (is_likely(slots[i]) == (pass == 0) && is_at(slots[i])) {
                one.slot = slots[i];
                one.found = TRUE;
            }
}

static CK_RV
get_slot_list(CK_BBOOL present, CK_SLOT_ID *slots, CK_ULONG *n)
{
    if (!one.looked)
        look();
    if (!one.found || n == NULL)
        return one.real(present, slots, n);
    CK_ULONG room = *n;
    *n = 1;
    if (slots != NULL && room < 1)
        return CKR_BUFFER_TOO_SMALL;
    if (slots != NULL)
        slots[0] = one.slot;
    return CKR_OK;
}

static CK_RV
length_of(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *asked)
{
    CK_ATTRIBUTE whole = { asked->type, one.value, sizeof one.value };
    CK_RV rv = one.real_value(session, object, &whole, 1);
    if (rv != CKR_OK || whole.ulValueLen > sizeof one.value)
        return one.real_value(session, object, asked, 1);
    one.session = session;
    one.object = object;
    one.type = asked->type;
    one.length = asked->ulValueLen = whole.ulValueLen;
    return CKR_OK;
}

static CK_RV
get_attribute_value(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *asked, CK_ULONG n)
{
    gboolean kept = asked != NULL && n == 1 && one.object == object && one.session == session && one.type == asked->type;
    one.object = CK_INVALID_HANDLE; /* given once: the next question is the token's again */
    if (asked == NULL || n != 1)
        return one.real_value(session, object, asked, n);
    if (asked->pValue == NULL)
        return length_of(session, object, asked);
    if (!kept || asked->ulValueLen < one.length)
        return one.real_value(session, object, asked, n);
    memcpy(asked->pValue, one.value, one.length);
    asked->ulValueLen = one.length;
    return CKR_OK;
}

guint64
burn_p11_shown_slot(void)
{
    return one.found ? one.slot : BURN_SLOT_UNKNOWN;
}

/* A module may keep its list where it cannot be written; the page is this process's own copy. */
static gboolean
make_writable(const void *start, gsize size)
{
    guintptr page = (guintptr)sysconf(_SC_PAGESIZE), from = (guintptr)start & ~(page - 1);
    return mprotect((void *)from, (guintptr)start + size - from, PROT_READ | PROT_WRITE) == 0;
}

void
burn_p11_show_one_slot(const char *module, const char *serial, guint64 slot)
{
    void *library = dlopen(module, RTLD_NOW | RTLD_LOCAL); /* kept: the list below is inside */
    CK_C_GetFunctionList entry = library != NULL ? (CK_C_GetFunctionList)dlsym(library, "C_GetFunctionList") : NULL;
    if (one.f != NULL || strlen(serial) > sizeof one.serial || entry == NULL || entry(&one.f) != CKR_OK ||
        one.f == NULL || !make_writable(one.f, sizeof *one.f))
        return;
    memset(one.serial, ' ', sizeof one.serial);
    memcpy(one.serial, serial, strlen(serial));
    one.hint = slot;
    one.real = one.f->C_GetSlotList;
    one.f->C_GetSlotList = get_slot_list;
    one.real_value = one.f->C_GetAttributeValue;
    one.f->C_GetAttributeValue = get_attribute_value;
}
