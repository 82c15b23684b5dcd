/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A PKCS#11 module with one token, one SM2 private key (PEM file named by SM2_TOKEN_KEY) and one vendor
 * mechanism that signs a 32-byte digest and answers r || s: what a CA's HSM looks like to the signer.
 * SM2_TOKEN_FAULT=hang|zero makes C_Sign misbehave.
 */
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <p11-kit/pkcs11.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SERIAL "HSM0000000000001"
#define PIN "135790"
#define MECHANISM (CKM_VENDOR_DEFINED | 0x8001ul)
#define KEY 7

static CK_BBOOL logged_in, key_listed;
static unsigned long wrong_pins;

static void
pad(CK_UTF8CHAR *field, size_t size, const char *text)
{
    memset(field, ' ', size);
    memcpy(field, text, strlen(text));
}

static CK_RV
initialize(void *args)
{
    return CKR_OK;
}

static CK_RV
finalize(void *args)
{
    return CKR_OK;
}

static CK_RV
get_slot_list(CK_BBOOL present, CK_SLOT_ID *slots, CK_ULONG *n)
{
    if (slots && *n > 0)
        slots[0] = 3;
    *n = 1;
    return CKR_OK;
}

static CK_RV
get_token_info(CK_SLOT_ID slot, CK_TOKEN_INFO *info)
{
    memset(info, 0, sizeof *info);
    pad(info->label, sizeof info->label, "seal maker");
    pad(info->manufacturerID, sizeof info->manufacturerID, "test");
    pad(info->model, sizeof info->model, "hsm");
    pad(info->serialNumber, sizeof info->serialNumber, SERIAL);
    info->flags = CKF_TOKEN_INITIALIZED | CKF_USER_PIN_INITIALIZED | CKF_LOGIN_REQUIRED;
    return CKR_OK;
}

static CK_RV
open_session(CK_SLOT_ID slot, CK_FLAGS flags, void *data, CK_NOTIFY notify, CK_SESSION_HANDLE *session)
{
    *session = 5;
    return CKR_OK;
}

static CK_RV
close_all_sessions(CK_SLOT_ID slot)
{
    logged_in = CK_FALSE;
    return CKR_OK;
}

static CK_RV
login(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR *pin, CK_ULONG length)
{
    if (length != strlen(PIN) || memcmp(pin, PIN, length) != 0)
        return ++wrong_pins >= 3 ? CKR_PIN_LOCKED : CKR_PIN_INCORRECT;
    logged_in = CK_TRUE;
    return CKR_OK;
}

static CK_RV
find_objects_init(CK_SESSION_HANDLE session, CK_ATTRIBUTE *match, CK_ULONG n)
{
    key_listed = logged_in;
    for (CK_ULONG i = 0; i < n; i++)
        if (match[i].type == CKA_ID && (match[i].ulValueLen != 2 || memcmp(match[i].pValue, "\1\2", 2) != 0))
            key_listed = CK_FALSE;
    return CKR_OK;
}

static CK_RV
find_objects(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *objects, CK_ULONG max, CK_ULONG *n)
{
    *n = key_listed ? 1 : 0;
    if (key_listed)
        objects[0] = KEY;
    key_listed = CK_FALSE;
    return CKR_OK;
}

static CK_RV
find_objects_final(CK_SESSION_HANDLE session)
{
    return CKR_OK;
}

static CK_RV
sign_init(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
    return key != KEY ? CKR_KEY_HANDLE_INVALID : mechanism->mechanism != MECHANISM ? CKR_MECHANISM_INVALID : CKR_OK;
}

static int
sm2_sign(const unsigned char *digest, size_t length, unsigned char raw[64])
{
    unsigned char der[80];
    const unsigned char *p = der;
    size_t size = sizeof der;
    FILE *file = fopen(getenv("SM2_TOKEN_KEY"), "r");
    EVP_PKEY *key = file ? PEM_read_PrivateKey(file, NULL, NULL, NULL) : NULL;
    EVP_PKEY_CTX *ctx = key ? EVP_PKEY_CTX_new(key, NULL) : NULL;
    ECDSA_SIG *sig = NULL;
    if (ctx && EVP_PKEY_sign_init(ctx) == 1 && EVP_PKEY_sign(ctx, der, &size, digest, length) == 1)
        sig = d2i_ECDSA_SIG(NULL, &p, (long)size);
    int ok = sig && BN_bn2binpad(ECDSA_SIG_get0_r(sig), raw, 32) == 32 &&
             BN_bn2binpad(ECDSA_SIG_get0_s(sig), raw + 32, 32) == 32;
    ECDSA_SIG_free(sig);
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(key);
    if (file)
        fclose(file);
    return ok;
}

static CK_RV
sign(CK_SESSION_HANDLE session, CK_BYTE *data, CK_ULONG length, CK_BYTE *signature, CK_ULONG *size)
{
    const char *fault = getenv("SM2_TOKEN_FAULT");
    if (fault && strcmp(fault, "hang") == 0)
        sleep(60);
    if (*size < 64 || length != 32)
        return CKR_DATA_LEN_RANGE;
    *size = 64;
    memset(signature, 0, 64);
    if (fault && strcmp(fault, "zero") == 0)
        return CKR_OK;
    return sm2_sign(data, length, signature) ? CKR_OK : CKR_DEVICE_ERROR;
}

CK_RV
C_GetFunctionList(CK_FUNCTION_LIST **list)
{
    static CK_FUNCTION_LIST functions = {
        .version = { 2, 40 },
        .C_Initialize = initialize,
        .C_Finalize = finalize,
        .C_GetSlotList = get_slot_list,
        .C_GetTokenInfo = get_token_info,
        .C_OpenSession = open_session,
        .C_CloseAllSessions = close_all_sessions,
        .C_Login = login,
        .C_FindObjectsInit = find_objects_init,
        .C_FindObjects = find_objects,
        .C_FindObjectsFinal = find_objects_final,
        .C_SignInit = sign_init,
        .C_Sign = sign,
    };
    *list = &functions;
    return CKR_OK;
}
