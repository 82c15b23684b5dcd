/* SPDX-License-Identifier: GPL-3.0-or-later */
/* odd_capture.c: the ways an upload comes about, as a table, and the one routine that goes them. */
#include "samples/odd_capture.h"

#include <math.h>

#define BENCH_MM 45.0 /* desk around the paper that is drawn */

#define WOOD                                                                                                           \
    {                                                                                                                  \
        128, 98, 70                                                                                                    \
    }
#define WHITE                                                                                                          \
    {                                                                                                                  \
        214, 212, 208                                                                                                  \
    }
#define BLUE                                                                                                           \
    {                                                                                                                  \
        60, 80, 110                                                                                                    \
    }

const OddCapture odd_captures[] = {
    { "scan-150", LEVEL_SCAN, .dpi = 150, .quality = 75, .gain = .97 },
    { "scan-200-no-dpi", LEVEL_SCAN, .dpi = 200, .claims = -1, .quality = 70, .gain = .95 },
    { "scan-300-says-72", LEVEL_SCAN, .dpi = 300, .claims = 72, .quality = 80, .gain = .97, .turns = 2 },
    { "scan-600", LEVEL_SCAN, .dpi = 600, .quality = 75, .gain = .97 },
    { "scan-600-says-300", LEVEL_SCAN, .dpi = 600, .claims = 300, .quality = 70, .gain = .96, .turns = 1 },
    { "grey-ground-pdf", LEVEL_SCAN, .dpi = 300, .pdf = TRUE, .quality = 70, .gain = .82 },
    { "glass-white-lid", LEVEL_SCAN, .dpi = 300, .bed_w = 297, .bed_h = 420, .lid = 250, .quality = 80, .gain = 1 },
    { "glass-black-lid", LEVEL_SCAN, .dpi = 200, .bed_w = 297, .bed_h = 420, .lid = 28, .quality = 75, .gain = .97 },
    { "glass-legal", LEVEL_SCAN, .dpi = 200, .bed_w = 216, .bed_h = 356, .lid = 244, .quality = 75, .gain = .98 },
    { "glass-says-96", LEVEL_SCAN, .dpi = 300, .claims = 96, .bed_w = 297, .bed_h = 420, .lid = 235, .quality = 75,
      .gain = .97 },
    { "copy-grey", LEVEL_SCAN, .dpi = 300, .grey = TRUE, .quality = 80, .gain = .97 },
    { "jpeg-40", LEVEL_HARD, .dpi = 200, .quality = 40, .gain = .95 },
    { "messenger-scan", LEVEL_HARD, .dpi = 300, .claims = -1, .quality = 60, .gain = .97, .resized = 1800 },
    { "photo-12", LEVEL_PHOTO, .megapixels = 12, .tilt = .3, .desk = WOOD, .quality = 85, .gain = .85 },
    { "photo-48", LEVEL_PHOTO, .megapixels = 48, .tilt = .3, .desk = BLUE, .quality = 80, .gain = .9 },
    { "photo-upside-down", LEVEL_PHOTO, .megapixels = 12, .tilt = .4, .desk = WOOD, .turns = 2, .quality = 80,
      .gain = .8 },
    { "photo-exif", LEVEL_PHOTO, .megapixels = 8, .tilt = .4, .desk = WOOD, .exif = 6, .quality = 80, .gain = .8 },
    { "photo-steep", LEVEL_PHOTO, .megapixels = 12, .tilt = 1, .desk = BLUE, .quality = 80, .gain = .85 },
    { "photo-white-desk", LEVEL_PHOTO, .megapixels = 12, .tilt = .3, .desk = WHITE, .quality = 80, .gain = .9 },
    { "photo-shadow", LEVEL_PHOTO, .megapixels = 8, .tilt = .4, .desk = WOOD, .shadow = .45, .quality = 75,
      .gain = .85 },
    { "photo-curled", LEVEL_HARD, .megapixels = 12, .tilt = .3, .bulge_mm = 2.5, .desk = WOOD, .quality = 80,
      .gain = .85 },
    { "photo-cut-bottom", LEVEL_HARD, .megapixels = 8, .tilt = .4, .cut = CUT_BOTTOM, .share = .08, .desk = WOOD,
      .quality = 80, .gain = .85 },
    { "photo-cut-left-right", LEVEL_HARD, .megapixels = 8, .tilt = .3, .cut = CUT_LEFT | CUT_RIGHT, .share = .03,
      .desk = BLUE, .quality = 80, .gain = .85 },
    { "photo-cut-corner", LEVEL_HARD, .megapixels = 8, .tilt = .4, .cut = CUT_BOTTOM | CUT_RIGHT, .share = .04,
      .desk = WOOD, .quality = 80, .gain = .85 },
    { "photo-cut-top-bottom", LEVEL_HARD, .megapixels = 8, .tilt = .4, .cut = CUT_TOP | CUT_BOTTOM, .share = .03,
      .desk = WOOD, .quality = 80, .gain = .85 },
    { "photo-cut-all", LEVEL_HARD, .megapixels = 8, .tilt = .3, .cut = CUT_TOP | CUT_BOTTOM | CUT_LEFT | CUT_RIGHT,
      .share = .03, .desk = WOOD, .quality = 80, .gain = .85 },
    { "messenger-photo", LEVEL_HARD, .megapixels = 8, .tilt = .4, .desk = WOOD, .quality = 55, .gain = .85,
      .resized = 1440 },
};
const guint odd_captures_n = G_N_ELEMENTS(odd_captures);

