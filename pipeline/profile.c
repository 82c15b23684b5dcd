/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads a profile strictly (a misspelt key is refused, not ignored) and holds orders against it.
 */
#include "pipeline/profile.h"

#include <gio/gio.h>
#include <string.h>

#include "burner/burn.h"
#include "pipeline/resource.h"

#define RESOURCE_DIR "/org/sealbatch/profiles/"
#define CSV_GROUP "csv"

/* Two certificates, texts and signature of a seal are about 2 KB, a time stamp (version 5) up to 4 KB. */
#define SEAL_WITHOUT_PICTURE (3u << 10)
#define SEAL_TIME_STAMP (4u << 10)

static const char *const SUBJECTS[2] = { "enterprise", "person" };

void
profile_free(Profile *profile)
{
    if (!profile)
        return;
    for (guint s = 0; s < 2; s++) {
        for (guint k = 0; k < ORDER_KINDS; k++)
            g_free(profile->required[s][k]);
        g_free(profile->required_expired[s]);
    }
    g_free(profile->name);
    g_free(profile->title_zh);
    g_free(profile->title_en);
    g_free(profile->fixed_pin);
    g_free(profile->unlock_pin);
    g_free(profile->letter_title);
    g_free(profile->letter_text);
    g_free(profile->subject_enterprise);
    g_free(profile->subject_person);
    g_free(profile->key_algorithm);
    order_csv_map_free(profile->csv);
    g_clear_pointer(&profile->review, g_hash_table_unref);
    g_free(profile);
}

/* ---- reading ------------------------------------------------------------------------------------ */

typedef struct {
    GKeyFile *file;
    GHashTable *asked; /* "group.key" that we know: whatever else stands there is a mistake */
    GError *error;     /* the first one */
} Conf;

static gboolean
conf_has(Conf *conf, const char *group, const char *key)
{
    g_hash_table_add(conf->asked, g_strdup_printf("%s.%s", group, key));
    return !conf->error && g_key_file_has_key(conf->file, group, key, NULL);
}

static char *
conf_text(Conf *conf, const char *group, const char *key, const char *otherwise)
{
    if (!conf_has(conf, group, key))
        return g_strdup(otherwise);
    char *text = g_key_file_get_string(conf->file, group, key, &conf->error);
    return text ? g_strstrip(text) : NULL;
}

static gboolean
conf_flag(Conf *conf, const char *group, const char *key, gboolean otherwise)
{
    return conf_has(conf, group, key) ? g_key_file_get_boolean(conf->file, group, key, &conf->error) : otherwise;
}

static guint
conf_number(Conf *conf, const char *group, const char *key, guint otherwise, guint most)
{
    if (!conf_has(conf, group, key))
        return otherwise;
    int number = g_key_file_get_integer(conf->file, group, key, &conf->error);
    if (!conf->error && (number < 0 || (guint)number > most))
        g_set_error(&conf->error, SB_ERROR, SB_ERROR_INPUT, "[%s] %s must be 0..%u", group, key, most);
    return (guint)MAX(number, 0);
}

static guint
conf_choice(Conf *conf, const char *group, const char *key, const char *const *words)
{
    g_autofree char *word = conf_text(conf, group, key, words[0]);
    for (guint i = 0; word && words[i]; i++)
        if (!strcmp(word, words[i]))
            return i;
    if (!conf->error)
        g_set_error(&conf->error, SB_ERROR, SB_ERROR_INPUT, "[%s] %s: \"%s\" is not known", group, key, word);
    return 0;
}

/* Each alternative of each group must name roles. */
static void
check_roles(Conf *conf, const char *key, const char *groups)
{
    g_auto(GStrv) names = g_strsplit_set(groups ? groups : "", ";|+", -1);
    for (guint i = 0; names[i] && !conf->error; i++) {
        Role role;
        g_strstrip(names[i]);
        if (*names[i] && !role_from_name(names[i], &role))
            g_set_error(&conf->error, SB_ERROR, SB_ERROR_INPUT, "[uploads] %s: \"%s\" is no role", key, names[i]);
    }
}

static void
read_uploads(Conf *conf, Profile *profile)
{
    for (guint s = 0; s < 2; s++) {
        g_autofree char *all = conf_text(conf, "uploads", SUBJECTS[s], "");
        check_roles(conf, SUBJECTS[s], all);
        for (guint k = 0; k < ORDER_KINDS; k++) {
            g_autofree char *key = g_strdup_printf("%s.%s", SUBJECTS[s], order_kind_name(k));
            profile->required[s][k] = conf_text(conf, "uploads", key, all);
            check_roles(conf, key, profile->required[s][k]);
        }
        g_autofree char *expired = g_strdup_printf("%s.renew-expired", SUBJECTS[s]);
        profile->required_expired[s] = conf_text(conf, "uploads", expired, NULL);
        check_roles(conf, expired, profile->required_expired[s]);
    }
    profile->stamp_on_copies = conf_flag(conf, "uploads", "stamp_on_copies", FALSE);
}

