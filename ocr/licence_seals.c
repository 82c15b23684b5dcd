/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * licence_seals.c: coloured ink on a licence, cell by cell: is it a grey copy, does the company's seal lie on it;
 * and what the picture itself lacks.
 */
#include "ocr/licence.h"

#include <math.h>
#include <string.h>

enum { CELL = 8, STEP = 3 /* flat px between samples */, BLOBS_MAX = 64 };

static const double LEAST_SEAL = 0.05, MOST_SEAL = 0.26; /* of the page's longer side */
static const double REGISTRY_REACH = 0.17;               /* from the registry's label to its seal */
static const double GREY_EMBLEM = 0.02;                  /* coloured share below which an emblem is grey */
static const double FEW_PIXELS = 15;                     /* stored px of a character */

typedef struct {
    guint columns, rows;
    guint8 *coloured; /* samples of seal ink in each cell */
    double paper;     /* 0..255: light of the paper */
    double glare;     /* share of samples with nothing left but white, where the paper itself is darker */
} Cells;

/* The page's paper by channel: the 90th percentile. */
static void
paper_colour(const Image *image, double paper[3])
{
    guint c = image->channels;
    for (guint k = 0; k < 3; k++) {
        guint counts[256] = { 0 }, n = 0, sum = 0;
        int v = 255;
        for (gsize i = 0; i < (gsize)image->width * image->height; i += 17, n++)
            counts[image->data[i * c + (c == 3 ? k : 0)]]++;
        while (v > 60 && (sum += counts[v]) < n / 10)
            v--;
        paper[k] = v;
    }
}

/* Red, orange, purple and blue seals; not the gold of frames and not print. */
static gboolean
is_seal_ink(double r, double g, double b)
{
    double most = fmax(r, fmax(g, b)), least = fmin(r, fmin(g, b));
    if (most < 0.25 || most - least < 0.3 * most)
        return FALSE;
    return (r >= b && g < 0.68 * r) || (b > r && g < 0.85 * b);
}

static Cells
sample_cells(const Flat *flat, const Image *image)
{
    Cells cells = { flat->width / CELL + 1, flat->height / CELL + 1, NULL, 0, 0 };
    cells.coloured = g_malloc0((gsize)cells.columns * cells.rows);
    double paper[3];
    guint bright = 0, n = 0;
    paper_colour(image, paper);
    cells.paper = paper[1];
    for (guint y = 0; y < flat->height; y += STEP)
        for (guint x = 0; x < flat->width; x += STEP) {
            Point p = homography_apply(&flat->to_layout, (Point){ x, y });
            if (!(p.x >= 0 && p.y >= 0 && p.x < image->width && p.y < image->height))
                continue;
            const guint8 *q = image->data + ((gsize)p.y * image->width + (gsize)p.x) * image->channels;
            guint8 *cell = &cells.coloured[(y / CELL) * cells.columns + x / CELL];
            n++;
            bright += q[0] >= 253 && (image->channels == 1 || (q[1] >= 253 && q[2] >= 253));
            if (image->channels == 3 && is_seal_ink(q[0] / paper[0], q[1] / paper[1], q[2] / paper[2]))
                *cell += *cell < 255;
        }
    cells.glare = n ? (double)bright / n : 0;
    return cells;
}

/* ---- blobs -------------------------------------------------------------------------------------- */

typedef struct {
    guint x0, y0, x1, y1, cells;
} Blob;

/* Flood from a coloured cell over gaps of one cell; what is visited loses its colour. */
static Blob
take_blob(Cells *cells, guint x, guint y)
{
    Blob blob = { x, y, x, y, 0 };
    g_autoptr(GArray) stack = g_array_new(FALSE, FALSE, sizeof(guint));
    guint at = y * cells->columns + x;
    g_array_append_val(stack, at);
    cells->coloured[at] = 0;
    while (stack->len) {
        at = g_array_index(stack, guint, stack->len - 1);
        g_array_set_size(stack, stack->len - 1);
        guint cx = at % cells->columns, cy = at / cells->columns;
        blob.x0 = MIN(blob.x0, cx), blob.x1 = MAX(blob.x1, cx);
        blob.y0 = MIN(blob.y0, cy), blob.y1 = MAX(blob.y1, cy);
        blob.cells++;
        for (guint v = cy >= 2 ? cy - 2 : 0; v <= MIN(cy + 2, cells->rows - 1); v++)
            for (guint u = cx >= 2 ? cx - 2 : 0; u <= MIN(cx + 2, cells->columns - 1); u++) {
                guint next = v * cells->columns + u;
                if (!cells->coloured[next])
                    continue;
                cells->coloured[next] = 0;
                g_array_append_val(stack, next);
            }
    }
    return blob;
}

