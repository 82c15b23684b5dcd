/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * licence_rows.c: lines of text put into rows; label and value told apart by two classified cells.
 */
#include "ocr/licence_rows.h"

#include "ocr/parts.h"

#include <math.h>
#include <string.h>

enum { CELL_PX = 56, READ_EM_PX = 48, LEAST_HEIGHT = 8, MOST_HEIGHT = 60, SPANS_MAX = 600, LABELS_READ_MAX = 24,
       WIDEST_PX = 6000, PIECE_PX = 12, PIECE_INK = 40 };

static const double INK_OF_EM = 0.93;                         /* height of a line's ink, in em */
static const double READ_MARGIN_X = 0.7, READ_MARGIN_Y = 0.3; /* em, as hanzi.h asks */

static const double LABEL_LONGEST = 9.2;  /* heights */
static const double LABEL_SHORTEST = 1.7; /* heights: two characters */
static const double LABEL_INNER_GAP = 4.6;
static const double VALUE_INNER_GAP = 1.6; /* beside a full-width bracket */
static const double VALUE_AWAY = 5.6;      /* from its label: one of two characters, set without gaps in a column for six */

static const double COLONS[] = { 0.24, 0.41, 0.58 }; /* em a colon's ink takes after the label: half or full width */
static const double SURE = 0.35;              /* certainty that makes a label */
static const double CERTAINTY_READ = 0.6;     /* of a label that was read as a whole */

typedef struct {
    Flat *flat;
    const Hanzi *hanzi;
    gboolean over_faint; /* dark print alone counts */
} Look;

typedef struct {
    Label label;
    const char *first, *last; /* any of these characters */
} LabelShape;

static const LabelShape SHAPES[] = {
    { LABEL_NAME, "名字单机企组公", "称" },
    { LABEL_LEGAL_REP, "法负投执经首委代", "人者表名" },
    { LABEL_ADDRESS, "住主经营地", "所址" },
    { LABEL_CAPITAL, "注出开资成实", "本额金" },
    { LABEL_ESTABLISHED, "成注", "期" },
    { LABEL_TERM, "营合经有", "限期" },
    { LABEL_TYPE, "类组公企主", "型式" },
    { LABEL_SCOPE, "经宗业", "围" },
    { LABEL_AUTHORITY, "登发", "关" },
    { LABEL_CODE, "统", "码" },
};

double
row_span_length(const RowSpan *span)
{
    return point_distance(span->left, span->right);
}

Quad
row_span_quad(const RowSpan *span, double margin_x, double margin_y)
{
    double length = fmax(row_span_length(span), 1e-6), h = (0.5 + margin_y) * span->height_px;
    double ux = (span->right.x - span->left.x) / length, uy = (span->right.y - span->left.y) / length;
    double e = margin_x * span->height_px;
    Point a = { span->left.x - ux * e, span->left.y - uy * e }, b = { span->right.x + ux * e, span->right.y + uy * e };
    return (Quad){ {
        { a.x + uy * h, a.y - ux * h },
        { b.x + uy * h, b.y - ux * h },
        { b.x - uy * h, b.y + ux * h },
        { a.x - uy * h, a.y + ux * h },
    } };
}

/* ---- cells -------------------------------------------------------------------------------------- */

