// Runs after `vite build`: puts `src/early` before the page's own scripts, which the page then fetches when that says so,
// moves every inline script to hashed files (the site is served under a policy without 'unsafe-inline'), then writes
// compressed copies beside the assets. The same input gives the same bytes.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'vite';

const dist = fileURLToPath(new URL('../../frontend-dist', import.meta.url));
const made = fileURLToPath(new URL('../.svelte-kit', import.meta.url));
const compressible = new Set(['.css', '.html', '.js', '.json', '.svg', '.txt', '.webmanifest']);
const smallest = 1024;

function walk(folder) {
	return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
		const path = join(folder, entry.name);
		return entry.isDirectory() ? walk(path) : [path];
	});
}

/** Writes the script's text under a name made from its hash and answers the address. */
function externalise(text) {
	const name = `inline.${createHash('sha256').update(text).digest('hex').slice(0, 10)}.js`;
	mkdirSync(join(dist, '_app/immutable'), { recursive: true });
	writeFileSync(join(dist, '_app/immutable', name), text);
	return `/_app/immutable/${name}`;
}

const manifest = JSON.parse(readFileSync(join(made, 'output/client/.vite/manifest.json'), 'utf8'));

/** The files of a route, which the page would ask for only when its first scripts have run. */
function partsOf(route) {
	const app = readFileSync(join(made, 'generated/client-optimized/app.js'), 'utf8');
	const nodes = app.match(
		new RegExp(`${JSON.stringify(route).replace(/[()[\]]/g, '\\$&')}: \\[(\\d+)(?:,\\[([\\d,]*)\\])?`)
	);
	if (!nodes) throw new Error(`there is no route ${route}`);
	const numbers = [nodes[1], ...(nodes[2] ?? '').split(',').filter(Boolean)];
	const queue = numbers.map((number) => `.svelte-kit/generated/client-optimized/nodes/${number}.js`);
	const seen = new Set();
	const [scripts, styles] = [new Set(), new Set()];
	for (let key = queue.pop(); key !== undefined; key = queue.pop()) {
		if (seen.has(key)) continue;
		seen.add(key);
		const { file, imports = [], css = [] } = manifest[key];
		scripts.add(`/${file}`);
		for (const style of css) styles.add(`/${style}`);
		queue.push(...imports);
	}
	return [...scripts, ...styles].sort();
}

/** The file of a language's texts; English ones are in the page's own. */
const fileOf = (language) => `/${manifest[`src/lib/i18n/${language}.json`].file}`;

/** The script that runs first, with what it has to know of this build. */
async function early(page, html) {
	const source = (path) => JSON.parse(readFileSync(fileURLToPath(new URL(`../src/${path}`, import.meta.url)), 'utf8'));
	const keys = source('early/words.json');
	const others = readdirSync(fileURLToPath(new URL('../src/lib/i18n', import.meta.url)))
		.filter((name) => name.endsWith('.json') && name !== 'en.json')
		.map((name) => name.slice(0, -'.json'.length));
	const words = Object.fromEntries(
		['en', ...others].map((language) => {
			const texts = source(`lib/i18n/${language}.json`);
			return [language, keys.map((key) => key.split('.').reduce((tree, name) => tree[name], texts))];
		})
	);
	const linked = (part) => html.includes(`"${part}" rel="stylesheet"`);
	const missing = (parts, ...known) => parts.filter((part) => !linked(part) && !known.includes(part));
	const app = missing(partsOf('/(app)'), ...page);
	const parts = {
		page,
		door: missing(partsOf('/sign-in'), ...page),
		app,
		chat: missing(partsOf('/(app)/chat/[id]'), ...page, ...app),
		fonts: `/${manifest['src/styles/fonts.css'].css?.[0] ?? manifest['src/styles/fonts.css'].file}`,
		language: Object.fromEntries(others.map((language) => [language, fileOf(language)]))
	};
	const [{ output }] = await build({
		configFile: false,
		logLevel: 'warn',
		define: { PARTS: JSON.stringify(parts), WORDS: JSON.stringify(words) },
		build: {
			write: false,
			target: 'es2022',
			minify: 'esbuild',
			lib: {
				entry: fileURLToPath(new URL('../src/early/early.ts', import.meta.url)),
				formats: ['iife'],
				name: 'early'
			}
		}
	});
	return output[0].code;
}

for (const page of [join(dist, 'index.html')]) {
	const whole = readFileSync(page, 'utf8');
	// The page's scripts are left to the first one: fetched at once they would keep back the first paint.
	const preloads = [...whole.matchAll(/\t*<link href="([^"]+)" rel="modulepreload">\n/g)];
	const scripts = [...whole.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, text]) => text);
	const start = scripts.find((text) => text.includes('kit.start'));
	const parent = 'document.currentScript.parentElement';
	if (scripts.length !== 2 || !start?.includes(parent)) throw new Error(`${page} begins in another way than is known`);
	const first = await early(
		preloads.map(([, path]) => path),
		whole
	);
	const begin = `skein.drawn.then(() => {${start.replace(parent, "document.querySelector('.app')")}});`;
	let html = whole;
	for (const [link] of preloads) html = html.replace(link, '');
	html = html
		.replace(/<script>[\s\S]*?<\/script>/, () => `<script src="${externalise(`${first}\n${begin}\n`)}"></script>`)
		.replace(/\s*<script>[\s\S]*?<\/script>\s*(?=<\/div>)/, '');
	const left = html.match(/<script(?![^>]*\bsrc=)[^>]*>|\son\w+=|<style|\sstyle=/);
	if (left) throw new Error(`${page} still has inline code: ${left[0]}`);
	writeFileSync(page, html);
}

let plain = 0;
let packed = 0;
for (const path of walk(dist)) {
	const bytes = readFileSync(path);
	if (!compressible.has(extname(path)) || bytes.length < smallest) continue;
	const brotli = brotliCompressSync(bytes, {
		params: {
			[constants.BROTLI_PARAM_QUALITY]: 11,
			[constants.BROTLI_PARAM_LGWIN]: 22,
			[constants.BROTLI_PARAM_SIZE_HINT]: bytes.length
		}
	});
	writeFileSync(`${path}.br`, brotli);
	writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
	plain += bytes.length;
	packed += brotli.length;
}
console.log(`compressed ${(plain / 1000).toFixed(0)} kB to ${(packed / 1000).toFixed(0)} kB (brotli)`);
