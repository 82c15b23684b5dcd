/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fold.c: which characters are one class to the classifier. */
#include "ocr/hanzi/inner.h"

#include <string.h>

static const struct {
    gunichar from, to;
} FOLDS[] = {
    {0x3000, ' '},    {0x3002, 0x3002}, {0x3001, 0x3001}, {0x3010, '['},   {0x3011, ']'},   {0x3014, '('},
    {0x3015, ')'},    {0x2018, '\''},   {0x2019, '\''},   {0x201c, '"'},   {0x201d, '"'},   {0x2022, 0xb7},
    {0x2027, 0xb7},   {0x22c5, 0xb7},   {0x30fb, 0xb7},   {0xff65, 0xb7},  {0x2e31, 0xb7},  {0x2010, '-'},
    {0x2011, '-'},    {0x2012, '-'},    {0x2013, '-'},    {0x2014, '-'},   {0x2015, '-'},   {0x2212, '-'},
    {0x2500, '-'},    {0x3007, 0x3007}, {0xa0, ' '},      {0xfe59, '('},   {0xfe5a, ')'},   {0x2160, 'I'},
};

gunichar
hanzi_fold(gunichar c)
{
    if (c >= 0xff01 && c <= 0xff5e)
        c = c - 0xff01 + '!';
    for (guint i = 0; i < G_N_ELEMENTS(FOLDS); i++)
        if (FOLDS[i].from == c)
            return FOLDS[i].to;
    return c;
}

/* Signs of one shape: only size, place and neighbours tell them apart. */
gunichar
hz_shape(gunichar c)
{
    static const char GROUPS[] = "0Oo\0" "1lI\0" "Cc\0" "Ss\0" "Vv\0" "Ww\0" "Xx\0" "Zz\0" "Uu\0" "Kk\0" "Pp\0";
    if (c == 0x3007)
        return '0';
    if (c == 0x4e00) /* 一 */
        return '-';
    if (c < 0x80)
        for (const char *g = GROUPS; *g; g += strlen(g) + 1)
            if (strchr(g, (char)c))
                return (gunichar)*g;
    return c;
}