/* The chance that the cell from @x to @x + @width along the axis holds one of @letters. */
static void
classify(const Look *look, const RowSpan *at, double from, double to, HanziChoice choices[HANZI_CHOICES])
{
    double length = fmax(row_span_length(at), 1e-6);
    double ux = (at->right.x - at->left.x) / length, uy = (at->right.y - at->left.y) / length;
    RowSpan cell = { { at->left.x + ux * from, at->left.y + uy * from },
                     { at->left.x + ux * to, at->left.y + uy * to },
                     at->height_px };
    Quad quad = row_span_quad(&cell, 0.06, 0.10);
    double aspect = (to - from + 0.12 * at->height_px) / (1.2 * at->height_px);
    guint width = (guint)CLAMP(lround(CELL_PX * aspect), 12, 4 * CELL_PX);
    g_autoptr(Image) cut = flat_cut(look->flat, &quad, width, CELL_PX);
    g_autoptr(Image) ink = ink_of_line(cut, NULL);
    if (look->over_faint)
        ink_drop_faint(ink);
    HanziLine line = { .px = ink->data, .width = ink->width, .height = ink->height, .stride = ink->width,
                       .em_px = CELL_PX / 1.2 / 0.93 };
    memset(choices, 0, HANZI_CHOICES * sizeof *choices);
    hanzi_classify_cell(look->hanzi, &line, choices, NULL);
}

static double
chance_of(const HanziChoice choices[HANZI_CHOICES], const char *letters)
{
    double sum = 0;
    for (guint i = 0; i < HANZI_CHOICES && choices[i].c; i++)
        for (const char *p = letters; *p; p = g_utf8_next_char(p))
            if (hanzi_fold(g_utf8_get_char(p)) == hanzi_fold(choices[i].c))
                sum += fmax(choices[i].p, i == 0 ? 0.3 : 0.1);
    return fmin(sum, 1);
}

/* The best label that begins with @first and whose last character ends at @end. */
static Label
label_ending_at(const Look *look, const RowSpan *at, double end, const HanziChoice *first,
                double *certainty)
{
    HanziChoice last[HANZI_CHOICES];
    Label best = LABEL_NONE;
    *certainty = 0;
    classify(look, at, fmax(end - at->height_px / 0.95, 0), end, last);
    for (guint i = 0; i < G_N_ELEMENTS(SHAPES); i++) {
        double chance = sqrt(chance_of(first, SHAPES[i].first) * chance_of(last, SHAPES[i].last));
        if (chance > *certainty)
            *certainty = chance, best = SHAPES[i].label;
    }
    return best;
}

/* Which label stands on @at, judged by its first and its last character, or the last before a colon. */
static Label
label_on(const Look *look, const RowSpan *at, double *certainty)
{
    double em = at->height_px / 0.95, length = row_span_length(at);
    HanziChoice first[HANZI_CHOICES];
    *certainty = 0;
    classify(look, at, 0, fmin(em, length), first);
    gboolean possible = FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(SHAPES); i++)
        possible |= chance_of(first, SHAPES[i].first) > 0;
    if (!possible)
        return LABEL_NONE;
    Label best = label_ending_at(look, at, length, first, certainty);
    for (guint i = 0; i < G_N_ELEMENTS(COLONS) && *certainty < SURE && length > 2 * em; i++) {
        double chance;
        Label label = label_ending_at(look, at, length - COLONS[i] * em, first, &chance);
        if (chance > *certainty)
            best = label, *certainty = chance;
    }
    return best;
}

/* The line picture of @at without faint ink where @look says so; margins in em. */
static Image *
line_ink(const Look *look, const RowSpan *at, double margin_x, double margin_y)
{
    double em = at->height_px / INK_OF_EM;
    Quad quad = row_span_quad(at, margin_x / INK_OF_EM, ((1 - INK_OF_EM) / 2 + margin_y) / INK_OF_EM);
    guint height = (guint)lround(READ_EM_PX * (1 + 2 * margin_y));
    guint width = (guint)CLAMP(lround(READ_EM_PX * (row_span_length(at) / em + 2 * margin_x)), READ_EM_PX, WIDEST_PX);
    g_autoptr(Image) cut = flat_cut(look->flat, &quad, width, height);
    Image *ink = ink_of_line(cut, NULL);
    if (look->over_faint)
        ink_drop_faint(ink);
    return ink;
}