static void
read_order(Conf *conf, Profile *profile)
{
    g_autofree char *kinds = conf_text(conf, "order", "kinds", "new;renew;change;replace;unlock;revoke;exchange");
    g_auto(GStrv) words = g_strsplit(kinds ? kinds : "", ";", -1);
    for (guint i = 0; words[i]; i++) {
        OrderKind kind;
        g_strstrip(words[i]);
        if (*words[i] && order_kind_from_name(words[i], &kind))
            profile->kinds[kind] = TRUE;
        else if (*words[i] && !conf->error)
            g_set_error(&conf->error, SB_ERROR, SB_ERROR_INPUT, "[order] kinds: \"%s\" is not known", words[i]);
    }
    profile->certificate_years = conf_number(conf, "order", "certificate_years", 1, 10);
    profile->max_certificate_years = conf_number(conf, "order", "max_certificate_years", 5, 10);
    profile->seals_only = conf_flag(conf, "order", "seals_only", FALSE);
    profile->samples = conf_number(conf, "order", "samples", 3, 9);
}

static const char LETTER_TEXT[] = "以上为该 UKey 的用户密码（PIN），区分大小写。\n"
                                  "1. 请核对 UKey 上的序列号与本函一致。\n"
                                  "2. 首次使用时请立即修改密码。\n"
                                  "3. 连续输错会锁定 UKey；解锁须向发证机构申请。\n"
                                  "4. 本函请勿与 UKey 放在一起，阅后请妥善保管或销毁。\n"
                                  "5. 收到时封口如已破损，请勿使用该 UKey，并立即与发证机构联系。";

static void
read_rest(Conf *conf, Profile *profile)
{
    static const char *const pins[] = { "fixed", "random", "keep", NULL };
    static const char *const ends[] = { "old_end", "download", NULL };
    static const char *const keys[] = { "ec", "rsa", NULL };
    profile->title_zh = conf_text(conf, "profile", "title_zh", profile->name);
    profile->title_en = conf_text(conf, "profile", "title_en", profile->name);
    profile->renew_days_before = conf_number(conf, "renewal", "days_before", 60, 3650);
    profile->renew_days_after = conf_number(conf, "renewal", "days_after", 0, 3650);
    profile->renew_adds_to_old_end = conf_choice(conf, "renewal", "start", ends) == 0;
    profile->user_pin = (PinRule)conf_choice(conf, "pin", "user", pins);
    profile->fixed_pin = conf_text(conf, "pin", "fixed", "12345678");
    profile->unlock_pin = conf_text(conf, "pin", "unlock", NULL);
    profile->random_pin_length = conf_number(conf, "pin", "random_length", 8, BURN_PIN_RANDOM_MAX);
    if (profile->random_pin_length < 4 && !conf->error)
        g_set_error(&conf->error, SB_ERROR, SB_ERROR_INPUT, "[pin] random_length: %u is too short, 4 to %u are possible",
                    profile->random_pin_length, BURN_PIN_RANDOM_MAX);
    profile->letter_title = conf_text(conf, "letter", "title", "UKey 密码函");
    profile->letter_text = conf_text(conf, "letter", "text", LETTER_TEXT);
    profile->seal_version = conf_number(conf, "seal", "version", 4, 5);
    profile->seal_max_bytes = conf_number(conf, "seal", "max_bytes", 0, 4 << 20);
    profile->seal_canvas_mm = conf_number(conf, "seal", "canvas_mm", 0, 200);
    profile->seal_months = conf_number(conf, "seal", "months", 0, 120);
    profile->seal_types = seal_type_codes_default();
    if (!conf->error)
        seal_type_codes_override(&profile->seal_types, conf->file, &conf->error);
    profile->subject_enterprise = conf_text(conf, "certificate", "subject_enterprise",
                                            "C=CN;O={company};CN={company};serialNumber={credit_code}");
    profile->subject_person = conf_text(conf, "certificate", "subject_person", "C=CN;CN={person}");
    profile->key_algorithm = g_strdup(keys[conf_choice(conf, "certificate", "key", keys)]);
}

