import { randomUUID } from "node:crypto";
import { retention } from "../retention.ts";

/** A file that a message may name: uploaded bytes, or an address that the carrier would fetch. */
export type StoredFile =
  | { readonly kind: "bytes"; readonly mediaType: string; readonly bytes: Buffer }
  | { readonly kind: "url"; readonly url: string };

/** Uploaded files by the id in `files/{id}`. The oldest go when there are too many or they are too large together. */
export class FileStore {
  readonly #files = new Map<string, StoredFile>();
  #bytes = 0;

  /** Keeps a file; answers its resource name. */
  add(file: StoredFile): string {
    const id = randomUUID();
    this.#files.set(id, file);
    this.#bytes += sizeOf(file);
    for (const [oldest] of this.#files) {
      const within =
        this.#files.size <= retention.filesMax && this.#bytes <= retention.fileBytesMax;
      if (within || oldest === id) break;
      this.#remove(oldest);
    }
    return `files/${id}`;
  }

  find(id: string): StoredFile | undefined {
    return this.#files.get(id);
  }

  clear(): void {
    this.#files.clear();
    this.#bytes = 0;
  }

  #remove(id: string): void {
    const file = this.#files.get(id);
    if (file === undefined) return;
    this.#files.delete(id);
    this.#bytes -= sizeOf(file);
  }
}

function sizeOf(file: StoredFile): number {
  return file.kind === "bytes" ? file.bytes.length : 0;
}
