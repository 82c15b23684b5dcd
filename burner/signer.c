/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * signer.c: a worker asked one question at a time, and waited for.
 */
#include "burner/signer.h"

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

#include "burner/inventory.h"
#include "burner/proto.h"
#include "core/error.h"

#define DEFAULT_CALL_MS 30000
#define DIGEST_BYTES 32

extern char **environ;

struct BurnSigner {
    pid_t pid;
    int fd;
    GBytes *key_id;
    gboolean pin_refused;
};

/* ---- the worker ---- */

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
spawn(BurnSigner *signer, const char *program, guint32 mechanism, int child_end)
{
    g_autofree char *number = g_strdup_printf("0x%08x", mechanism);
    g_auto(GStrv) env = g_environ_setenv(g_strdupv(environ), BURN_SM2_MECHANISM_ENV, number, TRUE);
    char *argv[] = { (char *)program, NULL };
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, child_end, BURN_PROTO_FD);
    int rc = posix_spawn(&signer->pid, program, &actions, NULL, argv, env);
    posix_spawn_file_actions_destroy(&actions);
    return rc;
}

static gboolean
start(BurnSigner *signer, const BurnSignerConfig *config, GError **error)
{
    g_autofree char *program = worker_program(config->worker);
    int pair[2] = { -1, -1 }, high = -1, rc = 0;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0 ||
        (high = fcntl(pair[1], F_DUPFD_CLOEXEC, BURN_PROTO_FD + 1)) < 0) /* dup2 onto itself keeps close-on-exec */
        rc = errno;
    else
        rc = spawn(signer, program, config->mechanism, high);
    if (pair[1] >= 0)
        close(pair[1]);
    if (high >= 0)
        close(high);
    signer->fd = pair[0];
    if (rc != 0) {
        signer->pid = 0;
        g_set_error(error, SB_ERROR, SB_ERROR_ENV, "%s cannot be started: %s", program, g_strerror(rc));
        return FALSE;
    }
    guint ms = config->call_ms ? config->call_ms : DEFAULT_CALL_MS;
    struct timeval patience = { ms / 1000, (ms % 1000) * 1000 };
    setsockopt(signer->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    return TRUE;
}

/* ---- questions ---- */

static void
set_fault(BurnSigner *signer, BurnFrame *frame, GError **error)
{
    BurnFault fault = frame->fault;
    g_autoptr(GVariant) body = burn_frame_variant(frame, "(s)");
    const char *text = "the worker tells no reason";
    if (body)
        g_variant_get(body, "(&s)", &text);
    gboolean pin = fault == BURN_FAULT_PIN || fault == BURN_FAULT_LOCKED;
    signer->pin_refused = signer->pin_refused || pin;
    g_set_error(error, SB_ERROR, pin ? SB_ERROR_PIN : SB_ERROR_TOKEN, "signing token: %s", text);
}

/* The answer to what was just sent; NULL with an error. After silence the worker is of no more use. */
static GVariant *
answer(BurnSigner *signer, gboolean sent, BurnMessage message, const char *type, GError **error)
{
    BurnFrame frame = { 0 };
    if (!sent || !burn_frame_receive(signer->fd, &frame) || frame.type != message) {
        burn_frame_clear(&frame);
        close(signer->fd);
        signer->fd = -1;
        g_set_error(error, SB_ERROR, SB_ERROR_TOKEN, "signing token: no answer from the module in time");
        return NULL;
    }
    GVariant *body = NULL;
    if (frame.fault != BURN_FAULT_NONE)
        set_fault(signer, &frame, error);
    else if (message == BURN_MSG_PINS) /* answered with nothing inside */
        body = g_variant_ref_sink(g_variant_new("()"));
    else if (!(body = burn_frame_variant(&frame, type)))
        g_set_error(error, SB_ERROR, SB_ERROR_TOKEN, "signing token: the worker's answer cannot be read");
    burn_frame_clear(&frame);
    return body;
}

