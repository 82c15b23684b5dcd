/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * make.c: invented orders with their ground truth:
 *   sealbatch-samples --out DIR [--count N] [--seed N] [--level clean|scan|photo|hard|small|mix] [--mistakes SHARE]
 *                     [--plant KIND] [--varied-seals]
 *   sealbatch-samples --out DIR --odd [--count N] [--seed N]: sheets of other designs, captured in other ways
 * The same seed gives the same orders. truth.json is what tests and benchmarks compare with.
 */
#include "core/png_write.h"
#include "samples/capture.h"
#include "samples/forms.h"
#include "samples/odd_capture.h"
#include "samples/odd_sheet.h"

#include <errno.h>
#include <gio/gio.h>
#include <jansson.h>
#include <string.h>

static const char *const level_names[LEVELS] = { "clean", "scan", "photo", "hard", "small" };

/* What is planted: the truth's kinds of discrepancy. */
static const char *const mistakes[] = { "code_mismatch",      "name_mismatch",      "legal_rep_mismatch",
                                        "id_number_mismatch", "seal_size_mismatch", "missing_sample",
                                        "blank_page",         "wrong_file",         "id_expired" };

/* Planted only where --plant asks for it: seals that are not the applicant's. */
static const char *const foreign_mistakes[] = { "other_company_sample", "other_kind_sample", "other_person_sample",
                                                "other_company_seal",   "other_kind_seal",   "other_person_seal" };

typedef struct {
    Rng rng;
    gboolean varied_seals;
    Level level;
    GDate today;
    char *folder;
    const char *mistake; /* or NULL */
    Company *company;
    Person *operator_;
    Order *order;
    json_t *documents, *artwork, *discrepancies;
    guint files;
    GError **error;
} Maker;

static gboolean
write_file(const Maker *m, const char *name, GBytes *bytes)
{
    g_autofree char *path = g_build_filename(m->folder, name, NULL);
    gsize size;
    const char *data = g_bytes_get_data(bytes, &size);
    return g_file_set_contents(path, data, (gssize)size, m->error);
}

static gboolean
write_json(const Maker *m, const char *name, json_t *root)
{
    char *text = json_dumps(root, JSON_INDENT(1));
    g_autoptr(GBytes) bytes = g_bytes_new_with_free_func(text, strlen(text), free, text);
    return write_file(m, name, bytes);
}

/* --- truth --- */

static json_t *
quad_to_json(const Quad *q)
{
    json_t *list = json_array();
    for (int i = 0; i < 4; i++)
        json_array_append_new(list, json_pack("[f,f]", q->p[i].x, q->p[i].y));
    return list;
}

static json_t *
fields_of(const Canvas *canvas, const Homography *mm_to_px)
{
    json_t *fields = json_object();
    for (guint i = 0; i < canvas->lines->len; i++) {
        const PrintedLine *line = canvas->lines->pdata[i];
        json_t *field = json_object_get(fields, line->field);
        if (!field) {
            field = json_pack("{s:s,s:[]}", "text", "", "lines");
            json_object_set_new(fields, line->field, field);
        }
        g_autofree char *text = g_strconcat(json_string_value(json_object_get(field, "text")), line->text, NULL);
        json_object_set_new(field, "text", json_string(text));
        Quad mm = quad_rect(line->x_mm, line->y_mm, line->width_mm, line->height_mm),
             px = homography_apply_quad(mm_to_px, &mm);
        json_array_append_new(
            json_object_get(field, "lines"),
            json_pack("{s:s,s:o,s:o}", "text", line->text, "poly_mm", quad_to_json(&mm), "poly_px", quad_to_json(&px)));
    }
    return fields;
}

static json_t *
stamps_of(const Canvas *canvas, const Homography *mm_to_px)
{
    json_t *stamps = json_array();
    for (guint i = 0; i < canvas->stamps->len; i++) {
        const Stamped *s = canvas->stamps->pdata[i];
        Point px = homography_apply(mm_to_px, (Point){ s->x_mm, s->y_mm });
        json_array_append_new(stamps, json_pack("{s:s,s:[f,f],s:[f,f],s:f}", "type", s->type, "centre_mm", s->x_mm,
                                                s->y_mm, "centre_px", px.x, px.y, "rotation_deg_cw", s->rotation_deg));
    }
    return stamps;
}

