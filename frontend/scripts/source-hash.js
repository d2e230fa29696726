import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const inputs = ['package-lock.json', 'svelte.config.js', 'vite.config.ts', 'scripts', 'src', 'static'];

function* files(path) {
	let entries;
	try {
		entries = readdirSync(join(root, path), { withFileTypes: true });
	} catch (error) {
		if (error.code !== 'ENOTDIR') throw error;
		yield path;
		return;
	}
	entries = entries.filter((entry) => !entry.name.endsWith('.test.ts') && !entry.name.endsWith('.d.ts'));
	for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) yield* files(`${path}/${entry.name}`);
}

/** A short hash of everything that goes into a build (tests and types do not): the same sources give the same version name. */
export function sourceHash() {
	const hash = createHash('sha256');
	for (const input of inputs) {
		for (const file of files(input))
			hash
				.update(file)
				.update('\0')
				.update(readFileSync(join(root, file)));
	}
	return hash.digest('hex').slice(0, 12);
}
