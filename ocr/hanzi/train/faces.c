/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * faces.c: the trainer's faces. FreeType draws, straight from the file: no fontconfig, so no silent
 * fallback to another face, and a character that a face lacks is simply not drawn.
 */
#include "ocr/hanzi/train/train.h"

#include "core/error.h"

#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_OUTLINE_H
#include FT_BBOX_H

#include <math.h>
#include <string.h>

enum { UNITS = 1024 }; /* outlines are loaded once at this em, in 26.6 */

struct Face {
    FT_Library library;
    FT_Face ft;
    gunichar loaded; /* the character in the glyph slot */
};

static Face *
face_open(FT_Library library, const char *path, int index, GError **error)
{
    Face *f = g_new0(Face, 1);
    f->library = library;
    if (FT_New_Face(library, path, index, &f->ft) || FT_Set_Pixel_Sizes(f->ft, UNITS, UNITS) ||
        FT_Select_Charmap(f->ft, FT_ENCODING_UNICODE)) {
        g_set_error(error, SB_ERROR, SB_ERROR_ENV, "%s: no such face (index %d)", path, index);
        g_free(f);
        return NULL;
    }
    return f;
}

static gboolean
listed(const char *names, const char *name)
{
    g_auto(GStrv) all = g_strsplit(names, ",", -1);
    return g_strv_contains((const char *const *)all, name);
}

GPtrArray *
faces_load(const char *list, const char *without, const char *only, GError **error)
{
    g_autofree char *text = NULL;
    if (!g_file_get_contents(list, &text, NULL, error))
        return NULL;
    FT_Library library;
    g_assert(!FT_Init_FreeType(&library)); /* lives as long as the program */
    g_autoptr(GPtrArray) faces = g_ptr_array_new();
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    static const char *const styles[] = {"song", "hei", "kai", "fang"};
    for (guint i = 0; lines[i]; i++) {
        char style[16], family[32], flags[16], path[256];
        int index;
        if (lines[i][0] == '#' || sscanf(lines[i], "%15s %31s %15s %d %255s", style, family, flags, &index, path) != 5)
            continue;
        if ((without && listed(without, family)) || (only && !listed(only, family)))
            continue;
        TrainFace *t = g_new0(TrainFace, 1);
        for (guint s = 0; s < G_N_ELEMENTS(styles); s++)
            if (!strcmp(style, styles[s]))
                t->style = (int)s;
        t->family = g_strdup(family);
        t->latin = !strcmp(flags, "latin");
        t->number = i;
        t->face = face_open(library, path, index, error);
        if (!t->face)
            return NULL;
        g_ptr_array_add(faces, t);
    }
    return g_steal_pointer(&faces);
}

static gboolean
load(Face *f, gunichar c)
{
    if (f->loaded == c)
        return TRUE;
    f->loaded = 0;
    FT_UInt glyph = FT_Get_Char_Index(f->ft, c);
    if (!glyph || FT_Load_Glyph(f->ft, glyph, FT_LOAD_NO_HINTING | FT_LOAD_NO_BITMAP) ||
        f->ft->glyph->format != FT_GLYPH_FORMAT_OUTLINE || f->ft->glyph->outline.n_points < 3)
        return FALSE;
    f->loaded = c;
    return TRUE;
}

gboolean
face_has(Face *f, gunichar c)
{
    return load(f, c);
}

gboolean
face_geometry(Face *f, gunichar c, int geometry[HZ_GEOMETRY])
{
    if (!load(f, c))
        return FALSE;
    FT_BBox b;
    FT_Outline_Get_BBox(&f->ft->glyph->outline, &b);
    double em = UNITS * 64.0 / 100;
    geometry[HZ_GEO_WIDTH] = (int)lround((double)(b.xMax - b.xMin) / em);
    geometry[HZ_GEO_HEIGHT] = (int)lround((double)(b.yMax - b.yMin) / em);
    geometry[HZ_GEO_TOP] = (int)lround(88 - (double)b.yMax / em);
    geometry[HZ_GEO_BOTTOM] = (int)lround(88 - (double)b.yMin / em);
    geometry[HZ_GEO_ADVANCE] = (int)lround((double)f->ft->glyph->advance.x / em);
    return TRUE;
}

