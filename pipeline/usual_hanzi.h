/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * usual_hanzi.h: is this one of the 6,763 hanzi of GB 2312? Names have few others.
 */
#ifndef SB_PIPELINE_USUAL_HANZI_H
#define SB_PIPELINE_USUAL_HANZI_H

#include <glib.h>

G_BEGIN_DECLS

gboolean is_usual_hanzi(gunichar c);

G_END_DECLS

#endif
