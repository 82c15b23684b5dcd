/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lines.c: ring text, lines inside the ring and the number below, from round and oval pictures.
 *
 * The rim is walked at equal steps of length; depth is counted inwards along its normal. In that strip
 * the rings of the border, the text's band and its gap below are plain runs of rows and columns.
 */
#include "sealgen/lines.h"

#include <math.h>
#include <string.h>

#include "sealgen/cells.h"
#include "sealgen/plane.h"

#define STEPS 1080 /* places along the rim */
#define DEPTH_STEP_MM 0.05
#define BAND_LEAST_MM 1.8 /* height of a line of ring text */
#define BAND_MOST_MM 9.0
#define FAINT_ROW 0.03       /* of the fullest row's ink: the tips of a character or two */
#define LINE_ROW 0.62        /* a row of more ink is a line of the border */
#define THIN_MM 0.7          /* a ring's line is thinner than this */
#define GAP_INK 0.06         /* ink of a column in the gap: specks */
#define NUMBER_FINENESS 11.0 /* pixels a millimetre of the page below which digits of a millimetre are blots */
#define MARGIN_ALONG 0.7     /* em of paper left and right of a line */
#define MARGIN_ACROSS 0.3    /* above and below */

/* The picture and the strip along its rim. */
typedef struct {
    Plane *ink;  /* 0..1 */
    double a, b; /* half axes, pixels */
    Point centre;
    guint depths;
    float *strip; /* depths x STEPS */
} Ring;

/* Point of the curve @depth pixels inside the rim at @t (0 = right, quarter = below), and its outward normal. */
static Point
rim_point(const Ring *ring, double t, double depth, Point *normal)
{
    double nx = cos(t) / ring->a, ny = sin(t) / ring->b, n = hypot(nx, ny);
    nx /= n;
    ny /= n;
    if (normal)
        *normal = (Point){ nx, ny };
    return (Point){ ring->centre.x + ring->a * cos(t) - depth * nx, ring->centre.y + ring->b * sin(t) - depth * ny };
}

/* Parameters t of @n places at equal distances along the curve at @depth, from @from (radians) once round. */
static double
equal_places(const Ring *ring, double depth, double from, guint n, double *t)
{
    enum { FINE = 4096 };
    g_autofree double *length = g_new(double, FINE + 1);
    length[0] = 0;
    Point last = rim_point(ring, from, depth, NULL);
    for (guint i = 1; i <= FINE; i++) {
        Point p = rim_point(ring, from + 2 * G_PI * i / FINE, depth, NULL);
        length[i] = length[i - 1] + point_distance(p, last);
        last = p;
    }
    for (guint k = 0, i = 1; k < n; k++) {
        double want = length[FINE] * k / n;
        while (i < FINE && length[i] < want)
            i++;
        double f = (want - length[i - 1]) / MAX(1e-9, length[i] - length[i - 1]);
        t[k] = from + 2 * G_PI * (i - 1 + f) / FINE;
    }
    return length[FINE];
}

static void
ring_open(const SheetSeal *seal, Ring *ring)
{
    ring->ink = plane_new(seal->width, seal->height, seal->px_per_mm);
    for (gsize i = 0; i < (gsize)seal->width * seal->height; i++)
        ring->ink->v[i] = seal->alpha[i] / 255.0f;
    ring->a = seal->width / 2.0;
    ring->b = seal->height / 2.0;
    ring->centre = (Point){ (seal->width - 1) / 2.0, (seal->height - 1) / 2.0 };
    double step = DEPTH_STEP_MM * ring->ink->ppm;
    ring->depths = (guint)(0.6 * MIN(ring->a, ring->b) / step);
    ring->strip = g_new(float, (gsize)ring->depths *STEPS);
    g_autofree double *t = g_new(double, STEPS);
    equal_places(ring, 0, -G_PI / 2, STEPS, t); /* column 0 is the top; half way is the bottom */
    for (guint k = 0; k < STEPS; k++)
        for (guint d = 0; d < ring->depths; d++) {
            Point p = rim_point(ring, t[k], d * step, NULL);
            ring->strip[(gsize)d * STEPS + k] = plane_at(ring->ink, p.x, p.y);
        }
}

static void
ring_close(Ring *ring)
{
    plane_free(ring->ink);
    g_free(ring->strip);
}

