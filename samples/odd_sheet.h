/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * odd_sheet.h: stamped sheets of many designs, and what people do to them: the forms that other
 * authorities print, or that an applicant made himself.
 */
#ifndef SB_SAMPLES_ODD_SHEET_H
#define SB_SAMPLES_ODD_SHEET_H

#include "samples/canvas.h"
#include "samples/seals.h"

G_BEGIN_DECLS

typedef enum { BOX_NONE, BOX_SOLID, BOX_DASHED, BOX_RED, BOX_TABLE, BOX_ROUND } OddBox;
typedef enum { GUIDE_NONE, GUIDE_RED_TEXT, GUIDE_BLUE_TEXT, GUIDE_BLACK_TEXT } OddGuide;

typedef struct {
    const char *name;
    double width_mm, height_mm; /* of the paper */
    guint samples;              /* places for each seal, 1..3 */
    gboolean columns;           /* the samples of a seal stand under each other */
    OddBox box;
    OddGuide guide;        /* printed where the stamp goes */
    gboolean letterhead;   /* the company's name and a double rule in red on top */
    gboolean red_labels;   /* headings of the boxes */
    gboolean instructions; /* a paragraph through the places */
    gboolean signed_over;  /* the company's seal once more, over the signature at the foot */
    gboolean page_each;    /* a page for each seal */
} OddForm;

extern const OddForm odd_forms[];
extern const guint odd_forms_n;

typedef struct {
    const SealArt *art;
    guint ink; /* into the inks: 0..ODD_INKS-1 */
} OddSeal;

#define ODD_INKS 8
/* How clumsy: share of stampings with a flaw, off their place, or crossed by a pen. */
typedef struct {
    double flawed, astray, crossed;
} OddHand;

/* Returns: (transfer full) (element-type Canvas) the pages. */
GPtrArray *odd_sheet_draw(const OddForm *form, const Company *company, const OddSeal *seals, guint n,
                          const OddHand *hand, Rng *rng);

G_END_DECLS

#endif