typedef struct {
    Image *image;
    double ppm, origin_mm; /* pixel (x, y) lies at ((x, y) / ppm - origin_mm) of the paper */
} Bench;

/* The paper on its desk; a bulging sheet's lines bend by up to @bulge_mm. */
static Bench
lay_down(const Image *paper, const Canvas *canvas, const guint8 desk[3], double bulge_mm, double margin_mm)
{
    const double k = CANVAS_PX_PER_MM;
    guint w = (guint)lround((canvas->width_mm + 2 * margin_mm) * k),
          h = (guint)lround((canvas->height_mm + 2 * margin_mm) * k);
    Bench bench = { image_new(w, h, 3), k, margin_mm };
    for (guint y = 0; y < h; y++)
        for (guint x = 0; x < w; x++) {
            guint8 *out = bench.image->data + ((gsize)y * w + x) * 3;
            double u = x / k - margin_mm, v = y / k - margin_mm;
            v -= bulge_mm * (1 - pow(2 * u / canvas->width_mm - 1, 2));
            int px = (int)floor(u * k), py = (int)floor(v * k);
            gboolean inside = px >= 0 && py >= 0 && px < (int)paper->width && py < (int)paper->height;
            const guint8 *in = inside ? paper->data + ((gsize)py * paper->width + (gsize)px) * 3 : desk;
            guint grain = inside ? 0 : (x * 7 + y / 9 * 13) % 11;
            for (guint c = 0; c < 3; c++)
                out[c] = (guint8)MIN(255, in[c] + grain);
        }
    return bench;
}

/* Light: @gain, a shadow with a soft edge across the picture, noise. */
static void
light(Image *image, double gain, double shadow, double sigma, Rng *rng)
{
    double a = rng_range(rng, 0, 2 * G_PI), c = cos(a), s = sin(a), at = rng_range(rng, -.2, .2);
    double slope = rng_range(rng, -.12, .12), scale = MAX(image->width, image->height);
    for (guint y = 0; y < image->height; y++)
        for (guint x = 0; x < image->width; x++) {
            double d = ((x - image->width / 2.0) * c + (y - image->height / 2.0) * s) / scale - at;
            double here = gain * (1 + slope * d) * (1 - shadow / (1 + exp(-60 * d)));
            double grain = sigma * (rng_range(rng, -1, 1) + rng_range(rng, -1, 1));
            guint8 *p = image->data + ((gsize)y * image->width + x) * 3;
            for (int k = 0; k < 3; k++)
                p[k] = (guint8)CLAMP(p[k] * here + grain + .5, 0, 255);
        }
}

