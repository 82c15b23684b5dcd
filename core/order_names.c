/* SPDX-License-Identifier: GPL-3.0-or-later */
/* order_names.c: the terms of an order, in English (ours) and as Chinese platforms write them. */
#include "core/order.h"

typedef struct {
    guint value;
    const char *name;       /* ours: stable */
    const char *chinese[6]; /* the first one is what people are shown */
} Term;

static const Term kinds[] = {
    { ORDER_NEW, "new", { "新办", "新申请", "首次申请", "办理" } },
    { ORDER_RENEW, "renew", { "续期", "延期", "更新", "续费" } },
    { ORDER_CHANGE, "change", { "变更", "信息变更" } },
    { ORDER_REPLACE, "replace", { "补办", "遗失补办", "损坏补办" } },
    { ORDER_UNLOCK, "unlock", { "解锁", "密码解锁" } },
    { ORDER_REVOKE, "revoke", { "注销", "吊销", "撤销" } },
    { ORDER_EXCHANGE, "exchange", { "更换", "UKey更换", "UKEY更换" } },
};

static const Term seal_types[] = {
    { SEAL_OFFICIAL, "official", { "企业公章", "公章", "单位公章", "行政章", "法定名称章", "电子公章" } },
    { SEAL_FINANCE, "finance", { "财务专用章", "财务章" } },
    { SEAL_CONTRACT, "contract", { "合同专用章", "合同章" } },
    { SEAL_INVOICE, "invoice", { "发票专用章", "发票章" } },
    { SEAL_LEGAL_REP, "legal_rep", { "法定代表人章", "法人章", "法定代表人名章", "法人名章", "法定代表人印章" } },
    { SEAL_QUALIFICATION, "qualification", { "企业资质印章", "资质章", "资质印章" } },
    { SEAL_DYNAMIC, "dynamic", { "动态输入章" } },
    { SEAL_PRACTICE, "practice", { "执业印章", "执业章" } },
    { SEAL_SIGNATURE, "signature", { "手写签名", "手写签字", "签名", "签字" } },
    { SEAL_OTHER, "other", { "其他章", "其他", "其它章", "其它" } },
};

static const Term roles[] = {
    { ROLE_LICENCE, "licence", { "营业执照", "营业执照副本" } },
    { ROLE_LEGAL_REP_ID_FRONT, "legal_rep_id_front", { "法人身份证正面", "法定代表人身份证正面", "法人身份证人像面" } },
    { ROLE_LEGAL_REP_ID_BACK, "legal_rep_id_back", { "法人身份证反面", "法定代表人身份证反面", "法人身份证国徽面" } },
    { ROLE_LEGAL_REP_ID, "legal_rep_id", { "法人身份证", "法定代表人身份证" } },
    { ROLE_OPERATOR_ID_FRONT, "operator_id_front", { "经办人身份证正面", "经办人身份证人像面", "身份证正面" } },
    { ROLE_OPERATOR_ID_BACK, "operator_id_back", { "经办人身份证反面", "经办人身份证国徽面", "身份证反面" } },
    { ROLE_OPERATOR_ID, "operator_id", { "经办人身份证", "身份证" } },
    { ROLE_SEAL_SHEET, "seal_sheet", { "印模采集表", "印章采集表", "印模" } },
    { ROLE_APPLICATION_FORM, "application_form", { "申请表", "数字证书申请表" } },
    { ROLE_CHANGE_PROOF, "change_proof", { "变更证明", "变更通知书" } },
};

static gboolean
term_find(const Term *terms, gsize n, const char *name, guint *value)
{
    for (gsize i = 0; name && i < n; i++) {
        gboolean hit = g_ascii_strcasecmp(terms[i].name, name) == 0;
        for (gsize k = 0; k < G_N_ELEMENTS(terms[i].chinese) && terms[i].chinese[k]; k++)
            hit = hit || g_strcmp0(terms[i].chinese[k], name) == 0;
        if (hit) {
            *value = terms[i].value;
            return TRUE;
        }
    }
    return FALSE;
}

const char *
order_kind_name(OrderKind kind)
{
    g_assert(kind < ORDER_KINDS);
    return kinds[kind].name;
}

const char *
seal_type_name(SealType type)
{
    g_assert(type < SEAL_TYPES);
    return seal_types[type].name;
}

gboolean
seal_type_is_single(SealType type)
{
    return type == SEAL_OFFICIAL || type == SEAL_FINANCE || type == SEAL_CONTRACT || type == SEAL_INVOICE ||
           type == SEAL_LEGAL_REP;
}

const char *
seal_type_name_zh(SealType type)
{
    g_assert(type < SEAL_TYPES);
    return seal_types[type].chinese[0];
}

const char *
role_name(Role role)
{
    g_assert(role < ROLES);
    return roles[role].name;
}

gboolean
order_kind_from_name(const char *name, OrderKind *kind)
{
    guint value;
    gboolean found = term_find(kinds, G_N_ELEMENTS(kinds), name, &value);
    if (found)
        *kind = (OrderKind)value;
    return found;
}

gboolean
seal_type_from_name(const char *name, SealType *type)
{
    guint value;
    gboolean found = term_find(seal_types, G_N_ELEMENTS(seal_types), name, &value);
    if (found)
        *type = (SealType)value;
    return found;
}

gboolean
role_from_name(const char *name, Role *role)
{
    guint value;
    gboolean found = term_find(roles, G_N_ELEMENTS(roles), name, &value);
    if (found)
        *role = (Role)value;
    return found;
}

gboolean
role_is_id_card(Role role)
{
    return role >= ROLE_LEGAL_REP_ID_FRONT && role <= ROLE_OPERATOR_ID;
}
