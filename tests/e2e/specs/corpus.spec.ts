import type { Request } from '@playwright/test';
import { corpus } from '../corpus';
import { answers, expect, openAnswers, test } from '../support';

test('no_message_runs_a_script_or_asks_a_foreign_host', async ({ home, quiet }) => {
	test.setTimeout(300_000);
	expect(corpus.length).toBeGreaterThanOrEqual(150);
	const origin = new URL(home.url()).origin;
	const foreign: string[] = [];
	const away = (request: Request) => {
		const url = new URL(request.url());
		return url.origin !== origin && url.protocol !== 'data:' && url.protocol !== 'blob:';
	};
	home.on('requestfinished', (request) => away(request) && foreign.push(request.url()));
	// What the policy of a diagram's frame holds back has gone nowhere.
	home.on('requestfailed', (request) => {
		if (away(request) && request.failure()?.errorText !== 'csp') foreign.push(request.url());
	});
	const asked: string[] = [];
	home.on('dialog', (dialog) => {
		asked.push(dialog.message());
		void dialog.dismiss();
	});
	await openAnswers(home, corpus);
	const page = home.url();

	// From the end to the beginning by the wheel, as a reader would: each message is drawn on the way.
	const seen = new Set<string>();
	const wrong = new Set<string>();
	const box = home.locator('.thread');
	await box.hover();
	while (seen.size < 2 * corpus.length) {
		await home.mouse.wheel(0, -1400);
		const drawn = await box.evaluate(
			(node) =>
				new Promise<{ ids: string[]; wrong: string[] }>((resolve) => {
					const look = () => {
						const forbidden = /^(SCRIPT|STYLE|IFRAME|OBJECT|EMBED|FORM|BUTTON|BASE|META|LINK|SVG|MATH|VIDEO|AUDIO)$/i;
						const all = [...node.querySelectorAll('.prose .block *')].filter((part) => !part.closest('.math'));
						const bad = all.filter(
							(part) => forbidden.test(part.tagName) || [...part.attributes].some(({ name }) => name.startsWith('on'))
						);
						resolve({
							ids: [...node.querySelectorAll('[data-message]')].map((article) => article.getAttribute('data-message')!),
							wrong: bad.map((part) => part.outerHTML.slice(0, 120))
						});
					};
					requestAnimationFrame(() => requestAnimationFrame(look));
				})
		);
		for (const id of drawn.ids) seen.add(id);
		for (const part of drawn.wrong) wrong.add(part);
	}
	await expect(answers(home).first()).toBeVisible();

	expect([...wrong], 'markup that no message may bring in').toEqual([]);
	// The sanitiser reads each message in a document that runs nothing, and the browser reports what it would have held
	// back there. The frame of a diagram says so when it keeps a picture out.
	const harmless =
		/^(?:Executing inline event handler|Applying inline style|Setting the document's base URI)|directive: "img-src data:"/;
	const kept = quiet.filter((text) => !harmless.test(text));
	quiet.splice(0, quiet.length, ...kept);
	expect(home.url()).toBe(page);
	expect(asked).toEqual([]);
	expect(foreign).toEqual([]);
	expect(await home.evaluate(() => 'pwned' in window)).toBe(false);
	const covering = await home.evaluate(
		() =>
			[...document.querySelectorAll<HTMLElement>('article *')].filter(
				(node) => getComputedStyle(node).position === 'fixed' && node.checkVisibility()
			).length
	);
	expect(covering, 'something from a message stands over the page').toBe(0);
	await expect(
		home.locator('article form, article input:not([type=checkbox]), article object, article embed')
	).toHaveCount(0);
});
