/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Draws and writes PIN letters.
 */
#include "pipeline/pin_print.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pipeline/pdf_page.h"

#define LEFT_MM 25.0
#define WIDE_MM 160.0
#define PIN_TOP_MM 128.0 /* below the first fold of a letter folded in three (99 mm): it does not show outside */
#define CELL_MM 11.0
#define CELLS_A_ROW 14

static void
draw_address(PdfPaper *paper, const Order *order)
{
    const OrderPerson *to = order->recipient.name ? &order->recipient : &order->operator_;
    const char *address = to->address ? to->address : order->company_address;
    /* The window of a DL envelope: 20 mm from the left, 45 mm from the top. */
    pdf_text(paper, LEFT_MM, 46, 4.2, 90, 2, address);
    pdf_text(paper, LEFT_MM, 59, 4.2, 90, 1, order->company_name);
    pdf_text(paper, LEFT_MM, 66, -4.6, 90, 1, to->name);
}

/* One character at a time: no text anywhere in memory or in the file holds the PIN as a whole. */
static void
draw_pin(PdfPaper *paper, const BurnPin *pin)
{
    const char *at = burn_pin_bytes(pin);
    for (guint i = 0; *at; i++) {
        double x = LEFT_MM + i % CELLS_A_ROW * CELL_MM, y = PIN_TOP_MM + i / CELLS_A_ROW * (CELL_MM + 4);
        char one[8] = { 0 };
        const char *next = g_utf8_next_char(at);
        memcpy(one, at, MIN((gsize)(next - at), strnlen(at, sizeof one - 1)));
        pdf_frame(paper, x, y, CELL_MM - 1, CELL_MM + 1);
        pdf_text(paper, x + 2.6, y + 1.2, -7.5, 0, 1, one);
        explicit_bzero(one, sizeof one);
        at = *next ? next : "";
    }
}

GByteArray *
pin_print_pdf(const Order *order, const PinPrintWords *words, const char *unit, const char *serial, const BurnPin *pin,
              GError **error)
{
    g_autoptr(PdfPaper) paper = pdf_paper_new("PIN letter");
    g_autofree char *number = g_strdup_printf("申请编号　%s", unit), *key = g_strdup_printf("UKey 序列号　%s", serial);
    double below = PIN_TOP_MM + (1 + (burn_pin_length(pin) - 1) / CELLS_A_ROW) * (CELL_MM + 4) + 4;
    pdf_text(paper, LEFT_MM, 18, 3.8, 90, 1, words->sender);
    draw_address(paper, order);
    pdf_text(paper, LEFT_MM, 104, -6.5, 78, 1, words->title);
    pdf_text(paper, LEFT_MM + 80, 106, 3.8, 80, 2, words->platform);
    pdf_text(paper, LEFT_MM, 115, 3.8, 75, 2, number);
    pdf_text(paper, LEFT_MM + 80, 115, 3.8, 80, 2, key);
    draw_pin(paper, pin);
    pdf_text(paper, LEFT_MM, below, 3.8, WIDE_MM, 3, words->text);
    return pdf_paper_end(paper, error);
}

/* ---- writing ---------------------------------------------------------------------------------------------- */

static gboolean
write_all(int fd, const GByteArray *bytes)
{
    gsize done = 0;
    while (done < bytes->len) {
        ssize_t n = write(fd, bytes->data + done, bytes->len - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return FALSE;
        done += (gsize)n;
    }
    return TRUE;
}

static gboolean
sync_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    gboolean fine = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return fine;
}

/* Under its own name from the start: the torn letter of a crash is replaced when the unit goes on. */
static gboolean
write_private(const char *folder, const char *path, const GByteArray *bytes)
{
    if (g_mkdir_with_parents(folder, 0700) != 0 || chmod(folder, 0700) != 0 || (unlink(path) != 0 && errno != ENOENT))
        return FALSE;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return FALSE;
    gboolean fine = fchmod(fd, 0600) == 0 && write_all(fd, bytes) && fsync(fd) == 0;
    int why = errno;
    fine = close(fd) == 0 && fine && sync_folder(folder);
    if (!fine)
        unlink(path);
    errno = why;
    return fine;
}

gboolean
pin_print_write(const char *folder, const Order *order, const PinPrintWords *words, const char *unit, const char *serial,
                const BurnPin *pin, GError **error)
{
    g_autofree char *name = g_strconcat(unit, ".pdf", NULL), *path = g_build_filename(folder, name, NULL);
    g_autoptr(GByteArray) pdf = pin_print_pdf(order, words, unit, serial, pin, error);
    if (!pdf)
        return FALSE;
    gboolean fine = write_private(folder, path, pdf);
    if (!fine)
        g_set_error(error, SB_ERROR, SB_ERROR_ENV, "cannot write %s: %s", path, g_strerror(errno));
    explicit_bzero(pdf->data, pdf->len);
    return fine;
}
