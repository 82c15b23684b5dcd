/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Licences of several forms, drawn here: an invented company, an institution, turned, photographed, not licences. */
#include "ocr/flat.h"
#include "ocr/licence.h"
#include "ocr/reader.h"
#include "tests/ocr/drawn_page.h"

#include <criterion/criterion.h>
#include <string.h>

#define CODE "91110108MA00TE5T26"

static const DrawnText LANDSCAPE[] = {
    { 28, 42, 4.2, "统一社会信用代码" },
    { 28, 49, 4.6, CODE },
    { 100, 62, 17, "营 业 执 照" },
    { 30, 86, 4.2, "名　　称" },
    { 58, 86, 4.2, "海岱市临江轩辰科技有限公司" },
    { 30, 97, 4.2, "类　　型" },
    { 58, 97, 4.2, "其他有限责任公司" },
    { 30, 108, 4.2, "法定代表人" },
    { 58, 108, 4.2, "欧阳文浩" },
    { 30, 119, 4.2, "经营范围" },
    { 58, 119, 3.2, "软件开发；计算机销售；办公用品销售；技术服务、技术开发" },
    { 58, 125, 3.2, "（依法须经批准的项目，经相关部门批准后方可开展）" },
    { 165, 86, 4.2, "注册资本" },
    { 192, 86, 4.2, "伍佰万元整" },
    { 165, 97, 4.2, "成立日期" },
    { 192, 97, 4.2, "2016年09月30日" },
    { 165, 108, 4.2, "营业期限" },
    { 192, 108, 4.2, "2016年09月30日至2046年09月29日" },
    { 165, 119, 4.2, "住　　所" },
    { 192, 119, 4.2, "海岱市临江区桃源路18号" },
};

static const DrawnText INSTITUTION[] = {
    { 52, 60, 13, "事业单位法人证书" },
    { 60, 80, 4.4, "统一社会信用代码" },
    { 100, 80, 4.6, "123101151234567885" },
    { 35, 105, 4.6, "名　　称" },
    { 70, 105, 4.6, "海岱市临江中心小学" },
    { 35, 120, 4.6, "宗旨和" },
    { 35, 126, 4.6, "业务范围" },
    { 70, 120, 4.6, "实施小学义务教育" },
    { 35, 140, 4.6, "住　　所" },
    { 70, 140, 4.6, "海岱市临江区文昌巷9号" },
    { 35, 155, 4.6, "法定代表人" },
    { 70, 155, 4.6, "徐青" },
    { 35, 170, 4.6, "经费来源" },
    { 70, 170, 4.6, "财政补助" },
    { 35, 185, 4.6, "开办资金" },
    { 70, 185, 4.6, "贰佰万元整" },
    { 35, 200, 4.6, "举办单位" },
    { 70, 200, 4.6, "海岱市临江区教育局" },
};

static const DrawnText LETTER[] = {
    { 30, 40, 6, "关于召开会议的通知" },
    { 30, 60, 4.4, "各有关单位：兹定于下周三上午九时在三楼会议室召开会议，" },
    { 30, 70, 4.4, "请准时参加。会议材料请于前一日领取，逾期不再补发。" },
    { 30, 80, 4.4, "联系电话请见附件，联系人请见附件，地址请见附件。" },
};

static Reader *reader; /* Criterion runs each test in a process of its own */

static void
open_reader(void)
{
    g_setenv("OMP_THREAD_LIMIT", "1", TRUE);
    g_autoptr(GError) error = NULL;
    if (!drawn_can_write())
        cr_skip_test("no face with hanzi here");
    reader = reader_open(SOURCE_DIR "/ocr/model", &error);
    cr_assert_not_null(reader, "%s", error ? error->message : "");
}

static void
close_reader(void)
{
    reader_free(reader);
}

TestSuite(licence, .init = open_reader, .fini = close_reader);

static Image *
landscape(double px_per_mm)
{
    Drawn d = drawn_new(297, 210, px_per_mm);
    drawn_write(&d, LANDSCAPE, G_N_ELEMENTS(LANDSCAPE));
    return drawn_image(&d);
}

static Document *
read_one(const Image *image, const ReaderExpect *expect)
{
    g_autoptr(PageFile) file = drawn_file(image);
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) documents = reader_read(reader, file, ROLE_LICENCE, expect, &error);
    cr_assert_not_null(documents, "%s", error ? error->message : "");
    cr_assert_eq(documents->len, 1);
    return g_ptr_array_steal_index(documents, 0);
}

