/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Content-addressed files: DIR/ab/abcdef... (64 hex letters). DIR/new/ holds what is being written.
 */
#include "pipeline/evidence.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pipeline/read_bytes.h"

enum { DIGEST_LENGTH = 64, COPY_CHUNK = 256 * 1024 };
#define EVIDENCE_MAX_BYTES ((gsize)256 << 20)

struct Evidence {
    char *dir;
    gboolean dry;
};

gboolean
evidence_is_digest(const char *text)
{
    return text && strlen(text) == DIGEST_LENGTH && strspn(text, "0123456789abcdef") == DIGEST_LENGTH;
}

static void
set_errno(GError **error, const char *what, const char *path)
{
    g_set_error(error, SB_ERROR, SB_ERROR_ENV, "%s %s: %s", what, path, g_strerror(errno));
}

/* What a killed run left half-written. */
static void
sweep(const char *dir)
{
    g_autoptr(GDir) list = g_dir_open(dir, 0, NULL);
    const char *name;
    while (list && (name = g_dir_read_name(list))) {
        g_autofree char *path = g_build_filename(dir, name, NULL);
        struct stat info;
        if (stat(path, &info) == 0 && info.st_mtime + 24 * 3600 < time(NULL))
            unlink(path);
    }
}

Evidence *
evidence_open(const char *dir, GError **error)
{
    g_autofree char *fresh = g_build_filename(dir, "new", NULL);
    if (g_mkdir_with_parents(fresh, 0700) != 0) {
        set_errno(error, "cannot make", fresh);
        return NULL;
    }
    sweep(fresh);
    Evidence *evidence = g_new0(Evidence, 1);
    evidence->dir = g_strdup(dir);
    return evidence;
}

void
evidence_close(Evidence *evidence)
{
    if (evidence)
        g_free(evidence->dir);
    g_free(evidence);
}

char *
evidence_path(Evidence *evidence, const char *digest)
{
    if (!evidence_is_digest(digest))
        return NULL;
    char folder[3] = { digest[0], digest[1], 0 };
    return g_build_filename(evidence->dir, folder, digest, NULL);
}

gboolean
evidence_has(Evidence *evidence, const char *digest)
{
    g_autofree char *path = evidence_path(evidence, digest);
    return path && g_file_test(path, G_FILE_TEST_IS_REGULAR);
}

static gboolean
write_all(int fd, const char *bytes, gsize length)
{
    while (length > 0) {
        ssize_t n = write(fd, bytes, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return FALSE;
        bytes += n;
        length -= (gsize)n;
    }
    return TRUE;
}

static gboolean
flush_folder(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    gboolean fine = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return fine;
}

/* @fd is the finished temporary file @fresh: give it its name. */
static gboolean
settle(Evidence *evidence, int fd, const char *fresh, const char *digest, GError **error)
{
    g_autofree char *path = evidence_path(evidence, digest);
    g_autofree char *folder = g_path_get_dirname(path);
    if (evidence_has(evidence, digest)) {
        unlink(fresh);
        return TRUE;
    }
    gboolean made = mkdir(folder, 0700) == 0;
    if (!made && errno != EEXIST) {
        set_errno(error, "cannot make", folder);
        return FALSE;
    }
    if (fsync(fd) != 0 || fchmod(fd, 0400) != 0 || rename(fresh, path) != 0 || !flush_folder(folder) ||
        (made && !flush_folder(evidence->dir))) {
        set_errno(error, "cannot store", path);
        return FALSE;
    }
    return TRUE;
}

typedef struct {
    int fd;
    char *path;
    GChecksum *sum;
} Fresh;

static gboolean
fresh_open(Evidence *evidence, Fresh *fresh, GError **error)
{
    fresh->path = g_build_filename(evidence->dir, "new", "XXXXXX", NULL);
    fresh->fd = g_mkstemp_full(fresh->path, O_RDWR | O_CLOEXEC, 0600);
    fresh->sum = g_checksum_new(G_CHECKSUM_SHA256);
    if (fresh->fd < 0)
        set_errno(error, "cannot write", fresh->path);
    return fresh->fd >= 0;
}

static gboolean
fresh_write(Fresh *fresh, const char *bytes, gsize length, GError **error)
{
    g_checksum_update(fresh->sum, (const guchar *)bytes, (gssize)length);
    if (write_all(fresh->fd, bytes, length))
        return TRUE;
    set_errno(error, "cannot write", fresh->path);
    return FALSE;
}

/* Returns: the digest where @fine and it could be settled. */
static char *
fresh_close(Evidence *evidence, Fresh *fresh, gboolean fine, GError **error)
{
    const char *digest = g_checksum_get_string(fresh->sum);
    fine = fine && (evidence->dry || settle(evidence, fresh->fd, fresh->path, digest, error));
    char *result = fine ? g_strdup(digest) : NULL;
    if (fresh->fd >= 0)
        close(fresh->fd);
    if ((!fine || evidence->dry) && fresh->fd >= 0)
        unlink(fresh->path);
    g_checksum_free(fresh->sum);
    g_free(fresh->path);
    return result;
}

void
evidence_set_dry(Evidence *evidence)
{
    evidence->dry = TRUE;
}

char *
evidence_put(Evidence *evidence, GBytes *bytes, GError **error)
{
    g_autofree char *digest = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, bytes);
    if (evidence_has(evidence, digest))
        return g_steal_pointer(&digest);
    Fresh fresh = { .fd = -1 };
    gsize length;
    const char *data = g_bytes_get_data(bytes, &length);
    gboolean fine = fresh_open(evidence, &fresh, error) && fresh_write(&fresh, data, length, error);
    return fresh_close(evidence, &fresh, fine, error);
}