static gboolean
add_captured(Maker *m, const Canvas *canvas, const Captured *shot, Role role, const char *doc_kind, const char *layout,
             const char *mode)
{
    g_autoptr(GBytes) bytes = shot->bytes;
    g_autofree char *name = g_strdup_printf("%02u_%s.%s", ++m->files, role_name(role), shot->suffix);
    g_ptr_array_add(m->order->uploads, order_upload_new(role, name));
    json_t *matrix = json_array();
    for (int r = 0; r < 3; r++)
        json_array_append_new(matrix, json_pack("[f,f,f]", shot->mm_to_px.m[r * 3], shot->mm_to_px.m[r * 3 + 1],
                                                shot->mm_to_px.m[r * 3 + 2]));
    json_array_append_new(m->documents,
                          json_pack("{s:s,s:s,s:s,s:s,s:s,s:[i,i],s:o,s:f,s:o,s:o}", "doc_kind", doc_kind, "layout",
                                    layout, "file", name, "role", role_name(role), "mode", mode, "image_px",
                                    (int)shot->width, (int)shot->height, "H_mm_to_px", matrix, "true_dpi", shot->dpi,
                                    "fields", canvas ? fields_of(canvas, &shot->mm_to_px) : json_object(), "seals",
                                    canvas ? stamps_of(canvas, &shot->mm_to_px) : json_array()));
    return write_file(m, name, bytes);
}

/* Captures @canvas (NULL: a blank sheet) as the upload @role. */
static gboolean
add_upload(Maker *m, const Canvas *canvas, Role role, const char *doc_kind, const char *layout)
{
    Captured shot;
    capture(canvas, m->level, role != ROLE_SEAL_SHEET, &m->rng, &shot);
    return add_captured(m, canvas, &shot, role, doc_kind, layout, level_names[m->level]);
}

static gboolean
has_mistake(const Maker *m, const char *kind)
{
    return g_strcmp0(m->mistake, kind) == 0;
}

static void
plant(Maker *m, const char *seal)
{
    json_t *entry = json_pack("{s:s}", "type", m->mistake);
    if (seal)
        json_object_set_new(entry, "seal", json_string(seal));
    json_array_append_new(m->discrepancies, entry);
}

/* --- the order --- */

static void
fill_order(Maker *m, const char *order_id)
{
    Order *o = m->order;
    const Company *c = m->company;
    g_autofree char *day = date_iso(&m->today);
    o->order_id = g_strdup(order_id);
    o->submitted_at = g_strconcat(day, "T10:14:48+08:00", NULL);
    o->kind = ORDER_NEW;
    o->certificate_years = 1 + rng_below(&m->rng, 2);
    o->company_name = has_mistake(m, "name_mismatch") ? name_with_mistake(&m->rng, c->name) : g_strdup(c->name);
    o->credit_code =
        has_mistake(m, "code_mismatch") ? code_with_mistake(&m->rng, c->credit_code) : g_strdup(c->credit_code);
    o->company_address = g_strdup(c->address);
    o->legal_rep.name =
        has_mistake(m, "legal_rep_mismatch") ? name_with_mistake(&m->rng, c->rep->name) : g_strdup(c->rep->name);
    o->legal_rep.id_number = g_strdup(c->rep->id_number);
    o->operator_.name = g_strdup(m->operator_->name);
    o->operator_.id_number = has_mistake(m, "id_number_mismatch")
                                 ? id_number_with_mistake(&m->rng, m->operator_->id_number)
                                 : g_strdup(m->operator_->id_number);
    o->operator_.phone = g_strdup_printf("1990000%04u", rng_below(&m->rng, 10000));
    o->recipient.name = g_strdup(m->operator_->name);
    o->recipient.phone = g_strdup(o->operator_.phone);
    o->recipient.address = g_strdup(c->address);
    static const char *const plain[] = { "name_mismatch", "code_mismatch", "legal_rep_mismatch", "id_number_mismatch",
                                         NULL };
    if (m->mistake && g_strv_contains(plain, m->mistake))
        plant(m, NULL);
}

