/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "burner/journal.h"

#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>

#include "burner/journal_file.h"
#include "core/error.h"

static BurnRecord *
full_record(void)
{
    BurnRecord *r = burn_record_new("SQ1.2");
    r->state = BURN_STATE_HELD;
    r->held_in = BURN_STATE_ISSUE_SENT;
    r->attempt = 3;
    r->failures = 2;
    r->so_pin = BURN_SO_FACTORY;
    r->revoked = r->pin_tried = TRUE;
    g_free(r->token_serial);
    r->token_serial = g_strdup("0011");
    g_free(r->reason);
    r->reason = g_strdup("ask the CA");
    r->public_key = g_bytes_new("key", 3);
    r->certificate = g_bytes_new("certificate", 11);
    r->untouched = g_bytes_new("u", 1);
    g_ptr_array_add(r->before, g_bytes_new("id", 2));
    return r;
}

Test(journal, a_record_comes_back_as_it_was)
{
    g_autoptr(BurnRecord) r = full_record();
    g_autoptr(GBytes) bytes = burn_record_encode(r);
    g_autoptr(BurnRecord) back = burn_record_decode(bytes, NULL);
    cr_assert_not_null(back);
    cr_assert_str_eq(back->unit, "SQ1.2");
    cr_assert(back->state == r->state && back->held_in == r->held_in && back->attempt == 3 && back->failures == 2);
    cr_assert(back->so_pin == BURN_SO_FACTORY && back->revoked && back->pin_tried);
    cr_assert_str_eq(back->token_serial, "0011");
    cr_assert_str_eq(back->reason, "ask the CA");
    cr_assert(g_bytes_equal(back->public_key, r->public_key) && g_bytes_equal(back->certificate, r->certificate));
    cr_assert(g_bytes_equal(back->untouched, r->untouched));
    cr_assert_eq(back->before->len, 1);
    g_autoptr(GBytes) again = burn_record_encode(back);
    cr_assert(g_bytes_equal(bytes, again));
}

Test(journal, any_flipped_byte_and_any_cut_is_damage)
{
    g_autoptr(BurnRecord) r = full_record();
    g_autoptr(GBytes) bytes = burn_record_encode(r);
    gsize size;
    const guint8 *data = g_bytes_get_data(bytes, &size);
    for (gsize i = 0; i < size; i++) {
        g_autofree guint8 *copy = g_memdup2(data, size);
        g_autoptr(GError) error = NULL;
        copy[i] ^= 0x40;
        g_autoptr(GBytes) flipped = g_bytes_new(copy, size);
        cr_assert_null(burn_record_decode(flipped, &error), "byte %zu", i);
        cr_assert(g_error_matches(error, SB_ERROR, SB_ERROR_INTEGRITY));
        g_autoptr(GBytes) cut = g_bytes_new(data, i);
        cr_assert_null(burn_record_decode(cut, NULL), "cut at %zu", i);
    }
}

Test(journal, state_names_are_stable)
{
    BurnState state;
    for (guint i = 0; i < BURN_STATES; i++) {
        cr_assert(burn_state_from_name(burn_state_name(i), &state));
        cr_assert_eq(state, i);
    }
    cr_assert_not(burn_state_from_name("ELSEWHERE", &state));
}

static char *
folder_new(void)
{
    char *folder = g_strdup("/dev/shm/sb-journal-XXXXXX");
    cr_assert_not_null(g_mkdtemp(folder));
    return folder;
}

