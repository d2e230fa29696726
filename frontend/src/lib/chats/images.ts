/** Images that one message carries at most; the server takes no more. */
export const mostImages = 16;

const types = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);
/** Models see no more than this many pixels along an edge, and what is sent stays in the chat. */
const longestEdge = 2048;
const plainBytes = 1_000_000;

export type Attached = { key: string; name: string; url: string };

export function isImage(file: File): boolean {
	return types.has(file.type);
}

function dataUrl(blob: Blob): Promise<string> {
	return new Promise((resolve, reject) => {
		const reader = new FileReader();
		reader.onload = () => resolve(reader.result as string);
		reader.onerror = () => reject(reader.error ?? new Error('unreadable'));
		reader.readAsDataURL(blob);
	});
}

/** A data URL of the image, made smaller where it is larger than a model looks at. Throws for what is no image. */
export async function readImage(file: File): Promise<string> {
	const bitmap = await createImageBitmap(file);
	const scale = Math.min(1, longestEdge / Math.max(bitmap.width, bitmap.height));
	if (scale === 1 && file.size <= plainBytes) {
		bitmap.close();
		return dataUrl(file);
	}
	const canvas = document.createElement('canvas');
	canvas.width = Math.max(1, Math.round(bitmap.width * scale));
	canvas.height = Math.max(1, Math.round(bitmap.height * scale));
	canvas.getContext('2d')!.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
	bitmap.close();
	// A picture of a screen stays sharp; a photograph would be several times as large that way.
	const type = file.type === 'image/png' && file.size <= 4 * plainBytes ? 'image/png' : 'image/jpeg';
	const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, type, 0.9));
	if (!blob) throw new Error('the image cannot be made smaller');
	return dataUrl(blob);
}
