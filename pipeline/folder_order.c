/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Opens order folders. Links are not followed: an inbox is filled by others.
 */
#include "pipeline/folder_order.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pipeline/read_bytes.h"

static gboolean
folder_is_empty(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    return dir && !g_dir_read_name(dir);
}

static int
open_order_json(const char *folder, GError **error)
{
    g_autofree char *path = g_build_filename(folder, "order.json", NULL);
    struct stat info;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    if (fd >= 0 && fstat(fd, &info) == 0 && S_ISREG(info.st_mode))
        return fd;
    if (fd >= 0) {
        close(fd);
        errno = EINVAL;
    }
    if (!g_file_test(folder, G_FILE_TEST_IS_DIR))
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "there is no such folder");
    else if (folder_is_empty(folder))
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "the folder is empty: export the order again");
    else if (errno == ENOENT)
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "the folder has no order.json: export the order again");
    else
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "order.json cannot be opened as a plain file (%s)",
                    g_strerror(errno));
    return -1;
}

Order *
folder_order_load(const char *folder, GBytes **json, GError **error)
{
    int fd = open_order_json(folder, error);
    if (fd < 0)
        return NULL;
    g_autoptr(GBytes) bytes = read_bytes(fd, FOLDER_ORDER_MAX_BYTES, error);
    close(fd);
    if (!bytes) {
        g_prefix_error(error, "order.json ");
        (*error)->code = SB_ERROR_INPUT;
        return NULL;
    }
    gsize length;
    const char *text = g_bytes_get_data(bytes, &length);
    Order *order = order_parse(text ? text : "", length, "order.json", error);
    if (order && json)
        *json = g_steal_pointer(&bytes);
    return order;
}

char *
folder_order_name(const char *folder)
{
    g_autofree char *name = g_path_get_basename(folder);
    return g_utf8_make_valid(name, -1);
}