static gboolean
add_licence(Maker *m)
{
    if (has_mistake(m, "blank_page")) {
        plant(m, NULL);
        return add_upload(m, NULL, ROLE_LICENCE, "blank", "blank");
    }
    if (has_mistake(m, "wrong_file")) {
        plant(m, NULL);
        g_autoptr(Canvas) card = id_card_draw(m->operator_, CARD_BOTH, &m->rng);
        return add_upload(m, card, ROLE_LICENCE, "id_card", "both");
    }
    if (m->level != LEVEL_SMALL) {
        const char *layout = "with_card";
        g_autoptr(Canvas) licence = rng_chance(&m->rng, .08) ? form_licence_and_card(m->company, &m->rng)
                                                             : form_draw(m->company, &m->rng, &layout);
        return add_upload(m, licence, ROLE_LICENCE, "licence", layout);
    }
    LicenceForm form = rng_chance(&m->rng, .65) ? LICENCE_LANDSCAPE : LICENCE_PORTRAIT;
    g_autoptr(Canvas) licence = licence_draw(m->company, form, rng_chance(&m->rng, .5), &m->rng);
    return add_upload(m, licence, ROLE_LICENCE, "licence", form == LICENCE_LANDSCAPE ? "landscape" : "portrait");
}

static Canvas *
draw_card(Maker *m, CardSides sides)
{
    return m->level == LEVEL_SMALL ? id_card_draw(m->operator_, sides, &m->rng)
                                   : form_card(m->operator_, sides, m->company, &m->rng);
}

static gboolean
add_cards(Maker *m)
{
    Person *p = m->operator_;
    if (has_mistake(m, "id_expired")) {
        p->expires = m->today;
        g_date_subtract_days(&p->expires, 20 + rng_below(&m->rng, 200));
        p->issued = p->expires;
        g_date_subtract_years(&p->issued, 10);
        plant(m, NULL);
    }
    if (rng_chance(&m->rng, .5)) {
        g_autoptr(Canvas) both = draw_card(m, CARD_BOTH);
        return add_upload(m, both, ROLE_OPERATOR_ID, "id_card", "both");
    }
    g_autoptr(Canvas) front = draw_card(m, CARD_FRONT), back = draw_card(m, CARD_BACK);
    return add_upload(m, front, ROLE_OPERATOR_ID_FRONT, "id_card", "front") &&
           add_upload(m, back, ROLE_OPERATOR_ID_BACK, "id_card", "back");
}

static gboolean
add_artwork(Maker *m, const SealArt *art)
{
    cairo_surface_t *surface = seal_art_draw(art, 600, 1);
    cairo_surface_flush(surface);
    guint w = (guint)cairo_image_surface_get_width(surface), h = (guint)cairo_image_surface_get_height(surface);
    const guint8 *data = cairo_image_surface_get_data(surface);
    int stride = cairo_image_surface_get_stride(surface);
    g_autoptr(Image) image = image_new(w, h, 1);
    for (guint y = 0; y < h; y++)
        for (guint x = 0; x < w; x++)
            image->data[y * w + x] = (guint8)(255 - data[y * (gsize)stride + x]);
    cairo_surface_destroy(surface);
    g_autofree char *name = g_strdup_printf("truth/seal_%s.png", seal_type_name(art->type));
    g_autoptr(GBytes) png = image_to_png(image, 23622);
    json_object_set_new(m->artwork, seal_type_name(art->type),
                        json_pack("{s:s,s:i,s:f,s:[f,f],s:s}", "file", name, "dpi", 600, "pad_mm", 1.0, "size_mm",
                                  art->width_mm, art->height_mm, "text", art->ring));
    return write_file(m, name, png);
}

/*
 * The stamping that is not the applicant's, in place of one sample of @art or of all. Its dice are its own: a sheet
 * with one and a sheet without differ in nothing else.
 */
