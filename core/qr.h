/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * qr.h: QR codes in a picture (zbar): a licence's own, or our sheet's.
 */
#ifndef SB_CORE_QR_H
#define SB_CORE_QR_H

#include "core/image.h"

G_BEGIN_DECLS

typedef struct {
    char *text; /* UTF-8; at most 4096 bytes */
    Quad box_px;
} QrCode;

void qr_code_free(QrCode *code);

/* @grey 1 channel. Returns: (transfer full) (element-type QrCode), perhaps empty. */
GPtrArray *qr_find(const Image *grey);

G_END_DECLS

#endif
