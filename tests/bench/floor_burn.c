/* SPDX-License-Identifier: GPL-3.0-or-later */
/* floor_burn.c: straight PKCS#11 calls; see floor_burn.h. */
#include "bench/floor_burn.h"

#include <dlfcn.h>
#include <p11-kit/pkcs11.h>
#include <string.h>

#define SO_FIRST (CK_UTF8CHAR *)"87654321"
#define SO_PIN (CK_UTF8CHAR *)"876543211234"
#define USER_PIN (CK_UTF8CHAR *)"12345678"
#define SLOTS_MAX 256u

typedef struct {
    CK_FUNCTION_LIST *f;
    CK_SLOT_ID slot;
    CK_SESSION_HANDLE session;
    CK_OBJECT_HANDLE private, public;
    guint8 *value; /* room for what is read back */
    gsize room;
    gboolean rsa;
} Floor;

static const CK_BBOOL yes = CK_TRUE, no = CK_FALSE;

static CK_ATTRIBUTE
attribute(CK_ATTRIBUTE_TYPE type, const void *value, gsize size)
{
    return (CK_ATTRIBUTE){ type, (void *)value, size };
}

/* SoftHSM2 makes a new blank slot when it is asked how many there are, and shows it last. */
static gboolean
blank_slot(Floor *w)
{
    CK_SLOT_ID slots[SLOTS_MAX];
    CK_ULONG n = 0;
    if (w->f->C_GetSlotList(CK_TRUE, NULL, &n) != CKR_OK || n > SLOTS_MAX ||
        w->f->C_GetSlotList(CK_TRUE, slots, &n) != CKR_OK || n == 0)
        return FALSE;
    w->slot = slots[n - 1];
    return TRUE;
}

static gboolean
initialise(Floor *w)
{
    CK_UTF8CHAR label[32];
    memset(label, ' ', sizeof label);
    return blank_slot(w) && w->f->C_InitToken(w->slot, SO_FIRST, 8, label) == CKR_OK &&
           w->f->C_OpenSession(w->slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &w->session) == CKR_OK &&
           w->f->C_Login(w->session, CKU_SO, SO_FIRST, 8) == CKR_OK &&
           w->f->C_InitPIN(w->session, USER_PIN, 8) == CKR_OK &&
           w->f->C_SetPIN(w->session, SO_FIRST, 8, SO_PIN, 12) == CKR_OK && w->f->C_Logout(w->session) == CKR_OK;
}

static gboolean
make_key(Floor *w)
{
    static const guint8 p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 };
    static const guint8 exponent[] = { 1, 0, 1 };
    CK_ULONG bits = 2048;
    CK_MECHANISM mechanism = { w->rsa ? CKM_RSA_PKCS_KEY_PAIR_GEN : CKM_EC_KEY_PAIR_GEN, NULL, 0 };
    CK_ATTRIBUTE public[] = {
        attribute(CKA_TOKEN, &yes, 1), attribute(CKA_VERIFY, &yes, 1), attribute(CKA_ID, "1", 1),
        w->rsa ? attribute(CKA_MODULUS_BITS, &bits, sizeof bits) : attribute(CKA_EC_PARAMS, p256, sizeof p256),
        attribute(CKA_PUBLIC_EXPONENT, exponent, sizeof exponent),
    };
    CK_ATTRIBUTE private[] = {
        attribute(CKA_TOKEN, &yes, 1),      attribute(CKA_PRIVATE, &yes, 1), attribute(CKA_SENSITIVE, &yes, 1),
        attribute(CKA_EXTRACTABLE, &no, 1), attribute(CKA_SIGN, &yes, 1),    attribute(CKA_ID, "1", 1),
    };
    return w->f->C_Login(w->session, CKU_USER, USER_PIN, 8) == CKR_OK &&
           w->f->C_GenerateKeyPair(w->session, &mechanism, public, w->rsa ? 5 : 4, private, G_N_ELEMENTS(private),
                                   &w->public, &w->private) == CKR_OK;
}

static gboolean
read_value(Floor *w, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type)
{
    CK_ATTRIBUTE a = attribute(type, w->value, w->room);
    return w->f->C_GetAttributeValue(w->session, object, &a, 1) == CKR_OK;
}

static gboolean
read_key(Floor *w)
{
    CK_BBOOL local, never;
    CK_ATTRIBUTE flags[] = { attribute(CKA_LOCAL, &local, 1), attribute(CKA_NEVER_EXTRACTABLE, &never, 1) };
    return w->f->C_GetAttributeValue(w->session, w->private, flags, G_N_ELEMENTS(flags)) == CKR_OK &&
           read_value(w, w->public, w->rsa ? CKA_MODULUS : CKA_EC_POINT);
}

