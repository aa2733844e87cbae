/** The part of a `multipart/related` body that holds the file. */
export interface FilePart {
  readonly contentType: string | undefined;
  readonly bytes: Buffer;
  /** The part before it, which describes it. */
  readonly metadata: string;
}

/**
 * Splits an upload of Google's clients: JSON metadata, then the file. Source: RFC 2387, and "multipart upload" of Google's
 * API guides. Answers nothing if the body is not of that form.
 */
export function splitUpload(body: Buffer, contentType: string): FilePart | undefined {
  const boundary = /boundary="?([^";]{1,70})"?/.exec(contentType)?.[1];
  if (boundary === undefined) return undefined;
  const [metadata, file] = partsOf(body, boundary);
  if (metadata === undefined || file === undefined) return undefined;
  return {
    metadata: metadata.content.toString(),
    contentType: /^content-type:\s*(.+)$/im.exec(file.headers)?.[1]?.trim(),
    bytes: file.content,
  };
}

interface Part {
  readonly headers: string;
  readonly content: Buffer;
}

/** The first two parts; an upload has no more. */
function partsOf(body: Buffer, boundary: string): Part[] {
  const delimiter = Buffer.from(`--${boundary}`);
  const parts: Part[] = [];
  let start = body.indexOf(delimiter);
  while (start >= 0 && parts.length < 2) {
    const from = start + delimiter.length + 2;
    const end = body.indexOf(delimiter, from);
    if (end < 0) break;
    const headersEnd = body.indexOf("\r\n\r\n", from);
    if (headersEnd < 0 || headersEnd > end) break;
    parts.push({
      headers: body.toString("latin1", from, headersEnd),
      content: body.subarray(headersEnd + 4, end - 2),
    });
    start = end;
  }
  return parts;
}
