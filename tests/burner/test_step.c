/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "burner/step.h"

#include <criterion/criterion.h>
#include <string.h>

/* README.md draws the tables; what it draws must be what is done. */
Test(step, the_readme_holds_exactly_these_tables)
{
    g_autofree char *readme = NULL;
    cr_assert(g_file_get_contents(SOURCE_DIR "/burner/README.md", &readme, NULL, NULL));
    for (guint f = 0; f < BURN_FAMILIES; f++) {
        g_autofree char *table = burn_step_markdown(f);
        cr_assert_not_null(strstr(readme, table), "table %u is not in burner/README.md:\n%s", f, table);
    }
}

typedef struct {
    BurnFamily family;
    BurnState state;
    BurnView view;
    BurnAct act;
} Cell;

/* The road of each family, cell by cell. */
static const Cell road[] = {
    { BURN_FAMILY_FRESH, BURN_STATE_QUEUED, BURN_VIEW_FREE, BURN_ACT_CLAIM },
    { BURN_FAMILY_FRESH, BURN_STATE_CLAIMED, BURN_VIEW_FREE, BURN_ACT_INIT },
    { BURN_FAMILY_FRESH, BURN_STATE_INIT_BEGUN, BURN_VIEW_NOPIN, BURN_ACT_SET_PIN },
    { BURN_FAMILY_FRESH, BURN_STATE_INITED, BURN_VIEW_EMPTY, BURN_ACT_KEYGEN },
    { BURN_FAMILY_FRESH, BURN_STATE_KEYED, BURN_VIEW_KEY, BURN_ACT_ISSUE },
    { BURN_FAMILY_FRESH, BURN_STATE_ISSUED, BURN_VIEW_KEY, BURN_ACT_WRITE_CERT },
    { BURN_FAMILY_FRESH, BURN_STATE_CERT_WRITTEN, BURN_VIEW_CERT, BURN_ACT_MAKE_SEALS },
    { BURN_FAMILY_FRESH, BURN_STATE_SEAL_MADE, BURN_VIEW_PART, BURN_ACT_WRITE_SEALS },
    { BURN_FAMILY_FRESH, BURN_STATE_SEAL_MADE, BURN_VIEW_ALL, BURN_ACT_NOTE_SEALS },
    { BURN_FAMILY_FRESH, BURN_STATE_SEAL_WRITTEN, BURN_VIEW_ALL, BURN_ACT_VERIFY },
    { BURN_FAMILY_FRESH, BURN_STATE_VERIFIED, BURN_VIEW_ABSENT, BURN_ACT_SEAL_PIN },
    { BURN_FAMILY_FRESH, BURN_STATE_PIN_SEALED, BURN_VIEW_ABSENT, BURN_ACT_FINISH },
    /* where a crash leaves it */
    { BURN_FAMILY_FRESH, BURN_STATE_INIT_BEGUN, BURN_VIEW_FREE, BURN_ACT_INIT },
    { BURN_FAMILY_FRESH, BURN_STATE_INIT_BEGUN, BURN_VIEW_EMPTY, BURN_ACT_SET_PIN },
    { BURN_FAMILY_FRESH, BURN_STATE_KEY_BEGUN, BURN_VIEW_EMPTY, BURN_ACT_KEYGEN },
    { BURN_FAMILY_FRESH, BURN_STATE_KEY_BEGUN, BURN_VIEW_HALF, BURN_ACT_SCRAP_KEY },
    { BURN_FAMILY_FRESH, BURN_STATE_KEY_BEGUN, BURN_VIEW_KEY, BURN_ACT_ADOPT_KEY },
    { BURN_FAMILY_FRESH, BURN_STATE_ISSUE_SENT, BURN_VIEW_KEY, BURN_ACT_ASK_CA },
    { BURN_FAMILY_FRESH, BURN_STATE_ISSUED, BURN_VIEW_CERT, BURN_ACT_NOTE_CERT },
    { BURN_FAMILY_FRESH, BURN_STATE_SEAL_WRITTEN, BURN_VIEW_PART, BURN_ACT_WRITE_SEALS },
    { BURN_FAMILY_BESIDE, BURN_STATE_CLAIMED, BURN_VIEW_EMPTY, BURN_ACT_KEYGEN },
    { BURN_FAMILY_BESIDE, BURN_STATE_SEAL_MADE, BURN_VIEW_OLD, BURN_ACT_REMOVE_OLD },
    { BURN_FAMILY_SEALS, BURN_STATE_CLAIMED, BURN_VIEW_EMPTY, BURN_ACT_TAKE_CERT },
    { BURN_FAMILY_UNLOCK, BURN_STATE_CLAIMED, BURN_VIEW_LOCKED, BURN_ACT_SET_PIN },
    { BURN_FAMILY_UNLOCK, BURN_STATE_INITED, BURN_VIEW_EMPTY, BURN_ACT_VERIFY },
    { BURN_FAMILY_REVOKE, BURN_STATE_QUEUED, BURN_VIEW_ABSENT, BURN_ACT_CLAIM },
    { BURN_FAMILY_REVOKE, BURN_STATE_CLAIMED, BURN_VIEW_EMPTY, BURN_ACT_WIPE },
};

