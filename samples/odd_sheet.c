/* SPDX-License-Identifier: GPL-3.0-or-later */
/* odd_sheet.c: the designs as a table, drawn by one routine. */
#include "samples/odd_sheet.h"

#include <math.h>

#include "samples/flaws.h"

const OddForm odd_forms[] = {
    /* name, paper, samples, columns, box, guide, letterhead, red labels, instructions, signed over, page each */
    { "red-rules", 210, 297, 3, FALSE, BOX_RED, GUIDE_NONE, FALSE, TRUE, FALSE, FALSE, FALSE },
    { "columns", 210, 297, 3, TRUE, BOX_TABLE, GUIDE_NONE, FALSE, FALSE, FALSE, FALSE, FALSE },
    { "two-by-three", 210, 297, 2, FALSE, BOX_SOLID, GUIDE_NONE, FALSE, FALSE, FALSE, TRUE, FALSE },
    { "no-boxes", 210, 297, 3, FALSE, BOX_NONE, GUIDE_NONE, FALSE, FALSE, FALSE, FALSE, FALSE },
    { "dotted-guides", 210, 297, 3, FALSE, BOX_DASHED, GUIDE_BLUE_TEXT, FALSE, FALSE, FALSE, FALSE, FALSE },
    { "red-guides", 210, 297, 3, FALSE, BOX_SOLID, GUIDE_RED_TEXT, FALSE, TRUE, FALSE, FALSE, FALSE },
    { "letterhead", 210, 297, 3, FALSE, BOX_NONE, GUIDE_NONE, TRUE, FALSE, TRUE, TRUE, FALSE },
    { "text-under", 210, 297, 3, FALSE, BOX_TABLE, GUIDE_BLACK_TEXT, FALSE, FALSE, TRUE, FALSE, FALSE },
    { "circles", 210, 297, 3, FALSE, BOX_ROUND, GUIDE_NONE, FALSE, FALSE, FALSE, FALSE, FALSE },
    { "page-each", 210, 297, 3, FALSE, BOX_SOLID, GUIDE_NONE, FALSE, FALSE, FALSE, FALSE, TRUE },
    { "single", 210, 297, 1, FALSE, BOX_SOLID, GUIDE_NONE, FALSE, FALSE, TRUE, FALSE, FALSE },
    { "landscape", 297, 210, 3, FALSE, BOX_TABLE, GUIDE_NONE, FALSE, FALSE, FALSE, FALSE, FALSE },
    { "letter-paper", 215.9, 279.4, 3, FALSE, BOX_SOLID, GUIDE_NONE, FALSE, FALSE, FALSE, FALSE, FALSE },
    { "a5-paper", 148, 210, 2, FALSE, BOX_SOLID, GUIDE_NONE, FALSE, FALSE, FALSE, FALSE, FALSE },
};
const guint odd_forms_n = G_N_ELEMENTS(odd_forms);

static const double inks[ODD_INKS][3] = { { .83, .12, .12 }, { .9, .3, .25 },  { .7, .06, .12 },  { .92, .38, .36 },
                                          { .15, .2, .65 },  { .45, .15, .5 }, { .78, .08, .32 }, { .9, .22, .1 } };
static const double red[3] = { .8, .1, .1 }, pale_red[3] = { .93, .6, .58 }, pale_blue[3] = { .6, .72, .9 },
                    grey[3] = { .55, .55, .55 }, pen_blue[3] = { .1, .15, .55 }, pen_black[3] = { .12, .12, .14 };

typedef struct {
    double x, y, side_w, side_h; /* the place */
} Cell;

static void
rule(Canvas *canvas, double x0, double y0, double x1, double y1, double line_mm, const double rgb[3])
{
    const double k = CANVAS_PX_PER_MM;
    cairo_set_source_rgb(canvas->cr, rgb[0], rgb[1], rgb[2]);
    cairo_set_line_width(canvas->cr, line_mm * k);
    cairo_move_to(canvas->cr, x0 * k, y0 * k);
    cairo_line_to(canvas->cr, x1 * k, y1 * k);
    cairo_stroke(canvas->cr);
}

