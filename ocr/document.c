/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * document.c: the record of what was seen, and its words. Its JSON is document_json.c.
 */
#include "ocr/document.h"

static void
field_free(gpointer data)
{
    DocumentField *field = data;
    g_free(field->key);
    g_free(field->text);
    g_free(field->suggestion);
    g_free(field->evidence);
    g_free(field);
}

Document *
document_new(SeenAs seen_as, guint page)
{
    Document *document = g_new0(Document, 1);
    document->seen_as = seen_as;
    document->page = page;
    document->fields = g_ptr_array_new_with_free_func(field_free);
    return document;
}

void
document_free(Document *document)
{
    if (!document)
        return;
    g_ptr_array_unref(document->fields);
    g_free(document);
}

const DocumentField *
document_find_field(const Document *document, const char *key)
{
    for (guint i = 0; i < document->fields->len; i++) {
        const DocumentField *field = g_ptr_array_index(document->fields, i);
        if (g_str_equal(field->key, key))
            return field;
    }
    return NULL;
}

DocumentField *
document_field(Document *document, const char *key)
{
    const DocumentField *found = document_find_field(document, key);
    if (found)
        return (DocumentField *)found;
    DocumentField *field = g_new0(DocumentField, 1);
    field->key = g_strdup(key);
    field->status = FIELD_UNREADABLE;
    field->differs_at = -1;
    g_ptr_array_add(document->fields, field);
    return field;
}

const char *
seen_as_name(SeenAs seen_as)
{
    static const char *const names[SEEN_KINDS] = { "unknown", "blank", "licence", "id_front", "id_back", "seal_sheet" };
    g_assert((guint)seen_as < SEEN_KINDS);
    return names[seen_as];
}

const char *
field_status_name(FieldStatus status)
{
    static const char *const names[FIELD_STATUSES] = { "read", "weak", "suggested", "check_failed", "unreadable" };
    g_assert((guint)status < FIELD_STATUSES);
    return names[status];
}

const char *
verdict_name(Verdict verdict)
{
    static const char *const names[VERDICTS] = { "none", "confirmed", "denied", "undecided" };
    g_assert((guint)verdict < VERDICTS);
    return names[verdict];
}