static const char *
text_of(const Document *document, const char *key)
{
    const DocumentField *field = document_find_field(document, key);
    return field && field->text ? field->text : "";
}

static void
assert_company(const Document *d)
{
    cr_assert_eq(d->seen_as, SEEN_LICENCE);
    cr_assert_str_eq(text_of(d, FIELD_CREDIT_CODE), CODE);
    cr_assert_eq(document_find_field(d, FIELD_CREDIT_CODE)->status, FIELD_READ);
    cr_assert_str_eq(text_of(d, FIELD_COMPANY_NAME), "海岱市临江轩辰科技有限公司");
    cr_assert_eq(document_find_field(d, FIELD_COMPANY_NAME)->verdict, VERDICT_CONFIRMED);
    cr_assert_str_eq(text_of(d, FIELD_LEGAL_REP), "欧阳文浩");
    cr_assert_eq(document_find_field(d, FIELD_LEGAL_REP)->verdict, VERDICT_CONFIRMED);
}

static const ReaderExpect COMPANY = { .company_name = "海岱市临江轩辰科技有限公司", .legal_rep = "欧阳文浩" };

Test(licence, every_field_is_read_and_its_box_holds_it)
{
    g_autoptr(Image) image = landscape(8);
    g_autoptr(Document) d = read_one(image, &COMPANY);
    assert_company(d);
    cr_assert_eq(d->turned_deg, 0);
    cr_assert_str_eq(text_of(d, FIELD_ESTABLISHED), "2016-09-30");
    cr_assert_str_eq(text_of(d, FIELD_VALID_UNTIL), "2046-09-29");
    cr_assert_str_eq(text_of(d, FIELD_CAPITAL), "伍佰万元整");
    cr_assert_str_eq(text_of(d, FIELD_ADDRESS), "海岱市临江区桃源路18号");
    const DocumentField *code = document_find_field(d, FIELD_CREDIT_CODE);
    cr_assert(code->has_box);
    cr_assert_float_eq(code->box_px.p[0].x, 28 * 8, 12);
    cr_assert_float_eq(code->box_px.p[3].y, 49 * 8, 12);
}

Test(licence, the_code_s_box_begins_at_its_first_letter)
{
    g_autoptr(GError) error = NULL;
    char *content = NULL;
    gsize size = 0;
    cr_assert(g_file_get_contents(SOURCE_DIR "/samples/orders/SQ50011002/01_licence.jpg", &content, &size, NULL));
    g_autoptr(GBytes) bytes = g_bytes_new_take(content, size);
    g_autoptr(PageFile) file = page_file_open(bytes, NULL, NULL);
    cr_assert_not_null(file);
    const ReaderExpect nothing = { 0 };
    g_autoptr(GPtrArray) documents = reader_read(reader, file, ROLE_LICENCE, &nothing, &error);
    cr_assert(documents && documents->len == 1);
    const DocumentField *code = document_find_field(g_ptr_array_index(documents, 0), FIELD_CREDIT_CODE);
    cr_assert(code->has_box);
    cr_assert_float_eq(code->box_px.p[0].x, 1002.8, 6); /* truth.json beside it */
    cr_assert_float_eq(code->box_px.p[1].x, 1346.1, 6);
}

Test(licence, a_page_turned_any_way_is_read_and_its_turn_told)
{
    g_autoptr(Image) upright = landscape(6);
    for (guint turn = 1; turn < 4; turn++) {
        g_autoptr(Image) image = image_turn(upright, turn);
        g_autoptr(Document) d = read_one(image, &COMPANY);
        assert_company(d);
        cr_assert_eq(d->turned_deg, (4 - turn) * 90, "turned %u, told %u", turn * 90, d->turned_deg);
    }
}

Test(licence, a_photograph_in_perspective_on_a_dark_table_is_read)
{
    g_autoptr(Image) flat = landscape(7);
    Quad where = { { { 210, 320 }, { 2350, 180 }, { 2440, 1690 }, { 150, 1790 } } };
    g_autoptr(Image) photo = drawn_photo(flat, 2600, 1950, &where);
    g_autoptr(Document) d = read_one(photo, &COMPANY);
    assert_company(d);
    const DocumentField *code = document_find_field(d, FIELD_CREDIT_CODE);
    cr_assert(code->box_px.p[0].x > 300 && code->box_px.p[0].x < 520, "in stored pixels: %g", code->box_px.p[0].x);
}