/* The paper's corners in a picture of @w x @h of a pinhole camera that looks from about above. */
static Homography
hold_camera(const Canvas *canvas, const OddCapture *how, double w, double h, Rng *rng)
{
    double pw = canvas->width_mm, ph = canvas->height_mm;
    double x0 = how->cut & CUT_LEFT ? how->share * pw : -.06 * pw,
           x1 = pw - (how->cut & CUT_RIGHT ? how->share * pw : -.06 * pw);
    double y0 = how->cut & CUT_TOP ? how->share * ph : -.06 * ph,
           y1 = ph - (how->cut & CUT_BOTTOM ? how->share * ph : -.06 * ph);
    double f = rng_range(rng, .72, .9) * MAX(w, h); /* phones' main cameras: 26-30 mm of a full frame */
    double ax = how->tilt * rng_range(rng, .15, .3) * (rng_chance(rng, .5) ? 1 : -1),
           ay = how->tilt * rng_range(rng, .1, .25) * (rng_chance(rng, .5) ? 1 : -1), az = rng_normal(rng) * .015;
    double cx = (x0 + x1) / 2, cy = (y0 + y1) / 2, fit = MIN(w / (x1 - x0), h / (y1 - y0)), z = f / fit;
    /* about the cut's middle: turn, then tilt over both axes, then look */
    double ca = cos(az), sa = sin(az), cb = cos(ax), sb = sin(ax), cc = cos(ay), sc = sin(ay);
    double r[9] = { ca * cc,
                    -sa * cc,
                    sc,
                    sa * cb + ca * sb * sc,
                    ca * cb - sa * sb * sc,
                    -sb * cc,
                    sa * sb - ca * cb * sc,
                    ca * sb + sa * cb * sc,
                    cb * cc };
    Homography move = homography_translate(-cx, -cy), out;
    Homography look = { { f * r[0] + w / 2 * r[6], f * r[1] + w / 2 * r[7], w / 2 * z, f * r[3] + h / 2 * r[6],
                          f * r[4] + h / 2 * r[7], h / 2 * z, r[6], r[7], z } };
    out = homography_then(&move, &look);
    if (how->cut == 0) { /* step back until all corners are inside */
        Quad mm = quad_rect(0, 0, pw, ph), px = homography_apply_quad(&out, &mm);
        double most = 1;
        for (int i = 0; i < 4; i++) {
            most = MAX(most, fabs(px.p[i].x - w / 2) / (.47 * w));
            most = MAX(most, fabs(px.p[i].y - h / 2) / (.47 * h));
        }
        Homography centre = homography_translate(-w / 2, -h / 2), shrink = homography_scale(1 / most, 1 / most),
                   back = homography_translate(w / 2, h / 2);
        out = homography_then(&out, &centre);
        out = homography_then(&out, &shrink);
        out = homography_then(&out, &back);
    }
    return out;
}

static Image *
shoot(const Bench *bench, const Homography *mm_to_px, guint w, guint h, guint8 outside)
{
    Homography px_to_mm, move = homography_translate(bench->origin_mm, bench->origin_mm),
                         scale = homography_scale(bench->ppm, bench->ppm), to_bench = homography_then(&move, &scale);
    homography_invert(mm_to_px, &px_to_mm);
    Homography to_source = homography_then(&px_to_mm, &to_bench);
    return image_warp(bench->image, &to_source, w, h, outside);
}

