/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One table of texts; gettext later. Each finding says what is wrong and what a person should do.
 */
#include "pipeline/finding_text.h"

#include <locale.h>
#include <string.h>

typedef struct {
    const char *title[2]; /* by Language: English, Chinese */
    const char *hint[2];
} Texts;

static const Texts FINDINGS[FINDING_CODES] = {
    [FINDING_CODE_MISMATCH] = { { "the credit code on the licence is not the one on the form",
                                  "证件识别的统一社会信用代码与最终填写的不符" },
                                { "compare the marked characters; send the order back if the form is wrong",
                                  "逐字核对标出的字符；填写有误的退回申请人" } },
    [FINDING_CODE_UNREADABLE] = { { "the credit code could not be read", "统一社会信用代码无法识别" },
                                  { "read it in the picture; ask for a better scan if you cannot", "请人工辨认；看不清的要求重新上传" } },
    [FINDING_CODE_CHECK_FAILED] = { { "the code on the licence is read clearly, but its check character is wrong",
                                      "证照上的代码清晰可读，但校验位不正确" },
                                    { "look whether the licence was altered; check the public register",
                                      "请查看证照是否被涂改，并核对企业信用公示系统" } },
    [FINDING_FORM_CODE_INVALID] = { { "the credit code on the form cannot be right", "填写的统一社会信用代码校验不通过" },
                                    { "send the order back to the applicant", "退回申请人改正" } },
    [FINDING_NAME_MISMATCH] = { { "the name on the licence is not the one on the form", "证照名称与填写的名称不符" },
                                { "compare the marked characters", "逐字核对标出的字符" } },
    [FINDING_NAME_UNREADABLE] = { { "the name on the licence could not be confirmed", "证照名称无法确认" },
                                  { "compare it in the picture, character by character", "请对照图片逐字核对" } },
    [FINDING_LEGAL_REP_MISMATCH] = { { "the legal representative on the licence is not the one on the form",
                                       "法定代表人与填写的不符" },
                                     { "compare both names", "请核对姓名" } },
    [FINDING_LEGAL_REP_UNREADABLE] = { { "the legal representative could not be confirmed", "法定代表人无法确认" },
                                       { "compare it in the picture", "请对照图片核对" } },
    [FINDING_ID_NUMBER_MISMATCH] = { { "the ID number on the card is not the one on the form", "身份证号码与填写的不符" },
                                     { "compare the marked digits", "逐位核对标出的数字" } },
    [FINDING_ID_NUMBER_UNREADABLE] = { { "the ID number could not be read", "身份证号码无法识别" },
                                       { "read it in the picture; ask for a better scan if you cannot",
                                         "请人工辨认；看不清的要求重新上传" } },
    [FINDING_FORM_ID_INVALID] = { { "the ID number on the form cannot be right", "填写的身份证号码校验不通过" },
                                  { "send the order back to the applicant", "退回申请人改正" } },
    [FINDING_ID_NAME_MISMATCH] = { { "the name on the ID card is not the one on the form", "身份证姓名与填写的不符" },
                                   { "compare both names", "请核对姓名" } },
    [FINDING_ID_NAME_UNREADABLE] = { { "the name on the ID card could not be confirmed", "身份证姓名无法确认" },
                                     { "compare it in the picture", "请对照图片核对" } },
    [FINDING_ID_EXPIRED] = { { "the ID card has expired", "身份证已过有效期" },
                             { "ask for the new card", "要求上传有效的身份证" } },
    [FINDING_ID_EXPIRY_UNREADABLE] = { { "the ID card's validity could not be read", "身份证有效期无法识别" },
                                       { "read it in the picture", "请人工辨认" } },
    [FINDING_LICENCE_EXPIRED] = { { "the licence has expired", "营业执照已过期" },
                                  { "ask for the renewed licence", "要求上传有效的执照" } },
    [FINDING_WRONG_DOCUMENT] = { { "the upload is another kind of document", "上传的文件不是要求的证件" },
                                 { "ask for the right document", "要求重新上传正确的文件" } },
    [FINDING_WRONG_SIDE] = { { "the wrong side of the ID card was uploaded", "身份证正反面传错" },
                             { "ask for the other side", "要求上传另一面" } },
    [FINDING_BLANK_PAGE] = { { "the page is blank", "页面空白" }, { "ask for a new scan", "要求重新扫描上传" } },
    [FINDING_UNREADABLE_FILE] = { { "the file cannot be opened", "文件无法打开" },
                                  { "ask for a JPG, PNG or PDF file", "要求上传 JPG、PNG 或 PDF 文件" } },
    [FINDING_STAMP_MISSING_ON_COPY] = { { "the company's seal is missing on the copy", "复印件未加盖公章" },
                                        { "look for the seal; ask for a stamped copy", "请查看是否盖章；未盖章的要求重新上传" } },
    [FINDING_SAMPLE_MISSING] = { { "a sample of the seal is missing on the sheet", "印模采集表缺少印模" },
                                 { "ask for a sheet with all samples", "要求补盖后重新上传" } },
    [FINDING_IMPRESSION_POOR] = { { "the impressions are too poor", "印模质量不合格" },
                                  { "look at the picture at 400 %; ask for new impressions if it is not whole",
                                    "请放大查看；不完整的要求重新盖印" } },
    [FINDING_SIZE_MISMATCH] = { { "the seal measures another size than declared", "印章实测尺寸与申报不符" },
                                { "ask which one is right", "请向申请人核实" } },
    [FINDING_SIZE_UNPROVEN] = { { "the seal's millimetres could not be proven", "印章尺寸无法确认" },
                                { "compare with the declared size; ask for a flatbed scan in doubt",
                                  "请与申报尺寸核对；有疑问的要求用扫描仪重新扫描" } },
    [FINDING_SEAL_TEXT_MISMATCH] = { { "the seal's text is not the company's name", "印文与单位名称不符" },
                                     { "read the ring in the picture", "请放大核对印文" } },
    [FINDING_SEAL_TEXT_UNREADABLE] = { { "the seal's text could not be read", "印文无法识别" },
                                       { "read the ring in the picture", "请放大核对印文" } },
    [FINDING_SEAL_UNEXPECTED] = { { "the sheet shows a seal that was not ordered", "采集表上有未申请的印章" },
                                  { "ask whether it should be made", "请向申请人核实" } },
    [FINDING_UPLOAD_MISSING] = { { "an upload is missing", "缺少上传文件" },
                                 { "ask for it, or export the order again", "要求补传，或重新导出订单" } },
    [FINDING_OUTSIDE_RENEWAL_WINDOW] = { { "the certificate cannot be renewed now", "不在可续期的时间内" },
                                         { "see the platform's rules", "按平台规则处理" } },
    [FINDING_DUPLICATE_ORDER] = { { "there is another order for the same", "存在重复订单" },
                                  { "decide which one holds and reject the other", "确认以哪一个为准，并退回另一个" } },
    [FINDING_QR_MISMATCH] = { { "the QR code names another company than the print", "二维码与证照文字不一致" },
                              { "look whether the licence was altered", "请查看证照是否被涂改" } },
    [FINDING_IMAGE_QUALITY] = { { "the picture is poor", "图片质量较差" },
                                { "ask for a better scan if you cannot read it", "看不清的要求重新上传" } },
    [FINDING_UNKNOWN_FIELD] = { { "the order holds a field that we do not know", "订单中有无法识别的字段" },
                                { "nothing to do", "无需处理" } },
    [FINDING_READER_FAILED] = { { "the reading process failed on this file", "识别程序处理该文件失败" },
                                { "check the file by eye; keep it for the makers of sealbatch", "请人工核对，并保留文件供排查" } },
};

