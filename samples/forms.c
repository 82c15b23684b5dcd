/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * forms.c: what differs between registers, years and printers is drawn by lot; what a kind of company must
 * show (its labels) is in one table.
 */
#include "samples/forms.h"


#include <math.h>
#include <string.h>

static const double dark_grey[3] = { .3, .3, .3 };

/* What stands before the values, by kind: NULL where the kind has no such row. */
typedef struct {
    const char *title[2]; /* one or two lines */
    const char *name, *type, *rep, *capital, *established, *term, *address, *scope;
} KindOfForm;

static const KindOfForm kinds[COMPANY_KINDS] = {
    [COMPANY_LIMITED] = { { "营业执照" }, "名称", "类型", "法定代表人", "注册资本", "成立日期", "营业期限", "住所", "经营范围" },
    [COMPANY_BRANCH] = { { "营业执照" }, "名称", "类型", "负责人", NULL, "成立日期", "营业期限", "营业场所", "经营范围" },
    [COMPANY_PARTNERSHIP] = { { "营业执照" }, "名称", "类型", "执行事务合伙人", "出资额", "成立日期", "合伙期限",
                              "主要经营场所", "经营范围" },
    [COMPANY_SOLE] = { { "营业执照" }, "名称", "类型", "投资人", "出资额", "成立日期", NULL, "住所", "经营范围" },
    [COMPANY_INDIVIDUAL] = { { "营业执照" }, "名称", "组成形式", "经营者", NULL, "注册日期", NULL, "经营场所", "经营范围" },
    [COMPANY_INSTITUTION] = { { "事业单位法人证书" }, "名称", "经费来源", "法定代表人", "开办资金", NULL, "有效期", "住所",
                              "宗旨和业务范围" },
    [COMPANY_ASSOCIATION] = { { "社会团体法人登记证书" }, "名称", "活动地域", "法定代表人", "注册资金", "发证日期", "有效期限",
                              "住所", "业务范围" },
    [COMPANY_NONPROFIT] = { { "民办非企业单位", "登记证书" }, "名称", "业务主管单位", "法定代表人", "开办资金", "发证日期",
                            "有效期限", "住所", "业务范围" },
    [COMPANY_OLD] = { { "企业法人", "营业执照" }, "名称", "公司类型", "法定代表人姓名", "注册资本", "成立日期", "营业期限", "住所",
                      "经营范围" },
};

typedef enum { CODE_CORNER_UNDER, CODE_CORNER_BESIDE, CODE_RIGHT, CODE_CENTRE, CODE_ROW } CodePlace;

/* What one printer does. */
typedef struct {
    gboolean landscape, colon, spread, zero_dates, dots;
    const char *value_face, *label_face, *title_face, *code_face;
    gboolean label_bold;
    double em, pitch; /* mm; from row to row */
    CodePlace code;
    guint qr_codes;
} Style;

static const char *const value_faces[] = { FACE_SONG, FACE_SONG, FACE_KAI, FACE_HEI, FACE_NOTO_SERIF, FACE_NOTO_SANS };
static const char *const code_faces[] = { FACE_SONG, FACE_HEI, FACE_SANS, FACE_NOTO_SERIF, FACE_NOTO_SANS, "Liberation Serif" };
static const char *const label_faces[] = { FACE_HEI, FACE_SONG, FACE_NOTO_SANS, FACE_NOTO_SERIF };

#define PICK(rng, list) ((list)[rng_below((rng), G_N_ELEMENTS(list))])

static Style
style_by_lot(const Company *c, Rng *rng)
{
    Style s = { .landscape = c->kind != COMPANY_OLD && rng_chance(rng, .6) };
    s.colon = c->kind >= COMPANY_INSTITUTION && c->kind != COMPANY_OLD && rng_chance(rng, .4);
    s.spread = !s.colon && rng_chance(rng, .7);
    s.zero_dates = rng_chance(rng, .8);
    s.dots = rng_chance(rng, .12);
    s.value_face = PICK(rng, value_faces);
    s.code_face = PICK(rng, code_faces);
    s.label_face = PICK(rng, label_faces);
    s.title_face = rng_chance(rng, .5) ? FACE_KAI : FACE_NOTO_SERIF;
    s.label_bold = rng_chance(rng, .3);
    s.em = rng_range(rng, s.landscape ? 3.7 : 4, s.landscape ? 4.8 : 5.2);
    s.pitch = s.em * rng_range(rng, 2, 2.7);
    s.code = s.landscape ? (CodePlace)rng_below(rng, 2) : (CodePlace)(CODE_RIGHT + rng_below(rng, 3));
    static const guint qr[] = { 0, 1, 1, 1, 2 };
    s.qr_codes = c->kind == COMPANY_OLD ? 0 : PICK(rng, qr);
    return s;
}

