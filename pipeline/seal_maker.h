/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * seal_maker.h: signs an order's seals for the certificate that was just issued, between ISSUED and
 * SEAL_WRITTEN: a seal names its holder's certificate. Pictures come from the order, or, where it came without
 * a sheet, from the holder's last one; every seal made is archived.
 */
#ifndef SB_PIPELINE_SEAL_MAKER_H
#define SB_PIPELINE_SEAL_MAKER_H

#include "burner/burn.h"
#include "pipeline/workspace.h"
#include "sealgen/ses.h"

G_BEGIN_DECLS

/**
 * seal_maker_make: @certificate DER.
 * Returns: (transfer full) (element-type BurnBlob): one for each ordered seal, or NULL with SB_ERROR_SEAL (no picture,
 * ...), SB_ERROR_STORE, SB_ERROR_ENV.
 */
GPtrArray *seal_maker_make(Workspace *workspace, SesMaker *maker, const BurnOrder *unit, GBytes *certificate,
                           GError **error);

G_END_DECLS

#endif
