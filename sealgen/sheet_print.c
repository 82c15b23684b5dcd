/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sheet_print.c: the form drawn with cairo and pango.
 */
#include "sealgen/sheet_print.h"

#include <cairo-pdf.h>
#include <math.h>
#include <pango/pangocairo.h>
#include <qrencode.h>
#include <stdio.h>
#include <string.h>

#define PT (72 / 25.4) /* points a millimetre */
#define TOP_MM 62.0    /* first row of places */
#define FOOT_MM 262.0  /* rows end here */
#define LEFT_MM 26.0
#define WIDE_MM 164.0
#define GAP_MM 4.0
#define ROOM_MM 12.0 /* around the declared size */
#define ROW_LEAST_MM 36.0
#define LABEL_MM 7.0
#define QR_MM 24.0

const Quad FORM_MARKS_MM = { { { 13, 13 }, { 197, 13 }, { 197, 284 }, { 13, 284 } } };

static double
row_height(const OrderSeal *seal)
{
    double high = seal->height_mm > 0 ? seal->height_mm : 45;
    return MAX(ROW_LEAST_MM, MIN(high, 60) + ROOM_MM);
}

GArray *
sheet_form_places(const Order *order, guint page, guint *pages)
{
    GArray *places = g_array_new(FALSE, FALSE, sizeof(FormPlace));
    double y = TOP_MM, wide = (WIDE_MM - GAP_MM * (FORM_SAMPLES - 1)) / FORM_SAMPLES;
    guint at = 0;
    for (guint s = 0; s < order->seals->len; s++) {
        double high = row_height(g_ptr_array_index(order->seals, s));
        if (y + LABEL_MM + high > FOOT_MM) {
            at++;
            y = TOP_MM;
        }
        for (guint k = 0; k < FORM_SAMPLES && at == page; k++) {
            double x = LEFT_MM + k * (wide + GAP_MM);
            FormPlace place = { s, k, x, y + LABEL_MM, x + wide, y + LABEL_MM + high };
            g_array_append_val(places, place);
        }
        y += LABEL_MM + high;
    }
    if (pages)
        *pages = at + 1;
    return places;
}

char *
sheet_form_code(const Order *order, guint page, guint pages)
{
    return g_strdup_printf("SB1 %s %u/%u", order->order_id ? order->order_id : "-", page + 1, pages);
}

gboolean
sheet_form_code_parse(const char *text, const char *order_id, guint *page)
{
    char id[65];
    guint at = 0, all = 0;
    int end = 0;
    if (!text || sscanf(text, "SB1 %64s %u/%u%n", id, &at, &all, &end) != 3 || text[end] != '\0')
        return FALSE;
    if (at < 1 || at > all || all > 100 || strcmp(id, order_id ? order_id : "-") != 0)
        return FALSE;
    *page = at - 1;
    return TRUE;
}

/* Text with its top left corner at x, y; negative size centres it there. */
static void
draw_text(cairo_t *cr, double x, double y, double size_mm, const char *text)
{
    PangoLayout *layout = pango_cairo_create_layout(cr);
    PangoFontDescription *font = pango_font_description_from_string("Noto Sans CJK SC, sans-serif");
    pango_font_description_set_absolute_size(font, fabs(size_mm) * PANGO_SCALE);
    pango_layout_set_font_description(layout, font);
    pango_layout_set_text(layout, text, -1);
    PangoRectangle box;
    pango_layout_get_extents(layout, NULL, &box);
    cairo_move_to(cr, size_mm < 0 ? x - box.width / 2.0 / PANGO_SCALE : x, y);
    pango_cairo_show_layout(cr, layout);
    pango_font_description_free(font);
    g_object_unref(layout);
}

static void
draw_marks(cairo_t *cr)
{
    for (guint i = 0; i < 4; i++) {
        Point p = FORM_MARKS_MM.p[i];
        cairo_set_line_width(cr, 1.2);
        cairo_new_sub_path(cr);
        cairo_arc(cr, p.x, p.y, FORM_MARK_MM / 2 - 0.6, 0, 2 * G_PI);
        cairo_stroke(cr);
        cairo_arc(cr, p.x, p.y, 1.4, 0, 2 * G_PI);
        cairo_fill(cr);
    }
}

static void
draw_code(cairo_t *cr, const char *text)
{
    QRcode *code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
    if (!code)
        return;
    double step = QR_MM / code->width, x0 = 166, y0 = 20;
    for (int y = 0; y < code->width; y++)
        for (int x = 0; x < code->width; x++)
            if (code->data[y * code->width + x] & 1)
                cairo_rectangle(cr, x0 + x * step, y0 + y * step, step, step);
    cairo_fill(cr);
    QRcode_free(code);
}

static void
draw_rulers(cairo_t *cr)
{
    cairo_set_line_width(cr, 0.15);
    for (guint mm = 0; mm <= 150; mm++) {
        double tick = mm % 10 == 0 ? 4 : mm % 5 == 0 ? 3 : 1.8;
        cairo_move_to(cr, 30 + mm, 291);
        cairo_line_to(cr, 30 + mm, 291 - tick);
        cairo_move_to(cr, 6, 60 + mm);
        cairo_line_to(cr, 6 + tick, 60 + mm);
    }
    cairo_stroke(cr);
    for (guint cm = 0; cm <= 15; cm += 5) {
        g_autofree char *text = g_strdup_printf("%u", cm * 10);
        draw_text(cr, 30 + 10 * cm, 284.2, -2.2, text);
        draw_text(cr, 12.5, 58.6 + 10 * cm, -2.2, text);
    }
    draw_text(cr, 105, 279.5, -3.2, "打印时选择「实际大小」，不要「适合页面」；用尺核对：标尺 0 至 150 应为 15 厘米");
}