Test(licence, an_institutions_certificate_with_other_labels_is_read)
{
    Drawn drawn = drawn_new(210, 297, 7);
    drawn_write(&drawn, INSTITUTION, G_N_ELEMENTS(INSTITUTION));
    g_autoptr(Image) image = drawn_image(&drawn);
    ReaderExpect expect = { .company_name = "海岱市临江中心小学", .legal_rep = "徐青" };
    g_autoptr(Document) d = read_one(image, &expect);
    cr_assert_eq(d->seen_as, SEEN_LICENCE);
    cr_assert_str_eq(text_of(d, FIELD_CREDIT_CODE), "123101151234567885");
    cr_assert_eq(document_find_field(d, FIELD_COMPANY_NAME)->verdict, VERDICT_CONFIRMED);
    cr_assert_eq(document_find_field(d, FIELD_LEGAL_REP)->verdict, VERDICT_CONFIRMED);
    cr_assert_str_eq(text_of(d, FIELD_CAPITAL), "贰佰万元整");
}

Test(licence, another_name_is_never_confirmed_and_never_copied)
{
    static const char *const others[] = { "海岱市临江轩晨科技有限公司", "海岱市临江轩辰科技有限公司分公司", "临江轩辰科技有限公司",
                                          "海岱市临江轩辰科枝有限公司", "海岱市临江轩辰料技有限公司" };
    g_autoptr(Image) image = landscape(8);
    for (guint i = 0; i < G_N_ELEMENTS(others); i++) {
        ReaderExpect expect = { .company_name = others[i], .legal_rep = "欧阳文皓", .credit_code = "92440305MA5XX00X6H" };
        g_autoptr(Document) d = read_one(image, &expect);
        cr_assert_neq(document_find_field(d, FIELD_COMPANY_NAME)->verdict, VERDICT_CONFIRMED, "row %u", i);
        cr_assert_neq(document_find_field(d, FIELD_LEGAL_REP)->verdict, VERDICT_CONFIRMED, "row %u", i);
        cr_assert_str_eq(text_of(d, FIELD_COMPANY_NAME), "海岱市临江轩辰科技有限公司");
        cr_assert_str_eq(text_of(d, FIELD_CREDIT_CODE), CODE);
    }
}

/* Pale print, and between the name's label and its value a word across the page, fainter still. */
static Image *
landscape_under_a_word(void)
{
    DrawnText texts[G_N_ELEMENTS(LANDSCAPE)];
    memcpy(texts, LANDSCAPE, sizeof texts);
    texts[3].text = "名称";
    Drawn d = drawn_new(297, 210, 7);
    cairo_set_source_rgb(d.cr, 0.4, 0.4, 0.4);
    drawn_write(&d, texts, G_N_ELEMENTS(texts));
    cairo_set_source_rgb(d.cr, 0.62, 0.62, 0.62);
    cairo_set_font_size(d.cr, 6);
    cairo_move_to(d.cr, 43, 87);
    cairo_rotate(d.cr, -0.5);
    cairo_show_text(d.cr, "仅");
    return drawn_image(&d);
}

Test(licence, a_word_across_the_page_cuts_nothing_off_a_name_and_adds_nothing_to_it)
{
    static const char *const others[] = { "岱市临江轩辰科技有限公司", "仅海岱市临江轩辰科技有限公司" };
    g_autoptr(Image) image = landscape_under_a_word();
    g_autoptr(Document) d = read_one(image, &COMPANY);
    assert_company(d);
    cr_assert_str_eq(document_find_field(d, FIELD_COMPANY_NAME)->evidence,
                     "every character verified, beside its label");
    for (guint i = 0; i < G_N_ELEMENTS(others); i++) {
        ReaderExpect expect = { .company_name = others[i] };
        g_autoptr(Document) other = read_one(image, &expect);
        cr_assert_neq(document_find_field(other, FIELD_COMPANY_NAME)->verdict, VERDICT_CONFIRMED, "row %u", i);
    }
}

Test(licence, a_letter_and_a_blank_page_are_no_licence)
{
    Drawn drawn = drawn_new(210, 297, 6), empty = drawn_new(210, 297, 6);
    drawn_write(&drawn, LETTER, G_N_ELEMENTS(LETTER));
    g_autoptr(Image) letter = drawn_image(&drawn), blank = drawn_image(&empty);
    g_autoptr(Document) unknown = read_one(letter, &COMPANY), nothing = read_one(blank, &COMPANY);
    cr_assert_eq(unknown->seen_as, SEEN_UNKNOWN);
    cr_assert_eq(nothing->seen_as, SEEN_BLANK);
}

