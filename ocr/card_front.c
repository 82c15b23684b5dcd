/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * card_front.c: the rows of the front, fitted by ink.
 *
 * A pose maps card millimetres to the page. From the number line alone its scale (numbers are 39 to 49 mm long),
 * the rows' tilt against the number (perspective) and the lean of the columns are open; a small search finds the
 * pose whose row bands are dark and whose gaps are light.
 */
#include "ocr/card_front.h"

#include <math.h>

#include "ocr/card_rows.h"

#define NUMBER_X_MM 29.6
#define NUMBER_Y_MM 46.2
#define VALUE_X_MM 16.6 /* left edge of every value */
#define NAME_Y_MM 7.9
#define FRONT_MIDDLE_Y_MM 18.0

typedef struct {
    Point origin;          /* of the number's left end */
    double ux, uy;         /* reading direction */
    double px_per_mm;
    double tilt;           /* rise of the name row against the number, mm a mm */
    double lean;           /* shift of the name row along the line, mm a mm of height */
    gboolean by_card;      /* else: card is used instead */
    Homography card;
} Pose;

/* Bands of rows and of the blanks between them, mm from the top. */
static const struct {
    double from, to;
    int sign;
} BANDS[] = { { 6.3, 9.4, 1 },    { 10.4, 12.3, -1 }, { 13.3, 16.0, 1 },  { 17.1, 19.0, -1 },
              { 20.1, 23.1, 1 },  { 24.2, 25.9, -1 }, { 26.9, 29.6, 1 },  { 41.4, 43.2, -1 },
              { 2.2, 5.0, -1 } };

static Point
pose_point(const Pose *p, double x_mm, double y_mm)
{
    if (p->by_card)
        return homography_apply(&p->card, (Point){ x_mm, y_mm });
    double up = NUMBER_Y_MM - y_mm, share = up / (NUMBER_Y_MM - NAME_Y_MM);
    double along = (x_mm - NUMBER_X_MM + p->lean * up) * p->px_per_mm;
    double across = (-up + p->tilt * share * (x_mm - NUMBER_X_MM)) * p->px_per_mm;
    return (Point){ p->origin.x + p->ux * along - p->uy * across, p->origin.y + p->uy * along + p->ux * across };
}

static double
dark_at(const Image *d, Point p)
{
    gint x = (gint)floor(p.x + 0.5), y = (gint)floor(p.y + 0.5);
    if (x < 0 || y < 0 || x >= (gint)d->width || y >= (gint)d->height)
        return 0;
    return d->data[(gsize)y * d->width + (gsize)x];
}

/* Darkness of the row bands less that of the blanks, both a mean of the first 28 mm of the values. */
static double
pose_fit(const Image *d, const Pose *p)
{
    double dark[2] = { 0, 0 };
    guint n[2] = { 0, 0 };
    for (guint b = 0; b < G_N_ELEMENTS(BANDS); b++)
        for (double y = BANDS[b].from; y <= BANDS[b].to + 0.01; y += (BANDS[b].to - BANDS[b].from) / 4)
            for (double x = 6; x < 44; x += 0.8) {
                gboolean row = BANDS[b].sign > 0;
                dark[row] += dark_at(d, pose_point(p, x, y));
                n[row]++;
            }
    return dark[1] / n[1] - 1.5 * dark[0] / n[0];
}

static Pose
pose_of_number(const Strip *number, double number_mm)
{
    double length = fmax(point_distance(number->left, number->right), 1e-6);
    return (Pose){ .origin = number->left,
                   .ux = (number->right.x - number->left.x) / length,
                   .uy = (number->right.y - number->left.y) / length,
                   .px_per_mm = length / number_mm };
}

/* Scale and tilt on a grid; the lean follows from the rows' left edges later. */
static Pose
pose_search(const Image *d, const Strip *number, double *fit)
{
    Pose best = pose_of_number(number, 48.5);
    *fit = -1e9;
    for (double mm = 38; mm <= 51.5; mm += 0.75)
        for (int tilt = -6; tilt <= 6; tilt++) {
            Pose p = pose_of_number(number, mm);
            p.tilt = tilt * 0.02;
            double f = pose_fit(d, &p) - 0.1 * abs(tilt);
            if (f > *fit) {
                *fit = f;
                best = p;
            }
        }
    return best;
}

