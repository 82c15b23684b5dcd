/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * idcard.c, idcard_front.c, idcard_back.c: a drawn page with both sides of an invented person's card.
 */
#include "ocr/idcard_inner.h"

#include <criterion/criterion.h>

#include "core/text.h"
#include "ocr/codeline.h"
#include "ocr/tess.h"

#define NUMBER "51010719000712789X"
#define NAME "林砚秋"

typedef struct {
    IdcardTools tools;
    Image *image;
} Bench;

static void
bench_clear(Bench *b)
{
    tess_free(b->tools.figures);
    tess_free(b->tools.number);
    hanzi_free((Hanzi *)b->tools.hanzi);
    codeline_free(b->tools.codeline);
    image_free(b->image);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Bench, bench_clear)

static Bench
bench_open(void)
{
    Bench b = { { NULL }, NULL };
    g_autofree char *content = NULL;
    gsize length;
    b.tools.figures = tess_open(NULL, "eng", IDCARD_FIGURES, FALSE, NULL);
    b.tools.hanzi = hanzi_open(SOURCE_DIR "/ocr/hanzi/hanzi.model", NULL);
    b.tools.number = tess_open(SOURCE_DIR "/ocr/model", "sbid", NULL, FALSE, NULL);
    b.tools.codeline = codeline_open(SOURCE_DIR "/ocr/model", NULL);
    cr_assert(b.tools.figures && b.tools.hanzi);
    cr_assert(g_file_get_contents(SOURCE_DIR "/tests/ocr/data/idcard_both.jpg", &content, &length, NULL));
    g_autoptr(GBytes) bytes = g_bytes_new(content, length);
    g_autoptr(PageFile) file = page_file_open(bytes, NULL, NULL);
    g_autoptr(Page) page = page_file_load(file, 0, 1, NULL);
    b.image = g_steal_pointer(&page->image);
    page->image = image_new(1, 1, 1);
    return b;
}

/* A page that holds @image (taken) and nothing else. */
static Page *
page_of(Image *image)
{
    Page *page = g_new0(Page, 1);
    page->image = image;
    page->reduction = 1;
    page->stored_width = image->width;
    page->stored_height = image->height;
    page->to_stored = homography_identity();
    page->exif_orientation = 1;
    return page;
}

static GPtrArray *
read_picture(const Bench *b, Image *image, const char *name)
{
    GPtrArray *documents = g_ptr_array_new_with_free_func((GDestroyNotify)document_free);
    ReaderExpect expect = { .person_name = name };
    Page *page = page_of(image);
    gboolean found = idcard_find_and_read(&b->tools, NULL, page, &expect, documents);
    cr_expect_eq(found, documents->len > 0);
    page_free(page);
    return documents;
}

static const DocumentField *
field_of(const Document *document, const char *key)
{
    const DocumentField *f = document_find_field(document, key);
    cr_assert(f, "%s", key);
    return f;
}

static void
expect_field(const Document *document, const char *key, const char *text)
{
    const DocumentField *f = field_of(document, key);
    cr_expect(f->text && text_equal(f->text, text), "%s: %s", key, f->text ? f->text : "nothing");
    cr_expect(f->has_box, "%s has a box", key);
}

static void
expect_both_sides(const GPtrArray *documents, guint turned_deg)
{
    cr_assert_eq(documents->len, 2, "%u sides", documents->len);
    const Document *front = documents->pdata[0], *back = documents->pdata[1];
    cr_assert_eq(front->seen_as, SEEN_ID_FRONT);
    cr_assert_eq(back->seen_as, SEEN_ID_BACK);
    cr_expect_eq(front->turned_deg, turned_deg, "%u", front->turned_deg);
    cr_expect_eq(back->turned_deg, turned_deg);
    expect_field(front, FIELD_ID_NUMBER, NUMBER);
    cr_expect_eq(field_of(front, FIELD_ID_NUMBER)->status, FIELD_READ);
    expect_field(front, FIELD_NAME, NAME);
    expect_field(back, FIELD_VALID_UNTIL, "2040-03-25");
    cr_expect_eq(field_of(back, FIELD_VALID_UNTIL)->status, FIELD_READ);
}

