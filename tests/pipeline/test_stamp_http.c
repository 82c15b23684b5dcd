/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Time-stamp requests over HTTP, against a service on the loopback that can misbehave.
 */
#include <criterion/criterion.h>
#include <gio/gio.h>
#include <string.h>

#include "pipeline/stamp_http.h"

typedef struct {
    const char *answer; /* whole, with headers; NULL: hang up at once */
    gsize length;
    guint delay_ms;
    GSocketListener *listener;
    guint16 port;
    GString *heard; /* the request */
    GThread *thread;
} Server;

static gpointer
serve(gpointer data)
{
    Server *s = data;
    g_autoptr(GSocketConnection) peer = g_socket_listener_accept(s->listener, NULL, NULL, NULL);
    if (!peer || !s->answer)
        return NULL;
    GInputStream *in = g_io_stream_get_input_stream(G_IO_STREAM(peer));
    char buffer[4096];
    gssize n;
    /* the body of the tests' request ends with '!' */
    while (!(s->heard->len && s->heard->str[s->heard->len - 1] == '!') &&
           (n = g_input_stream_read(in, buffer, sizeof buffer, NULL, NULL)) > 0)
        g_string_append_len(s->heard, buffer, n);
    g_usleep(1000 * s->delay_ms);
    g_output_stream_write_all(g_io_stream_get_output_stream(G_IO_STREAM(peer)), s->answer, s->length, NULL, NULL, NULL);
    return NULL;
}

static void
server_start(Server *s)
{
    s->listener = g_socket_listener_new();
    s->port = g_socket_listener_add_any_inet_port(s->listener, NULL, NULL);
    cr_assert_neq(s->port, 0);
    s->heard = g_string_new(NULL);
    s->thread = g_thread_new("tsa", serve, s);
}

static void
server_stop(Server *s)
{
    g_thread_join(s->thread);
    g_object_unref(s->listener);
    g_string_free(s->heard, TRUE);
}

static GBytes *
fetch(const Server *s, guint timeout_s, GError **error)
{
    g_autofree char *url = g_strdup_printf("http://127.0.0.1:%u/tsa/path", s->port);
    StampService service = { url, timeout_s };
    g_autoptr(GBytes) request = g_bytes_new_static("\x30\x03\x02\x01!", 5);
    return stamp_http_fetch(request, &service, error);
}

#define OK_HEAD "HTTP/1.0 200 OK\r\nContent-Type: application/timestamp-reply\r\n\r\n"
#define ANSWER(text) text, sizeof(text) - 1

Test(stamp_http, carries_the_request_there_and_the_answer_back)
{
    Server s = { ANSWER(OK_HEAD "\x30\x03\x02\x01\x07"), 0 };
    server_start(&s);
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) answer = fetch(&s, 5, &error);
    cr_assert(answer, "%s", error ? error->message : "");
    cr_expect_eq(g_bytes_get_size(answer), 5);
    cr_expect_eq(memcmp(g_bytes_get_data(answer, NULL), "\x30\x03\x02\x01\x07", 5), 0);
    cr_expect(g_str_has_prefix(s.heard->str, "POST /tsa/path HTTP/1."));
    cr_expect(strcasestr(s.heard->str, "Content-Type: application/timestamp-query\r\n"));
    cr_expect(strcasestr(s.heard->str, "Content-Length: 5\r\n"));
    server_stop(&s);
}

Test(stamp_http, a_service_that_misbehaves_is_an_error_of_the_ca)
{
    Server rows[] = {
        { ANSWER("HTTP/1.0 500 Oops\r\nContent-Type: text/html\r\n\r\n<p>"), 0 },
        { ANSWER("HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<p>"), 0 },
        { ANSWER(OK_HEAD "<html>"), 0 },
        { ANSWER(OK_HEAD "\x30\x7f\x02"), 0 },
        { ANSWER(OK_HEAD "\x30\x84\x7f\xff\xff\xff"), 0 },
        { NULL, 0, 0 },
        { ANSWER(OK_HEAD "\x30\x03\x02\x01\x07"), 2500 },
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        server_start(&rows[i]);
        cr_expect_null(fetch(&rows[i], 1, &error), "row %u", i);
        cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_CA), "row %u: %s", i, error ? error->message : "");
        server_stop(&rows[i]);
    }
}

Test(stamp_http, nobody_there_is_an_error_of_the_ca)
{
    Server s = { NULL };
    s.listener = g_socket_listener_new();
    s.port = g_socket_listener_add_any_inet_port(s.listener, NULL, NULL);
    g_socket_listener_close(s.listener);
    g_object_unref(s.listener);
    g_autoptr(GError) error = NULL;
    cr_expect_null(fetch(&s, 1, &error));
    cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_CA));
}

Test(stamp_http, only_http_urls_are_taken)
{
    static const char *const wrong[] = { "", "nothing", "ftp://host/", "https://host/tsa", "http://" };
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) error = NULL;
        cr_expect_not(stamp_http_check_url(wrong[i], &error), "%s", wrong[i]);
        cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_INPUT), "%s", wrong[i]);
    }
    cr_expect(stamp_http_check_url("http://tsa.example/path", NULL));
    cr_expect(stamp_http_check_url("http://127.0.0.1:318/", NULL));
}