/* Does @text begin with one of @first and end, but for colons and brackets, with one of @last? */
static gboolean
begins_and_ends(const char *text, const char *first, const char *last)
{
    const char *end = text + strlen(text);
    while (end > text && g_unichar_type(g_utf8_get_char(g_utf8_prev_char(end))) != G_UNICODE_OTHER_LETTER)
        end = g_utf8_prev_char(end);
    return g_utf8_strlen(text, end - text) >= 2 && g_utf8_strchr(first, -1, g_utf8_get_char(text)) &&
           g_utf8_strchr(last, -1, g_utf8_get_char(g_utf8_prev_char(end)));
}

/* Which label the whole of @at reads as: dearer than two cells, and good for faces whose cells alone tell little. */
static Label
label_read_on(const Look *look, const RowSpan *at)
{
    g_autoptr(Image) ink = line_ink(look, at, READ_MARGIN_X, READ_MARGIN_Y);
    HanziLine line = { .px = ink->data, .width = ink->width, .height = ink->height, .stride = ink->width,
                       .em_px = READ_EM_PX };
    g_auto(HanziReading) reading = { 0 };
    if (!hanzi_read(look->hanzi, &line, HANZI_READ_ANY, &reading, NULL))
        return LABEL_NONE;
    for (guint i = 0; i < G_N_ELEMENTS(SHAPES); i++)
        if (begins_and_ends(reading.text, SHAPES[i].first, SHAPES[i].last))
            return SHAPES[i].label;
    return LABEL_NONE;
}

/* ---- rows --------------------------------------------------------------------------------------- */

static double
slope_of(const RowSpan *s)
{
    double dx = s->right.x - s->left.x;
    return dx > 4 * s->height_px ? (s->right.y - s->left.y) / dx : 0;
}

static int
by_left(gconstpointer a, gconstpointer b)
{
    const RowSpan *p = a, *q = b;
    return p->left.x != q->left.x ? (p->left.x > q->left.x) - (p->left.x < q->left.x)
                                  : (p->left.y > q->left.y) - (p->left.y < q->left.y);
}

static GArray *
spans_of(const GPtrArray *lines)
{
    GArray *spans = g_array_new(FALSE, FALSE, sizeof(RowSpan));
    for (guint i = 0; i < lines->len && spans->len < SPANS_MAX; i++) {
        const TextLine *line = g_ptr_array_index(lines, i);
        double width = text_line_length(line);
        /* Lone flat strokes (一) take their height from the row they join. */
        if (fmax(line->height_px, fmin(width, 40)) < LEAST_HEIGHT || line->height_px > MOST_HEIGHT ||
            fabs(line->slope) > 0.12)
            continue;
        RowSpan span = { line->left, line->right, line->height_px };
        g_array_append_val(spans, span);
    }
    g_array_sort(spans, by_left);
    return spans;
}

/* Does @b continue @a's row, and how far to the right does it begin? */
static gboolean
continues(const RowSpan *a, const RowSpan *b, double *gap)
{
    double h = fmax(a->height_px, b->height_px);
    *gap = b->left.x - a->right.x;
    double y = a->right.y + slope_of(a) * *gap;
    return *gap > -0.3 * h && fmin(a->height_px, b->height_px) > 0.4 * h && fabs(b->left.y - y) < 0.35 * h;
}

/* For each span the nearest one to the right on its row, or -1. */
static int *
find_nexts(const GArray *spans)
{
    int *next = g_new(int, MAX(spans->len, 1));
    for (guint i = 0; i < spans->len; i++) {
        next[i] = -1;
        const RowSpan *a = &g_array_index(spans, RowSpan, i);
        double nearest = 12 * a->height_px, gap;
        for (guint k = 0; k < spans->len; k++)
            if (k != i && continues(a, &g_array_index(spans, RowSpan, k), &gap) && gap < nearest &&
                g_array_index(spans, RowSpan, k).left.x > a->left.x)
                nearest = gap, next[i] = (int)k;
    }
    return next;
}

