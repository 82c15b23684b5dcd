/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writing through one worker that initialised the token itself: it asks the token less, and leaves no more on it.
 */
#include <criterion/criterion.h>
#include <dlfcn.h>
#include <openssl/x509.h>
#include <p11-kit/pkcs11.h>
#include <string.h>

#include "burner/inventory.h"
#include "burner/one_worker.h"
#include "support/bench_top.h"

static Desk *desk;
static BurnOneWorker *worker;
static GBytes *id;

static GVariant *
bytes(GBytes *b)
{
    return g_variant_new_from_bytes(G_VARIANT_TYPE_BYTESTRING, b, TRUE);
}

static GVariant *
ask(BurnMessage message, GVariant *body, const char *type)
{
    g_autoptr(GError) error = NULL;
    GVariant *answer = burn_one_worker_ask(worker, message, body, type, &error);
    cr_assert(answer, "message %u: %s", message, error ? error->message : "");
    return answer;
}

static void
tell(BurnMessage message, GVariant *body)
{
    g_variant_unref(ask(message, body, "()"));
}

static void
give_pins(void)
{
    guint8 body[BURN_PROTO_PINS_MAX];
    BurnPins pins = { 0 };
    pins.pin[BURN_PIN_SO] = "SO-PIN-12345";
    pins.pin[BURN_PIN_USER] = "12345678";
    pins.length[BURN_PIN_SO] = 12;
    pins.length[BURN_PIN_USER] = 8;
    gsize size = burn_pins_pack(&pins, body);
    tell(BURN_MSG_PINS, g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, body, size, 1));
}

static void
setup(void)
{
    g_autoptr(GError) error = NULL;
    desk = desk_new();
    id = g_bytes_new_static("0123456789abcdef", 16);
    worker = burn_one_worker_start(BUILD_DIR "/sealbatch-worker", NULL, 10000, &error);
    cr_assert(worker, "%s", error ? error->message : "");
    g_variant_unref(ask(BURN_MSG_OPEN, g_variant_new("(ssssst)", SOFTHSM, "", "", "SB-test", "", BURN_SLOT_UNKNOWN),
                        BURN_TOKEN_TYPE));
    give_pins();
    g_variant_unref(ask(BURN_MSG_INIT, g_variant_new("(s)", "SB-test"), BURN_TOKEN_TYPE));
    tell(BURN_MSG_SET_PIN, g_variant_new("(b)", FALSE));
}

static void
teardown(void)
{
    burn_one_worker_free(worker);
    g_bytes_unref(id);
    desk_free(desk);
}

TestSuite(p11_write, .init = setup, .fini = teardown, .timeout = 60);

static guint
count(BurnObjectKind kind, gsize *size)
{
    guint n = 0;
    g_autoptr(GVariant) answer = ask(BURN_MSG_LOOK, g_variant_new("(bb)", TRUE, TRUE), BURN_INVENTORY_TYPE);
    g_autoptr(BurnInventory) all = burn_inventory_unpack(answer);
    for (guint i = 0; i < all->objects->len; i++) {
        const BurnObject *o = all->objects->pdata[i];
        if (o->kind == kind) {
            *size = o->size;
            n++;
        }
    }
    return n;
}

static void
write_data(const char *label, const char *value)
{
    g_autoptr(GBytes) b = g_bytes_new_static(value, strlen(value));
    tell(BURN_MSG_WRITE_DATA, g_variant_new("(sss@ay)", label, "sealbatch", "", bytes(b)));
}

Test(p11_write, an_object_written_twice_stands_there_once_with_its_last_value)
{
    gsize size = 0;
    write_data("seal 1", "first");
    write_data("seal 2", "another name");
    write_data("seal 1", "the last value");
    cr_expect_eq(count(BURN_OBJECT_DATA, &size), 2);
    write_data("seal 2", "another name");
    cr_expect_eq(count(BURN_OBJECT_DATA, &size), 2);
}

static GVariant *
keygen(GBytes *with)
{
    return ask(BURN_MSG_KEYGEN, g_variant_new("(u@ays)", BURN_KEY_EC_P256, bytes(with), "key"), "(ay)");
}

static GVariant *
sign(GBytes *with, GError **error)
{
    g_autoptr(GBytes) digest = g_bytes_new_static("0123456789abcdef0123456789abcdef", 32);
    return burn_one_worker_ask(worker, BURN_MSG_SIGN,
                               g_variant_new("(u@ay@ay)", BURN_KEY_EC_P256, bytes(with), bytes(digest)), "(ay)", error);
}

Test(p11_write, a_key_that_was_just_made_signs_and_after_its_removal_none_does)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) other = g_bytes_new_static("fedcba9876543210", 16), any = g_bytes_new_static("", 0);
    g_autoptr(GVariant) key = keygen(id);
    g_autoptr(GVariant) signature = sign(id, NULL);
    cr_expect(signature, "the key made here is known without a search");
    cr_expect_null(sign(other, &error), "another id's key must be searched for, and is not there");
    g_clear_error(&error);
    g_autoptr(GVariant) removed =
        ask(BURN_MSG_REMOVE, g_variant_new("(u@ay@ay)", BURN_OBJECT_PRIVATE, bytes(id), bytes(any)), "(u)");
    cr_expect_null(sign(id, &error), "the key is gone");
    cr_expect(strstr(error->message, "0 private keys") != NULL, "%s", error->message);
}

