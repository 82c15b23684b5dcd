/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * picture_file.h: an order's seal pictures as files in a folder.
 */
#ifndef SB_PIPELINE_PICTURE_FILE_H
#define SB_PIPELINE_PICTURE_FILE_H

#include "pipeline/order_result.h"

G_BEGIN_DECLS

/**
 * picture_files_write: DIR/ORDER_ID/TYPE.png for each seal that was found; a second one of the same type is
 * TYPE-2.png. Files appear whole or not at all.
 * Returns: (transfer full) a path for each of sheet->seals ("" where there is no picture); an error (SB_ERROR_ENV)
 * leaves the paths of what could be written.
 */
GStrv picture_files_write(const OrderResult *result, const char *dir, GError **error);

G_END_DECLS

#endif
