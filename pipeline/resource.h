/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * resource.h: the data files that are built into the program (profiles, the review page).
 */
#ifndef SB_PIPELINE_RESOURCE_H
#define SB_PIPELINE_RESOURCE_H

#include <gio/gio.h>

G_BEGIN_DECLS

/* (transfer none) Generated from sealbatch.gresource.xml. */
GResource *pipeline_resource(void);

/* Returns: (transfer full) the text of "review.html", zero-terminated. A missing one is a bug. */
char *pipeline_resource_text(const char *name);

G_END_DECLS

#endif
