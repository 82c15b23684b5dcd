/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Asks for PINs.
 */
#include "pipeline/ask_pin.h"

#include <poll.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "pipeline/cmd.h"

enum { LOOK_MS = 200, LONGEST_LINE = 256 };

/* Returns: length without the line's end, -1 where it ended or was stopped. */
static gssize
read_line(char line[LONGEST_LINE], gint *stop)
{
    struct pollfd input = { STDIN_FILENO, POLLIN, 0 };
    while (!g_atomic_int_get(stop)) {
        if (poll(&input, 1, LOOK_MS) <= 0)
            continue;
        ssize_t n = read(STDIN_FILENO, line, LONGEST_LINE - 1); /* a terminal gives whole lines */
        if (n <= 0)
            return -1;
        if (n == LONGEST_LINE - 1 && line[n - 1] != '\n')
            tcflush(STDIN_FILENO, TCIFLUSH); /* what is left of it is no PIN */
        line[n] = 0;
        return (gssize)strcspn(line, "\r\n");
    }
    return -1;
}

BurnPin *
ask_pin(const char *unit, const char *serial, gint *stop)
{
    char line[LONGEST_LINE] = { 0 };
    struct termios as_is, hidden;
    BurnPin *pin = NULL;
    gssize length;
    if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &as_is) != 0)
        return NULL;
    hidden = as_is;
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    do {
        g_printerr("PIN of key %s for %s (empty: later): ", serial, unit);
        length = read_line(line, stop);
        g_printerr("\n");
        if (length > 0 && !(pin = burn_pin_new(line, (gsize)length)))
            cmd_say("a PIN has 4 to %d characters", BURN_PIN_MAX);
        explicit_bzero(line, sizeof line);
    } while (length > 0 && !pin);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &as_is);
    return pin;
}
