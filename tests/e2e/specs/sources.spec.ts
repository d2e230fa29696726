import { answers, call, choose, composer, expect, openAnswers, sent, test, upload, whole } from '../support';

const text = '# Otters\n\nOtters hold hands while they sleep, so that none drifts away.';

test('a_collection_is_drawn_on_by_a_hash_and_stays_with_the_chat', async ({ home, context }) => {
	const { request } = context;
	const file = await upload(request, 'otters.md', text);
	const collection = await call(request, 'POST', '/api/v1/collections', { name: 'Animals of rivers' });
	await call(request, 'POST', `/api/v1/collections/${collection.id}/files`, { file_id: file.id });
	await expect
		.poll(async () => (await call(request, 'GET', `/api/v1/files/${file.id}`)).state, { timeout: 30_000 })
		.toBe('ready');

	await choose(home, 'Loopback (no AI)');
	await composer(home).click();
	await home.keyboard.type('#riv');
	await expect(home.getByRole('listbox', { name: 'Collections' }).getByRole('option')).toContainText(
		'Animals of rivers'
	);
	await home.keyboard.press('Enter');
	await home.keyboard.type('What do otters hold?');
	const chips = home.getByRole('list', { name: 'Goes with the message' });
	await expect(chips).toContainText('Animals of rivers');
	await home.keyboard.press('Enter');
	await whole(home);
	await expect(sent(home)).toContainText('Animals of rivers');
	await answers(home).getByText('Passages from your files: 1').click();
	await answers(home).getByText('otters.md').click();
	await expect(answers(home).getByText('so that none drifts away')).toBeVisible();

	// The next question draws on it as well, also after a reload, until it is taken away.
	await expect(chips).toContainText('Animals of rivers');
	await home.reload();
	await expect(answers(home).getByText('Passages from your files: 1')).toBeVisible();
	await expect(chips).toContainText('Animals of rivers');
	await home.getByRole('button', { name: 'Remove Animals of rivers' }).click();
	await expect(chips).toHaveCount(0);
	await composer(home).fill('And without it?');
	await composer(home).press('Enter');
	await expect(answers(home)).toHaveCount(2);
	await whole(home);
	await expect(answers(home).last().getByText('Passages from your files')).toHaveCount(0);
	await expect(chips).toHaveCount(0);
});

test('a number in an answer leads to its passage', async ({ home }) => {
	const passage = (number: number) => ({
		number,
		file_id: '01890000-0000-7000-8000-00000000ffff',
		file_name: `notes-${number}.pdf`,
		page: number,
		heading: null,
		from: 0,
		to: 10,
		text: `What stands on page ${number}.`
	});
	await openAnswers(home, ['Geese fly [1], herons do not [2]. Neither is `list[1]`, and [7] is nothing.'], {
		citations: [passage(1), passage(2)]
	});
	const answer = answers(home).last();
	await expect(answer.locator('button.cite')).toHaveCount(2);
	await answer.getByRole('button', { name: 'Passage 2' }).press('Enter');
	await expect(answer.getByText('What stands on page 2.')).toBeVisible();
	await expect(answer.getByText('What stands on page 1.')).toBeHidden();
});
