import { answers, call, choose, expect, pdf, say, sent, test, whole } from '../support';

const pages = [
	'Rivers and those who live in them. A report of one summer, with what was seen and what was only heard of.',
	'Otters hold hands while they sleep, so that none of them drifts away from the others in the night.',
	'Beavers build in autumn. Their dams keep the water for the whole valley, and nobody pays them for it.'
];
const three = [
	{ name: 'rivers.pdf', mimeType: 'application/pdf', buffer: pdf(pages) },
	{ name: 'notes.md', mimeType: 'text/markdown', buffer: Buffer.from('# Herons\n\nHerons stand alone in the shallows.') },
	{ name: 'birds.csv', mimeType: 'text/csv', buffer: Buffer.from('bird,eggs\nswan,6\ngoose,5\n') }
];

test('files_are_dropped_read_asked_about_and_opened_where_the_answer_points', async ({ home, context }) => {
	await home.goto('/settings/files');
	const target = home.getByRole('group', { name: 'Upload files' });
	const dropped = await home.evaluateHandle(
		(files) => {
			const transfer = new DataTransfer();
			for (const { name, type, base64 } of files) {
				const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
				transfer.items.add(new File([bytes], name, { type }));
			}
			return transfer;
		},
		three.map(({ name, mimeType, buffer }) => ({ name, type: mimeType, base64: buffer.toString('base64') }))
	);
	await target.dispatchEvent('drop', { dataTransfer: dropped });
	for (const { name } of three) {
		const row = home.getByRole('listitem').filter({ hasText: name });
		await expect(row).toContainText('Ready', { timeout: 90_000 });
	}
	await expect(home.getByRole('listitem').filter({ hasText: 'rivers.pdf' })).toContainText('3 pages');

	// Together in a collection, which a new chat offers to sum up.
	const { items } = await call(context.request, 'GET', '/api/v1/files');
	const collection = await call(context.request, 'POST', '/api/v1/collections', { name: 'The river' });
	for (const { id } of items) {
		await call(context.request, 'POST', `/api/v1/collections/${collection.id}/files`, { file_id: id });
	}
	await home.goto('/');
	await choose(home, 'Loopback (no AI)');
	await home.getByRole('button', { name: 'Sum up what is in “The river”' }).click();
	await expect(home.getByRole('list', { name: 'Goes with the message' })).toContainText('The river');
	await say(home, 'What do otters hold while they sleep?');
	await whole(home);
	await expect(sent(home)).toContainText('The river');
	const { number } = await cited(home.url());

	// The built-in model cites nothing; everything but its words is the server's own.
	await home.route('**/api/v1/chats/*/messages*', async (route) => {
		const response = await route.fetch();
		const body = await response.json();
		for (const message of body.items) {
			if (message.role === 'assistant') message.content = `They hold hands [${number}], so that none drifts away.`;
		}
		await route.fulfill({ response, json: body });
	});
	await home.reload();
	await answers(home)
		.getByRole('button', { name: `Passage ${number}` })
		.click();
	await expect(answers(home).getByText('so that none of them drifts away')).toBeVisible();
	await answers(home)
		.getByRole('button', { name: /^Show in the document/ })
		.locator('visible=true')
		.click();
	const sheet = home.getByRole('dialog', { name: 'rivers.pdf' });
	await expect(sheet.locator('[aria-current]')).toContainText('Otters hold hands');
	await expect(sheet.locator('[aria-current]')).toBeInViewport();
	await expect(sheet.getByText('page 2').first()).toBeVisible();
	const popup = context.waitForEvent('page');
	await sheet.getByRole('button', { name: 'Open the original' }).click();
	expect((await popup).url()).toMatch(/\/content\?.*#page=2$|^(?:about:blank|:)$/);
	await home.keyboard.press('Escape');
	await expect(sheet).toHaveCount(0);

	/** The passage about otters that the answer was given. */
	async function cited(address: string): Promise<{ number: number }> {
		const chat = new URL(address).pathname.split('/').pop();
		const { items } = await call(context.request, 'GET', `/api/v1/chats/${chat}/messages`);
		const citations: { number: number; page?: number; text: string }[] = items.at(-1).citations;
		const found = citations.find(({ text }) => text.includes('Otters'));
		expect(found, JSON.stringify(citations)).toMatchObject({ page: 2 });
		return found!;
	}
});
