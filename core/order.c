/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * order.c: order.json into an Order, strictly: a wrong type is refused with the place where it stands;
 * a field we do not know is remembered and told, never a failure.
 */
#include "core/order.h"

#include "core/json_place.h"
#include "core/order_inner.h"
#include "core/text.h"

#include <jansson.h>
#include <string.h>

enum { MAX_BYTES = 1 << 20, MAX_TEXT = 512, MAX_SEALS = 32, MAX_UPLOADS = 64, MAX_UNKNOWN = 64 };

/* --- the record --- */

OrderSeal *
order_seal_new(void)
{
    return g_new0(OrderSeal, 1);
}

void
order_seal_free(OrderSeal *seal)
{
    if (!seal)
        return;
    g_free(seal->name);
    g_free(seal->practice_kind);
    g_free(seal);
}

OrderUpload *
order_upload_new(Role role, const char *file)
{
    OrderUpload *upload = g_new0(OrderUpload, 1);
    upload->role = role;
    upload->file = g_strdup(file);
    return upload;
}

void
order_upload_free(OrderUpload *upload)
{
    if (!upload)
        return;
    g_free(upload->file);
    g_free(upload);
}

Order *
order_new(void)
{
    Order *order = g_new0(Order, 1);
    order->certificates = 1;
    order->seals = g_ptr_array_new_with_free_func((GDestroyNotify)order_seal_free);
    order->uploads = g_ptr_array_new_with_free_func((GDestroyNotify)order_upload_free);
    order->unknown_fields = g_ptr_array_new_with_free_func(g_free);
    return order;
}

static void
person_clear(OrderPerson *person)
{
    g_free(person->name);
    g_free(person->id_number);
    g_free(person->phone);
    g_free(person->address);
}

void
order_free(Order *order)
{
    if (!order)
        return;
    g_free(order->order_id);
    g_free(order->profile);
    g_free(order->submitted_at);
    g_free(order->company_name);
    g_free(order->credit_code);
    g_free(order->company_address);
    g_free(order->department);
    person_clear(&order->legal_rep);
    person_clear(&order->operator_);
    person_clear(&order->recipient);
    g_free(order->token_serial);
    g_ptr_array_unref(order->seals);
    g_ptr_array_unref(order->uploads);
    g_ptr_array_unref(order->unknown_fields);
    g_free(order);
}

/* --- reading --- */

typedef struct {
    OrderWhere where; /* for messages */
    gpointer where_data;
    Order *order;
    GError **error;
} Parser;

G_GNUC_PRINTF(3, 4)
static gboolean
refuse(const Parser *p, const char *pointer, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *what = g_strdup_vprintf(format, args);
    va_end(args);
    g_autofree char *where = p->where(pointer, p->where_data);
    g_autofree char *name = g_strdelimit(g_strdup(*pointer ? pointer + 1 : "the order"), "/", '.');
    g_set_error(p->error, SB_ERROR, SB_ERROR_INPUT, "%s: %s %s", where, name, what);
    return FALSE;
}

static gboolean
is_present(const json_t *value)
{
    return value && !json_is_null(value);
}

/* A string of at most MAX_TEXT bytes without control characters; absent and "" give NULL. */
static gboolean
take_text(const Parser *p, const json_t *object, const char *base, const char *key, char **out)
{
    const json_t *value = json_object_get(object, key);
    g_autofree char *pointer = g_strdup_printf("%s/%s", base, key);
    if (!is_present(value))
        return TRUE;
    if (!json_is_string(value))
        return refuse(p, pointer, "must be a string");
    const char *text = json_string_value(value);
    if (json_string_length(value) > MAX_TEXT)
        return refuse(p, pointer, "is longer than %d bytes", MAX_TEXT);
    for (const char *q = text; *q; q++)
        if ((guchar)*q < 0x20 || *q == 0x7F)
            return refuse(p, pointer, "holds a control character");
    g_autofree char *stripped = g_strstrip(g_strdup(text));
    *out = *stripped ? g_steal_pointer(&stripped) : NULL;
    return TRUE;
}

static gboolean
take_count(const Parser *p, const json_t *object, const char *key, guint low, guint high, guint *out)
{
    const json_t *value = json_object_get(object, key);
    g_autofree char *pointer = g_strdup_printf("/%s", key);
    if (!is_present(value))
        return TRUE;
    if (!json_is_integer(value) || json_integer_value(value) < low || json_integer_value(value) > high)
        return refuse(p, pointer, "must be a whole number from %u to %u", low, high);
    *out = (guint)json_integer_value(value);
    return TRUE;
}

