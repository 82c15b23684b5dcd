/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * shim.c: a PKCS#11 module in front of SoftHSM2 that lies on command. It copies the function list; by the environment
 *
 *   SHIM_MODULE   the real module
 *   SHIM_STATE    a file of shared counters: one call counter a function, over all processes; and one "fired" flag
 *   SHIM_FAULT    "C_Function N MODE": at the N-th call (from 1) of that function, once
 *   SHIM_DELAY_MS SHIM_KEYGEN_MS   an emulated slow token
 *   SHIM_STOPS    1: of several attributes nothing is given from the first on that the object has not, as some vendors do
 *
 * modes: error_before error_after kill_before kill_after hang pulled swapped flip short noroom locked pin scribble
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <p11-kit/pkcs11.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

CK_RV C_GetFunctionList(CK_FUNCTION_LIST_PTR_PTR list);

#define FUNCTIONS(X)                                                                                                   \
    X(C_Initialize, (CK_VOID_PTR a), (a))                                                                              \
    X(C_GetSlotList, (CK_BBOOL a, CK_SLOT_ID_PTR b, CK_ULONG_PTR c), (a, b, c))                                        \
    X(C_GetTokenInfo, (CK_SLOT_ID a, CK_TOKEN_INFO_PTR b), (a, b))                                                     \
    X(C_InitToken, (CK_SLOT_ID a, CK_UTF8CHAR_PTR b, CK_ULONG c, CK_UTF8CHAR_PTR d), (a, b, c, d))                     \
    X(C_InitPIN, (CK_SESSION_HANDLE a, CK_UTF8CHAR_PTR b, CK_ULONG c), (a, b, c))                                      \
    X(C_SetPIN, (CK_SESSION_HANDLE a, CK_UTF8CHAR_PTR b, CK_ULONG c, CK_UTF8CHAR_PTR d, CK_ULONG e), (a, b, c, d, e))  \
    X(C_OpenSession, (CK_SLOT_ID a, CK_FLAGS b, CK_VOID_PTR c, CK_NOTIFY d, CK_SESSION_HANDLE_PTR e), (a, b, c, d, e)) \
    X(C_Login, (CK_SESSION_HANDLE a, CK_USER_TYPE b, CK_UTF8CHAR_PTR c, CK_ULONG d), (a, b, c, d))                     \
    X(C_FindObjectsInit, (CK_SESSION_HANDLE a, CK_ATTRIBUTE_PTR b, CK_ULONG c), (a, b, c))                             \
    X(C_FindObjects, (CK_SESSION_HANDLE a, CK_OBJECT_HANDLE_PTR b, CK_ULONG c, CK_ULONG_PTR d), (a, b, c, d))          \
    X(C_GetAttributeValue, (CK_SESSION_HANDLE a, CK_OBJECT_HANDLE b, CK_ATTRIBUTE_PTR c, CK_ULONG d), (a, b, c, d))    \
    X(C_CreateObject, (CK_SESSION_HANDLE a, CK_ATTRIBUTE_PTR b, CK_ULONG c, CK_OBJECT_HANDLE_PTR d), (a, b, c, d))     \
    X(C_DestroyObject, (CK_SESSION_HANDLE a, CK_OBJECT_HANDLE b), (a, b))                                              \
    X(C_GenerateKeyPair,                                                                                               \
      (CK_SESSION_HANDLE a, CK_MECHANISM_PTR b, CK_ATTRIBUTE_PTR c, CK_ULONG d, CK_ATTRIBUTE_PTR e, CK_ULONG f,        \
       CK_OBJECT_HANDLE_PTR g, CK_OBJECT_HANDLE_PTR h),                                                                \
      (a, b, c, d, e, f, g, h))                                                                                        \
    X(C_SignInit, (CK_SESSION_HANDLE a, CK_MECHANISM_PTR b, CK_OBJECT_HANDLE c), (a, b, c))                            \
    X(C_Sign, (CK_SESSION_HANDLE a, CK_BYTE_PTR b, CK_ULONG c, CK_BYTE_PTR d, CK_ULONG_PTR e), (a, b, c, d, e))

typedef enum {
#define X(name, params, args) F_##name,
    FUNCTIONS(X)
#undef X
    F_COUNT
} Function;

static const char *const names[F_COUNT] = {
#define X(name, params, args) #name,
    FUNCTIONS(X)
#undef X
};