Test(p11_write, of_two_keys_with_one_id_none_signs_in_a_later_process)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) one = keygen(id);
    g_autoptr(GVariant) two = keygen(id);
    burn_one_worker_free(worker);
    worker = burn_one_worker_start(BUILD_DIR "/sealbatch-worker", NULL, 10000, NULL);
    g_variant_unref(ask(BURN_MSG_OPEN, g_variant_new("(ssssst)", SOFTHSM, "", "", "SB-test", "", BURN_SLOT_UNKNOWN),
                        BURN_TOKEN_TYPE));
    give_pins();
    cr_expect_null(sign(id, &error));
    cr_expect(strstr(error->message, "2 private keys") != NULL, "%s", error->message);
}

/* ---- a certificate object's attributes, as another application sees them ---- */

static CK_FUNCTION_LIST *
module(CK_SESSION_HANDLE *session)
{
    CK_SLOT_ID slots[8];
    CK_ULONG n = G_N_ELEMENTS(slots);
    CK_FUNCTION_LIST *f = NULL;
    void *library = dlopen(SOFTHSM, RTLD_NOW);
    cr_assert_not_null(library);
    CK_C_GetFunctionList entry = (CK_C_GetFunctionList)dlsym(library, "C_GetFunctionList");
    cr_assert_eq(entry(&f), CKR_OK);
    cr_assert_eq(f->C_Initialize(NULL), CKR_OK);
    cr_assert_eq(f->C_GetSlotList(CK_TRUE, slots, &n), CKR_OK);
    cr_assert_eq(f->C_OpenSession(slots[0], CKF_SERIAL_SESSION, NULL, NULL, session), CKR_OK);
    return f;
}

static void
expect_attribute(CK_FUNCTION_LIST *f, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type,
                 const void *want, int size)
{
    guint8 value[4096];
    CK_ATTRIBUTE a = { type, value, sizeof value };
    cr_assert_eq(f->C_GetAttributeValue(session, object, &a, 1), CKR_OK);
    cr_assert_eq(a.ulValueLen, (CK_ULONG)size, "attribute 0x%lx has %lu bytes", type, a.ulValueLen);
    cr_expect_eq(memcmp(value, want, (gsize)size), 0, "attribute 0x%lx", type);
}

static void
expect_date(CK_FUNCTION_LIST *f, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type,
            const ASN1_TIME *time)
{
    struct tm tm;
    char text[16];
    ASN1_TIME_to_tm(time, &tm);
    strftime(text, sizeof text, "%Y%m%d", &tm);
    expect_attribute(f, session, object, type, text, 8);
}

static GVariant *
certificate(GBytes *der)
{
    return g_variant_new("(@ays@ay)", bytes(id), "certificate", bytes(der));
}

Test(p11_write, a_certificate_object_repeats_its_certificates_names_number_and_dates)
{
    g_autoptr(GPtrArray) chain = desk->ca->chain(desk->ca, NULL);
    GBytes *der = chain->pdata[0];
    const unsigned char *at = g_bytes_get_data(der, NULL);
    X509 *x = d2i_X509(NULL, &at, (long)g_bytes_get_size(der));
    unsigned char *name = NULL, *number = NULL;
    tell(BURN_MSG_WRITE_CERT, certificate(der));

    CK_SESSION_HANDLE session;
    CK_OBJECT_HANDLE object;
    CK_ULONG n = 0;
    CK_OBJECT_CLASS class = CKO_CERTIFICATE;
    CK_ATTRIBUTE match = { CKA_CLASS, &class, sizeof class };
    CK_FUNCTION_LIST *f = module(&session);
    cr_assert_eq(f->C_FindObjectsInit(session, &match, 1), CKR_OK);
    cr_assert_eq(f->C_FindObjects(session, &object, 1, &n), CKR_OK);
    cr_assert_eq(n, 1);
    int size = i2d_X509_NAME(X509_get_subject_name(x), &name);
    expect_attribute(f, session, object, CKA_SUBJECT, name, size);
    expect_attribute(f, session, object, CKA_ISSUER, name, size); /* self-signed */
    size = i2d_ASN1_INTEGER(X509_get_serialNumber(x), &number);
    expect_attribute(f, session, object, CKA_SERIAL_NUMBER, number, size);
    expect_date(f, session, object, CKA_START_DATE, X509_get0_notBefore(x));
    expect_date(f, session, object, CKA_END_DATE, X509_get0_notAfter(x));
    expect_attribute(f, session, object, CKA_VALUE, g_bytes_get_data(der, NULL), (int)g_bytes_get_size(der));
    OPENSSL_free(name);
    OPENSSL_free(number);
    X509_free(x);
}

Test(p11_write, what_is_no_certificate_is_refused)
{
    static const struct {
        const char *bytes;
        gsize size;
    } rows[] = { { "", 0 }, { "nonsense", 8 }, { "\x30\x00", 2 }, { "\x30\x02\x30\x00", 4 },
                 { "\x30\x0c\x30\x0a\x05\x00\x05\x00\x05\x00\x05\x00\x30\x00", 14 } };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GBytes) der = g_bytes_new_static(rows[i].bytes, rows[i].size);
        cr_expect_null(burn_one_worker_ask(worker, BURN_MSG_WRITE_CERT, certificate(der), "()", &error), "row %u", i);
        cr_expect(error != NULL && strstr(error->message, "cannot be decoded") != NULL, "row %u", i);
    }
}
