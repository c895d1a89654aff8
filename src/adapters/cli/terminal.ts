/**
 * Writing for people and for pipes.
 *
 * @module
 */
import pc from 'picocolors';

export type Colors = ReturnType<typeof pc.createColors>;

/** Colors on a terminal only; `NO_COLOR` forbids them and `FORCE_COLOR` demands them. */
export function colorsFor(stream: NodeJS.WriteStream): Colors {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  const forced =
    FORCE_COLOR === undefined || FORCE_COLOR === '' ? undefined : FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return pc.createColors(!NO_COLOR && (forced ?? (stream.isTTY === true && TERM !== 'dumb')));
}

/** Writes a line and waits while the reader is slow, so that memory stays bounded. */
export async function print(line: string): Promise<void> {
  if (process.stdout.write(`${line}\n`)) return;
  await new Promise<void>((resolve) => process.stdout.once('drain', resolve));
}

/** A reader that has seen enough (`edgeward … | head`) is no error: stop at once with the status reached. */
export function stopWhenNobodyReads(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
}

/**
 * A stranger's text, safe to print: one line, nothing invisible, nothing a terminal would obey.
 *
 * @param max in UTF-16 code units; what is longer ends in `…`
 */
export function printable(text: string, max = 40): string {
  const cut = text.length > max ? `${text.slice(0, max - 1).replace(/[\ud800-\udbff]$/, '')}…` : text;
  return cut.replace(/\s+/g, ' ').replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (c) => `\\u{${c.codePointAt(0)!.toString(16)}}`);
}

/** Rows as columns; numbers (columns named in `right`) stand at the right. */
export function columns(rows: readonly (readonly string[])[], right: ReadonlySet<number> = new Set()): string[] {
  const widths = rows.reduce<number[]>((all, row) => row.map((cell, i) => Math.max(cell.length, all[i] ?? 0)), []);
  return rows.map((row) =>
    row
      .map((cell, i) => (right.has(i) ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd(),
  );
}