/* Only the corners of a place: no line lies where a seal may come. */
static void
draw_place(cairo_t *cr, const FormPlace *p)
{
    static const double sx[4] = { 1, -1, -1, 1 }, sy[4] = { 1, 1, -1, -1 };
    const double x[4] = { p->x0, p->x1, p->x1, p->x0 }, y[4] = { p->y0, p->y0, p->y1, p->y1 };
    cairo_set_line_width(cr, 0.25);
    for (guint i = 0; i < 4; i++) {
        cairo_move_to(cr, x[i] + 5 * sx[i], y[i]);
        cairo_line_to(cr, x[i], y[i]);
        cairo_line_to(cr, x[i], y[i] + 5 * sy[i]);
    }
    cairo_stroke(cr);
    g_autofree char *text = g_strdup_printf("%u", p->sample + 1);
    draw_text(cr, p->x0 + 1, p->y0 + 0.6, 2.6, text);
}

static void
draw_seal_label(cairo_t *cr, const OrderSeal *seal, const FormPlace *first)
{
    g_autofree char *size = seal->width_mm <= 0     ? g_strdup("")
                            : seal->square_or_round ? g_strdup_printf("　%g mm", seal->width_mm)
                                                    : g_strdup_printf("　%g × %g mm", seal->width_mm, seal->height_mm);
    g_autofree char *text = g_strdup_printf("%s%s", seal->name ? seal->name : seal_type_name_zh(seal->type), size);
    draw_text(cr, first->x0, first->y0 - LABEL_MM + 1.4, 3.8, text);
}

static void
draw_head(cairo_t *cr, const Order *order, guint page, guint pages)
{
    g_autofree char *id = g_strdup_printf("申请编号　%s　　第 %u 页，共 %u 页",
                                          order->order_id ? order->order_id : "________________", page + 1, pages);
    g_autofree char *name =
        g_strdup_printf("单位名称　%s", order->company_name ? order->company_name : "______________________________");
    draw_text(cr, 95, 20, -7, "印　模　采　集　表");
    draw_text(cr, LEFT_MM, 32, 3.8, id);
    draw_text(cr, LEFT_MM, 39, 3.8, name);
    draw_text(cr, LEFT_MM, 47.5, 3,
              "每枚印章在三个位置各清晰加盖一次：印章居中、放正，印迹之间不重叠，不在印迹上写字。\n扫描件用 300 dpi "
              "彩色；拍照时纸张四边都在画面内。");
}

static void
draw_form_page(cairo_t *cr, const Order *order, guint page, guint pages)
{
    g_autoptr(GArray) places = sheet_form_places(order, page, NULL);
    g_autofree char *code = sheet_form_code(order, page, pages);
    cairo_save(cr);
    cairo_scale(cr, PT, PT);
    cairo_set_source_rgb(cr, 0, 0, 0);
    draw_marks(cr);
    draw_code(cr, code);
    draw_head(cr, order, page, pages);
    draw_rulers(cr);
    for (guint i = 0; i < places->len; i++) {
        const FormPlace *p = &g_array_index(places, FormPlace, i);
        if (p->sample == 0)
            draw_seal_label(cr, g_ptr_array_index(order->seals, p->seal), p);
        draw_place(cr, p);
    }
    draw_text(cr, LEFT_MM, 266, 3.6, "经办人签字：________________　　　日期：______ 年 ____ 月 ____ 日");
    cairo_restore(cr);
    cairo_show_page(cr);
}

static cairo_status_t
append(void *closure, const unsigned char *data, unsigned int length)
{
    g_byte_array_append(closure, data, length);
    return CAIRO_STATUS_SUCCESS;
}

static Order *
blank_order(void)
{
    static const struct {
        SealType type;
        double mm;
    } SEALS[] = { { SEAL_OFFICIAL, 0 }, { SEAL_CONTRACT, 0 }, { SEAL_LEGAL_REP, 24 } };
    Order *order = order_new();
    for (guint i = 0; i < G_N_ELEMENTS(SEALS); i++) {
        OrderSeal *seal = order_seal_new();
        seal->type = SEALS[i].type;
        seal->height_mm = SEALS[i].mm; /* room only; no width: none is declared */
        g_ptr_array_add(order->seals, seal);
    }
    return order;
}

GBytes *
sheet_print_pdf(const Order *order, GError **error)
{
    g_autoptr(Order) blank = order ? NULL : blank_order();
    order = order ? order : blank;
    if (order->seals->len == 0) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT,
                    "the order asks for no seal: there is nothing to print places for");
        return NULL;
    }
    guint pages = 0;
    g_array_unref(sheet_form_places(order, 0, &pages));
    GByteArray *bytes = g_byte_array_new();
    cairo_surface_t *surface =
        cairo_pdf_surface_create_for_stream(append, bytes, FORM_WIDTH_MM * PT, FORM_HEIGHT_MM * PT);
    cairo_t *cr = cairo_create(surface);
    for (guint page = 0; page < pages; page++)
        draw_form_page(cr, order, page, pages);
    cairo_status_t status = cairo_status(cr);
    cairo_destroy(cr);
    cairo_surface_finish(surface);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    if (status != CAIRO_STATUS_SUCCESS) {
        g_set_error(error, SB_ERROR, SB_ERROR_ENV, "the sheet could not be drawn: %s", cairo_status_to_string(status));
        g_byte_array_unref(bytes);
        return NULL;
    }
    return g_byte_array_free_to_bytes(bytes);
}