static SealArt *
foreign_art(Maker *m, const SealArt *art)
{
    gboolean name_seal = art->type == SEAL_LEGAL_REP, person = m->mistake && strstr(m->mistake, "_person_");
    if (!m->mistake || !strstr(m->mistake, "other_") || name_seal != person ||
        (art->type != SEAL_OFFICIAL && !name_seal))
        return NULL;
    gboolean kind = strstr(m->mistake, "_kind_") != NULL;
    Rng rng = { m->rng.state ^ 0x5eedu };
    Company *other = company_invent(&rng, &m->today);
    SealArt *foreign =
        seal_art_new(kind ? SEAL_CONTRACT : art->type, kind ? m->company : other, art->width_mm, art->height_mm);
    foreign->style = art->style;
    if (m->varied_seals && !name_seal && rng_chance(&rng, .5))
        seal_art_vary(foreign, &rng);
    company_free(other);
    return foreign;
}

static gboolean
add_ordered_seal(Maker *m, const SealArt *art, double width_mm, double height_mm)
{
    OrderSeal *ordered = order_seal_new();
    ordered->type = art->type;
    ordered->name = g_strdup(seal_type_name_zh(art->type));
    ordered->width_mm = width_mm;
    ordered->height_mm = height_mm;
    ordered->square_or_round = width_mm == height_mm;
    g_ptr_array_add(m->order->seals, ordered);
    return add_artwork(m, art);
}

static gboolean
add_sheet(Maker *m)
{
    static const struct {
        SealType type;
        double width_mm, height_mm;
    } choice[] = {
        { SEAL_OFFICIAL, 40, 40 }, { SEAL_LEGAL_REP, 20, 20 }, { SEAL_FINANCE, 38, 38 }, { SEAL_INVOICE, 40, 30 }
    };
    guint n = 1 + rng_below(&m->rng, 3);
    if (m->mistake && strstr(m->mistake, "other_person_"))
        n = MAX(n, 2);
    SheetSeal seals[3];
    g_autoptr(GPtrArray) arts = g_ptr_array_new_with_free_func((GDestroyNotify)seal_art_free);
    for (guint i = 0; i < n; i++) {
        guint pick = i == 0 ? 0 : (i == 1 ? 1 : 2 + rng_below(&m->rng, 2));
        double shrink = i == 0 && has_mistake(m, "seal_size_mismatch") ? 38.0 / 40 : 1;
        SealArt *art = seal_art_new(choice[pick].type, m->company, choice[pick].width_mm * shrink,
                                    choice[pick].height_mm * shrink);
        g_ptr_array_add(arts, art);
        Rng look = { m->rng.state ^ (0x51u + i) };
        if (m->varied_seals && choice[pick].type != SEAL_LEGAL_REP)
            seal_art_vary(art, &look);
        seals[i] = (SheetSeal){ .art = art };
        if (i == 0 && has_mistake(m, "missing_sample"))
            seals[i].missing_sample = 1 + rng_below(&m->rng, 3);
        SealArt *foreign = foreign_art(m, art);
        if (foreign) {
            g_ptr_array_add(arts, foreign);
            seals[i].foreign = foreign;
            seals[i].foreign_sample = strstr(m->mistake, "_sample") ? 1 + rng_below(&look, 3) : 0;
            plant(m, seal_type_name(art->type));
        }
        if (!add_ordered_seal(m, art, choice[pick].width_mm, choice[pick].height_mm))
            return FALSE;
    }
    if (has_mistake(m, "seal_size_mismatch") || has_mistake(m, "missing_sample"))
        plant(m, "official");
    g_autoptr(Canvas) sheet = sheet_draw(m->company, seals, n, &m->rng);
    return add_upload(m, sheet, ROLE_SEAL_SHEET, "seal_sheet", "own");
}

