/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * faces.c: faces.txt, each face checked to be installed.
 */
#include "ocr/model/faces.h"

#include <pango/pangocairo.h>
#include <string.h>

struct Faces {
    GPtrArray *all; /* Face * */
    double total;
};

static void
face_free(gpointer data)
{
    Face *face = data;
    g_free(face->name);
    g_free(face);
}

void
faces_free(Faces *faces)
{
    if (!faces)
        return;
    g_ptr_array_unref(faces->all);
    g_free(faces);
}

/* fontconfig always finds something: only the family it found tells whether the face is there. */
static gboolean
is_installed(const char *name)
{
    PangoFontMap *map = pango_cairo_font_map_get_default();
    PangoContext *context = pango_font_map_create_context(map);
    PangoFontDescription *asked = pango_font_description_from_string(name);
    pango_font_description_set_size(asked, 40 * PANGO_SCALE);
    PangoFont *font = pango_font_map_load_font(map, context, asked);
    gboolean same = FALSE;
    if (font) {
        PangoFontDescription *found = pango_font_describe(font);
        const char *got = pango_font_description_get_family(found);
        same = g_ascii_strcasecmp(got, pango_font_description_get_family(asked)) == 0;
        pango_font_description_free(found);
        g_object_unref(font);
    }
    pango_font_description_free(asked);
    g_object_unref(context);
    return same;
}

static gboolean
add_line(Faces *faces, const char *line, CodesKind kind, FacesSet set, GError **error)
{
    g_auto(GStrv) word = g_strsplit_set(line, " \t", -1);
    const char *part[3] = { 0 };
    guint n = 0, i;
    for (i = 0; word[i] && n < 3; i++)
        if (*word[i])
            part[n++] = word[i];
    g_autofree char *rest = g_strjoinv(" ", word + i);
    g_strstrip(rest);
    if (n < 3 || !*rest) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "faces: \"%s\" is not SET KIND WEIGHT NAME", line);
        return FALSE;
    }
    gboolean of_set = g_str_equal(part[0], set == FACES_TRAIN ? "train" : "test");
    gboolean of_kind = g_str_equal(part[1], "both") || g_str_equal(part[1], kind == CODES_CREDIT ? "credit" : "citizen");
    if (!of_set || !of_kind)
        return TRUE;
    if (!is_installed(rest)) {
        g_set_error(error, SB_ERROR, SB_ERROR_ENV, "the face \"%s\" is not installed", rest);
        return FALSE;
    }
    Face *face = g_new0(Face, 1);
    face->name = g_steal_pointer(&rest);
    face->weight = g_ascii_strtod(part[2], NULL);
    faces->total += face->weight;
    g_ptr_array_add(faces->all, face);
    return TRUE;
}

Faces *
faces_open(const char *path, CodesKind kind, FacesSet set, GError **error)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) local = NULL;
    if (!g_file_get_contents(path, &text, NULL, &local)) {
        g_set_error(error, SB_ERROR, SB_ERROR_ENV, "%s", local->message);
        return NULL;
    }
    g_autoptr(Faces) faces = g_new0(Faces, 1);
    faces->all = g_ptr_array_new_with_free_func(face_free);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i]; i++) {
        char *comment = strchr(lines[i], '#');
        if (comment)
            *comment = '\0';
        if (*g_strstrip(lines[i]) && !add_line(faces, lines[i], kind, set, error))
            return NULL;
    }
    if (!(faces->total > 0)) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "%s has no face for this kind and set", path);
        return NULL;
    }
    return g_steal_pointer(&faces);
}

const Face *
faces_pick(const Faces *faces, GRand *rand)
{
    double at = g_rand_double(rand) * faces->total;
    for (guint i = 0; i + 1 < faces->all->len; i++) {
        const Face *face = g_ptr_array_index(faces->all, i);
        if ((at -= face->weight) < 0)
            return face;
    }
    return g_ptr_array_index(faces->all, faces->all->len - 1);
}

guint
faces_count(const Faces *faces)
{
    return faces->all->len;
}

const Face *
faces_get(const Faces *faces, guint index)
{
    g_return_val_if_fail(index < faces->all->len, NULL);
    return g_ptr_array_index(faces->all, index);
}
