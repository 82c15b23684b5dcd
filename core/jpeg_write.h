/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * jpeg_write.h: JPEG files into memory (libjpeg), for pictures that are only looked at.
 */
#ifndef SB_CORE_JPEG_WRITE_H
#define SB_CORE_JPEG_WRITE_H

#include "core/image.h"

G_BEGIN_DECLS

/* @image grey or RGB, sides up to 65500 px. @quality 1..100. Returns: (transfer full), never NULL. */
GBytes *image_to_jpeg(const Image *image, guint quality);

G_END_DECLS

#endif