static RowSpan
joined(const RowSpan *a, const RowSpan *b)
{
    double la = row_span_length(a), lb = row_span_length(b);
    double h = la > 2 * lb ? fmax(a->height_px, 0.9 * b->height_px) : fmax(a->height_px, b->height_px);
    RowSpan s = { a->left, b->right, h };
    if (la < 2 * lb && lb > 2 * h) /* the longer one knows the axis */
        s.left.y = b->left.y - slope_of(b) * (b->left.x - a->left.x);
    if (lb < 2 * la && la > 2 * h)
        s.right.y = a->right.y + slope_of(a) * (b->right.x - a->right.x);
    return s;
}

typedef struct {
    Look look;
    GArray *spans;
    int *next;
    gboolean *used;   /* in a row already */
    gboolean *begins; /* nothing stands close on its left */
} Rows;

/* A label that begins at span @i: as many spans as it takes. *@last is its last one. */
static Label
label_from(const Rows *r, guint i, RowSpan *at, guint *last, double *certainty)
{
    RowSpan s = g_array_index(r->spans, RowSpan, i);
    int k = (int)i;
    for (guint tries = 0; tries < 5; tries++) {
        double length = row_span_length(&s);
        if (length > LABEL_LONGEST * s.height_px)
            break;
        if (length >= LABEL_SHORTEST * s.height_px) {
            Label label = label_on(&r->look, &s, certainty);
            if (label != LABEL_NONE && *certainty > SURE) {
                *at = s;
                *last = (guint)k;
                return label;
            }
        }
        int n = r->next[k];
        if (n < 0)
            break;
        const RowSpan *b = &g_array_index(r->spans, RowSpan, n);
        if (b->left.x - s.right.x > LABEL_INNER_GAP * s.height_px)
            break;
        s = joined(&s, b);
        k = n;
    }
    return LABEL_NONE;
}

/* The value that begins at span @i, over brackets' gaps, up to a wide gap or another label. */
static RowSpan
value_from(const Rows *r, guint i)
{
    RowSpan s = g_array_index(r->spans, RowSpan, i);
    r->used[i] = TRUE;
    for (int n = r->next[i]; n >= 0 && !r->used[n]; n = r->next[n]) {
        const RowSpan *b = &g_array_index(r->spans, RowSpan, n);
        double gap = b->left.x - s.right.x, certainty;
        RowSpan at;
        guint last;
        if (gap > VALUE_INNER_GAP * s.height_px)
            break;
        if (gap > 0.9 * s.height_px && label_from(r, (guint)n, &at, &last, &certainty) != LABEL_NONE)
            break;
        s = joined(&s, b);
        r->used[n] = TRUE;
    }
    return s;
}

static void
take_label(const Rows *r, guint i, GArray *rows)
{
    LicenceRow row = { LABEL_NONE };
    guint last = i;
    row.label = label_from(r, i, &row.label_at, &last, &row.certainty);
    if (row.label == LABEL_NONE)
        return;
    for (int k = (int)i; k >= 0 && !r->used[k]; k = r->next[k]) {
        r->used[k] = TRUE;
        if (k == (int)last)
            break;
    }
    int n = r->next[last];
    if (n >= 0 && !r->used[n] &&
        g_array_index(r->spans, RowSpan, n).left.x - row.label_at.right.x < VALUE_AWAY * row.label_at.height_px) {
        row.value = value_from(r, (guint)n);
        row.has_value = TRUE;
    }
    g_array_append_val(rows, row);
}

/* Print under @row's value that begins where the value does and has no label: its second line. */
static void
find_second(LicenceRow *row, GArray *rows)
{
    const RowSpan *v = &row->value;
    for (guint i = 0; row->has_value && i < rows->len; i++) {
        LicenceRow *other = &g_array_index(rows, LicenceRow, i);
        const RowSpan *o = &other->value;
        double down = o->left.y - v->left.y, h = v->height_px;
        if (other->label != LABEL_NONE || fabs(o->left.x - v->left.x) > 1.2 * h || down < 0.9 * h || down > 1.9 * h ||
            fabs(o->height_px - h) > 0.3 * h)
            continue;
        row->second = *o;
        row->has_second = TRUE;
        return;
    }
}