/* Mean ink of row @d over the upper two thirds of the rim, where the text is. */
static double
upper_row(const Ring *ring, guint d)
{
    double sum = 0;
    guint n = 0;
    for (guint k = 0; k < STEPS; k++)
        if (k < STEPS / 3 || k >= STEPS * 2 / 3) {
            sum += ring->strip[(gsize)d * STEPS + k];
            n++;
        }
    return sum / n;
}

typedef struct {
    guint from, to; /* rows of the strip */
} Band;

/* The heads and feet of a few characters stand out of the rows where most have ink. */
static Band
widened(const double *row, guint depths, Band band, guint outermost, double peak)
{
    double least = MAX(0.008, FAINT_ROW * peak);
    while (band.from > outermost && row[band.from - 1] >= least && row[band.from - 1] <= row[band.from] + 0.02)
        band.from--;
    while (band.to < depths && row[band.to] >= least && row[band.to] <= row[band.to - 1] + 0.02)
        band.to++;
    return band;
}

/* The row where ink is least after the line whose fullest row is @d or soon after. */
static guint
behind_line(const double *row, guint depths, guint d)
{
    guint reach = (guint)(THIN_MM / DEPTH_STEP_MM), top = d;
    for (guint k = d; k < MIN(depths, d + reach); k++)
        top = row[k] >= row[top] ? k : top;
    d = top;
    while (d + 1 < depths && (row[d] > LINE_ROW || row[d + 1] < row[d]) && row[d] > 0.005)
        d++;
    return d;
}

/* The first row behind the border and behind a second, thin line of it. */
static guint
border_inside(const double *row, guint depths)
{
    guint near = (guint)(1.5 / DEPTH_STEP_MM), second = (guint)(1.2 / DEPTH_STEP_MM), thin = (guint)(0.5 / DEPTH_STEP_MM);
    guint d = 0;
    while (d < depths && d < near && row[d] <= LINE_ROW)
        d++;
    if (d == depths || d == near)
        return 0; /* no border */
    d = behind_line(row, depths, d);
    for (guint k = d; k + thin < depths && k < d + second; k++)
        if (row[k] > LINE_ROW && row[k] > 2 * row[d] && row[k + thin] < 0.5 * row[k])
            return behind_line(row, depths, k);
    return d;
}

/* The text's band: the first run of rows high enough for text after the border and its thin lines. */
static gboolean
find_band(const Ring *ring, Band *band, guint *border_end)
{
    g_autofree double *row = g_new(double, ring->depths);
    for (guint d = 0; d < ring->depths; d++)
        row[d] = upper_row(ring, d);
    guint d = border_inside(row, ring->depths), thin = (guint)(THIN_MM / DEPTH_STEP_MM);
    if (d == ring->depths)
        return FALSE;
    *border_end = d;
    double peak = 0;
    for (guint k = d; k < ring->depths; k++)
        peak = MAX(peak, row[k] < 0.75 ? row[k] : 0);
    double least = MAX(0.04, 0.16 * peak);
    for (guint k = d; k < ring->depths;) {
        if (row[k] < least) {
            k++;
            continue;
        }
        guint from = k;
        while (k < ring->depths && row[k] >= least)
            k++;
        double high = (k - from) * DEPTH_STEP_MM;
        if (high >= BAND_LEAST_MM && high <= BAND_MOST_MM) {
            /* a thin ring that touches the band is a row of much ink at its edge */
            while (from < k && row[from] > 0.8)
                from++;
            *band = widened(row, ring->depths, (Band){ from, k }, *border_end, peak);
            return TRUE;
        }
        if (k - from > thin && from == d)
            *border_end = k; /* a second line of the border */
    }
    return FALSE;
}

/* Ink per column in a band of rows, smoothed over @radius columns. */
static void
column_ink(const Ring *ring, Band band, guint radius, double *out)
{
    g_autofree double *raw = g_new0(double, STEPS);
    for (guint k = 0; k < STEPS; k++)
        for (guint d = band.from; d < band.to; d++)
            raw[k] += ring->strip[(gsize)d * STEPS + k] / (band.to - band.from);
    for (guint k = 0; k < STEPS; k++) {
        out[k] = 0;
        for (int j = -(int)radius; j <= (int)radius; j++)
            out[k] += raw[(k + STEPS + (guint)j) % STEPS] / (2 * radius + 1);
    }
}

