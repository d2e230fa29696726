import {
	again,
	answers,
	choose,
	composer,
	expect,
	needsUpstream,
	openAnswers,
	say,
	sent,
	slow,
	slowText,
	test,
	tokens,
	whole
} from '../support';

const loopback = 'Loopback (no AI)';
const more = 'More';
const pixel = Buffer.from(
	'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
	'base64'
);

test('an_image_and_a_file_go_with_a_message_and_can_be_looked_at', async ({ home }) => {
	await choose(home, loopback);
	const chooser = home.waitForEvent('filechooser');
	await home.getByRole('button', { name: 'Attach images and files' }).click();
	await (
		await chooser
	).setFiles([
		{ name: 'goose.png', mimeType: 'image/png', buffer: pixel },
		{ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('Herons stand alone.') }
	]);
	await expect(home.getByRole('img', { name: 'goose.png' })).toBeVisible();
	const chips = home.getByRole('list', { name: 'Goes with the message' });
	await expect(chips.getByRole('button', { name: 'Remove notes.txt' })).toBeVisible();
	await say(home, 'What stands alone?');
	await whole(home);
	await home.reload();
	await expect(sent(home)).toContainText('notes.txt');
	await answers(home).getByText('Passages from your files: 1').click();
	await answers(home).getByText('notes.txt').click();
	await expect(answers(home).getByText('Herons stand alone.')).toBeVisible();
	await sent(home).getByRole('button', { name: 'Open Image 1' }).click();
	await expect(home.getByRole('dialog').getByRole('img')).toBeVisible();
	await home.keyboard.press('Escape');
	await expect(home.getByRole('dialog')).toHaveCount(0);
});

test('several_models_answer_side_by_side_and_one_is_gone_on_with', async ({ home }) => {
	needsUpstream();
	await choose(home, loopback);
	await composer(home).click();
	for (const model of [slow, 'mock-reasoning']) {
		await home.keyboard.type(`@${model}`);
		await expect(home.getByRole('listbox', { name: 'Models' }).getByRole('option').first()).toContainText(model);
		await home.keyboard.press('Enter');
	}
	await home.keyboard.type('Count [[rate=200]]');
	await home.keyboard.press('Enter');
	const columns = home.getByRole('group', { name: 'Side by side' });
	await expect(columns.getByRole('article')).toHaveCount(2);
	for (const model of [slow, 'mock-reasoning']) {
		const answer = columns.getByRole('article', { name: `Answer of ${model}` });
		await expect(answer).toHaveAttribute('aria-busy', 'false', { timeout: 30_000 });
		await expect(answer.locator('.prose')).toContainText('t0');
	}
	await home.reload();
	await expect(columns.getByRole('article')).toHaveCount(2);
	await columns.getByRole('button', { name: 'Go on here' }).click();
	await expect(columns.locator('section').nth(1)).toContainText('The chat goes on here');
	await say(home, 'And on');
	await expect(sent(home)).toHaveCount(2);
	await expect(answers(home).first()).toContainText('t0');
});

test('an_answer_can_be_rated_read_raw_and_deleted', async ({ home }) => {
	await choose(home, loopback);
	await say(home, 'Hello');
	const answer = await whole(home);
	const bad = answer.getByRole('button', { name: 'Bad answer' });
	await bad.click();
	await answer.getByRole('textbox', { name: /What was wrong/ }).fill('It is no AI');
	await answer.getByRole('button', { name: 'Save' }).click();
	await expect(bad).toHaveAttribute('aria-pressed', 'true');
	await home.reload();
	await expect(bad).toHaveAttribute('aria-pressed', 'true');

	await answer.getByRole('button', { name: more }).click();
	await home.getByRole('menuitem', { name: 'Show the raw text' }).click();
	await expect(answer.locator('pre.raw')).toContainText('## This is the loopback model');

	await answer.getByRole('button', { name: more }).click();
	await home.getByRole('menuitem', { name: 'Delete' }).click();
	await home.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
	await expect(answers(home)).toHaveCount(0);
	await expect(sent(home)).toHaveCount(1);
	await home.reload();
	await expect(sent(home)).toHaveCount(1);
	await expect(answers(home)).toHaveCount(0);
});