/* Seals of unusual sizes on a form of unusual design, as an unusual upload. */
static gboolean
add_odd_sheet(Maker *m, guint index)
{
    static const struct {
        SealType type;
        double width_mm, height_mm;
    } choice[] = {
        { SEAL_OFFICIAL, 40, 40 },  { SEAL_OFFICIAL, 42, 42 },  { SEAL_OFFICIAL, 38, 38 },  { SEAL_OFFICIAL, 45, 45 },
        { SEAL_OFFICIAL, 50, 50 },  { SEAL_LEGAL_REP, 20, 20 }, { SEAL_LEGAL_REP, 22, 22 }, { SEAL_LEGAL_REP, 18, 18 },
        { SEAL_LEGAL_REP, 28, 12 }, { SEAL_FINANCE, 38, 38 },   { SEAL_FINANCE, 45, 30 },   { SEAL_INVOICE, 40, 30 },
        { SEAL_CONTRACT, 58, 58 },  { SEAL_CONTRACT, 42, 42 },
    };
    static const OddHand hands[] = { { 0, 0, 0 }, { .5, .1, .2 }, { .8, .25, .6 } };
    const OddForm *form = &odd_forms[index % odd_forms_n];
    const OddCapture *how = &odd_captures[index % odd_captures_n];
    guint picks[3] = { rng_below(&m->rng, 5), 5 + rng_below(&m->rng, 4), 9 + rng_below(&m->rng, 5) };
    guint n = form->width_mm < 150 ? 1 : form->width_mm > form->height_mm ? 2 : 1 + rng_below(&m->rng, 3);
    OddSeal seals[3];
    guint ink = rng_below(&m->rng, ODD_INKS);
    g_autoptr(GPtrArray) arts = g_ptr_array_new_with_free_func((GDestroyNotify)seal_art_free);
    for (guint i = 0; i < n; i++) {
        double w = choice[picks[i]].width_mm, h = choice[picks[i]].height_mm;
        SealArt *art = seal_art_new(choice[picks[i]].type, m->company, w, h);
        g_ptr_array_add(arts, art);
        seals[i] = (OddSeal){ art, rng_chance(&m->rng, .7) ? ink : rng_below(&m->rng, ODD_INKS) };
        if (!add_ordered_seal(m, art, w, h))
            return FALSE;
    }
    m->level = how->level;
    g_autoptr(GPtrArray) pages = odd_sheet_draw(form, m->company, seals, n, &hands[index % 3], &m->rng);
    for (guint i = 0; i < pages->len; i++) {
        Captured shot;
        odd_capture(pages->pdata[i], how, &m->rng, &shot);
        if (!add_captured(m, pages->pdata[i], &shot, ROLE_SEAL_SHEET, "seal_sheet", form->name, how->name))
            return FALSE;
    }
    return TRUE;
}

static gboolean
make_order(const char *out, guint index, guint64 seed, Level level, const char *mistake, gboolean odd,
           gboolean varied_seals, GError **error)
{
    g_autofree char *order_id = odd ? g_strdup_printf("SQ9%07u", (guint)(seed * 1000 % 10000000) + index)
                                    : g_strdup_printf("SQ%u%07u", level + 1, (guint)(seed * 1000 % 10000000) + index);
    Maker m = { .rng = { seed * 1000003 + index },
                .level = level,
                .mistake = mistake,
                .error = error,
                .varied_seals = varied_seals };
    g_date_clear(&m.today, 1);
    g_date_set_dmy(&m.today, 20, G_DATE_OCTOBER, 2026);
    m.folder = g_build_filename(out, order_id, NULL);
    g_autofree char *truth_folder = g_build_filename(m.folder, "truth", NULL);
    if (g_mkdir_with_parents(truth_folder, 0755) != 0) {
        g_set_error(error, SB_ERROR, SB_ERROR_ENV, "%s: %s", truth_folder, g_strerror(errno));
        g_free(m.folder);
        return FALSE;
    }
    m.company = company_invent(&m.rng, &m.today);
    m.operator_ = person_invent(&m.rng, &m.today);
    if (level != LEVEL_SMALL)
        company_become(m.company, (CompanyKind)rng_below(&m.rng, COMPANY_KINDS), &m.rng);
    m.order = order_new();
    m.documents = json_array();
    m.artwork = json_object();
    m.discrepancies = json_array();
    fill_order(&m, order_id);
    gboolean ok = odd ? add_odd_sheet(&m, index) : add_licence(&m) && add_cards(&m) && add_sheet(&m);
    if (ok) {
        g_autofree char *text = order_to_json(m.order);
        g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
        ok = write_file(&m, "order.json", bytes);
    }
    json_t *truth = json_pack("{s:s,s:s,s:O,s:O,s:O}", "order_id", order_id, "level", level_names[m.level],
                              "discrepancies", m.discrepancies, "seal_artwork", m.artwork, "documents", m.documents);
    ok = ok && write_json(&m, "truth.json", truth);
    json_decref(truth);
    json_decref(m.documents);
    json_decref(m.artwork);
    json_decref(m.discrepancies);
    order_free(m.order);
    company_free(m.company);
    person_free(m.operator_);
    g_free(m.folder);
    return ok;
}

