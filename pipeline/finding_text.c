/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Each finding says what is wrong and what a person should do.
 */
#include "pipeline/finding_text.h"

#include <string.h>

typedef struct {
    const char *title, *hint;
} Texts;

static const Texts FINDINGS[FINDING_CODES] = {
    [FINDING_CODE_MISMATCH] = { N_("the credit code on the licence is not the one on the form"),
        N_("compare the marked characters; send the order back if the form is wrong") },
    [FINDING_CODE_UNREADABLE] = { N_("the credit code could not be read"),
        N_("read it in the picture; ask for a better scan if you cannot") },
    [FINDING_CODE_CHECK_FAILED] = { N_("the code on the licence is read clearly, but its check character is wrong"),
        N_("look whether the licence was altered; check the public register") },
    [FINDING_FORM_CODE_INVALID] = { N_("the credit code on the form cannot be right"),
        N_("send the order back to the applicant") },
    [FINDING_NAME_MISMATCH] = { N_("the name on the licence is not the one on the form"),
        N_("compare the marked characters") },
    [FINDING_NAME_UNREADABLE] = { N_("the name on the licence could not be confirmed"),
        N_("compare it in the picture, character by character") },
    [FINDING_LEGAL_REP_MISMATCH] = { N_("the legal representative on the licence is not the one on the form"),
        N_("compare both names") },
    [FINDING_LEGAL_REP_UNREADABLE] = { N_("the legal representative could not be confirmed"),
        N_("compare it in the picture") },
    [FINDING_ID_NUMBER_MISMATCH] = { N_("the ID number on the card is not the one on the form"),
        N_("compare the marked digits") },
    [FINDING_ID_NUMBER_UNREADABLE] = { N_("the ID number could not be read"),
        N_("read it in the picture; ask for a better scan if you cannot") },
    [FINDING_FORM_ID_INVALID] = { N_("the ID number on the form cannot be right"),
        N_("send the order back to the applicant") },
    [FINDING_ID_NAME_MISMATCH] = { N_("the name on the ID card is not the one on the form"),
        N_("compare both names") },
    [FINDING_ID_NAME_UNREADABLE] = { N_("the name on the ID card could not be confirmed"),
        N_("compare it in the picture") },
    [FINDING_ID_EXPIRED] = { N_("the ID card has expired"),
        N_("ask for the new card") },
    [FINDING_ID_EXPIRY_UNREADABLE] = { N_("the ID card's validity could not be read"),
        N_("read it in the picture") },
    [FINDING_LICENCE_EXPIRED] = { N_("the licence has expired"),
        N_("ask for the renewed licence") },
    [FINDING_WRONG_DOCUMENT] = { N_("the upload is another kind of document"),
        N_("ask for the right document") },
    [FINDING_WRONG_SIDE] = { N_("the wrong side of the ID card was uploaded"),
        N_("ask for the other side") },
    [FINDING_BLANK_PAGE] = { N_("the page is blank"),
        N_("ask for a new scan") },
    [FINDING_UNREADABLE_FILE] = { N_("the file cannot be opened"),
        N_("ask for a JPG, PNG or PDF file") },
    [FINDING_STAMP_MISSING_ON_COPY] = { N_("the company's seal is missing on the copy"),
        N_("look for the seal; ask for a stamped copy") },
    [FINDING_SAMPLE_MISSING] = { N_("a sample of the seal is missing on the sheet"),
        N_("ask for a sheet with all samples") },
    [FINDING_IMPRESSION_POOR] = { N_("the impressions are too poor"),
        N_("look at the picture at 400 %; ask for new impressions if it is not whole") },
    [FINDING_SIZE_MISMATCH] = { N_("the seal measures another size than declared"),
        N_("ask which one is right") },
    [FINDING_SIZE_UNPROVEN] = { N_("the seal's millimetres could not be proven"),
        N_("compare with the declared size; ask for a flatbed scan in doubt") },
    [FINDING_SEAL_TEXT_MISMATCH] = { N_("the seal's text is not the company's name"),
        N_("read the ring in the picture") },
    [FINDING_SEAL_TEXT_UNREADABLE] = { N_("the seal's text could not be read"),
        N_("read the ring in the picture") },
    [FINDING_SAMPLE_FOREIGN] = { N_("one of the samples is of another seal"),
        N_("compare the samples; ask for a new sheet if it is another's seal") },
    [FINDING_SEAL_UNEXPECTED] = { N_("the sheet shows a seal that was not ordered"),
        N_("ask whether it should be made") },
    [FINDING_UPLOAD_MISSING] = { N_("an upload is missing"),
        N_("ask for it, or export the order again") },
    [FINDING_OUTSIDE_RENEWAL_WINDOW] = { N_("the certificate cannot be renewed now"),
        N_("see the platform's rules") },
    [FINDING_DUPLICATE_ORDER] = { N_("there is another order for the same"),
        N_("decide which one holds and reject the other") },
    [FINDING_QR_MISMATCH] = { N_("the QR code names another company than the print"),
        N_("look whether the licence was altered") },
    [FINDING_IMAGE_QUALITY] = { N_("the picture is poor"),
        N_("ask for a better scan if you cannot read it") },
    [FINDING_UNKNOWN_FIELD] = { N_("the order holds a field that we do not know"),
        N_("nothing to do") },
    [FINDING_READER_FAILED] = { N_("the reading process failed on this file"),
        N_("check the file by eye; keep it for the makers of sealbatch") },
};