Test(step, each_step_of_the_road_is_taken)
{
    for (guint i = 0; i < G_N_ELEMENTS(road); i++)
        cr_assert_eq(burn_step(road[i].family, road[i].state, road[i].view), road[i].act, "%s x %s gives %s, not %s",
                     burn_state_name(road[i].state), burn_view_name(road[i].view),
                     burn_act_name(burn_step(road[i].family, road[i].state, road[i].view)), burn_act_name(road[i].act));
}

/* Rules that hold for every cell. */
Test(step, no_cell_breaks_a_rule)
{
    for (guint f = 0; f < BURN_FAMILIES; f++)
        for (guint s = 0; s < BURN_STATES; s++)
            for (guint v = 0; v < BURN_VIEWS; v++) {
                BurnAct act = burn_step(f, s, v);
                const char *state = burn_state_name(s), *view = burn_view_name(v);
                if (act == BURN_ACT_INIT)
                    cr_assert(v == BURN_VIEW_FREE && s < BURN_STATE_KEY_BEGUN, "%s x %s initialises", state, view);
                if (act == BURN_ACT_KEYGEN)
                    cr_assert_eq(v, BURN_VIEW_EMPTY, "%s x %s makes a second key", state, view);
                if (act == BURN_ACT_SCRAP_KEY)
                    cr_assert(s == BURN_STATE_KEY_BEGUN, "%s x %s removes a key that may have a certificate", state, view);
                if (act == BURN_ACT_ISSUE)
                    cr_assert(s == BURN_STATE_KEYED && v == BURN_VIEW_KEY, "%s x %s asks for a certificate", state, view);
                if (v == BURN_VIEW_ABSENT && burn_act_needs_token(act))
                    cr_assert_eq(act, BURN_ACT_CLAIM, "%s x absent acts on a key that is not here", state);
                if (v == BURN_VIEW_CLASH && s < BURN_STATE_VERIFIED)
                    cr_assert(act == BURN_ACT_HOLD || f == BURN_FAMILY_REVOKE, "%s x clash goes on", state);
                if (s == BURN_STATE_DONE || s == BURN_STATE_HELD || s == BURN_STATE_FAILED)
                    cr_assert_eq(act, BURN_ACT_NONE, "%s x %s acts", state, view);
            }
}

Test(step, only_a_sure_no_lets_the_ca_be_asked_again)
{
    cr_assert_eq(burn_step_ca(BURN_CA_NONE), BURN_ACT_ISSUE);
    cr_assert_eq(burn_step_ca(BURN_CA_GIVEN), BURN_ACT_WRITE_CERT);
    cr_assert_eq(burn_step_ca(BURN_CA_PENDING), BURN_ACT_WAIT);
    cr_assert_eq(burn_step_ca(BURN_CA_REFUSED), BURN_ACT_HOLD);
    cr_assert_eq(burn_step_ca(BURN_CA_MANY), BURN_ACT_HOLD);
    cr_assert_eq(burn_step_ca(BURN_CA_UNCLEAR), BURN_ACT_HOLD);
}

Test(step, every_hold_tells_what_a_person_can_do)
{
    for (guint f = 0; f < BURN_FAMILIES; f++)
        for (guint s = 0; s <= BURN_STATE_SEAL_WRITTEN; s++)
            for (guint v = 0; v < BURN_VIEWS; v++) {
                if (burn_step(f, s, v) != BURN_ACT_HOLD)
                    continue;
                g_autofree char *reason = burn_step_reason(f, s, v, "0011");
                cr_assert_not_null(strstr(reason, "0011"));
                cr_assert_not_null(strstr(reason, "decide"), "%s", reason);
            }
}

/* ---- what a token says ---- */

static BurnOrder order;
static BurnRecord *record;
static BurnInventory *inventory;
static guint8 mark[BURN_MARK_SIZE];

static void
setup(void)
{
    char label[33];
    order = (BurnOrder){ .order_id = (char *)"SQ1", .certificate_index = 1 };
    record = burn_record_new("SQ1");
    inventory = burn_inventory_new();
    inventory->token = burn_token_info_new();
    burn_mark("SQ1", 1, mark, label);
    inventory->token->present = inventory->token->initialised = inventory->token->user_pin_set = TRUE;
    inventory->token->label = g_strdup(label);
    inventory->token->serial = g_strdup("0011");
    inventory->logged_in = TRUE;
}

static void
teardown(void)
{
    burn_record_free(record);
    burn_inventory_free(inventory);
}

TestSuite(view, .init = setup, .fini = teardown);

