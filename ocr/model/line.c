/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * line.c: one line, from the choice of its damage to the cropped picture.
 *
 * The line is printed straight at the resolution it is captured in, so that small print is as coarse as
 * a scanner makes it; JPEG sees it at that size; the crop then brings it to LINE_HEIGHT_PX.
 */
#include "ocr/model/line.h"

#include <math.h>
#include <string.h>

#include "ocr/model/canvas.h"
#include "ocr/model/print.h"

typedef struct {
    double cap[2];      /* captured height of a capital, px */
    double blur[2];     /* sigma as a share of cap */
    double jpeg[2];     /* quality, over 100: none */
    double noise;       /* largest sigma */
    double ink;         /* palest print: 0 black .. 1 */
    double paper;       /* darkest paper */
    double light;       /* uneven light */
    double tilt_deg;    /* residue after straightening */
    double seal, pattern, moire, fade, copy, odd; /* chances */
} Damage;

static const Damage damages[LINE_LEVELS] = {
    /*             cap         blur         jpeg       noise  ink  paper light tilt  seal  patt  moire fade  copy  odd */
    [LINE_EASY]   = { { 22, 30 }, { 0, .01 },   { 101, 120 }, 0,   .10, .95,  .00,  .0,   .00,  .00,  .00,  .00,  .00, .00 },
    [LINE_CLEAN]  = { { 20, 38 }, { 0, .02 },   { 90, 120 }, .01,  .20, .90,  .05,  .25,  .08,  .30,  .00,  .00,  .00, .10 },
    [LINE_LIGHT]  = { { 15, 34 }, { .01, .04 }, { 70, 110 }, .025, .35, .75,  .20,  .7,   .25,  .40,  .03,  .08,  .04, .25 },
    [LINE_MEDIUM] = { { 11, 28 }, { .02, .07 }, { 50, 98 },  .05,  .45, .60,  .35,  1.2,  .38,  .45,  .12,  .15,  .07, .35 },
    [LINE_HARD]   = { { 8, 20 },  { .03, .11 }, { 25, 92 },  .06,  .50, .45,  .50,  1.8,  .50,  .50,  .25,  .25,  .04, .50 },
};

static const guint8 groupings[][8] = {
    { 4, 4, 4, 4, 2, 0 }, { 2, 6, 9, 1, 0 }, { 8, 9, 1, 0 }, { 6, 8, 4, 0 }, { 6, 4, 4, 4, 0 }, { 3, 3, 3, 3, 3, 3, 0 },
    { 9, 9, 0 },          { 4, 4, 4, 6, 0 },
};

static PrintStyle
choose_style(const Face *face, double cap_px, double odd, GRand *rand)
{
    PrintStyle style = { .face = face, .cap_px = cap_px, .stretch = rand_in(rand, .9, 1.12) };
    if (odd <= 0) {
        style.spacing = rand_in(rand, .08, .2);
        return style;
    }
    if (rand_chance(rand, odd))
        style.stretch = rand_in(rand, .75, 1.35);
    style.spacing = rand_chance(rand, .6) ? rand_in(rand, -.03, .1) : rand_in(rand, .05, .65);
    if (rand_chance(rand, .1)) {
        style.groups = groupings[g_rand_int_range(rand, 0, G_N_ELEMENTS(groupings))];
        style.group_gap = rand_in(rand, .25, 1.1);
    }
    if (rand_chance(rand, .5)) /* ink spreads, or paper starves */
        style.bold = rand_in(rand, -.02, .07);
    if (rand_chance(rand, .1))
        style.slant = rand_in(rand, -.12, .2);
    if (rand_chance(rand, .15))
        style.jitter = rand_in(rand, 0, .05);
    return style;
}

/* ---- what stands around ------------------------------------------------------------------------- */

static const char *const junk_faces[] = { "AR PL UMing CN", "Noto Serif CJK SC", "Noto Sans CJK SC",
                                          "WenQuanYi Zen Hei", "AR PL UKai CN", "AR PL SungtiL GB" };

/* Pieces of labels and other lines; the code itself never stands among them. */
static char *
junk_text(guint length, gboolean label, GRand *rand)
{
    static const char *const labels[] = { "统一社会信用代码", "代码", "信用代码", "公民身份号码", "身份号码", "证件号码",
                                          "注册号", "编号", "统一社会信用代码：", "号码：", "证照编号" };
    if (label)
        return g_strdup(labels[g_rand_int_range(rand, 0, G_N_ELEMENTS(labels))]);
    static const char pool[] = "名称类型法定代表人住所经营范围注册资本成立日期营业期限登记机关年月有限责任公司广东省市区路号技术服务";
    glong letters = g_utf8_strlen(pool, -1);
    GString *s = g_string_new(NULL);
    while (length--)
        g_string_append_unichar(
            s, g_utf8_get_char(g_utf8_offset_to_pointer(pool, g_rand_int_range(rand, 0, (gint32)letters))));
    return g_string_free(s, FALSE);
}

