/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * licence_rows.h: labels and values on a flat page: "名 称   某某有限公司".
 *
 * Forms differ in place, order and wording; what they share is that a label stands left of its value on
 * one row. A label is known by its first and its last character alone, so that two cells are classified
 * where the whole text would be read, and spaced labels (名　　称) are as easy as tight ones.
 */
#ifndef SB_OCR_LICENCE_ROWS_H
#define SB_OCR_LICENCE_ROWS_H

#include "ocr/flat.h"
#include "ocr/hanzi/hanzi.h"

G_BEGIN_DECLS

typedef enum {
    LABEL_NONE,
    LABEL_NAME,        /* 名称, 机构名称 ... */
    LABEL_LEGAL_REP,   /* 法定代表人 负责人 经营者 投资人 执行事务合伙人 首席代表 */
    LABEL_ADDRESS,     /* 住所 经营场所 主要经营场所 营业场所 地址 */
    LABEL_CAPITAL,     /* 注册资本 出资额 开办资金 */
    LABEL_ESTABLISHED, /* 成立日期 注册日期 */
    LABEL_TERM,        /* 营业期限 合伙期限 经营期限 有效期限 */
    LABEL_TYPE,        /* 类型 组成形式 */
    LABEL_SCOPE,       /* 经营范围 业务范围 */
    LABEL_AUTHORITY,   /* 登记机关 */
    LABEL_CODE,        /* 统一社会信用代码 */
    LABEL_UNREAD,      /* something stands where a label would, and the value in the labels' column */
    LABELS
} Label;

/* A stretch of print on one axis, flat px. */
typedef struct {
    Point left, right; /* ends of the centre line */
    double height_px;  /* of its ink: about .93 em */
} RowSpan;

typedef struct {
    Label label;      /* LABEL_NONE: print without a label on its left */
    RowSpan label_at; /* where label is not LABEL_NONE */
    RowSpan value;
    gboolean has_value;
    RowSpan second;   /* the value's second line, under the first */
    gboolean has_second;
    double certainty; /* 0..1, of the label */
    gboolean over_faint; /* found among dark print alone: something fainter lies across it */
} LicenceRow;

/**
 * licence_rows: every row of print, labelled where it has a label.
 * Returns: (transfer full) (element-type LicenceRow), top to bottom.
 */
GArray *licence_rows(Flat *flat, const Hanzi *hanzi);

/*
 * Where a name's label or value was not found: read as a whole what may be a label, and where that is not enough look
 * once more at dark print alone, as words or patterns across a page tie its lines together. Rows that this look has
 * found of labels without a value are added to @rows.
 */
void licence_rows_look_harder(Flat *flat, const Hanzi *hanzi, GArray *rows);

/* The first row with @label and a value, the surest first, or NULL. */
const LicenceRow *licence_row_find(const GArray *rows, Label label);

double row_span_length(const RowSpan *span);

/* @margin in heights around the ink. */
Quad row_span_quad(const RowSpan *span, double margin_x, double margin_y);

G_END_DECLS

#endif
