/**
 * Reads `tier1.bin`: the sections both engines work from. `models/FORMAT.md` has the bytes.
 *
 * @module
 */
import { FirewallError } from '../errors.ts';
import { ABI_VERSION } from './abi.ts';
import { FORMS } from './compact.ts';

const MAGIC = 0x31505745; // "EWP1"

export interface RuleMeta {
  readonly id: string;
  readonly family: string;
  readonly severity: 'low' | 'medium' | 'high' | 'critical';
  readonly lang: string;
  /** Probability that a text with this rule's hit is an attack, as measured in training. */
  readonly score: number;
}

/** A monotone map from margin to log-odds: straight lines between knots, the end slopes go on. */
export interface Calibration {
  /** Ascending margins, at least two. */
  readonly margins: readonly number[];
  /** Log-odds at each, ascending. */
  readonly logits: readonly number[];
}

export interface PackMeta {
  readonly version: string;
  readonly rules: readonly RuleMeta[];
  /** By head: user, data. */
  readonly calibration: readonly [Calibration, Calibration];
  /** By head: the median harmless text's dense features, shape `[DENSE_COUNT]`, to explain others against. */
  readonly ordinary: readonly [readonly number[], readonly number[]];
}

export interface Pack {
  readonly bytes: Uint8Array;
  readonly meta: PackMeta;
  /** @throws {FirewallError} `FW_PACK` when the section is absent */
  section(code: string): Uint8Array;
}

/**
 * @throws {FirewallError} `FW_PACK` when the bytes are no pack of this engine's version
 */
export function readPack(bytes: Uint8Array): Pack {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength < 16 || data.getUint32(0, true) !== MAGIC) {
    throw new FirewallError(
      'FW_PACK',
      `readPack: expected a file that starts with EWP1; got ${bytes.byteLength} other bytes`,
    );
  }
  const version = data.getUint32(4, true);
  if (version !== ABI_VERSION) {
    throw new FirewallError('FW_PACK', `readPack: expected weights of ABI version ${ABI_VERSION}; got ${version}`);
  }
  const table = tableOf(bytes);
  const isPlain = !table.some(([code]) => code in FORMS);
  const plain = isPlain ? bytes : writePack(restored(new Map(table)));
  const sections = isPlain ? new Map(table) : new Map(tableOf(plain));
  function section(code: string): Uint8Array {
    const found = sections.get(code);
    if (found === undefined)
      throw new FirewallError(
        'FW_PACK',
        `readPack: expected a section ${code}; found ${[...sections.keys()].join(', ')}`,
      );
    return found;
  }
  return { bytes: plain, meta: JSON.parse(new TextDecoder().decode(section('META'))) as PackMeta, section };
}

/** @throws {FirewallError} `FW_PACK` when a section ends behind the file */
function tableOf(bytes: Uint8Array): [code: string, bytes: Uint8Array][] {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = Math.min(data.getUint32(8, true), (bytes.byteLength - 16) >> 4);
  return Array.from({ length: count }, (_, i) => {
    const row = 16 + i * 16;
    const offset = data.getUint32(row + 4, true);
    const end = offset + data.getUint32(row + 8, true);
    if (end > bytes.byteLength)
      throw new FirewallError(
        'FW_PACK',
        `readPack: section ${i} ends at byte ${end}; the file has ${bytes.byteLength}`,
      );
    return [String.fromCharCode(...bytes.subarray(row, row + 4)), bytes.subarray(offset, end)];
  });
}

/**
 * Sections as engines read them.
 *
 * @throws {FirewallError} `FW_PACK` when one is not in the form that its code says
 */
function restored(sections: ReadonlyMap<string, Uint8Array>): [code: string, bytes: Uint8Array][] {
  return [...sections].map(([code, bytes]) => {
    const form = FORMS[code];
    if (form === undefined) return [code, bytes];
    try {
      return [form.plain, form.restore(bytes, sections)];
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause;
      throw new FirewallError('FW_PACK', `readPack: section ${code}: ${cause.message}`, { cause });
    }
  });
}

/** Joins sections to a file; each begins at a multiple of 16 bytes. */
export function writePack(sections: readonly (readonly [code: string, bytes: Uint8Array])[]): Uint8Array {
  const align = (n: number): number => (n + 15) & ~15;
  let end = align(16 + sections.length * 16);
  const offsets = sections.map(([, { byteLength }]) => {
    const at = end;
    end = align(end + byteLength);
    return at;
  });
  const file = new Uint8Array(end);
  const data = new DataView(file.buffer);
  data.setUint32(0, MAGIC, true);
  data.setUint32(4, ABI_VERSION, true);
  data.setUint32(8, sections.length, true);
  sections.forEach(([code, bytes], i) => {
    const row = 16 + i * 16;
    for (let c = 0; c < 4; c++) file[row + c] = code.charCodeAt(c);
    data.setUint32(row + 4, offsets[i]!, true);
    data.setUint32(row + 8, bytes.byteLength, true);
    file.set(bytes, offsets[i]!);
  });
  return file;
}