/* @words: headers that mean something already keep their meaning. */
static void
add_headers(OrderCsvMap *map, GKeyFile *file, gboolean words, GError **error)
{
    g_auto(GStrv) fields = g_key_file_get_keys(file, CSV_GROUP, NULL, NULL);
    GError *cause = NULL;
    for (guint i = 0; fields && fields[i] && !cause; i++) {
        g_autofree char *headers = g_key_file_get_string(file, CSV_GROUP, fields[i], &cause);
        g_auto(GStrv) each = g_strsplit(headers ? headers : "", ";", -1);
        for (guint k = 0; words && each[k]; k++)
            order_csv_map_add(map, fields[i], each[k], NULL);
        if (!words && headers)
            order_csv_map_add(map, fields[i], headers, &cause);
    }
    if (cause)
        g_propagate_prefixed_error(error, cause, "[" CSV_GROUP "] ");
}

static void
read_csv_headers(Conf *conf, Profile *profile)
{
    g_autoptr(GKeyFile) common = g_key_file_new();
    g_autofree char *text = pipeline_resource_text("profiles/default.conf");
    profile->csv = order_csv_map_new();
    if (!conf->error)
        add_headers(profile->csv, conf->file, FALSE, &conf->error);
    if (!conf->error && g_key_file_load_from_data(common, text, strlen(text), G_KEY_FILE_NONE, NULL))
        add_headers(profile->csv, common, TRUE, NULL);
}

static void
read_review_words(Conf *conf, Profile *profile)
{
    profile->review = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (guint code = 0; code < FINDING_CODES; code++) {
        const char *name = finding_code_name(code);
        char *words = conf_text(conf, "review", name, NULL);
        if (words)
            g_hash_table_insert(profile->review, g_strdup(name), words);
    }
}

const char *
profile_review_words(const Profile *profile, FindingCode code)
{
    return g_hash_table_lookup(profile->review, finding_code_name(code));
}

static void
refuse_unknown(Conf *conf)
{
    g_auto(GStrv) groups = g_key_file_get_groups(conf->file, NULL);
    for (guint g = 0; groups[g]; g++) {
        g_auto(GStrv) keys = g_key_file_get_keys(conf->file, groups[g], NULL, NULL);
        if (!strcmp(groups[g], SEAL_TYPES_GROUP) || !strcmp(groups[g], SEAL_TYPES_GROUP_V1))
            continue; /* sealgen has read and checked these */
        if (!strcmp(groups[g], CSV_GROUP))
            continue; /* core has */
        for (guint k = 0; keys && keys[k] && !conf->error; k++) {
            g_autofree char *name = g_strdup_printf("%s.%s", groups[g], keys[k]);
            if (!g_hash_table_contains(conf->asked, name))
                g_set_error(&conf->error, SB_ERROR, SB_ERROR_INPUT, "[%s] %s: there is no such key", groups[g], keys[k]);
        }
    }
}

Profile *
profile_parse(const char *text, gsize length, const char *name, GError **error)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GHashTable) asked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(Profile) profile = g_new0(Profile, 1);
    Conf conf = { file, asked, NULL };
    profile->name = g_strdup(name);
    if (g_key_file_load_from_data(file, text, length, G_KEY_FILE_NONE, &conf.error)) {
        read_uploads(&conf, profile);
        read_order(&conf, profile);
        read_rest(&conf, profile);
        read_csv_headers(&conf, profile);
        read_review_words(&conf, profile);
        refuse_unknown(&conf);
        if (!conf.error && profile->seal_version != 1 && profile->seal_version != 4 && profile->seal_version != 5)
            g_set_error(&conf.error, SB_ERROR, SB_ERROR_INPUT, "[seal] version must be 1, 4 or 5");
        if (!conf.error && profile->seal_max_bytes && profile->seal_max_bytes < 2 * SEAL_WITHOUT_PICTURE)
            g_set_error(&conf.error, SB_ERROR, SB_ERROR_INPUT, "[seal] max_bytes must be 0 or at least %u",
                        2 * SEAL_WITHOUT_PICTURE);
    }
    if (conf.error) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "profile %s: %s", name, conf.error->message);
        g_clear_error(&conf.error);
        return NULL;
    }
    return g_steal_pointer(&profile);
}

static gboolean
is_plain_name(const char *name)
{
    return *name && *name != '.' && strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") ==
                                        strlen(name);
}

static Profile *
load_file(const char *path, const char *name, GError **error)
{
    g_autofree char *text = NULL;
    gsize length;
    g_autoptr(GError) cause = NULL;
    if (!g_file_get_contents(path, &text, &length, &cause)) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "profile %s: %s", name, cause->message);
        return NULL;
    }
    return profile_parse(text, length, name, error);
}

