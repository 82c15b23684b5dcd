/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sheet_result.c: memory and names of what sheet_extract gives.
 */
#include "core/png_write.h"
#include "sealgen/sheet.h"

static void
sample_free(SheetSample *sample)
{
    g_free(sample->file);
    g_free(sample);
}

static void
line_free(SealLine *line)
{
    image_free(line->image);
    g_free(line);
}

static void
seal_free(SheetSeal *seal)
{
    g_free(seal->alpha);
    g_free(seal->agreement);
    g_ptr_array_unref(seal->samples);
    g_ptr_array_unref(seal->lines);
    g_free(seal);
}

SheetSeal *
sheet_seal_new(guint index, SealType type)
{
    SheetSeal *seal = g_new0(SheetSeal, 1);
    seal->seal_index = index;
    seal->type = type;
    seal->shape = SHAPE_FREE;
    seal->samples = g_ptr_array_new_with_free_func((GDestroyNotify)sample_free);
    seal->lines = g_ptr_array_new_with_free_func((GDestroyNotify)line_free);
    return seal;
}

SheetResult *
sheet_result_new(void)
{
    SheetResult *result = g_new0(SheetResult, 1);
    result->seals = g_ptr_array_new_with_free_func((GDestroyNotify)seal_free);
    result->pages = g_array_new(FALSE, TRUE, sizeof(SheetPageSeen));
    result->findings = g_ptr_array_new_with_free_func((GDestroyNotify)finding_free);
    return result;
}

void
sheet_result_free(SheetResult *result)
{
    if (!result)
        return;
    g_ptr_array_unref(result->seals);
    g_array_unref(result->pages);
    g_ptr_array_unref(result->findings);
    g_free(result);
}

GBytes *
sheet_seal_png(const SheetSeal *seal)
{
    if (!seal->found || !seal->alpha)
        return NULL;
    return ink_to_png(seal->alpha, seal->width, seal->height, seal->ink_rgb, seal->levels, seal->px_per_mm * 1000);
}

const char *
scale_source_name(ScaleSource source)
{
    static const char *const NAMES[SCALE_SOURCES] = { "unproven", "sheet_marks", "paper_edges", "dpi_page_size",
                                                      "page_size", "paper_side" };
    return source < SCALE_SOURCES ? NAMES[source] : "unproven";
}

const char *
seal_shape_name(SealShape shape)
{
    static const char *const NAMES[SHAPES] = { "round", "oval", "rectangle", "free" };
    return shape < SHAPES ? NAMES[shape] : "free";
}

const char *
seal_line_kind_name(SealLineKind kind)
{
    static const char *const NAMES[LINE_KINDS] = { "ring", "centre", "bottom", "number", "cells" };
    return kind < LINE_KINDS ? NAMES[kind] : "ring";
}

char *
sample_reasons_text(SampleReasons reasons)
{
    static const char *const NAMES[] = { "faint",   "partial", "blotted",   "doubled",          "crossed by other ink",
                                         "cut off", "blurred", "different", "outside its place" };
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < G_N_ELEMENTS(NAMES); i++)
        if (reasons & 1u << i)
            g_string_append_printf(text, "%s%s", text->len ? ", " : "", NAMES[i]);
    return g_string_free(text, FALSE);
}
