/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One upload in its child: the descriptor's bytes -> pages -> documents -> JSON.
 *
 * The answer: one line of JSON about the file ("truncated", "decode_ms"), a newline, and the documents' own JSON.
 */
#include <jansson.h>
#include <string.h>

#include "pipeline/json_text.h"
#include "pipeline/read_bytes.h"
#include "pipeline/read_unit.h"

GBytes *
upload_work(const int *fds, guint n_fds, gpointer data, GError **error)
{
    const UploadWork *work = data;
    g_autoptr(GBytes) bytes = read_bytes(fds[0], PAGE_LIMITS.max_bytes, error);
    if (!bytes)
        return NULL;
    g_autoptr(PageFile) file = page_file_open(bytes, NULL, error);
    if (!file)
        return NULL;
    g_autoptr(GPtrArray) documents = reader_read(work->models->reader, file, work->role, &work->expect, error);
    if (!documents)
        return NULL;
    g_autofree char *json = documents_to_json(documents);
    g_autofree char *head = json_line(json_pack("{s:b, s:f}", "truncated", (int)page_file_truncated(file), "decode_ms",
                                                page_file_decode_ms(file)));
    char *answer = g_strconcat(head, "\n", json, NULL);
    return g_bytes_new_take(answer, strlen(answer));
}

ReaderExpect
upload_expect(const Order *order, Role role)
{
    ReaderExpect expect = {
        .company_name = order->company_name,
        .credit_code = order->credit_code,
        .legal_rep = order->legal_rep.name,
    };
    const OrderPerson *person = NULL;
    switch (role) {
    case ROLE_LEGAL_REP_ID_FRONT:
    case ROLE_LEGAL_REP_ID_BACK:
    case ROLE_LEGAL_REP_ID: person = &order->legal_rep; break;
    case ROLE_OPERATOR_ID_FRONT:
    case ROLE_OPERATOR_ID_BACK:
    case ROLE_OPERATOR_ID: person = &order->operator_; break;
    default: break;
    }
    if (person) {
        expect.person_name = person->name;
        expect.id_number = person->id_number;
    }
    return expect;
}

void
upload_answer_free(UploadAnswer *answer)
{
    if (!answer)
        return;
    g_clear_pointer(&answer->documents, g_ptr_array_unref);
    g_free(answer);
}

UploadAnswer *
upload_answer_parse(GBytes *bytes, GError **error)
{
    gsize length;
    const char *text = g_bytes_get_data(bytes, &length);
    const char *newline = length ? memchr(text, '\n', length) : NULL;
    json_t *head = newline ? json_loadb(text, (gsize)(newline - text), JSON_REJECT_DUPLICATES, NULL) : NULL;
    const json_t *truncated = json_object_get(head, "truncated"), *decode_ms = json_object_get(head, "decode_ms");
    g_autoptr(UploadAnswer) answer = g_new0(UploadAnswer, 1);
    gboolean fine = json_is_boolean(truncated) && json_is_number(decode_ms) && json_number_value(decode_ms) >= 0;
    answer->truncated = json_is_true(truncated);
    answer->decode_ms = json_number_value(decode_ms);
    json_decref(head);
    if (!fine) {
        g_set_error(error, SB_ERROR, SB_ERROR_IMAGE, "the reading process gave an answer that cannot be used");
        return NULL;
    }
    answer->documents = documents_from_json(newline + 1, length - (gsize)(newline + 1 - text), error);
    return answer->documents ? g_steal_pointer(&answer) : NULL;
}