/* A test's module may have state of its own: one process, one thread. */
static struct {
    CK_FUNCTION_LIST *real;
    CK_FUNCTION_LIST copy;
    uint32_t *counters; /* F_COUNT counters and the fired flag */
    Function function;
    unsigned n;
    char mode[32];
    unsigned delay_ms, keygen_ms, stops;
    int pulled, swapped;
} shim;

static void
nap(unsigned ms)
{
    struct timespec t = { ms / 1000, (long)(ms % 1000) * 1000000L };
    while (nanosleep(&t, &t) != 0)
        ;
}

static int
mode_is(const char *mode)
{
    return strcmp(shim.mode, mode) == 0;
}

/* Whether the fault strikes at this call. */
static int
strikes(Function f)
{
    if (shim.counters == NULL)
        return 0;
    uint32_t now = __atomic_add_fetch(&shim.counters[f], 1, __ATOMIC_SEQ_CST);
    if (shim.mode[0] == 0 || f != shim.function || now < shim.n)
        return 0;
    return __atomic_exchange_n(&shim.counters[F_COUNT], 1, __ATOMIC_SEQ_CST) == 0;
}

static CK_RV
before(Function f, int struck, int *skip)
{
    *skip = 1;
    if (shim.delay_ms > 0)
        nap(shim.delay_ms);
    if (f == F_C_GenerateKeyPair && shim.keygen_ms > 0)
        nap(shim.keygen_ms);
    if (struck && mode_is("pulled"))
        shim.pulled = 1;
    if (struck && mode_is("swapped"))
        shim.swapped = 1;
    if (shim.pulled)
        return f == F_C_GetSlotList || f == F_C_Initialize ? (*skip = 0, CKR_OK) : CKR_DEVICE_REMOVED;
    if (struck && mode_is("error_before"))
        return CKR_DEVICE_ERROR;
    if (struck && mode_is("noroom"))
        return CKR_DEVICE_MEMORY;
    if (struck && mode_is("locked"))
        return CKR_PIN_LOCKED;
    if (struck && mode_is("pin"))
        return CKR_PIN_INCORRECT;
    if (struck && mode_is("kill_before"))
        kill(getpid(), SIGKILL);
    if (struck && mode_is("hang"))
        for (;;)
            pause();
    if (struck && mode_is("scribble")) {
        (void)!write(3, "this is no answer to any question", 33);
        nap(100); /* and then does what it was asked */
    }
    *skip = 0;
    return CKR_OK;
}

static void
flip_or_cut(CK_ATTRIBUTE_PTR attributes, CK_ULONG n, int cut)
{
    for (CK_ULONG i = 0; i < n; i++)
        if (attributes[i].type == CKA_VALUE && attributes[i].pValue != NULL && attributes[i].ulValueLen > 100 &&
            attributes[i].ulValueLen != (CK_ULONG)-1) {
            if (cut)
                attributes[i].ulValueLen = attributes[i].ulValueLen > 5000 ? 5000 : attributes[i].ulValueLen / 2;
            else
                ((unsigned char *)attributes[i].pValue)[attributes[i].ulValueLen / 2] ^= 0x10;
        }
}

static CK_RV
after(int struck, CK_RV rv)
{
    if (struck && mode_is("kill_after"))
        kill(getpid(), SIGKILL);
    if (struck && mode_is("error_after"))
        return CKR_DEVICE_ERROR;
    return rv;
}

/* What a function does besides: a written value is changed on its way in, a read one on its way out. */
static CK_RV
create(CK_SESSION_HANDLE a, CK_ATTRIBUTE_PTR b, CK_ULONG c, CK_OBJECT_HANDLE_PTR d)
{
    CK_ATTRIBUTE copy[32];
    unsigned char *bytes = NULL;
    if (c > 32)
        return CKR_ARGUMENTS_BAD;
    memcpy(copy, b, c * sizeof *b);
    for (CK_ULONG i = 0; i < c; i++)
        if (copy[i].type == CKA_VALUE) {
            bytes = malloc(copy[i].ulValueLen + 1);
            memcpy(bytes, copy[i].pValue, copy[i].ulValueLen);
            copy[i].pValue = bytes;
        }
    flip_or_cut(copy, c, mode_is("short"));
    CK_RV rv = shim.real->C_CreateObject(a, copy, c, d);
    free(bytes);
    return rv;
}

static CK_RV
until_a_gap(CK_SESSION_HANDLE a, CK_OBJECT_HANDLE b, CK_ATTRIBUTE_PTR c, CK_ULONG d)
{
    CK_RV rv = CKR_OK;
    for (CK_ULONG i = 0; i < d && rv == CKR_OK; i++)
        rv = shim.real->C_GetAttributeValue(a, b, c + i, 1);
    return rv;
}

