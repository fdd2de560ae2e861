// Which files go into the library, as far as a file's name and size tell it. The server looks inside and has the last word.

/** The server's own limit: a photograph of 50 megapixels as cameras write it. */
export const LARGEST_BYTES = 40 * 1024 * 1024;

/** What file choosers offer. Phones that keep photographs in another format hand out one of these. */
export const PICTURES = "image/jpeg,image/png,image/webp,image/gif";
export const FILES = `${PICTURES},application/pdf`;

export type Flaw = "empty" | "size" | "heic" | "svg" | "video" | "type";

/** What is wrong with a file before anything is sent. */
export function flawOf(file: { name: string; type: string; size: number }): Flaw | null {
  const ending = /\.([a-z0-9]+)$/i.exec(file.name)?.[1]?.toLowerCase() ?? "";
  if (file.size === 0) return "empty";
  if (/^image\/hei[cf]/.test(file.type) || ["heic", "heif"].includes(ending)) return "heic";
  if (file.type === "image/svg+xml" || ending === "svg") return "svg";
  if (file.type.startsWith("video/")) return "video";
  if (file.type !== "" && !FILES.split(",").includes(file.type)) return "type";
  return file.size > LARGEST_BYTES ? "size" : null;
}

export function isPicture(file: { type: string; name: string }): boolean {
  return file.type.startsWith("image/") || /\.(jpe?g|png|webp|gif|hei[cf]|svg)$/i.test(file.name);
}

/** The files of a drop or of the clipboard. */
export function filesIn(data: DataTransfer | null): File[] {
  return [...(data?.files ?? [])];
}

export function holdsFiles(data: DataTransfer | null): boolean {
  return data?.types.includes("Files") ?? false;
}