static Image *
scan_odd(const Image *paper, const Canvas *canvas, const OddCapture *how, Rng *rng, Captured *out)
{
    double k = how->dpi / 25.4, bw = how->bed_w > 0 ? how->bed_w : canvas->width_mm,
           bh = how->bed_h > 0 ? how->bed_h : canvas->height_mm;
    const guint8 lid[3] = { how->lid, how->lid, how->lid };
    Bench bench = lay_down(paper, canvas, lid, 0, 3);
    double room_x = MAX(0, bw - canvas->width_mm), room_y = MAX(0, bh - canvas->height_mm);
    double angle = rng_normal(rng) * .4 * G_PI / 180, c = cos(angle), s = sin(angle);
    double dx = room_x * rng_range(rng, .05, .3), dy = room_y * rng_range(rng, .05, .3);
    out->mm_to_px = (Homography){ { k * c, -k * s, k * dx, k * s, k * c, k * dy, 0, 0, 1 } };
    out->dpi = how->dpi;
    Image *image =
        shoot(&bench, &out->mm_to_px, (guint)lround(bw * k), (guint)lround(bh * k), how->bed_w > 0 ? how->lid : 250);
    image_free(bench.image);
    light(image, how->gain, 0, 2, rng);
    return image;
}

static Image *
photograph_odd(const Image *paper, const Canvas *canvas, const OddCapture *how, Rng *rng, Captured *out)
{
    gboolean lies = canvas->width_mm > canvas->height_mm;
    double longer = sqrt(how->megapixels * 1e6 * 4 / 3), shorter = longer * 3 / 4;
    double w = lies ? longer : shorter, h = lies ? shorter : longer;
    Bench bench = lay_down(paper, canvas, how->desk, how->bulge_mm, BENCH_MM);
    out->mm_to_px = hold_camera(canvas, how, w, h, rng);
    Image *image = shoot(&bench, &out->mm_to_px, (guint)w, (guint)h, how->desk[1]);
    image_free(bench.image);
    capture_blur(image, how->megapixels > 30 ? 2 : 1);
    light(image, how->gain, how->shadow, 3, rng);
    return image;
}

static void
turn_quarters(Image **image, guint turns, Captured *out)
{
    if (turns == 0)
        return;
    static const guint same_as[4] = { 1, 8, 3, 6 }; /* the EXIF tag that undoes that turn */
    Image *turned = image_turn(*image, turns);
    Homography lie = image_orientation_to_stored(same_as[turns], turned->width, turned->height);
    out->mm_to_px = homography_then(&out->mm_to_px, &lie);
    image_free(*image);
    *image = turned;
}

void
odd_capture(const Canvas *canvas, const OddCapture *how, Rng *rng, Captured *out)
{
    g_autoptr(Image) paper = canvas_image(canvas);
    *out = (Captured){ 0 };
    Image *image = how->dpi ? scan_odd(paper, canvas, how, rng, out) : photograph_odd(paper, canvas, how, rng, out);
    guint longer = MAX(image->width, image->height);
    if (how->resized && how->resized < longer) {
        double f = (double)how->resized / longer;
        Homography grow = homography_scale(1 / f, 1 / f), shrink = homography_scale(f, f);
        Image *small = image_warp(image, &grow, (guint)(image->width * f), (guint)(image->height * f), 255);
        image_free(image);
        image = small;
        out->mm_to_px = homography_then(&out->mm_to_px, &shrink);
        out->dpi *= f;
    }
    turn_quarters(&image, how->exif == 6 ? 3 : how->turns, out);
    if (how->grey) {
        Image *plane = image_plane(image, IMAGE_LUMA);
        image_free(image);
        image = plane;
    }
    guint claims = how->claims > 0 ? (guint)how->claims : how->claims == 0 ? (guint)lround(out->dpi) : 0;
    out->width = image->width;
    out->height = image->height;
    out->bytes = capture_jpeg(image, how->quality, how->dpi ? claims : 72, how->exif);
    out->suffix = "jpg";
    if (how->pdf) {
        g_autoptr(GBytes) jpeg = out->bytes;
        out->bytes = capture_pdf(jpeg, image->width, image->height, how->dpi);
        out->suffix = "pdf";
    }
    image_free(image);
}