/* A pen's stroke through a place. */
static void
scribble(Canvas *canvas, double x, double y, double w, double h, Rng *rng)
{
    const double k = CANVAS_PX_PER_MM, *ink = rng_chance(rng, .5) ? pen_blue : pen_black;
    cairo_t *cr = canvas->cr;
    cairo_save(cr);
    cairo_set_operator(cr, CAIRO_OPERATOR_MULTIPLY);
    cairo_set_source_rgb(cr, ink[0], ink[1], ink[2]);
    cairo_set_line_width(cr, rng_range(rng, .35, .7) * k);
    cairo_move_to(cr, x * k, (y + h * rng_range(rng, .2, .8)) * k);
    for (guint i = 0; i < 5; i++) {
        double u = x + w * (i + 1) / 5.0;
        cairo_curve_to(cr, (u - w * .2) * k, (y + h * rng_range(rng, 0, 1)) * k, (u - w * .1) * k,
                       (y + h * rng_range(rng, 0, 1)) * k, u * k, (y + h * rng_range(rng, .2, .8)) * k);
    }
    cairo_stroke(cr);
    cairo_restore(cr);
}

static void
draw_box(Canvas *canvas, const OddForm *form, const Cell *c)
{
    const double k = CANVAS_PX_PER_MM;
    if (form->box == BOX_SOLID || form->box == BOX_DASHED || form->box == BOX_TABLE)
        canvas_box(canvas, c->x, c->y, c->side_w, c->side_h, .25, form->box == BOX_DASHED);
    cairo_t *cr = canvas->cr;
    cairo_save(cr);
    cairo_set_line_width(cr, .3 * k);
    if (form->box == BOX_RED) {
        cairo_set_source_rgb(cr, red[0], red[1], red[2]);
        cairo_rectangle(cr, c->x * k, c->y * k, c->side_w * k, c->side_h * k);
        cairo_stroke(cr);
    } else if (form->box == BOX_ROUND) {
        double dash[2] = { 1 * k, 1 * k };
        cairo_set_source_rgb(cr, grey[0], grey[1], grey[2]);
        cairo_set_dash(cr, dash, 2, 0);
        cairo_arc(cr, (c->x + c->side_w / 2) * k, (c->y + c->side_h / 2) * k, MIN(c->side_w, c->side_h) / 2 * k, 0,
                  2 * G_PI);
        cairo_stroke(cr);
    }
    cairo_restore(cr);
    if (form->guide == GUIDE_NONE)
        return;
    const double *rgb = form->guide == GUIDE_RED_TEXT ? pale_red : form->guide == GUIDE_BLUE_TEXT ? pale_blue : NULL;
    canvas_text(canvas, NULL, FACE_HEI, FALSE, 4, 0, c->x + c->side_w / 2 - 10, c->y + c->side_h / 2 - 2, rgb,
                "请在此处盖章");
}

static void
draw_stamp(Canvas *canvas, const OddSeal *seal, Point at, Flaw flaw, Rng *rng)
{
    cairo_surface_t *stamp = seal_stamp_flawed(seal->art, CANVAS_DPI, flaw, rng);
    canvas_stamp(canvas, seal_type_name(seal->art->type), stamp, at.x, at.y, rng_normal(rng) * 6, inks[seal->ink]);
    cairo_surface_destroy(stamp);
}

static void
stamp_cells(Canvas *canvas, const OddForm *form, const OddSeal *seal, const Cell *cells, guint n, const OddHand *hand,
            Rng *rng)
{
    guint ruined = rng_chance(rng, hand->flawed) ? rng_below(rng, n) : n; /* at most one of a seal's stampings */
    guint astray = rng_chance(rng, hand->astray) ? rng_below(rng, n) : n;
    for (guint i = 0; i < n; i++) {
        const Cell *c = &cells[i];
        Point at = { c->x + c->side_w / 2 + rng_normal(rng) * 1.2, c->y + c->side_h / 2 + rng_normal(rng) };
        if (i == astray) { /* over the line of its place, towards the foot or the right */
            at.x += rng_range(rng, 0, .3) * c->side_w;
            at.y += rng_range(rng, -.1, .3) * c->side_h;
        }
        if (rng_chance(rng, hand->crossed) && rng_chance(rng, .5))
            scribble(canvas, at.x - c->side_w * .45, at.y - 6, c->side_w * .9, 12, rng);
        Flaw flaw = i == ruined && n > 1 ? FLAW_PALE + (Flaw)rng_below(rng, FLAWS - FLAW_PALE) : FLAW_NONE;
        draw_stamp(canvas, seal, at, flaw, rng);
        if (rng_chance(rng, hand->crossed) && rng_chance(rng, .5))
            scribble(canvas, at.x - c->side_w * .45, at.y - 6, c->side_w * .9, 12, rng);
    }
}

