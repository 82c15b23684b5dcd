/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * proto.h: what hub and worker say to each other over one socketpair: a frame is
 *
 *   u32 length of body (big endian) | u16 type | u16 fault (0 in requests) | body
 *
 * One request, one answer; an answer has its request's type. Bodies are GVariants of the type that
 * stands beside each message, PINS excepted. The worker speaks only when asked.
 */
#ifndef SB_BURNER_PROTO_H
#define SB_BURNER_PROTO_H

#include <glib.h>

G_BEGIN_DECLS

#define BURN_PROTO_FD 3                   /* the worker's end of the socketpair */
#define BURN_LOCK_FD 4                    /* held open by a worker of the nursery: BurnHubConfig.lock_fd, or closed */
#define BURN_PROTO_BODY_MAX (2u << 20)    /* one seal and its names fit */
#define BURN_PROTO_PINS_MAX 1024u

#define BURN_SLOT_UNKNOWN G_MAXUINT64    /* where a slot id is a hint */

/* The vendor's mechanism for BURN_KEY_SM2, "0x80000000" and up: in the worker's environment, see signer.h. */
#define BURN_SM2_MECHANISM_ENV "SEALBATCH_SM2_MECHANISM"

typedef enum {
    BURN_MSG_LIST = 1,   /* (ss) module, slot filter          -> a BURN_TOKEN_TYPE */
    BURN_MSG_OPEN,       /* (ssssst) module, filter, serial, mark's label, faults, slot -> BURN_TOKEN_TYPE: the token
                            of that serial; with serial "" the one that bears the label, else the first blank slot.
                            The slot is where it was seen last: looked at first, since a look costs time a slot */
    BURN_MSG_PINS,       /* raw, see burn_pins_pack           -> () */
    BURN_MSG_LOOK,       /* (bb) log in, read values          -> BURN_INVENTORY_TYPE */
    BURN_MSG_INIT,       /* (s) label                         -> BURN_TOKEN_TYPE: initialised, SO PIN ours */
    BURN_MSG_SET_PIN,    /* (b) resumed                       -> (): SO login, user PIN set, SO PIN ours */
    BURN_MSG_KEYGEN,     /* (uays) key type, id, label        -> (ay) SubjectPublicKeyInfo */
    BURN_MSG_SIGN,       /* (uayay) key type, id, bytes       -> (ay) raw signature of C_Sign */
    BURN_MSG_WRITE_CERT, /* (aysay) id, label, DER            -> () written and compared */
    BURN_MSG_WRITE_DATA, /* (sssay) label, application, OID, bytes -> () written and compared */
    BURN_MSG_REMOVE,     /* (uayay) kind, id, SHA-256: an empty one matches all -> (u) how many */
    BURN_MSG_READ_BACK,  /* (ssayayt) module, serial, id, challenge, slot -> (BURN_INVENTORY_TYPE ay ay): also
                            certificate DER and signature, both by libp11; in a process that did nothing before */
    BURN_MSG_READ,       /* (uay) kind, SHA-256               -> (ay) the object's value */
    BURN_MSG_LAST
} BurnMessage;

/* Why a request was not done. Body of such an answer: (ts) return value of the module, one line. */
typedef enum {
    BURN_FAULT_NONE,
    BURN_FAULT_REQUEST,  /* the request itself is wrong */
    BURN_FAULT_MODULE,   /* cannot be loaded, or is none */
    BURN_FAULT_GONE,     /* the token is not there (any more), or another one is in its place */
    BURN_FAULT_PIN,      /* refused: never try again by yourself */
    BURN_FAULT_LOCKED,
    BURN_FAULT_NO_ROOM,
    BURN_FAULT_DEVICE,   /* any other failure; what took effect is not known */
    BURN_FAULT_READ_BACK, /* what was written reads back differently */
    BURN_FAULT_LAST
} BurnFault;

typedef struct {
    BurnMessage type;
    BurnFault fault;
    gboolean locked; /* body is in locked memory */
    gsize size;
    guint8 *body;    /* freed by burn_frame_clear */
} BurnFrame;

void burn_frame_clear(BurnFrame *frame);

/* Blocking, for the worker. receive: FALSE at end of file, on a malformed frame or an I/O error. A PINS body comes
 * into locked memory: free with burn_frame_clear. */
gboolean burn_frame_send(int fd, BurnMessage type, BurnFault fault, const void *body, gsize size);
gboolean burn_frame_receive(int fd, BurnFrame *frame);

/* The header alone, for a parent that reads without blocking. FALSE: not a frame of ours. */
#define BURN_FRAME_HEADER 8
void burn_frame_header(guint8 header[BURN_FRAME_HEADER], BurnMessage type, BurnFault fault, gsize size);
gboolean burn_frame_parse(const guint8 header[BURN_FRAME_HEADER], BurnFrame *frame);

/* A body as GVariant of @type in normal form, or NULL. Takes the body out of the frame. */
GVariant *burn_frame_variant(BurnFrame *frame, const char *type);
/* The same for the worker, whose parent of the same build sends it certificates and seals: the check, which takes a
 * function call for each byte, is left out for them. GVariant stays within its bytes all the same. */
GVariant *burn_frame_request(BurnFrame *frame, const char *type);

/* PINs in one body: for each a length byte, its bytes and a NUL; a length of 0 = none. */
typedef struct {
    guint8 length[4];
    const char *pin[4];
} BurnPins;
enum { BURN_PIN_SO, BURN_PIN_USER, BURN_PIN_FACTORY_SO, BURN_PIN_FACTORY_USER };
/* @out must be locked memory of BURN_PROTO_PINS_MAX bytes. Returns its length. */
gsize burn_pins_pack(const BurnPins *pins, guint8 *out);
gboolean burn_pins_parse(const guint8 *body, gsize size, BurnPins *pins); /* points into body */

G_END_DECLS

#endif
