/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whose certificate proves an exchange. That a right one does is in test_burn_command.c.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "burner/ca.h"
#include "pipeline/burn_facts.h"
#include "pipeline/pin_letter.h"

static char *dir;

static void
begin(void)
{
    dir = g_dir_make_tmp("sealbatch-facts-XXXXXX", NULL);
}

static void
end(void)
{
    g_autofree char *remove = g_strdup_printf("rm -rf %s", dir);
    cr_expect(g_spawn_command_line_sync(remove, NULL, NULL, NULL, NULL));
}

TestSuite(burn_facts, .init = begin, .fini = end);

/* A CA's own certificate names @name: it serves as the holder's here. @file (out) its PEM. */
static GBytes *
certificate_of(const char *name, const char *folder, gint64 until, char **file)
{
    g_autofree char *place = g_build_filename(dir, folder, NULL);
    *file = g_build_filename(place, "ca.crt", NULL);
    cr_assert(burn_ca_local_create(place, BURN_CA_KEY_EC_P256, name, name, 1000, until, NULL));
    GBytes *der = pin_letter_recipient(*file, NULL);
    cr_assert_not_null(der);
    return der;
}

static Order *
order_of(const char *company)
{
    Order *order = order_new();
    order->order_id = g_strdup("E1");
    order->subject_type = SUBJECT_ENTERPRISE;
    order->company_name = g_strdup(company);
    order->credit_code = g_strdup("91110108MA00TE5T26");
    return order;
}

Test(burn_facts, only_the_holders_own_certificate_in_force_from_an_accepted_ca_proves)
{
    g_autofree char *trust = NULL, *other = NULL;
    g_autoptr(GBytes) theirs = certificate_of("甲乙有限公司", "a", 100000, &trust), strange = certificate_of("丙", "b", 100000, &other);
    g_autoptr(GBytes) junk = g_bytes_new_static("junk", 4);
    g_autoptr(Order) holder = order_of("甲乙有限公司"), another = order_of("甲乙有限责任公司");
    const struct {
        GBytes *certificate;
        const Order *order;
        const char *trust;
        gint64 now;
        const char *why; /* NULL: it proves */
    } rows[] = {
        { theirs, holder, trust, 5000, NULL },
        { theirs, another, trust, 5000, "another holder" },
        { theirs, holder, other, 5000, "exchange_trust" },
        { theirs, holder, "/nowhere", 5000, "exchange_trust" },
        { theirs, holder, trust, 100001, "not in force" },
        { theirs, holder, trust, 10, "not in force" },
        { strange, holder, other, 5000, "another holder" },
        { junk, holder, trust, 5000, "decoded" },
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        gboolean proves = burn_facts_check_proof(rows[i].certificate, rows[i].order, rows[i].trust, rows[i].now, &error);
        cr_expect_eq(proves, rows[i].why == NULL, "row %u: %s", i, error ? error->message : "proves");
        cr_expect(!rows[i].why || (error && strstr(error->message, rows[i].why)), "row %u: %s", i, error ? error->message : "");
    }
}

Test(burn_facts, no_two_challenges_are_alike_and_each_names_its_order)
{
    g_autoptr(GBytes) a = burn_facts_challenge("E1"), b = burn_facts_challenge("E1");
    cr_expect_not(g_bytes_equal(a, b));
    cr_expect_not_null(memmem(g_bytes_get_data(a, NULL), g_bytes_get_size(a), " E1 ", 4));
}