static void
note_unknown(const Parser *p, const json_t *object, const char *base, const char *const *known)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)object, key,
                        value) if (!g_strv_contains(known, key) && p->order->unknown_fields->len < MAX_UNKNOWN)
        g_ptr_array_add(p->order->unknown_fields, g_strdup_printf("%s/%s", base, key));
}

/* The object at @key, or NULL where it is absent; *ok is FALSE where it is something else. */
static const json_t *
take_object(const Parser *p, const json_t *root, const char *key, gboolean *ok)
{
    const json_t *value = json_object_get(root, key);
    g_autofree char *pointer = g_strdup_printf("/%s", key);
    *ok = !is_present(value) || json_is_object(value) || refuse(p, pointer, "must be an object");
    return *ok && is_present(value) ? value : NULL;
}

static gboolean
take_person(const Parser *p, const json_t *root, const char *key, OrderPerson *person)
{
    static const char *const known[] = { "name", "id_number", "phone", "address", NULL };
    gboolean ok;
    const json_t *object = take_object(p, root, key, &ok);
    if (!object)
        return ok;
    g_autofree char *base = g_strdup_printf("/%s", key);
    note_unknown(p, object, base, known);
    return take_text(p, object, base, "name", &person->name) &&
           take_text(p, object, base, "id_number", &person->id_number) &&
           take_text(p, object, base, "phone", &person->phone) &&
           take_text(p, object, base, "address", &person->address);
}

static gboolean
take_company(const Parser *p, const json_t *root)
{
    static const char *const known[] = { "name", "credit_code", "address", "department", NULL };
    gboolean ok;
    const json_t *object = take_object(p, root, "company", &ok);
    if (!object)
        return ok;
    note_unknown(p, object, "/company", known);
    return take_text(p, object, "/company", "name", &p->order->company_name) &&
           take_text(p, object, "/company", "credit_code", &p->order->credit_code) &&
           take_text(p, object, "/company", "address", &p->order->company_address) &&
           take_text(p, object, "/company", "department", &p->order->department);
}

static gboolean
take_token(const Parser *p, const json_t *root)
{
    static const char *const known[] = { "serial", NULL };
    gboolean ok;
    const json_t *object = take_object(p, root, "token", &ok);
    if (!object)
        return ok;
    note_unknown(p, object, "/token", known);
    return take_text(p, object, "/token", "serial", &p->order->token_serial);
}

/* declared_mm: a diameter or side, [width, height], or null. */
static gboolean
take_size(const Parser *p, const json_t *object, const char *base, OrderSeal *seal)
{
    const json_t *value = json_object_get(object, "declared_mm");
    g_autofree char *pointer = g_strdup_printf("%s/declared_mm", base);
    if (!is_present(value))
        return TRUE;
    if (json_is_number(value)) {
        seal->width_mm = seal->height_mm = json_number_value(value);
        seal->square_or_round = TRUE;
    } else if (json_array_size(value) == 2 && json_is_number(json_array_get(value, 0)) &&
               json_is_number(json_array_get(value, 1))) {
        seal->width_mm = json_number_value(json_array_get(value, 0));
        seal->height_mm = json_number_value(json_array_get(value, 1));
    } else {
        return refuse(p, pointer, "must be a number of millimetres, [width, height] or null");
    }
    if (!(seal->width_mm >= 3 && seal->width_mm <= 120 && seal->height_mm >= 3 && seal->height_mm <= 120))
        return refuse(p, pointer, "must lie between 3 and 120 mm");
    return TRUE;
}

static gboolean
take_seal(const Parser *p, const json_t *object, guint index)
{
    static const char *const known[] = { "type", "name", "declared_mm", "practice_kind", NULL };
    g_autofree char *base = g_strdup_printf("/seals/%u", index), *type_at = g_strconcat(base, "/type", NULL);
    if (!json_is_object(object))
        return refuse(p, base, "must be an object");
    note_unknown(p, object, base, known);
    OrderSeal *seal = order_seal_new();
    g_ptr_array_add(p->order->seals, seal);
    g_autofree char *type = NULL;
    if (!take_text(p, object, base, "type", &type) || !take_text(p, object, base, "name", &seal->name) ||
        !take_text(p, object, base, "practice_kind", &seal->practice_kind) || !take_size(p, object, base, seal))
        return FALSE;
    if (!seal_type_from_name(type, &seal->type))
        return refuse(p, type_at,
                      "is no seal type we know: use official, finance, contract, invoice, legal_rep, "
                      "qualification, dynamic, practice, signature or other");
    return TRUE;
}

static gboolean
file_name_is_plain(const char *file)
{
    return file && *file && !strchr(file, '/') && !strchr(file, '\\') && strcmp(file, ".") != 0 &&
           strcmp(file, "..") != 0;
}