static char *
date_by(const Style *s, const GDate *date)
{
    if (!g_date_valid(date))
        return g_strdup("长期");
    if (s->dots)
        return date_dots(date);
    if (s->zero_dates)
        return date_chinese(date);
    return g_strdup_printf("%u年%u月%u日", g_date_get_year(date), (guint)g_date_get_month(date), g_date_get_day(date));
}

/* --- ground and ornament --- */

static void
draw_frame(Canvas *canvas, Rng *rng)
{
    static const double tints[][3] = { { .72, .56, .34 }, { .85, .55, .5 }, { .45, .6, .5 }, { .75, .7, .6 } };
    const double k = CANVAS_PX_PER_MM, *tint = tints[rng_below(rng, G_N_ELEMENTS(tints))];
    cairo_t *cr = canvas->cr;
    double inset = rng_range(rng, 5, 12);
    guint rings = 1 + rng_below(rng, 3);
    cairo_set_source_rgb(cr, tint[0], tint[1], tint[2]);
    for (guint i = 0; i < rings; i++, inset += rng_range(rng, 1.5, 4)) {
        cairo_set_line_width(cr, rng_range(rng, .2, 2.2) * k);
        cairo_rectangle(cr, inset * k, inset * k, (canvas->width_mm - 2 * inset) * k, (canvas->height_mm - 2 * inset) * k);
        cairo_stroke(cr);
    }
}

/* Rosettes and waves, as security paper has; some printers use plain paper. */
static void
draw_ground(Canvas *canvas, Rng *rng)
{
    const double k = CANVAS_PX_PER_MM, tone = rng_range(rng, .8, .93);
    cairo_t *cr = canvas->cr;
    if (rng_chance(rng, .25))
        return;
    cairo_set_source_rgb(cr, 1, rng_range(rng, .96, 1), rng_range(rng, .9, .97));
    cairo_paint(cr);
    cairo_set_source_rgb(cr, tone, tone - .06, tone - .14);
    cairo_set_line_width(cr, rng_range(rng, .08, .18) * k);
    double step = rng_range(rng, 1.6, 3), wave = rng_range(rng, 5, 12), swing = rng_range(rng, .5, 2.2);
    for (double y = 6; y < canvas->height_mm - 4; y += step) {
        cairo_move_to(cr, 6 * k, y * k);
        for (double x = 6; x + wave < canvas->width_mm - 6; x += wave)
            cairo_rel_curve_to(cr, wave * .3 * k, -swing * k, wave * .7 * k, swing * k, wave * k, 0);
        cairo_stroke(cr);
    }
    for (double r = 8; r < 42; r += 2.2) { /* a rosette in the middle */
        cairo_arc(cr, canvas->width_mm / 2 * k, canvas->height_mm / 2 * k, r * k, 0, 2 * G_PI);
        cairo_stroke(cr);
    }
}

/* Grey words across the whole page; they multiply with the print. */
static void
draw_words_across(Canvas *canvas, Rng *rng)
{
    static const char *const words[] = { "仅供办理数字证书使用", "仅限办理电子印章，他用无效", "复印件", "仅供投标使用" };
    const double k = CANVAS_PX_PER_MM, tone = rng_range(rng, .62, .85);
    const double inks[][3] = { { tone, tone, tone }, { 1, tone, tone }, { tone, tone, 1 } };
    const char *text = PICK(rng, words);
    const double *ink = inks[rng_below(rng, G_N_ELEMENTS(inks))];
    double em = rng_range(rng, 7, 13), angle = rng_range(rng, -.7, -.2);
    for (guint i = 0; i < 3; i++) {
        cairo_save(canvas->cr);
        cairo_set_operator(canvas->cr, CAIRO_OPERATOR_MULTIPLY);
        cairo_translate(canvas->cr, canvas->width_mm * .12 * k, canvas->height_mm * (.4 + .3 * i) * k);
        cairo_rotate(canvas->cr, angle);
        canvas_text(canvas, NULL, FACE_HEI, FALSE, em, 2, 0, 0, ink, text);
        cairo_restore(canvas->cr);
    }
}

