/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * seal_text.c: confirmed by the cuts that the expected name makes, denied by what is read without it.
 */
#include "pipeline/seal_text.h"

#include <string.h>

#include "pipeline/seal_line.h"

/* ---- confirmed ---------------------------------------------------------------------------------- */

/*
 * hanzi_verify's rho among characters that names have: +1 at the expected one, 0 midway to the nearest other, -1 there.
 * Names' means, on rings laid straight: right ones .18 to .85, on impressions that nobody can read down to -.4; other
 * companies' -.6 to -.14. Of the single characters of right names one in fifty is below 0 and one in two hundred below
 * CONTRADICTED (a stroke worn off: 平 as 干); of look-alikes put in for one character, nineteen in twenty.
 */
#define RHO_MEAN .25
#define RHO_OPEN .02            /* more than this: it stands there */
#define RHO_CONTRADICTED (-.25) /* less than this: something else does. Between the two: open */
#define TWINS 50.0 /* D2 below which that is chance, a worn stroke or the engraver's face: 鸣呜 昊吴 土士 */
#define RHO_COMMON (-.60) /* the same in a word that every second name has */
#define RHO_MEAN_OPEN .35 /* the others' mean with which a character may stay open */
#define RHO_READ .15      /* mean, of the text that was read without the form: below it the reading is no evidence */
#define FIT_MOST 1.35     /* median: 1 is the limit of print */
#define INK_BESIDE .20    /* average characters' ink before or after the name */
enum { NAME_LEAST = 6, OPEN_EACH = 8 /* of so many characters one may stay open */ };

static gboolean
is_among_choices(const HanziReadChar *seen, gunichar expected)
{
    for (guint i = 0; i < HANZI_CHOICES && seen->choice[i].c; i++)
        if (hanzi_fold(seen->choice[i].c) == expected)
            return TRUE;
    return hanzi_fold(seen->c) == expected;
}

/* The best choice that names have. 0: none */
static gunichar
first_usual(const HanziReadChar *seen)
{
    for (guint i = 0; i < HANZI_CHOICES && seen->choice[i].c; i++)
        if (is_name_hanzi(seen->choice[i].c))
            return hanzi_fold(seen->choice[i].c);
    return 0;
}

/*
 * Words of which every second name has one: they tell no company from another, and no name is registered with
 * 工桯 in it. Where the form has the word, its characters only must not be contradicted strongly.
 */
static const char *const COMMON_WORDS[] = {
    "有限责任公司", "股份有限公司", "有限公司", "有限合伙", "合伙企业", "合作社", "分公司", "工程",
    "管理",         "技术",         "信息",     "科技",     "服务",     "发展",   "建筑",   "设备",
    "机械",         "装饰",         "设计",     "咨询",     "贸易",     "软件",   "食品",   "餐饮",
    "文化",         "传媒",         "物业",     "农业",     "招标",     "代理",   "市",     "省",
};

/* Returns: (transfer full) TRUE at the characters of common words. */
static gboolean *
common_in(const gunichar *name, guint n)
{
    gboolean *common = g_new0(gboolean, n + 1);
    for (guint w = 0; w < G_N_ELEMENTS(COMMON_WORDS); w++) {
        glong length;
        g_autofree gunichar *word = g_utf8_to_ucs4_fast(COMMON_WORDS[w], -1, &length);
        for (guint i = 0; i + (guint)length <= n; i++)
            if (memcmp(name + i, word, (gsize)length * sizeof *word) == 0)
                for (guint k = 0; k < (guint)length; k++)
                    common[i + k] = TRUE;
    }
    return common;
}

static gboolean
cuts_confirm(const HanziVerdict *v, const gboolean *common)
{
    guint open = 0;
    double sum = 0;
    if (v->n < NAME_LEAST || v->fit_median > FIT_MOST || v->ink_before > INK_BESIDE || v->ink_after > INK_BESIDE)
        return FALSE;
    for (guint i = 0; i < v->n; i++) {
        const HanziCharVerdict *c = &v->chars[i];
        if (c->rho < (common[i] ? RHO_COMMON : RHO_CONTRADICTED) && (c->apart == 0 || c->apart > TWINS))
            return FALSE;
        if (!common[i] && c->rho <= RHO_OPEN)
            open++;
        else
            sum += MIN(c->rho, 1);
    }
    return open <= v->n / OPEN_EACH && sum / MAX(1, v->n - open) >= (open ? RHO_MEAN_OPEN : RHO_MEAN);
}

static gboolean
is_sign(const HanziReadChar *seen)
{
    return g_unichar_get_script(seen->c) != G_UNICODE_SCRIPT_HAN && seen->c != '(' && seen->c != ')' &&
           hanzi_fold(seen->c) != '(' && hanzi_fold(seen->c) != ')';
}