Test(idcard, both_sides_on_one_page_are_read)
{
    g_auto(Bench) b = bench_open();
    g_autoptr(GPtrArray) documents = read_picture(&b, image_copy(b.image), NAME);
    expect_both_sides(documents, 0);
    const Document *front = documents->pdata[0], *back = documents->pdata[1];
    cr_expect_eq(field_of(front, FIELD_NAME)->verdict, VERDICT_CONFIRMED);
    expect_field(front, FIELD_SEX, "男");
    expect_field(front, FIELD_NATION, "汉");
    expect_field(front, FIELD_BIRTH, "1900-07-12");
    expect_field(back, FIELD_VALID_FROM, "2020-03-25");
    expect_field(back, FIELD_AUTHORITY, "示例市公安局样张分局");
    /* 693 px are 110 mm */
    cr_expect(front->dpi > 140 && front->dpi < 190, "%u dpi", front->dpi);
}

Test(idcard, boxes_lie_on_the_print)
{
    g_auto(Bench) b = bench_open();
    g_autoptr(GPtrArray) documents = read_picture(&b, image_copy(b.image), NULL);
    cr_assert_eq(documents->len, 2);
    const Quad *q = &field_of(documents->pdata[0], FIELD_ID_NUMBER)->box_px;
    cr_expect(point_distance(q->p[0], (Point){ 255, 337 }) < 8, "%g %g", q->p[0].x, q->p[0].y);
    cr_expect(point_distance(q->p[2], (Point){ 531, 359 }) < 8, "%g %g", q->p[2].x, q->p[2].y);
}

Test(idcard, any_quarter_turn_is_the_same_card)
{
    g_auto(Bench) b = bench_open();
    for (guint turns = 1; turns < 4; turns++) {
        g_autoptr(GPtrArray) documents = read_picture(&b, image_turn(b.image, turns), NAME);
        expect_both_sides(documents, (4 - turns) * 90);
    }
}

Test(idcard, a_tilted_photograph_in_colour_is_read)
{
    g_auto(Bench) b = bench_open();
    Quad from = { { { 60, 20 }, { 1000, 70 }, { 950, 1230 }, { 20, 1180 } } };
    Quad to = quad_rect(0, 0, b.image->width, b.image->height);
    Homography h;
    cr_assert(homography_from_quads(&from, &to, &h));
    g_autoptr(Image) grey = image_warp(b.image, &h, 1020, 1250, 60);
    Image *colour = image_new(grey->width, grey->height, 3);
    for (gsize i = 0; i < (gsize)grey->width * grey->height; i++) {
        double light = 0.6 + 0.4 * (double)(i % grey->width) / grey->width;
        colour->data[3 * i] = (guint8)(grey->data[i] * light);
        colour->data[3 * i + 1] = (guint8)(grey->data[i] * light * 0.95);
        colour->data[3 * i + 2] = (guint8)(grey->data[i] * light * 0.85);
    }
    g_autoptr(GPtrArray) documents = read_picture(&b, colour, NAME);
    expect_both_sides(documents, 0);
}

static Image *
cut_out(const Image *image, guint x0, guint y0, guint width, guint height)
{
    Homography h = homography_translate(x0, y0);
    return image_warp(image, &h, width, height, 255);
}

Test(idcard, one_side_alone_is_one_document)
{
    g_auto(Bench) b = bench_open();
    g_autoptr(GPtrArray) front = read_picture(&b, cut_out(b.image, 68, 60, 540, 330), NAME);
    cr_assert_eq(front->len, 1);
    cr_expect_eq(((Document *)front->pdata[0])->seen_as, SEEN_ID_FRONT);
    g_autoptr(GPtrArray) back = read_picture(&b, cut_out(b.image, 85, 480, 530, 330), NAME);
    cr_assert_eq(back->len, 1);
    cr_expect_eq(((Document *)back->pdata[0])->seen_as, SEEN_ID_BACK);
}

