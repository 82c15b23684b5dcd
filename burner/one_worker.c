/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * one_worker.c: a worker asked one question at a time, and waited for.
 */
#include "burner/one_worker.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/error.h"

#define DEFAULT_CALL_MS 30000

extern char **environ;

struct BurnOneWorker {
    pid_t pid;
    int fd; /* -1: of no more use */
};

static char *
worker_program(const char *named)
{
    if (named)
        return g_strdup(named);
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = self ? g_path_get_dirname(self) : g_strdup(".");
    return g_build_filename(folder, "sealbatch-worker", NULL);
}

/* What a module prints is nobody's business: some print PINs. */
static int
spawn(BurnOneWorker *worker, const char *program, char **env, int child_end)
{
    char *argv[] = { (char *)program, NULL };
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, child_end, BURN_PROTO_FD);
    int rc = posix_spawn(&worker->pid, program, &actions, NULL, argv, env ? env : environ);
    posix_spawn_file_actions_destroy(&actions);
    return rc;
}

BurnOneWorker *
burn_one_worker_start(const char *named, char **env, guint call_ms, GError **error)
{
    g_autoptr(BurnOneWorker) worker = g_new0(BurnOneWorker, 1);
    g_autofree char *program = worker_program(named);
    int pair[2] = { -1, -1 }, high = -1, rc = 0;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0 ||
        (high = fcntl(pair[1], F_DUPFD_CLOEXEC, BURN_PROTO_FD + 1)) < 0) /* dup2 onto itself keeps close-on-exec */
        rc = errno;
    else
        rc = spawn(worker, program, env, high);
    if (pair[1] >= 0)
        close(pair[1]);
    if (high >= 0)
        close(high);
    worker->fd = pair[0];
    if (rc != 0) {
        worker->pid = 0;
        g_set_error(error, SB_ERROR, SB_ERROR_ENV, "%s cannot be started: %s", program, g_strerror(rc));
        return NULL;
    }
    guint ms = call_ms ? call_ms : DEFAULT_CALL_MS;
    struct timeval patience = { ms / 1000, (ms % 1000) * 1000 };
    setsockopt(worker->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    return g_steal_pointer(&worker);
}

static void
set_fault(BurnFrame *frame, GError **error)
{
    BurnFault fault = frame->fault;
    g_autoptr(GVariant) body = burn_frame_variant(frame, "(s)");
    const char *text = "the worker tells no reason";
    if (body)
        g_variant_get(body, "(&s)", &text);
    gboolean pin = fault == BURN_FAULT_PIN || fault == BURN_FAULT_LOCKED;
    g_set_error(error, SB_ERROR, pin ? SB_ERROR_PIN : SB_ERROR_TOKEN, "token: %s", text);
}

/* The answer to what was just sent; NULL with an error. After silence the worker is of no more use. */
static GVariant *
answer(BurnOneWorker *worker, gboolean sent, BurnMessage message, const char *type, GError **error)
{
    BurnFrame frame = { 0 };
    if (!sent || !burn_frame_receive(worker->fd, &frame) || frame.type != message) {
        burn_frame_clear(&frame);
        close(worker->fd);
        worker->fd = -1;
        g_set_error(error, SB_ERROR, SB_ERROR_TOKEN, "token: no answer from the module in time");
        return NULL;
    }
    GVariant *body = NULL;
    if (frame.fault != BURN_FAULT_NONE)
        set_fault(&frame, error);
    else if (message == BURN_MSG_PINS) /* answered with nothing inside */
        body = g_variant_ref_sink(g_variant_new("()"));
    else if (!(body = burn_frame_variant(&frame, type)))
        g_set_error(error, SB_ERROR, SB_ERROR_TOKEN, "token: the worker's answer cannot be read");
    burn_frame_clear(&frame);
    return body;
}

static gboolean
is_there(const BurnOneWorker *worker, GError **error)
{
    if (worker->fd < 0)
        g_set_error(error, SB_ERROR, SB_ERROR_TOKEN, "token: its worker has gone");
    return worker->fd >= 0;
}

GVariant *
burn_one_worker_ask(BurnOneWorker *worker, BurnMessage message, GVariant *body, const char *type, GError **error)
{
    g_autoptr(GVariant) question = g_variant_ref_sink(body);
    if (!is_there(worker, error))
        return NULL;
    gboolean sent = burn_frame_send(worker->fd, message, BURN_FAULT_NONE, g_variant_get_data(question),
                                    g_variant_get_size(question));
    return answer(worker, sent, message, type, error);
}

gboolean
burn_one_worker_give_pin(BurnOneWorker *worker, const BurnPin *pin, GError **error)
{
    BurnPins pins = { 0 };
    pins.length[BURN_PIN_USER] = (guint8)burn_pin_length(pin);
    pins.pin[BURN_PIN_USER] = burn_pin_bytes(pin);
    if (!is_there(worker, error))
        return FALSE;
    guint8 *body = OPENSSL_secure_malloc(BURN_PROTO_PINS_MAX);
    gsize size = burn_pins_pack(&pins, body);
    gboolean sent = burn_frame_send(worker->fd, BURN_MSG_PINS, BURN_FAULT_NONE, body, size);
    OPENSSL_secure_clear_free(body, BURN_PROTO_PINS_MAX);
    g_autoptr(GVariant) taken = answer(worker, sent, BURN_MSG_PINS, "()", error);
    return taken != NULL;
}

/* The closed socket ends the worker; one that hangs in its module is killed. */
void
burn_one_worker_free(BurnOneWorker *worker)
{
    if (!worker)
        return;
    if (worker->fd >= 0)
        close(worker->fd);
    for (guint i = 0; worker->pid > 0 && i < 200; i++) {
        if (waitpid(worker->pid, NULL, WNOHANG) != 0)
            worker->pid = 0;
        else
            g_usleep(10000);
    }
    if (worker->pid > 0) {
        kill(worker->pid, SIGKILL);
        while (waitpid(worker->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    g_free(worker);
}
