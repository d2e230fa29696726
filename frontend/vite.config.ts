import { sveltekit } from '@sveltejs/kit/vite';
import type { Plugin } from 'vite';
import type { Rollup } from 'vite';
import { defineConfig } from 'vitest/config';

const server = process.env.SKEIN_DEV_SERVER ?? 'http://127.0.0.1:8080';

/** SvelteKit's announcer hides itself by a style attribute, which the content policy refuses; base.css hides it. */
const announcerWithoutStyle: Plugin = {
	name: 'announcer-without-style',
	enforce: 'pre',
	transform(code, id) {
		if (!id.endsWith('/generated/root.svelte')) return;
		return { code: code.replace(/(<div id="svelte-announcer"[^>]*?) style="[^"]*"/, '$1'), map: null };
	}
};

/** Some wrappers of the headless library have a style attribute, which the content policy refuses; base.css has it. */
const wrappersWithoutStyle: Plugin = {
	name: 'wrappers-without-style',
	enforce: 'pre',
	transform(code, id) {
		if (!/\/bits-ui\/dist\/.*\.svelte$/.test(id)) return;
		return { code: code.replaceAll(' style="display: contents;"', ' class="contents"'), map: null };
	}
};

/** Every browser that runs the page reads woff2; KaTeX's style sheet names two older forms of each font besides. */
const woff2Only: Plugin = {
	name: 'woff2-only',
	enforce: 'pre',
	transform(code, id) {
		if (!/katex(?:\.min)?\.css$/.test(id)) return;
		return { code: code.replace(/,\s*url\([^)]+\.(?:woff|ttf)\)\s*format\("[a-z]+"\)/g, ''), map: null };
	}
};

/**
 * What a first visit needs comes in few files: one for every page, one for the frame and a new chat, one for what a chat
 * needs besides. Left alone it would be fifty, and each waits for a turn on a connection.
 */
const layers: [name: string, roots: string[]][] = [
	[
		'base',
		[
			'/runtime/client/entry.js',
			'/src/routes/+layout.svelte',
			'/src/routes/+layout.ts',
			'/src/routes/+error.svelte',
			'/src/routes/sign-in/+page.svelte',
			'/src/routes/sign-in/+page.ts'
		]
	],
	['frame', ['/src/routes/(app)/+layout.svelte', '/src/routes/(app)/+layout.ts', '/src/routes/(app)/+page.svelte']],
	['chat', ['/src/routes/(app)/chat/[id]/+page.svelte']]
];

const layerOf = new WeakMap<object, Map<string, string>>();

function manualChunks(id: string, { getModuleIds, getModuleInfo }: Rollup.ManualChunkMeta): string | undefined {
	let known = layerOf.get(getModuleInfo);
	if (!known) {
		layerOf.set(getModuleInfo, (known = new Map()));
		const ids = [...getModuleIds()];
		const browser = ids.some((other) => other.includes('/generated/client'));
		for (const [name, roots] of browser ? layers : []) {
			const queue = ids.filter((other) => roots.some((root) => other.endsWith(root)));
			for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
				if (known.has(next)) continue;
				known.set(next, name);
				queue.push(...(getModuleInfo(next)?.importedIds ?? []));
			}
		}
	}
	// Each icon as a file of its own would be thirty requests for a few hundred bytes each.
	return known.get(id) ?? (id.includes('/@lucide/svelte/') ? 'icons' : undefined);
}

export default defineConfig({
	plugins: [announcerWithoutStyle, wrappersWithoutStyle, woff2Only, sveltekit()],
	build: {
		target: 'es2022',
		// An asset as a data: address would be refused by the content policy.
		assetsInlineLimit: 0,
		rollupOptions: { output: { manualChunks } }
	},
	server: {
		host: '127.0.0.1',
		proxy: {
			'/api': { target: server, ws: true },
			'/v1': { target: server },
			'/health': { target: server }
		}
	},
	test: {
		include: ['src/**/*.test.ts'],
		environment: 'jsdom',
		// On a machine that does much else a long log still takes its time.
		testTimeout: 60_000
	}
});