gboolean
face_paint(Face *f, gunichar c, double em_px, double weight, double x, double baseline, guint8 *canvas, int width,
           int height)
{
    if (!load(f, c))
        return FALSE;
    const FT_Outline *source = &f->ft->glyph->outline;
    FT_Outline o;
    if (FT_Outline_New(f->library, (FT_UInt)source->n_points, source->n_contours, &o))
        return FALSE;
    FT_Outline_Copy(source, &o);
    FT_Fixed s = (FT_Fixed)(65536 * em_px / UNITS);
    FT_Matrix m = {s, 0, 0, s};
    FT_Outline_Transform(&o, &m);
    FT_Outline_Embolden(&o, (FT_Pos)(weight * em_px * 64));
    FT_Outline_Translate(&o, (FT_Pos)(x * 64), (FT_Pos)((height - baseline) * 64));
    FT_Bitmap b = {.rows = (guint)height, .width = (guint)width, .pitch = width, .buffer = canvas, .num_grays = 256,
                   .pixel_mode = FT_PIXEL_MODE_GRAY};
    gboolean ok = !FT_Outline_Get_Bitmap(f->library, &o, &b);
    FT_Outline_Done(f->library, &o);
    return ok;
}

/* ---- damage -------------------------------------------------------------------------------------- */

const Harm harm_training = {14, 60, .058, 16};
const Harm harm_clean = {36, 60, .010, 3};
const Harm harm_light = {26, 48, .025, 8};
const Harm harm_medium = {19, 32, .035, 14};
const Harm harm_heavy = {14, 22, .060, 22};

enum { CANVAS = 112 };

