/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * compose.c: the samples of one seal become one picture on a canvas of its true size.
 */
#include "sealgen/compose.h"

#include <math.h>
#include <string.h>

#include "sealgen/align.h"
#include "sealgen/fuse.h"
#include "sealgen/same_seal.h"
#include "sealgen/upright.h"

#define FUSE_MARGIN_MM 1.5
#define LIKE_LEAST 0.38 /* a sample that registers worse is another seal's, or ruined */
#define SAMPLES_USED 4
#define SAMPLES_MOST 16
#define AS_DECLARED_MM 0.5 /* measured this near: the declared size is meant */
#define NOTE_MM 1.0        /* measured this near: a note; beyond: a person looks */
#define UNSURE_MM 0.5      /* from this uncertainty on a size is told as unproven */
#define VERY_UNSURE_MM 1.0 /* and beyond this not even the declared size bears it out */
#define EDGE_MM 0.10       /* sigma of the ink's outer edge: ink spreads, thin ink ends early; and as much of a pixel */
#define BLOTTED_STROKE 1.25 /* wider strokes than the other samples have, by this factor */
#define BLOTTED_INK 1.15
#define MUCH_INK 1.35 /* against the median sample: two impressions over each other */
#define POOR_QUALITY 0.30

typedef struct {
    const Impression *imp;
    SheetSample *sample;
    Alignment from_ref; /* reference's pixels -> this one's */
    double merit;
    gboolean usable;
    SameSeal same;
} Candidate;

/* Usual sizes in mm of each type, width x height (0: as wide). DESIGN section 5. */
typedef struct {
    SealType type;
    SealShape shape;
    double width, height;
} Nominal;

static const Nominal NOMINAL[] = {
    { SEAL_OFFICIAL, SHAPE_ROUND, 38, 0 },      { SEAL_OFFICIAL, SHAPE_ROUND, 40, 0 },
    { SEAL_OFFICIAL, SHAPE_ROUND, 42, 0 },      { SEAL_OFFICIAL, SHAPE_ROUND, 45, 0 },
    { SEAL_CONTRACT, SHAPE_ROUND, 38, 0 },      { SEAL_CONTRACT, SHAPE_ROUND, 40, 0 },
    { SEAL_CONTRACT, SHAPE_ROUND, 42, 0 },      { SEAL_CONTRACT, SHAPE_ROUND, 45, 0 },
    { SEAL_CONTRACT, SHAPE_ROUND, 50, 0 },      { SEAL_CONTRACT, SHAPE_ROUND, 58, 0 },
    { SEAL_FINANCE, SHAPE_ROUND, 36, 0 },       { SEAL_FINANCE, SHAPE_ROUND, 38, 0 },
    { SEAL_FINANCE, SHAPE_ROUND, 40, 0 },       { SEAL_FINANCE, SHAPE_OVAL, 45, 30 },
    { SEAL_FINANCE, SHAPE_RECTANGLE, 22, 0 },   { SEAL_INVOICE, SHAPE_OVAL, 40, 30 },
    { SEAL_LEGAL_REP, SHAPE_RECTANGLE, 16, 0 }, { SEAL_LEGAL_REP, SHAPE_RECTANGLE, 18, 0 },
    { SEAL_LEGAL_REP, SHAPE_RECTANGLE, 20, 0 }, { SEAL_LEGAL_REP, SHAPE_RECTANGLE, 22, 0 },
    { SEAL_PRACTICE, SHAPE_OVAL, 50, 36 },      { SEAL_PRACTICE, SHAPE_OVAL, 50, 35 },
};

double
compose_canvas(const OrderSeal *ordered, SealShape shape, double mw, double mh, double *width_mm, double *height_mm)
{
    double off = 0;
    if (ordered->width_mm > 0) {
        off = MAX(fabs(mw - ordered->width_mm), fabs(mh - ordered->height_mm));
        if (off <= NOTE_MM) {
            *width_mm = ordered->width_mm;
            *height_mm = ordered->height_mm;
            return off;
        }
    }
    *width_mm = round(mw * 10) / 10;
    *height_mm = round(mh * 10) / 10;
    double nearest = AS_DECLARED_MM;
    for (guint i = 0; i < G_N_ELEMENTS(NOMINAL); i++) {
        const Nominal *n = &NOMINAL[i];
        double h = n->height > 0 ? n->height : n->width, d = MAX(fabs(mw - n->width), fabs(mh - h));
        if (n->type == ordered->type && n->shape == shape && d < nearest) {
            nearest = d;
            *width_mm = n->width;
            *height_mm = h;
        }
    }
    return off;
}

