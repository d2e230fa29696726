/** Kinds of pictures that the server makes small ones of. */
const small = new Set(['image/png', 'image/jpeg', 'image/webp']);

/** Where the small picture of a file is; null for what is no picture. It is there once the file has been looked at. */
export function thumbnailOf(file: { id: string; media_type: string }): string | null {
	return small.has(file.media_type) ? `/api/v1/files/${file.id}/thumbnail` : null;
}
