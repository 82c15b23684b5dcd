/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Columns.
 */
#include "pipeline/screen.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { COLUMNS = 80, LINES = 24 };

static guint
wide(const char *p)
{
    return g_unichar_iswide(g_utf8_get_char(p)) ? 2 : 1;
}

void
screen_size(int fd, guint *columns, guint *lines)
{
    struct winsize size;
    gboolean known = ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0;
    *columns = known ? size.ws_col : COLUMNS;
    *lines = known ? size.ws_row : LINES;
}

guint
screen_columns(int fd)
{
    guint columns, lines;
    screen_size(fd, &columns, &lines);
    return isatty(fd) ? columns : 0;
}

guint
screen_width(const char *text)
{
    guint width = 0;
    for (const char *p = text; *p; p = g_utf8_next_char(p))
        width += wide(p);
    return width;
}

void
screen_pad(GString *out, const char *text, guint width, gboolean keep_end)
{
    guint left = screen_width(text);
    for (const char *p = text; *p; p = g_utf8_next_char(p)) {
        guint columns = wide(p);
        gboolean cut = keep_end && left > width;
        left -= columns;
        if (cut)
            continue;
        if (columns > width)
            break;
        g_string_append_unichar(out, g_utf8_get_char(p));
        width -= columns;
    }
    for (; width > 0; width--)
        g_string_append_c(out, ' ');
}

char *
screen_row(const char *const *cells, const guint *widths, guint n)
{
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < n; i++) {
        const char *cell = cells[i] ? cells[i] : "-";
        if (i + 1 < n) {
            screen_pad(out, cell, MAX(widths[i], screen_width(cell)), FALSE);
            g_string_append_c(out, ' ');
        } else
            g_string_append(out, cell);
    }
    return g_strchomp(g_string_free(out, FALSE));
}

/* The end of what must stay together: a word with the space behind it, or one hanzi. */
static const char *
piece_end(const char *p)
{
    if (wide(p) == 2)
        return g_utf8_next_char(p);
    while (*p && *p != ' ' && wide(p) == 1)
        p = g_utf8_next_char(p);
    return *p == ' ' ? p + 1 : p;
}

char *
screen_fold(const char *text, guint indent, guint columns)
{
    GString *out = g_string_new(NULL);
    guint at = indent;
    for (guint i = 0; i < indent; i++)
        g_string_append_c(out, ' ');
    while (*text) {
        const char *end = piece_end(text);
        g_autofree char *piece = g_strndup(text, (gsize)(end - text)), *bare = g_strchomp(g_strdup(piece));
        if (columns && at > indent && at + screen_width(bare) > columns) {
            if (out->str[out->len - 1] == ' ')
                g_string_truncate(out, out->len - 1);
            g_string_append_c(out, '\n');
            for (at = 0; at < indent; at++)
                g_string_append_c(out, ' ');
        }
        g_string_append(out, piece);
        at += screen_width(piece);
        text = end;
    }
    return g_string_free(out, FALSE);
}
