/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * licence_code.c: each line that could hold a code is read once, the one that does is read by vote.
 */
#include "core/credit_code.h"
#include "core/text.h"
#include "ocr/code_spot.h"
#include "ocr/licence.h"
#include "ocr/tess.h"

#include <math.h>
#include <string.h>

enum { PROBES_MAX = 7, CAP_PX = 22, WIDEST_PX = 1400 };

static const double AROUND = 1.0, ABOVE = 0.35; /* of the capitals' height */
static const double HOPELESS = 0.04;            /* likeness below which no line is read */

/* A line that was probed. */
typedef struct {
    CodeSpot spot;
    char *text; /* folded */
    double confidence;
    double promise; /* how likely this is the code's line */
} Probe;

static void
probe_clear(gpointer data)
{
    g_free(((Probe *)data)->text);
}

static Image *
cut_spot(Flat *flat, const CodeSpot *spot, guint cap_px)
{
    Quad quad = code_spot_quad(spot, AROUND, ABOVE);
    double length = point_distance(quad.p[0], quad.p[1]) / spot->cap_px * cap_px;
    guint width = (guint)CLAMP(lround(length), 16, WIDEST_PX), height = (guint)lround(cap_px * (1 + 2 * ABOVE));
    g_autoptr(Image) cut = flat_cut(flat, &quad, width, height);
    return ink_of_line(cut, NULL);
}

/* The first 18 letters in a row of @text that pass every check, or NULL. */
static const char *
code_inside(const char *text)
{
    gsize n = strlen(text);
    for (gsize i = 0; i + CREDIT_CODE_LENGTH <= n && i < 4; i++) {
        g_autofree char *part = g_strndup(text + i, CREDIT_CODE_LENGTH);
        if (!(credit_code_check(part) & (CREDIT_CODE_ERRORS | CREDIT_CODE_DEPARTMENT_UNKNOWN)))
            return text + i;
    }
    return NULL;
}

static Probe
probe_spot(const LicenceTools *tools, Flat *flat, const CodeSpot *spot)
{
    Probe probe = { .spot = *spot, .text = NULL };
    g_autoptr(Image) line = cut_spot(flat, spot, CAP_PX);
    g_autoptr(TessReading) reading = tess_read(tools->probe, line, TESS_RAW_LINE, NULL);
    probe.text = text_fold_code(reading ? reading->text : "");
    probe.confidence = reading ? reading->confidence : 0;
    double letters = (double)strlen(probe.text);
    guint digits = 0;
    for (const char *p = probe.text; *p; p++)
        digits += g_ascii_isdigit(*p);
    probe.promise = spot->likeness * exp(-fabs(letters - 18) / 2) * (0.3 + digits / fmax(letters, 1)) *
                    (code_inside(probe.text) ? 10 : 1);
    return probe;
}

/* Most promising first. Stops at the first that holds a valid code. */
static GArray *
probe_all(const LicenceTools *tools, Flat *flat)
{
    g_autoptr(GArray) spots = code_spots(flat->parts);
    GArray *probes = g_array_new(FALSE, FALSE, sizeof(Probe));
    g_array_set_clear_func(probes, probe_clear);
    for (guint i = 0; i < MIN(spots->len, PROBES_MAX); i++) {
        const CodeSpot *spot = &g_array_index(spots, CodeSpot, i);
        if (spot->likeness < HOPELESS && i > 0)
            break;
        Probe probe = probe_spot(tools, flat, spot);
        guint at = 0;
        while (at < probes->len && g_array_index(probes, Probe, at).promise >= probe.promise)
            at++;
        g_array_insert_val(probes, at, probe);
        if (code_inside(probe.text))
            break;
    }
    return probes;
}

/* ---- two readings of the probe's model vote ------------------------------------------------------- */

static void
take(DocumentField *field, FieldStatus status, const char *text, double confidence, const char *evidence)
{
    g_free(field->text);
    g_free(field->evidence);
    field->status = status;
    field->text = text && *text ? g_strdup(text) : NULL;
    field->confidence = (guint)CLAMP(lround(confidence), 0, 100);
    field->evidence = g_strdup(evidence);
}

static void
vote_of_two(const LicenceTools *tools, Flat *flat, const Probe *probe, DocumentField *field)
{
    static const struct {
        guint cap_px;
        TessMode mode;
    } passes[] = { { CAP_PX, TESS_LINE }, { 28, TESS_RAW_LINE }, { 17, TESS_RAW_LINE } };
    const char *found = code_inside(probe->text);
    g_autofree char *code = found ? g_strndup(found, CREDIT_CODE_LENGTH) : NULL;
    guint agree = code != NULL, made = 1;
    gboolean other = FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(passes); i++, made++) {
        g_autoptr(Image) line = cut_spot(flat, &probe->spot, passes[i].cap_px);
        g_autoptr(TessReading) reading = tess_read(tools->probe, line, passes[i].mode, NULL);
        g_autofree char *text = text_fold_code(reading ? reading->text : "");
        const char *inside = code_inside(text);
        if (inside && !code)
            code = g_strndup(inside, CREDIT_CODE_LENGTH);
        if (inside)
            (strncmp(inside, code, CREDIT_CODE_LENGTH) == 0) ? (void)agree++ : (void)(other = TRUE);
    }
    g_autofree char *evidence = g_strdup_printf("%u of %u readings agree", agree, made);
    if (!code)
        take(field, FIELD_UNREADABLE, probe->text, 0.3 * probe->confidence, "no reading passes the check character");
    else
        take(field, agree >= 2 && !other ? FIELD_READ : FIELD_WEAK, code, probe->confidence, evidence);
}

static void
note_old_number(const Probe *probe, DocumentField *field)
{
    gsize n = strlen(probe->text);
    for (gsize i = 0; n >= 15 && n < CREDIT_CODE_LENGTH && i + 15 <= n; i++) {
        g_autofree char *part = g_strndup(probe->text + i, 15);
        if (strspn(part, "0123456789") == 15 && registration_number_is_valid(part)) {
            take(field, FIELD_UNREADABLE, part, probe->confidence, "an old 15-digit registration number stands there");
            return;
        }
    }
}

gboolean
licence_read_code(const LicenceTools *tools, Flat *flat, DocumentField *field)
{
    g_autoptr(GArray) probes = probe_all(tools, flat);
    if (probes->len == 0)
        return FALSE;
    for (guint i = 0; i < MIN(probes->len, 2); i++) {
        const Probe *probe = &g_array_index(probes, Probe, i);
        if (i > 0 && probe->promise < 0.15)
            break;
        vote_of_two(tools, flat, probe, field);
        Quad tight = code_spot_quad(&probe->spot, 0.1, 0.1);
        field->box_px = flat_quad_to_stored(flat, &tight);
        field->has_box = TRUE;
        if (field->status == FIELD_READ || field->status == FIELD_WEAK)
            return TRUE;
    }
    for (guint i = 0; i < probes->len && field->status == FIELD_UNREADABLE; i++)
        note_old_number(&g_array_index(probes, Probe, i), field);
    return TRUE;
}
