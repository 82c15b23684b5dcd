/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Helpers over jansson.
 */
#include "pipeline/json_text.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

json_t *
json_text(const char *text)
{
    if (!text)
        return json_null();
    json_t *value = json_string(text);
    if (value)
        return value;
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    return json_string(valid);
}

json_t *
json_number(double value, guint decimals)
{
    double unit = pow(10, decimals);
    if (!isfinite(value))
        return json_null();
    double rounded = round(value * unit) / unit;
    if (fabs(rounded) < 1e15 && rounded == floor(rounded))
        return json_integer((json_int_t)rounded);
    return json_real(rounded);
}

char *
json_line(json_t *value)
{
    char *raw = json_dumps(value, JSON_COMPACT | JSON_REAL_PRECISION(12) | JSON_ENCODE_ANY);
    char *text = g_strdup(raw ? raw : "null");
    free(raw);
    json_decref(value);
    return text;
}

const char *
json_member_text(const json_t *object, const char *key, gsize longest)
{
    const json_t *member = json_object_get(object, key);
    return json_is_string(member) && json_string_length(member) <= longest &&
                   strlen(json_string_value(member)) == json_string_length(member)
               ? json_string_value(member)
               : NULL;
}

gint64
json_member_int(const json_t *object, const char *key, gint64 least, gint64 most, gint64 otherwise)
{
    const json_t *member = json_object_get(object, key);
    if (!json_is_integer(member))
        return otherwise;
    json_int_t number = json_integer_value(member);
    return number >= least && number <= most ? number : otherwise;
}