typedef struct {
    const char *key;
    const char *text;
} Word;

static const Word FIELDS[] = {
    { "credit_code", N_("credit code") },
    { "company_name", N_("company name") },
    { "legal_rep", N_("legal representative") },
    { "valid_until", N_("valid until") },
    { "valid_from", N_("valid from") },
    { "address", N_("address") },
    { "registered_capital", N_("registered capital") },
    { "established", N_("established") },
    { "qr_code", N_("QR code") },
    { "name", N_("name") },
    { "id_number", N_("ID number") },
    { "sex", N_("sex") },
    { "nation", N_("nation") },
    { "birth", N_("born") },
    { "authority", N_("authority") },
    { "seal_text", N_("seal text") },
};

static const char *const ROLES_WORDS[ROLES] = {
    [ROLE_LICENCE] = N_("licence"),
    [ROLE_LEGAL_REP_ID_FRONT] = N_("legal representative's ID, portrait side"),
    [ROLE_LEGAL_REP_ID_BACK] = N_("legal representative's ID, emblem side"),
    [ROLE_LEGAL_REP_ID] = N_("legal representative's ID"),
    [ROLE_OPERATOR_ID_FRONT] = N_("operator's ID, portrait side"),
    [ROLE_OPERATOR_ID_BACK] = N_("operator's ID, emblem side"),
    [ROLE_OPERATOR_ID] = N_("operator's ID"),
    [ROLE_SEAL_SHEET] = N_("seal sheet"),
    [ROLE_APPLICATION_FORM] = N_("application form"),
    [ROLE_CHANGE_PROOF] = N_("proof of change"),
};

static const char *const SEALS[SEAL_TYPES] = {
    "official seal", "finance seal", "contract seal", "invoice seal", "legal representative's seal",
    "qualification seal", "dynamic seal", "practice seal", "signature", "other seal",
};

const char *
finding_title(FindingCode code, Language language)
{
    return code < FINDING_CODES && FINDINGS[code].title ? words_in(language, FINDINGS[code].title) : "?";
}

const char *
finding_hint(FindingCode code, Language language)
{
    return code < FINDING_CODES && FINDINGS[code].hint ? words_in(language, FINDINGS[code].hint) : "?";
}

/* What the verifying of names answers (ocr/hanzi/hanzi.h), alone or as "differs (twin)". */
static const Word WHYS[] = {
    { "none", NULL },
    { "other_character", N_("another character is clearly nearer") },
    { "ink_outside", N_("more is printed beside it") },
    { "too_short", N_("too little is printed for it") },
    { "margin", N_("a similar character is too near to tell") },
    { "twin", N_("a near twin could stand there as well") },
    { "fit", N_("the print fits no character well: blurred, damaged or another one") },
    { "covered", N_("under coloured ink") },
    { "unknown", N_("a rare character that is not known to the reader") },
    { "no_line", N_("no line of text was found there") },
};

char *
finding_detail(const char *detail, Language language)
{
    g_autofree char *inner = NULL;
    const char *word = detail;
    if (detail && g_regex_match_simple("^(passes|differs|cannot_judge) \\([a-z_]+\\)$", detail, 0, 0)) {
        const char *open = strchr(detail, '(');
        word = inner = g_strndup(open + 1, strlen(open) - 2);
    }
    for (guint i = 0; word && i < G_N_ELEMENTS(WHYS); i++)
        if (!strcmp(word, WHYS[i].key))
            return WHYS[i].text ? g_strdup(words_in(language, WHYS[i].text)) : NULL;
    return words_sentence(language, detail);
}

const char *
field_title(const char *key, Language language)
{
    for (guint i = 0; key && i < G_N_ELEMENTS(FIELDS); i++)
        if (!strcmp(key, FIELDS[i].key))
            return words_in(language, FIELDS[i].text);
    return key ? key : "";
}

const char *
role_title(Role role, Language language)
{
    return role < ROLES ? words_in(language, ROLES_WORDS[role]) : "?";
}

const char *
seal_title(SealType type, Language language)
{
    return type >= SEAL_TYPES ? "?" : language == LANGUAGE_ZH ? seal_type_name_zh(type) : SEALS[type];
}

const char *
kind_title(OrderKind kind, Language language)
{
    static const char *const titles[ORDER_KINDS] = { N_("new"),    N_("renewal"),    N_("change"),  N_("replacement"),
                                                     N_("unlock"), N_("revocation"), N_("exchange") };
    return kind < ORDER_KINDS ? words_in(language, titles[kind]) : "?";
}

const char *
severity_title(Severity severity, Language language)
{
    static const char *const titles[] = { N_("note"), N_("review"), N_("refused") };
    return severity <= SEVERITY_REFUSE ? words_in(language, titles[severity]) : "?";
}