test('another_model_answers_the_same_question', async ({ home }) => {
	needsUpstream();
	await choose(home, loopback);
	await say(home, 'Count [[rate=500]]');
	await whole(home);
	await expect(again(home)).toBeVisible();
	await answers(home).getByRole('button', { name: more }).click();
	await home.getByRole('menuitem', { name: 'Answer again with' }).press('ArrowRight');
	await home.getByRole('menuitem', { name: slow, exact: true }).click();
	await whole(home);
	await expect(home.getByRole('group', { name: '2 of 2' })).toBeVisible();
	expect(await tokens(home)).toBe(slowText);
});

test('a_template_is_put_in_by_a_slash', async ({ home }) => {
	await home.goto('/settings/prompts');
	await home.getByRole('button', { name: 'Add prompt' }).click();
	await home.getByRole('textbox', { name: 'Command' }).fill('summary');
	await home.getByRole('textbox', { name: 'Text' }).fill('Sum this up in three sentences: ');
	await home.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
	await expect(home.getByText('/summary')).toBeVisible();
	await home.getByRole('link', { name: 'New chat' }).first().click();
	await composer(home).fill('');
	await composer(home).pressSequentially('/sum');
	await expect(home.getByRole('option', { name: /summary/ })).toBeVisible();
	await home.keyboard.press('Enter');
	await expect(composer(home)).toHaveValue('Sum this up in three sentences: ');
});

test('formulas_and_diagrams_are_drawn_and_bring_nothing_from_elsewhere', async ({ home }) => {
	const foreign: string[] = [];
	home.on('request', (request) => {
		if (new URL(request.url()).origin !== new URL(home.url()).origin && !request.url().startsWith('data:'))
			foreign.push(request.url());
	});
	const diagram = '```mermaid\ngraph LR\n  A[Browser] --> B[API node] --> C[Worker]\n```';
	await openAnswers(home, [`Euler: $e^{i\\pi} + 1 = 0$\n\n$$\n\\sqrt{\\frac{a}{b}}\n$$\n\n${diagram}\n\nThe end.`]);
	const answer = answers(home).last();
	await expect(answer.locator('.math .katex')).toHaveCount(2);
	const strut = answer.locator('.math-display .strut').first();
	expect(await strut.evaluate((node) => (node as HTMLElement).style.height)).toMatch(/em$/);
	const frame = answer.locator('iframe');
	await expect(frame).toBeVisible({ timeout: 30_000 });
	await expect(home.frameLocator('iframe').locator('svg')).toContainText('API node');
	expect(foreign).toEqual([]);
});

test('a long answer is left alone where the reader is, and a pill leads to its end', async ({ home }) => {
	needsUpstream();
	await choose(home, slow);
	await say(home, 'Count [[tokens=1500 rate=60]]');
	await expect(answers(home).last()).toContainText('t600', { timeout: 60_000 });
	const box = home.locator('.thread');
	await box.hover();
	await home.mouse.wheel(0, -400);
	await expect(home.getByRole('button', { name: 'New text' })).toBeVisible();
	// The wheel turns on for a moment.
	const before = await box.evaluate(
		(node) =>
			new Promise<number>((resolve) => {
				let [top, same] = [node.scrollTop, 0];
				const look = () => {
					same = node.scrollTop === top ? same + 1 : 0;
					top = node.scrollTop;
					if (same >= 20) resolve(top);
					else requestAnimationFrame(look);
				};
				look();
			})
	);
	await expect(answers(home).last()).toContainText('t900', { timeout: 60_000 });
	expect(await box.evaluate((node) => node.scrollTop)).toBe(before);
	await home.getByRole('button', { name: 'New text' }).click();
	await expect(home.getByRole('button', { name: 'New text' })).toHaveCount(0);
	await expect
		.poll(() => box.evaluate((node) => node.scrollHeight - node.scrollTop - node.clientHeight))
		.toBeLessThan(5);
	await home.keyboard.press('Escape');
});
