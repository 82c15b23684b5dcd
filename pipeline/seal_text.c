/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * seal_text.c: confirmed by the cuts that the expected name makes, denied by what is read without it.
 */
#include "pipeline/seal_text.h"

#include <math.h>
#include <string.h>

#include "pipeline/usual_hanzi.h"

/* ---- confirmed ---------------------------------------------------------------------------------- */

/*
 * hanzi_verify's rho: +1 at the expected character, 0 midway to the nearest other one, -1 there. Right names
 * on rings have .3 to .5 in the mean and other companies' names -.9 to -.1. A character of a right name stays
 * above WEAK but for its twins, and there only below where the twin is a rare character (江/冮, 程/桯, 鹤/鶴).
 */
#define RHO_MEAN .25
#define RHO_WEAK .03     /* more than this: it stands there */
#define RHO_UNUSUAL .75  /* the same for a character that names hardly have */
#define RHO_RARE (-.60)  /* more than this is enough against a rare character, where the expected one is not rare */
#define RHO_TWIN (-.30)  /* more than this: open, and OPEN_MOST may stay open */
#define RHO_READ .15     /* mean, of the text that was read without the form: below it the reading is no evidence */
#define FIT_MOST 1.35    /* median: 1 is the limit of print */
#define INK_BESIDE .20   /* average characters' ink before or after the name */
#define LEGIBLE .70      /* mean confidence of a line that needs no widening */
enum { LEGIBLE_LEAST = 4, WIDTH_MOST = 6000 };
enum { NAME_LEAST = 6, OPEN_MOST = 0 };

/* A hanzi that names have; signs, letters and digits are usual too. */
static gboolean
is_usual(gunichar c)
{
    return is_usual_hanzi(c) || g_unichar_get_script(c) != G_UNICODE_SCRIPT_HAN;
}

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
        if (is_usual(seen->choice[i].c))
            return hanzi_fold(seen->choice[i].c);
    return 0;
}

typedef enum { STANDS, OPEN, CONTRADICTED } Standing;

/* What was read, without the form, where the cuts found @c. NULL: nothing. */
static const HanziReadChar *
read_there(const HanziReading *reading, const HanziCharVerdict *c)
{
    double middle = (c->box.x0 + c->box.x1) / 2;
    for (guint i = 0; i < reading->n; i++)
        if (reading->chars[i].box.x0 < middle && reading->chars[i].box.x1 > middle)
            return &reading->chars[i];
    return NULL;
}

/*
 * Words of which every second name has one: they tell no company from another, and no name is registered with
 * 工桯 in it. Where the form has the word, its characters only must not be contradicted strongly.
 */