Test(idcard, another_name_is_denied_and_what_is_printed_stays)
{
    g_auto(Bench) b = bench_open();
    static const char *const others[] = { "林砚春", "林砚", "林砚秋生", "李砚秋" };
    for (guint i = 0; i < G_N_ELEMENTS(others); i++) {
        g_autoptr(GPtrArray) documents = read_picture(&b, cut_out(b.image, 68, 60, 540, 330), others[i]);
        cr_assert_eq(documents->len, 1);
        const DocumentField *name = field_of(documents->pdata[0], FIELD_NAME);
        cr_expect_neq(name->verdict, VERDICT_CONFIRMED, "%s", others[i]);
        cr_expect(text_equal(name->text, NAME), "%s", name->text);
    }
}

/* A dark bar across the last figures of the number, as a seal on a grey copy. */
Test(idcard, a_number_under_other_ink_is_never_sure)
{
    g_auto(Bench) b = bench_open();
    Image *image = cut_out(b.image, 68, 60, 540, 330);
    for (guint y = 250; y < 328; y++)
        for (guint x = 380 + (y - 250) / 3; x < 392 + (y - 250) / 3; x++)
            image->data[y * image->width + x] = 60;
    g_autoptr(GPtrArray) documents = read_picture(&b, image, NAME);
    for (guint i = 0; i < documents->len; i++) {
        const DocumentField *f = document_find_field(documents->pdata[i], FIELD_ID_NUMBER);
        cr_expect(!f || f->status != FIELD_READ || strcmp(f->text, NUMBER) == 0);
    }
}

Test(idcard, pages_without_a_card_have_none)
{
    g_auto(Bench) b = bench_open();
    Image *blank = image_new(800, 600, 1);
    memset(blank->data, 250, 800 * 600);
    g_autoptr(GPtrArray) nothing = read_picture(&b, blank, NAME);
    cr_expect_eq(nothing->len, 0);
    /* the names and the portrait, but no number */
    g_autoptr(GPtrArray) upper = read_picture(&b, cut_out(b.image, 68, 60, 540, 265), NAME);
    cr_expect_eq(upper->len, 0);
    Image *tiny = image_new(3, 2, 3);
    memset(tiny->data, 9, 18);
    g_autoptr(GPtrArray) speck = read_picture(&b, tiny, NAME);
    cr_expect_eq(speck->len, 0);
}

Test(idcard_dates_parse, takes_terms_with_edges_and_labels_before_them)
{
    static const struct {
        const char *text;
        DatesFound found;
    } rows[] = {
        { "2020.03.25-2040.03.25", DATES_BOTH },  { "-2020.03.25-2040.03.25", DATES_BOTH },
        { "62020.03.25-2040.03.25.", DATES_BOTH }, { "2020.03.252040.03.25", DATES_BOTH },
        { "20200325-20400325", DATES_BOTH },      { "2020.03.25-2041.03.26", DATES_BOTH },
        { "20200325-20410325", DATES_NONE },      { "2020.03.25-48", DATES_FROM_ONLY },
        { "-2020.03.25-118", DATES_FROM_ONLY },   { "2020.03.2548", DATES_LOOSE },
        { "2020.02.30-48", DATES_NONE },          { "2040.03.25-2020.03.25", DATES_NONE },
        { "1920.03.25-48", DATES_NONE },          { "", DATES_NONE },
        { "51010719000712789X", DATES_NONE },     { "2020.03.25-2040.13.25", DATES_NONE },
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        Validity v;
        DatesFound found = idcard_dates_parse(rows[i].text, &v);
        cr_expect_eq(found, rows[i].found, "%s: %d", rows[i].text, found);
    }
}
