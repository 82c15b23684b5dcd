/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Puts the review page together: template, style, script and data in one file that loads nothing.
 */
#include <string.h>

#include "pipeline/resource.h"
#include "pipeline/review_out.h"

/* 'sha256-...' as Content-Security-Policy names an inline script or style. */
static char *
csp_hash(const char *text)
{
    guint8 digest[32];
    gsize length = sizeof digest;
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    g_checksum_update(sum, (const guchar *)text, (gssize)strlen(text));
    g_checksum_get_digest(sum, digest, &length);
    g_autofree char *base64 = g_base64_encode(digest, length);
    return g_strdup_printf("'sha256-%s'", base64);
}

static void
replace(GString *page, const char *mark, const char *text)
{
    char *at = strstr(page->str, mark);
    g_assert(at);
    gssize where = at - page->str;
    g_string_erase(page, where, (gssize)strlen(mark));
    g_string_insert(page, where, text);
}

char *
review_page(const char *data)
{
    g_autofree char *template = pipeline_resource_text("review/review.html");
    g_autofree char *style = pipeline_resource_text("review/review.css");
    g_autofree char *script = pipeline_resource_text("review/review.js");
    g_autofree char *style_hash = csp_hash(style), *script_hash = csp_hash(script);
    /* '<' only ever stands inside JSON strings: escaped there, no text of an applicant can end the element. */
    g_auto(GStrv) parts = g_strsplit(data, "<", -1);
    g_autofree char *safe = g_strjoinv("\\u003c", parts);
    GString *page = g_string_new(template);
    replace(page, "@STYLE_HASH@", style_hash);
    replace(page, "@SCRIPT_HASH@", script_hash);
    replace(page, "@STYLE@", style);
    replace(page, "@SCRIPT@", script);
    replace(page, "@DATA@", safe); /* last: nothing in the data is looked at again */
    return g_string_free(page, FALSE);
}