/* Stretches without ink in the band's core; the picture is upright, so the one that holds the lowest place
 * is the gap unless another is twice as long. Text runs from @first clockwise to @last. Returns: the gap's
 * lead over the other stretches, 0..1. */
static double
find_arc(const double *column, guint *first, guint *last)
{
    guint start = 0, run = 0, best = 0, second = 0;
    while (start < STEPS && column[start] < GAP_INK)
        start++;
    if (start == STEPS)
        return 0;
    for (guint i = 1; i <= STEPS; i++) {
        guint k = (start + i) % STEPS;
        if (column[k] < GAP_INK && i < STEPS) {
            run++;
            continue;
        }
        guint from = start + i - run, to = start + i; /* the stretch, not wrapped */
        gboolean lowest = (from <= STEPS / 2 && to > STEPS / 2) || (from <= STEPS * 3 / 2 && to > STEPS * 3 / 2);
        guint worth = lowest ? 2 * run : run;
        if (run > 0 && worth > best) {
            second = best;
            best = worth;
            *first = k;
            *last = (from + STEPS - 1) % STEPS;
        } else {
            second = MAX(second, worth);
        }
        run = 0;
    }
    return best > 0 ? 1 - (double)second / best : 0;
}

/* Characters stand at equal steps: their pitch in columns by autocorrelation, between @least and @most. */
static double
find_pitch(const double *column, guint first, guint n, double least, double most)
{
    double mean = 0, best = 0, pitch = 0;
    for (guint i = 0; i < n; i++)
        mean += column[(first + i) % STEPS] / n;
    for (guint lag = (guint)least; lag <= (guint)most && lag < n / 2; lag++) {
        double sum = 0;
        for (guint i = 0; i + lag < n; i++)
            sum += (column[(first + i) % STEPS] - mean) * (column[(first + i + lag) % STEPS] - mean);
        sum /= n - lag;
        if (sum > best) {
            best = sum;
            pitch = lag;
        }
    }
    return pitch;
}

/* A part of the ring: rows between two depths (pixels), @length pixels along their middle from @from_t. */
typedef struct {
    double out, in, from_t, length;
    double stretch; /* along, for narrow letters */
    gboolean below; /* letters stand with their feet outwards and read the other way */
} RingCut;

/* Straighten: the cut's rows become one em. Paper is painted where other things begin: the border, and
 * more than half an em before and after the text, where digits or a line of the middle reach in. */
static SealLine *
straighten(const Ring *ring, const RingCut *cut, SealLineKind kind)
{
    double middle = (cut->out + cut->in) / 2, high = cut->in - cut->out, em = high / 0.93;
    double scale = em / LINE_EM_PX, across = MARGIN_ACROSS * LINE_EM_PX, along = MARGIN_ALONG * LINE_EM_PX;
    guint width = (guint)ceil(cut->length / scale * cut->stretch + 2 * along),
          height = (guint)ceil(LINE_EM_PX + 2 * across);
    if (width < 2 * LINE_EM_PX || width > 8000)
        return NULL;
    g_autofree double *t = g_new(double, 4 * STEPS);
    double round_ = equal_places(ring, middle, cut->from_t, 4 * STEPS, t);
    SealLine *line = g_new0(SealLine, 1);
    line->kind = kind;
    line->em_px = LINE_EM_PX;
    line->image = image_new(width, height, 1);
    memset(line->image->data, 255, (gsize)width * height);
    for (guint x = 0; x < width; x++) {
        double s = (x - along) * scale / cut->stretch;
        if (s < -0.5 * em || s > cut->length + 0.5 * em)
            continue;
        int k = (int)lround((cut->below ? -s : s) / round_ * 4 * STEPS) % (4 * STEPS);
        Point normal, p = rim_point(ring, t[k < 0 ? k + 4 * STEPS : k], middle, &normal);
        for (guint y = 0; y < height; y++) {
            double off = (height / 2.0 - y - 0.5) * scale * (cut->below ? -1 : 1);
            if (off > 0.58 * high || off < -0.75 * high)
                continue;
            double v = plane_at(ring->ink, p.x + off * normal.x, p.y + off * normal.y);
            line->image->data[(gsize)y * width + x] = (guint8)lround(255 * (1 - CLAMP(v, 0, 1)));
        }
    }
    return line;
}

