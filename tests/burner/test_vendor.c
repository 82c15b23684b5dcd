/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "burner/vendor.h"

#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "core/error.h"

static gboolean
load(const char *text, BurnHubConfig *config, GError **error)
{
    g_autofree char *file = g_strdup("/dev/shm/sb-vendor-XXXXXX");
    close(g_mkstemp(file));
    g_file_set_contents(file, text, -1, NULL);
    gboolean ok = burn_vendor_load(file, config, error);
    g_remove(file);
    return ok;
}

Test(vendor, a_profile_is_read_whole)
{
    BurnHubConfig c;
    g_autoptr(GError) error = NULL;
    cr_assert(load("[key]\nmodule=/usr/lib/x.so\nslot_filter=ePass\ncapacity=65536\npin_min=6\npin_max=8\nmax_procs=1\n"
                   "preload=true\ncall_ms=1000\nfaults=0x80000012=locked\nfactory_so_pin=rockey\n", &c, &error),
              "%s", error ? error->message : "");
    cr_assert_str_eq(c.module, "/usr/lib/x.so");
    cr_assert(c.capacity == 65536 && c.pin_min == 6 && c.pin_max == 8 && c.max_procs == 1 && c.preload && c.call_ms == 1000);
    cr_assert_str_eq(c.faults, "0x80000012=locked");
    cr_assert_str_eq(c.factory_so_pin, "rockey");
    burn_vendor_clear(&c);
}

Test(vendor, the_example_that_is_installed_loads)
{
    BurnHubConfig config = { 0 };
    g_autoptr(GError) error = NULL;
    cr_expect(burn_vendor_load(SOURCE_DIR "/packaging/vendor.conf", &config, &error), "%s", error ? error->message : "");
    cr_expect_eq(config.pin_max, 8);
    burn_vendor_clear(&config);
}

Test(vendor, what_is_wrong_is_named)
{
    static const struct {
        const char *text, *names;
    } rows[] = { { "[key]\nslot_filter=x\n", "module" },
                 { "[key]\nmodule=m\nmax_proces=1\n", "max_proces" },
                 { "[key]\nmodule=m\ncall_ms=soon\n", "call_ms" },
                 { "[key]\nmodule=m\nmax_procs=1000\n", "max_procs" },
                 { "[key]\nmodule=m\npin_min=9\npin_max=8\n", "pin_min" },
                 { "[key]\nmodule=m\nfactory_so_pin=a\nfactory_so_pin=b\n", "factory_so_pin" },
                 { "module=m\n", "" } };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        BurnHubConfig c;
        g_autoptr(GError) error = NULL;
        cr_assert_not(load(rows[i].text, &c, &error), "row %u", i);
        cr_assert(g_error_matches(error, SB_ERROR, SB_ERROR_INPUT));
        cr_assert_not_null(strstr(error->message, rows[i].names), "%s", error->message);
    }
}
