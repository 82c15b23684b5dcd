/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * invent.h: companies, people, codes and orders that do not exist, from a seed.
 */
#ifndef SB_SAMPLES_INVENT_H
#define SB_SAMPLES_INVENT_H

#include "core/order.h"

G_BEGIN_DECLS

/* splitmix64: the same seed gives the same orders on every machine. */
typedef struct {
    guint64 state;
} Rng;

guint64 rng_next(Rng *rng);
guint rng_below(Rng *rng, guint n);
double rng_range(Rng *rng, double low, double high);
double rng_normal(Rng *rng); /* mean 0, deviation 1 */
gboolean rng_chance(Rng *rng, double p);

typedef struct {
    char *name;
    char *id_number;
    gboolean male;
    guint year, month, day; /* born */
    char *nation, *address, *authority;
    GDate issued, expires; /* expires invalid: 长期 */
} Person;

/* COMPANY_OLD: a limited company on the form of before 2014. */
typedef enum {
    COMPANY_LIMITED,
    COMPANY_BRANCH,
    COMPANY_PARTNERSHIP,
    COMPANY_SOLE,
    COMPANY_INDIVIDUAL,
    COMPANY_INSTITUTION,
    COMPANY_ASSOCIATION,
    COMPANY_NONPROFIT,
    COMPANY_OLD,
    COMPANY_KINDS
} CompanyKind;

typedef struct {
    CompanyKind kind;
    char *name;
    char *credit_code;
    char *type, *rep_label, *capital, *address, *scope, *authority;
    GDate established, term_end; /* term_end invalid: 长期 */
    Person *rep;
    char *seal_number; /* 13 digits */
} Company;

Person *person_invent(Rng *rng, const GDate *today);
void person_free(Person *person);
Company *company_invent(Rng *rng, const GDate *today);
/* Any kind, with the names, codes and words that go with it, rarer characters and longer names. */
void company_become(Company *company, CompanyKind kind, Rng *rng);
void company_free(Company *company);

/* A valid code with one of the middle characters changed and the check characters made to fit. */
char *code_with_mistake(Rng *rng, const char *code);
/* One character of @name replaced by one that looks alike, or another given name's. */
char *name_with_mistake(Rng *rng, const char *name);
char *id_number_with_mistake(Rng *rng, const char *number);

char *date_chinese(const GDate *date); /* "2021年07月23日"; invalid: "长期" */
char *date_iso(const GDate *date);
char *date_dots(const GDate *date); /* "2021.07.23" */

G_END_DECLS

#endif