/* Types with no usual size, and free shapes, may be of any. */
gboolean
compose_size_usual(SealType type, SealShape shape, const double measured_mm[2])
{
    gboolean any = FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(NOMINAL); i++) {
        const Nominal *n = &NOMINAL[i];
        double h = n->height > 0 ? n->height : n->width;
        if (n->type != type)
            continue;
        any = TRUE;
        if (n->shape == shape && MAX(fabs(measured_mm[0] - n->width), fabs(measured_mm[1] - h)) <= NOTE_MM)
            return TRUE;
    }
    return !any || shape == SHAPE_FREE;
}

static Finding *
seal_finding(FindingCode code, Severity severity, const SheetSeal *seal, const char *detail)
{
    Finding *finding = finding_new(code, severity, detail);
    finding->seal = g_strdup(seal_type_name(seal->type));
    return finding;
}

static Finding *
sample_finding(FindingCode code, Severity severity, const SheetSeal *seal, const SheetSample *sample,
               const char *detail)
{
    Finding *finding = seal_finding(code, severity, seal, detail);
    finding->file = g_strdup(sample->file);
    finding->page = (int)sample->page_index;
    finding->has_box = TRUE;
    finding->box_px = sample->box_px;
    return finding;
}

/* What a sample is worth before the others are looked at. */
static double
first_merit(const Impression *imp, double usual_ink_mm2)
{
    double merit = imp->outline.shape == SHAPE_FREE ? 0.5 : imp->outline.support;
    merit *= 1 - MIN(0.7, 2.5 * imp->foreign_share);
    merit *= 0.2 + 0.8 * imp->likeness;
    if (imp->overlapped)
        merit *= 0.4;
    if (usual_ink_mm2 > 0 && imp->ink_mm2 > MUCH_INK * usual_ink_mm2)
        merit *= 0.4;
    return merit;
}