/* --- rows --- */

static double
draw_label(Canvas *canvas, const Style *s, double x, double y, double em, const char *label, double room)
{
    glong n = g_utf8_strlen(label, -1);
    g_autofree char *text = g_strconcat(label, s->colon ? "：" : "", NULL);
    double face = em;
    if (n * em > room) /* squeezed, as printers do with 执行事务合伙人 */
        face = room / (double)n;
    double spacing = s->spread && n < 5 && n > 1 ? (5.0 - (double)n) * face / (double)(n - 1) : 0;
    canvas_text(canvas, NULL, s->label_face, s->label_bold, face, spacing, x, y + (em - face) / 2, NULL, text);
    return room;
}

/* Label and value; long values run over lines. Returns: the y of the next row. */
static double
draw_row(Canvas *canvas, const Style *s, double x, double y, double width, double em, const char *label,
         const char *field, const char *value)
{
    if (!label || !value)
        return y;
    double room = s->em * (s->spread ? 5.2 : fmax(4, g_utf8_strlen(label, -1)) + (s->colon ? 1 : .2));
    room = fmin(room, s->em * 6.6);
    draw_label(canvas, s, x, y, s->em, label, room);
    double at = x + room + s->em * .8;
    guint lines = canvas_paragraph(canvas, field, s->value_face, em, em * 1.45, at, y + (s->em - em) / 2,
                                   width - (at - x), value);
    return y + s->pitch + (MAX(lines, 1) - 1) * em * 1.45;
}

static void
draw_code(Canvas *canvas, const Style *s, const Company *c, double x, double y, Rng *rng)
{
    static const char *const labels[] = { "统一社会信用代码", "统一社会信用代码：" };
    double em = rng_range(rng, 3.6, 4.6), code_em = rng_range(rng, 4, 5.6), spacing = rng_range(rng, 0, .35);
    const char *label = PICK(rng, labels);
    double wide = g_utf8_strlen(label, -1) * em, code_wide = 18 * (code_em * .56 + spacing);
    double left = x;
    if (s->code == CODE_RIGHT)
        left = canvas->width_mm - 26 - wide - code_wide;
    else if (s->code == CODE_CENTRE)
        left = (canvas->width_mm - wide - code_wide) / 2;
    canvas_text(canvas, NULL, s->label_face, s->label_bold, em, 0, left, y, NULL, label);
    gboolean under = s->code == CODE_CORNER_UNDER;
    canvas_text(canvas, "code", s->code_face, rng_chance(rng, .25), code_em, spacing, under ? left : left + wide + 1,
                under ? y + em * 1.6 : y + (em - code_em) * .6, NULL, c->credit_code);
    if (rng_chance(rng, .3))
        canvas_text(canvas, NULL, s->label_face, FALSE, 2.8, 0, left, y + em * 1.6 + (under ? code_em * 1.5 : 1), dark_grey,
                    rng_chance(rng, .5) ? "（1-1）" : "编号 S0622019034481");
}

static double
draw_title(Canvas *canvas, const Style *s, const KindOfForm *form, double y, Rng *rng)
{
    glong n = g_utf8_strlen(form->title[0], -1);
    for (guint i = 0; i < 2 && form->title[i]; i++) {
        n = g_utf8_strlen(form->title[i], -1);
        double em = n <= 4 ? rng_range(rng, 13, 18) : 105.0 / (double)n, gap = n <= 4 ? em * .45 : em * .1;
        double wide = n * (em + gap) - gap;
        canvas_text(canvas, i ? NULL : "title", s->title_face, rng_chance(rng, .4), em, gap, (canvas->width_mm - wide) / 2,
                    y, NULL, form->title[i]);
        y += em * 1.35;
    }
    if (rng_chance(rng, .8)) {
        canvas_text(canvas, NULL, s->label_face, FALSE, 4.4, 0, canvas->width_mm / 2 - 8, y, NULL, "（副本）");
        y += 8;
    }
    return y;
}

static void
draw_corner_codes(Canvas *canvas, const Style *s, const Company *c, Rng *rng)
{
    g_autofree char *url = g_strdup_printf("http://www.example.invalid/%s", c->credit_code);
    double side = rng_range(rng, 18, 27), x = s->landscape ? canvas->width_mm - 30 - side : 26;
    if (s->qr_codes > 0)
        draw_qr(canvas, url, x, s->landscape ? 24 : canvas->height_mm - 32 - side, side);
    if (s->qr_codes > 1) {
        g_autofree char *other = g_strdup_printf("https://cert.example.invalid/v?id=%s0001", c->seal_number);
        draw_qr(canvas, other, s->landscape ? x - side - 6 : x + side + 6,
                s->landscape ? 24 : canvas->height_mm - 32 - side, side);
    }
}

