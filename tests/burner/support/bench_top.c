/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench_top.c: see bench_top.h. */
#include "bench_top.h"

#include <glib/gstdio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Outside Criterion too: the crash matrix is a program of its own. */
#define must(condition, ...)                                                                                           \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            g_printerr(__VA_ARGS__);                                                                                   \
            g_printerr("\n");                                                                                          \
            abort();                                                                                                   \
        }                                                                                                              \
    } while (0)

static void
remove_tree(const char *path)
{
    g_autoptr(GDir) dir = g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);
    const char *name;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *inner = g_build_filename(path, name, NULL);
        remove_tree(inner);
    }
    g_remove(path);
}

static GPtrArray *
make_seals(const BurnOrder *order, GBytes *certificate, gpointer data, GError **error)
{
    Desk *desk = data;
    GPtrArray *blobs = g_ptr_array_new_with_free_func((GDestroyNotify)burn_blob_free);
    guint8 digest[32];
    EVP_Digest(g_bytes_get_data(certificate, NULL), g_bytes_get_size(certificate), digest, NULL, EVP_sha256(), NULL);
    g_autoptr(GBytes) names = g_bytes_new(digest, sizeof digest);
    desk->made++;
    for (guint i = 0; i < order->seals; i++) {
        g_autofree char *label = g_strdup_printf("seal %u", i + 1);
        guint8 *bytes = g_malloc(desk->seal_bytes);
        for (gsize k = 0; k < desk->seal_bytes; k++)
            bytes[k] = (guint8)(k * 31 + i + digest[k % 32]);
        g_autoptr(GBytes) value = g_bytes_new_take(bytes, desk->seal_bytes);
        g_ptr_array_add(blobs, burn_blob_new(label, NULL, "1.2.156.10197.6.1.4.2", value, names));
    }
    return blobs;
}

Desk *
desk_new(void)
{
    Desk *desk = g_new0(Desk, 1);
    g_autoptr(GError) error = NULL;
    desk->folder = g_strdup("/dev/shm/sb-burner-XXXXXX");
    must(g_mkdtemp(desk->folder) != NULL, "no folder in /dev/shm");
    g_autofree char *tokens = g_build_filename(desk->folder, "tokens", NULL);
    g_autofree char *conf = g_build_filename(desk->folder, "softhsm2.conf", NULL);
    g_autofree char *ca = g_build_filename(desk->folder, "ca", NULL);
    g_autofree char *journal = g_build_filename(desk->folder, "journal", NULL);
    g_autofree char *secret = g_build_filename(desk->folder, "secret", NULL);
    g_autofree char *text = g_strdup_printf("directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n", tokens);
    g_mkdir(tokens, 0700);
    g_file_set_contents(conf, text, -1, NULL);
    g_setenv("SOFTHSM2_CONF", conf, TRUE);
    gint64 now = g_get_real_time() / G_USEC_PER_SEC;
    must(burn_ca_local_create(ca, BURN_CA_KEY_EC_P256, "测试认证中心", "测试 CA", now - 3600, now + 3650 * 86400LL, &error),
         "%s", error->message);
    desk->ca = burn_ca_local_open(ca, &error);
    desk->journal = burn_journal_file_open(journal, &error);
    must(burn_pin_source_create(secret, &error), "%s", error->message);
    desk->pins = burn_pin_source_open(secret, &error);
    must(desk->ca != NULL && desk->journal != NULL && desk->pins != NULL, "%s", error ? error->message : "");
    desk->config = (BurnHubConfig){ .module = (char *)SOFTHSM, .preload = TRUE, .call_ms = 20000, .keygen_ms = 60000 };
    desk->calls = (BurnHubCalls){ .data = desk, .make_seals = make_seals };
    desk->seals = 2;
    desk->seal_bytes = 20000;
    return desk;
}

void
desk_free(Desk *desk)
{
    burn_ca_free(desk->ca);
    burn_journal_file_close(desk->journal);
    burn_pin_source_free(desk->pins);
    remove_tree(desk->folder);
    g_free(desk->folder);
    g_free(desk->serial);
    g_free(desk);
}

static char *
run_tool(const char *command)
{
    g_autofree char *errors = NULL;
    char *out = NULL;
    int status = 0;
    g_autofree char *quoted = g_shell_quote(command);
    g_autofree char *line = g_strdup_printf("/bin/sh -c %s", quoted);
    must(g_spawn_command_line_sync(line, &out, &errors, &status, NULL), "%s", command);
    must(status == 0, "%s\n%s%s", command, out, errors);
    return out;
}

