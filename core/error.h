/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * error.h: the one error domain of the house.
 *
 * The function that first notices a failure words the message: one line that a person at the desk
 * can act on, naming file and place, never a name, an ID number, a PIN or a key. Callers pass the
 * GError up, or prefix *where* it was.
 */
#ifndef SB_CORE_ERROR_H
#define SB_CORE_ERROR_H

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
    SB_ERROR_INPUT,    /* what somebody gave us is wrong: order, flag, config, upload */
    SB_ERROR_IMAGE,    /* an upload cannot be decoded */
    SB_ERROR_LIMIT,    /* an upload is over a named limit */
    SB_ERROR_SEAL,     /* an impression or an electronic seal cannot be made or is not valid */
    SB_ERROR_TOKEN,    /* a token or its module */
    SB_ERROR_PIN,      /* a PIN was refused: never try again by yourself */
    SB_ERROR_CA,       /* the certificate authority */
    SB_ERROR_STORE,    /* the database or the workspace */
    SB_ERROR_BUSY,     /* another run holds the lock */
    SB_ERROR_ENV,      /* disk, model, module: the machine, not the order */
    SB_ERROR_INTEGRITY /* audit chain, or journal against token */
} SbError;

#define SB_ERROR sb_error_quark()
GQuark sb_error_quark(void);

G_END_DECLS

#endif