/* ---- values whose label cannot be read ------------------------------------------------------------ */

/* Is the flat page white along the axis of @s from @from to @to (x)? */
static gboolean
is_white(const Flat *flat, const RowSpan *s, double from, double to)
{
    guint dark = 0, n = 0;
    for (double x = fmax(from, 0); x < fmin(to, flat->width - 1.0); x++) {
        double y = s->left.y + slope_of(s) * (x - s->left.x);
        for (double v = fmax(y - 0.4 * s->height_px, 0); v < fmin(y + 0.4 * s->height_px, flat->height - 1.0); v++, n++)
            dark += flat->ink->data[(guint)v * flat->width + (guint)x] < 160;
    }
    return n > 0 && dark * 50 < n;
}

/*
 * Values stand in columns: print that begins where a labelled value does, beside something on its left,
 * has a label too. Print that runs through the column's edge with a gap there is label and value in one.
 */
static gboolean
value_in_column(const Rows *r, guint i, const RowSpan *column, RowSpan *value)
{
    const RowSpan *s = &g_array_index(r->spans, RowSpan, i);
    double h = s->height_px, x = column->left.x;
    if (fabs(h - column->height_px) > 0.35 * column->height_px)
        return FALSE;
    if (fabs(s->left.x - x) < 0.7 * h) {
        for (guint k = 0; k < r->spans->len; k++) {
            const RowSpan *left = &g_array_index(r->spans, RowSpan, k);
            if (r->next[k] == (int)i && x - left->right.x < VALUE_AWAY * h && x - left->left.x > 2 * h) {
                *value = value_from(r, i);
                return TRUE;
            }
        }
        return FALSE;
    }
    if (x - s->left.x < 3 * h || x - s->left.x > 8 * h || s->right.x < x + 0.8 * h ||
        !is_white(r->look.flat, s, x - 0.45 * h, x - 0.15 * h))
        return FALSE;
    *value = value_from(r, i);
    value->left.y += slope_of(s) * (x - 0.15 * h - value->left.x);
    value->left.x = x - 0.15 * h;
    return TRUE;
}

static void
take_unread(const Rows *r, GArray *rows)
{
    guint labelled = rows->len;
    for (guint k = 0; k < labelled; k++) {
        const LicenceRow *column = &g_array_index(rows, LicenceRow, k);
        if (!column->has_value || column->label == LABEL_CODE || column->label == LABEL_AUTHORITY)
            continue;
        RowSpan at = column->value;
        for (guint i = 0; i < r->spans->len; i++) {
            LicenceRow row = { .label = LABEL_UNREAD, .has_value = TRUE, .certainty = 0.3 };
            if (!r->used[i] && value_in_column(r, i, &at, &row.value))
                g_array_append_val(rows, row);
        }
    }
}

static int
by_top(gconstpointer a, gconstpointer b)
{
    const LicenceRow *p = a, *q = b;
    double y = p->has_value ? p->value.left.y : p->label_at.left.y,
           z = q->has_value ? q->value.left.y : q->label_at.left.y;
    return (y > z) - (y < z);
}

