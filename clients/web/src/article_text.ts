// An article's text cut at the passages to mark. The server counts in bytes of UTF-8, a browser in
// UTF-16 units: this is the one place that converts.

export interface ByteSpan {
  begin: number;
  end: number;
}

export interface Segment {
  text: string;
  // Index into the passages that are evidence, or -1.
  evidence: number;
  // Index into the mentions, or -1.
  mention: number;
}

// Returns, for ascending byte offsets, the offsets in UTF-16 units. An offset inside a character
// moves to the character's begin; one behind the text to the text's end.
export function toUtf16Offsets(text: string, byteOffsets: readonly number[]): number[] {
  const offsets: number[] = [];
  let bytes = 0;
  let units = 0;
  for (const wanted of byteOffsets) {
    while (units < text.length) {
      const code = text.codePointAt(units) ?? 0;
      const size = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
      if (bytes + size > wanted) break;
      bytes += size;
      units += code < 0x10000 ? 1 : 2;
    }
    offsets.push(units);
  }
  return offsets;
}

// Cuts `text` at all borders of the spans, and at `breaks`, which are in UTF-16 units. Where spans of
// one list overlap the first wins.
export function segmentText(
  text: string,
  evidence: readonly ByteSpan[],
  mentions: readonly ByteSpan[],
  breaks: readonly number[] = [],
): Segment[] {
  const borders = [...evidence, ...mentions].flatMap((span) => [span.begin, span.end]);
  const bytes = [...new Set(borders)].sort((a, b) => a - b);
  const units = toUtf16Offsets(text, bytes);
  const unitOf = new Map(bytes.map((byte, i) => [byte, units[i] ?? 0]));
  const convert = (span: ByteSpan): ByteSpan => ({
    begin: unitOf.get(span.begin) ?? 0,
    end: unitOf.get(span.end) ?? 0,
  });
  const evidenceUnits = evidence.map(convert);
  const mentionUnits = mentions.map(convert);
  const covers = (span: ByteSpan, begin: number, end: number) =>
    span.begin <= begin && end <= span.end;

  const cuts = [...new Set([0, ...units, ...breaks, text.length])].sort((a, b) => a - b);
  const segments: Segment[] = [];
  for (let i = 0; i + 1 < cuts.length; ++i) {
    const begin = cuts[i] ?? 0;
    const end = cuts[i + 1] ?? 0;
    segments.push({
      text: text.slice(begin, end),
      evidence: evidenceUnits.findIndex((span) => covers(span, begin, end)),
      mention: mentionUnits.findIndex((span) => covers(span, begin, end)),
    });
  }
  return segments;
}