char *
desk_token(Desk *desk, const char *so_pin, const char *user_pin)
{
    g_autofree char *command = g_strdup_printf("softhsm2-util --init-token --free --label factory --so-pin %s --pin %s",
                                               so_pin, user_pin);
    g_autofree char *out = run_tool(command);
    const char *slot = strstr(out, "slot ");
    g_autofree char *list = run_tool("softhsm2-util --show-slots");
    g_autofree char *head = g_strdup_printf("Slot %s", slot + 5);
    g_strchomp(head);
    const char *at = strstr(list, head);
    must(at != NULL, "%s", head);
    at = strstr(at, "Serial number:") + strlen("Serial number:");
    return g_strstrip(g_strndup(at, strcspn(at, "\n")));
}

BurnOrder *
desk_order(Desk *desk, const char *id, BurnKind kind)
{
    BurnOrder *o = burn_order_new();
    gint64 now = g_get_real_time() / G_USEC_PER_SEC;
    o->order_id = g_strdup(id);
    o->kind = kind;
    o->subject.organisation = g_strdup("海南某某工程有限公司");
    o->subject.name = g_strdup("海南某某工程有限公司");
    o->subject.code = g_strdup("91460000MA5T0000XX");
    o->not_before = now;
    o->not_after = now + 365 * 86400LL;
    o->pin_rule = BURN_PIN_FIXED;
    o->fixed_pin = g_strdup("12345678");
    o->seals = desk->seals;
    return o;
}

/* As an older key of another CA would. */
void
desk_prove(BurnOrder *order, const char *challenge, const char *signed_text)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *x = X509_new();
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    unsigned char *der = NULL, signature[256];
    size_t size = sizeof signature;
    X509_gmtime_adj(X509_getm_notBefore(x), 0);
    X509_gmtime_adj(X509_getm_notAfter(x), 86400);
    X509_set_pubkey(x, key);
    X509_sign(x, key, EVP_sha256());
    int n = i2d_X509(x, &der);
    order->proof_certificate = g_bytes_new(der, (gsize)n);
    order->proof_challenge = g_bytes_new(challenge, strlen(challenge));
    EVP_DigestSignInit(md, NULL, EVP_sha256(), NULL, key);
    EVP_DigestSign(md, signature, &size, (const unsigned char *)signed_text, strlen(signed_text));
    order->proof_signature = g_bytes_new(signature, size);
    OPENSSL_free(der);
    EVP_MD_CTX_free(md);
    X509_free(x);
    EVP_PKEY_free(key);
}

GPtrArray *
desk_run(Desk *desk, BurnOrder **orders, guint n)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(BurnHub) hub = burn_hub_new(&desk->config, BUILD_DIR "/sealbatch-worker", desk->journal, desk->ca, desk->pins,
                                          &desk->calls, &error);
    must(hub != NULL, "%s", error->message);
    g_autoptr(GPtrArray) list = g_ptr_array_new();
    for (guint i = 0; i < n; i++)
        g_ptr_array_add(list, orders[i]);
    GPtrArray *results = burn_hub_run(hub, list, &error);
    if (results == NULL) { /* the machine: as a command would end */
        results = g_ptr_array_new_with_free_func((GDestroyNotify)burn_result_free);
        for (guint i = 0; i < n; i++) {
            BurnResult *r = g_new0(BurnResult, 1);
            r->unit = burn_unit_id(orders[i]);
            r->outcome = BURN_INTERRUPTED;
            r->reason = g_strdup(error->message);
            g_ptr_array_add(results, r);
        }
    }
    return results;
}

char *
desk_tool(Desk *desk, const char *options)
{
    g_autofree char *command = g_strdup_printf("pkcs11-tool --module %s %s 2>&1", SOFTHSM, options);
    return run_tool(command);
}

static guint
files_in(Desk *desk, const char *name)
{
    g_autofree char *path = g_build_filename(desk->folder, "ca", name, NULL);
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    guint n = 0;
    const char *file;
    while (dir != NULL && (file = g_dir_read_name(dir)) != NULL)
        n += strchr(file, '.') == NULL; /* with a suffix: a kill came before its rename, nobody ever got it */
    return n;
}

guint
desk_issued(Desk *desk)
{
    return files_in(desk, "issued");
}

guint
desk_revoked(Desk *desk)
{
    return files_in(desk, "revoked");
}
