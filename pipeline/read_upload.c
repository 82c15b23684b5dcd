/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One upload in its child: the descriptor's bytes -> pages -> documents -> JSON.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/read_bytes.h"
#include "pipeline/read_unit.h"

GBytes *
read_bytes(int fd, gsize most, GError **error)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    guint8 chunk[65536];
    for (;;) {
        ssize_t n = read(fd, chunk, sizeof chunk);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            g_set_error(error, SB_ERROR, SB_ERROR_IMAGE, "cannot be read: %s", g_strerror(errno));
            return NULL;
        }
        if (n == 0)
            return g_byte_array_free_to_bytes(g_steal_pointer(&bytes));
        if (bytes->len + (gsize)n > most) {
            g_set_error(error, SB_ERROR, SB_ERROR_LIMIT, "is larger than %" G_GSIZE_FORMAT " MB", most >> 20);
            return NULL;
        }
        g_byte_array_append(bytes, chunk, (guint)n);
    }
}

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
