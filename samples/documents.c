/* SPDX-License-Identifier: GPL-3.0-or-later */
/* documents.c: the forms, drawn in millimetres. */
#include "samples/documents.h"

#include <qrencode.h>
#include <string.h>

static const double grey[3] = { .45, .45, .45 }, blue[3] = { .15, .4, .7 };
static const double inks[][3] = { { .83, .12, .12 }, { .78, .08, .2 }, { .86, .2, .14 }, { .7, .06, .12 } };

void
draw_qr(Canvas *canvas, const char *text, double x_mm, double y_mm, double side_mm)
{
    QRcode *code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
    double k = CANVAS_PX_PER_MM, module = side_mm / code->width * k;
    cairo_set_source_rgb(canvas->cr, 0, 0, 0);
    for (int i = 0; i < code->width * code->width; i++)
        if (code->data[i] & 1)
            cairo_rectangle(canvas->cr, x_mm * k + i % code->width * module, y_mm * k + i / code->width * module,
                            module, module);
    cairo_fill(canvas->cr);
    QRcode_free(code);
}

/* Fine wavy lines under the print, as a form's security paper has. */
static void
draw_background(Canvas *canvas)
{
    cairo_t *cr = canvas->cr;
    const double k = CANVAS_PX_PER_MM;
    cairo_set_source_rgb(cr, 1, .985, .95);
    cairo_paint(cr);
    cairo_set_source_rgb(cr, .93, .87, .78);
    cairo_set_line_width(cr, .12 * k);
    for (double y = 6; y < canvas->height_mm - 4; y += 2.4) {
        cairo_move_to(cr, 6 * k, y * k);
        for (double x = 6; x < canvas->width_mm - 8; x += 8)
            cairo_curve_to(cr, (x + 2.5) * k, (y - 1.6) * k, (x + 5.5) * k, (y + 1.6) * k, (x + 8) * k, y * k);
        cairo_stroke(cr);
    }
    cairo_set_source_rgb(cr, .7, .55, .3);
    cairo_set_line_width(cr, 1.6 * k);
    cairo_rectangle(cr, 8 * k, 8 * k, (canvas->width_mm - 16) * k, (canvas->height_mm - 16) * k);
    cairo_stroke(cr);
}

void
draw_emblem(Canvas *canvas, double x_mm, double y_mm, double r_mm)
{
    const double k = CANVAS_PX_PER_MM;
    cairo_set_source_rgb(canvas->cr, .82, .65, .2);
    cairo_arc(canvas->cr, x_mm * k, y_mm * k, r_mm * k, 0, 2 * G_PI);
    cairo_fill(canvas->cr);
    cairo_set_source_rgb(canvas->cr, .78, .12, .1);
    cairo_arc(canvas->cr, x_mm * k, y_mm * k, r_mm * .8 * k, 0, 2 * G_PI);
    cairo_fill(canvas->cr);
}

static void
stamp_seal(Canvas *canvas, const char *type, const SealArt *art, double x_mm, double y_mm, double poor,
           const double ink[3], Rng *rng)
{
    cairo_surface_t *stamp = seal_stamp(art, CANVAS_DPI, poor, rng);
    canvas_stamp(canvas, type, stamp, x_mm, y_mm, rng_normal(rng) * 5, ink);
    cairo_surface_destroy(stamp);
}

void
stamp_round(Canvas *canvas, const char *type, char *ring, double mm, double x_mm, double y_mm, double poor, Rng *rng)
{
    SealArt art = { .type = SEAL_OFFICIAL, .width_mm = mm, .height_mm = mm, .ring = ring };
    seal_art_usual(&art);
    stamp_seal(canvas, type, &art, x_mm, y_mm, poor, inks[rng_below(rng, G_N_ELEMENTS(inks))], rng);
}

static void
stamp_authority(Canvas *canvas, const Company *company, double x_mm, double y_mm, Rng *rng)
{
    SealArt art = { .type = SEAL_OFFICIAL, .width_mm = 38, .height_mm = 38, .ring = company->authority };
    seal_art_usual(&art);
    stamp_seal(canvas, "authority", &art, x_mm, y_mm, .1, inks[0], rng);
}

/* Labels of two characters are set as wide as those of four. */
static void
draw_label(Canvas *canvas, double x_mm, double y_mm, double em_mm, const char *label)
{
    glong n = g_utf8_strlen(label, -1);
    double spacing = n >= 4 || n < 2 ? 0 : (4.0 - (double)n) * em_mm / (double)(n - 1);
    canvas_text(canvas, NULL, FACE_HEI, FALSE, em_mm, spacing, x_mm, y_mm, grey, label);
}