static guint64
mix(guint64 z)
{
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

Dice
dice_new(guint64 seed, guint64 a, guint64 b, guint64 c)
{
    return (Dice){mix(seed + mix(a + mix(b + mix(c + 0x9e3779b97f4a7c15u))))};
}

double
dice_unit(Dice *d)
{
    d->state += 0x9e3779b97f4a7c15u;
    return (double)(mix(d->state) >> 11) * 0x1p-53;
}

double
dice_range(Dice *d, double low, double high)
{
    return low + (high - low) * dice_unit(d);
}

double
dice_normal(Dice *d)
{
    d->state += 0x9e3779b97f4a7c15u;
    guint64 z = mix(d->state); /* four uniform numbers of 16 bits: near enough, and cheap a pixel */
    int sum = (int)(z & 0xffff) + (int)(z >> 16 & 0xffff) + (int)(z >> 32 & 0xffff) + (int)(z >> 48);
    return (sum - 131070) * (1 / 37837.0);
}

/* Outline -> 8-bit coverage at em_px on a side x side picture; the em's centre on its centre. */
static gboolean
rasterise(Face *f, double em_px, Dice *dice, guint8 *canvas, int side)
{
    const FT_Outline *source = &f->ft->glyph->outline;
    FT_Outline o;
    if (FT_Outline_New(f->library, (FT_UInt)source->n_points, source->n_contours, &o))
        return FALSE;
    FT_Outline_Copy(source, &o);
    double s = em_px / UNITS, angle = dice_normal(dice) * .5 * G_PI / 180, shear = dice_normal(dice) * .015;
    double kx = s * (1 + .02 * dice_normal(dice)), ky = s * (1 + .02 * dice_normal(dice));
    double weight = em_px * 64 * dice_range(dice, -.012, .022);
    FT_Pos advance = f->ft->glyph->advance.x;
    FT_Outline_Translate(&o, -advance / 2, -(FT_Pos)(UNITS * 64 * .38));
    FT_Matrix m = {(FT_Fixed)(65536 * kx * cos(angle)), (FT_Fixed)(65536 * (kx * shear - ky * sin(angle))),
                   (FT_Fixed)(65536 * kx * sin(angle)), (FT_Fixed)(65536 * ky * cos(angle))};
    FT_Outline_Transform(&o, &m);
    FT_Outline_Embolden(&o, (FT_Pos)weight);
    FT_Outline_Translate(&o, (FT_Pos)(64 * (side / 2 + dice_unit(dice)) - weight / 2),
                         (FT_Pos)(64 * (side / 2 + dice_unit(dice)) - weight / 2));
    FT_Bitmap b = {.rows = (guint)side, .width = (guint)side, .pitch = side, .buffer = canvas, .num_grays = 256,
                   .pixel_mode = FT_PIXEL_MODE_GRAY};
    memset(canvas, 0, (gsize)(side * side));
    gboolean ok = !FT_Outline_Get_Bitmap(f->library, &o, &b);
    FT_Outline_Done(f->library, &o);
    return ok;
}

static void
blur(float *px, int side, double sigma)
{
    float k[16], sum = 0, line[CANVAS];
    int r = MIN(15, (int)ceil(2.6 * sigma));
    if (sigma < .2)
        return;
    for (int i = 0; i <= r; i++) {
        k[i] = (float)exp(-.5 * i * i / (sigma * sigma));
        sum += i ? 2 * k[i] : k[i];
    }
    for (int i = 0; i <= r; i++)
        k[i] /= sum;
    for (int y = 0; y < side; y++) {
        float *row = px + y * side;
        memcpy(line, row, sizeof(float) * (gsize)side);
        for (int x = r; x < side - r; x++)
            row[x] = line[x] * k[0];
        for (int i = 1; i <= r; i++)
            for (int x = r; x < side - r; x++)
                row[x] += k[i] * (line[x - i] + line[x + i]);
    }
    g_autofree float *copy = g_memdup2(px, sizeof(float) * (gsize)(side * side));
    for (int y = r; y < side - r; y++) {
        float *row = px + y * side;
        for (int x = 0; x < side; x++)
            row[x] = copy[y * side + x] * k[0];
        for (int i = 1; i <= r; i++) {
            const float *a = copy + (y - i) * side, *b = copy + (y + i) * side;
            for (int x = 0; x < side; x++)
                row[x] += k[i] * (a[x] + b[x]);
        }
    }
}

/* The level that hz_line_new gives: the median of what is clearly ink at about 230. */
static float
ink_level(const float *px, int n)
{
    guint histogram[256] = {0}, ink = 0, seen = 0;
    float top = 1;
    for (int i = 0; i < n; i++)
        top = MAX(top, px[i]);
    for (int i = 0; i < n; i++)
        if (px[i] > .3f * top) {
            histogram[CLAMP((int)(px[i] * 255 / top), 0, 255)]++;
            ink++;
        }
    for (int v = 0; v < 256; v++)
        if ((seen += histogram[v]) * 2 >= ink)
            return (float)(v + 1) * top / 255;
    return top;
}

gboolean
draw_cell(Face *f, gunichar c, const Harm *harm, Dice *dice, HzInk *ink, HzRect *rect)
{
    if (!load(f, c))
        return FALSE;
    guint8 canvas[CANVAS * CANVAS];
    float px[CANVAS * CANVAS];
    double em = harm->em_px_low * pow(harm->em_px_high / harm->em_px_low, dice_unit(dice));
    int side = MIN(CANVAS, (int)(em * 1.4) + 12);
    double advance = CLAMP((double)f->ft->glyph->advance.x / (UNITS * 64.0), .2, 1.1);
    if (!rasterise(f, em, dice, canvas, side))
        return FALSE;
    double gamma = exp(dice_range(dice, log(.7), log(1.4)));
    float table[256];
    for (int i = 0; i < 256; i++)
        table[i] = (float)(255 * pow(i / 255.0, gamma));
    for (int i = 0; i < side * side; i++)
        px[i] = canvas[i];
    double sigma = em * harm->blur_em * pow(dice_unit(dice), .7) + .25;
    blur(px, side, sigma);
    double contrast = dice_range(dice, .6, 1), noise = exp(dice_range(dice, 0, log(harm->noise)));
    for (int i = 0; i < side * side; i++)
        px[i] = (float)(contrast * table[CLAMP((int)px[i], 0, 255)] + noise * dice_normal(dice));
    if (dice_unit(dice) < .5) /* the camera's or the JPEG's own smoothing */
        blur(px, side, dice_range(dice, .3, .6));

    /* to em HZ_EM, as the caller's warp would */
    double step = em / HZ_EM, level = 230 * dice_range(dice, .85, 1.15);
    float gain = (float)(level / ink_level(px, side * side)), paper = (float)(dice_normal(dice) * 6);
    ink->width = ink->height = DRAW_SIDE;
    memset(ink->px, 0, DRAW_SIDE * DRAW_SIDE);
    enum { FROM = DRAW_SIDE / 2 - HZ_EM * 2 / 3, TO = DRAW_SIDE - FROM }; /* as far as any cut goes */
    for (int y = FROM; y < TO; y++) {
        double v = CLAMP(side / 2 + (y + .5 - DRAW_SIDE / 2) * step - .5, 0, side - 2);
        int j = (int)v;
        float fy = (float)(v - j);
        for (int x = FROM; x < TO; x++) {
            double u = CLAMP(side / 2 + (x + .5 - DRAW_SIDE / 2) * step - .5, 0, side - 2);
            int i = (int)u;
            float fx = (float)(u - i);
            const float *p = px + j * side + i;
            float top = p[0] + fx * (p[1] - p[0]), low = p[side] + fx * (p[side + 1] - p[side]);
            ink->px[y * DRAW_SIDE + x] = (guint8)CLAMP((top + fy * (low - top)) * gain + paper, 0, 255);
        }
    }
    double half = advance * HZ_EM / 2 + .04 * HZ_EM;
    rect->x0 = (int)lround(DRAW_SIDE / 2 - half + dice_normal(dice) * .02 * HZ_EM);
    rect->x1 = (int)lround(DRAW_SIDE / 2 + half + dice_normal(dice) * .02 * HZ_EM);
    rect->y0 = (int)lround(DRAW_SIDE / 2 - .6 * HZ_EM);
    rect->y1 = (int)lround(DRAW_SIDE / 2 + .6 * HZ_EM);
    return TRUE;
}
