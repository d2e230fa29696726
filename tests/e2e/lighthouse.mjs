// Measures the page with Lighthouse's mobile profile: `npm run lighthouse`, with the same variables as the tests.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import lighthouse from 'lighthouse';

const url = process.env.SKEIN_E2E_URL;
if (!url) throw new Error('SKEIN_E2E_URL is not set: the address of a running server');

const bars = { performance: 95, accessibility: 95, 'best-practices': 95 };
const lcpBar = 1200;

const freePort = () =>
	new Promise((resolve) => {
		const server = createServer().listen(0, '127.0.0.1', () => {
			const { port } = server.address();
			server.close(() => resolve(port));
		});
	});

const folder = mkdtempSync(join(tmpdir(), 'skein-lighthouse-'));
const port = await freePort();
const context = await chromium.launchPersistentContext(folder, {
	executablePath: process.env.SKEIN_E2E_CHROMIUM ?? '/usr/bin/chromium',
	args: [
		`--remote-debugging-port=${port}`,
		'--no-sandbox',
		'--disable-gpu',
		'--disable-quic',
		'--no-first-run',
		'--disable-background-networking',
		'--disable-component-update',
		'--disable-sync'
	]
});

async function call(method, path, data) {
	const headers = { origin: new URL(url).origin, 'sec-fetch-site': 'same-origin' };
	const response = await context.request.fetch(new URL(path, url).href, { method, data, headers });
	if (!response.ok()) throw new Error(`${method} ${path}: ${response.status()} ${await response.text()}`);
	const text = await response.text();
	return text ? JSON.parse(text) : undefined;
}

/** Takes away what an earlier visit has left here, but for who is signed in: each page is measured as a first one. */
async function forget(page) {
	const session = await context.newCDPSession(page);
	const origin = new URL(url).origin;
	await session.send('Storage.clearDataForOrigin', { origin, storageTypes: 'service_workers,cache_storage' });
	await session.send('Network.enable');
	await session.send('Network.clearBrowserCache');
	await session.detach();
}

let missed = 0;
async function measure(name, path, { again = false } = {}) {
	const page = context.pages()[0] ?? (await context.newPage());
	// A worker that is being installed would fill the line and the cache again.
	await page.goto('about:blank');
	if (!again) await forget(page);
	const { lhr } = await lighthouse(new URL(path, url).href, {
		port,
		disableStorageReset: true,
		onlyCategories: Object.keys(bars),
		logLevel: 'error'
	});
	const scores = Object.keys(bars).map((id) => [id, Math.round(lhr.categories[id].score * 100)]);
	const lcp = lhr.audits['largest-contentful-paint'].numericValue;
	const other = ['first-contentful-paint', 'total-blocking-time', 'cumulative-layout-shift', 'speed-index'];
	console.log(
		`${name}: ${scores.map(([id, score]) => `${id} ${score}`).join(', ')}, LCP ${Math.round(lcp)} ms, ` +
			other.map((id) => `${id} ${lhr.audits[id].displayValue}`).join(', ')
	);
	for (const [id, score] of scores) {
		if (score >= bars[id]) continue;
		missed += 1;
		for (const { id: audit, weight } of lhr.categories[id].auditRefs) {
			const { score, title, displayValue } = lhr.audits[audit];
			if (weight > 0 && score !== null && score < 0.9) console.log(`  ${audit}: ${title} ${displayValue ?? ''}`);
		}
	}
	if (lcp > lcpBar) missed += 1;
	if (process.env.SKEIN_E2E_VERBOSE) console.log(JSON.stringify(lhr.audits, null, 1));
}

try {
	await measure('sign-in', '/sign-in');
	const mark = Date.now().toString(36);
	const account = { name: 'Grace Hopper', email: `lighthouse-${mark}@example.com`, password: 'correct horse battery' };
	await call('POST', '/api/v1/auth/sign-up', account);
	await call('POST', '/api/v1/auth/sign-out');
	// Through the door, so that the page knows who is here.
	const page = context.pages()[0];
	await page.goto(new URL('/sign-in', url).href);
	await page.getByLabel('Email').fill(account.email);
	await page.getByLabel('Password').fill(account.password);
	await page.getByRole('button', { name: 'Sign in' }).click();
	await page.locator('[data-composer]').waitFor();
	await measure('new chat', '/');
	const chat = await call('POST', '/api/v1/chats', { model: 'loopback' });
	const turn = await call('POST', `/api/v1/chats/${chat.id}/messages`, { content: 'Show me what this page can draw' });
	for (;;) {
		const { state } = await call('GET', `/api/v1/generations/${turn.generation.id}`);
		if (state === 'completed') break;
		if (state === 'failed') throw new Error('the built-in model failed');
		await new Promise((resolve) => setTimeout(resolve, 200));
	}
	await measure('chat', `/chat/${chat.id}`);
	// Once more with what the first visit has left, which is how most visits are.
	const visited = context.pages()[0];
	await visited.goto(new URL('/', url).href);
	await visited.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
	await measure('new chat, again', '/', { again: true });
	await measure('chat, again', `/chat/${chat.id}`, { again: true });
} finally {
	await context.close();
	rmSync(folder, { recursive: true, force: true });
}
process.exitCode = missed > 0 ? 1 : 0;
