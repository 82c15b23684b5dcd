/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * burn_setup.h: certificate authority and hub as the config and the vendor's file say; paths are the workspace's.
 */
#ifndef SB_PIPELINE_BURN_SETUP_H
#define SB_PIPELINE_BURN_SETUP_H

#include "burner/ca.h"
#include "burner/hub.h"
#include "pipeline/workspace.h"

G_BEGIN_DECLS

/* [ca]. (transfer full) SB_ERROR_INPUT (config), SB_ERROR_CA (files that are missing or unfit). */
BurnCa *burn_setup_ca(Workspace *workspace, GError **error);

/**
 * burn_setup_hub: [burn], over the vendor's file where one is named.
 * @vendor  (out) owns strings of @hub: burn_vendor_clear() when @hub is no longer used
 * SB_ERROR_INPUT: no module is set, a wrong number, a wrong vendor's file.
 */
gboolean burn_setup_hub(Workspace *workspace, BurnHubConfig *vendor, BurnHubConfig *hub, GError **error);

G_END_DECLS

#endif
