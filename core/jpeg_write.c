/* SPDX-License-Identifier: GPL-3.0-or-later */
/* jpeg_write.c: JPEG into memory. Errors of libjpeg here can only be bugs: the input is our own pixels. */
#include "core/jpeg_write.h"

#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>

static void
fail(j_common_ptr cinfo)
{
    char message[JMSG_LENGTH_MAX];
    cinfo->err->format_message(cinfo, message);
    g_error("libjpeg: %s", message); /* aborts: cannot happen with valid pixels */
}

GBytes *
image_to_jpeg(const Image *image, guint quality)
{
    struct jpeg_compress_struct cinfo = { 0 };
    struct jpeg_error_mgr errors;
    unsigned char *bytes = NULL;
    unsigned long length = 0;
    g_assert(image->channels == 1 || image->channels == 3);
    cinfo.err = jpeg_std_error(&errors);
    errors.error_exit = fail;
    jpeg_create_compress(&cinfo);
    jpeg_mem_dest(&cinfo, &bytes, &length);
    cinfo.image_width = image->width;
    cinfo.image_height = image->height;
    cinfo.input_components = (int)image->channels;
    cinfo.in_color_space = image->channels == 3 ? JCS_RGB : JCS_GRAYSCALE;
    jpeg_set_defaults(&cinfo);
    jpeg_set_quality(&cinfo, (int)quality, TRUE);
    jpeg_start_compress(&cinfo, TRUE);
    while (cinfo.next_scanline < cinfo.image_height) {
        JSAMPROW row = (JSAMPROW)(image->data + (gsize)cinfo.next_scanline * image->width * image->channels);
        jpeg_write_scanlines(&cinfo, &row, 1);
    }
    jpeg_finish_compress(&cinfo);
    jpeg_destroy_compress(&cinfo);
    return g_bytes_new_with_free_func(bytes, length, free, bytes);
}