/* A ring, an oval or a square of a seal's size, not a frame's edge and not a speck. */
static gboolean
is_seal(const Blob *b)
{
    double w = (b->x1 - b->x0 + 1) * (double)CELL / FLAT_SIDE, h = (b->y1 - b->y0 + 1) * (double)CELL / FLAT_SIDE;
    double share = b->cells / ((b->x1 - b->x0 + 1.0) * (b->y1 - b->y0 + 1.0));
    return fmin(w, h) > LEAST_SEAL && fmax(w, h) < MOST_SEAL && w < 2.2 * h && h < 1.8 * w && share > 0.2;
}

static gboolean
is_emblem(const Flat *flat, const Blob *b)
{
    double x = (b->x0 + b->x1 + 1) * CELL / 2.0, y = (b->y0 + b->y1 + 1) * CELL / 2.0;
    return fabs(x - flat->width / 2.0) < 0.1 * flat->width && y < 0.33 * flat->height;
}

static double
emblem_colour(const Flat *flat, const Cells *cells)
{
    guint coloured = 0, n = 0;
    for (guint y = (guint)(0.04 * flat->height) / CELL; y < (guint)(0.3 * flat->height) / CELL; y++)
        for (guint x = (guint)(0.43 * flat->width) / CELL; x < (guint)(0.57 * flat->width) / CELL; x++, n++)
            coloured += cells->coloured[y * cells->columns + x] > 0;
    return n ? (double)coloured / n : 0;
}

/* The registry's own seal is the one nearest to its label; any other is somebody's stamp. */
static gboolean
has_stamp(const Flat *flat, Cells *cells, const GArray *rows, gboolean grey)
{
    const LicenceRow *registry = NULL;
    for (guint i = 0; i < rows->len && !registry; i++)
        if (g_array_index(rows, LicenceRow, i).label == LABEL_AUTHORITY)
            registry = &g_array_index(rows, LicenceRow, i);
    guint seals = 0, own = 0;
    for (guint y = 0; y < cells->rows; y++)
        for (guint x = 0; x < cells->columns; x++) {
            if (cells->coloured[y * cells->columns + x] < 2)
                continue;
            Blob b = take_blob(cells, x, y);
            if (!is_seal(&b) || is_emblem(flat, &b))
                continue;
            Point middle = { (b.x0 + b.x1 + 1) * CELL / 2.0, (b.y0 + b.y1 + 1) * CELL / 2.0 };
            gboolean near = registry ? point_distance(middle, registry->label_at.right) < REGISTRY_REACH * FLAT_SIDE
                                     : middle.x > 0.6 * flat->width && middle.y > 0.6 * flat->height;
            gboolean two = MAX(b.x1 - b.x0, b.y1 - b.y0) * CELL > 0.18 * FLAT_SIDE; /* grown together */
            seals++;
            if (near && !two && !own)
                own = 1;
        }
    return grey ? seals > 0 : seals > own;
}

void
licence_look(const Flat *flat, const Page *layout, const GArray *rows, Document *document)
{
    Cells cells = sample_cells(flat, layout->image);
    gboolean grey = emblem_colour(flat, &cells) < GREY_EMBLEM;
    document->capture = grey ? CAPTURE_GREY_COPY : flat->paper_found ? CAPTURE_PHOTO : CAPTURE_SCAN;
    document->stamp_present = has_stamp(flat, &cells, rows, grey);
    const LicenceRow *name = licence_row_find(rows, LABEL_NAME);
    if (name && flat_stored_scale(flat, name->value.left) * name->value.height_px < FEW_PIXELS)
        document->quality |= QUALITY_FEW_PIXELS;
    if (cells.paper < 100)
        document->quality |= QUALITY_DARK;
    if (flat->paper_found && cells.paper < 225 && cells.glare > 0.005)
        document->quality |= QUALITY_GLARE;
    if (flat->paper_cut)
        document->quality |= QUALITY_CUT_BORDER;
    g_free(cells.coloured);
}