static gboolean
sign(Floor *w)
{
    CK_BYTE digest[32] = { 1 };
    CK_MECHANISM mechanism = { w->rsa ? CKM_RSA_PKCS : CKM_ECDSA, NULL, 0 };
    CK_ULONG n = w->room;
    return w->f->C_SignInit(w->session, &mechanism, w->private) == CKR_OK &&
           w->f->C_Sign(w->session, digest, sizeof digest, w->value, &n) == CKR_OK;
}

static gboolean
write_object(Floor *w, CK_OBJECT_CLASS class, const void *value, gsize size)
{
    CK_CERTIFICATE_TYPE type = CKC_X_509;
    CK_OBJECT_HANDLE object;
    CK_ATTRIBUTE template[] = {
        attribute(CKA_CLASS, &class, sizeof class),           attribute(CKA_TOKEN, &yes, 1),
        attribute(CKA_PRIVATE, &no, 1),                       attribute(CKA_VALUE, value, size),
        attribute(CKA_CERTIFICATE_TYPE, &type, sizeof type),  attribute(CKA_SUBJECT, "0", 1),
    };
    return w->f->C_CreateObject(w->session, template, class == CKO_CERTIFICATE ? 6 : 4, &object) == CKR_OK &&
           read_value(w, object, CKA_VALUE);
}

/* Logged in anew: each object found and read. */
static gboolean
read_back(Floor *w)
{
    CK_OBJECT_HANDLE objects[16];
    CK_ULONG n = 0;
    if (w->f->C_OpenSession(w->slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &w->session) != CKR_OK ||
        w->f->C_Login(w->session, CKU_USER, USER_PIN, 8) != CKR_OK ||
        w->f->C_FindObjectsInit(w->session, NULL, 0) != CKR_OK ||
        w->f->C_FindObjects(w->session, objects, G_N_ELEMENTS(objects), &n) != CKR_OK ||
        w->f->C_FindObjectsFinal(w->session) != CKR_OK)
        return FALSE;
    for (CK_ULONG i = 0; i < n; i++) {
        CK_OBJECT_CLASS class = CKO_VENDOR_DEFINED;
        CK_ATTRIBUTE a = attribute(CKA_CLASS, &class, sizeof class);
        if (w->f->C_GetAttributeValue(w->session, objects[i], &a, 1) != CKR_OK)
            return FALSE;
        if (class == CKO_PRIVATE_KEY)
            w->private = objects[i];
        else if (class == CKO_PUBLIC_KEY)
            w->public = objects[i];
        else if (!read_value(w, objects[i], CKA_VALUE))
            return FALSE;
    }
    return n > 0;
}

static gboolean
burn_one(Floor *w, GBytes *certificate, guint seals, const guint8 *seal, gsize seal_bytes)
{
    gsize size;
    const void *der = g_bytes_get_data(certificate, &size);
    gboolean ok = initialise(w) && make_key(w) && read_key(w) && sign(w) && write_object(w, CKO_CERTIFICATE, der, size);
    for (guint i = 0; i < seals && ok; i++)
        ok = write_object(w, CKO_DATA, seal, seal_bytes);
    return ok && w->f->C_CloseAllSessions(w->slot) == CKR_OK && read_back(w) && read_key(w) && sign(w) &&
           w->f->C_CloseAllSessions(w->slot) == CKR_OK;
}

gboolean
floor_burn(const char *module, guint tokens, gboolean rsa, GBytes *certificate, guint seals, gsize seal_bytes)
{
    void *library = dlopen(module, RTLD_NOW | RTLD_LOCAL);
    CK_C_GetFunctionList entry = library != NULL ? (CK_C_GetFunctionList)dlsym(library, "C_GetFunctionList") : NULL;
    Floor w = { .room = MAX(seal_bytes, 4096), .rsa = rsa };
    if (entry == NULL || entry(&w.f) != CKR_OK || w.f->C_Initialize(NULL) != CKR_OK)
        return FALSE;
    g_autofree guint8 *seal = g_malloc0(seal_bytes), *value = g_malloc(w.room);
    w.value = value;
    gboolean ok = TRUE;
    for (guint i = 0; i < tokens && ok; i++)
        ok = burn_one(&w, certificate, seals, seal, seal_bytes);
    return w.f->C_Finalize(NULL) == CKR_OK && ok;
}
