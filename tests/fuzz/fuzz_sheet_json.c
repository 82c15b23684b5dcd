/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzing the answer of the child that reads the sheet: any bytes, taken in as hostile.
 *
 * What is accepted must be whole: it is written out again, read again, and drawn as PNG.
 *
 *   CC=clang cmake -G Ninja -S . -B build-fuzz -DFUZZ=ON -DSANITIZE=ON && ninja -C build-fuzz fuzz_sheet_json
 *   mkdir corpus && cp tests/fuzz/seeds/sheet_json/small.json corpus && build-fuzz/fuzz_sheet_json -max_len=65536
 * corpus
 */
#include <stdlib.h>
#include <string.h>

#include "sealgen/sheet.h"

#define PAGES 1

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const guint8 *data, gsize length);

static Order *order;

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const SealType types[] = { SEAL_OFFICIAL, SEAL_LEGAL_REP };
    order = order_new();
    for (guint i = 0; i < G_N_ELEMENTS(types); i++) {
        OrderSeal *seal = order_seal_new();
        seal->type = types[i];
        g_ptr_array_add(order->seals, seal);
    }
    return 0;
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize length)
{
    g_autoptr(SheetResult) result = sheet_result_from_json((const char *)data, length, PAGES, order, NULL);
    if (!result)
        return 0;
    for (guint i = 0; i < result->seals->len; i++) {
        g_autoptr(GBytes) png = sheet_seal_png(g_ptr_array_index(result->seals, i));
        const SheetSeal *seal = g_ptr_array_index(result->seals, i);
        if (seal->found != (png != NULL))
            abort();
    }
    g_autofree char *json = sheet_result_to_json(result);
    g_autoptr(SheetResult) again = sheet_result_from_json(json, strlen(json), PAGES, order, NULL);
    if (!again)
        abort();
    return 0;
}
