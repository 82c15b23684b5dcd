/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * worker.c: the program sealbatch-worker: one token's calls to a vendor's module, in a process that may crash,
 * hang or lie without hurting anybody else. It answers requests on descriptor 3 (proto.h) one after another
 * and ends with its parent. It decides nothing: what to do next is the hub's step table.
 *
 * Started as `sealbatch-worker nursery [MODULE]` it is the clean process that the workers are forked from, so that
 * program start is paid once a run: it initialises no module and sees no PIN. With MODULE, that module's file is
 * loaded (for modules known to bear a fork between loading and C_Initialize).
 */
#include <dlfcn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <openssl/crypto.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "burner/backend.h"
#include "burner/readback.h"

#define LAST_CALL_MS 120000 /* for the call that a worker is in when its hub is killed: key generation takes longest */

typedef struct {
    BurnBackend *backend;
    gboolean opened;
    BurnFrame pins_frame; /* locked memory; pins points into it */
    BurnPins pins;
    GHashTable *faults;   /* return value of the module -> BurnFault; NULL = none is overridden */
} Worker;

typedef GVariant *(*Handler)(Worker *w, GVariant *in, GError **error);

static GBytes *
child_bytes(GVariant *in, gsize index)
{
    g_autoptr(GVariant) child = g_variant_get_child_value(in, index);
    return g_variant_get_data_as_bytes(child);
}

static GVariant *
bytes_tuple(GBytes *bytes)
{
    gsize size;
    const void *data = g_bytes_get_data(bytes, &size);
    return g_variant_new("(@ay)", g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, data, size, 1));
}

static GVariant *
done(gboolean ok)
{
    return ok ? g_variant_new("()") : NULL;
}

static gboolean
need_module(Worker *w, const char *module, const char *filter, GError **error)
{
    if (w->backend == NULL)
        w->backend = burn_backend_p11_open(module, filter, error);
    return w->backend != NULL;
}

static GVariant *
do_list(Worker *w, GVariant *in, GError **error)
{
    const char *module, *filter;
    g_variant_get(in, "(&s&s)", &module, &filter);
    g_autoptr(GPtrArray) tokens = need_module(w, module, filter, error) ? w->backend->list(w->backend, error) : NULL;
    if (tokens == NULL)
        return NULL;
    GVariantBuilder list;
    g_variant_builder_init(&list, G_VARIANT_TYPE("a" BURN_TOKEN_TYPE));
    for (guint i = 0; i < tokens->len; i++)
        g_variant_builder_add_value(&list, burn_token_info_pack(tokens->pdata[i]));
    return g_variant_builder_end(&list);
}

static GVariant *
do_open(Worker *w, GVariant *in, GError **error)
{
    const char *module, *filter, *serial, *label, *faults;
    guint64 slot;
    g_variant_get(in, "(&s&s&s&s&st)", &module, &filter, &serial, &label, &faults, &slot);
    w->faults = burn_faults_parse(faults);
    g_autoptr(BurnTokenInfo) info =
        need_module(w, module, filter, error) ? w->backend->open(w->backend, serial, label, slot, error) : NULL;
    w->opened = info != NULL;
    return info != NULL ? burn_token_info_pack(info) : NULL;
}

static GVariant *
do_look(Worker *w, GVariant *in, GError **error)
{
    gboolean log_in, values;
    g_variant_get(in, "(bb)", &log_in, &values);
    g_autoptr(BurnInventory) all = w->backend->look(w->backend, log_in, values, error);
    return all != NULL ? burn_inventory_pack(all) : NULL;
}

static GVariant *
do_init(Worker *w, GVariant *in, GError **error)
{
    const char *label;
    g_variant_get(in, "(&s)", &label);
    g_autoptr(BurnTokenInfo) info = w->backend->init(w->backend, label, error);
    return info != NULL ? burn_token_info_pack(info) : NULL;
}

static GVariant *
do_set_pin(Worker *w, GVariant *in, GError **error)
{
    gboolean resumed;
    g_variant_get(in, "(b)", &resumed);
    return done(w->backend->set_pin(w->backend, resumed, error));
}

static GVariant *
do_keygen(Worker *w, GVariant *in, GError **error)
{
    guint type;
    const char *label;
    g_variant_get_child(in, 0, "u", &type);
    g_variant_get_child(in, 2, "&s", &label);
    g_autoptr(GBytes) id = child_bytes(in, 1);
    g_autoptr(GBytes) key = w->backend->keygen(w->backend, type, id, label, error);
    return key != NULL ? bytes_tuple(key) : NULL;
}

