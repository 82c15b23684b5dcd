/* SPDX-License-Identifier: GPL-3.0-or-later */
/* qr.c: the one home of zbar. */
#include "core/qr.h"

#include <string.h>
#include <zbar.h>

enum { MAX_TEXT = 4096, MAX_CODES = 16 };

void
qr_code_free(QrCode *code)
{
    if (!code)
        return;
    g_free(code->text);
    g_free(code);
}

static QrCode *
code_from_symbol(const zbar_symbol_t *symbol)
{
    guint length = zbar_symbol_get_data_length(symbol);
    const char *data = zbar_symbol_get_data(symbol);
    if (length > MAX_TEXT || zbar_symbol_get_loc_size(symbol) < 4 || !g_utf8_validate(data, length, NULL))
        return NULL;
    QrCode *code = g_new0(QrCode, 1);
    code->text = g_strndup(data, length);
    for (guint i = 0; i < 4; i++) /* zbar goes top left, bottom left, bottom right, top right */
        code->box_px.p[(4 - i) % 4] = (Point){ zbar_symbol_get_loc_x(symbol, i), zbar_symbol_get_loc_y(symbol, i) };
    return code;
}

GPtrArray *
qr_find(const Image *grey)
{
    g_assert(grey->channels == 1);
    GPtrArray *codes = g_ptr_array_new_with_free_func((GDestroyNotify)qr_code_free);
    zbar_image_scanner_t *scanner = zbar_image_scanner_create();
    zbar_image_scanner_set_config(scanner, 0, ZBAR_CFG_ENABLE, 0);
    zbar_image_scanner_set_config(scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1);
    zbar_image_t *image = zbar_image_create();
    zbar_image_set_format(image, zbar_fourcc('Y', '8', '0', '0'));
    zbar_image_set_size(image, grey->width, grey->height);
    zbar_image_set_data(image, grey->data, (unsigned long)grey->width * grey->height, NULL);
    zbar_scan_image(scanner, image);
    for (const zbar_symbol_t *s = zbar_image_first_symbol(image); s && codes->len < MAX_CODES;
         s = zbar_symbol_next(s)) {
        QrCode *code = zbar_symbol_get_type(s) == ZBAR_QRCODE ? code_from_symbol(s) : NULL;
        if (code)
            g_ptr_array_add(codes, code);
    }
    zbar_image_destroy(image);
    zbar_image_scanner_destroy(scanner);
    return codes;
}
