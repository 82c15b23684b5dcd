/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * view.h: one page looked at: its millimetres, its impressions with their crops, which way is up.
 */
#ifndef SB_SEALGEN_VIEW_H
#define SB_SEALGEN_VIEW_H

#include "sealgen/find.h"
#include "sealgen/scale.h"

G_BEGIN_DECLS

typedef struct {
    guint page;
    GError *error; /* owned: why the page could not be decoded, else NULL */
    SheetScale scale;
    Homography to_stored; /* pixels of the decoded picture -> stored pixels */
    guint reduction;      /* the decoded picture is this much smaller than the full one */
    PageTraits traits;
    gboolean blank;
    double hint_deg;        /* clockwise turn of upright things in the page's frame: -90, 0, 90 or 180 */
    GPtrArray *impressions; /* (element-type Impression) */
    gboolean own_form;      /* our own printed sheet: its places know their seals */
    double form_hint_deg;   /* and its code which way is up */
    double decode_ms, layout_ms, unmix_ms;
} PageView;

/* @order: whose form it may be. Returns: (transfer full), never NULL. The decoded page is freed before it returns. */
PageView *page_view_new(const SheetPage *page, guint number, const Order *order);
void page_view_free(PageView *view);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PageView, page_view_free)

/* A point or outline of the page's millimetres in stored pixels. */
Point page_view_stored(const PageView *view, Point mm);
Quad page_view_stored_box(const PageView *view, const Outline *place);

/* The turn that makes the stored page upright: 0, 90, 180, 270. */
guint page_view_turned_deg(const PageView *view);

/* CPU milliseconds of this thread, for the benchmark's stages. */
double cpu_ms_now(void);

G_END_DECLS

#endif
