/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sealbatch review: makes the review page and the exports; `review import FILE --as NAME` takes decisions back.
 */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/cmd.h"
#include "pipeline/json_text.h"
#include "pipeline/read_bytes.h"
#include "pipeline/review_import.h"
#include "pipeline/review_out.h"
#include "pipeline/run_lock.h"
#include "pipeline/summary.h"

static int
make_page(CmdWork *work)
{
    g_autoptr(GError) error = NULL;
    guint orders, counts[STATES];
    if (work->dry_run) {
        if (!store_count_states(work->workspace->store, counts, &error))
            return cmd_fail(error);
        cmd_say("would write %s/out/review.html with %u orders", work->workspace->dir, counts[STATE_REVIEW]);
        return EXIT_DONE;
    }
    if (!review_out_write(work->workspace, &orders, &error))
        return cmd_fail(error);
    g_autofree char *path = g_build_filename(work->workspace->dir, "out", "review.html", NULL);
    g_autofree char *line = json_line(json_pack("{s:s, s:o, s:i}", "type", "review", "file", json_text(path), "orders",
                                                (int)orders));
    g_print("%s\n", work->json ? line : path);
    cmd_say("%u orders wait for review; findings.csv and findings.json lie beside the page", orders);
    return orders ? EXIT_REVIEW : EXIT_DONE;
}

static GPtrArray *
read_decisions(const char *path, GError **error)
{
    int fd = strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC) : dup(STDIN_FILENO);
    if (fd < 0) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "%s: %s", path, g_strerror(errno));
        return NULL;
    }
    g_autoptr(GBytes) bytes = read_bytes(fd, REVIEW_IMPORT_MAX_BYTES, error);
    close(fd);
    if (!bytes)
        return NULL;
    gsize length;
    const char *json = g_bytes_get_data(bytes, &length);
    return review_import_parse(json ? json : "", length, error);
}

static int
import(CmdWork *work, const char *path, const char *reviewer)
{
    g_autoptr(GError) error = NULL;
    g_auto(Summary) summary = { 0 };
    g_autoptr(GPtrArray) decisions = read_decisions(path, &error);
    if (!decisions)
        return cmd_fail(error);
    g_autoptr(RunLock) lock = run_lock_take(work->workspace->dir, "review import", &error);
    if (!lock || !store_decide(work->workspace->store, decisions, reviewer, &error))
        return cmd_fail(error);
    if (work->dry_run) {
        cmd_say("%u decisions of %s would be imported", decisions->len, reviewer);
        return EXIT_DONE;
    }
    if (!review_out_write(work->workspace, NULL, &error) || !summary_make(work->workspace, &summary, &error))
        return cmd_fail(error);
    cmd_say("%u decisions of %s imported", decisions->len, reviewer);
    ExitCode code = summary_exit_code(&summary);
    summary_print(&summary, work->json, code);
    return code;
}

int
cmd_review(int argc, char **argv)
{
    g_auto(CmdWork) work = { 0 };
    g_autofree char *reviewer = NULL;
    const GOptionEntry entries[] = {
        { "as", 0, 0, G_OPTION_ARG_STRING, &reviewer, N_("Who decided (import); the second must be another than the first"),
          "NAME" },
        { NULL },
    };
    int code;
    if (!cmd_open(&argc, &argv, "[import FILE --as NAME]",
                  "Makes out/review.html with the findings to look at; import takes the decisions it exports.", entries,
                  &work, &code))
        return code;
    if (argc == 1)
        return make_page(&work);
    if (argc == 3 && !strcmp(argv[1], "import") && reviewer)
        return import(&work, argv[2], reviewer);
    cmd_say("review, or: review import FILE --as NAME");
    return EXIT_USAGE;
}
