/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ses_time.h: the dates of a seal as text, in the one form that its version allows; inside sealgen.
 */
#ifndef SB_SEALGEN_SES_TIME_H
#define SB_SEALGEN_SES_TIME_H

#include "sealgen/ses.h"

G_BEGIN_DECLS

/**
 * ses_time_parse:
 * "YYMMDDHHMMSSZ" (UTCTime, version 1: 1950..2049) or "YYYYMMDDHHMMSSZ" (GeneralizedTime, versions 4
 * and 5) to seconds since 1970. FALSE for any other text and for a date that there is not.
 */
gboolean ses_time_parse(const char *text, gsize length, SesVersion version, gint64 *unix_seconds);

/* The way back. NULL where the version cannot write this date. (transfer full) */
char *ses_time_format(gint64 unix_seconds, SesVersion version);

G_END_DECLS

#endif
