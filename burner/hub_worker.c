/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hub_worker.c: the parent's end of a worker's socket, with watchdog. */
#include "burner/hub_worker.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <openssl/crypto.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/error.h"

#define NURSERY_MS 10000 /* a fork takes a millisecond; a swapping machine longer */

extern char **environ;

struct BurnWorker {
    GMainContext *context;
    pid_t pid;
    int pidfd;
    int fd;
    GSource *reader, *writer, *deadline, *death;
    GByteArray *out;        /* what is not sent yet */
    guint8 header[BURN_FRAME_HEADER];
    gsize header_got, body_got;
    BurnFrame frame;
    BurnMessage asked;      /* 0: no question is open */
    const char *answer_type;
    BurnAnswerFunc done;
    gpointer data;
    BurnClosedFunc closed;
    gpointer closed_data;
};

static void
drop(GSource **source)
{
    if (*source != NULL) {
        g_source_destroy(*source);
        g_source_unref(*source);
        *source = NULL;
    }
}

static GSource *
attach(BurnWorker *w, GSource *source, GSourceFunc func)
{
    g_source_set_callback(source, func, w, NULL);
    g_source_attach(source, w->context);
    return source;
}

static void
hang_up(BurnWorker *w)
{
    drop(&w->reader);
    drop(&w->writer);
    drop(&w->deadline);
    if (w->fd >= 0)
        close(w->fd);
    w->fd = -1;
}