static void
draw_foot(Canvas *canvas, const Style *s, const Company *c, Rng *rng)
{
    double x = canvas->width_mm - rng_range(rng, 75, 100), y = canvas->height_mm - rng_range(rng, 45, 58);
    canvas_text(canvas, NULL, s->label_face, s->label_bold, 4.6, 2, x, y, NULL,
                c->kind == COMPANY_INSTITUTION ? "登记管理机关" : c->kind > COMPANY_INSTITUTION ? "发证机关" : "登记机关");
    g_autofree char *day = date_by(s, &c->established);
    canvas_text(canvas, NULL, s->value_face, FALSE, s->em, 0, x + 34, y + 16, NULL, day);
    stamp_round(canvas, "authority", c->authority, 38, x + 46, y + 8, .1, rng);
    canvas_text(canvas, NULL, s->label_face, FALSE, 2.4, 0, 20, canvas->height_mm - 12, dark_grey,
                "国家企业信用信息公示系统网址：http://www.example.invalid");
}

/* Over the code, over the name, or where applicants are told to stamp. */
static void
stamp_applicant(Canvas *canvas, const Company *c, Rng *rng)
{
    double x = canvas->width_mm * rng_range(rng, .4, .6), y = canvas->height_mm * rng_range(rng, .72, .85);
    static const char *const over[] = { "code", "name", "rep" };
    const char *field = rng_chance(rng, .35) ? PICK(rng, over) : NULL;
    for (guint i = 0; field && i < canvas->lines->len; i++) {
        const PrintedLine *line = canvas->lines->pdata[i];
        if (strcmp(line->field, field) == 0) {
            x = line->x_mm + line->width_mm * rng_range(rng, .1, 1.2);
            y = line->y_mm + rng_range(rng, -14, 14);
        }
    }
    stamp_round(canvas, "official_over", c->name, 40, x, y, rng_range(rng, .1, .4), rng);
}

static Canvas *
draw_licence(const Company *c, Style s, Rng *rng)
{
    const KindOfForm *form = &kinds[c->kind];
    Canvas *canvas = s.landscape ? canvas_new(297, 210) : canvas_new(210, 297);
    draw_ground(canvas, rng);
    draw_frame(canvas, rng);
    draw_emblem(canvas, canvas->width_mm / 2, s.landscape ? 28 : 36, rng_range(rng, 9, 14));
    double y = draw_title(canvas, &s, form, s.landscape ? 44 : 54, rng);
    if (s.landscape)
        draw_code(canvas, &s, c, rng_range(rng, 20, 32), rng_range(rng, 22, 34), rng);
    else if (s.code != CODE_ROW)
        draw_code(canvas, &s, c, 0, y + 2, rng), y += 12;
    draw_corner_codes(canvas, &s, c, rng);

    g_autofree char *established = date_by(&s, &c->established), *end = date_by(&s, &c->term_end);
    static const char *const joins[] = { "至", " 至 ", "-" };
    const char *join = s.dots ? "-" : joins[rng_below(rng, 2)];
    g_autofree char *term = g_strconcat(!s.dots && rng_chance(rng, .4) ? "自" : "", established, join, end, NULL);
    const struct {
        const char *label, *field, *text;
        gboolean right;
    } rows[] = { { s.code == CODE_ROW ? "统一社会信用代码" : NULL, "code", c->credit_code, FALSE },
                 { form->name, "name", c->name, FALSE },
                 { form->type, "type", c->type, FALSE },
                 { form->rep, "rep", c->rep->name, FALSE },
                 { form->capital, "capital", c->capital, TRUE },
                 { form->established, "established", established, TRUE },
                 { form->term, "term", term, TRUE },
                 { form->address, "address", c->address, TRUE },
                 { form->scope, "scope", c->scope, FALSE } };
    double left = s.landscape ? rng_range(rng, 24, 36) : rng_range(rng, 22, 34);
    double middle = s.landscape ? rng_range(rng, 160, 172) : canvas->width_mm - 22;
    double at_left = y + 4, at_right = y + 4;
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        gboolean right = s.landscape && rows[i].right;
        double em = strcmp(rows[i].field, "scope") == 0 ? s.em * .85 : s.em;
        double next = draw_row(canvas, &s, right ? middle : left, right ? at_right : at_left,
                               right ? canvas->width_mm - 20 - middle : middle - left - 4, em, rows[i].label,
                               rows[i].field, rows[i].text);
        *(right ? &at_right : &at_left) = next;
    }
    draw_foot(canvas, &s, c, rng);
    return canvas;
}

