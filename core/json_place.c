/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json_place.c: walks a valid JSON text along a pointer. */
#include "core/json_place.h"

#include <string.h>

static const char *
skip_blank(const char *p)
{
    while (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r')
        p++;
    return p;
}

/* @p at the opening quote; returns behind the closing one. */
static const char *
skip_string(const char *p)
{
    for (p++; *p && *p != '"'; p++)
        if (*p == '\\' && p[1])
            p++;
    return *p ? p + 1 : p;
}

static const char *
skip_value(const char *p)
{
    p = skip_blank(p);
    if (*p == '"')
        return skip_string(p);
    if (*p != '{' && *p != '[')
        return p + strcspn(p, ",]} \t\r\n");
    int depth = 0;
    while (*p) {
        if (*p == '"') {
            p = skip_string(p);
            continue;
        }
        if (*p == '{' || *p == '[')
            depth++;
        if ((*p == '}' || *p == ']') && --depth == 0)
            return p + 1;
        p++;
    }
    return p;
}

/* Keys of orders are plain ASCII without escapes; an escaped key is never found, which is harmless. */
static const char *
find_member(const char *object, const char *key)
{
    gsize length = strlen(key);
    const char *p = skip_blank(object + 1);
    while (*p == '"') {
        const char *name = p + 1;
        p = skip_string(p);
        gboolean same = (gsize)(p - 1 - name) == length && strncmp(name, key, length) == 0;
        p = skip_blank(p);
        p = skip_blank(*p == ':' ? p + 1 : p);
        if (same)
            return p;
        p = skip_blank(skip_value(p));
        p = skip_blank(*p == ',' ? p + 1 : p);
    }
    return NULL;
}

static const char *
find_element(const char *array, guint64 index)
{
    const char *p = skip_blank(array + 1);
    for (guint64 i = 0; *p && *p != ']'; i++) {
        if (i == index)
            return p;
        p = skip_blank(skip_value(p));
        p = skip_blank(*p == ',' ? p + 1 : p);
    }
    return NULL;
}

gboolean
json_place(const char *json, const char *pointer, guint *line, guint *column)
{
    g_auto(GStrv) steps = g_strsplit(pointer, "/", -1);
    const char *p = skip_blank(json);
    for (guint i = 1; p && steps[0] && steps[i]; i++) {
        if (*p == '{')
            p = find_member(p, steps[i]);
        else if (*p == '[')
            p = find_element(p, g_ascii_strtoull(steps[i], NULL, 10));
        else
            p = NULL;
    }
    if (!p)
        return FALSE;
    const char *start = json;
    *line = 1;
    for (const char *q = json; q < p; q++)
        if (*q == '\n')
            (*line)++, start = q + 1;
    *column = (guint)g_utf8_strlen(start, p - start) + 1;
    return TRUE;
}