/* The card's border, if the number lies in it where it should. */
static gboolean
pose_of_card(const Quad *card, const Strip *number, Pose *pose)
{
    Quad mm = quad_rect(0, 0, 85.6, 54), quad = *card;
    for (int k = 0; k < 4; k++) { /* which corner is the top left one: the number tells */
        Homography to_mm;
        *pose = (Pose){ .by_card = TRUE };
        if (!homography_from_quads(&mm, &quad, &pose->card) || !homography_invert(&pose->card, &to_mm))
            return FALSE;
        Point l = homography_apply(&to_mm, number->left), r = homography_apply(&to_mm, number->right);
        if (fabs(l.x - NUMBER_X_MM) < 3.5 && fabs(l.y - NUMBER_Y_MM) < 3 && fabs(r.y - l.y) < 2.5 && r.x - l.x > 36 &&
            r.x - l.x < 53) {
            pose->px_per_mm = point_distance(number->left, number->right) / (r.x - l.x);
            return TRUE;
        }
        Point first = quad.p[0];
        quad = (Quad){ { quad.p[1], quad.p[2], quad.p[3], first } };
    }
    return FALSE;
}

typedef struct {
    double y, x0, x1, height; /* mm; the row's middle */
    double gap;               /* a blank of so many mm ends the value */
} RowPlace;

static const RowPlace PLACES[FRONT_ROWS] = {
    [FRONT_NAME] = { 7.9, VALUE_X_MM, 46, 3.4, 3.6 },     [FRONT_SEX] = { 14.65, VALUE_X_MM, 24, 3.0, 2.6 },
    [FRONT_NATION] = { 14.65, 36.2, 50, 3.0, 2.6 },       [FRONT_BIRTH] = { 21.6, VALUE_X_MM, 52, 3.0, 13 },
    [FRONT_ADDRESS] = { 28.25, VALUE_X_MM, 53, 3.0, 4 },  [FRONT_ADDRESS_2] = { 32.15, VALUE_X_MM, 53, 3.0, 4 },
    [FRONT_ADDRESS_3] = { 36.05, VALUE_X_MM, 53, 3.0, 4 },
};

static Strip
place_strip(const Pose *pose, const RowPlace *place, double x0, double x1)
{
    return (Strip){ pose_point(pose, x0, place->y), pose_point(pose, x1, place->y), place->height * pose->px_per_mm, 0, 0,
                    0, 0 };
}

enum { EDGE_STEPS = 64 };
#define EDGE_STEP_MM 0.25
#define EDGE_FROM_MM 6.6 /* profile of a row's left end: EDGE_STEPS steps from here */

/* The darkest pixel of each quarter millimetre across the row, 0..1 of the row's darkest. */
static void
edge_profile(const Image *d, const Pose *pose, const Strip *row, double *dark)
{
    double ux = row->right.x - row->left.x, uy = row->right.y - row->left.y, length = hypot(ux, uy), peak = 1;
    ux /= length, uy /= length;
    for (int i = 0; i < EDGE_STEPS; i++) {
        double a = i * EDGE_STEP_MM * pose->px_per_mm, half = row->height * 0.42;
        dark[i] = 0;
        for (double c = -half; c <= half; c += 1)
            dark[i] = fmax(dark[i], dark_at(d, (Point){ row->left.x + ux * a - uy * c, row->left.y + uy * a + ux * c }));
        peak = fmax(peak, dark[i]);
    }
    for (int i = 0; i < EDGE_STEPS; i++)
        dark[i] /= peak;
}

/* How well a value begins at @mm: blank before, ink after. */
static double
edge_at(const double *dark, double mm)
{
    int at = (int)lround((mm - EDGE_FROM_MM) / EDGE_STEP_MM), before = (int)lround(2.6 / EDGE_STEP_MM);
    double ink = 0, blank = 0;
    if (at < before || at + 6 > EDGE_STEPS)
        return 0;
    for (int i = at - before; i < at - 1; i++)
        blank = fmax(blank, dark[i]);
    for (int i = at; i < at + 6; i++)
        ink = fmax(ink, dark[i]);
    return fmax(ink - 2 * blank, -0.5) + 0.2 * (dark[at] > 0.3);
}