int
main(int argc, char **argv)
{
    g_autofree char *out = NULL, *level_name = NULL, *plant_kind = NULL;
    gboolean varied = FALSE;
    gint count = 8, seed = 1;
    gdouble share = .3;
    gboolean odd = FALSE;
    const GOptionEntry entries[] = {
        { "out", 0, 0, G_OPTION_ARG_FILENAME, &out, "Folder for the orders", "DIR" },
        { "count", 0, 0, G_OPTION_ARG_INT, &count, "How many (8)", "N" },
        { "seed", 0, 0, G_OPTION_ARG_INT, &seed, "Same seed, same orders (1)", "N" },
        { "level", 0, 0, G_OPTION_ARG_STRING, &level_name, "clean, scan, photo, hard, small or mix (mix)", "LEVEL" },
        { "mistakes", 0, 0, G_OPTION_ARG_DOUBLE, &share, "Share of orders with a planted mistake (0.3)", "SHARE" },
        { "odd", 0, 0, G_OPTION_ARG_NONE, &odd, "Unusual stamped sheets alone, without mistakes", NULL },
        { "plant", 0, 0, G_OPTION_ARG_STRING, &plant_kind,
          "Plant only this mistake; also other_company_sample, "
          "other_kind_sample, other_person_sample, other_company_seal, other_kind_seal, other_person_seal",
          "KIND" },
        { "varied-seals", 0, 0, G_OPTION_ARG_NONE, &varied, "Rings of several faces, weights, widths and borders",
          NULL },
        { NULL },
    };
    g_autoptr(GError) error = NULL;
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_option_context_set_summary(context, "Draws invented orders with their ground truth.");
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error) || !out || count < 1 || count > 100000) {
        g_printerr("sealbatch-samples: %s\n", error ? error->message : "--out DIR and --count 1..100000 are needed");
        return 2;
    }
    guint fixed = LEVELS;
    for (guint i = 0; i < LEVELS; i++)
        if (g_strcmp0(level_name, level_names[i]) == 0)
            fixed = i;
    if (fixed == LEVELS && level_name && strcmp(level_name, "mix") != 0) {
        g_printerr("sealbatch-samples: --level must be clean, scan, photo, hard, small or mix\n");
        return 2;
    }
    const char *only = NULL;
    for (guint i = 0; plant_kind && i < G_N_ELEMENTS(mistakes); i++)
        only = strcmp(plant_kind, mistakes[i]) == 0 ? mistakes[i] : only;
    for (guint i = 0; plant_kind && i < G_N_ELEMENTS(foreign_mistakes); i++)
        only = strcmp(plant_kind, foreign_mistakes[i]) == 0 ? foreign_mistakes[i] : only;
    if (plant_kind && !only) {
        g_printerr("sealbatch-samples: --plant knows no %s\n", plant_kind);
        return 2;
    }
    Rng rng = { (guint64)seed };
    guint planted = 0;
    for (gint i = 0; i < count; i++) {
        gboolean bad = !odd && rng_chance(&rng, share);
        Level level = fixed < LEVELS ? (Level)fixed : (Level)rng_below(&rng, LEVEL_HARD);
        const char *mistake = bad ? (only ? only : mistakes[planted++ % G_N_ELEMENTS(mistakes)]) : NULL;
        if (!make_order(out, (guint)i, (guint64)seed, level, mistake, odd, varied, &error)) {
            g_printerr("sealbatch-samples: %s\n", error->message);
            return 7;
        }
    }
    return 0;
}