static void
draw_ring(Drawn *d, double x_mm, double y_mm, double radius_mm)
{
    cairo_save(d->cr);
    cairo_set_source_rgb(d->cr, 0.85, 0.2, 0.2);
    cairo_set_line_width(d->cr, 1.2);
    for (double r = radius_mm; r > 3; r -= 4) {
        cairo_new_path(d->cr);
        cairo_arc(d->cr, x_mm, y_mm, r, 0, 2 * G_PI);
        cairo_stroke(d->cr);
    }
    cairo_restore(d->cr);
}

Test(licence, a_companys_stamp_is_told_from_the_registrys_and_a_grey_copy_from_an_original)
{
    static const DrawnText registry = { 190, 165, 4.6, "登记机关" };
    for (guint stamps = 0; stamps < 3; stamps++) { /* none, the registry's, the company's too */
        Drawn drawn = drawn_new(297, 210, 7);
        drawn_write(&drawn, LANDSCAPE, G_N_ELEMENTS(LANDSCAPE));
        drawn_write(&drawn, &registry, 1);
        if (stamps > 0) {
            draw_ring(&drawn, 148, 30, 12); /* emblem */
            draw_ring(&drawn, 225, 168, 20);
        }
        if (stamps > 1)
            draw_ring(&drawn, 110, 165, 20);
        g_autoptr(Image) image = drawn_image(&drawn);
        g_autoptr(Document) d = read_one(image, &COMPANY);
        assert_company(d);
        cr_assert_eq(d->stamp_present, stamps == 2, "%u", stamps);
        cr_assert_eq(d->capture, stamps ? CAPTURE_SCAN : CAPTURE_GREY_COPY, "%u", stamps);
    }
}

Test(licence, a_seal_sheet_in_its_place_is_named)
{
    static const DrawnText sheet[] = {
        { 70, 30, 8, "印模采集表" },
        { 30, 60, 4.4, "单位名称：海岱市临江轩辰科技有限公司" },
        { 30, 70, 4.4, "请在方框内加盖印章，每枚印章盖三次" },
    };
    Drawn drawn = drawn_new(210, 297, 6);
    drawn_write(&drawn, sheet, G_N_ELEMENTS(sheet));
    g_autoptr(Image) image = drawn_image(&drawn);
    g_autoptr(Document) d = read_one(image, &COMPANY);
    cr_assert_eq(d->seen_as, SEEN_SEAL_SHEET, "%s", seen_as_name(d->seen_as));
}

Test(licence, noise_of_any_shape_is_survived_and_is_no_licence)
{
    static const guint sizes[][2] = { { 1, 1 }, { 3, 700 }, { 900, 4 }, { 640, 480 } };
    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autoptr(Image) image = image_new(sizes[i][0], sizes[i][1], 3);
        for (gsize k = 0; k < (gsize)image->width * image->height * 3; k++)
            image->data[k] = (guint8)(k * 2654435761u >> 13);
        g_autoptr(Document) d = read_one(image, &COMPANY);
        cr_assert_neq(d->seen_as, SEEN_LICENCE, "%u x %u", image->width, image->height);
    }
}

Test(licence_terms, are_parsed_as_printed)
{
    static const struct {
        const char *text, *from, *until;
    } rows[] = {
        { "2016年09月30日至长期", "2016-09-30", "长期" },
        { "自2016年9月3日至2036年09月29日", "2016-09-03", "2036-09-29" },
        { "2O16年O9月3O日 至 2036年09月29日", "2016-09-30", "2036-09-29" },
        { "长期", NULL, "长期" },
        { "2016-09-30 至 2036-09-29", "2016-09-30", "2036-09-29" },
        { "2016年13月30日至长期", NULL, NULL },
        { "2016年09月30日至2036年02月30日", NULL, NULL },
        { "2016年09月30日", NULL, NULL },
        { "", NULL, NULL },
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *from = NULL, *until = NULL;
        cr_assert_eq(licence_parse_term(rows[i].text, &from, &until), rows[i].until != NULL, "row %u", i);
        cr_assert_eq(g_strcmp0(from, rows[i].from), 0, "row %u: from %s", i, from);
        cr_assert_eq(g_strcmp0(until, rows[i].until), 0, "row %u: until %s", i, until);
    }
    g_autofree char *date = licence_parse_date("2016年09月30日"), *none = licence_parse_date("2016年09月31日");
    cr_assert_str_eq(date, "2016-09-30");
    cr_assert_null(none);
}