/*
 * All values begin at one left edge, 3.6 mm after their labels, which may be too light to print. Where that edge
 * stands, and how it leans, is seen in four rows together: a gap inside one label misleads none of them.
 */
static void
pose_fit_left_edge(const Image *d, Pose *pose, const Strip *rows, const gboolean *seen, double *start_mm)
{
    static const FrontRow used[] = { FRONT_NAME, FRONT_SEX, FRONT_BIRTH, FRONT_ADDRESS };
    double dark[G_N_ELEMENTS(used)][EDGE_STEPS];
    double best = -1e9, best_at = VALUE_X_MM, best_lean = 0;
    for (guint i = 0; i < G_N_ELEMENTS(used); i++)
        if (seen[used[i]])
            edge_profile(d, pose, &rows[used[i]], dark[i]);
    for (double at = 13.6; at <= 19.6; at += 0.25)
        for (double lean = -0.12; lean <= 0.121; lean += 0.02) {
            double value = -0.05 * fabs(at - VALUE_X_MM) - 1.5 * fabs(lean);
            for (guint i = 0; i < G_N_ELEMENTS(used); i++)
                if (seen[used[i]])
                    value += edge_at(dark[i], at + lean * (FRONT_MIDDLE_Y_MM - PLACES[used[i]].y));
            if (value > best)
                best = value, best_at = at, best_lean = lean;
        }
    for (guint i = 0; i < FRONT_ROWS; i++)
        start_mm[i] = best_at + best_lean * (FRONT_MIDDLE_Y_MM - PLACES[i].y) + PLACES[i].x0 - VALUE_X_MM;
}

/* The row where ink stands, from its labels on, not yet cut to its value. */
static gboolean
find_row(const Image *d, const Pose *pose, FrontRow which, Strip *row)
{
    const RowPlace *place = &PLACES[which];
    double contrast;
    *row = place_strip(pose, place, EDGE_FROM_MM, 46);
    *row = rows_centre(d, row, which >= FRONT_ADDRESS ? 0.35 : 0.6, pose->by_card ? 1 : 1.5, &contrast);
    return contrast >= 4;
}

/* Cut @row to its value, which begins at @start_mm give or take a little. */
static gboolean
cut_value(const Image *d, const Pose *pose, FrontRow which, double start_mm, Strip *row)
{
    const RowPlace *place = &PLACES[which];
    double ux = row->right.x - row->left.x, uy = row->right.y - row->left.y, length = hypot(ux, uy), em = row->height;
    ux /= length, uy /= length;
    double slack = place->x0 == VALUE_X_MM ? 0.7 : 1.4; /* 民族 is placed by itself */
    double a = (start_mm - slack - EDGE_FROM_MM) * pose->px_per_mm, room = slack * pose->px_per_mm + em;
    Strip s = *row;
    s.left = (Point){ row->left.x + ux * a, row->left.y + uy * a };
    s.right = (Point){ s.left.x + ux * room, s.left.y + uy * room };
    if (!rows_trim(d, ROWS_HANZI, &s))
        return FALSE;
    s.right = (Point){ s.left.x + ux * em, s.left.y + uy * em };
    s = rows_extend(d, &s, ROWS_HANZI, place->gap * pose->px_per_mm / em, 0, (place->x1 - start_mm) * pose->px_per_mm / em - 1);
    if (!rows_trim(d, ROWS_HANZI, &s))
        return FALSE;
    *row = s;
    return rows_ink(d, row) > 6;
}

void
card_front_rows(const Image *darkness, const Strip *number, const Quad *card, FrontRows *rows)
{
    Pose pose;
    *rows = (FrontRows){ 0 };
    if (card && pose_of_card(card, number, &pose))
        rows->fit = pose_fit(darkness, &pose);
    else
        pose = pose_search(darkness, number, &rows->fit);
    rows->px_per_mm = pose.px_per_mm;
    double start_mm[FRONT_ROWS];
    for (guint i = 0; i < FRONT_ROWS; i++)
        rows->seen[i] = find_row(darkness, &pose, (FrontRow)i, &rows->rows[i]);
    pose_fit_left_edge(darkness, &pose, rows->rows, rows->seen, start_mm);
    for (guint i = 0; i < FRONT_ROWS; i++)
        rows->seen[i] = rows->seen[i] && cut_value(darkness, &pose, (FrontRow)i, start_mm[i], &rows->rows[i]);
}
