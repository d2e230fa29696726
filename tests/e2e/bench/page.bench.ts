// What the page costs in a browser. `npm run bench`; it asserts nothing that a busy machine could fail, it prints.
import type { Page } from '@playwright/test';
import { answers, choose, composer, expect, openAnswers, say, slow, test, upstream } from '../support';

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

test('a chat of 10,000 messages', async ({ home }) => {
	const text =
		'Geese take turns at the front of the skein, since the **first bird** works hardest.\n\n- one\n- two\n\n```js\nlet a = 1;\n```\n';
	const all = Array.from({ length: 5_000 }, (_, index) => `${text}${index}`);
	await openAnswers(home, all.slice(-20));
	const opened = await home.evaluate(
		() =>
			new Promise<number>((resolve) => {
				const link = document.querySelector<HTMLAnchorElement>('a[data-new-chat]')!;
				link.click();
				setTimeout(() => {
					const from = performance.now();
					const look = () => {
						if (document.querySelector('article.answer')) resolve(performance.now() - from);
						else requestAnimationFrame(look);
					};
					history.back();
					look();
				}, 500);
			})
	);
	console.log(`from the click to the last messages: ${opened.toFixed(0)} ms`);
	await openAnswers(home, all);
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
	const sorted = frames.sort((a, b) => a - b);
	const at = (part: number) => sorted[Math.floor(sorted.length * part)]!.toFixed(1);
	console.log(`scrolling through 10,000 messages: a frame takes ${at(0.5)} ms, 95 % of them at most ${at(0.95)} ms`);
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