static void
bury(BurnWorker *w)
{
    if (w->pid > 0) {
        kill(w->pid, SIGKILL);
        while (waitpid(w->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    w->pid = 0;
}

/* The open question ends with a fault; the process with SIGKILL, if it is still there. */
static void
give_up(BurnWorker *w, const char *text)
{
    drop(&w->death);
    BurnAnswerFunc done = w->done;
    hang_up(w);
    bury(w);
    burn_frame_clear(&w->frame);
    w->asked = 0;
    w->done = NULL;
    if (done != NULL)
        done(w, BURN_FAULT_DEVICE, NULL, text, w->data);
}

static gboolean
on_deadline(gpointer data)
{
    give_up(data, "the token or its module did not answer in time; its process was ended");
    return G_SOURCE_REMOVE;
}

static gboolean
on_end_of_talker(gint fd, GIOCondition condition, gpointer data)
{
    give_up(data, "the worker answered garbage; its process has ended");
    return G_SOURCE_REMOVE;
}

/* What it says is of no use, but it may be in the middle of a write on its key, which SIGKILL would tear: nothing is
 * heard any more, and it ends with its call, or at the question's deadline. */
static void
stop_listening(BurnWorker *w)
{
    if (w->asked == 0 || w->pidfd < 0) {
        give_up(w, "the worker answered garbage; its process was ended");
        return;
    }
    drop(&w->reader);
    drop(&w->writer);
    close(w->fd);
    w->fd = -1;
    burn_frame_clear(&w->frame);
    w->death = g_unix_fd_source_new(w->pidfd, G_IO_IN);
    attach(w, w->death, G_SOURCE_FUNC(on_end_of_talker));
}

/* ---- reading ---- */

static void
finish_answer(BurnWorker *w)
{
    BurnFault fault = w->frame.fault;
    if (w->frame.type != w->asked) {
        stop_listening(w);
        return;
    }
    g_autoptr(GVariant) body = burn_frame_variant(&w->frame, fault == BURN_FAULT_NONE ? w->answer_type : "(s)");
    burn_frame_clear(&w->frame);
    if (body == NULL) {
        stop_listening(w);
        return;
    }
    const char *text = NULL;
    if (fault != BURN_FAULT_NONE)
        g_variant_get(body, "(&s)", &text);
    BurnAnswerFunc done = w->done;
    drop(&w->deadline);
    w->asked = 0;
    w->done = NULL;
    done(w, fault, fault == BURN_FAULT_NONE ? body : NULL, text, w->data);
}

/* FALSE: nothing more to read now, or the worker is gone. */
static gboolean
read_some(BurnWorker *w)
{
    gboolean in_header = w->header_got < BURN_FRAME_HEADER;
    guint8 *to = in_header ? w->header + w->header_got : w->frame.body + w->body_got;
    gsize want = in_header ? BURN_FRAME_HEADER - w->header_got : w->frame.size - w->body_got;
    ssize_t n = read(w->fd, to, want);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return FALSE;
    if (n <= 0) {
        give_up(w, "the module ended its process (crash)");
        return FALSE;
    }
    if (!in_header) {
        w->body_got += (gsize)n;
    } else if ((w->header_got += (gsize)n) == BURN_FRAME_HEADER) {
        if (w->asked == 0 || !burn_frame_parse(w->header, &w->frame)) {
            stop_listening(w);
            return FALSE;
        }
        w->frame.body = g_malloc0(w->frame.size + 1);
        w->body_got = 0;
    }
    return TRUE;
}

static gboolean
on_readable(gint fd, GIOCondition condition, gpointer data)
{
    BurnWorker *w = data;
    while (read_some(w))
        if (w->header_got == BURN_FRAME_HEADER && w->body_got == w->frame.size) {
            w->header_got = 0;
            finish_answer(w); /* may close the worker */
            return G_SOURCE_CONTINUE;
        }
    return G_SOURCE_CONTINUE;
}

/* ---- writing ---- */

static gboolean
write_some(BurnWorker *w)
{
    while (w->out->len > 0) {
        ssize_t n = send(w->fd, w->out->data, w->out->len, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno == EAGAIN; /* else the reader sees the end of the process */
        g_byte_array_remove_range(w->out, 0, (guint)n);
    }
    return FALSE;
}

static gboolean
on_writable(gint fd, GIOCondition condition, gpointer data)
{
    BurnWorker *w = data;
    if (write_some(w))
        return G_SOURCE_CONTINUE;
    g_clear_pointer(&w->writer, g_source_unref);
    return G_SOURCE_REMOVE;
}

static gboolean
on_dead_question(gpointer data)
{
    give_up(data, "the worker process is gone");
    return G_SOURCE_REMOVE;
}

static void
open_question(BurnWorker *w, BurnMessage type, const char *answer_type, guint deadline_ms, BurnAnswerFunc done,
              gpointer data)
{
    g_assert(w->asked == 0);
    w->asked = type;
    w->answer_type = answer_type;
    w->done = done;
    w->data = data;
    gboolean gone = w->fd < 0;
    w->deadline = attach(w, gone ? g_idle_source_new() : g_timeout_source_new(deadline_ms),
                         gone ? on_dead_question : on_deadline);
}

static void
send_out(BurnWorker *w)
{
    if (w->fd < 0 || w->writer != NULL || !write_some(w))
        return;
    w->writer = g_unix_fd_source_new(w->fd, G_IO_OUT);
    attach(w, w->writer, G_SOURCE_FUNC(on_writable));
}

void
burn_worker_ask(BurnWorker *w, BurnMessage type, GVariant *body, const char *answer_type, guint deadline_ms,
                BurnAnswerFunc done, gpointer data)
{
    g_autoptr(GVariant) v = g_variant_ref_sink(body);
    guint8 header[BURN_FRAME_HEADER];
    gsize size = g_variant_get_size(v);
    open_question(w, type, answer_type, deadline_ms, done, data);
    burn_frame_header(header, type, BURN_FAULT_NONE, size);
    g_byte_array_append(w->out, header, sizeof header);
    if (size > 0)
        g_byte_array_append(w->out, g_variant_get_data(v), (guint)size);
    send_out(w);
}

/* Straight from locked memory into the socket, which has room for it: it is empty between questions. */
void
burn_worker_ask_pins(BurnWorker *w, const BurnPins *pins, guint deadline_ms, BurnAnswerFunc done, gpointer data)
{
    guint8 *frame = OPENSSL_secure_zalloc(BURN_FRAME_HEADER + BURN_PROTO_PINS_MAX);
    gsize size = burn_pins_pack(pins, frame + BURN_FRAME_HEADER);
    burn_frame_header(frame, BURN_MSG_PINS, BURN_FAULT_NONE, size);
    open_question(w, BURN_MSG_PINS, "()", deadline_ms, done, data);
    if (w->fd >= 0 && send(w->fd, frame, BURN_FRAME_HEADER + size, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
        kill(w->pid, SIGKILL); /* the reader will notice */
    OPENSSL_secure_clear_free(frame, BURN_FRAME_HEADER + BURN_PROTO_PINS_MAX);
}

/* ---- starting ---- */

struct BurnNursery {
    char *program, *preload;
    pid_t pid;
    int fd, lock_fd;
};

static gboolean
spawn(BurnNursery *n, int child_end)
{
    posix_spawn_file_actions_t actions;
    char *argv[] = { n->program, (char *)"nursery", n->preload, NULL };
    posix_spawn_file_actions_init(&actions);
    /* what a module prints is nobody's business: some print PINs */
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, child_end, BURN_PROTO_FD);
    if (n->lock_fd >= 0)
        posix_spawn_file_actions_adddup2(&actions, n->lock_fd, BURN_LOCK_FD);
    else
        posix_spawn_file_actions_addclose(&actions, BURN_LOCK_FD);
    int rc = posix_spawn(&n->pid, n->program, &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    return rc == 0;
}

/* The child's end must lie above what the worker gets: dup2 would overwrite it, or onto itself keep close-on-exec. */
static gboolean
socket_pair(int pair[2])
{
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return FALSE;
    int high = fcntl(pair[1], F_DUPFD_CLOEXEC, BURN_LOCK_FD + 1);
    close(pair[1]);
    pair[1] = high;
    return high >= 0;
}

static void
stop(BurnNursery *n)
{
    if (n->fd >= 0)
        close(n->fd);
    n->fd = -1;
    if (n->pid > 0) {
        kill(n->pid, SIGKILL);
        while (waitpid(n->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    n->pid = 0;
}

static gboolean
start(BurnNursery *n, GError **error)
{
    int pair[2] = { -1, -1 };
    gboolean ok = socket_pair(pair) && spawn(n, pair[1]);
    int cause = errno;
    if (pair[1] >= 0)
        close(pair[1]);
    n->fd = pair[0];
    if (!ok)
        g_set_error(error, SB_ERROR, SB_ERROR_ENV, "%s cannot be started: %s", n->program, g_strerror(cause));
    return ok;
}

BurnNursery *
burn_nursery_start(const char *program, const char *preload, int lock_fd, GError **error)
{
    BurnNursery *n = g_new0(BurnNursery, 1);
    n->program = g_strdup(program);
    n->preload = g_strdup(preload);
    n->fd = -1;
    n->lock_fd = lock_fd > 0 ? fcntl(lock_fd, F_DUPFD_CLOEXEC, BURN_LOCK_FD + 1) : -1;
    if (start(n, error))
        return n;
    burn_nursery_stop(n);
    return NULL;
}

void
burn_nursery_stop(BurnNursery *n)
{
    if (n == NULL)
        return;
    stop(n);
    if (n->lock_fd >= 0)
        close(n->lock_fd);
    g_free(n->program);
    g_free(n->preload);
    g_free(n);
}

/* Hands the worker's end of the socket over; the answer is its process id. 0: the nursery is of no use. */
static pid_t
ask_for_child(BurnNursery *n, int child_end)
{
    char byte = 'w', control[CMSG_SPACE(sizeof child_end)] = { 0 };
    struct iovec iov = { &byte, 1 };
    struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control };
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof child_end);
    memcpy(CMSG_DATA(c), &child_end, sizeof child_end);
    pid_t pid = 0;
    struct pollfd p = { n->fd, POLLIN, 0 };
    if (n->fd < 0 || sendmsg(n->fd, &m, MSG_NOSIGNAL) != 1 || poll(&p, 1, NURSERY_MS) != 1 ||
        read(n->fd, &pid, sizeof pid) != sizeof pid)
        return 0;
    return MAX(pid, 0);
}

/* Each try has a socket of its own: a nursery that dies may have forked a worker that it told nobody of, and two workers
 * on one socket would take each other's requests. That one ends with its socket. */
static pid_t
child_of(BurnNursery *n, int *fd, GError **error)
{
    for (guint i = 0; i < 2; i++) {
        int pair[2] = { -1, -1 };
        if (!socket_pair(pair) || fcntl(pair[0], F_SETFL, O_NONBLOCK) != 0) {
            g_set_error(error, SB_ERROR, SB_ERROR_ENV, "no socket for a worker: %s", g_strerror(errno));
            return 0;
        }
        pid_t pid = ask_for_child(n, pair[1]);
        close(pair[1]);
        *fd = pair[0];
        if (pid > 0)
            return pid;
        close(pair[0]);
        stop(n);
        if (!start(n, error))
            return 0;
    }
    g_set_error(error, SB_ERROR, SB_ERROR_ENV, "%s starts no worker", n->program);
    return 0;
}

BurnWorker *
burn_worker_start(BurnNursery *nursery, GMainContext *context, GError **error)
{
    int fd = -1;
    pid_t pid = child_of(nursery, &fd, error);
    if (pid == 0)
        return NULL;
    BurnWorker *w = g_new0(BurnWorker, 1);
    w->context = g_main_context_ref(context);
    w->pid = pid;
    w->pidfd = pidfd_open(pid, 0);
    w->fd = fd;
    w->out = g_byte_array_new();
    w->reader = g_unix_fd_source_new(w->fd, G_IO_IN | G_IO_HUP | G_IO_ERR);
    attach(w, w->reader, G_SOURCE_FUNC(on_readable));
    return w;
}

/* ---- ending ---- */

gboolean
burn_worker_alive(const BurnWorker *worker)
{
    return worker->fd >= 0;
}

static void
free_worker(BurnWorker *w)
{
    hang_up(w);
    bury(w);
    drop(&w->death);
    if (w->pidfd >= 0)
        close(w->pidfd);
    burn_frame_clear(&w->frame);
    g_byte_array_unref(w->out);
    g_main_context_unref(w->context);
    g_free(w);
}

static void
closed(BurnWorker *w)
{
    BurnClosedFunc func = w->closed;
    gpointer data = w->closed_data;
    free_worker(w);
    func(data);
}

static gboolean
on_death(gint fd, GIOCondition condition, gpointer data)
{
    closed(data);
    return G_SOURCE_REMOVE;
}

static gboolean
on_no_death(gpointer data)
{
    closed(data);
    return G_SOURCE_REMOVE;
}

void
burn_worker_close(BurnWorker *w, guint deadline_ms, BurnClosedFunc func, gpointer data)
{
    g_assert(w->asked == 0);
    hang_up(w);
    w->closed = func;
    w->closed_data = data;
    gboolean watched = w->pid > 0 && w->pidfd >= 0;
    w->deadline = attach(w, watched ? g_timeout_source_new(deadline_ms) : g_idle_source_new(), on_no_death);
    if (watched) {
        w->death = g_unix_fd_source_new(w->pidfd, G_IO_IN);
        attach(w, w->death, G_SOURCE_FUNC(on_death));
    }
}

void
burn_worker_kill(BurnWorker *w)
{
    free_worker(w);
}
