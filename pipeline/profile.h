/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * profile.h: the rules of one platform, as data (profiles/NAME.conf, DESIGN section 1).
 *
 * A key file; the shipped ones are embedded in the program, a workspace may hold its own of the same
 * name in profiles/. Nothing about a platform is in C.
 */
#ifndef SB_PIPELINE_PROFILE_H
#define SB_PIPELINE_PROFILE_H

#include "core/finding.h"
#include "core/order.h"
#include "core/order_csv.h"
#include "sealgen/seal_types.h"

G_BEGIN_DECLS

typedef enum { PIN_FIXED, PIN_RANDOM, PIN_KEEP } PinRule;

typedef struct {
    char *name, *title_zh, *title_en;
    /* [uploads] by subject and kind: "licence; seal_sheet|application_form; operator_id|operator_id_front+operator_id_back" */
    char *required[2][ORDER_KINDS];
    char *required_expired[2]; /* of a renewal whose certificate has ended ("SUBJECT.renew-expired"); NULL: no others */
    gboolean stamp_on_copies;
    /* [order] */
    gboolean kinds[ORDER_KINDS]; /* which kinds of order the platform knows */
    guint certificate_years;     /* where the order names none */
    guint max_certificate_years;
    gboolean seals_only;         /* the key already holds a certificate: seals go onto it */
    guint samples;               /* of each seal on the sheet */
    /* [renewal] */
    guint renew_days_before, renew_days_after;
    gboolean renew_adds_to_old_end;
    /* [pin] */
    PinRule user_pin;
    guint random_pin_length;
    char *fixed_pin;  /* PIN_FIXED: the value the platform prints in its manual; no secret */
    char *unlock_pin; /* PIN after unlocking, or NULL: as user_pin */
    /* [letter] the PIN letter's words */
    char *letter_title, *letter_text;
    /* [seal] */
    guint seal_version; /* 4, 5 or 1 */
    guint seal_max_bytes; /* of one electronic seal on the key, 0 = no limit */
    guint seal_canvas_mm; /* side of the square that every smaller seal is laid on; 0: the seal's own size */
    guint seal_months;  /* authorised months, 0 = as long as the certificate */
    SealTypeCodes seal_types; /* property.type: [seal-types], [seal-types-v1] */
    /* [subject] template of the certificate's subject, "C=CN;O={company};CN={company};serialNumber={credit_code}" */
    char *subject_enterprise, *subject_person;
    char *key_algorithm; /* "ec" or "rsa" */
    /* [csv] what the platform calls the columns of its table of orders; the default profile's words hold beside them */
    OrderCsvMap *csv;
    GHashTable *review; /* [review] name of a finding's code -> the platform's words about it to the applicant */
} Profile;

/**
 * profile_load: @name is a name ("default"), or a path where it holds a '/'.
 * @dir  the workspace's profiles, looked at first, or NULL
 * Returns: (transfer full) or NULL with SB_ERROR_INPUT (unknown profile, wrong key or value; named).
 */
Profile *profile_load(const char *name, const char *dir, GError **error);
Profile *profile_parse(const char *text, gsize length, const char *name, GError **error);
void profile_free(Profile *profile);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Profile, profile_free)

/* Names of the embedded ones. Returns: (transfer full) */
GStrv profile_names(void);

/**
 * profile_check_order: what the profile asks of an order before anything is read.
 * Adds upload_missing (refuse) for each group of uploads that is not there, and notes.
 */
void profile_check_order(const Profile *profile, const Order *order, GPtrArray *findings);

/* The same for the further uploads of a renewal whose certificate has ended; they are reported as @severity. */
void profile_check_expired(const Profile *profile, const Order *order, Severity severity, GPtrArray *findings);

/* How large a seal's picture may be so that the whole seal keeps within seal_max_bytes; 0 = no limit. */
guint profile_picture_room(const Profile *profile);

/* "证件识别企业证件号为 {read}，与最终填写的 {form} 不符", or NULL. Also {field} and {title}. */
const char *profile_review_words(const Profile *profile, FindingCode code);

/* Is @today inside the renewal window of a certificate that ends on @end? */
gboolean profile_may_renew(const Profile *profile, const GDate *end, const GDate *today);

G_END_DECLS

#endif