Profile *
profile_load(const char *name, const char *dir, GError **error)
{
    if (strchr(name, '/'))
        return load_file(name, name, error);
    if (!is_plain_name(name)) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "\"%s\" cannot be the name of a profile", name);
        return NULL;
    }
    g_autofree char *file = g_strconcat(name, ".conf", NULL);
    if (dir) {
        g_autofree char *path = g_build_filename(dir, file, NULL);
        if (g_file_test(path, G_FILE_TEST_EXISTS))
            return load_file(path, name, error);
    }
    g_autofree char *path = g_strconcat(RESOURCE_DIR, file, NULL);
    g_autoptr(GBytes) bytes = g_resource_lookup_data(pipeline_resource(), path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
    if (!bytes) {
        g_auto(GStrv) names = profile_names();
        g_autofree char *list = g_strjoinv(", ", names);
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "there is no profile \"%s\"; shipped are: %s", name, list);
        return NULL;
    }
    gsize length;
    const char *text = g_bytes_get_data(bytes, &length);
    return profile_parse(text, length, name, error);
}

static int
by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

GStrv
profile_names(void)
{
    GStrv names = g_resource_enumerate_children(pipeline_resource(), RESOURCE_DIR, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
    for (guint i = 0; names && names[i]; i++)
        if (g_str_has_suffix(names[i], ".conf"))
            names[i][strlen(names[i]) - strlen(".conf")] = 0;
    if (names)
        qsort(names, g_strv_length(names), sizeof *names, by_name);
    return names;
}

/* ---- an order against it ------------------------------------------------------------------------- */

static gboolean
has_role(const Order *order, const char *name)
{
    Role role;
    if (!role_from_name(name, &role))
        return FALSE;
    for (guint i = 0; i < order->uploads->len; i++)
        if (((const OrderUpload *)order->uploads->pdata[i])->role == role)
            return TRUE;
    return FALSE;
}

/* "a|b+c": a, or b and c together. */
static gboolean
group_is_there(const Order *order, const char *group)
{
    g_auto(GStrv) ways = g_strsplit(group, "|", -1);
    for (guint w = 0; ways[w]; w++) {
        g_auto(GStrv) roles = g_strsplit(ways[w], "+", -1);
        gboolean all = TRUE;
        for (guint r = 0; roles[r]; r++)
            all = all && has_role(order, g_strstrip(roles[r]));
        if (all)
            return TRUE;
    }
    return FALSE;
}

/* The role a missing group is reported under: the first it names. */
static char *
first_role(const char *group)
{
    g_autofree char *role = g_strndup(group, strcspn(group, "|+"));
    return g_strdup(g_strstrip(role));
}

static void
add_missing(GPtrArray *findings, const char *group, Severity severity)
{
    g_autofree char *detail = g_strdup_printf("the order has no upload %s: ask the applicant for it", group);
    Finding *finding = finding_new(FINDING_UPLOAD_MISSING, severity, detail);
    finding->role = first_role(group);
    g_ptr_array_add(findings, finding);
}

static void
check_groups(const char *required, const Order *order, Severity severity, GPtrArray *findings)
{
    g_auto(GStrv) groups = g_strsplit(required, ";", -1);
    for (guint i = 0; groups[i]; i++) {
        g_strstrip(groups[i]);
        if (!*groups[i] || group_is_there(order, groups[i]))
            continue;
        /* A sheet is asked for only where seals are ordered. */
        if (g_str_has_prefix(groups[i], "seal_sheet") && order->seals->len == 0)
            continue;
        add_missing(findings, groups[i], severity);
    }
}

void
profile_check_expired(const Profile *profile, const Order *order, Severity severity, GPtrArray *findings)
{
    if (profile->required_expired[order->subject_type])
        check_groups(profile->required_expired[order->subject_type], order, severity, findings);
}

void
profile_check_order(const Profile *profile, const Order *order, GPtrArray *findings)
{
    check_groups(profile->required[order->subject_type][order->kind], order, SEVERITY_REFUSE, findings);
    for (guint i = 0; i < order->unknown_fields->len; i++) {
        g_autofree char *detail = g_strdup_printf("order.json: %s is not known to us", (char *)order->unknown_fields->pdata[i]);
        Finding *finding = finding_new(FINDING_UNKNOWN_FIELD, SEVERITY_NOTE, detail);
        finding->field = g_strdup(order->unknown_fields->pdata[i]);
        g_ptr_array_add(findings, finding);
    }
}

guint
profile_picture_room(const Profile *profile)
{
    guint rest = SEAL_WITHOUT_PICTURE + (profile->seal_version == 5 ? SEAL_TIME_STAMP : 0);
    return profile->seal_max_bytes == 0 ? 0 : profile->seal_max_bytes > rest ? profile->seal_max_bytes - rest : 1;
}

gboolean
profile_may_renew(const Profile *profile, const GDate *end, const GDate *today)
{
    gint days_left = g_date_days_between(today, end);
    return days_left >= 0 ? (guint)days_left <= profile->renew_days_before
                          : (guint)-days_left <= profile->renew_days_after;
}
