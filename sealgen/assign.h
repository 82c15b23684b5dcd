/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * assign.h: which impressions are of one seal, and which ordered seal that is.
 */
#ifndef SB_SEALGEN_ASSIGN_H
#define SB_SEALGEN_ASSIGN_H

#include "core/order.h"
#include "sealgen/impression.h"

G_BEGIN_DECLS

/* Impressions of one seal. */
typedef struct {
    GPtrArray *members; /* (element-type Impression) not owned, in reading order */
    int seal;           /* into the order's seals, or -1: no ordered seal */
    guint main_row;     /* the row most of them stand in */
    SealShape shape;
    double width_mm, height_mm; /* medians */
    gboolean has_line;          /* round: a line of text stands below the middle (财务专用章), not only the ring */
    guint rank;                 /* place among the groups that may be seals */
} SealGroup;

void seal_group_free(SealGroup *group);

/**
 * assign_groups: @impressions of all pages, rows not yet counted (this sets them). @seals: how many are
 * ordered; two lone impressions that look alike stay two where one for each seal is all there is.
 * Returns: (transfer full) (element-type SealGroup) in reading order.
 */
GPtrArray *assign_groups(GPtrArray *impressions, guint seals);

/* Give each ordered seal at most one group: by shape, size, place and number of samples. */
void assign_seals(GPtrArray *groups, const Order *order);

G_END_DECLS

#endif