static double
median3(double *v, guint n)
{
    for (guint i = 1; i < n; i++)
        for (guint k = i; k > 0 && v[k - 1] > v[k]; k--) {
            double t = v[k];
            v[k] = v[k - 1];
            v[k - 1] = t;
        }
    return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

/* Are its strokes much wider, and its ink more, than the others'? */
static gboolean
is_blotted(const Impression *imp, const GPtrArray *members)
{
    double strokes[32], ink[32];
    guint n = 0;
    for (guint i = 0; i < members->len && n < G_N_ELEMENTS(strokes); i++) {
        const Impression *other = g_ptr_array_index(members, i);
        if (other == imp || other->overlapped)
            continue;
        strokes[n] = other->stroke_mm;
        ink[n++] = other->ink_mm2;
    }
    return n > 0 && !imp->overlapped && imp->stroke_mm > BLOTTED_STROKE * median3(strokes, n) &&
           imp->ink_mm2 > BLOTTED_INK * median3(ink, n);
}

static double
median_ink(const GPtrArray *members)
{
    double v[32];
    guint n = MIN(members->len, G_N_ELEMENTS(v));
    for (guint i = 0; i < n; i++)
        v[i] = ((const Impression *)g_ptr_array_index(members, i))->ink_mm2;
    return n >= 3 ? median3(v, n) : 0;
}

static SheetSample *
add_sample(SheetSeal *seal, const Impression *imp, const GPtrArray *members, PageView *const *views)
{
    const PageView *view = views[imp->page];
    SheetSample *sample = g_new0(SheetSample, 1);
    double ppm = imp->alpha->ppm;
    Outline o = imp->outline;
    o.centre = (Point){ imp->origin_mm.x + o.centre.x / ppm, imp->origin_mm.y + o.centre.y / ppm };
    o.width /= ppm;
    o.height /= ppm;
    sample->page = imp->page;
    sample->centre_px = page_view_stored(view, o.centre);
    sample->rotation_deg = imp->turn_deg - view->hint_deg;
    sample->rotation_deg -= 360 * round(sample->rotation_deg / 360);
    sample->size_mm[0] = o.width;
    sample->size_mm[1] = o.height;
    sample->box_px = page_view_stored_box(view, &o);
    sample->reasons = imp->reasons;
    if (is_blotted(imp, members))
        sample->reasons |= SAMPLE_BLOTTED;
    if (imp->foreign_share > 0.06)
        sample->reasons |= SAMPLE_CROSSED;
    if (imp->overlapped)
        sample->reasons |= SAMPLE_DOUBLED;
    if (imp->fineness < 5.5)
        sample->reasons |= SAMPLE_BLURRED;
    g_ptr_array_add(seal->samples, sample);
    return sample;
}

/* The best one that is not foreign; there is one. */
static guint
best_candidate(const Candidate *c, guint n)
{
    guint best = n;
    for (guint i = 0; i < n; i++)
        if (!c[i].same.foreign && (best == n || c[i].merit > c[best].merit))
            best = i;
    return best;
}

/* The picture's frame: upright, the reference's outline in its middle with a margin. */
typedef struct {
    guint width, height;
    double ppm;
    Affine to_ref; /* canonical pixels -> the reference's */
    Outline outline;
} Canon;

static Canon
canon_of(const Impression *ref, double turn_deg)
{
    Canon c = { 0 };
    double f = ref->alpha->ppm;
    c.ppm = MAX(12, f);
    double side_w = ref->outline.width / f, side_h = ref->outline.height / f;
    double off = fabs(sin((ref->outline.turn_deg - turn_deg) * G_PI / 180));
    double w = side_w + (side_h - side_w) * off, h = side_h + (side_w - side_h) * off;
    if (ref->outline.shape == SHAPE_RECTANGLE) {
        double across = fabs(cos((ref->outline.turn_deg - turn_deg) * G_PI / 180));
        w = side_w * across + side_h * off;
        h = side_h * across + side_w * off;
    }
    c.width = (guint)ceil((w + 2 * FUSE_MARGIN_MM) * c.ppm);
    c.height = (guint)ceil((h + 2 * FUSE_MARGIN_MM) * c.ppm);
    Point middle = { (c.width - 1) / 2.0, (c.height - 1) / 2.0 };
    c.to_ref = affine_turn(turn_deg, f / c.ppm, f / c.ppm, middle, ref->outline.centre);
    c.outline = (Outline){ ref->outline.shape, middle, w * c.ppm, h * c.ppm, 0, 1, 0 };
    return c;
}

static void
align_candidates(Candidate *c, guint n, guint ref)
{
    for (guint i = 0; i < n; i++) {
        c[i].from_ref = (Alignment){ affine_identity(), 1, 0 };
        if (i != ref && c[i].imp->outline.shape != SHAPE_FREE) {
            align_coarse(c[ref].imp, c[i].imp, &c[i].from_ref);
            align_fine(c[ref].imp, c[i].imp, c[i].imp->photo || c[ref].imp->photo, &c[i].from_ref);
        }
    }
}

static void
find_foreign(Candidate *c, guint n, guint ref)
{
    const Impression *samples[SAMPLES_MOST];
    Alignment from_ref[SAMPLES_MOST];
    gboolean voters[SAMPLES_MOST];
    SameSeal seen[SAMPLES_MOST];
    for (guint i = 0; i < n; i++) {
        samples[i] = c[i].imp;
        from_ref[i] = c[i].from_ref;
        voters[i] = !(c[i].sample->reasons & SAMPLE_OUTSIDE);
    }
    same_seal_find(samples, n, ref, from_ref, voters, seen);
    for (guint i = 0; i < n; i++)
        c[i].same = seen[i];
}

/* Lay all on the best of those that are of one seal. Returns: that one. */
static guint
register_candidates(Candidate *c, guint n)
{
    guint ref = best_candidate(c, n);
    align_candidates(c, n, ref);
    find_foreign(c, n, ref);
    if (c[ref].same.foreign) { /* the others are right */
        ref = best_candidate(c, n);
        align_candidates(c, n, ref);
    }
    for (guint i = 0; i < n; i++) {
        gboolean free_ = c[i].imp->outline.shape == SHAPE_FREE;
        c[i].usable = i == ref || (!free_ && !c[i].same.foreign && c[i].from_ref.likeness > LIKE_LEAST);
        if (!c[i].usable && !free_)
            c[i].sample->reasons |= SAMPLE_DIFFERENT;
    }
    return ref;
}

/* The best few go in; one that lies under another impression only where it is needed. */
static guint
choose_samples(Candidate *c, guint n, guint ref, FuseSample *out, guint *index, const Canon *canon)
{
    guint m = 0;
    out[m].impression = c[ref].imp;
    out[m].to_px = canon->to_ref;
    index[m++] = ref;
    g_autofree gboolean *taken = g_new0(gboolean, n);
    taken[ref] = TRUE;
    while (m < SAMPLES_USED) {
        int best = -1;
        for (guint i = 0; i < n; i++)
            if (!taken[i] && c[i].usable && (best < 0 || c[i].merit > c[best].merit))
                best = (int)i;
        if (best < 0 || (c[best].imp->overlapped && m >= 2) || (m >= 3 && c[best].merit < 0.5 * c[ref].merit))
            break;
        taken[best] = TRUE;
        out[m].impression = c[best].imp;
        out[m].to_px = affine_then(&canon->to_ref, &c[best].from_ref.to_b);
        index[m++] = (guint)best;
    }
    return m;
}

/* The seal's own size: the fused outline, on the scale that the samples agree on. */
static void
measure(const Candidate *c, const guint *index, guint m, const Canon *canon, const Outline *fused,
        const SheetScale *scale, SheetSeal *seal)
{
    double stretch[SAMPLES_USED],
        own = sqrt(impression_width_mm(c[index[0]].imp) * impression_height_mm(c[index[0]].imp));
    for (guint i = 0; i < m; i++) {
        const Impression *imp = c[index[i]].imp;
        stretch[i] = imp->outline.support > 0.55 ? sqrt(impression_width_mm(imp) * impression_height_mm(imp)) / own : 1;
    }
    double f = c[index[0]].imp->outline.shape == SHAPE_FREE ? 1 : median3(stretch, m);
    f = CLAMP(f, 0.97, 1.03);
    seal->measured_mm[0] = fused->width / canon->ppm * f;
    seal->measured_mm[1] = fused->height / canon->ppm * f;
    /* a circle seen a little askew is still a circle */
    gboolean round_ = seal->shape == SHAPE_ROUND; /* where the paper bends, its mean is right nevertheless */
    double askew = round_ ? fabs(seal->measured_mm[0] - seal->measured_mm[1]) / 6 : 0;
    if (seal->shape == SHAPE_ROUND && fabs(seal->measured_mm[0] / seal->measured_mm[1] - 1) < 0.05)
        seal->measured_mm[0] = seal->measured_mm[1] = (seal->measured_mm[0] + seal->measured_mm[1]) / 2;
    double size = MAX(seal->measured_mm[0], seal->measured_mm[1]), spread = 0;
    for (guint i = 0; i < m; i++)
        spread = MAX(spread, fabs(stretch[i] / f - 1));
    double ruler = hypot(scale->sigma, round_ ? 0 : scale->bend) * size, samples = spread * size / (2 * sqrt(m));
    double edge = EDGE_MM * (1 + 2 / MAX(1, scale->px_per_mm));
    seal->uncertainty_mm = 2 * sqrt(ruler * ruler + samples * samples + edge * edge + askew * askew);
}

/* Pixels of the canvas to those of the fused ink. */
static Affine
canvas_map(const SheetSeal *seal, const Outline *o, double turn_deg)
{
    double sx = o->width / seal->width, sy = o->height / seal->height;
    Point middle = { (seal->width - 1) / 2.0, (seal->height - 1) / 2.0 };
    Affine map;
    if (seal->shape == SHAPE_ROUND) {
        /* a circle seen a little askew: turn, then stretch along the ellipse's own axes */
        Point none = { 0, 0 };
        Affine turn = affine_turn(turn_deg - o->turn_deg, 1, 1, none, none), stretch = { { sx, 0, 0, 0, sy, 0 } };
        Affine back = affine_turn(o->turn_deg, 1, 1, none, none);
        map = affine_then(&turn, &stretch);
        map = affine_then(&map, &back);
    } else { /* canvas axes first, then the turn */
        double a = turn_deg * G_PI / 180, c = cos(a), s = sin(a);
        map = (Affine){ { c * sx, -s * sy, 0, s * sx, c * sy, 0 } };
    }
    map.m[2] = o->centre.x - map.m[0] * middle.x - map.m[1] * middle.y;
    map.m[5] = o->centre.y - map.m[3] * middle.x - map.m[4] * middle.y;
    return map;
}

/* Lay the fused ink on its canvas at @ppm. */
static void
draw(const Plane *ink, const Outline *o, double turn_deg, SheetSeal *seal, guint ppm)
{
    seal->px_per_mm = ppm;
    seal->width = (guint)lround(seal->width_mm * ppm);
    seal->height = (guint)lround(seal->height_mm * ppm);
    seal->width_mm = (double)seal->width / ppm;
    seal->height_mm = (double)seal->height / ppm;
    Affine map = canvas_map(seal, o, turn_deg);
    g_autoptr(Plane) big = plane_warp(ink, &map, seal->width, seal->height, ppm, TRUE);
    g_free(seal->alpha);
    seal->alpha = fuse_tone(big);
}

/* The votes (bit i: sample index[i]) on the canvas, bit k for the k-th used sample in reading order. */
static void
draw_agreement(const Plane *ink, const guint8 *votes, const guint *index, guint m, const Outline *o, double turn_deg,
               SheetSeal *seal)
{
    guint8 place[SAMPLES_USED] = { 0 };
    for (guint i = 0; i < m; i++)
        for (guint k = 0; k < m; k++)
            place[i] += index[k] < index[i];
    Affine map = canvas_map(seal, o, turn_deg);
    seal->agreement = g_malloc0((gsize)seal->width * seal->height);
    for (guint y = 0; y < seal->height; y++)
        for (guint x = 0; x < seal->width; x++) {
            Point p = affine_apply(&map, (Point){ x, y });
            int u = (int)lround(p.x), v = (int)lround(p.y);
            if (u < 0 || v < 0 || u >= (int)ink->width || v >= (int)ink->height)
                continue;
            guint seen = votes[(gsize)v * ink->width + (gsize)u], out = 0;
            for (guint i = 0; i < m; i++)
                out |= (seen >> i & 1) << place[i];
            seal->agreement[(gsize)y * seal->width + x] = (guint8)out;
        }
}

static void
fit_bytes(const Plane *ink, const Outline *o, double turn_deg, SheetSeal *seal, guint max_bytes)
{
    static const guint PPM[] = { 24, 20, 16, 12 }, LEVELS[] = { 16, 8, 4, 2 };
    double w = seal->width_mm, h = seal->height_mm;
    seal->levels = 16;
    draw(ink, o, turn_deg, seal, 24);
    if (max_bytes == 0)
        return;
    for (guint p = 0; p < G_N_ELEMENTS(PPM); p++) {
        seal->width_mm = w;
        seal->height_mm = h;
        draw(ink, o, turn_deg, seal, PPM[p]);
        for (guint l = 0; l < G_N_ELEMENTS(LEVELS); l++) {
            seal->levels = LEVELS[l];
            g_autoptr(GBytes) png = sheet_seal_png(seal);
            if (g_bytes_get_size(png) <= max_bytes)
                return;
        }
    }
}

/* What is wrong with the ruler: FALSE where nothing is. @off: measured against declared. A signature is of no size
 * that anybody could compare. */
static gboolean
ruler_finding(const SheetSeal *seal, const OrderSeal *ordered, double off, Severity *severity, char **detail)
{
    gboolean as_said = ordered->width_mm > 0 ? off <= AS_DECLARED_MM : seal->type == SEAL_SIGNATURE;
    gboolean confirmed = as_said && seal->uncertainty_mm <= VERY_UNSURE_MM;
    *severity = confirmed ? SEVERITY_NOTE : SEVERITY_REVIEW;
    if (seal->scale_source == SCALE_UNPROVEN) {
        *severity = SEVERITY_REVIEW;
        *detail = g_strdup("neither paper edges nor the page's size prove the millimetres");
    } else if (seal->scale_source == SCALE_PAGE_SIZE) {
        *detail = g_strdup_printf("the file's dpi is wrong or absent: the millimetres rest on the picture being one "
                                  "whole A4 page (within %.1f mm)",
                                  seal->uncertainty_mm);
    } else if (seal->scale_source == SCALE_PAPER_SIDE) {
        *detail = g_strdup_printf("the photo does not show the whole sheet: the millimetres rest on one side of it "
                                  "(within %.1f mm)",
                                  seal->uncertainty_mm);
    } else if (seal->uncertainty_mm > UNSURE_MM) {
        *detail = g_strdup_printf("the sheet is bent or badly seen: the size is sure within %.1f mm only",
                                  seal->uncertainty_mm);
    } else {
        return FALSE;
    }
    return TRUE;
}

static void
report_size(const SheetSeal *seal, const OrderSeal *ordered, double off, GPtrArray *findings)
{
    Severity severity;
    g_autofree char *ruler = NULL;
    if (ruler_finding(seal, ordered, off, &severity, &ruler))
        g_ptr_array_add(findings, seal_finding(FINDING_SIZE_UNPROVEN, severity, seal, ruler));
    if (seal->scale_source == SCALE_UNPROVEN || (ordered->width_mm > 0 && off <= AS_DECLARED_MM))
        return;
    if (ordered->width_mm <= 0 && compose_size_usual(seal->type, seal->shape, seal->measured_mm))
        return;
    Finding *finding = seal_finding(
        FINDING_SIZE_MISMATCH, ordered->width_mm > 0 && off <= NOTE_MM ? SEVERITY_NOTE : SEVERITY_REVIEW, seal, NULL);
    finding->read = g_strdup_printf("%.1f x %.1f mm", seal->measured_mm[0], seal->measured_mm[1]);
    if (ordered->width_mm > 0) {
        finding->detail = g_strdup_printf("measured %.2f x %.2f mm, declared %g x %g mm", seal->measured_mm[0],
                                          seal->measured_mm[1], ordered->width_mm, ordered->height_mm);
        finding->form = g_strdup_printf("%g x %g mm", ordered->width_mm, ordered->height_mm);
    } else {
        finding->detail = g_strdup_printf("measured %.2f x %.2f mm: no size is declared, and seals of this type have "
                                          "another",
                                          seal->measured_mm[0], seal->measured_mm[1]);
    }
    g_ptr_array_add(findings, finding);
}

/* What fusing showed about each sample. */
static void
grade(Candidate *c, const guint *index, const FuseSample *fused, guint m)
{
    for (guint i = 0; i < m; i++) {
        SheetSample *s = c[index[i]].sample;
        s->used = TRUE;
        if (fused[i].gain < 0.6)
            s->reasons |= SAMPLE_FAINT;
        if (fused[i].covered < 0.9)
            s->reasons |= SAMPLE_PARTIAL;
        if (fused[i].excess > 0.10 && !(s->reasons & SAMPLE_BLOTTED))
            s->reasons |= SAMPLE_DOUBLED;
        s->quality = CLAMP(fused[i].gain * (0.4 + 0.6 * fused[i].covered) * (1 - MIN(0.5, 2 * fused[i].excess)), 0, 1) *
                     (1 - MIN(0.5, 2 * c[index[i]].imp->foreign_share));
    }
}

/* One outside the samples' places is the company's other seal, over a signature or date. */
static void
report_foreign(const Candidate *c, const SheetSeal *seal, GPtrArray *findings)
{
    gboolean outside = c->sample->reasons & SAMPLE_OUTSIDE;
    guint place = 1;
    for (guint i = 0; i < seal->samples->len && seal->samples->pdata[i] != c->sample; i++)
        place++;
    g_autofree char *detail =
        g_strdup_printf("sample %u is of another seal: likeness of the letters %.2f, of one seal 0.7 and more", place,
                        c->same.likeness);
    g_ptr_array_add(findings, sample_finding(outside ? FINDING_SEAL_UNEXPECTED : FINDING_SAMPLE_FOREIGN,
                                             outside ? SEVERITY_NOTE : SEVERITY_REVIEW, seal, c->sample, detail));
}

static void
report_quality(const Candidate *c, guint n, guint used, const SheetSeal *seal, GPtrArray *findings)
{
    double best = 0;
    for (guint i = 0; i < n; i++)
        best = MAX(best, c[i].sample->quality);
    if (best < POOR_QUALITY)
        g_ptr_array_add(findings,
                        seal_finding(FINDING_IMPRESSION_POOR, SEVERITY_REVIEW, seal, "no sample is good enough"));
    for (guint i = 0; i < n; i++)
        if (c[i].same.foreign)
            report_foreign(&c[i], seal, findings);
        else if (c[i].sample->reasons & SAMPLE_DIFFERENT)
            g_ptr_array_add(findings,
                            sample_finding(FINDING_IMPRESSION_POOR, used >= 2 ? SEVERITY_NOTE : SEVERITY_REVIEW, seal,
                                           c[i].sample, "does not lie on the other samples"));
}

void
compose_seal(const SealGroup *group, PageView *const *views, const OrderSeal *ordered, const SheetOptions *options,
             SheetSeal *seal, GPtrArray *findings, SheetTimes *times)
{
    guint n = MIN(group->members->len, SAMPLES_MOST);
    g_autofree Candidate *c = g_new0(Candidate, n);
    double start = cpu_ms_now();
    seal->shape = group->shape;
    double usual = median_ink(group->members);
    guint in_row = 0;
    for (guint i = 0; i < n; i++)
        in_row += ((const Impression *)g_ptr_array_index(group->members, i))->row == group->main_row;
    for (guint i = 0; i < n; i++) {
        c[i].imp = g_ptr_array_index(group->members, i);
        c[i].sample = add_sample(seal, c[i].imp, group->members, views);
        c[i].merit = first_merit(c[i].imp, usual);
        if (c[i].sample->reasons & (SAMPLE_BLOTTED | SAMPLE_CUT))
            c[i].merit *= 0.5;
        if (in_row > 1 && c[i].imp->row != group->main_row) { /* samples under each other have no row */
            c[i].sample->reasons |= SAMPLE_OUTSIDE;
            c[i].merit *= 0.5;
        }
        c[i].sample->quality = c[i].merit;
    }
    guint ref = register_candidates(c, n);
    const Impression *reference = c[ref].imp;
    times->register_ms += cpu_ms_now() - start;
    start = cpu_ms_now();
    Canon canon = canon_of(reference, reference->turn_deg);
    FuseSample fused[SAMPLES_USED] = { 0 };
    guint index[SAMPLES_USED], m = choose_samples(c, n, ref, fused, index, &canon);
    g_autofree guint8 *votes = NULL;
    g_autoptr(Plane) ink = fuse_samples(fused, m, canon.width, canon.height, canon.ppm, &canon.outline, &votes);
    fuse_even_out(ink);
    grade(c, index, fused, m);
    Outline outline = canon.outline, fine;
    if (seal->shape != SHAPE_FREE &&
        outline_fit(ink, canon.outline.centre, hypot(canon.outline.width, canon.outline.height) / 2 + canon.ppm,
                    seal->shape, &fine) &&
        fine.shape != SHAPE_FREE && fabs(fine.width * fine.height / (outline.width * outline.height) - 1) < 0.12)
        outline = fine;
    double turn = upright_find(ink, &outline, 0, &seal->upright_confidence);
    if (fabs(turn) > 45 || seal->shape == SHAPE_FREE)
        turn = 0;
    /* width and height as they lie in the upright picture */
    if (seal->shape != SHAPE_ROUND && fabs(sin((outline.turn_deg - turn) * G_PI / 180)) > 0.7) {
        double t = outline.width;
        outline.width = outline.height;
        outline.height = t;
    }
    const SheetScale *scale = &views[reference->page]->scale;
    measure(c, index, m, &canon, &outline, scale, seal);
    seal->scale_source = scale->source;
    double off = compose_canvas(ordered, seal->shape, seal->measured_mm[0], seal->measured_mm[1], &seal->width_mm,
                                &seal->height_mm);
    if (seal->scale_source == SCALE_UNPROVEN && ordered->width_mm > 0) {
        seal->width_mm = ordered->width_mm;
        seal->height_mm = ordered->height_mm;
    }
    seal->width_mm = CLAMP(seal->width_mm, 5, 100);
    seal->height_mm = CLAMP(seal->height_mm, 5, 100);
    memcpy(seal->ink_rgb, reference->ink.rgb, 3);
    seal->found = TRUE;
    fit_bytes(ink, &outline, turn, seal, options->max_bytes);
    draw_agreement(ink, votes, index, m, &outline, turn, seal);
    times->fuse_ms += cpu_ms_now() - start;
    report_size(seal, ordered, off, findings);
    report_quality(c, n, m, seal, findings);
}
