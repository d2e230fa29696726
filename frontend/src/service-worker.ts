/// <reference types="@sveltejs/kit" />
/// <reference no-default-lib="true"/>
/// <reference lib="esnext" />
/// <reference lib="webworker" />

// Keeps what the page is made of, so that it opens without a server, and nothing of what people write: answers of the API
// are never kept.
import { build, version } from '$service-worker';

declare const self: ServiceWorkerGlobalScope;

const cacheName = `skein-${version}`;
const shell = '/';
const immutable = '/_app/immutable/';
// Programs that are loaded for a certain answer; they are kept once they were needed.
const large = /mermaid|KaTeX|katex|\.(?:woff2?|ttf)$/i;

self.addEventListener('install', (event) => {
	const keep = async () => {
		const cache = await caches.open(cacheName);
		await cache.addAll([shell, ...build.filter((path) => !large.test(path))]);
		// What the page begins with is made after the build, so only the page itself names it.
		const html = await (await cache.match(shell))?.text();
		await cache.addAll([...(html ?? '').matchAll(/src="([^"]+\.js)"/g)].map(([, path]) => path!));
	};
	// A newer one waits until the tabs of the older one are closed: they still need its files.
	event.waitUntil(keep());
});

self.addEventListener('activate', (event) => {
	const clean = async () => {
		for (const name of await caches.keys()) if (name !== cacheName) await caches.delete(name);
		await self.clients.claim();
	};
	event.waitUntil(clean());
});

/** What has its content's hash in the name never changes. */
async function kept(request: Request): Promise<Response> {
	const cache = await caches.open(cacheName);
	const known = await cache.match(request);
	if (known) return known;
	const answer = await fetch(request);
	if (answer.ok) await cache.put(request, answer.clone());
	return answer;
}

/** The server's page, or the one that is here when the server cannot be reached. */
async function page(request: Request): Promise<Response> {
	try {
		return await fetch(request);
	} catch (error) {
		const known = await (await caches.open(cacheName)).match(shell);
		if (known) return known;
		throw error;
	}
}

self.addEventListener('fetch', (event) => {
	const { request } = event;
	const { origin, pathname } = new URL(request.url);
	if (request.method !== 'GET' || origin !== self.location.origin) return;
	if (pathname.startsWith(immutable)) event.respondWith(kept(request));
	else if (request.mode === 'navigate' && !/^\/(?:api|v1|health|metrics|diagram)\b/.test(pathname)) {
		event.respondWith(page(request));
	}
});
