/* SPDX-License-Identifier: GPL-3.0-or-later */
/* invent.c: every name, number and address here is made up; the divisions do not exist. */
#include "samples/invent.h"

#include "core/citizen_id.h"
#include "core/credit_code.h"

#include <math.h>
#include <string.h>

guint64
rng_next(Rng *rng)
{
    guint64 z = rng->state += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

guint
rng_below(Rng *rng, guint n)
{
    return (guint)((rng_next(rng) >> 32) * n >> 32);
}

double
rng_range(Rng *rng, double low, double high)
{
    return low + (high - low) * (double)(rng_next(rng) >> 11) / 9007199254740992.0;
}

double
rng_normal(Rng *rng)
{
    double u = rng_range(rng, 1e-12, 1), v = rng_range(rng, 0, 2 * G_PI);
    return sqrt(-2 * log(u)) * cos(v);
}

gboolean
rng_chance(Rng *rng, double p)
{
    return rng_range(rng, 0, 1) < p;
}

#define PICK(rng, list) ((list)[rng_below((rng), G_N_ELEMENTS(list))])

static const char *const surnames[] = { "王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周", "徐", "孙", "马",
                                        "朱", "胡", "郭", "何", "林", "高", "罗", "郑", "梁", "谢", "宋", "唐", "许",
                                        "邓", "韩", "冯", "曹", "彭", "曾", "肖", "田", "董", "潘", "袁", "蔡", "蒋",
                                        "余", "于", "杜", "叶", "程", "魏", "苏", "吕", "丁", "任", "沈", "姚", "卢" };
static const char *const given[] = { "伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "洋", "艳", "勇", "军",
                                     "杰", "娟", "涛", "明", "超", "霞", "平", "刚", "昕", "瑶", "宸", "琪",
                                     "颖", "晟", "煜", "婷", "鑫", "博", "轩", "睿", "涵", "熙", "琳", "岚",
                                     "翊", "珂", "锴", "祺", "瑾", "骁", "旻", "昱", "淼" };
static const char *const nations[] = { "汉", "汉", "汉", "汉", "满", "回", "壮", "苗", "土家", "彝" };
static const char *const places[][2] = { { "云岭省", "临江市" }, { "海岱省", "安澜市" }, { "江右省", "鹤鸣市" },
                                         { "岭南省", "石湾市" }, { "河东省", "柳溪市" }, { "川西省", "锦屏市" } };
static const char *const districts[] = { "桂园区", "龙背区", "清河县", "云岫县", "望海区", "高新区" };
static const char *const roads[] = { "解放路", "中山东路", "创业一路", "桃源街", "滨江大道", "文昌巷", "科苑路" };
static const char *const brands[] = { "嘉", "盛", "瀚", "梓", "荟", "昊", "泽", "铭", "骏", "睿", "鼎",
                                      "泓", "恒", "锐", "瑞", "晟", "旭", "诚", "溪", "岚", "润", "轩",
                                      "卓", "越", "腾", "翎", "煦", "沅", "琮", "烁", "珩", "澍" };
static const char *const trades[] = { "信息技术", "建筑工程", "餐饮管理", "商贸",     "机械设备",
                                      "园林绿化", "教育咨询", "医疗器械", "物业服务", "文化传媒",
                                      "环保科技", "农业发展", "食品",     "纺织",     "工程咨询" };
static const char *const scopes[] = { "软件开发；信息系统集成服务；技术进出口。",
                                      "各类工程建设活动；园林绿化工程施工；建筑材料销售。",
                                      "餐饮管理；食品销售；会议及展览服务。",
                                      "机械设备销售；通用设备修理；五金产品批发。" };

static char *
digits(Rng *rng, guint n)
{
    char *out = g_malloc(n + 1);
    for (guint i = 0; i < n; i++)
        out[i] = (char)('0' + rng_below(rng, 10));
    out[n] = 0;
    return out;
}

static char *
address_invent(Rng *rng)
{
    guint place = rng_below(rng, G_N_ELEMENTS(places));
    return g_strdup_printf("%s%s%s%s%u号%u栋%u室", places[place][0], places[place][1], PICK(rng, districts),
                           PICK(rng, roads), 1 + rng_below(rng, 800), 1 + rng_below(rng, 20),
                           101 + rng_below(rng, 1200));
}

static char *
person_name(Rng *rng)
{
    return g_strconcat(PICK(rng, surnames), PICK(rng, given), rng_chance(rng, .6) ? PICK(rng, given) : "", NULL);
}

/* GB 11643 with divisions 60-69 that no province has. */
static char *
id_number(Rng *rng, const Person *p)
{
    char number[19];
    guint sequence = rng_below(rng, 499) * 2 + (p->male ? 1 : 0) + 2;
    g_snprintf(number, sizeof number, "6%u%04u%04u%02u%02u%03u", rng_below(rng, 10), 100 + rng_below(rng, 9000),
               p->year, p->month, p->day, MIN(sequence, 999));
    if ((number[16] - '0') % 2 != (p->male ? 1 : 0))
        number[16] = (char)(number[16] == '0' ? '1' : number[16] - 1);
    number[17] = citizen_id_check_character(number);
    number[18] = 0;
    return g_strdup(number);
}

Person *
person_invent(Rng *rng, const GDate *today)
{
    Person *p = g_new0(Person, 1);
    p->name = person_name(rng);
    p->male = rng_chance(rng, .5);
    p->year = 1960 + rng_below(rng, 45);
    p->month = 1 + rng_below(rng, 12);
    p->day = 1 + rng_below(rng, 28);
    p->nation = g_strdup(PICK(rng, nations));
    p->address = address_invent(rng);
    p->authority = g_strdup_printf("%s公安局", PICK(rng, places)[1]);
    p->id_number = id_number(rng, p);
    p->issued = *today;
    g_date_subtract_days(&p->issued, 200 + rng_below(rng, 1200));
    guint age = g_date_get_year(&p->issued) - p->year;
    p->expires = p->issued;
    if (age >= 46)
        g_date_clear(&p->expires, 1);
    else
        g_date_add_years(&p->expires, age >= 26 ? 20 : age >= 16 ? 10 : 5);
    return p;
}

void
person_free(Person *p)
{
    if (!p)
        return;
    g_free(p->name);
    g_free(p->id_number);
    g_free(p->nation);
    g_free(p->address);
    g_free(p->authority);
    g_free(p);
}

static void
fit_checks(char *code)
{
    code[16] = organisation_code_check_character(code + 8);
    code[17] = credit_code_check_character(code);
}

static char *
credit_code(Rng *rng)
{
    char code[19] = "91";
    g_autofree char *division = digits(rng, 6);
    memcpy(code + 2, division, 6);
    code[2] = '3'; /* province 38 does not exist */
    code[3] = '8';
    for (int i = 8; i < 16; i++)
        code[i] = CREDIT_CODE_LETTERS[rng_below(rng, rng_chance(rng, .5) ? 10 : 31)];
    if (rng_chance(rng, .6))
        memcpy(code + 8, "MA", 2);
    fit_checks(code);
    return g_strdup(code);
}

static char *
company_name(Rng *rng)
{
    guint place = rng_below(rng, G_N_ELEMENTS(places));
    g_autofree char *city = g_strndup(places[place][1], 6); /* without 市 */
    g_autofree char *brand =
        g_strconcat(PICK(rng, brands), PICK(rng, brands), rng_chance(rng, .4) ? PICK(rng, brands) : "", NULL);
    const char *trade = PICK(rng, trades);
    switch (rng_below(rng, 4)) {
    case 0:
        return g_strconcat(brand, "（", city, "）", trade, "有限公司", NULL);
    case 1:
        return g_strconcat(places[place][1], brand, trade, "有限责任公司", NULL);
    default:
        return g_strconcat(city, brand, trade, "有限公司", NULL);
    }
}

Company *
company_invent(Rng *rng, const GDate *today)
{
    Company *c = g_new0(Company, 1);
    c->name = company_name(rng);
    c->credit_code = credit_code(rng);
    c->type = g_strdup(rng_chance(rng, .5) ? "有限责任公司（自然人独资）" : "其他有限责任公司");
    c->rep_label = g_strdup("法定代表人");
    c->capital = g_strdup(rng_chance(rng, .5) ? "贰佰万元整" : "500万元人民币");
    c->address = address_invent(rng);
    c->scope = g_strdup(PICK(rng, scopes));
    c->authority = g_strdup_printf("%s市场监督管理局", PICK(rng, places)[1]);
    c->established = *today;
    g_date_subtract_days(&c->established, 400 + rng_below(rng, 4000));
    c->term_end = c->established;
    if (rng_chance(rng, .5))
        g_date_add_years(&c->term_end, 30);
    else
        g_date_clear(&c->term_end, 1);
    c->rep = person_invent(rng, today);
    c->seal_number = digits(rng, 13);
    return c;
}

/* --- other kinds --- */

static const char *const rare[] = { "翀", "旸", "玥", "琭", "祎", "赟", "昶", "垚", "喆", "彧", "芃", "骐", "麒", "曦",
                                    "馨", "懿", "灏", "璟", "璇", "霖", "霏", "靖", "燚", "焱", "洺", "浠", "湉", "沣",
                                    "邺", "邗", "郦", "闫", "阚", "缪", "冼", "郗", "亓", "仝" };
static const char *const compound_surnames[] = { "欧阳", "上官", "司马", "诸葛", "皇甫", "尉迟" };

static char *
rare_brand(Rng *rng)
{
    g_autoptr(GString) brand = g_string_new(NULL);
    for (guint n = 2 + rng_below(rng, 3); n > 0; n--)
        g_string_append(brand, rng_chance(rng, .5) ? PICK(rng, rare) : PICK(rng, brands));
    return g_strdup(brand->str);
}

static char *
name_of_kind(CompanyKind kind, Rng *rng)
{
    guint place = rng_below(rng, G_N_ELEMENTS(places));
    g_autofree char *city = g_strndup(places[place][1], 6), *brand = rare_brand(rng), *more = rare_brand(rng);
    const char *trade = PICK(rng, trades), *second = PICK(rng, trades);
    const char *open = rng_chance(rng, .5) ? "（" : "(", *shut = *open == '(' ? ")" : "）";
    switch (kind) {
    case COMPANY_BRANCH:
        return g_strconcat(city, brand, trade, rng_chance(rng, .4) ? second : "", "有限公司", PICK(rng, districts), "分公司", NULL);
    case COMPANY_PARTNERSHIP:
        return g_strconcat(city, brand, rng_chance(rng, .5) ? "企业管理" : "股权投资", "合伙企业", open,
                           rng_chance(rng, .6) ? "有限合伙" : "特殊普通合伙", shut, NULL);
    case COMPANY_SOLE:
        return g_strconcat(city, brand, trade, rng_chance(rng, .5) ? "厂" : "事务所", NULL);
    case COMPANY_INDIVIDUAL:
        return g_strconcat(PICK(rng, districts), brand, rng_chance(rng, .5) ? "餐饮店" : "百货商行",
                           rng_chance(rng, .3) ? "（个体工商户）" : "", NULL);
    case COMPANY_INSTITUTION:
        return g_strconcat(places[place][1], PICK(rng, districts), rng_chance(rng, .5) ? "公共资源交易中心" : "第一人民医院", NULL);
    case COMPANY_ASSOCIATION:
        return g_strconcat(places[place][1], trade, rng_chance(rng, .5) ? "行业协会" : "商会", NULL);
    case COMPANY_NONPROFIT:
        return g_strconcat(places[place][1], brand, rng_chance(rng, .5) ? "职业培训学校" : "养老服务中心", NULL);
    default:
        break;
    }
    if (rng_chance(rng, .25)) /* a long one, over two lines */
        return g_strconcat(places[place][0], brand, more, trade, second, "集团股份有限公司", NULL);
    if (rng_chance(rng, .3))
        return g_strconcat(brand, open, city, shut, trade, "有限公司", NULL);
    return g_strconcat(city, brand, trade, rng_chance(rng, .3) ? second : "", "有限公司", NULL);
}

static void
replace(char **text, char *with)
{
    g_free(*text);
    *text = with;
}

void
company_become(Company *c, CompanyKind kind, Rng *rng)
{
    static const char *const heads[COMPANY_KINDS] = { "91", "91", "91", "91", "92", "12", "51", "52", "91" };
    static const char *const types[COMPANY_KINDS] = { "有限责任公司（自然人投资或控股）", "有限责任公司分公司", "有限合伙企业",
                                                      "个人独资企业", "个人经营", "财政补助", "全省", "市民政局",
                                                      "股份有限公司（非上市）" };
    static const char *const capitals[] = { "壹仟万元整", "人民币伍拾万元整", "3000万元人民币", "捌佰捌拾万元整" };
    c->kind = kind;
    replace(&c->name, name_of_kind(kind, rng));
    memcpy(c->credit_code, heads[kind], 2);
    fit_checks(c->credit_code);
    replace(&c->type, g_strdup(types[kind]));
    replace(&c->capital, g_strdup(PICK(rng, capitals)));
    if (rng_chance(rng, .4))
        replace(&c->rep->name, g_strconcat(rng_chance(rng, .25) ? PICK(rng, compound_surnames) : PICK(rng, surnames),
                                           PICK(rng, rare), rng_chance(rng, .5) ? PICK(rng, given) : "", NULL));
    if (kind >= COMPANY_INSTITUTION && kind != COMPANY_OLD)
        replace(&c->authority, g_strdup(kind == COMPANY_INSTITUTION ? "安澜市事业单位登记管理局" : "安澜市民政局"));
}

void
company_free(Company *c)
{
    if (!c)
        return;
    g_free(c->name);
    g_free(c->credit_code);
    g_free(c->type);
    g_free(c->rep_label);
    g_free(c->capital);
    g_free(c->address);
    g_free(c->scope);
    g_free(c->authority);
    g_free(c->seal_number);
    person_free(c->rep);
    g_free(c);
}

char *
code_with_mistake(Rng *rng, const char *code)
{
    char *out = g_strdup(code);
    while (strcmp(out, code) == 0) {
        out[10 + rng_below(rng, 6)] = CREDIT_CODE_LETTERS[rng_below(rng, 31)];
        fit_checks(out);
    }
    return out;
}

char *
id_number_with_mistake(Rng *rng, const char *number)
{
    char *out = g_strdup(number);
    while (strcmp(out, number) == 0) {
        out[14 + rng_below(rng, 3)] = (char)('0' + rng_below(rng, 10));
        out[17] = citizen_id_check_character(out);
    }
    return out;
}

char *
name_with_mistake(Rng *rng, const char *name)
{
    static const char *const alike[][2] = { { "盛", "晟" }, { "骏", "俊" }, { "铭", "名" }, { "瀚", "翰" },
                                            { "泽", "择" }, { "睿", "容" }, { "旭", "旮" }, { "润", "涧" },
                                            { "烁", "铄" }, { "诚", "城" }, { "伟", "纬" }, { "静", "净" },
                                            { "明", "朋" }, { "涛", "淘" }, { "颖", "颍" } };
    for (gsize i = 0; i < G_N_ELEMENTS(alike); i++) {
        const char *at = strstr(name, alike[i][0]);
        if (at)
            return g_strdup_printf("%.*s%s%s", (int)(at - name), name, alike[i][1], at + strlen(alike[i][0]));
    }
    /* None of the table's: another character in the second place. */
    const char *second = g_utf8_next_char(name), *rest = g_utf8_next_char(second);
    const char *other = PICK(rng, given);
    while (strncmp(other, second, strlen(other)) == 0)
        other = PICK(rng, given);
    return g_strdup_printf("%.*s%s%s", (int)(second - name), name, other, rest);
}

static char *
date_text(const GDate *date, const char *year, const char *month, const char *day)
{
    if (!g_date_valid(date))
        return g_strdup("长期");
    return g_strdup_printf("%u%s%02u%s%02u%s", g_date_get_year(date), year, (guint)g_date_get_month(date), month,
                           g_date_get_day(date), day);
}

char *
date_chinese(const GDate *date)
{
    return date_text(date, "年", "月", "日");
}

char *
date_iso(const GDate *date)
{
    return date_text(date, "-", "-", "");
}

char *
date_dots(const GDate *date)
{
    return date_text(date, ".", ".", "");
}
