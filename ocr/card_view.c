/* SPDX-License-Identifier: GPL-3.0-or-later */
/* card_view.c: strips and flattened pieces of a page, from as much detail as they need. */
#include "ocr/card_view.h"

#include <math.h>

enum { STRIP_SIDE_MAX = 4096 };

struct CardView {
    PageFile *file;
    const Page *page;
    Page *detail;           /* NULL until it is needed, or where there is none */
    Homography to_detail;   /* layout px -> detail px */
    gboolean tried;
};

CardView *
card_view_new(PageFile *file, const Page *page)
{
    CardView *view = g_new0(CardView, 1);
    view->file = file;
    view->page = page;
    view->to_detail = homography_identity();
    return view;
}

void
card_view_free(CardView *view)
{
    if (!view)
        return;
    page_free(view->detail);
    g_free(view);
}

const Page *
card_view_page(const CardView *view)
{
    return view->page;
}

/* Decode at the reduction that a magnification of @wanted (layout px -> output px) can use. */
static void
load_detail(CardView *view, double wanted)
{
    guint reduction = view->page->reduction;
    if (!view->file || view->tried || reduction == 1 || wanted < 1.2)
        return;
    view->tried = TRUE;
    guint finer = wanted > 2.4 || reduction == 2 ? 1 : reduction / 2;
    Page *detail = page_file_load_as_stored(view->file, view->page->index, finer, NULL); /* broken: read what there is */
    Homography from_stored;
    if (!detail || !homography_invert(&detail->to_stored, &from_stored)) {
        page_free(detail);
        return;
    }
    view->detail = detail;
    view->to_detail = homography_then(&view->page->to_stored, &from_stored);
}

/* Output pixels a layout pixel, at the middle of the picture. */
static double
magnification(const Homography *to_layout, guint width, guint height)
{
    Point o = homography_apply(to_layout, (Point){ width / 2.0, height / 2.0 });
    Point r = homography_apply(to_layout, (Point){ width / 2.0 + 1, height / 2.0 });
    return 1 / fmax(point_distance(o, r), 1e-6);
}

Image *
card_view_warp(CardView *view, const Homography *to_layout, guint width, guint height)
{
    load_detail(view, magnification(to_layout, width, height));
    if (!view->detail)
        return image_warp(view->page->image, to_layout, width, height, 255);
    Homography to_detail = homography_then(to_layout, &view->to_detail);
    return image_warp(view->detail->image, &to_detail, width, height, 255);
}

Image *
card_view_strip(CardView *view, const Strip *s, double text_px, Homography *to_layout)
{
    double length = point_distance(s->left, s->right);
    if (!(length >= 1) || !(s->height >= 1))
        return NULL;
    double scale = text_px / s->height;
    double width = (length + (s->before + s->after) * s->height) * scale;
    double height = (1 + s->above + s->below) * text_px;
    if (!(width >= 2 && width <= STRIP_SIDE_MAX && height >= 2 && height <= STRIP_SIDE_MAX))
        return NULL;
    double ux = (s->right.x - s->left.x) / length, uy = (s->right.y - s->left.y) / length;
    double along = -s->before * s->height, across = -(0.5 + s->above) * s->height;
    /* pixel (x, y) of the strip lies at left + u (along + x / scale) + v (across + y / scale), v = u turned right */
    Homography h = { { ux / scale, -uy / scale, s->left.x + ux * along - uy * across, uy / scale, ux / scale,
                       s->left.y + uy * along + ux * across, 0, 0, 1 } };
    if (to_layout)
        *to_layout = h;
    return card_view_warp(view, &h, (guint)ceil(width), (guint)ceil(height));
}

Quad
card_view_stored(const CardView *view, const Quad *layout)
{
    return homography_apply_quad(&view->page->to_stored, layout);
}