static GArray *
rows_of_lines(const Look *look, const GPtrArray *lines)
{
    g_autoptr(GArray) spans = spans_of(lines);
    g_autofree int *next = find_nexts(spans);
    g_autofree gboolean *used = g_new0(gboolean, MAX(spans->len, 1)), *begins = g_new(gboolean, MAX(spans->len, 1));
    for (guint i = 0; i < spans->len; i++)
        begins[i] = TRUE;
    for (guint i = 0; i < spans->len; i++)
        if (next[i] >= 0) {
            const RowSpan *a = &g_array_index(spans, RowSpan, i), *b = &g_array_index(spans, RowSpan, next[i]);
            begins[next[i]] = b->left.x - a->right.x > 1.1 * a->height_px;
        }
    Rows r = { *look, spans, next, used, begins };
    GArray *rows = g_array_new(FALSE, FALSE, sizeof(LicenceRow));
    for (guint i = 0; i < spans->len; i++)
        if (!used[i] && begins[i])
            take_label(&r, i, rows);
    take_unread(&r, rows);
    for (guint i = 0; i < spans->len; i++)
        if (!used[i]) {
            LicenceRow row = { .label = LABEL_NONE, .has_value = TRUE };
            row.value = value_from(&r, i);
            g_array_append_val(rows, row);
        }
    g_array_sort(rows, by_top);
    for (guint i = 0; i < rows->len; i++)
        if (g_array_index(rows, LicenceRow, i).label != LABEL_NONE)
            find_second(&g_array_index(rows, LicenceRow, i), rows);
    return rows;
}

GArray *
licence_rows(Flat *flat, const Hanzi *hanzi)
{
    Look look = { flat, hanzi, FALSE };
    return rows_of_lines(&look, flat->lines);
}

/* Does another labelled value begin at @x? */
static gboolean
is_column(const GArray *rows, const LicenceRow *but, double x)
{
    for (guint i = 0; i < rows->len; i++) {
        const LicenceRow *row = &g_array_index(rows, LicenceRow, i);
        if (row != but && row->label != LABEL_NONE && row->has_value &&
            fabs(row->value.left.x - x) < 0.5 * but->value.height_px)
            return TRUE;
    }
    return FALSE;
}

/*
 * The row of @among right of the label @at that has no label of its own, or -1. With @columns: that begins where one of
 * their values does.
 */
static int
unlabelled_right_of(const GArray *among, const RowSpan *at, const GArray *columns, const LicenceRow *but)
{
    double nearest = VALUE_AWAY * at->height_px;
    int found = -1;
    for (guint i = 0; i < among->len; i++) {
        const LicenceRow *row = &g_array_index(among, LicenceRow, i);
        double gap = row->value.left.x - at->right.x;
        if ((row->label != LABEL_NONE && row->label != LABEL_UNREAD) || gap < 0 || gap >= nearest ||
            fabs(row->value.left.y - at->right.y) > 0.45 * at->height_px ||
            row->value.height_px < 0.6 * at->height_px ||
            (columns && !is_column(columns, but, row->value.left.x)))
            continue;
        nearest = gap;
        found = (int)i;
    }
    return found;
}

/* Print without a label that has print on its right may be one: it is read as a whole. */
static void
read_labels(const Look *look, GArray *rows)
{
    for (guint i = 0, tried = 0; i < rows->len && tried < LABELS_READ_MAX; i++) {
        const LicenceRow *left = &g_array_index(rows, LicenceRow, i);
        const RowSpan at = left->value;
        double length = row_span_length(&at);
        if (left->label != LABEL_NONE || length > LABEL_LONGEST * at.height_px || length < LABEL_SHORTEST * at.height_px)
            continue;
        int k = unlabelled_right_of(rows, &at, NULL, NULL);
        if (k < 0)
            continue;
        tried++;
        Label label = label_read_on(look, &at);
        if (label == LABEL_NONE || licence_row_find(rows, label))
            continue;
        LicenceRow *row = &g_array_index(rows, LicenceRow, (guint)k);
        row->label = label;
        row->label_at = at;
        row->certainty = CERTAINTY_READ;
        find_second(row, rows);
    }
}

static void
set_value(LicenceRow *row, const LicenceRow *other)
{
    row->value = other->value;
    row->second = other->second;
    row->has_second = other->has_second;
    row->has_value = row->over_faint = TRUE;
}

/* The value that @darker has right of the label of @row. */
static void
take_value(LicenceRow *row, const GArray *darker)
{
    int k = unlabelled_right_of(darker, &row->label_at, NULL, NULL);
    if (k >= 0)
        set_value(row, &g_array_index(darker, LicenceRow, (guint)k));
}