static double
draw_head(Canvas *canvas, const OddForm *form, const Company *company)
{
    double w = canvas->width_mm, em = MIN(6, (w - 40) / (double)g_utf8_strlen(company->name, -1));
    if (form->letterhead) {
        canvas_text(canvas, NULL, FACE_SONG, TRUE, em, .3, 20, 12, red, company->name);
        rule(canvas, 15, 22, w - 15, 22, .9, red);
        rule(canvas, 15, 23.6, w - 15, 23.6, .3, red);
        canvas_text(canvas, "title", FACE_HEI, TRUE, 5.5, 1, w / 2 - 30, 28, NULL, "关于预留印鉴的函");
        return 42;
    }
    canvas_text(canvas, "title", FACE_HEI, TRUE, 6, 1.5, w / 2 - 26, 12, form->red_labels ? red : NULL,
                "印章印模备案表");
    canvas_text(canvas, NULL, FACE_SONG, FALSE, 3.8, 0, 15, 24, NULL, "申请单位");
    canvas_text(canvas, NULL, FACE_KAI, FALSE, MIN(4.4, em), 0, 34, 23.6, NULL, company->name);
    return 36;
}

static void
draw_foot(Canvas *canvas, const OddForm *form, const OddSeal *first, Rng *rng)
{
    double y = canvas->height_mm - 22;
    canvas_text(canvas, NULL, FACE_SONG, FALSE, 4, 0, 15, y, NULL, "经办人签字：");
    scribble(canvas, 40, y - 3, 26, 9, rng);
    canvas_text(canvas, NULL, FACE_SONG, FALSE, 4, 0, canvas->width_mm / 2, y, NULL, "单位（盖章）      年   月   日");
    if (form->signed_over)
        draw_stamp(canvas, first, (Point){ canvas->width_mm / 2 + 45, y - 4 }, FLAW_NONE, rng);
}

/* The places of seal @s of @n, its label drawn. */
static guint
lay_cells(Canvas *canvas, const OddForm *form, const OddSeal *seals, guint s, guint n, double top, Cell *cells)
{
    const SealArt *art = seals[s].art;
    double w = canvas->width_mm, room = (w - 30) / form->samples, y = top, x = 15;
    double side_w = MIN(room - 1, art->width_mm + 12), side_h = art->height_mm + 10;
    g_autofree char *label = g_strdup_printf("（%u）%s", s + 1, seal_type_name_zh(art->type));
    if (form->columns) {
        x = 15 + s * (w - 30) / n;
        side_w = MIN((w - 30) / n - 2, 62);
        canvas_text(canvas, NULL, FACE_SONG, FALSE, 4, 0, x, top, form->red_labels ? red : NULL, label);
        y = top + 7;
    } else {
        for (guint i = 0; i < s && !form->page_each; i++)
            y += seals[i].art->height_mm + 10 + 9;
        canvas_text(canvas, NULL, FACE_SONG, FALSE, 4, 0, x, y, form->red_labels ? red : NULL, label);
        y += 6.5;
        room = form->box == BOX_TABLE ? side_w : room;
    }
    for (guint i = 0; i < form->samples; i++) {
        cells[i] =
            form->columns ? (Cell){ x, y + i * side_h, side_w, side_h } : (Cell){ x + i * room, y, side_w, side_h };
        draw_box(canvas, form, &cells[i]);
    }
    if (form->instructions) {
        double leading = 6.5;
        for (guint i = 0; i * leading < side_h - 8; i++)
            canvas_text(canvas, NULL, FACE_SONG, FALSE, 3.6, 0, 18, y + 4 + i * leading, NULL,
                        "请将印章清晰、完整地加盖于本表空白处，印模不得重叠，不得使用复印件，边框须完整。");
    }
    return form->samples;
}

GPtrArray *
odd_sheet_draw(const OddForm *form, const Company *company, const OddSeal *seals, guint n, const OddHand *hand,
               Rng *rng)
{
    GPtrArray *pages = g_ptr_array_new_with_free_func((GDestroyNotify)canvas_free);
    Canvas *canvas = NULL;
    double top = 0;
    for (guint s = 0; s < n; s++) {
        if (!canvas || form->page_each) {
            canvas = canvas_new(form->width_mm, form->height_mm);
            g_ptr_array_add(pages, canvas);
            top = draw_head(canvas, form, company);
        }
        Cell cells[3];
        guint places = lay_cells(canvas, form, seals, s, n, top, cells);
        stamp_cells(canvas, form, &seals[s], cells, places, hand, rng);
    }
    draw_foot(canvas, form, &seals[0], rng);
    return pages;
}