static const char *const COMMON_WORDS[] = {
    "有限责任公司", "股份有限公司", "有限公司", "有限合伙", "合伙企业", "合作社", "分公司", "工程", "管理", "技术", "信息",
    "科技",         "服务",         "发展",     "建筑",     "设备",     "机械",   "装饰",   "设计", "咨询", "贸易", "软件",
    "食品",         "餐饮",         "文化",     "传媒",     "物业",     "农业",   "招标",   "代理", "市",   "省",
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

static Standing
standing_of(const HanziCharVerdict *c, gboolean common, const HanziReadChar *seen)
{
    if (common && c->rho > RHO_RARE)
        return STANDS;
    if (c->rho > (is_usual(c->expected) ? RHO_WEAK : RHO_UNUSUAL))
        return STANDS;
    if (c->rho > RHO_RARE && seen && c->rival && !is_usual(c->rival) && first_usual(seen) == c->expected)
        return STANDS;
    if (c->rho > RHO_TWIN && seen && hanzi_fold(seen->c) == c->expected && is_usual(c->expected))
        return STANDS; /* what names are made of has settled it, before the form was looked at */
    return c->rho > RHO_TWIN || c->why == HANZI_WHY_UNKNOWN ? OPEN : CONTRADICTED;
}

static gboolean
cuts_confirm(const HanziVerdict *v, const gboolean *common, const HanziReading *reading)
{
    guint open = 0;
    double sum = 0;
    if (v->answer == HANZI_PASSES)
        return TRUE;
    if (v->n < NAME_LEAST || v->fit_median > FIT_MOST || v->ink_before > INK_BESIDE || v->ink_after > INK_BESIDE)
        return FALSE;
    for (guint i = 0; i < v->n; i++) {
        Standing standing = standing_of(&v->chars[i], common[i], read_there(reading, &v->chars[i]));
        if (standing == CONTRADICTED)
            return FALSE;
        open += standing == OPEN;
        sum += MIN(v->chars[i].rho, 1);
    }
    return open <= OPEN_MOST && sum / v->n >= RHO_MEAN;
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
        if (hanzi_fold(seen->c) == expected[i] && is_usual(expected[i]))
            continue;
        if (common[i] ? !is_among_choices(seen, expected[i]) : is_usual(seen->c) || first_usual(seen) != expected[i])
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

/* The name as it is compared. Returns: (transfer full) @n characters */
static gunichar *
folded(const char *text, guint *n)
{
    glong length;
    gunichar *out = g_utf8_to_ucs4_fast(text, -1, &length);
    *n = 0;
    for (glong i = 0; i < length; i++)
        if (!g_unichar_isspace(out[i]))
            out[(*n)++] = hanzi_fold(out[i]);
    return out;
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
    if (!hanzi_verify(hanzi, line, reading->text, &v, NULL))
        return FALSE;
    for (guint i = 0; i < v.n; i++)
        sum += MIN(v.chars[i].rho, 1);
    return v.fit_median <= FIT_MOST && sum / v.n >= RHO_READ;
}

/* ---- width -------------------------------------------------------------------------------------- */

static Image *
widened(const HanziLine *line, double factor)
{
    Image *out = image_new((guint)lround(line->width * factor), line->height, 1);
    for (guint x = 0; x < out->width; x++) {
        double u = CLAMP((x + 0.5) / factor - 0.5, 0, line->width - 1.0);
        guint left = (guint)u, right = MIN(left + 1, line->width - 1);
        for (guint y = 0; y < line->height; y++) {
            const guint8 *row = line->px + y * line->stride;
            out->data[(gsize)y * out->width + x] = (guint8)lround(row[left] + (u - left) * (row[right] - row[left]));
        }
    }
    return out;
}

static double
legibility(const Hanzi *hanzi, const HanziLine *line)
{
    g_auto(HanziReading) reading = { 0 };
    double sum = 0;
    if (!hanzi_read(hanzi, line, HANZI_READ_NAME, &reading, NULL) || reading.n < LEGIBLE_LEAST)
        return 0;
    for (guint i = 0; i < reading.n; i++)
        sum += reading.chars[i].confidence / reading.n;
    return sum;
}

Image *
ring_widened(const Hanzi *hanzi, const HanziLine *line)
{
    static const double FACTORS[] = { 1.3, 1.65, 2.1 };
    double best = legibility(hanzi, line);
    Image *widest = NULL;
    for (guint i = 0; i < G_N_ELEMENTS(FACTORS) && best < LEGIBLE && line->width * FACTORS[i] < WIDTH_MOST; i++) {
        g_autoptr(Image) image = widened(line, FACTORS[i]);
        HanziLine wide = *line;
        wide.px = image->data;
        wide.width = image->width;
        wide.stride = image->width;
        double now = legibility(hanzi, &wide);
        if (now > best + 0.05) {
            best = now;
            g_clear_pointer(&widest, image_free);
            widest = g_steal_pointer(&image);
        }
    }
    return widest;
}

Verdict
ring_verdict(const Hanzi *hanzi, const HanziLine *line, const char *name, const HanziReading *reading)
{
    g_auto(HanziVerdict) verdict = { 0 };
    guint n;
    g_autofree gunichar *expected = folded(name, &n);
    g_autofree gboolean *common = common_in(expected, n);
    if (n == 0)
        return VERDICT_UNDECIDED;
    if (hanzi_verify(hanzi, line, name, &verdict, NULL) && cuts_confirm(&verdict, common, reading))
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

gboolean
is_read_surely(const HanziReading *reading, const char *text)
{
    guint n;
    g_autofree gunichar *expected = folded(text, &n);
    gboolean same = n > 0 && n == reading->n;
    for (guint i = 0; same && i < n; i++) {
        const HanziReadChar *seen = &reading->chars[i];
        same = hanzi_fold(seen->c) == expected[i] && seen->confidence >= READ_SURELY && !seen->by_prior;
    }
    return same;
}

/* ---- the purpose inside the ring ---------------------------------------------------------------- */

static gboolean
says_surely(const HanziReading *reading, const char *word)
{
    gunichar first = g_utf8_get_char(word), second = g_utf8_get_char(g_utf8_next_char(word));
    for (guint i = 0; i + 1 < reading->n; i++) {
        const HanziReadChar *c = &reading->chars[i];
        if (c[0].c == first && c[1].c == second && c[0].confidence >= READ_SURELY && c[1].confidence >= READ_SURELY)
            return TRUE;
    }
    return FALSE;
}

Verdict
purpose_verdict(const HanziReading *reading, SealType type, const char **word)
{
    static const struct {
        SealType type;
        const char *word;
    } purposes[] = { { SEAL_FINANCE, "财务专用章" }, { SEAL_CONTRACT, "合同专用章" }, { SEAL_INVOICE, "发票专用章" } };
    if (type != SEAL_OFFICIAL && type != SEAL_FINANCE && type != SEAL_CONTRACT && type != SEAL_INVOICE)
        return VERDICT_NONE;
    Verdict verdict = VERDICT_NONE;
    *word = "公章";
    for (guint i = 0; i < G_N_ELEMENTS(purposes); i++) {
        if (purposes[i].type == type)
            *word = purposes[i].word;
        if (says_surely(reading, purposes[i].word))
            verdict = purposes[i].type == type ? VERDICT_CONFIRMED : VERDICT_DENIED;
    }
    return verdict;
}