static Canvas *
licence_landscape(const Company *c, Rng *rng)
{
    Canvas *canvas = canvas_new(297, 210);
    draw_background(canvas);
    draw_emblem(canvas, 148.5, 30, 13);
    canvas_text(canvas, NULL, FACE_HEI, FALSE, 4.2, 0, 24, 30, NULL, "统一社会信用代码");
    canvas_text(canvas, "code", rng_chance(rng, .5) ? FACE_HEI : FACE_SANS, FALSE, 5, .2, 24, 37, NULL, c->credit_code);
    canvas_text(canvas, "title", FACE_KAI, FALSE, 18, 9, 98, 46, NULL, "营业执照");
    canvas_text(canvas, NULL, FACE_HEI, FALSE, 4.2, 0, 160, 68, NULL, "（副本）");
    g_autofree char *url = g_strdup_printf("http://www.example.invalid/%s", c->credit_code);
    draw_qr(canvas, url, 236, 26, 24);

    const double em = 4.3, x = 30, xv = 56, x2 = 168, xv2 = 192;
    double y = 86;
    g_autofree char *established = date_chinese(&c->established), *end = date_chinese(&c->term_end);
    g_autofree char *term = g_strdup_printf("%s至%s", established, end);
    draw_label(canvas, x, y, em, "名称");
    canvas_text(canvas, "name", FACE_SONG, FALSE, em, 0, xv, y, NULL, c->name);
    draw_label(canvas, x2, y, em, "注册资本");
    canvas_text(canvas, "capital", FACE_SONG, FALSE, em, 0, xv2, y, NULL, c->capital);
    draw_label(canvas, x, y + 11, em, "类型");
    canvas_text(canvas, "type", FACE_SONG, FALSE, em, 0, xv, y + 11, NULL, c->type);
    draw_label(canvas, x2, y + 11, em, "成立日期");
    canvas_text(canvas, "established", FACE_SONG, FALSE, em, 0, xv2, y + 11, NULL, established);
    draw_label(canvas, x, y + 22, em, c->rep_label);
    canvas_text(canvas, "rep", FACE_SONG, FALSE, em, 0, xv, y + 22, NULL, c->rep->name);
    draw_label(canvas, x2, y + 22, em, "营业期限");
    canvas_text(canvas, "term", FACE_SONG, FALSE, em, 0, xv2, y + 22, NULL, term);
    draw_label(canvas, x, y + 33, em, "经营范围");
    canvas_paragraph(canvas, "scope", FACE_SONG, 3.8, 5, xv, y + 33, 98, c->scope);
    draw_label(canvas, x2, y + 33, em, "住所");
    canvas_paragraph(canvas, "address", FACE_SONG, em, 6, xv2, y + 33, 78, c->address);
    canvas_text(canvas, NULL, FACE_HEI, FALSE, 5, 3, 190, 160, NULL, "登记机关");
    g_autofree char *approved = date_chinese(&c->established);
    canvas_text(canvas, NULL, FACE_SONG, FALSE, em, 0, 222, 178, NULL, approved);
    stamp_authority(canvas, c, 232, 166, rng);
    return canvas;
}

static Canvas *
licence_portrait(const Company *c, Rng *rng)
{
    Canvas *canvas = canvas_new(210, 297);
    draw_background(canvas);
    draw_emblem(canvas, 105, 38, 14);
    canvas_text(canvas, "title", FACE_SONG, TRUE, 17, 8, 60, 60, NULL, "营业执照");
    canvas_text(canvas, NULL, FACE_SONG, FALSE, 4.5, 0, 96, 84, NULL, "（副本）");
    canvas_text(canvas, NULL, FACE_SONG, FALSE, 4.2, 0, 92, 96, NULL, "统一社会信用代码");
    canvas_text(canvas, "code", FACE_SONG, FALSE, 4.6, .15, 128, 96, NULL, c->credit_code);
    g_autofree char *established = date_chinese(&c->established), *end = date_chinese(&c->term_end);
    g_autofree char *term = g_strdup_printf("%s至%s", established, end);
    const struct {
        const char *label, *field, *text;
    } rows[] = { { "名称", "name", c->name },           { "类型", "type", c->type },
                 { "住所", "address", c->address },     { c->rep_label, "rep", c->rep->name },
                 { "注册资本", "capital", c->capital }, { "成立日期", "established", established },
                 { "营业期限", "term", term },          { "经营范围", "scope", c->scope } };
    const double em = 4.6;
    double y = 112;
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        canvas_text(canvas, NULL, FACE_SONG, FALSE, em,
                    g_utf8_strlen(rows[i].label, -1) == 2   ? 3 * em
                    : g_utf8_strlen(rows[i].label, -1) == 4 ? em / 3
                                                            : 0,
                    28, y, NULL, rows[i].label);
        guint lines = canvas_paragraph(canvas, rows[i].field, FACE_KAI, em, 6.5, 60, y, 118, rows[i].text);
        y += MAX(lines, 1) * 6.5 + 4.5;
    }
    g_autofree char *url = g_strdup_printf("http://www.example.invalid/%s", c->credit_code);
    draw_qr(canvas, url, 28, 232, 26);
    canvas_text(canvas, NULL, FACE_SONG, FALSE, 5, 2, 118, 240, NULL, "登记机关");
    stamp_authority(canvas, c, 150, 250, rng);
    return canvas;
}

