/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tess.c: Tesseract's C API behind tess.h; nothing else in the house includes its headers.
 */
#include "ocr/tess.h"

#include <string.h>
#include <tesseract/capi.h>

struct Tess {
    TessBaseAPI *api;
    gboolean choices;
};

#define SYSTEM_MODEL_DIR "/usr/share/tesseract-ocr/5/tessdata"

void
tess_reading_free(TessReading *reading)
{
    if (!reading)
        return;
    g_free(reading->text);
    if (reading->symbols)
        g_array_unref(reading->symbols);
    g_free(reading);
}

void
tess_free(Tess *tess)
{
    if (!tess)
        return;
    TessBaseAPIEnd(tess->api);
    TessBaseAPIDelete(tess->api);
    g_free(tess);
}

Tess *
tess_open(const char *model_dir, const char *model, const char *letters, gboolean choices, GError **error)
{
    if (!model_dir)
        model_dir = SYSTEM_MODEL_DIR;
    g_autofree char *path = g_strdup_printf("%s/%s.traineddata", model_dir, model);
    if (!g_file_test(path, G_FILE_TEST_IS_REGULAR)) { /* Tesseract would print its own advice */
        g_set_error(error, SB_ERROR, SB_ERROR_ENV, "reading model %s is missing", path);
        return NULL;
    }
    g_autoptr(Tess) tess = g_new0(Tess, 1);
    tess->api = TessBaseAPICreate();
    tess->choices = choices;
    if (TessBaseAPIInit2(tess->api, model_dir, model, OEM_LSTM_ONLY) != 0) {
        g_set_error(error, SB_ERROR, SB_ERROR_ENV, "reading model %s cannot be loaded", path);
        return NULL;
    }
    TessBaseAPISetVariable(tess->api, "debug_file", "/dev/null");
    TessBaseAPISetVariable(tess->api, "preserve_interword_spaces", "1");
    if (letters)
        TessBaseAPISetVariable(tess->api, "tessedit_char_whitelist", letters);
    if (choices) /* must stand before the picture is set */
        TessBaseAPISetVariable(tess->api, "lstm_choice_mode", "2");
    return g_steal_pointer(&tess);
}

static TessPageSegMode
segmentation(TessMode mode)
{
    switch (mode) {
    case TESS_LINE:
        return PSM_SINGLE_LINE;
    case TESS_RAW_LINE:
        return PSM_RAW_LINE;
    case TESS_BLOCK:
        return PSM_SINGLE_BLOCK;
    case TESS_PAGE:
        return PSM_AUTO;
    }
    g_assert_not_reached();
}

static TessReading *
empty_reading(void)
{
    TessReading *reading = g_new0(TessReading, 1);
    reading->text = g_strdup("");
    reading->symbols = g_array_new(FALSE, FALSE, sizeof(TessSymbol));
    return reading;
}

/* Only for a symbol that has a text: on an empty page GetChoiceIterator aborts the process (5.3.0). */
static void
take_choices(const TessResultIterator *it, TessSymbol *symbol)
{
    TessChoiceIterator *choice = TessResultIteratorGetChoiceIterator(it);
    if (!choice)
        return;
    do {
        const char *text = TessChoiceIteratorGetUTF8Text(choice);
        if (!text || !*text || symbol->n_choices == TESS_CHOICES)
            break;
        TessChoice *c = &symbol->choices[symbol->n_choices++];
        g_strlcpy(c->text, text, sizeof c->text);
        c->confidence = TessChoiceIteratorConfidence(choice);
    } while (TessChoiceIteratorNext(choice));
    TessChoiceIteratorDelete(choice);
}

static void
take_symbol(const Tess *tess, TessResultIterator *it, TessReading *reading, GString *text)
{
    const TessPageIterator *place = TessResultIteratorGetPageIteratorConst(it);
    char *utf8 = TessResultIteratorGetUTF8Text(it, RIL_SYMBOL);
    if (!utf8 || !*utf8) {
        TessDeleteText(utf8);
        return;
    }
    TessSymbol symbol = { .confidence = TessResultIteratorConfidence(it, RIL_SYMBOL) };
    g_strlcpy(symbol.text, utf8, sizeof symbol.text);
    symbol.begins_line = TessPageIteratorIsAtBeginningOf(place, RIL_TEXTLINE);
    symbol.begins_word = symbol.begins_line || TessPageIteratorIsAtBeginningOf(place, RIL_WORD);
    int x0 = 0, y0 = 0, x1 = 0, y1 = 0;
    TessPageIteratorBoundingBox(place, RIL_SYMBOL, &x0, &y0, &x1, &y1);
    symbol.x0 = x0, symbol.y0 = y0, symbol.x1 = x1, symbol.y1 = y1;
    if (text->len)
        g_string_append(text, symbol.begins_line ? "\n" : symbol.begins_word ? " " : "");
    g_string_append(text, utf8);
    TessDeleteText(utf8);
    if (tess->choices)
        take_choices(it, &symbol);
    g_array_append_val(reading->symbols, symbol);
}

static void
take_symbols(const Tess *tess, TessReading *reading)
{
    g_autoptr(GString) text = g_string_new(NULL);
    TessResultIterator *it = TessBaseAPIGetIterator(tess->api);
    if (it) {
        do
            take_symbol(tess, it, reading, text);
        while (TessResultIteratorNext(it, RIL_SYMBOL));
        TessResultIteratorDelete(it);
    }
    for (guint i = 0; i < reading->symbols->len; i++)
        reading->confidence += g_array_index(reading->symbols, TessSymbol, i).confidence / reading->symbols->len;
    g_free(reading->text);
    reading->text = g_strdup(text->str);
}

/* On an even picture the net makes letters up ("Be"), so it is not asked. */
static gboolean
has_ink(const Image *grey)
{
    guint8 low = 255, high = 0;
    for (gsize i = 0; i < (gsize)grey->width * grey->height; i++) {
        low = MIN(low, grey->data[i]);
        high = MAX(high, grey->data[i]);
    }
    return high - low >= 16;
}

TessReading *
tess_read(Tess *tess, const Image *grey, TessMode mode, GError **error)
{
    if (grey->channels != 1 || !grey->width || !grey->height || grey->width > TESS_MAX_SIDE_PX ||
        grey->height > TESS_MAX_SIDE_PX || (gsize)grey->width * grey->height > TESS_MAX_PIXELS) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "a picture of %u x %u pixels and %u channels cannot be read",
                    grey->width, grey->height, grey->channels);
        return NULL;
    }
    if (!has_ink(grey))
        return empty_reading();
    TessBaseAPISetPageSegMode(tess->api, segmentation(mode));
    TessBaseAPISetImage(tess->api, grey->data, (int)grey->width, (int)grey->height, 1, (int)grey->width);
    TessBaseAPISetSourceResolution(tess->api, 300); /* keeps it from guessing and from telling so */
    g_autoptr(TessReading) reading = empty_reading();
    if (TessBaseAPIRecognize(tess->api, NULL) != 0) {
        TessBaseAPIClear(tess->api);
        g_set_error(error, SB_ERROR, SB_ERROR_IMAGE, "Tesseract cannot read a picture of %u x %u pixels", grey->width,
                    grey->height);
        return NULL;
    }
    take_symbols(tess, reading);
    TessBaseAPIClear(tess->api);
    return g_steal_pointer(&reading);
}
