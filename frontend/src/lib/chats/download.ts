/** Has the browser fetch a file to its downloads; the page stays. */
export function download(address: string) {
	const link = document.createElement('a');
	link.href = address;
	link.download = '';
	document.body.append(link);
	link.click();
	link.remove();
}