Canvas *
licence_draw(const Company *company, LicenceForm form, gboolean stamp, Rng *rng)
{
    Canvas *canvas = form == LICENCE_LANDSCAPE ? licence_landscape(company, rng) : licence_portrait(company, rng);
    if (stamp) {
        SealArt art = { .type = SEAL_OFFICIAL, .width_mm = 40, .height_mm = 40, .ring = company->name };
        seal_art_usual(&art);
        stamp_seal(canvas, "official_over", &art, canvas->width_mm * rng_range(rng, .45, .6), canvas->height_mm * .8,
                   .15, inks[1], rng);
    }
    return canvas;
}

static void
draw_card_ground(Canvas *canvas, double x, double y)
{
    const double k = CANVAS_PX_PER_MM, w = 85.6, h = 54, r = 3;
    cairo_t *cr = canvas->cr;
    cairo_new_sub_path(cr);
    cairo_arc(cr, (x + w - r) * k, (y + r) * k, r * k, -G_PI / 2, 0);
    cairo_arc(cr, (x + w - r) * k, (y + h - r) * k, r * k, 0, G_PI / 2);
    cairo_arc(cr, (x + r) * k, (y + h - r) * k, r * k, G_PI / 2, G_PI);
    cairo_arc(cr, (x + r) * k, (y + r) * k, r * k, G_PI, 1.5 * G_PI);
    cairo_close_path(cr);
    cairo_set_source_rgb(cr, .9, .93, .95);
    cairo_fill_preserve(cr);
    cairo_set_source_rgb(cr, .8, .84, .88);
    cairo_set_line_width(cr, .25 * k);
    cairo_stroke(cr);
    cairo_set_line_width(cr, .1 * k);
    for (double dy = 4; dy < h - 3; dy += 1.8) {
        cairo_move_to(cr, (x + 3) * k, (y + dy) * k);
        cairo_curve_to(cr, (x + 30) * k, (y + dy - 3) * k, (x + 55) * k, (y + dy + 3) * k, (x + 82) * k, (y + dy) * k);
    }
    cairo_set_source_rgb(cr, .78, .86, .92);
    cairo_stroke(cr);
}

void
draw_card_front(Canvas *canvas, const Person *p, double x, double y, const char *face)
{
    const double k = CANVAS_PX_PER_MM, em = 3.1, label = 2.6;
    draw_card_ground(canvas, x, y);
    g_autofree char *year = g_strdup_printf("%u", p->year), *month = g_strdup_printf("%u", p->month);
    g_autofree char *day = g_strdup_printf("%u", p->day);
    canvas_text(canvas, NULL, face, FALSE, label, 1, x + 6.5, y + 6.5, blue, "姓名");
    canvas_text(canvas, "front.name", face, FALSE, 3.6, .3, x + 16.5, y + 5.8, NULL, p->name);
    canvas_text(canvas, NULL, face, FALSE, label, 1, x + 6.5, y + 13.8, blue, "性别");
    canvas_text(canvas, "front.sex", face, FALSE, em, 0, x + 16.5, y + 13.5, NULL, p->male ? "男" : "女");
    canvas_text(canvas, NULL, face, FALSE, label, 1, x + 24, y + 13.8, blue, "民族");
    canvas_text(canvas, "front.ethnic", face, FALSE, em, 0, x + 33, y + 13.5, NULL, p->nation);
    canvas_text(canvas, NULL, face, FALSE, label, 1, x + 6.5, y + 20.6, blue, "出生");
    canvas_text(canvas, NULL, face, FALSE, em, 0, x + 16.5, y + 20.3, NULL, year);
    canvas_text(canvas, NULL, face, FALSE, label, 0, x + 25, y + 20.6, blue, "年");
    canvas_text(canvas, NULL, face, FALSE, em, 0, x + 30, y + 20.3, NULL, month);
    canvas_text(canvas, NULL, face, FALSE, label, 0, x + 34.5, y + 20.6, blue, "月");
    canvas_text(canvas, NULL, face, FALSE, em, 0, x + 38.5, y + 20.3, NULL, day);
    canvas_text(canvas, NULL, face, FALSE, label, 0, x + 43, y + 20.6, blue, "日");
    canvas_text(canvas, NULL, face, FALSE, label, 1, x + 6.5, y + 27.6, blue, "住址");
    canvas_paragraph(canvas, "front.address", face, em, 4.4, x + 16.5, y + 27.3, 36, p->address);
    canvas_text(canvas, NULL, face, FALSE, label, 0, x + 6.5, y + 46, blue, "公民身份号码");
    canvas_text(canvas, "front.id_number", FACE_OCRB, FALSE, 3.85, 0, x + 29.1, y + 45.4, NULL, p->id_number);
    cairo_set_source_rgb(canvas->cr, .62, .66, .7);
    cairo_arc(canvas->cr, (x + 69) * k, (y + 18) * k, 6.5 * k, 0, 2 * G_PI);
    cairo_rectangle(canvas->cr, (x + 59.5) * k, (y + 26) * k, 19 * k, 12 * k);
    cairo_fill(canvas->cr);
}

