/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * p11_one_slot.c: a module that shows one slot alone. libp11 asks each slot for its token before one can be chosen: in a
 * hub of forty keys forty processes would ask forty keys. Nothing else of the module is touched, and libp11 compares
 * the serial of what it is shown.
 */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "burner/p11.h"

#define SLOTS_MAX 256u

/* C_GetSlotList carries no pointer of its caller's: one process, one module, one token. */
static struct {
    CK_FUNCTION_LIST *f;
    CK_C_GetSlotList real;
    char serial[sizeof((CK_TOKEN_INFO){ 0 }).serialNumber];
    guint64 hint;
    gboolean looked, found;
    CK_SLOT_ID slot;
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
        one.f == NULL || !make_writable(&one.f->C_GetSlotList, sizeof one.f->C_GetSlotList))
        return;
    memset(one.serial, ' ', sizeof one.serial);
    memcpy(one.serial, serial, strlen(serial));
    one.hint = slot;
    one.real = one.f->C_GetSlotList;
    one.f->C_GetSlotList = get_slot_list;
}
