/**
 * Which words stand over a place: the heading of its column, in CSV, tab-separated text and tables drawn with bars.
 *
 * @module
 */

/** Half-open, UTF-16 units. */
export interface Field {
  readonly start: number;
  readonly end: number;
}

export interface Tables {
  /** The heading of the column that a place is in; undefined outside tables. */
  heading(at: number): Field | undefined;
}

/** Lines with the same number of fields, under one that names them. */
interface Table {
  readonly delimiter: number;
  readonly fields: readonly Field[];
  /** From the first row to behind the last. */
  readonly start: number;
  end: number;
}

const HEADING_MAX = 1024;
const ROW_MAX = 4096;
const FIELDS_MIN = 3;
/** Tab, bar, semicolon, comma. */
const DELIMITERS = [9, 124, 59, 44];
const LINE_FEED = 10;
const QUOTE = 34;

/** @complexity linear in the text's length, where places are asked about in ascending order */
export function openTables(text: string): Tables {
  let tables: Table[] | undefined;
  let index = 0;
  /** Where the count of fields has come to, in the row that was asked about last. */
  let counted = -1;
  let field = 0;
  let quoted = false;

  return {
    heading(at) {
      tables ??= findTables(text);
      if (tables.length === 0) return undefined;
      while (index < tables.length - 1 && at >= tables[index]!.end) index++;
      while (index > 0 && at < tables[index]!.start) index--;
      const { start, end, delimiter, fields } = tables[index]!;
      if (at < start || at >= end) return undefined;
      if (counted < start || counted > at) {
        counted = text.lastIndexOf('\n', at - 1) + 1;
        field = 0;
        quoted = false;
      }
      for (; counted < at; counted++) {
        const unit = text.charCodeAt(counted);
        if (unit === LINE_FEED) {
          field = 0;
          quoted = false;
        } else if (unit === QUOTE) quoted = !quoted;
        else if (unit === delimiter && !quoted) field++;
      }
      return fields[field];
    },
  };
}

function findTables(text: string): Table[] {
  const tables: Table[] = [];
  let open: Table | undefined;
  let start = 0;
  while (start < text.length) {
    const feed = text.indexOf('\n', start);
    const end = feed < 0 ? text.length : feed;
    if (
      open !== undefined &&
      end - start <= ROW_MAX &&
      fieldsOf(text, start, end, open.delimiter).length === open.fields.length
    ) {
      open.end = end;
    } else {
      if (open !== undefined && open.end > open.start) tables.push(open);
      open = heading(text, start, end);
    }
    start = end + 1;
  }
  if (open !== undefined && open.end > open.start) tables.push(open);
  return tables;
}

/** A line of at least three short fields without digits may name the columns of those below it. */
function heading(text: string, start: number, end: number): Table | undefined {
  if (end - start > HEADING_MAX || end === text.length) return undefined;
  const counts = [0, 0, 0, 0];
  for (let at = start; at < end; at++) {
    const unit = text.charCodeAt(at);
    if (unit >= 48 && unit <= 57) return undefined;
    const index = DELIMITERS.indexOf(unit);
    if (index >= 0) counts[index]!++;
  }
  const most = Math.max(...counts);
  if (most < FIELDS_MIN - 1) return undefined;
  const delimiter = DELIMITERS[counts.indexOf(most)]!;
  const fields = fieldsOf(text, start, end, delimiter);
  if (fields.some((one) => one.end - one.start > 40)) return undefined;
  return { delimiter, fields, start: end + 1, end: end + 1 };
}

/** The fields of a line; a delimiter between quotes divides none. */
function fieldsOf(text: string, start: number, end: number, delimiter: number): Field[] {
  const fields: Field[] = [];
  let first = start;
  let quoted = false;
  for (let at = start; at < end; at++) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) quoted = !quoted;
    else if (unit === delimiter && !quoted) {
      fields.push({ start: first, end: at });
      first = at + 1;
    }
  }
  fields.push({ start: first, end });
  return fields;
}