static GVariant *
do_sign(Worker *w, GVariant *in, GError **error)
{
    guint type;
    g_variant_get_child(in, 0, "u", &type);
    g_autoptr(GBytes) id = child_bytes(in, 1);
    g_autoptr(GBytes) input = child_bytes(in, 2);
    g_autoptr(GBytes) signature = w->backend->sign(w->backend, type, id, input, error);
    return signature != NULL ? bytes_tuple(signature) : NULL;
}

static GVariant *
do_write_cert(Worker *w, GVariant *in, GError **error)
{
    const char *label;
    g_variant_get_child(in, 1, "&s", &label);
    g_autoptr(GBytes) id = child_bytes(in, 0);
    g_autoptr(GBytes) der = child_bytes(in, 2);
    return done(w->backend->write_cert(w->backend, id, label, der, error));
}

static GVariant *
do_write_data(Worker *w, GVariant *in, GError **error)
{
    const char *label, *application, *oid;
    g_variant_get_child(in, 0, "&s", &label);
    g_variant_get_child(in, 1, "&s", &application);
    g_variant_get_child(in, 2, "&s", &oid);
    g_autoptr(GBytes) bytes = child_bytes(in, 3);
    return done(w->backend->write_data(w->backend, label, application, oid, bytes, error));
}

static GVariant *
do_remove(Worker *w, GVariant *in, GError **error)
{
    guint kind, removed = 0;
    g_variant_get_child(in, 0, "u", &kind);
    g_autoptr(GBytes) id = child_bytes(in, 1);
    g_autoptr(GBytes) digest = child_bytes(in, 2);
    return w->backend->remove(w->backend, kind, id, digest, &removed, error) ? g_variant_new("(u)", removed) : NULL;
}

static GVariant *
do_read(Worker *w, GVariant *in, GError **error)
{
    guint kind;
    g_variant_get_child(in, 0, "u", &kind);
    g_autoptr(GBytes) digest = child_bytes(in, 1);
    g_autoptr(GBytes) value = w->backend->read(w->backend, kind, digest, error);
    return value != NULL ? bytes_tuple(value) : NULL;
}

static GVariant *
do_read_back(Worker *w, GVariant *in, GError **error)
{
    const char *module, *serial;
    guint64 slot;
    g_variant_get_child(in, 0, "&s", &module);
    g_variant_get_child(in, 1, "&s", &serial);
    g_variant_get_child(in, 4, "t", &slot);
    g_autoptr(GBytes) id = child_bytes(in, 2);
    g_autoptr(GBytes) challenge = child_bytes(in, 3);
    if (w->backend != NULL || w->pins.length[BURN_PIN_USER] == 0 || *serial == '\0') {
        g_set_error_literal(error, BURN_FAULT_ERROR, BURN_FAULT_REQUEST, "read-back wants a fresh process, a serial and a PIN");
        return NULL;
    }
    BurnReadBack all;
    GVariant *answer = NULL;
    if (burn_read_back(module, serial, slot, w->pins.pin[BURN_PIN_USER], id, challenge, &all, error)) {
        g_autoptr(GVariant) certificate = g_variant_ref_sink(bytes_tuple(all.certificate));
        g_autoptr(GVariant) signature = g_variant_ref_sink(bytes_tuple(all.signature));
        answer = g_variant_new("(@" BURN_INVENTORY_TYPE "@ay@ay)", burn_inventory_pack(all.inventory),
                               g_variant_get_child_value(certificate, 0), g_variant_get_child_value(signature, 0));
    }
    burn_read_back_clear(&all);
    return answer;
}

/* What may be asked when: a row's `opened` requests need a token, `same` checks first that it is still that one. Look
 * and init do so by themselves; later a swapped token shows itself: the session ends with the token it was opened on. */
static const struct {
    const char *type;
    gboolean opened, same;
    Handler handler;
} requests[BURN_MSG_LAST] = {
    [BURN_MSG_LIST] = { "(ss)", FALSE, FALSE, do_list },
    [BURN_MSG_OPEN] = { "(ssssst)", FALSE, FALSE, do_open },
    [BURN_MSG_LOOK] = { "(bb)", TRUE, FALSE, do_look },
    [BURN_MSG_INIT] = { "(s)", TRUE, FALSE, do_init },
    [BURN_MSG_SET_PIN] = { "(b)", TRUE, TRUE, do_set_pin },
    [BURN_MSG_KEYGEN] = { "(uays)", TRUE, TRUE, do_keygen },
    [BURN_MSG_SIGN] = { "(uayay)", TRUE, FALSE, do_sign },
    [BURN_MSG_WRITE_CERT] = { "(aysay)", TRUE, FALSE, do_write_cert },
    [BURN_MSG_WRITE_DATA] = { "(sssay)", TRUE, FALSE, do_write_data },
    [BURN_MSG_REMOVE] = { "(uayay)", TRUE, FALSE, do_remove },
    [BURN_MSG_READ_BACK] = { "(ssayayt)", FALSE, FALSE, do_read_back },
    [BURN_MSG_READ] = { "(uay)", TRUE, FALSE, do_read },
};

