/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sealbatch config [GROUP.KEY]: what holds in this workspace, with flags applied; and the shipped profiles.
 */
#include <jansson.h>
#include <string.h>

#include "pipeline/cmd.h"
#include "pipeline/json_text.h"

static void
print_json(const Config *config)
{
    json_t *o = json_pack("{s:s}", "type", "config");
    for (const ConfigKey *key = CONFIG_KEYS; key->group; key++) {
        g_autofree char *name = g_strdup_printf("%s.%s", key->group, key->key);
        json_object_set_new(o, name, json_text(config_text(config, key->group, key->key)));
    }
    g_autofree char *line = json_line(o);
    cmd_json_line(line);
}

int
cmd_config(int argc, char **argv)
{
    g_auto(CmdWork) work = { 0 };
    gboolean profiles = FALSE;
    const GOptionEntry entries[] = {
        { "profiles", 0, 0, G_OPTION_ARG_NONE, &profiles, N_("List the shipped platforms instead"), NULL },
        { NULL },
    };
    int code;
    if (!cmd_open(&argc, &argv, "[GROUP.KEY]", "Prints the config that holds, as a file or one key.", entries, &work,
                  &code))
        return code;
    if (profiles) {
        g_auto(GStrv) names = profile_names();
        for (guint i = 0; names[i]; i++) {
            g_autoptr(Profile) profile = profile_load(names[i], NULL, NULL);
            if (work.json) {
                g_autofree char *line = json_line(json_pack("{s:s, s:s, s:o, s:o}", "type", "profile", "name", names[i],
                                                            "zh", json_text(profile->title_zh), "en",
                                                            json_text(profile->title_en)));
                cmd_json_line(line);
            } else
                g_print("%-24s %s / %s\n", names[i], profile->title_zh, profile->title_en);
        }
        return EXIT_DONE;
    }
    if (argc > 1) {
        for (const ConfigKey *key = CONFIG_KEYS; key->group; key++) {
            g_autofree char *name = g_strdup_printf("%s.%s", key->group, key->key);
            if (!strcmp(name, argv[1])) {
                g_print("%s\n", config_text(work.workspace->config, key->group, key->key));
                return EXIT_DONE;
            }
        }
        cmd_say("there is no config key \"%s\"", argv[1]);
        return EXIT_USAGE;
    }
    if (work.json) {
        print_json(work.workspace->config);
        return EXIT_DONE;
    }
    g_autofree char *text = config_to_text(work.workspace->config);
    g_print("%s", text);
    return EXIT_DONE;
}
