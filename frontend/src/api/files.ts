// Files that the server writes and somebody takes away.

/** Gives a file to the browser, as if a link to it had been followed. */
export function takeAway(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // Not before the browser has begun to read it.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