static GVariant *
handle(Worker *w, BurnFrame *frame, GError **error)
{
    if (frame->type == BURN_MSG_PINS) {
        burn_frame_clear(&w->pins_frame);
        w->pins_frame = *frame;
        frame->body = NULL;
        if (!burn_pins_parse(w->pins_frame.body, w->pins_frame.size, &w->pins)) {
            g_set_error_literal(error, BURN_FAULT_ERROR, BURN_FAULT_REQUEST, "malformed PINs");
            return NULL;
        }
        if (w->backend != NULL)
            w->backend->pins(w->backend, &w->pins);
        return g_variant_new("()");
    }
    g_autoptr(GVariant) in = burn_frame_request(frame, requests[frame->type].type);
    if (in == NULL || (requests[frame->type].opened && !w->opened)) {
        g_set_error_literal(error, BURN_FAULT_ERROR, BURN_FAULT_REQUEST, "malformed or untimely request");
        return NULL;
    }
    if (requests[frame->type].same && !w->backend->same(w->backend, error))
        return NULL;
    GVariant *out = requests[frame->type].handler(w, in, error);
    if (out == NULL)
        burn_faults_apply(w->faults, error);
    if (w->backend != NULL)
        w->backend->pins(w->backend, &w->pins);
    return out;
}

static gboolean
answer(BurnMessage type, GVariant *out, const GError *error)
{
    BurnFault code = error == NULL                                ? BURN_FAULT_NONE
                     : error->domain == BURN_FAULT_ERROR          ? (BurnFault)error->code
                                                                  : BURN_FAULT_DEVICE;
    g_autoptr(GVariant) body = g_variant_ref_sink(out != NULL ? out : g_variant_new("(s)", error->message));
    return burn_frame_send(BURN_PROTO_FD, type, code, g_variant_get_data(body), g_variant_get_size(body));
}

/* What a terminal or a service manager sends to all is the hub's to answer. */
static void
leave_signals_to_the_hub(void)
{
    static const int all[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };
    for (guint i = 0; i < G_N_ELEMENTS(all); i++)
        signal(all[i], SIG_IGN);
}

/* A PIN in this process must not reach a disk. */
static void
guard(int last_fd)
{
    leave_signals_to_the_hub();
    prctl(PR_SET_DUMPABLE, 0);
    setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
    close_range((guint)last_fd + 1, ~0u, 0);
    umask(077);
    CRYPTO_secure_malloc_init(16384, 16);
}

static G_NORETURN void
work(int last_fd)
{
    Worker w = { 0 };
    guard(last_fd);
    for (;;) {
        BurnFrame frame = { 0 };
        g_autoptr(GError) error = NULL;
        if (!burn_frame_receive(BURN_PROTO_FD, &frame))
            break;
        BurnMessage type = frame.type;
        GVariant *out = handle(&w, &frame, &error);
        burn_frame_clear(&frame);
        if (!answer(type, out, error))
            break;
    }
    if (w.backend != NULL)
        w.backend->close(w.backend);
    burn_frame_clear(&w.pins_frame);
    _exit(0); /* not through the module's own exit handlers */
}

/* The next worker's end of its socket; -1 at the end. */
static int
receive_socket(void)
{
    char byte, control[CMSG_SPACE(sizeof(int))];
    struct iovec iov = { &byte, 1 };
    struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control };
    struct cmsghdr *c = recvmsg(BURN_PROTO_FD, &m, MSG_CMSG_CLOEXEC) == 1 ? CMSG_FIRSTHDR(&m) : NULL;
    int fd = -1;
    if (c != NULL && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS && c->cmsg_len == CMSG_LEN(sizeof fd))
        memcpy(&fd, CMSG_DATA(c), sizeof fd);
    return fd;
}

/* OpenSSL fetches an algorithm at its first use and keeps it: what modules and libp11 use is used here once, so that
 * each worker inherits it. The key is thrown away; the random generators seed themselves anew after a fork. */
