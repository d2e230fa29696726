// What the page costs in a browser. `npm run bench`; it asserts nothing that a busy machine could fail, it prints.
import type { Page } from '@playwright/test';
import { answers, call, choose, composer, expect, openAnswers, say, slow, test, upstream, url } from '../support';

type Metrics = Record<string, number>;

/** Counts from now on; a session that is made anew begins at nothing. */
async function meter(page: Page): Promise<() => Promise<Metrics>> {
	const session = await page.context().newCDPSession(page);
	await session.send('Performance.enable');
	return async () => {
		const { metrics } = await session.send('Performance.getMetrics');
		return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
	};
}

test('100 deltas a second', async ({ home }) => {
	test.skip(!upstream, 'needs the scripted model server');
	await choose(home, slow);
	await say(home, 'Count [[tokens=2500 rate=100 pad=4]]');
	await expect(answers(home).last()).toContainText('t300', { timeout: 30_000 });
	const metrics = await meter(home);
	const [before, from] = [await metrics(), performance.now()];
	await expect(answers(home).last()).toContainText('t1300', { timeout: 60_000 });
	const [after, to] = [await metrics(), performance.now()];
	const seconds = (to - from) / 1000;
	const share = (name: string) => (((after[name]! - before[name]!) / seconds) * 100).toFixed(1);
	console.log(
		`100 deltas/s over ${seconds.toFixed(1)} s: main thread ${share('TaskDuration')} % of a core ` +
			`(script ${share('ScriptDuration')}, layout ${share('LayoutDuration')}, style ${share('RecalcStyleDuration')})`
	);
	await home.keyboard.press('Escape');
});

/** A chat of this many messages that the server has, by way of an import. Its id. */
async function longChat(page: Page, messages: number): Promise<string> {
	const text =
		'Geese take turns at the front of the skein, since the **first bird** works hardest.\n\n- one\n- two\n\n```js\nlet a = 1;\n```\n';
	const all = Object.fromEntries(
		Array.from({ length: messages }, (_, index) => {
			const role = index % 2 ? 'assistant' : 'user';
			const content = index % 2 ? `${text}${index}` : `Question ${index}`;
			return [`m${index}`, { id: `m${index}`, parentId: index ? `m${index - 1}` : null, role, content }];
		})
	);
	const history = { currentId: `m${messages - 1}`, messages: all };
	const file = JSON.stringify([{ id: 'long', title: 'A long chat', chat: { history } }]);
	const { request } = page.context();
	const headers = { origin: new URL(url).origin, 'sec-fetch-site': 'same-origin' };
	const sent = await request.post(new URL('/api/v1/imports?name=long.json', url).href, {
		headers: { ...headers, 'content-type': 'application/octet-stream' },
		data: Buffer.from(file)
	});
	const { id } = await sent.json();
	const state = async () => (await call(request, 'GET', `/api/v1/imports/${id}`)).state;
	await expect.poll(state, { timeout: 120_000 }).toBe('ready');
	await call(request, 'POST', `/api/v1/imports/${id}/start`, {});
	await expect.poll(state, { timeout: 120_000 }).toBe('completed');
	return (await call(request, 'GET', '/api/v1/chats?limit=1')).items[0].id;
}

const sorted = (values: number[]) => [...values].sort((a, b) => a - b);
const at = (values: number[], part: number) => sorted(values)[Math.floor(values.length * part)]!.toFixed(1);

test('a chat of 10,000 messages', async ({ home }) => {
	test.setTimeout(600_000);
	const id = await longChat(home, 10_000);
	await home.reload();
	const link = home.locator(`a[href="/chat/${id}"]`);
	await expect(link).toBeVisible();
	const opened: number[] = [];
	for (let time = 0; time < 7; time += 1) {
		await link.evaluate((node: HTMLElement) => node.scrollIntoView());
		opened.push(
			await link.evaluate(
				(node: HTMLElement) =>
					new Promise<number>((resolve) => {
						const from = performance.now();
						node.click();
						const look = () => {
							const last = [...document.querySelectorAll('article.answer')].at(-1);
							if (last?.textContent?.includes('9999')) setTimeout(() => resolve(performance.now() - from));
							else requestAnimationFrame(look);
						};
						look();
					})
			)
		);
		await home.locator('a[data-new-chat]').click();
		await expect(home).toHaveURL('/');
		// Opened from nothing each time, as after a reload.
		await home.reload();
		await expect(link).toBeVisible();
		await home.waitForLoadState('networkidle');
	}
	console.log(`from the click to the last messages of 10,000: ${at(opened, 0.5)} ms, at most ${at(opened, 0.99)} ms`);

	await link.click();
	await expect(answers(home).last()).toContainText('9999');
	for (const [what, step] of [
		['slowly', 40],
		['fast', 120]
	] as const) {
		const frames = await home.evaluate(
			(step) =>
				new Promise<number[]>((resolve) => {
					const box = document.querySelector('.thread')!;
					const times: number[] = [];
					let last = performance.now();
					const next = (now: number) => {
						times.push(now - last);
						last = now;
						box.scrollBy(0, -step);
						if (times.length < 400) requestAnimationFrame(next);
						else resolve(times.slice(5));
					};
					requestAnimationFrame(next);
				}),
			step
		);
		console.log(`scrolling it up ${what}: a frame takes ${at(frames, 0.5)} ms, 95 % of them at most ${at(frames, 0.95)} ms`);
	}

	const text = 'Geese take turns at the front of the skein, since the **first bird** works hardest.\n\n- one\n- two\n\n```js\nlet a = 1;\n```\n';
	await openAnswers(home, Array.from({ length: 5_000 }, (_, index) => `${text}${index}`));
	const frames = await home.evaluate(
		() =>
			new Promise<number[]>((resolve) => {
				const box = document.querySelector('.thread')!;
				const times: number[] = [];
				let last = performance.now();
				const step = (now: number) => {
					times.push(now - last);
					last = now;
					box.scrollBy(0, -120);
					if (times.length < 300) requestAnimationFrame(step);
					else resolve(times.slice(5));
				};
				requestAnimationFrame(step);
			})
	);
	console.log(`scrolling 10,000 that are all in the page: ${at(frames, 0.5)} ms, 95 % of them at most ${at(frames, 0.95)} ms`);
	console.log(`elements in the page: ${await home.evaluate(() => document.querySelectorAll('*').length)}`);
});

test('the weight of the first load', async ({ page, account }) => {
	void account;
	const sizes: { kind: string; bytes: number }[] = [];
	const session = await page.context().newCDPSession(page);
	await session.send('Network.enable');
	const kinds = new Map<string, string>();
	session.on('Network.responseReceived', ({ requestId, type }) => kinds.set(requestId, type));
	session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) =>
		sizes.push({ kind: kinds.get(requestId) ?? '?', bytes: encodedDataLength })
	);
	await page.goto('/');
	await expect(composer(page)).toBeVisible();
	await page.waitForLoadState('networkidle');
	const of = (kind?: string) =>
		(sizes.filter((size) => !kind || size.kind === kind).reduce((sum, { bytes }) => sum + bytes, 0) / 1000).toFixed(0);
	console.log(
		`first load: ${of('Script')} kB of script, ${of('Stylesheet')} kB of styles, ${of('Font')} kB of fonts, ${of()} kB in all`
	);
});