Test(journal_file, keeps_records_and_seals_and_knows_no_others)
{
    g_autofree char *folder = folder_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(BurnJournal) journal = burn_journal_file_open(folder, &error);
    g_autoptr(BurnRecord) r = full_record();
    g_autoptr(GPtrArray) blobs = g_ptr_array_new_with_free_func((GDestroyNotify)burn_blob_free);
    g_autoptr(GBytes) bytes = g_bytes_new("a seal", 6);
    g_ptr_array_add(blobs, burn_blob_new("seal 1", "app", "1.2.3", bytes, NULL));
    g_ptr_array_add(blobs, burn_blob_new("seal 2", NULL, NULL, bytes, bytes));
    cr_assert(burn_journal_store(journal, r, &error) && burn_journal_keep_blobs(journal, "SQ1.2", blobs, &error));
    g_autoptr(BurnRecord) back = burn_journal_load(journal, "SQ1.2", &error);
    cr_assert_eq(back->state, BURN_STATE_HELD);
    g_autoptr(GPtrArray) again = burn_journal_fetch_blobs(journal, "SQ1.2", &error);
    cr_assert_eq(again->len, 2);
    const BurnBlob *first = again->pdata[0], *second = again->pdata[1];
    cr_assert_str_eq(first->object_id, "1.2.3");
    cr_assert_str_eq(second->application, "sealbatch");
    cr_assert(g_bytes_equal(second->names_cert, bytes) && first->names_cert == NULL);
    g_autoptr(BurnRecord) fresh = burn_journal_load(journal, "SQ9", &error);
    cr_assert_eq(fresh->state, BURN_STATE_QUEUED);
    cr_assert_null(burn_journal_fetch_blobs(journal, "SQ9", &error));
    cr_assert(g_error_matches(error, SB_ERROR, SB_ERROR_INTEGRITY));
}

Test(journal_file, keeps_what_the_read_back_saw)
{
    g_autofree char *folder = folder_new();
    g_autoptr(BurnJournal) journal = burn_journal_file_open(folder, NULL);
    g_autoptr(GError) error = NULL;
    BurnObjectSum data = { (char *)"data", (char *)"official", 36000, { 1, 2, 3 } };
    g_autoptr(GPtrArray) sums = g_ptr_array_new();
    g_ptr_array_add(sums, &data);
    cr_assert_null(burn_journal_fetch_sums(journal, "SQ1", &error));
    cr_assert_null(error, "none was kept");
    cr_assert(burn_journal_keep_sums(journal, "SQ1", sums, &error));
    g_autoptr(GPtrArray) again = burn_journal_fetch_sums(journal, "SQ1", &error);
    cr_assert_eq(again->len, 1);
    const BurnObjectSum *s = again->pdata[0];
    cr_assert_str_eq(s->what, "data");
    cr_assert_str_eq(s->label, "official");
    cr_assert_eq(s->size, 36000);
    cr_assert_arr_eq(s->sha256, data.sha256, sizeof s->sha256);
    g_autoptr(GBytes) junk = g_bytes_new_static("junk", 4);
    cr_assert(journal->keep(journal->self, "SQ1", "sums", junk, NULL));
    cr_assert_null(burn_journal_fetch_sums(journal, "SQ1", &error));
    cr_assert(g_error_matches(error, SB_ERROR, SB_ERROR_INTEGRITY));
}

Test(journal_file, another_orders_record_under_a_name_is_damage)
{
    g_autofree char *folder = folder_new();
    g_autoptr(BurnJournal) journal = burn_journal_file_open(folder, NULL);
    g_autoptr(BurnRecord) r = full_record();
    g_autoptr(GError) error = NULL;
    cr_assert(burn_journal_store(journal, r, NULL));
    g_autofree char *from = g_build_filename(folder, "SQ1.2.rec", NULL), *to = g_build_filename(folder, "SQ7.rec", NULL);
    cr_assert_eq(g_rename(from, to), 0);
    cr_assert_null(burn_journal_load(journal, "SQ7", &error));
    cr_assert(g_error_matches(error, SB_ERROR, SB_ERROR_INTEGRITY));
}

Test(journal_file, a_folder_that_cannot_be_written_is_an_error_of_the_store)
{
    g_autoptr(GError) error = NULL;
    cr_assert_null(burn_journal_file_open("/proc/nowhere", &error));
    cr_assert(g_error_matches(error, SB_ERROR, SB_ERROR_STORE));
}
