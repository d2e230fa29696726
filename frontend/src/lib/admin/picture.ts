const side = 128;

/** A picture cut square and made small, as a data URL of a PNG. */
export async function smallPicture(file: Blob): Promise<string> {
	const image = await createImageBitmap(file);
	const canvas = document.createElement('canvas');
	canvas.width = canvas.height = side;
	const length = Math.min(image.width, image.height);
	const [x, y] = [(image.width - length) / 2, (image.height - length) / 2];
	canvas.getContext('2d')!.drawImage(image, x, y, length, length, 0, 0, side, side);
	image.close();
	return canvas.toDataURL('image/png');
}
