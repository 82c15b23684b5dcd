/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From an order's words to burner's.
 */
#include "pipeline/burn_plan.h"

#include <string.h>

#include "burner/ca.h"
#include "core/text.h"

enum { REASON_AFFILIATION_CHANGED = 3, REASON_SUPERSEDED = 4, REASON_CESSATION = 5 };

/* ---- subject --------------------------------------------------------------------------------------- */

static const OrderPerson *
person_of(const Order *order)
{
    return order->operator_.name && *order->operator_.name ? &order->operator_ : &order->legal_rep;
}

static char *
field_value(const Order *order, const char *name)
{
    if (!strcmp(name, "company"))
        return g_strdup(order->company_name);
    if (!strcmp(name, "department"))
        return g_strdup(order->department);
    if (!strcmp(name, "credit_code"))
        return text_fold_code(order->credit_code);
    if (!strcmp(name, "person"))
        return g_strdup(person_of(order)->name);
    if (!strcmp(name, "id_number"))
        return text_fold_code(person_of(order)->id_number);
    return NULL;
}

static gboolean
is_known_field(const char *name)
{
    static const char *const names[] = { "company", "department", "credit_code", "person", "id_number", NULL };
    return g_strv_contains(names, name);
}

/* "{company}" or plain text; an absent field leaves the part out. */
static gboolean
expand(const char *value, const Order *order, char **text, GError **error)
{
    gsize length = strlen(value);
    *text = NULL;
    if (length < 3 || value[0] != '{' || value[length - 1] != '}') {
        *text = g_strdup(value);
        return TRUE;
    }
    g_autofree char *name = g_strndup(value + 1, length - 2);
    if (!is_known_field(name)) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "profile: subject has no field {%s}", name);
        return FALSE;
    }
    *text = field_value(order, name);
    if (*text && !*g_strstrip(*text))
        g_clear_pointer(text, g_free);
    return TRUE;
}

gboolean
burn_plan_subject(const char *template, const Order *order, BurnSubject *subject, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(template, ";", -1);
    for (guint i = 0; parts[i]; i++) {
        char *equals = strchr(g_strstrip(parts[i]), '=');
        g_autofree char *text = NULL;
        if (!*parts[i])
            continue;
        if (!equals) {
            g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "profile: subject part \"%s\" has no '='", parts[i]);
            return FALSE;
        }
        *equals = 0;
        if (!expand(equals + 1, order, &text, error))
            return FALSE;
        const char *key = parts[i];
        char **place = !strcmp(key, "C")    ? &subject->country
                       : !strcmp(key, "ST") ? &subject->province
                       : !strcmp(key, "L")  ? &subject->locality
                       : !strcmp(key, "O")  ? &subject->organisation
                       : !strcmp(key, "OU") ? &subject->unit
                       : !strcmp(key, "CN") ? &subject->name
                                            : &subject->code;
        if (place == &subject->code && text) {
            g_free(subject->code_field);
            subject->code_field = g_strdup(key);
        }
        g_free(*place);
        *place = g_steal_pointer(&text);
    }
    return TRUE;
}

/* ---- validity --------------------------------------------------------------------------------------- */

gint64
burn_plan_years_later(gint64 from, guint years)
{
    g_autoptr(GDateTime) start = g_date_time_new_from_unix_utc(from);
    g_autoptr(GDateTime) end = g_date_time_add_years(start, (gint)years);
    return g_date_time_to_unix(end);
}

static void
set_validity(const BurnPlan *plan, const BurnPlanOld *old, BurnOrder *unit)
{
    guint years = plan->order->certificate_years ? plan->order->certificate_years : plan->profile->certificate_years;
    gint64 old_end = old ? old->not_after : 0;
    gboolean adds = plan->order->kind == ORDER_RENEW && plan->profile->renew_adds_to_old_end && old_end > plan->now;
    unit->not_before = plan->now;
    unit->not_after = burn_plan_years_later(adds ? old_end : plan->now, years);
    /* A change keeps the old end: the term was paid for once. */
    if (plan->order->kind == ORDER_CHANGE && old_end > plan->now)
        unit->not_after = old_end;
}

/* ---- the unit ---------------------------------------------------------------------------------------- */

static BurnKind
kind_of(const BurnPlan *plan)
{
    if (plan->profile->seals_only && plan->order->kind != ORDER_UNLOCK && plan->order->kind != ORDER_REVOKE)
        return BURN_SEALS;
    switch (plan->order->kind) {
    case ORDER_RENEW: return BURN_RENEW;
    case ORDER_CHANGE: return BURN_CHANGE;
    case ORDER_REPLACE: return BURN_REPLACE;
    case ORDER_UNLOCK: return BURN_UNLOCK;
    case ORDER_REVOKE: return BURN_REVOKE;
    case ORDER_EXCHANGE: return BURN_EXCHANGE;
    default: return BURN_NEW;
    }
}

/* Kinds that work on a key the holder has already. */
static gboolean
needs_old_key(BurnKind kind)
{
    return kind == BURN_RENEW || kind == BURN_CHANGE || kind == BURN_UNLOCK || kind == BURN_SEALS;
}

