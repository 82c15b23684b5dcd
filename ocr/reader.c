/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reader.c: page -> which document -> its reader. The models are loaded here and lent.
 */
#include "ocr/reader.h"

#include "core/credit_code.h"
#include "ocr/codeline.h"
#include "ocr/flat.h"
#include "ocr/idcard.h"
#include "ocr/licence.h"
#include "ocr/seen.h"
#include "ocr/tess.h"

struct Reader {
    Tess *figures, *number, *probe;
    Codeline *codeline;
    Hanzi *hanzi;
    IdcardTools idcard;
    LicenceTools licence;
};

enum { LAYOUT_LEAST = 1300 }; /* px: the layout's longer side, where the file has as many */

static Hanzi *
open_hanzi(const char *model_dir, GError **error)
{
    g_autofree char *path = g_build_filename(model_dir, "hanzi.model", NULL);
    if (!g_file_test(path, G_FILE_TEST_EXISTS)) { /* the source tree keeps it one room further */
        g_free(path);
        path = g_build_filename(model_dir, "..", "hanzi", "hanzi.model", NULL);
    }
    return hanzi_open(path, error);
}

Reader *
reader_open(const char *model_dir, GError **error)
{
    g_autoptr(Reader) reader = g_new0(Reader, 1);
    reader->figures = tess_open(NULL, "eng", IDCARD_FIGURES, FALSE, error);
    if (!reader->figures)
        return NULL;
    reader->number = tess_open(model_dir, "sbid", NULL, FALSE, NULL);
    reader->probe = tess_open(model_dir, "sbcode", NULL, FALSE, NULL);
    if (!reader->probe)
        reader->probe = tess_open(NULL, "eng", CREDIT_CODE_LETTERS, FALSE, error);
    if (!reader->probe)
        return NULL;
    reader->codeline = codeline_open(model_dir, NULL);
    reader->hanzi = open_hanzi(model_dir, error);
    if (!reader->hanzi)
        return NULL;
    reader->idcard = (IdcardTools){ reader->figures, reader->number, reader->hanzi, reader->codeline };
    reader->licence = (LicenceTools){ reader->probe, reader->codeline, reader->hanzi };
    return g_steal_pointer(&reader);
}

void
reader_free(Reader *reader)
{
    if (!reader)
        return;
    tess_free(reader->figures);
    tess_free(reader->number);
    tess_free(reader->probe);
    codeline_free(reader->codeline);
    hanzi_free(reader->hanzi);
    g_free(reader);
}

/* The coarsest decoding that still shows the print. */
static Page *
load_layout(PageFile *file, guint index, GError **error)
{
    guint width, height, reduction = 8;
    if (!page_file_size(file, index, &width, &height, error))
        return NULL;
    while (reduction > 1 && MAX(width, height) / reduction < LAYOUT_LEAST)
        reduction /= 2;
    return page_file_load(file, index, reduction, error);
}

static gboolean
read_licence(Reader *reader, Flat *flat, const ReaderExpect *expect, GPtrArray *documents)
{
    Document *licence = licence_read(&reader->licence, flat, expect);
    if (licence)
        g_ptr_array_add(documents, licence);
    return licence != NULL;
}

/* What the upload is said to be is looked for first; what it is not said to be, after. */
static gboolean
read_page(Reader *reader, PageFile *file, guint index, Role role, const ReaderExpect *expect, GPtrArray *documents,
          GError **error)
{
    g_autoptr(Page) layout = load_layout(file, index, error);
    if (!layout)
        return FALSE;
    if (role_is_id_card(role) && idcard_find_and_read(&reader->idcard, file, layout, expect, documents))
        return TRUE;
    g_autoptr(Flat) flat = flat_open(file, layout);
    if (flat->blank) {
        g_ptr_array_add(documents, document_new(SEEN_BLANK, index));
        return TRUE;
    }
    if (read_licence(reader, flat, expect, documents))
        return TRUE;
    SeenAs title = seen_by_title(flat, reader->hanzi);
    flat_drop_detail(flat); /* the card reader decodes for itself: not both at once */
    /* Looking for a card on a page full of text is dear, and a title that can be read says what the page is. */
    if (!role_is_id_card(role) && title == SEEN_UNKNOWN &&
        idcard_find_and_read(&reader->idcard, file, layout, expect, documents))
        return TRUE;
    g_ptr_array_add(documents, document_new(title, index));
    return TRUE;
}

GPtrArray *
reader_read(Reader *reader, PageFile *file, Role role, const ReaderExpect *expect, GError **error)
{
    g_autoptr(GPtrArray) documents = g_ptr_array_new_with_free_func((GDestroyNotify)document_free);
    for (guint i = 0; i < page_file_pages(file); i++)
        if (!read_page(reader, file, i, role, expect, documents, error))
            return NULL;
    return g_steal_pointer(&documents);
}