static GVariant *
ask(BurnSigner *signer, BurnMessage message, GVariant *body, const char *type, GError **error)
{
    g_autoptr(GVariant) question = g_variant_ref_sink(body);
    gboolean sent = signer->fd >= 0 && burn_frame_send(signer->fd, message, BURN_FAULT_NONE,
                                                       g_variant_get_data(question), g_variant_get_size(question));
    if (signer->fd < 0) {
        g_set_error(error, SB_ERROR, SB_ERROR_TOKEN, "signing token: its worker has gone");
        return NULL;
    }
    return answer(signer, sent, message, type, error);
}

static gboolean
give_pin(BurnSigner *signer, const BurnPin *pin, GError **error)
{
    BurnPins pins = { 0 };
    pins.length[BURN_PIN_USER] = (guint8)burn_pin_length(pin);
    pins.pin[BURN_PIN_USER] = burn_pin_bytes(pin);
    guint8 *body = OPENSSL_secure_malloc(BURN_PROTO_PINS_MAX);
    gsize size = burn_pins_pack(&pins, body);
    gboolean sent = burn_frame_send(signer->fd, BURN_MSG_PINS, BURN_FAULT_NONE, body, size);
    OPENSSL_secure_clear_free(body, BURN_PROTO_PINS_MAX);
    g_autoptr(GVariant) taken = answer(signer, sent, BURN_MSG_PINS, "()", error);
    return taken != NULL;
}

BurnSigner *
burn_signer_open(const BurnSignerConfig *config, const BurnPin *pin, GError **error)
{
    if (!config->serial || !*config->serial || !config->mechanism) {
        g_set_error(error, SB_ERROR, SB_ERROR_TOKEN, "a signing token is named by its serial and its SM2 mechanism");
        return NULL;
    }
    g_autoptr(BurnSigner) signer = g_new0(BurnSigner, 1);
    signer->fd = -1;
    signer->key_id = config->key_id ? g_bytes_ref(config->key_id) : g_bytes_new(NULL, 0);
    if (!start(signer, config, error))
        return NULL;
    g_autoptr(GVariant) token =
        ask(signer, BURN_MSG_OPEN, g_variant_new("(sssss)", config->module, "", config->serial, "", ""),
            BURN_TOKEN_TYPE, error);
    if (!token || !give_pin(signer, pin, error))
        return NULL;
    return g_steal_pointer(&signer);
}

static GVariant *
byte_array(gconstpointer data, gsize length)
{
    return g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, data, length, 1);
}

GBytes *
burn_signer_sign(BurnSigner *signer, const guint8 *digest, gsize length, GError **error)
{
    gsize id_length;
    gconstpointer id = g_bytes_get_data(signer->key_id, &id_length);
    if (length != DIGEST_BYTES || signer->pin_refused) {
        g_set_error(error, SB_ERROR, length == DIGEST_BYTES ? SB_ERROR_PIN : SB_ERROR_TOKEN, "signing token: %s",
                    length == DIGEST_BYTES ? "its PIN was refused and is not tried again" : "a digest is 32 bytes");
        return NULL;
    }
    g_autoptr(GVariant) reply = ask(
        signer, BURN_MSG_SIGN,
        g_variant_new("(u@ay@ay)", BURN_KEY_SM2, byte_array(id, id_length), byte_array(digest, length)), "(ay)", error);
    g_autoptr(GVariant) signature = reply ? g_variant_get_child_value(reply, 0) : NULL;
    return signature ? g_variant_get_data_as_bytes(signature) : NULL;
}

/* The closed socket ends the worker; one that hangs in its module is killed. */
void
burn_signer_free(BurnSigner *signer)
{
    if (!signer)
        return;
    if (signer->fd >= 0)
        close(signer->fd);
    for (guint i = 0; signer->pid > 0 && i < 200; i++) {
        if (waitpid(signer->pid, NULL, WNOHANG) != 0)
            signer->pid = 0;
        else
            g_usleep(10000);
    }
    if (signer->pid > 0) {
        kill(signer->pid, SIGKILL);
        while (waitpid(signer->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    g_bytes_unref(signer->key_id);
    g_free(signer);
}