/* The free reading says the name, but for specks before and after it and rare twins of usual characters. */
static gboolean
reading_confirms(const HanziReading *reading, const gunichar *expected, const gboolean *common, guint n)
{
    guint from = 0, to = reading->n, twins = 0;
    while (from < to && is_sign(&reading->chars[from]))
        from++;
    while (to > from && is_sign(&reading->chars[to - 1]))
        to--;
    if (n < NAME_LEAST || to - from != n)
        return FALSE;
    for (guint i = 0; i < n; i++) {
        const HanziReadChar *seen = &reading->chars[from + i];
        if (hanzi_fold(seen->c) == expected[i] && is_name_hanzi(expected[i]))
            continue;
        if (common[i] ? !is_among_choices(seen, expected[i])
                      : is_name_hanzi(seen->c) || first_usual(seen) != expected[i])
            return FALSE;
        twins++;
    }
    return twins <= n / 4;
}

/* ---- denied ------------------------------------------------------------------------------------- */

/*
 * Does a free reading say something else than the name? Most characters read well, and at least two read surely
 * where the expected one was not even among the choices (a fifth of the name, and only hanzi: a broken
 * character is often read as letters); and the line looks like what was read.
 */
enum { STRONG_DIFFERENCES = 2 };
#define READ_WELL .5
#define READ_SURELY .75
#define SHARE_READ_WELL .6
#define SHARE_DIFFERENT .2
#define SHARE_KNOWN .6

static gboolean
is_sure(const HanziReadChar *seen)
{
    return seen->confidence >= READ_SURELY && g_unichar_get_script(seen->c) == G_UNICODE_SCRIPT_HAN;
}

/* What it costs to let @seen stand for @expected (0: nothing), in units that count only sure differences. */
static guint
difference(const HanziReadChar *seen, gunichar expected)
{
    return is_among_choices(seen, expected) || !is_sure(seen) ? 0 : 1;
}

/* The smallest number of sure differences over all alignments of equal or nearly equal length. */
static guint
sure_differences(const HanziReading *reading, const gunichar *expected, guint n)
{
    g_autofree guint *row = g_new0(guint, n + 1), *next = g_new0(guint, n + 1);
    for (guint j = 1; j <= n; j++)
        row[j] = j; /* an expected character that nothing stands for counts, or everything could be left out */
    for (guint i = 1; i <= reading->n; i++) {
        const HanziReadChar *seen = &reading->chars[i - 1];
        next[0] = row[0] + is_sure(seen);
        for (guint j = 1; j <= n; j++) {
            guint best = row[j - 1] + difference(seen, expected[j - 1]);
            best = MIN(best, row[j] + is_sure(seen));
            next[j] = MIN(best, next[j - 1] + 1);
        }
        memcpy(row, next, (n + 1) * sizeof *row);
    }
    return row[n];
}

/* Most of what tells this name from others was read somewhere: a doubled or broken seal, not another's. */
static gboolean
reading_knows(const HanziReading *reading, const gunichar *expected, const gboolean *common, guint n)
{
    guint own = 0, found = 0;
    for (guint i = 0; i < n; i++) {
        if (common[i] || expected[i] == '(' || expected[i] == ')')
            continue;
        own++;
        for (guint k = 0; k < reading->n; k++)
            if (is_among_choices(&reading->chars[k], expected[i])) {
                found++;
                break;
            }
    }
    return own > 0 && found > SHARE_KNOWN * own;
}

static gboolean
reading_denies(const HanziReading *reading, const gunichar *expected, guint n)
{
    guint well = 0;
    for (guint i = 0; i < reading->n; i++)
        well += reading->chars[i].confidence >= READ_WELL;
    return reading->n > 0 && well >= SHARE_READ_WELL * reading->n && well >= SHARE_READ_WELL * n &&
           sure_differences(reading, expected, n) >= MAX(STRONG_DIFFERENCES, SHARE_DIFFERENT * n);
}

/* Does the line look like the text that was read? Two names over each other, or half a line, do not. */
static gboolean
reading_stands(const Hanzi *hanzi, const HanziLine *line, const HanziReading *reading)
{
    g_auto(HanziVerdict) v = { 0 };
    double sum = 0;
    if (!seal_line_verify(hanzi, line, reading->text, &v))
        return FALSE;
    for (guint i = 0; i < v.n; i++)
        sum += MIN(v.chars[i].rho, 1);
    return v.fit_median <= FIT_MOST && sum / v.n >= RHO_READ;
}

/* ---- ------------------------------------------------------------------------------------------- */

Verdict
ring_verdict(const Hanzi *hanzi, const HanziLine *line, const char *name, const HanziReading *reading)
{
    g_auto(HanziVerdict) verdict = { 0 };
    guint n;
    g_autofree gunichar *expected = seal_line_folded(name, &n);
    g_autofree gboolean *common = common_in(expected, n);
    if (n == 0)
        return VERDICT_UNDECIDED;
    if (seal_line_verify(hanzi, line, name, &verdict) && cuts_confirm(&verdict, common))
        return VERDICT_CONFIRMED;
    if (!reading->text)
        return VERDICT_UNDECIDED;
    if (reading_confirms(reading, expected, common, n))
        return VERDICT_CONFIRMED;
    return reading_denies(reading, expected, n) && !reading_knows(reading, expected, common, n) &&
                   reading_stands(hanzi, line, reading)
               ? VERDICT_DENIED
               : VERDICT_UNDECIDED;
}