typedef struct {
    const char *key;
    const char *text[2];
} Word;

static const Word FIELDS[] = {
    { "credit_code", { "credit code", "统一社会信用代码" } },
    { "company_name", { "name", "名称" } },
    { "legal_rep", { "legal representative", "法定代表人" } },
    { "valid_until", { "valid until", "有效期至" } },
    { "valid_from", { "valid from", "有效期自" } },
    { "address", { "address", "住所" } },
    { "registered_capital", { "registered capital", "注册资本" } },
    { "established", { "established", "成立日期" } },
    { "qr_code", { "QR code", "二维码" } },
    { "name", { "name", "姓名" } },
    { "id_number", { "ID number", "公民身份号码" } },
    { "sex", { "sex", "性别" } },
    { "nation", { "nation", "民族" } },
    { "birth", { "born", "出生" } },
    { "authority", { "authority", "签发机关" } },
    { "seal_text", { "seal text", "印文" } },
};

static const Word ROLES_WORDS[ROLES] = {
    [ROLE_LICENCE] = { NULL, { "licence", "营业执照" } },
    [ROLE_LEGAL_REP_ID_FRONT] = { NULL, { "legal representative's ID, portrait side", "法定代表人身份证人像面" } },
    [ROLE_LEGAL_REP_ID_BACK] = { NULL, { "legal representative's ID, emblem side", "法定代表人身份证国徽面" } },
    [ROLE_LEGAL_REP_ID] = { NULL, { "legal representative's ID", "法定代表人身份证" } },
    [ROLE_OPERATOR_ID_FRONT] = { NULL, { "operator's ID, portrait side", "经办人身份证人像面" } },
    [ROLE_OPERATOR_ID_BACK] = { NULL, { "operator's ID, emblem side", "经办人身份证国徽面" } },
    [ROLE_OPERATOR_ID] = { NULL, { "operator's ID", "经办人身份证" } },
    [ROLE_SEAL_SHEET] = { NULL, { "seal sheet", "印模采集表" } },
    [ROLE_APPLICATION_FORM] = { NULL, { "application form", "申请表" } },
    [ROLE_CHANGE_PROOF] = { NULL, { "proof of change", "变更证明" } },
};

