/** A piece of a message as it can be read before the program that draws markdown is there. */
export type Piece = { code: boolean; text: string };

/** Takes the marks of a text and leaves its words, which is near enough to what will stand there. */
export function plain(markdown: string): Piece[] {
	const pieces: Piece[] = [];
	// Every second part is what stands between two fences.
	for (const [index, part] of markdown.split(/^ {0,3}(?:```|~~~)[^\n]*\n?/m).entries()) {
		if (index % 2 === 1) {
			pieces.push({ code: true, text: part.replace(/\n$/, '') });
			continue;
		}
		for (const block of part.split(/\n\s*\n/)) {
			const text = block
				.split('\n')
				.filter((line) => !/^\s*(?:\||\$\$|[-*_]{3,}\s*$)/.test(line))
				.map((line) => line.replace(/^\s*(?:#{1,6} |> ?)/, '').replace(/^(\s*)[-*+] /, '$1• '))
				.join('\n')
				.replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
				.replace(/(\*\*|__|`)(.+?)\1/g, '$2')
				.trim();
			if (text) pieces.push({ code: false, text });
		}
	}
	return pieces;
}
