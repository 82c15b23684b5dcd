/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * forms.h: licences and certificates of many registers, years and printers: no two of a seed alike.
 */
#ifndef SB_SAMPLES_FORMS_H
#define SB_SAMPLES_FORMS_H

#include "samples/documents.h"

G_BEGIN_DECLS

/*
 * A form that fits @company's kind: landscape or portrait, faces, sizes, columns, where the code stands, one QR code,
 * two or none, a colour print or a copy, words and seals across the print. @company->kind must be set
 * (company_become). @layout: its name for the truth, static.
 */
Canvas *form_draw(const Company *company, Rng *rng, const char **layout);

/* An ID card as it comes: alone or on A4, an original or a copy, straight or not, both sides anyhow. */
Canvas *form_card(const Person *person, CardSides sides, const Company *company, Rng *rng);

/* The licence, reduced, and both sides of its representative's card on one A4 page. */
Canvas *form_licence_and_card(const Company *company, Rng *rng);

G_END_DECLS

#endif