static const char *const SEALS[SEAL_TYPES] = {
    "official seal", "finance seal", "contract seal", "invoice seal", "legal representative's seal",
    "qualification seal", "dynamic seal", "practice seal", "signature", "other seal",
};

Language
language_of_locale(void)
{
    const char *name = setlocale(LC_MESSAGES, NULL);
    return name && !strncmp(name, "zh", 2) ? LANGUAGE_ZH : LANGUAGE_EN;
}

const char *
finding_title(FindingCode code, Language language)
{
    return code < FINDING_CODES && FINDINGS[code].title[language] ? FINDINGS[code].title[language] : "?";
}

const char *
finding_hint(FindingCode code, Language language)
{
    return code < FINDING_CODES && FINDINGS[code].hint[language] ? FINDINGS[code].hint[language] : "?";
}

const char *
field_title(const char *key, Language language)
{
    for (guint i = 0; key && i < G_N_ELEMENTS(FIELDS); i++)
        if (!strcmp(key, FIELDS[i].key))
            return FIELDS[i].text[language];
    return key ? key : "";
}

const char *
role_title(Role role, Language language)
{
    return role < ROLES ? ROLES_WORDS[role].text[language] : "?";
}

const char *
seal_title(SealType type, Language language)
{
    return type >= SEAL_TYPES ? "?" : language == LANGUAGE_ZH ? seal_type_name_zh(type) : SEALS[type];
}

const char *
severity_title(Severity severity, Language language)
{
    static const char *const titles[3][2] = { { "note", "提示" }, { "review", "待审核" }, { "refused", "退回" } };
    return severity <= SEVERITY_REFUSE ? titles[severity][language] : "?";
}