static void
warm_up(void)
{
    guint8 digest[32], signature[128], block[32] = { 0 };
    size_t size = sizeof signature;
    int n = 0;
    EVP_PKEY *key = EVP_EC_gen("P-256"), *back = NULL;
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
    unsigned char *der = NULL;
    RAND_bytes(digest, sizeof digest);
    RAND_priv_bytes(digest, sizeof digest);
    EVP_Digest("", 0, digest, NULL, EVP_sha256(), NULL);
    if (EVP_DigestSignInit(md, NULL, EVP_sha256(), NULL, key) == 1)
        EVP_DigestSign(md, signature, &size, digest, sizeof digest);
    if (EVP_EncryptInit_ex(cipher, EVP_aes_256_cbc(), NULL, digest, digest) == 1)
        EVP_EncryptUpdate(cipher, block, &n, digest, 16);
    if ((n = i2d_PUBKEY(key, &der)) > 0)
        back = d2i_PUBKEY(NULL, &(const unsigned char *){ der }, n);
    EVP_PKEY_free(back);
    OPENSSL_free(der);
    EVP_CIPHER_CTX_free(cipher);
    EVP_MD_CTX_free(md);
    EVP_PKEY_free(key);
}

/* Waits until one has ended, @ms at most, and lets go of all that have. Returns: how many are left. */
static guint
count_living(GArray *workers, int ms)
{
    poll((struct pollfd *)(void *)workers->data, workers->len, ms);
    for (guint i = workers->len; i > 0; i--) {
        struct pollfd *p = &g_array_index(workers, struct pollfd, i - 1);
        if (p->revents != 0) {
            close(p->fd);
            g_array_remove_index_fast(workers, i - 1);
        }
    }
    return workers->len;
}

/*
 * The hub was killed. A worker outlives it by the one call that it is in, since a module that is killed in the middle of
 * a write may leave half a token (SoftHSM2 rewrites token.object in place); then its socket is at an end and so is it.
 * No signal tells it: that would interrupt the module. Whoever hangs is killed here.
 */
static void
see_off(GArray *workers)
{
    gint64 until = g_get_monotonic_time() + LAST_CALL_MS * G_GINT64_CONSTANT(1000), now;
    close(BURN_LOCK_FD); /* the workers hold the lock, as long as they live */
    while (count_living(workers, 0) > 0 && (now = g_get_monotonic_time()) < until)
        count_living(workers, (int)((until - now) / 1000) + 1);
    for (guint i = 0; i < workers->len; i++)
        pidfd_send_signal(g_array_index(workers, struct pollfd, i).fd, SIGKILL, NULL, 0);
}

/* A worker is the hub's child, not the nursery's (CLONE_PARENT): the hub waits for it. */
static pid_t
fork_worker(int fd, GArray *workers)
{
    int pidfd = -1;
    pid_t pid = (pid_t)syscall(SYS_clone, CLONE_PARENT | CLONE_PIDFD | SIGCHLD, 0, &pidfd, NULL, 0);
    if (pid == 0) {
        if (dup2(fd, BURN_PROTO_FD) < 0)
            _exit(1);
        work(BURN_LOCK_FD);
    }
    if (pid > 0)
        g_array_append_val(workers, ((struct pollfd){ pidfd, POLLIN, 0 }));
    return pid;
}

static G_NORETURN void
nurse(const char *module)
{
    g_autoptr(GArray) workers = g_array_new(FALSE, FALSE, sizeof(struct pollfd));
    int fd;
    leave_signals_to_the_hub();
    warm_up();
    if (module != NULL)
        dlopen(module, RTLD_NOW | RTLD_LOCAL);
    while ((fd = receive_socket()) >= 0) {
        count_living(workers, 0);
        pid_t pid = fork_worker(fd, workers);
        close(fd);
        if (send(BURN_PROTO_FD, &pid, sizeof pid, MSG_NOSIGNAL) != sizeof pid)
            break;
    }
    see_off(workers);
    _exit(0);
}

int
main(int argc, char **argv)
{
    struct stat st;
    if (fstat(BURN_PROTO_FD, &st) != 0 || !S_ISSOCK(st.st_mode)) {
        g_printerr("sealbatch-worker is started by sealbatch, with a socket on descriptor 3\n");
        return 2;
    }
    if (argc > 1 && strcmp(argv[1], "nursery") == 0)
        nurse(argc > 2 ? argv[2] : NULL);
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* alone it only reads and signs: nothing can be left half done */
    work(BURN_PROTO_FD);
}