Canvas *
form_draw(const Company *company, Rng *rng, const char **layout)
{
    static const char *const names[COMPANY_KINDS] = { "limited", "branch", "partnership", "sole", "individual",
                                                      "institution", "association", "nonprofit", "old" };
    Canvas *canvas = draw_licence(company, style_by_lot(company, rng), rng);
    *layout = names[company->kind];
    if (rng_chance(rng, .4)) {
        canvas_photocopy(canvas, rng);
        if (rng_chance(rng, .5))
            canvas_text(canvas, NULL, FACE_KAI, FALSE, 7, 0, canvas->width_mm * .3, canvas->height_mm - 28, NULL,
                        rng_chance(rng, .5) ? "复印件与原件一致" : "此复印件仅用于办理数字证书");
    }
    if (rng_chance(rng, .2))
        draw_words_across(canvas, rng);
    if (rng_chance(rng, .6))
        stamp_applicant(canvas, company, rng);
    return canvas;
}

/* --- cards --- */

static void
put_card(Canvas *page, const Person *p, gboolean front, double x, double y, double scale, double degrees, Rng *rng)
{
    g_autoptr(Canvas) card = canvas_new(89.6, 58);
    if (front)
        draw_card_front(card, p, 2, 2, rng_chance(rng, .5) ? FACE_HEI : FACE_NOTO_SANS);
    else
        draw_card_back(card, p, 2, 2, rng_chance(rng, .5) ? FACE_HEI : FACE_NOTO_SANS);
    canvas_place(page, card, x, y, scale, degrees);
}

Canvas *
form_card(const Person *person, CardSides sides, const Company *company, Rng *rng)
{
    gboolean both = sides == CARD_BOTH, alone = !both && rng_chance(rng, .3), lies = rng_chance(rng, .25);
    Canvas *canvas = alone ? canvas_new(94, 62) : lies ? canvas_new(297, 210) : canvas_new(210, 297);
    double lean = rng_normal(rng) * (alone ? .5 : 2), x = 46.8, y = 31;
    if (!alone) {
        x = rng_range(rng, 55, canvas->width_mm - (both && lies ? 150 : 55));
        y = rng_range(rng, 40, canvas->height_mm - (both && !lies ? 130 : 40));
    }
    if (sides & CARD_FRONT)
        put_card(canvas, person, TRUE, x, y, 1, lean, rng);
    if (sides & CARD_BACK)
        put_card(canvas, person, FALSE, both && lies ? x + 96 : x, both && !lies ? y + rng_range(rng, 62, 85) : y, 1,
                 both && rng_chance(rng, .1) ? 180 : lean + rng_normal(rng), rng);
    gboolean copy = !alone && rng_chance(rng, .4);
    if (copy)
        canvas_photocopy(canvas, rng);
    if (rng_chance(rng, .12))
        draw_words_across(canvas, rng);
    if (!alone && company && rng_chance(rng, .3))
        stamp_round(canvas, "official_over", company->name, 40, x + rng_range(rng, -45, 45), y + rng_range(rng, -30, 50), .2,
                    rng);
    return canvas;
}

Canvas *
form_licence_and_card(const Company *company, Rng *rng)
{
    Canvas *page = canvas_new(210, 297);
    Style style = style_by_lot(company, rng);
    style.landscape = TRUE; /* fits above the cards */
    style.code = (CodePlace)rng_below(rng, 2);
    g_autoptr(Canvas) licence = draw_licence(company, style, rng);
    canvas_place(page, licence, 105, 84, .66, 0);
    put_card(page, company->rep, TRUE, 56, 205, 1, rng_normal(rng), rng);
    put_card(page, company->rep, FALSE, 154, 205, 1, rng_normal(rng), rng);
    if (rng_chance(rng, .7))
        canvas_photocopy(page, rng);
    stamp_round(page, "official_over", company->name, 40, rng_range(rng, 60, 150), rng_range(rng, 160, 260), .2, rng);
    return page;
}
