// Runs after `vite build`: has the scripts of an address fetched before the first of them has run, moves every inline script of the pages to hashed files (the site is served under a policy
// without 'unsafe-inline'), then writes compressed copies beside the assets. The same input gives the same bytes.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

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
	const lines = text.split('\n').filter((line) => line.trim());
	const indent = Math.min(...lines.map((line) => line.match(/^\s*/)[0].length));
	const body = lines.map((line) => line.slice(indent)).join('\n') + '\n';
	const name = `inline.${createHash('sha256').update(body).digest('hex').slice(0, 10)}.js`;
	mkdirSync(join(dist, '_app/immutable'), { recursive: true });
	writeFileSync(join(dist, '_app/immutable', name), body);
	return `/_app/immutable/${name}`;
}

// The style sheet names the fonts too late for the first paint.
const fonts = walk(dist)
	.map((path) => path.slice(dist.length))
	.filter((path) => /hanken-grotesk-latin-wght-normal[^/]*\.woff2$/.test(path));
if (fonts.length !== 1) throw new Error(`one font to preload expected, found ${fonts.length}`);
const preload = fonts.map((font) => `<link rel="preload" href="${font}" as="font" type="font/woff2" crossorigin />`);

/** The files of a route, which the page would ask for only when its first scripts have run. */
function partsOf(route) {
	const manifest = JSON.parse(readFileSync(join(made, 'output/client/.vite/manifest.json'), 'utf8'));
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

/** Code for the head: asks for the parts of the address that is opened, but for those that the page names itself. */
function early(html) {
	const routes = { '/': '/(app)', '/chat/': '/(app)/chat/[id]', '/sign-in': '/sign-in' };
	const parts = Object.entries(routes).map(([path, route]) => {
		return [path, partsOf(route).filter((part) => !html.includes(part))];
	});
	return `
			var parts = ${JSON.stringify(Object.fromEntries(parts))};
			var path = location.pathname.replace(/^\\/chat\\/.+/, '/chat/');
			(Object.hasOwn(parts, path) ? parts[path] : []).forEach(function (part) {
				var link = document.createElement('link');
				link.rel = part.endsWith('.css') ? 'preload' : 'modulepreload';
				if (link.rel === 'preload') link.as = 'style';
				link.href = part;
				document.head.append(link);
			});
`;
}

for (const page of [join(dist, 'index.html')]) {
	const whole = readFileSync(page, 'utf8');
	const html = whole
		.replace(/<script>([\s\S]*?)<\/script>/g, (_, text) => {
			const first = text.includes('skein.theme');
			return `<script src="${externalise(first ? text.trimEnd() + early(whole) : text)}"></script>`;
		})
		.replace('</title>', `</title>\n\t\t${preload.join('\n\t\t')}`);
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