/* An inbox is looked through every night: what is there already is read, not written again. */
static char *
known_digest(Evidence *evidence, int fd, gsize most)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    g_autofree guchar *chunk = g_malloc(COPY_CHUNK);
    gsize total = 0;
    off_t begin = lseek(fd, 0, SEEK_CUR);
    ssize_t n = 0;
    while (begin >= 0 && total <= most && (n = read(fd, chunk, COPY_CHUNK)) > 0) {
        g_checksum_update(sum, chunk, n);
        total += (gsize)n;
    }
    const char *digest = g_checksum_get_string(sum);
    gboolean known = begin >= 0 && n == 0 && total <= most && evidence_has(evidence, digest);
    if (begin >= 0 && lseek(fd, begin, SEEK_SET) < 0)
        return NULL;
    return known ? g_strdup(digest) : NULL;
}

char *
evidence_put_fd(Evidence *evidence, int fd, gsize most, GError **error)
{
    char *known = known_digest(evidence, fd, most);
    if (known)
        return known;
    Fresh fresh = { .fd = -1 };
    g_autofree char *chunk = g_malloc(COPY_CHUNK);
    gsize total = 0;
    gboolean fine = fresh_open(evidence, &fresh, error);
    while (fine) {
        ssize_t n = read(fd, chunk, COPY_CHUNK);
        if (n < 0 && errno == EINTR)
            continue;
        if (n == 0)
            break;
        total += n > 0 ? (gsize)n : 0;
        if (n < 0)
            g_set_error(error, SB_ERROR, SB_ERROR_ENV, "cannot be read: %s", g_strerror(errno));
        else if (total > most)
            g_set_error(error, SB_ERROR, SB_ERROR_LIMIT, "is larger than %" G_GSIZE_FORMAT " MB", most >> 20);
        fine = n > 0 && total <= most && fresh_write(&fresh, chunk, (gsize)n, error);
    }
    return fresh_close(evidence, &fresh, fine, error);
}

GBytes *
evidence_get(Evidence *evidence, const char *digest, GError **error)
{
    g_autofree char *path = evidence_path(evidence, digest);
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
    if (fd < 0) {
        g_set_error(error, SB_ERROR, SB_ERROR_ENV, "evidence %.16s is gone", digest ? digest : "?");
        return NULL;
    }
    g_autoptr(GBytes) bytes = read_bytes(fd, EVIDENCE_MAX_BYTES, error);
    close(fd);
    if (!bytes)
        return NULL;
    g_autofree char *now = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, bytes);
    if (strcmp(now, digest) != 0) {
        g_set_error(error, SB_ERROR, SB_ERROR_INTEGRITY, "evidence %.16s has been changed", digest);
        return NULL;
    }
    return g_steal_pointer(&bytes);
}

gboolean
evidence_remove(Evidence *evidence, const char *digest, GError **error)
{
    g_autofree char *path = evidence_path(evidence, digest);
    if (!path || unlink(path) == 0 || errno == ENOENT)
        return TRUE;
    set_errno(error, "cannot remove", path);
    return FALSE;
}