static BurnObject *
put(BurnObjectKind kind, const char *label, GBytes *value)
{
    BurnObject *o = burn_object_new(kind);
    o->label = g_strdup(label);
    o->application = g_strdup(kind == BURN_OBJECT_DATA ? "sealbatch" : "");
    o->id = g_bytes_new(mark, sizeof mark);
    o->flags = BURN_FLAGS_KEY_GOOD;
    if (value != NULL) {
        gsize size = sizeof o->sha256;
        g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
        g_checksum_update(sum, g_bytes_get_data(value, NULL), (gssize)g_bytes_get_size(value));
        g_checksum_get_digest(sum, o->sha256, &size);
    }
    g_ptr_array_add(inventory->objects, o);
    return o;
}

static BurnView
view(GPtrArray *blobs)
{
    BurnExpect e = { BURN_FAMILY_FRESH, &order, record, blobs, FALSE };
    return burn_view(inventory, &e);
}

Test(view, goes_from_empty_to_all_as_things_are_written)
{
    g_autoptr(GPtrArray) blobs = g_ptr_array_new_with_free_func((GDestroyNotify)burn_blob_free);
    g_autoptr(GBytes) spki = g_bytes_new("key", 3), der = g_bytes_new("cert", 4), seal = g_bytes_new("seal", 4);
    g_ptr_array_add(blobs, burn_blob_new("s", NULL, NULL, seal, NULL));
    cr_assert_eq(view(NULL), BURN_VIEW_EMPTY);
    put(BURN_OBJECT_PUBLIC, "k", spki);
    cr_assert_eq(view(NULL), BURN_VIEW_HALF);
    put(BURN_OBJECT_PRIVATE, "k", NULL);
    cr_assert_eq(view(NULL), BURN_VIEW_KEY);
    record->public_key = g_bytes_ref(spki);
    record->certificate = g_bytes_ref(der);
    put(BURN_OBJECT_CERT, "c", der);
    cr_assert_eq(view(NULL), BURN_VIEW_CERT);
    cr_assert_eq(view(blobs), BURN_VIEW_CERT);
    put(BURN_OBJECT_DATA, "s", seal);
    cr_assert_eq(view(blobs), BURN_VIEW_ALL);
    put(BURN_OBJECT_DATA, "s", seal);
    cr_assert_eq(view(blobs), BURN_VIEW_PART, "a doubled seal is not all");
}

Test(view, sees_every_contradiction)
{
    g_autoptr(GBytes) spki = g_bytes_new("key", 3), other = g_bytes_new("other", 5);
    put(BURN_OBJECT_PUBLIC, "k", other);
    BurnObject *private = put(BURN_OBJECT_PRIVATE, "k", NULL);
    record->public_key = g_bytes_ref(spki);
    cr_assert_eq(view(NULL), BURN_VIEW_CLASH, "another public key");
    g_clear_pointer(&record->public_key, g_bytes_unref);
    record->public_key = g_bytes_ref(other);
    private->flags |= BURN_FLAG_EXTRACTABLE;
    cr_assert_eq(view(NULL), BURN_VIEW_CLASH, "a key that can be taken out");
    private->flags = BURN_FLAGS_KEY_GOOD & ~BURN_FLAG_LOCAL;
    cr_assert_eq(view(NULL), BURN_VIEW_CLASH, "a key that was not made here");
    private->flags = BURN_FLAGS_KEY_GOOD;
    cr_assert_eq(view(NULL), BURN_VIEW_KEY);
    put(BURN_OBJECT_DATA, "strange", spki);
    cr_assert_eq(view(NULL), BURN_VIEW_CLASH, "a strange object");
}

/* What a module leaves that is killed while it writes a key pair's attributes one by one. */
Test(view, a_pair_without_its_protections_is_half_a_pair_as_long_as_none_is_journalled)
{
    g_autoptr(GBytes) spki = g_bytes_new("key", 3), der = g_bytes_new("cert", 4);
    put(BURN_OBJECT_PUBLIC, "k", spki);
    put(BURN_OBJECT_PRIVATE, "k", NULL)->flags = 0;
    cr_assert_eq(view(NULL), BURN_VIEW_HALF);
    cr_assert_eq(burn_step(BURN_FAMILY_FRESH, BURN_STATE_KEY_BEGUN, BURN_VIEW_HALF), BURN_ACT_SCRAP_KEY);
    put(BURN_OBJECT_CERT, "c", der);
    cr_assert_eq(view(NULL), BURN_VIEW_CLASH, "with a certificate it is no accident");
}

Test(view, a_strangers_key_is_free_only_when_named_or_known_to_be_empty)
{
    g_free(inventory->token->label);
    inventory->token->label = g_strdup("somebody's");
    cr_assert_eq(view(NULL), BURN_VIEW_OTHER);
    BurnExpect factory = { BURN_FAMILY_FRESH, &order, record, NULL, TRUE };
    cr_assert_eq(burn_view(inventory, &factory), BURN_VIEW_FREE);
    inventory->logged_in = FALSE;
    cr_assert_eq(burn_view(inventory, &factory), BURN_VIEW_OTHER, "private objects were not seen");
    order.may_erase = TRUE;
    cr_assert_eq(view(NULL), BURN_VIEW_FREE);
    cr_assert_eq(burn_view(NULL, &factory), BURN_VIEW_ABSENT);
}