/* Kinds that end what is on a key. */
static gboolean
gives_up_key(BurnKind kind)
{
    return kind == BURN_REPLACE || kind == BURN_REVOKE;
}

void
burn_plan_old_free(BurnPlanOld *old)
{
    if (!old)
        return;
    g_bytes_unref(old->der);
    g_free(old->key);
    g_free(old);
}

/* (element-type char*) The holder's keys, the first one first. */
static GPtrArray *
keys_of(const BurnPlan *plan)
{
    GPtrArray *keys = g_ptr_array_new();
    for (guint i = plan->old ? plan->old->len : 0; i > 0; i--) {
        const BurnPlanOld *old = plan->old->pdata[i - 1];
        if (old->key && !g_ptr_array_find_with_equal_func(keys, old->key, g_str_equal, NULL))
            g_ptr_array_add(keys, old->key);
    }
    return keys;
}

/* The last certificate that was put on this key, or NULL. */
static const BurnPlanOld *
last_on(const BurnPlan *plan, const char *key)
{
    for (guint i = 0; key && plan->old && i < plan->old->len; i++)
        if (!g_strcmp0(((BurnPlanOld *)plan->old->pdata[i])->key, key))
            return plan->old->pdata[i];
    return NULL;
}

/* What is to be said where the holder has none, or several keys. */
static gboolean
no_single_key(const BurnPlan *plan, BurnKind kind, GPtrArray *keys, GError **error)
{
    g_autoptr(GString) names = g_string_new(NULL);
    for (guint i = 0; i < keys->len; i++)
        g_string_append_printf(names, "%s%s", i ? ", " : "", (char *)keys->pdata[i]);
    if (kind == BURN_REPLACE)
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT,
                    keys->len ? "the holder has several keys (%s): which one is lost must stand in the order (token.serial), "
                                "or name it with --lost %s=SERIAL"
                              : "no certificate of this holder is known here%s, so none can be revoked: name the lost key "
                                "with --lost %s=SERIAL", names->str, plan->order->order_id);
    else if (keys->len)
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT,
                    "the holder has several keys (%s): name the right one in a file for --assign", names->str);
    else
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT,
                    "which key the holder has is not known: name it in a file for --assign");
    return FALSE;
}

/* Which of the holder's keys this unit is about: NULL where the kind needs none. */
static gboolean
old_key_of(const BurnPlan *plan, const BurnOrder *unit, const char **key, GError **error)
{
    guint n = MAX(1, plan->order->certificates);
    const char *named = plan->assigned && unit->kind != BURN_REPLACE ? plan->assigned : plan->order->token_serial;
    *key = NULL;
    if (!needs_old_key(unit->kind) && !gives_up_key(unit->kind))
        return TRUE;
    if (named && n > 1 && needs_old_key(unit->kind)) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "one key (%s) is named for %u certificates: one order a key", named, n);
        return FALSE;
    }
    g_autoptr(GPtrArray) keys = keys_of(plan);
    if (plan->lost && unit->kind == BURN_REPLACE)
        named = plan->lost;
    if (named)
        *key = named;
    else if (keys->len > 0 && (keys->len == n || (keys->len == 1 && gives_up_key(unit->kind))))
        *key = keys->pdata[gives_up_key(unit->kind) ? 0 : unit->certificate_index - 1];
    else
        return no_single_key(plan, unit->kind, keys, error);
    return TRUE;
}

static void
set_token(const BurnPlan *plan, const char *old_key, BurnOrder *unit)
{
    const char *serial = plan->assigned             ? plan->assigned
                         : needs_old_key(unit->kind) ? old_key
                         : unit->kind == BURN_REVOKE ? old_key
                         : unit->kind == BURN_REPLACE ? NULL /* the order names the lost key: a blank one takes its place */
                                                      : plan->order->token_serial;
    unit->token_serial = g_strdup(serial);
    unit->may_erase = plan->may_erase && plan->assigned;
}

static void
set_pin(const BurnPlan *plan, BurnOrder *unit)
{
    const Profile *p = plan->profile;
    gboolean in_use = unit->kind == BURN_RENEW || unit->kind == BURN_CHANGE || unit->kind == BURN_SEALS;
    if (in_use || p->user_pin == PIN_KEEP)
        unit->pin_rule = BURN_PIN_ASKED;
    else
        unit->pin_rule = p->user_pin == PIN_RANDOM ? BURN_PIN_RANDOM : BURN_PIN_FIXED;
    unit->pin_length = p->random_pin_length;
    if (unit->kind == BURN_UNLOCK && p->unlock_pin)
        unit->pin_rule = BURN_PIN_FIXED;
    if (unit->pin_rule == BURN_PIN_FIXED)
        unit->fixed_pin = g_strdup(unit->kind == BURN_UNLOCK && p->unlock_pin ? p->unlock_pin : p->fixed_pin);
}

static GPtrArray *
ders_new(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
}

