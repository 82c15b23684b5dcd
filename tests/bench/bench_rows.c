/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench_rows.c: joins {"rows": [...]} files into one: bench_rows OUT IN...
 */
#include <jansson.h>
#include <stdio.h>

int
main(int argc, char **argv)
{
    json_t *rows = json_array();
    for (int i = 2; i < argc; i++) {
        json_t *file = json_load_file(argv[i], 0, NULL);
        json_t *more = json_object_get(file, "rows");
        if (json_is_array(more))
            json_array_extend(rows, more);
        else
            fprintf(stderr, "bench_rows: %s holds no rows\n", argv[i]);
        json_decref(file);
    }
    json_t *all = json_pack("{s:o}", "rows", rows);
    int failed = argc < 3 || json_dump_file(all, argv[1], JSON_INDENT(1)) != 0;
    json_decref(all);
    return failed;
}
