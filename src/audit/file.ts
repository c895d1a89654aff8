/**
 * An append-only file that turns over when it is full. Node only.
 *
 * @module
 */
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface Journal {
  /** Lines that were dropped because too many waited. */
  readonly dropped: number;
  /** @returns false when the line was dropped */
  append(line: Promise<string>): boolean;
  /** Resolves when all that was appended before stands in the file. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface JournalOptions {
  readonly path: string;
  /** Bytes from which on the next line begins a new file. */
  readonly maxBytes: number;
  /** Full files kept beside it, as `path.1` (the newest) and so on. */
  readonly keep: number;
  /** Lines that may wait. */
  readonly maxWaiting: number;
  readonly onError: (error: unknown) => void;
}

/** One writer per file: turning over is a renaming. */
export function openJournal({ path, maxBytes, keep, maxWaiting, onError }: JournalOptions): Journal {
  let file: FileHandle | undefined;
  let bytes = 0;
  let waiting: Promise<string>[] = [];
  let writing: Promise<void> = Promise.resolve();
  let isWriting = false;
  let dropped = 0;
  let closed = false;

  async function begin(): Promise<FileHandle> {
    if (file !== undefined) return file;
    await mkdir(dirname(path), { recursive: true });
    // For the owner alone: ids and times say much by themselves.
    file = await open(path, 'a', 0o600);
    ({ size: bytes } = await file.stat());
    return file;
  }

  async function turnOver(): Promise<void> {
    await file?.close();
    file = undefined;
    if (keep === 0) await rm(path, { force: true });
    for (let i = keep; i >= 1; i--) {
      const from = i === 1 ? path : `${path}.${i - 1}`;
      await rename(from, `${path}.${i}`).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
    }
  }

  async function write(): Promise<void> {
    while (waiting.length > 0) {
      const lines = waiting;
      waiting = [];
      try {
        let batch = '';
        let size = 0;
        const put = async (): Promise<void> => {
          if (batch === '') return;
          await (await begin()).appendFile(batch);
          bytes += size;
          [batch, size] = ['', 0];
        };
        await begin();
        for (const line of await Promise.all(lines)) {
          const length = Buffer.byteLength(line) + 1;
          if (bytes + size > 0 && bytes + size + length > maxBytes) {
            await put();
            await turnOver();
            await begin();
          }
          batch += `${line}\n`;
          size += length;
        }
        await put();
      } catch (error) {
        dropped += lines.length;
        onError(error);
      }
    }
    isWriting = false;
  }

  return {
    get dropped() {
      return dropped;
    },
    append(line) {
      if (closed || waiting.length >= maxWaiting) {
        dropped++;
        line.catch(() => {});
        return false;
      }
      waiting.push(line);
      if (!isWriting) {
        isWriting = true;
        writing = write();
      }
      return true;
    },
    flush: () => writing,
    async close() {
      closed = true;
      await writing;
      await file?.close();
      file = undefined;
    },
  };
}