#define X(name, params, args)                                                                                          \
    static CK_RV shim_##name params                                                                                    \
    {                                                                                                                  \
        int skip, struck = strikes(F_##name);                                                                          \
        CK_RV rv = before(F_##name, struck, &skip);                                                                    \
        if (skip)                                                                                                      \
            return rv;                                                                                                 \
        SPECIAL_##name;                                                                                                \
        return after(struck, shim.real->name args);                                                                    \
    }
#define SPECIAL_C_Initialize
#define SPECIAL_C_GetSlotList                                                                                          \
    if (shim.pulled) {                                                                                                 \
        *c = 0;                                                                                                        \
        return CKR_OK;                                                                                                 \
    }
#define SPECIAL_C_GetTokenInfo                                                                                         \
    if (shim.swapped) {                                                                                                \
        rv = shim.real->C_GetTokenInfo(a, b);                                                                          \
        memcpy(b->serialNumber, "SWAPPED000000000", 16);                                                               \
        return rv;                                                                                                     \
    }
#define SPECIAL_C_InitToken
#define SPECIAL_C_InitPIN
#define SPECIAL_C_SetPIN
#define SPECIAL_C_OpenSession
#define SPECIAL_C_Login
#define SPECIAL_C_FindObjectsInit
#define SPECIAL_C_FindObjects
#define SPECIAL_C_GetAttributeValue                                                                                    \
    if (shim.stops)                                                                                                    \
        return until_a_gap(a, b, c, d);                                                                                \
    if (struck && (mode_is("flip") || mode_is("short"))) {                                                             \
        rv = shim.real->C_GetAttributeValue(a, b, c, d);                                                               \
        flip_or_cut(c, d, mode_is("short"));                                                                           \
        return rv;                                                                                                     \
    }
#define SPECIAL_C_CreateObject                                                                                         \
    if (struck && (mode_is("flip") || mode_is("short")))                                                               \
        return create(a, b, c, d);
#define SPECIAL_C_DestroyObject
#define SPECIAL_C_GenerateKeyPair
#define SPECIAL_C_SignInit
#define SPECIAL_C_Sign                                                                                                 \
    if (struck && mode_is("flip")) {                                                                                   \
        rv = shim.real->C_Sign(a, b, c, d, e);                                                                         \
        if (d != NULL && *e > 0)                                                                                       \
            d[*e / 2] ^= 0x10;                                                                                         \
        return rv;                                                                                                     \
    }
FUNCTIONS(X)
#undef X

static unsigned
number(const char *name)
{
    const char *text = getenv(name);
    return text != NULL ? (unsigned)strtoul(text, NULL, 10) : 0;
}

static void
read_orders(void)
{
    const char *state = getenv("SHIM_STATE"), *fault = getenv("SHIM_FAULT");
    char function[64];
    int fd = state != NULL ? open(state, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;
    if (fd >= 0 && ftruncate(fd, 4096) == 0)
        shim.counters = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (fd >= 0)
        close(fd);
    shim.delay_ms = number("SHIM_DELAY_MS");
    shim.keygen_ms = number("SHIM_KEYGEN_MS");
    shim.stops = number("SHIM_STOPS");
    if (fault == NULL || sscanf(fault, "%63s %u %31s", function, &shim.n, shim.mode) != 3)
        return;
    shim.function = F_COUNT;
    for (int i = 0; i < F_COUNT; i++)
        if (strcmp(names[i], function) == 0)
            shim.function = (Function)i;
}

CK_RV
C_GetFunctionList(CK_FUNCTION_LIST_PTR_PTR list)
{
    if (shim.real == NULL) {
        const char *path = getenv("SHIM_MODULE");
        void *library = dlopen(path != NULL ? path : "/usr/lib/softhsm/libsofthsm2.so", RTLD_NOW | RTLD_LOCAL);
        CK_C_GetFunctionList entry = library != NULL ? (CK_C_GetFunctionList)dlsym(library, "C_GetFunctionList") : NULL;
        if (entry == NULL || entry(&shim.real) != CKR_OK)
            return CKR_GENERAL_ERROR;
        shim.copy = *shim.real;
#define X(name, params, args) shim.copy.name = shim_##name;
        FUNCTIONS(X)
#undef X
        read_orders();
    }
    *list = &shim.copy;
    return CKR_OK;
}
