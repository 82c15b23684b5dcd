/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One upload in its child: the descriptor's bytes -> pages -> documents -> JSON.
 */
#include <string.h>

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
    char *json = documents_to_json(documents);
    return g_bytes_new_take(json, strlen(json));
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

GPtrArray *
upload_answer_parse(GBytes *answer, GError **error)
{
    gsize length;
    const char *json = g_bytes_get_data(answer, &length);
    return documents_from_json(json, length, error);
}
