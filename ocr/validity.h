/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * validity.h: what an ID card's printed dates must obey.
 *
 * 居民身份证法 (2011) article 5: 16 to 25 years old: 10 years; 26 to 45: 20 years; from 46: 长期;
 * below 16: 5 years. The card ends on the day of the month on which it began. Age is counted on the
 * day of issue, which may lie some days after the application: a month of slack at each limit.
 */
#ifndef SB_OCR_VALIDITY_H
#define SB_OCR_VALIDITY_H

#include <glib.h>

G_BEGIN_DECLS

#define VALIDITY_FOREVER "长期"

typedef struct {
    GDate from;
    GDate until;      /* invalid where forever */
    gboolean forever; /* 长期 */
} Validity;

typedef enum {
    VALIDITY_OK = 0,
    VALIDITY_TERM_ODD = 1 << 0, /* neither 5, 10 nor 20 years to the day, nor 长期 */
    VALIDITY_AGE_ODD = 1 << 1,  /* the term is none that the holder's age at issue allows */
    VALIDITY_FROM_ODD = 1 << 2  /* begins before these cards existed (2004) or before the holder's birth */
} ValidityFlaws;

/**
 * validity_parse: "2015.03.09-2035.03.09" or "2015.03.09-长期"; any dash, blanks ignored.
 * Returns: FALSE where it is not exactly that, or a date does not exist.
 */
gboolean validity_parse(const char *text, Validity *validity);

/* @birth: the holder's, or NULL (or invalid) where it is not known. */
ValidityFlaws validity_check(const Validity *validity, const GDate *birth);

/*
 * The term in years, or 0 where it is none of 5, 10, 20 (forever: 0). It ends on the same day of the year or on
 * the day before (both are printed); one that begins on 29 February may also end on 1 March.
 */
guint validity_years(const Validity *validity);

/* Has it ended before @on? The last day printed is still valid. */
gboolean validity_expired(const Validity *validity, const GDate *on);

/* "YYYY-MM-DD" of a valid date. Returns: (transfer full) */
char *validity_iso(const GDate *date);
/* Parse what validity_iso made. */
gboolean validity_from_iso(const char *text, GDate *date);

G_END_DECLS

#endif
