/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * order.h: one order as the platform exports it (order.json, DESIGN section 3).
 *
 * Kinds, seal types and roles are accepted in English or Chinese. Absent fields are NULL, 0 or empty;
 * an unknown field is a note, a wrong type is refused with line and column.
 */
#ifndef SB_CORE_ORDER_H
#define SB_CORE_ORDER_H

#include "core/error.h"

G_BEGIN_DECLS

typedef enum {
    ORDER_NEW,      /* 新办 */
    ORDER_RENEW,    /* 续期 */
    ORDER_CHANGE,   /* 变更 */
    ORDER_REPLACE,  /* 补办 */
    ORDER_UNLOCK,   /* 解锁 */
    ORDER_REVOKE,   /* 注销 */
    ORDER_EXCHANGE, /* 更换 */
    ORDER_KINDS
} OrderKind;

typedef enum { SUBJECT_ENTERPRISE, SUBJECT_PERSON } SubjectType;

typedef enum {
    SEAL_OFFICIAL,      /* 企业公章 */
    SEAL_FINANCE,       /* 财务专用章 */
    SEAL_CONTRACT,      /* 合同专用章 */
    SEAL_INVOICE,       /* 发票专用章 */
    SEAL_LEGAL_REP,     /* 法定代表人章 */
    SEAL_QUALIFICATION, /* 企业资质印章 */
    SEAL_DYNAMIC,       /* 动态输入章 */
    SEAL_PRACTICE,      /* 执业印章, with practice_kind */
    SEAL_SIGNATURE,     /* 手写签名 */
    SEAL_OTHER,
    SEAL_TYPES
} SealType;

typedef enum {
    ROLE_LICENCE,
    ROLE_LEGAL_REP_ID_FRONT,
    ROLE_LEGAL_REP_ID_BACK,
    ROLE_LEGAL_REP_ID, /* both sides in one file */
    ROLE_OPERATOR_ID_FRONT,
    ROLE_OPERATOR_ID_BACK,
    ROLE_OPERATOR_ID,
    ROLE_SEAL_SHEET,
    ROLE_APPLICATION_FORM,
    ROLE_CHANGE_PROOF,
    ROLES
} Role;

typedef struct {
    SealType type;
    char *name;                 /* as ordered, or NULL */
    char *practice_kind;        /* or NULL */
    double width_mm, height_mm; /* declared; equal for a diameter or side; 0 when not declared */
    gboolean square_or_round;   /* declared by one number */
} OrderSeal;

typedef struct {
    Role role;
    char *file; /* a plain file name inside the order's folder: no '/', not "." or ".." */
} OrderUpload;

typedef struct {
    char *name;
    char *id_number;
    char *phone;
    char *address;
} OrderPerson;

typedef struct {
    char *order_id;     /* 1..64 of A-Z a-z 0-9 . _ - */
    char *profile;      /* or NULL */
    char *submitted_at; /* ISO 8601 as given, or NULL */
    OrderKind kind;
    SubjectType subject_type;
    guint certificate_years; /* 0 when absent */
    guint certificates;      /* 1 when absent */
    char *company_name, *credit_code, *company_address, *department;
    OrderPerson legal_rep, operator_, recipient;
    char *token_serial;
    GPtrArray *seals;          /* (element-type OrderSeal) */
    GPtrArray *uploads;        /* (element-type OrderUpload) */
    GPtrArray *unknown_fields; /* (element-type char*) JSON paths of fields we do not know */
} Order;

/**
 * order_parse: one order.json.
 * @json  UTF-8 (a BOM is skipped) or GB18030
 * @place named in messages ("order.json")
 * Returns: (transfer full) or NULL with SB_ERROR_INPUT "order.json:12:7: company.name must be a string".
 */
Order *order_parse(const char *json, gsize length, const char *place, GError **error);
void order_free(Order *order);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Order, order_free)

/* Returns: (transfer full) the order as order.json in our own terms. */
char *order_to_json(const Order *order);

OrderSeal *order_seal_new(void);
void order_seal_free(OrderSeal *seal);
OrderUpload *order_upload_new(Role role, const char *file);
void order_upload_free(OrderUpload *upload);
Order *order_new(void);

const char *order_kind_name(OrderKind kind); /* "new" ... */
const char *seal_type_name(SealType type);   /* "official" ... */
/* Of these a holder has one, whatever a form calls it; of the others a name tells one from another. */
gboolean seal_type_is_single(SealType type);
const char *seal_type_name_zh(SealType type);
const char *role_name(Role role);                                 /* "licence" ... */
gboolean order_kind_from_name(const char *name, OrderKind *kind); /* English or Chinese */
gboolean seal_type_from_name(const char *name, SealType *type);
gboolean role_from_name(const char *name, Role *role);

gboolean role_is_id_card(Role role);

G_END_DECLS

#endif
