/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ca_util.h: certificates as bytes, shared by the CA backends. Not for others. */
#ifndef SB_BURNER_CA_UTIL_H
#define SB_BURNER_CA_UTIL_H

#include <glib.h>

G_BEGIN_DECLS

/* First, or all, certificates of a PEM or DER file as DER; NULL/empty when there is none that decodes. */
GBytes *ca_file_certificate(const char *file);
GPtrArray *ca_file_certificates(const char *file, GError **error); /* (element-type GBytes); SB_ERROR_CA */

/* Lower-case hex SHA-256, the name under which a public key's certificate is kept. (transfer full) */
char *ca_key_name(GBytes *public_key);

/* Certificates for @public_key in the files of @folder: how many different ones; the first goes to *certificate. */
guint ca_folder_find(const char *folder, GBytes *public_key, GBytes **certificate);

G_END_DECLS

#endif
