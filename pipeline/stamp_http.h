/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stamp_http.h: carries time-stamp requests to an RFC 3161 service over HTTP (clause 3.4).
 *
 * Plain http: the answer is signed, and sealgen believes nothing else. Configured by [seal]
 * timestamp_url; only seals of version 5 carry a time stamp.
 */
#ifndef SB_PIPELINE_STAMP_HTTP_H
#define SB_PIPELINE_STAMP_HTTP_H

#include "core/error.h"

G_BEGIN_DECLS

typedef struct {
    const char *url; /* http://host[:port]/path */
    guint timeout_s; /* of the whole exchange, 1..60 */
} StampService;

/* Returns: FALSE with SB_ERROR_INPUT where the URL is none, or is https. */
gboolean stamp_http_check_url(const char *url, GError **error);

/**
 * stamp_http_fetch: a SesStampFunc; @service a StampService.
 * Returns: (transfer full) the TimeStampResp, or NULL with SB_ERROR_INPUT (URL) or SB_ERROR_CA: not reached, no
 * answer in time, another content type, not DER or too long.
 */
GBytes *stamp_http_fetch(GBytes *request, gpointer service, GError **error);

G_END_DECLS

#endif
