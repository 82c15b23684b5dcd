/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sealbatch inspect: read, check and extract order folders, with no workspace, token or CA.
 *
 * One JSON line an order, in the order of the command line, and a summary line last. Nothing that is wrong
 * with one folder ends the command.
 */
#include <errno.h>
#include <string.h>

#include "pipeline/cmd.h"
#include "pipeline/folder_order.h"
#include "pipeline/order_reader.h"
#include "pipeline/picture_file.h"

typedef struct {
    char **folders;
    guint n_folders, next;
    const Models *models;
    const char *out;
    const char *default_profile;
    GHashTable *profiles; /* name -> Profile */
    char **lines;         /* finished, by folder */
    guint printed;
    ResultSummary summary;
    GDate today;
    ExitCode worst;
} Inspect;

/* Lines leave in the order of the command line, as soon as all before them are there. */
static void
print_ready(Inspect *in)
{
    while (in->printed < in->n_folders && in->lines[in->printed]) {
        cmd_json_line(in->lines[in->printed]);
        g_clear_pointer(&in->lines[in->printed], g_free);
        in->printed++;
    }
}

static void
finish(Inspect *in, guint index, const OrderResult *result, char *const *pictures)
{
    ResultKind kind = order_result_kind(result);
    in->lines[index] = order_result_to_json(result, pictures);
    result_summary_add(&in->summary, result);
    if (kind != RESULT_CLEAN)
        in->worst = exit_code_worst(in->worst, kind == RESULT_FINDINGS ? EXIT_REVIEW : EXIT_FAILED);
    print_ready(in);
}

static void
refuse(Inspect *in, guint index, const char *order_id, const char *why)
{
    g_autofree char *name = order_id ? g_strdup(order_id) : folder_order_name(in->folders[index]);
    g_autoptr(OrderResult) result = order_result_new(name);
    Finding *finding = order_result_add(result, FINDING_UNREADABLE_FILE, SEVERITY_REFUSE, why);
    finding->file = g_strdup("order.json");
    g_autofree char *said = words_sentence(words_language(), why);
    cmd_say("%s: %s", name, said);
    finish(in, index, result, NULL);
}

static const Profile *
profile_for(Inspect *in, const Order *order, GError **error)
{
    const char *name = in->default_profile ? in->default_profile : order->profile ? order->profile : "default";
    Profile *profile = g_hash_table_lookup(in->profiles, name);
    /* Only the command line may name a file. */
    if (!profile && !in->default_profile && strchr(name, '/')) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "order.json: profile cannot be a path");
        return NULL;
    }
    if (!profile && (profile = profile_load(name, NULL, error)))
        g_hash_table_insert(in->profiles, g_strdup(name), profile);
    return profile;
}

static OrderInput *
load(Inspect *in, guint index)
{
    const char *folder = in->folders[index];
    g_autoptr(GError) error = NULL;
    g_autoptr(Order) order = folder_order_load(folder, NULL, &error);
    if (!order) {
        refuse(in, index, NULL, error->message);
        return NULL;
    }
    const Profile *profile = profile_for(in, order, &error);
    if (!profile) {
        refuse(in, index, order->order_id, error->message);
        return NULL;
    }
    OrderInput *input = order_input_new(g_steal_pointer(&order), profile);
    for (guint i = 0; i < input->order->uploads->len; i++)
        g_ptr_array_add(input->paths,
                        g_build_filename(folder, ((OrderUpload *)input->order->uploads->pdata[i])->file, NULL));
    input->on_date = in->today;
    input->user = GUINT_TO_POINTER(index);
    return input;
}

static OrderInput *
next_order(gpointer data)
{
    Inspect *in = data;
    while (in->next < in->n_folders) {
        OrderInput *input = load(in, in->next++);
        if (input)
            return input;
    }
    return NULL;
}

static void
order_done(OrderInput *input, OrderResult *result, gpointer data)
{
    Inspect *in = data;
    if (result) {
        g_autoptr(GError) error = NULL;
        g_auto(GStrv) pictures = picture_files_write(result, in->out, &error);
        if (error)
            cmd_say("%s: %s", result->order_id, error->message);
        if (error)
            in->worst = exit_code_worst(in->worst, EXIT_ENVIRONMENT);
        finish(in, GPOINTER_TO_UINT(input->user), result, pictures);
    }
    order_result_free(result);
    order_input_free(input);
}

static int
inspect(Inspect *in, guint jobs, const char *model_dir)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Models) models = models_open(model_dir, &error);
    if (!models)
        return cmd_fail(error);
    OrderReaderCalls calls = { .data = in, .next = next_order, .done = order_done };
    if (!order_reader_run(models, jobs, NULL, &calls, &error))
        return cmd_fail(error);
    g_autofree char *line = result_summary_to_json(&in->summary);
    cmd_json_line(line);
    return in->worst;
}

int
cmd_inspect(int argc, char **argv)
{
    g_autofree char *out = NULL, *profile = NULL, *models = NULL;
    int jobs = 1;
    const GOptionEntry entries[] = {
        { "out", 'o', 0, G_OPTION_ARG_FILENAME, &out, N_("Folder for the pictures: DIR/ORDER_ID/TYPE.png"), "DIR" },
        { "jobs", 'j', 0, G_OPTION_ARG_INT, &jobs, N_("Reading processes at once (default 1)"), "N" },
        { "profile", 'p', 0, G_OPTION_ARG_STRING, &profile, N_("Rules of this platform, whatever the orders name"), "NAME" },
        { "models", 0, 0, G_OPTION_ARG_FILENAME, &models, N_("Folder of the models"), "DIR" },
        { NULL },
    };
    if (!cmd_parse(&argc, &argv, "ORDER_DIR... --out DIR",
                   "Reads, checks and extracts order folders; prints one JSON line an order and a summary line last.",
                   entries))
        return EXIT_USAGE;
    if (argc < 2 || !out || jobs < 1 || jobs > 64) {
        cmd_say("inspect needs ORDER_DIR..., --out DIR and --jobs 1..64");
        return EXIT_USAGE;
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(Profile) wanted = profile ? profile_load(profile, NULL, &error) : NULL;
    if (profile && !wanted)
        return cmd_fail(error);
    if (g_mkdir_with_parents(out, 0777) != 0) {
        cmd_say("%s: %s", out, g_strerror(errno));
        return EXIT_ENVIRONMENT;
    }
    g_autoptr(GHashTable) profiles = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)profile_free);
    Inspect in = { .folders = argv + 1, .n_folders = (guint)argc - 1, .out = out, .default_profile = profile,
                   .profiles = profiles, .lines = g_new0(char *, (gsize)argc), .worst = EXIT_DONE };
    g_date_set_time_t(&in.today, time(NULL));
    int code = inspect(&in, (guint)jobs, models);
    g_free(in.lines);
    return code;
}
