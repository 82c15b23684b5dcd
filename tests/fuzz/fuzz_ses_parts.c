/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzing what stands around a seal: pictures, time stamps, lists of revoked seals, trust files.
 * The first byte chooses; the rest is the input. Building and running: see fuzz_ses.c.
 */
#include "sealgen/seal_list.h"
#include "sealgen/ses_picture.h"
#include "sealgen/ses_stamp.h"
#include "sealgen/sm2.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize length);

static void
try_stamp(GBytes *bytes, GBytes *signature)
{
    g_autoptr(SesTrust) trust = ses_trust_new();
    SesStampInfo info;
    g_autoptr(GBytes) token = ses_stamp_token_from_response(bytes, signature, NULL);
    if (ses_stamp_check(bytes, signature, trust, &info, NULL))
        ses_stamp_info_clear(&info);
}

static void
try_trust(GBytes *bytes)
{
    g_autoptr(SesTrust) trust = ses_trust_new();
    ses_trust_add_certificates(trust, bytes, NULL);
    ses_trust_add_crls(trust, bytes, NULL);
    g_autoptr(Sm2Key) key = sm2_key_from_certificate(bytes, NULL);
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize length)
{
    if (length == 0)
        return 0;
    g_autoptr(GBytes) bytes = g_bytes_new(data + 1, length - 1);
    g_autoptr(GBytes) signature = g_bytes_new_static("signature", 9);
    SesPictureInfo info;
    switch (data[0] % 5) {
    case 0:
        ses_picture_probe(bytes, &info, NULL);
        break;
    case 1:
        try_stamp(bytes, signature);
        break;
    case 2: {
        g_autoptr(SesTrust) trust = ses_trust_new();
        g_autoptr(SealList) list = seal_list_read(bytes, trust, 0, NULL);
        break;
    }
    case 3:
        try_trust(bytes);
        break;
    default:
        sm2_signature_check_der(data + 1, length - 1, NULL);
    }
    return 0;
}
