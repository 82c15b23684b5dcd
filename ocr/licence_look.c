/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * licence_look.c: what is not text on a licence: its QR code.
 */
#include "ocr/licence.h"

#include "core/qr.h"

#include <math.h>

enum { QR_CUT_PX = 420, CORNER_CUT_PX = 900, FINDERS_MAX = 40 };

static const double CORNER = 0.34; /* of the page's longer side */

/* A finder pattern: a ring with a solid square in its middle, 7 and 3 modules wide. */
typedef struct {
    double x, y, side;
} Finder;

static double
width_of(const InkPart *p)
{
    return p->x1 - p->x0 + 1;
}

static double
height_of(const InkPart *p)
{
    return p->y1 - p->y0 + 1;
}

static gboolean
is_square(const InkPart *p)
{
    return width_of(p) > 0.8 * height_of(p) && height_of(p) > 0.8 * width_of(p);
}

static GArray *
find_finders(const GArray *parts)
{
    GArray *finders = g_array_new(FALSE, FALSE, sizeof(Finder));
    for (guint i = 0; i < parts->len && finders->len < FINDERS_MAX; i++) {
        const InkPart *ring = &g_array_index(parts, InkPart, i);
        double side = width_of(ring);
        if (side < 9 || !is_square(ring) || ring->pixels > 0.75 * side * height_of(ring))
            continue;
        for (guint k = 0; k < parts->len; k++) {
            const InkPart *core = &g_array_index(parts, InkPart, k);
            double share = width_of(core) / side;
            if (k == i || share < 0.3 || share > 0.6 || !is_square(core) ||
                core->pixels < 0.7 * width_of(core) * height_of(core) ||
                abs(core->x0 + core->x1 - ring->x0 - ring->x1) > 0.25 * side ||
                abs(core->y0 + core->y1 - ring->y0 - ring->y1) > 0.25 * side)
                continue;
            Finder f = { (ring->x0 + ring->x1) / 2.0, (ring->y0 + ring->y1) / 2.0, side };
            g_array_append_val(finders, f);
            break;
        }
    }
    return finders;
}

/* Three finders at the corners of a square with one side missing its fourth. */
static gboolean
is_qr(const Finder *corner, const Finder *right, const Finder *down, Quad *quad)
{
    double s = (corner->side + right->side + down->side) / 3;
    double ax = right->x - corner->x, ay = right->y - corner->y, bx = down->x - corner->x, by = down->y - corner->y;
    double a = hypot(ax, ay), b = hypot(bx, by);
    if (fabs(corner->side - s) > 0.2 * s || fabs(right->side - s) > 0.2 * s || a < 1.8 * s || a > 12 * s ||
        fabs(a - b) > 0.12 * a || fabs(ax * bx + ay * by) > 0.12 * a * b || ax * by - ay * bx < 0)
        return FALSE;
    double grow = (a + 1.9 * s) / a / 2; /* the finders' outer edges and the quiet zone */
    Point middle = { (right->x + down->x) / 2, (right->y + down->y) / 2 };
    *quad = (Quad){ {
        { middle.x - grow * (ax + bx), middle.y - grow * (ay + by) },
        { middle.x + grow * (ax - bx), middle.y + grow * (ay - by) },
        { middle.x + grow * (ax + bx), middle.y + grow * (ay + by) },
        { middle.x - grow * (ax - bx), middle.y - grow * (ay - by) },
    } };
    return TRUE;
}

static gboolean
find_qr(const Flat *flat, Quad *quad)
{
    g_autoptr(GArray) finders = find_finders(flat->parts);
    for (guint i = 0; i < finders->len; i++)
        for (guint j = 0; j < finders->len; j++)
            for (guint k = 0; k < finders->len; k++)
                if (i != j && j != k && i != k &&
                    is_qr(&g_array_index(finders, Finder, i), &g_array_index(finders, Finder, j),
                          &g_array_index(finders, Finder, k), quad))
                    return TRUE;
    return FALSE;
}

static gboolean
decode(Flat *flat, const Quad *quad, guint side_px, Document *document)
{
    g_autoptr(Image) cut = flat_cut(flat, quad, side_px, side_px);
    g_autoptr(Image) grey = image_plane(cut, IMAGE_LUMA);
    g_autoptr(GPtrArray) codes = qr_find(grey);
    if (codes->len == 0)
        return FALSE;
    const QrCode *code = g_ptr_array_index(codes, 0);
    DocumentField *field = document_field(document, FIELD_QR_CODE);
    g_free(field->text);
    field->text = g_strdup(code->text);
    field->status = FIELD_READ; /* its error correction is its check */
    field->confidence = 99;
    field->box_px = flat_quad_to_stored(flat, quad);
    field->has_box = TRUE;
    return TRUE;
}

void
licence_read_qr(Flat *flat, gboolean everywhere, Document *document)
{
    Quad quad;
    if (find_qr(flat, &quad) && decode(flat, &quad, QR_CUT_PX, document))
        return;
    double side = CORNER * FLAT_SIDE, x = flat->width - side, y = flat->height - side;
    const Quad corners[] = { quad_rect(x, 0, side, side), quad_rect(0, y, side, side), quad_rect(x, y, side, side),
                             quad_rect(0, 0, side, side) };
    for (guint i = 0; everywhere && i < G_N_ELEMENTS(corners); i++)
        if (decode(flat, &corners[i], CORNER_CUT_PX, document))
            return;
}