static gboolean
take_upload(const Parser *p, const json_t *object, guint index)
{
    static const char *const known[] = { "role", "file", NULL };
    g_autofree char *base = g_strdup_printf("/uploads/%u", index), *role_at = g_strconcat(base, "/role", NULL);
    g_autofree char *file_at = g_strconcat(base, "/file", NULL);
    if (!json_is_object(object))
        return refuse(p, base, "must be an object");
    note_unknown(p, object, base, known);
    g_autofree char *role_text = NULL, *file = NULL;
    Role role;
    if (!take_text(p, object, base, "role", &role_text) || !take_text(p, object, base, "file", &file))
        return FALSE;
    if (!role_from_name(role_text, &role))
        return refuse(p, role_at,
                      "is no role we know: use licence, legal_rep_id_front, legal_rep_id_back, legal_rep_id, "
                      "operator_id_front, operator_id_back, operator_id, seal_sheet, application_form or "
                      "change_proof");
    if (!file_name_is_plain(file))
        return refuse(p, file_at, "must be the plain name of a file in the order's folder");
    g_ptr_array_add(p->order->uploads, order_upload_new(role, file));
    return TRUE;
}

typedef gboolean (*TakeElement)(const Parser *p, const json_t *object, guint index);

static gboolean
take_list(const Parser *p, const json_t *root, const char *key, gsize most, TakeElement take)
{
    const json_t *list = json_object_get(root, key);
    g_autofree char *pointer = g_strdup_printf("/%s", key);
    if (!is_present(list))
        return TRUE;
    if (!json_is_array(list))
        return refuse(p, pointer, "must be a list");
    if (json_array_size(list) > most)
        return refuse(p, pointer, "has more than %" G_GSIZE_FORMAT " entries", most);
    for (gsize i = 0; i < json_array_size(list); i++)
        if (!take(p, json_array_get(list, i), (guint)i))
            return FALSE;
    return TRUE;
}

static gboolean
take_terms(const Parser *p, const json_t *root)
{
    g_autofree char *kind = NULL, *subject = NULL;
    if (!take_text(p, root, "", "kind", &kind) || !take_text(p, root, "", "subject_type", &subject))
        return FALSE;
    if (!kind || !order_kind_from_name(kind, &p->order->kind))
        return refuse(p, "/kind", "must be new, renew, change, replace, unlock, revoke or exchange");
    if (!subject || strcmp(subject, "enterprise") == 0 || strcmp(subject, "企业") == 0 ||
        strcmp(subject, "单位") == 0 || strcmp(subject, "机构") == 0)
        p->order->subject_type = SUBJECT_ENTERPRISE;
    else if (strcmp(subject, "person") == 0 || strcmp(subject, "个人") == 0)
        p->order->subject_type = SUBJECT_PERSON;
    else
        return refuse(p, "/subject_type", "must be enterprise or person");
    return TRUE;
}

gboolean
order_id_is_plain(const char *id)
{
    gboolean ok = id && *id && strlen(id) <= 64 && id[0] != '.';
    for (const char *q = id; ok && *q; q++)
        ok = g_ascii_isalnum(*q) || strchr("._-", *q);
    return ok;
}

static gboolean
take_order_id(const Parser *p, const json_t *root)
{
    if (!take_text(p, root, "", "order_id", &p->order->order_id))
        return FALSE;
    return order_id_is_plain(p->order->order_id) ||
           refuse(p, "/order_id", "must be 1 to 64 of A-Z a-z 0-9 . _ -, not starting with a dot");
}

static gboolean
take_order(const Parser *p, const json_t *root)
{
    static const char *const known[] = { "order_id",     "profile",      "submitted_at",
                                         "kind",         "subject_type", "certificate_years",
                                         "certificates", "company",      "legal_rep",
                                         "operator",     "recipient",    "token",
                                         "seals",        "uploads",      NULL };
    Order *order = p->order;
    if (!json_is_object(root))
        return refuse(p, "", "must be an object");
    note_unknown(p, root, "", known);
    return take_order_id(p, root) && take_text(p, root, "", "profile", &order->profile) &&
           take_text(p, root, "", "submitted_at", &order->submitted_at) && take_terms(p, root) &&
           take_count(p, root, "certificate_years", 0, 10, &order->certificate_years) &&
           take_count(p, root, "certificates", 1, 20, &order->certificates) && take_company(p, root) &&
           take_person(p, root, "legal_rep", &order->legal_rep) &&
           take_person(p, root, "operator", &order->operator_) &&
           take_person(p, root, "recipient", &order->recipient) && take_token(p, root) &&
           take_list(p, root, "seals", MAX_SEALS, take_seal) && take_list(p, root, "uploads", MAX_UPLOADS, take_upload);
}