/* Is there print, not specks, in the PIECE_PX columns from @x? */
static gboolean
has_print(const Image *ink, guint x)
{
    guint dark = 0;
    for (guint y = 0; y < ink->height; y++)
        for (guint c = x; c < x + PIECE_PX; c++)
            dark += ink->data[(gsize)y * ink->width + c] < 200;
    return dark >= PIECE_INK;
}

/* Where on @value's axis print begins that is not faint. Returns: FALSE where all of it is faint. */
static gboolean
first_print(const Look *look, const RowSpan *value, Point *left)
{
    g_autoptr(Image) ink = line_ink(look, value, 0, 0);
    guint from = 0, last = ink->width - PIECE_PX;
    while (from < last && !has_print(ink, from))
        from++;
    double share = (double)from / ink->width;
    *left = (Point){ value->left.x + share * (value->right.x - value->left.x),
                     value->left.y + share * (value->right.y - value->left.y) };
    return from < last;
}

/*
 * A piece of a word across the page may stand before the value or touch its beginning. It goes where it vanishes with
 * the faint ink and what is left begins where another value does: both are asked for, lest a first character be lost.
 */
static void
put_in_column(const Look *look, const GArray *rows, const GArray *darker, LicenceRow *row)
{
    Point left;
    if (is_column(rows, row, row->value.left.x))
        return;
    if (first_print(look, &row->value, &left)) {
        if (is_column(rows, row, left.x))
            row->value.left = left;
        return;
    }
    int k = unlabelled_right_of(darker, &row->label_at, rows, row);
    if (k >= 0)
        set_value(row, &g_array_index(darker, LicenceRow, (guint)k));
}

static gboolean
has_both_names(const GArray *rows)
{
    return licence_row_find(rows, LABEL_NAME) && licence_row_find(rows, LABEL_LEGAL_REP);
}

void
licence_rows_look_harder(Flat *flat, const Hanzi *hanzi, GArray *rows)
{
    Look plain = { flat, hanzi, FALSE };
    if (!has_both_names(rows))
        read_labels(&plain, rows);
    if (has_both_names(rows))
        return;
    g_autoptr(GArray) parts = ink_parts_of_dark_print(flat->ink);
    g_autoptr(GPtrArray) lines = lines_find(parts);
    Look look = { flat, hanzi, TRUE };
    g_autoptr(GArray) darker = rows_of_lines(&look, lines);
    read_labels(&look, darker);
    gboolean has[LABELS] = { FALSE };
    for (guint i = 0; i < rows->len; i++) {
        LicenceRow *row = &g_array_index(rows, LicenceRow, i);
        if (row->label != LABEL_NONE && row->label != LABEL_UNREAD && !row->has_value)
            take_value(row, darker);
    }
    for (guint i = 0; i < LABELS; i++)
        has[i] = i == LABEL_NONE || i == LABEL_UNREAD || licence_row_find(rows, (Label)i);
    for (guint i = 0; i < darker->len; i++) {
        LicenceRow row = g_array_index(darker, LicenceRow, i);
        row.over_faint = TRUE;
        if (row.has_value && !has[row.label])
            g_array_append_val(rows, row);
    }
    for (guint i = 0; i < rows->len; i++) {
        LicenceRow *row = &g_array_index(rows, LicenceRow, i);
        if (row->over_faint && (row->label == LABEL_NAME || row->label == LABEL_LEGAL_REP))
            put_in_column(&look, rows, darker, row);
    }
    g_array_sort(rows, by_top);
}

const LicenceRow *
licence_row_find(const GArray *rows, Label label)
{
    const LicenceRow *best = NULL;
    for (guint i = 0; i < rows->len; i++) {
        const LicenceRow *row = &g_array_index(rows, LicenceRow, i);
        if (row->label == label && row->has_value && (!best || row->certainty > best->certainty + 0.15))
            best = row;
    }
    return best;
}