void
draw_card_back(Canvas *canvas, const Person *p, double x, double y, const char *face)
{
    draw_card_ground(canvas, x, y);
    draw_emblem(canvas, x + 14, y + 15, 7.5);
    canvas_text(canvas, NULL, FACE_SONG, TRUE, 5, .6, x + 31, y + 8, NULL, "中华人民共和国");
    canvas_text(canvas, NULL, FACE_SONG, TRUE, 6.4, 1.6, x + 29, y + 16, NULL, "居民身份证");
    g_autofree char *from = date_dots(&p->issued), *to = date_dots(&p->expires),
                    *validity = g_strdup_printf("%s-%s", from, to);
    canvas_text(canvas, NULL, face, FALSE, 2.7, 0, x + 19, y + 37, NULL, "签发机关");
    canvas_text(canvas, "back.authority", face, FALSE, 3, 0, x + 33.5, y + 36.8, NULL, p->authority);
    canvas_text(canvas, NULL, face, FALSE, 2.7, 0, x + 19, y + 45, NULL, "有效期限");
    canvas_text(canvas, "back.validity", face, FALSE, 3, 0, x + 33.5, y + 44.8, NULL, validity);
}

Canvas *
id_card_draw(const Person *person, CardSides sides, Rng *rng)
{
    Canvas *canvas = canvas_new(210, 297);
    double x = rng_range(rng, 20, 100), y = rng_range(rng, 20, 60);
    if (sides & CARD_FRONT)
        draw_card_front(canvas, person, x, y, FACE_HEI);
    if (sides & CARD_BACK)
        draw_card_back(canvas, person, x + (sides == CARD_BOTH ? rng_normal(rng) * 2 : 0),
                       sides == CARD_BOTH ? y + 85 : y, FACE_HEI);
    return canvas;
}

Canvas *
sheet_draw(const Company *company, const SheetSeal *seals, guint n, Rng *rng)
{
    Canvas *canvas = canvas_new(210, 297);
    canvas_text(canvas, "title", FACE_HEI, TRUE, 7, 2, 68, 16, NULL, "印模采集表");
    canvas_text(canvas, NULL, FACE_SONG, FALSE, 4, 0, 22, 32, NULL, "单位名称：");
    canvas_text(canvas, NULL, FACE_KAI, FALSE, 4.4, 0, 44, 31.6, NULL, company->name);
    canvas_text(canvas, NULL, FACE_SONG, FALSE, 4, 0, 22, 41, NULL, "统一社会信用代码：");
    canvas_text(canvas, NULL, FACE_SANS, FALSE, 4.2, 0, 60, 40.6, NULL, company->credit_code);
    double y = 56;
    for (guint s = 0; s < n; s++) {
        const SealArt *art = seals[s].art;
        double side = MAX(art->width_mm, art->height_mm) > 30 ? 52 : 34;
        const double *ink = inks[rng_below(rng, G_N_ELEMENTS(inks))];
        g_autofree char *label = g_strdup_printf("%u. %s（%g mm）", s + 1, seal_type_name_zh(art->type), art->width_mm);
        canvas_text(canvas, NULL, FACE_SONG, FALSE, 4, 0, 22, y - 6.5, NULL, label);
        for (guint i = 0; i < 3; i++) {
            double x = 22 + i * 57;
            canvas_box(canvas, x, y, 52, side, .25, FALSE);
            if (seals[s].missing_sample == i + 1)
                continue;
            gboolean foreign = seals[s].foreign && (!seals[s].foreign_sample || seals[s].foreign_sample == i + 1);
            stamp_seal(canvas, seal_type_name(art->type), foreign ? seals[s].foreign : art,
                       x + 26 + rng_normal(rng) * 1.2, y + side / 2 + rng_normal(rng) * .8,
                       rng_chance(rng, .2) ? .5 : .1, ink, rng);
        }
        y += side + 12;
    }
    canvas_text(canvas, NULL, FACE_SONG, FALSE, 4, 0, 22, 278, NULL, "经办人签字：                    日期：");
    return canvas;
}