Order *
order_from_value(const json_t *root, OrderWhere where, gpointer data, GError **error)
{
    g_autoptr(Order) order = order_new();
    Parser parser = { where, data, order, error };
    return take_order(&parser, root) ? g_steal_pointer(&order) : NULL;
}

typedef struct {
    const char *text; /* UTF-8 */
    const char *place;
} JsonText;

static char *
where_in_json(const char *pointer, gpointer data)
{
    const JsonText *json = data;
    guint line = 1, column = 1;
    g_autofree char *parent = g_strdup(pointer);
    while (!json_place(json->text, parent, &line, &column) && *parent) /* an absent field: its object's place */
        *strrchr(parent, '/') = 0;
    return g_strdup_printf("%s:%u:%u", json->place, line, column);
}

Order *
order_parse(const char *json, gsize length, const char *place, GError **error)
{
    if (length > MAX_BYTES) {
        g_set_error(error, SB_ERROR, SB_ERROR_LIMIT, "%s: larger than 1 MiB", place);
        return NULL;
    }
    g_autofree char *text = text_from_bytes(json, length);
    if (!text) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "%s: the text is neither UTF-8 nor GB18030", place);
        return NULL;
    }
    json_error_t bad;
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &bad);
    if (!root) {
        /* jansson quotes the text near the place, which may be somebody's name: not into the message. */
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "%s:%d:%d: %s", place, bad.line, MAX(bad.column, 1),
                    json_error_code(&bad) == json_error_duplicate_key ? "a field stands there twice" : "not valid JSON");
        return NULL;
    }
    JsonText whole = { text, place };
    Order *order = order_from_value(root, where_in_json, &whole, error);
    json_decref(root);
    return order;
}

/* --- writing --- */

static void
put_text(json_t *object, const char *key, const char *text)
{
    json_object_set_new(object, key, text ? json_string(text) : json_null());
}

static void
put_person(json_t *root, const char *key, const OrderPerson *person)
{
    json_t *object = json_object();
    put_text(object, "name", person->name);
    put_text(object, "id_number", person->id_number);
    put_text(object, "phone", person->phone);
    put_text(object, "address", person->address);
    json_object_set_new(root, key, object);
}

static json_t *
seal_to_json(const OrderSeal *seal)
{
    json_t *object = json_object();
    put_text(object, "type", seal_type_name(seal->type));
    put_text(object, "name", seal->name);
    if (seal->practice_kind)
        put_text(object, "practice_kind", seal->practice_kind);
    json_t *size = seal->width_mm <= 0     ? json_null()
                   : seal->square_or_round ? json_real(seal->width_mm)
                                           : json_pack("[f,f]", seal->width_mm, seal->height_mm);
    json_object_set_new(object, "declared_mm", size);
    return object;
}

char *
order_to_json(const Order *order)
{
    json_t *root = json_object();
    put_text(root, "order_id", order->order_id);
    put_text(root, "profile", order->profile);
    put_text(root, "submitted_at", order->submitted_at);
    put_text(root, "kind", order_kind_name(order->kind));
    put_text(root, "subject_type", order->subject_type == SUBJECT_PERSON ? "person" : "enterprise");
    json_object_set_new(root, "certificate_years", json_integer(order->certificate_years));
    json_object_set_new(root, "certificates", json_integer(order->certificates));
    json_t *company = json_object();
    put_text(company, "name", order->company_name);
    put_text(company, "credit_code", order->credit_code);
    put_text(company, "address", order->company_address);
    put_text(company, "department", order->department);
    json_object_set_new(root, "company", company);
    put_person(root, "legal_rep", &order->legal_rep);
    put_person(root, "operator", &order->operator_);
    put_person(root, "recipient", &order->recipient);
    json_t *token = json_object();
    put_text(token, "serial", order->token_serial);
    json_object_set_new(root, "token", token);
    json_t *seals = json_array(), *uploads = json_array();
    for (guint i = 0; i < order->seals->len; i++)
        json_array_append_new(seals, seal_to_json(order->seals->pdata[i]));
    for (guint i = 0; i < order->uploads->len; i++) {
        const OrderUpload *upload = order->uploads->pdata[i];
        json_t *object = json_object();
        put_text(object, "role", role_name(upload->role));
        put_text(object, "file", upload->file);
        json_array_append_new(uploads, object);
    }
    json_object_set_new(root, "seals", seals);
    json_object_set_new(root, "uploads", uploads);
    char *dumped = json_dumps(root, JSON_INDENT(1) | JSON_REAL_PRECISION(6));
    char *text = g_strdup(dumped);
    free(dumped);
    json_decref(root);
    return text;
}
