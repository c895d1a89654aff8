/**
 * Other ways to cut a stretch of text than into windows: what stays of a verdict when the cut moves says how firm it is.
 *
 * @module
 */
import type { Span } from '../../types.ts';

/** UTF-16 units below which a sentence says too little by itself. */
const LEAST_UNITS = 12;

const SENTENCE = /[^.!?。！？\n]+[.!?。！？\n]*/g;
/** What is quoted, fenced or marked as an answer to something; bounded, so that an open quotation mark costs no more. */
const QUOTED = /"[^"\n]{1,400}"|“[^”\n]{1,400}”|„[^“”\n]{1,400}[“”]|«[^»\n]{1,400}»|「[^」\n]{1,400}」|`[^`]{1,800}`/g;
const CITED_LINE = /^[ \t]{0,8}>[^\n]*$/gm;

/** Sentences and lines, the longest first when there are more than `most`. */
export function sentencesOf(text: string, most: number): string[] {
  const all = [...text.matchAll(SENTENCE)].map(([sentence]) => sentence.trim());
  const telling = all.filter(({ length }) => length >= LEAST_UNITS);
  if (telling.length <= most) return telling;
  return telling.sort((a, b) => b.length - a.length).slice(0, most);
}

/** The two halves of a text, cut at white space where there is some near the middle. */
export function halvesOf(text: string): readonly [string, string] {
  const middle = text.length >> 1;
  const space = text.indexOf(' ', middle);
  const at = space < 0 || space - middle > 40 ? middle : space;
  return [text.slice(0, at), text.slice(at)];
}

/** @returns `undefined` where nothing is quoted */
export function withoutQuotes(text: string): string | undefined {
  const rest = text.replace(CITED_LINE, ' ').replace(QUOTED, ' ');
  return rest === text ? undefined : rest;
}

/** A text without some of its spans, which must be sorted and apart. */
export function withoutSpans(text: string, spans: readonly Span[]): string {
  let [rest, at] = ['', 0];
  for (const { start, end } of spans) {
    rest += `${text.slice(at, start)} `;
    at = end;
  }
  return rest + text.slice(at);
}