/* The capital height of Chinese text of an em of @em: print.c scales by the digit 1. */
static PrintStyle
junk_style(Face *face, double em, GRand *rand)
{
    face->name = (char *)junk_faces[g_rand_int_range(rand, 0, G_N_ELEMENTS(junk_faces))];
    face->weight = 1;
    return (PrintStyle){ .face = face, .cap_px = em * .72, .stretch = 1, .spacing = rand_in(rand, 0, .1) };
}

typedef struct {
    double x, baseline, width, cap, tilt; /* of the code */
    double left, top, right, bottom;      /* of the crop */
    Ink ink;
} Place;

/* Ends of a label on the left, anything on the right, lines above and below: all cut by the crop. */
static void
print_surroundings(Canvas *canvas, const Place *at, double odd, GRand *rand)
{
    Face face;
    if (rand_chance(rand, .12 + .3 * odd)) {
        double em = at->cap * rand_in(rand, 1, 1.7);
        PrintStyle style = junk_style(&face, em, rand);
        g_autofree char *label = junk_text(0, TRUE, rand);
        double gap = at->cap * rand_in(rand, .35, 1.4);
        print_text(canvas, label, &style, at->x - gap - print_width(label, &style), at->baseline + em * .05, at->tilt,
                   at->ink, 0, rand);
    }
    if (rand_chance(rand, .05 + .15 * odd)) {
        PrintStyle style = junk_style(&face, at->cap * rand_in(rand, 1, 1.6), rand);
        g_autofree char *text = junk_text(3, FALSE, rand);
        print_text(canvas, text, &style, at->x + at->width + at->cap * rand_in(rand, .4, 1.6), at->baseline, at->tilt,
                   at->ink, 0, rand);
    }
    for (int side = -1; side <= 1; side += 2) {
        if (!rand_chance(rand, .1 + .3 * odd))
            continue;
        double em = at->cap * rand_in(rand, 1, 1.9);
        PrintStyle style = junk_style(&face, em, rand);
        g_autofree char *text = junk_text(24, FALSE, rand);
        double gap = at->cap * rand_in(rand, .22, .6);
        double y = side < 0 ? at->baseline - at->cap - gap - em * .12 : at->baseline + gap + em * .85;
        print_text(canvas, text, &style, at->left - em * rand_in(rand, 0, 6), y, at->tilt, at->ink, 0, rand);
    }
}

static void
print_rules(Canvas *canvas, const Place *at, double odd, GRand *rand)
{
    double wide = MAX(.5, at->cap * rand_in(rand, .02, .1));
    if (rand_chance(rand, .05 + .15 * odd)) {
        double y = rand_chance(rand, .7) ? at->baseline + at->cap * rand_in(rand, .15, .5)
                                         : at->baseline - at->cap * rand_in(rand, 1.15, 1.5);
        print_rule(canvas, 0, y, canvas->width, y + canvas->width * sin(at->tilt), wide, at->ink, rand_in(rand, .4, 1));
    }
    if (rand_chance(rand, .04 + .1 * odd)) {
        double x = rand_chance(rand, .5) ? at->x - at->cap * rand_in(rand, .3, 1.2)
                                         : at->x + at->width + at->cap * rand_in(rand, .3, 1.2);
        print_rule(canvas, x, 0, x, canvas->height, wide, at->ink, rand_in(rand, .4, 1));
    }
    if (rand_chance(rand, .05 * odd)) { /* a fold or a hair across */
        double x = rand_in(rand, 0, canvas->width);
        print_rule(canvas, x, 0, x + canvas->height * rand_in(rand, -2, 2), canvas->height, wide, at->ink,
                   rand_in(rand, .1, .6));
    }
}

/* ---- one line ----------------------------------------------------------------------------------- */

static Ink
choose_paper(double darkest, GRand *rand)
{
    float l = (float)rand_in(rand, darkest, 1);
    Ink paper;
    for (int c = 0; c < 3; c++)
        paper.rgb[c] = l * (float)(1 - rand_in(rand, 0, .12));
    return paper;
}

/* Where the crop lies: the capitals take @share of its height, the rest is split badly. */
static Place
choose_place(double width, double cap, const Damage *d, GRand *rand)
{
    Place at = { .width = width, .cap = cap, .tilt = rand_in(rand, -1, 1) * d->tilt_deg * G_PI / 180 };
    gboolean easy = d->odd <= 0;
    double share = easy ? rand_in(rand, .60, .66) : rand_in(rand, .48, .80), high = cap / share;
    double slack = high - cap - fabs(sin(at.tilt)) * width;
    double above = MAX(0, slack) * (easy ? .5 : rand_in(rand, .18, .82));
    double before = cap * (rand_chance(rand, .3) ? rand_in(rand, .05, .3) : rand_in(rand, .2, 2.5));
    double after = cap * (rand_chance(rand, .3) ? rand_in(rand, .05, .3) : rand_in(rand, .2, 2.5));
    double pad = 16 + rand_in(rand, 0, 8);
    at.x = pad + before;
    at.left = pad;
    at.right = at.x + width + after;
    at.top = 8 + rand_in(rand, 0, 8); /* any phase of the JPEG blocks */
    at.bottom = at.top + high;
    at.baseline = at.top + above + cap + MAX(0, -sin(at.tilt) * width) + MIN(0, slack / 2);
    return at;
}