/* Everything on the key that has not ended by itself: a renewal leaves its predecessor alive. */
static gboolean
set_revocations(const BurnPlan *plan, const char *old_key, BurnOrder *unit, GError **error)
{
    const BurnPlanOld *last = last_on(plan, old_key);
    if ((unit->kind == BURN_RENEW || unit->kind == BURN_CHANGE) && last) {
        unit->replaces = ders_new();
        g_ptr_array_add(unit->replaces, g_bytes_ref(last->der));
    }
    if (gives_up_key(unit->kind) && !last) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT,
                    "no certificate on key %s is known here, so none can be revoked: name it with --old-certificate",
                    old_key);
        return FALSE;
    }
    for (guint i = 0; (gives_up_key(unit->kind) || unit->kind == BURN_CHANGE) && plan->old && i < plan->old->len; i++) {
        const BurnPlanOld *old = plan->old->pdata[i];
        if (g_strcmp0(old->key, old_key) != 0 || old->not_after <= plan->now)
            continue;
        if (!unit->revoke)
            unit->revoke = ders_new();
        g_ptr_array_add(unit->revoke, g_bytes_ref(old->der));
    }
    unit->revoke_reason = unit->kind == BURN_CHANGE   ? REASON_AFFILIATION_CHANGED
                          : unit->kind == BURN_REVOKE ? REASON_CESSATION
                                                      : REASON_SUPERSEDED;
    return TRUE;
}

/* The certificate would be the same: it stays, and the seals that the order names are changed. */
static gboolean
keep_certificate(const BurnPlan *plan, const char *old_key, BurnOrder *unit, GError **error)
{
    const BurnPlanOld *last = last_on(plan, old_key);
    g_autoptr(GBytes) was = last && unit->kind == BURN_CHANGE ? burn_cert_subject(last->der, NULL) : NULL;
    g_autoptr(GBytes) is = was ? burn_subject_der(&unit->subject, error) : NULL;
    if (!was)
        return TRUE;
    if (!is)
        return FALSE;
    if (!g_bytes_equal(was, is) || last->not_after <= plan->now)
        return TRUE;
    if (unit->seals == 0) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT,
                    "the certificate would be the same and no seal is ordered: nothing is to be burned");
        return FALSE;
    }
    unit->keep_key = TRUE;
    unit->onto = g_bytes_ref(last->der);
    g_clear_pointer(&unit->replaces, g_ptr_array_unref);
    g_clear_pointer(&unit->revoke, g_ptr_array_unref);
    return TRUE;
}

static GBytes *
ref(GBytes *bytes)
{
    return bytes ? g_bytes_ref(bytes) : NULL;
}

static gboolean
set_proof(const BurnPlan *plan, BurnOrder *unit, GError **error)
{
    if (unit->kind != BURN_EXCHANGE)
        return TRUE;
    if (!plan->proof_certificate || !plan->proof_challenge || !plan->proof_signature) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT,
                    "exchange: plug the holder's old key in and prove it with burn --prove %s=SERIAL", unit->order_id);
        return FALSE;
    }
    unit->proof_certificate = ref(plan->proof_certificate);
    unit->proof_challenge = ref(plan->proof_challenge);
    unit->proof_signature = ref(plan->proof_signature);
    return TRUE;
}

static BurnOrder *
make_unit(const BurnPlan *plan, guint index, GError **error)
{
    g_autoptr(BurnOrder) unit = burn_order_new();
    const char *template = plan->order->subject_type == SUBJECT_ENTERPRISE ? plan->profile->subject_enterprise
                                                                           : plan->profile->subject_person;
    const char *old_key;
    unit->order_id = g_strdup(plan->order->order_id);
    unit->certificate_index = index;
    unit->kind = kind_of(plan);
    unit->key_type = strcmp(plan->profile->key_algorithm, "rsa") ? BURN_KEY_EC_P256 : BURN_KEY_RSA_2048;
    unit->seals = unit->kind == BURN_UNLOCK || unit->kind == BURN_REVOKE ? 0 : plan->order->seals->len;
    set_pin(plan, unit);
    if (!old_key_of(plan, unit, &old_key, error) || !set_proof(plan, unit, error) ||
        !burn_plan_subject(template, plan->order, &unit->subject, error) || !set_revocations(plan, old_key, unit, error) ||
        !keep_certificate(plan, old_key, unit, error))
        return NULL;
    set_validity(plan, last_on(plan, old_key), unit);
    set_token(plan, old_key, unit);
    return g_steal_pointer(&unit);
}

GPtrArray *
burn_plan_make(const BurnPlan *plan, GError **error)
{
    g_autoptr(GPtrArray) units = g_ptr_array_new_with_free_func((GDestroyNotify)burn_order_free);
    for (guint i = 1; i <= MAX(1, plan->order->certificates); i++) {
        BurnOrder *unit = make_unit(plan, i, error);
        if (!unit)
            return NULL;
        g_ptr_array_add(units, unit);
        if (!burn_order_check(unit, error))
            return NULL;
    }
    return g_steal_pointer(&units);
}
