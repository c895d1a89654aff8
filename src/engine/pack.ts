/**
 * Reads `tier1.bin`: the sections both engines work from. `models/FORMAT.md` has the bytes.
 *
 * @module
 */
import { FirewallError } from '../errors.ts';
import { ABI_VERSION } from './abi.ts';

const MAGIC = 0x31505745; // "EWP1"

/**
 * The weights of head `data` are much like those of head `user`; byte by byte less those, the file packs a tenth
 * tighter.
 */
export const DIFFERENCE = { packed: 'DIF1', plain: 'LIN1', from: 'LIN0', header: 16 } as const;

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
  const sections = new Map<string, Uint8Array>();
  const plain = withoutDifference(bytes);
  for (const { code, offset, length } of tableOf(plain)) sections.set(code, plain.subarray(offset, offset + length));
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
function tableOf(bytes: Uint8Array): { code: string; row: number; offset: number; length: number }[] {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = Math.min(data.getUint32(8, true), (bytes.byteLength - 16) >> 4);
  return Array.from({ length: count }, (_, i) => {
    const row = 16 + i * 16;
    const offset = data.getUint32(row + 4, true);
    const length = data.getUint32(row + 8, true);
    if (offset + length > bytes.byteLength) {
      throw new FirewallError(
        'FW_PACK',
        `readPack: section ${i} ends at byte ${offset + length}; the file has ${bytes.byteLength}`,
      );
    }
    return { code: String.fromCharCode(...bytes.subarray(row, row + 4)), row, offset, length };
  });
}

/** A copy of the pack with its section `DIF1` as `LIN1`, or the pack itself where that stands plain. */
function withoutDifference(bytes: Uint8Array): Uint8Array {
  const table = tableOf(bytes);
  const difference = table.find(({ code }) => code === DIFFERENCE.packed);
  if (difference === undefined) return bytes;
  const base = table.find(({ code }) => code === DIFFERENCE.from);
  if (base?.length !== difference.length) {
    throw new FirewallError(
      'FW_PACK',
      `readPack: expected a section ${DIFFERENCE.from} of ${difference.length} bytes beside ${DIFFERENCE.packed}; got ${base?.length ?? 'none'}`,
    );
  }
  const plain = bytes.slice();
  for (let i = 0; i < DIFFERENCE.plain.length; i++) plain[difference.row + i] = DIFFERENCE.plain.charCodeAt(i);
  const at = difference.offset;
  for (let i = DIFFERENCE.header; i < difference.length; i++) plain[at + i]! += plain[base.offset + i]!;
  return plain;
}