static void
capture(Canvas *canvas, const Damage *d, double cap, double dark, double light, GRand *rand)
{
    double contrast = light - dark;
    if (rand_chance(rand, .6))
        canvas_light(canvas, d->light, rand);
    double sigma = cap * rand_in(rand, d->blur[0], d->blur[1]), ratio = 1;
    if (rand_chance(rand, .25)) /* the hand or the paper moved */
        ratio = rand_in(rand, .3, 1);
    if (rand_chance(rand, .5))
        canvas_blur(canvas, sigma, sigma * ratio);
    else
        canvas_blur(canvas, sigma * ratio, sigma);
    if (rand_chance(rand, d->moire))
        canvas_moire(canvas, rand_in(rand, .01, .05), rand);
    if (rand_chance(rand, d->copy))
        canvas_threshold(canvas, dark + contrast * rand_in(rand, .35, .75));
    else if (d->light > 0 && rand_chance(rand, .5))
        canvas_tone(canvas, rand_in(rand, .65, 1.6));
    canvas_noise(canvas, rand_in(rand, 0, d->noise * MIN(1, .3 + contrast)), rand);
    if (rand_chance(rand, .2))
        canvas_sharpen(canvas, rand_in(rand, .3, 1.6) * MIN(1, 10 * d->light));
    int quality = (int)rand_in(rand, d->jpeg[0], d->jpeg[1]);
    if (quality <= 100)
        canvas_jpeg(canvas, quality, rand_chance(rand, .7));
}

static Image *
to_grey(const Canvas *canvas, GRand *rand)
{
    double roll = g_rand_double(rand);
    if (roll < .12)
        return canvas_lightest(canvas);
    float red = roll < .65 ? 1 : roll < .85 ? .299f : (float)rand_in(rand, .3, 1);
    float mix[3] = { red, (1 - red) * .84f, (1 - red) * .16f };
    return canvas_grey(canvas, mix);
}

Image *
line_draw(const char *text, const Face *face, LineLevel level, GRand *rand)
{
    if (level == LINE_MIX) {
        double roll = g_rand_double(rand);
        level = roll < .12 ? LINE_CLEAN : roll < .42 ? LINE_LIGHT : roll < .82 ? LINE_MEDIUM : LINE_HARD;
    }
    const Damage *d = &damages[level];
    double cap = rand_in(rand, d->cap[0], d->cap[1]);
    PrintStyle style = choose_style(face, cap, d->odd * .5, rand);
    Place at = choose_place(print_width(text, &style), cap, d, rand);
    Ink paper = choose_paper(d->paper, rand);
    g_autoptr(Canvas) canvas =
        canvas_new((int)ceil(at.right + 16), (int)ceil(at.bottom + 8), paper);

    if (rand_chance(rand, d->pattern))
        print_pattern(canvas, cap, rand_in(rand, .05, .35), rand);
    double light = (paper.rgb[0] + paper.rgb[1] + paper.rgb[2]) / 3;
    float dark = (float)MIN(rand_in(rand, 0, d->ink), light - .3); /* less is no print any more */
    at.ink = (Ink){ { dark, dark, dark } };
    double fade = rand_chance(rand, d->fade) ? rand_in(rand, .2, .8) : 0;
    print_text(canvas, text, &style, at.x, at.baseline, at.tilt, at.ink, fade, rand);
    if (d->odd > 0) {
        print_surroundings(canvas, &at, d->odd, rand);
        print_rules(canvas, &at, d->odd, rand);
    }
    if (rand_chance(rand, d->odd * .4))
        print_specks(canvas, (guint)g_rand_int_range(rand, 1, 8), cap * .1, rand);
    if (rand_chance(rand, d->seal))
        print_seal(canvas, cap, rand_in(rand, .25, .95), rand);
    capture(canvas, d, cap, dark, light, rand);

    int width = (int)lround((at.right - at.left) * LINE_HEIGHT_PX / (at.bottom - at.top));
    g_autoptr(Canvas) cropped = canvas_resample(canvas, at.left, at.top, at.right - at.left, at.bottom - at.top,
                                                CLAMP(width, 24, 2000), LINE_HEIGHT_PX);
    return to_grey(cropped, rand);
}
