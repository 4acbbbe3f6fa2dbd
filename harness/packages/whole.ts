import type { FileHandle } from 'node:fs/promises';

/** Writes all bytes: write(2) may take fewer, on a disk that is nearly full. */
export async function writeWhole(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

/** Reads exactly so many bytes. @throws Error where the file has fewer */
export async function readWhole(file: FileHandle, length: number, position: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(bytes, done, length - done, position + done);
    if (bytesRead === 0) throw new Error(`a temporary file ends ${length - done} bytes too early`);
    done += bytesRead;
  }
  return bytes;
}
