import { choose, composer, expect, needsUpstream, reaches, say, sent, slow, test, whole } from '../support';

test('what is sent while an answer is written waits, can be changed, and starts by itself', async ({ home }) => {
	needsUpstream();
	await choose(home, slow);
	await say(home, 'Count [[rate=3]]');
	await reaches(home, 3);
	for (const text of ['Never mind', 'And then']) {
		await composer(home).fill(text);
		await composer(home).press('Enter');
	}
	const waiting = home.getByRole('list', { name: 'Messages that wait for this answer' });
	await expect(waiting.getByRole('listitem')).toHaveCount(2);
	await waiting.getByRole('button', { name: 'Take the waiting message back' }).first().click();
	await expect(waiting.getByRole('listitem')).toHaveCount(1);
	await waiting.getByRole('button', { name: 'Edit the waiting message' }).click();
	await waiting.getByRole('textbox').fill('Hello [[tokens=3]]');
	await waiting.getByRole('button', { name: 'Save' }).click();
	await expect(waiting.getByText('Hello [[tokens=3]]')).toBeVisible();
	// It is kept by the server, not by the page.
	await home.reload();
	await expect(waiting.getByText('Hello [[tokens=3]]')).toBeVisible();
	await home.getByRole('button', { name: 'Stop', exact: true }).click();
	await expect(waiting).toBeHidden();
	await expect(sent(home).last()).toContainText('Hello');
	await whole(home);
});