static double
column_t(const Ring *ring, guint column)
{
    g_autofree double *t = g_new(double, STEPS);
    equal_places(ring, 0, -G_PI / 2, STEPS, t);
    return t[column % STEPS];
}

static SealLine *
ring_line(const Ring *ring, Band band, double lead, guint first, guint last, const double *column)
{
    double step = DEPTH_STEP_MM * ring->ink->ppm, out = band.from * step, in = band.to * step;
    g_autofree double *t = g_new(double, STEPS);
    double around = equal_places(ring, (out + in) / 2, -G_PI / 2, STEPS, t);
    guint columns = (last + STEPS - first) % STEPS + 1;
    double length = around * columns / STEPS, em = (in - out) / 0.93, per_column = around / STEPS;
    double pitch = find_pitch(column, first, columns, 0.35 * em / per_column, 2.0 * em / per_column) * per_column;
    /* tall narrow letters are widened to squares */
    double stretch = pitch > 0.3 * em && pitch < em ? em / pitch : 1;
    RingCut cut = { out, in, column_t(ring, first), length, MIN(stretch, 2.2), FALSE };
    SealLine *line = straighten(ring, &cut, LINE_RING);
    if (line)
        line->confidence = CLAMP(0.4 + lead, 0, 1);
    return line;
}

/* The 13 digits stand near the border, in the gap of the text, their feet outwards. */
static SealLine *
number_line(const Ring *ring, Band band, guint border_end, guint first, guint last)
{
    double step = DEPTH_STEP_MM * ring->ink->ppm;
    guint gap = (first + STEPS - last) % STEPS, margin = gap / 20;
    if (gap < STEPS / 12)
        return NULL;
    double last_share = 0;
    guint from = 0, to = 0, deepest = MIN(ring->depths, border_end + (guint)(3.2 / DEPTH_STEP_MM));
    for (guint d = border_end; d < deepest; d++) {
        double sum = 0;
        for (guint i = margin; i + margin < gap; i++)
            sum += ring->strip[(gsize)d * STEPS + (last + i) % STEPS];
        gboolean ink = sum / gap > 0.06;
        if (sum / gap > 0.7 || (!from && last_share > 0.3 && sum / gap > 0.3)) {
            last_share = sum / gap; /* still the border, or a thin ring of it */
            continue;
        }
        last_share = sum / gap;
        if (ink && !from)
            from = d;
        if (ink)
            to = d + 1;
        if (from && !ink && (d - to) * DEPTH_STEP_MM > 0.3)
            break;
    }
    double high = (to - from) * DEPTH_STEP_MM;
    if (!from || high < 0.6 || high > 2.6)
        return NULL;
    double column[STEPS];
    column_ink(ring, (Band){ from, to }, 2, column);
    guint a = 0, b = 0;
    for (guint i = margin; i + margin < gap; i++)
        if (column[(last + i) % STEPS] > 0.08) {
            a = a ? a : i;
            b = i;
        }
    if (b <= a + 10)
        return NULL;
    g_autofree double *t = g_new(double, STEPS);
    double around = equal_places(ring, (from + to) / 2.0 * step, -G_PI / 2, STEPS, t);
    RingCut cut = { from * step, to * step, column_t(ring, last + b), around * (b - a + 1) / STEPS, 1, TRUE };
    SealLine *line = straighten(ring, &cut, LINE_NUMBER);
    if (line)
        line->confidence = 0.6;
    return line;
}

/* A straight line of text in the box x0..x1, y0..y1 of the picture. */
static SealLine *
straight_line(const Plane *ink, int x0, int x1, int y0, int y1, SealLineKind kind)
{
    double scale = (y1 - y0 + 1) / 0.93 / LINE_EM_PX;
    double across = MARGIN_ACROSS * LINE_EM_PX, along = MARGIN_ALONG * LINE_EM_PX;
    guint width = (guint)ceil((x1 - x0 + 1) / scale + 2 * along), height = (guint)ceil(LINE_EM_PX + 2 * across);
    if (width > 8000)
        return NULL;
    SealLine *line = g_new0(SealLine, 1);
    line->kind = kind;
    line->em_px = LINE_EM_PX;
    line->confidence = 0.7;
    line->image = image_new(width, height, 1);
    for (guint y = 0; y < height; y++)
        for (guint x = 0; x < width; x++) {
            double u = x0 + (x - along) * scale, v = (y0 + y1) / 2.0 + (y + 0.5 - height / 2.0) * scale, a = 0;
            if (u > x0 - 2 && u < x1 + 2 && v > y0 - 0.25 * (y1 - y0) && v < y1 + 0.25 * (y1 - y0))
                a = plane_at(ink, u, v);
            line->image->data[(gsize)y * width + x] = (guint8)lround(255 * (1 - CLAMP(a, 0, 1)));
        }
    return line;
}

