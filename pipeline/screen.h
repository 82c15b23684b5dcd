/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * screen.h: text in columns of a terminal, where a hanzi takes two.
 */
#ifndef SB_PIPELINE_SCREEN_H
#define SB_PIPELINE_SCREEN_H

#include <glib.h>

G_BEGIN_DECLS

/* Of the terminal behind @fd; 0: it is none. */
guint screen_columns(int fd);
/* Columns and lines; 80 x 24 where it is no terminal. */
void screen_size(int fd, guint *columns, guint *lines);

guint screen_width(const char *text);

/* Appends @text in exactly @width columns; what is too long loses its beginning (@keep_end) or its end. */
void screen_pad(GString *out, const char *text, guint width, gboolean keep_end);

/* (transfer full) One row of a table: cells of @widths columns, a space between them, the last one as long as it is. What is
 * too long pushes the rest to the right. */
char *screen_row(const char *const *cells, const guint *widths, guint n);

/* (transfer full) @text in lines of at most @columns columns, each indented by @indent, broken between words or hanzi.
 * @columns 0: one line. */
char *screen_fold(const char *text, guint indent, guint columns);

G_END_DECLS

#endif
