/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "burner/proto.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define REQUEST_CHECKED 1024u

static void
put32(guint8 *p, guint32 v)
{
    v = GUINT32_TO_BE(v);
    memcpy(p, &v, 4);
}

static void
put16(guint8 *p, guint16 v)
{
    v = GUINT16_TO_BE(v);
    memcpy(p, &v, 2);
}

void
burn_frame_header(guint8 header[BURN_FRAME_HEADER], BurnMessage type, BurnFault fault, gsize size)
{
    g_assert(size <= BURN_PROTO_BODY_MAX);
    put32(header, (guint32)size);
    put16(header + 4, (guint16)type);
    put16(header + 6, (guint16)fault);
}

gboolean
burn_frame_parse(const guint8 header[BURN_FRAME_HEADER], BurnFrame *frame)
{
    guint32 size;
    guint16 type, fault;
    memcpy(&size, header, 4);
    memcpy(&type, header + 4, 2);
    memcpy(&fault, header + 6, 2);
    size = GUINT32_FROM_BE(size);
    type = GUINT16_FROM_BE(type);
    fault = GUINT16_FROM_BE(fault);
    if (type == 0 || type >= BURN_MSG_LAST || fault >= BURN_FAULT_LAST || size > BURN_PROTO_BODY_MAX ||
        (type == BURN_MSG_PINS && size > BURN_PROTO_PINS_MAX))
        return FALSE;
    *frame = (BurnFrame){ .type = type, .fault = fault, .size = size };
    return TRUE;
}

void
burn_frame_clear(BurnFrame *frame)
{
    if (frame->locked)
        OPENSSL_secure_clear_free(frame->body, frame->size + 1);
    else
        g_free(frame->body);
    *frame = (BurnFrame){ 0 };
}

gboolean
burn_frame_send(int fd, BurnMessage type, BurnFault fault, const void *body, gsize size)
{
    guint8 header[BURN_FRAME_HEADER];
    burn_frame_header(header, type, fault, size);
    struct iovec iov[2] = { { header, sizeof header }, { (void *)body, size } };
    struct msghdr message = { .msg_iov = iov, .msg_iovlen = size > 0 ? 2 : 1 };
    while (message.msg_iovlen > 0) {
        ssize_t n = sendmsg(fd, &message, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return FALSE;
        while (n > 0 && message.msg_iovlen > 0) {
            gsize step = MIN((gsize)n, message.msg_iov->iov_len);
            message.msg_iov->iov_base = (guint8 *)message.msg_iov->iov_base + step;
            message.msg_iov->iov_len -= step;
            n -= (ssize_t)step;
            if (message.msg_iov->iov_len == 0) {
                message.msg_iov++;
                message.msg_iovlen--;
            }
        }
    }
    return TRUE;
}

static gboolean
read_all(int fd, guint8 *to, gsize size)
{
    while (size > 0) {
        ssize_t n = read(fd, to, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return FALSE;
        to += n;
        size -= (gsize)n;
    }
    return TRUE;
}

gboolean
burn_frame_receive(int fd, BurnFrame *frame)
{
    guint8 header[BURN_FRAME_HEADER];
    if (!read_all(fd, header, sizeof header) || !burn_frame_parse(header, frame))
        return FALSE;
    frame->locked = frame->type == BURN_MSG_PINS;
    frame->body = frame->locked ? OPENSSL_secure_malloc(frame->size + 1) : g_malloc(frame->size + 1);
    if (frame->body == NULL || !read_all(fd, frame->body, frame->size)) {
        burn_frame_clear(frame);
        return FALSE;
    }
    frame->body[frame->size] = 0;
    return TRUE;
}

static GVariant *
variant_of(BurnFrame *frame, const char *type, gboolean check)
{
    if (!g_variant_type_string_is_valid(type) || frame->body == NULL || frame->locked)
        return NULL;
    g_autoptr(GBytes) bytes = g_bytes_new_take(g_steal_pointer(&frame->body), frame->size);
    g_autoptr(GVariant) variant = g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(type), bytes, FALSE));
    return !check || g_variant_is_normal_form(variant) ? g_steal_pointer(&variant) : NULL;
}

GVariant *
burn_frame_variant(BurnFrame *frame, const char *type)
{
    return variant_of(frame, type, TRUE);
}

GVariant *
burn_frame_request(BurnFrame *frame, const char *type)
{
    return variant_of(frame, type, frame->size <= REQUEST_CHECKED);
}

gsize
burn_pins_pack(const BurnPins *pins, guint8 *out)
{
    gsize at = 0;
    for (guint i = 0; i < G_N_ELEMENTS(pins->length); i++) {
        out[at++] = pins->length[i];
        memcpy(out + at, pins->pin[i] != NULL ? pins->pin[i] : "", pins->length[i]);
        at += pins->length[i];
        out[at++] = 0;
    }
    return at;
}

gboolean
burn_pins_parse(const guint8 *body, gsize size, BurnPins *pins)
{
    gsize at = 0;
    for (guint i = 0; i < G_N_ELEMENTS(pins->length); i++) {
        if (size - at < 2 || body[at] > size - at - 2 || body[at + 1 + body[at]] != 0)
            return FALSE;
        pins->length[i] = body[at];
        pins->pin[i] = (const char *)body + at + 1;
        at += 2 + (gsize)body[at];
    }
    return at == size;
}
