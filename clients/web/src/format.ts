// Values as text.
import {
  type Date as FactDate,
  DateBound,
  type DealTerm,
  DealTermKind,
  NodeKind,
  TermBound,
} from "./gen/partnergraph/v1/graph_pb";

const two = (n: number) => String(n).padStart(2, "0");

// "2025", "2025-05", "2025-05-08"; with "<" or ">" before it when it is only a bound.
export function formatDate(date: FactDate | undefined): string {
  if (!date || date.year === 0) return "";
  let text = String(date.year).padStart(4, "0");
  if (date.month) text += `-${two(date.month)}`;
  if (date.month && date.day) text += `-${two(date.day)}`;
  if (date.bound === DateBound.BEFORE) return `< ${text}`;
  if (date.bound === DateBound.AFTER) return `> ${text}`;
  return text;
}

// For sorting: undated sorts last when descending.
export function dateRank(date: FactDate | undefined): number {
  return date ? date.year * 10_000 + date.month * 100 + date.day : 0;
}

export function formatPercent(share: number): string {
  return `${Math.round(share * 100)}%`;
}

const BOUND_SIGNS: Record<number, string> = {
  [TermBound.ABOUT]: "≈ ",
  [TermBound.AT_LEAST]: "≥ ",
  [TermBound.AT_MOST]: "≤ ",
};

// A decimal number without grouping ("9007199254740993.25") with the groups and the decimal sign of
// a locale and all its digits: a Number would lose those that a double has no room for.
export function formatDecimal(value: string, locale: string): string {
  const [, integer, fraction] = /^(\d+)(?:\.(\d+))?$/.exec(value) ?? [];
  if (integer === undefined) return value;
  const format = new Intl.NumberFormat(locale);
  const groups = format.format(BigInt(integer));
  if (fraction === undefined) return groups;
  const sign = format.formatToParts(0.5).find((part) => part.type === "decimal")?.value ?? ".";
  return `${groups}${sign}${fraction}`;
}

// "≈ CNY 1.2亿" or "≈ CNY 120M", "51%", "A+". `exact` writes all digits.
export function formatTerm(term: DealTerm, locale: string, exact = false): string {
  if (term.kind === DealTermKind.ROUND) return term.value;
  const sign = BOUND_SIGNS[term.bound] ?? "";
  if (term.kind === DealTermKind.STAKE) return `${sign}${term.value}%`;
  const number = exact
    ? formatDecimal(term.value, locale)
    : new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 3 }).format(
        Number(term.value),
      );
  return `${sign}${term.currency ? `${term.currency} ` : ""}${number}`;
}

// A Chinese character is as wide as two Latin letters.
export function columnsOf(character: string): number {
  return (character.codePointAt(0) ?? 0) >= 0x1100 ? 2 : 1;
}

// Cuts to a width in columns.
export function shorten(text: string, columnsMax: number): string {
  let columns = 0;
  let kept = "";
  for (const character of text) {
    columns += columnsOf(character);
    if (columns > columnsMax) return `${kept.trimEnd()}…`;
    kept += character;
  }
  return text;
}

export const KIND_COLORS: Record<number, string> = {
  [NodeKind.COMPANY]: "#2456c7",
  [NodeKind.PERSON]: "#c8681a",
  [NodeKind.PRODUCT]: "#1f8a5f",
  [NodeKind.PARTNERSHIP]: "#8b4fc4",
};

export const KIND_CLASSES: Record<number, string> = {
  [NodeKind.COMPANY]: "company",
  [NodeKind.PERSON]: "person",
  [NodeKind.PRODUCT]: "product",
  [NodeKind.PARTNERSHIP]: "partnership",
};

export const NODE_KINDS = [
  NodeKind.COMPANY,
  NodeKind.PERSON,
  NodeKind.PRODUCT,
  NodeKind.PARTNERSHIP,
] as const;
