/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fold.c: which characters are one class to the classifier. */
#include "ocr/hanzi/inner.h"

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