/* Lines inside the ring: rows of ink in the inner ellipse; the star (a blob in the middle) is no line. */
static void
inner_lines(const Ring *ring, double depth, GPtrArray *out)
{
    const Plane *ink = ring->ink;
    double a = ring->a - depth, b = ring->b - depth;
    g_autofree double *row = g_new0(double, ink->height);
    for (guint y = 0; y < ink->height; y++)
        for (guint x = 0; x < ink->width; x++) {
            double u = (x - ring->centre.x) / a, v = (y - ring->centre.y) / b;
            if (u * u + v * v < 1)
                row[y] += ink->v[(gsize)y * ink->width + x];
        }
    double least = 0.25 * ink->ppm; /* a quarter of a millimetre of ink in the row */
    for (guint y = 0; y < ink->height;) {
        if (row[y] < least) {
            y++;
            continue;
        }
        guint y0 = y;
        while (y < ink->height && row[y] >= least)
            y++;
        double high = (y - y0) / ink->ppm;
        if (high < 1.2 || high > 6.5)
            continue;
        int x0 = -1, x1 = -1;
        for (guint x = 0; x < ink->width; x++) {
            double sum = 0;
            for (guint v = y0; v < y; v++) {
                double p = (x - ring->centre.x) / a, q = (v - ring->centre.y) / b;
                if (p * p + q * q < 1)
                    sum += ink->v[(gsize)v * ink->width + x];
            }
            if (sum > 0.12 * ink->ppm) {
                x0 = x0 < 0 ? (int)x : x0;
                x1 = (int)x;
            }
        }
        if (x0 < 0 || (x1 - x0) / ink->ppm < 1.6 * high || out->len >= 7)
            continue; /* the star, or a speck */
        gboolean below = y0 > ring->centre.y + 0.2 * ring->b;
        SealLine *line = straight_line(ink, x0, x1, (int)y0, (int)y - 1, below ? LINE_BOTTOM : LINE_CENTRE);
        if (line)
            g_ptr_array_add(out, line);
    }
}

static void
unroll_ring(SheetSeal *seal, double fineness)
{
    Ring ring = { 0 };
    ring_open(seal, &ring);
    Band band;
    guint border_end = 0;
    if (find_band(&ring, &band, &border_end)) {
        double column[STEPS], fine[STEPS];
        guint first = 0, last = 0;
        /* digits reach into the outer rows of the gap, a line below the star into the inner ones */
        guint high = band.to - band.from;
        column_ink(&ring, (Band){ band.from + high * 3 / 10, band.to - high * 3 / 10 }, 4, column);
        column_ink(&ring, band, 1, fine);
        double lead = find_arc(column, &first, &last);
        SealLine *line = ring_line(&ring, band, lead, first, last, fine);
        if (line)
            g_ptr_array_add(seal->lines, line);
        line = seal->shape == SHAPE_ROUND && fineness >= NUMBER_FINENESS
                   ? number_line(&ring, band, border_end, first, last)
                   : NULL;
        if (line)
            g_ptr_array_add(seal->lines, line);
        inner_lines(&ring, (band.to + 0.25 / DEPTH_STEP_MM) * DEPTH_STEP_MM * ring.ink->ppm, seal->lines);
    }
    ring_close(&ring);
}

void
lines_unroll(SheetSeal *seal, double fineness)
{
    if (!seal->found || !seal->alpha)
        return;
    if (seal->shape == SHAPE_ROUND || seal->shape == SHAPE_OVAL)
        unroll_ring(seal, fineness);
    else if (seal->shape == SHAPE_RECTANGLE)
        cells_unroll(seal);
}
