import { call, chats, choose, composer, expect, say, sent, test, whole } from '../support';

const about = 'It is in no list and no search';

test('a_temporary_chat_is_in_no_list_outlives_a_reload_and_goes_when_told', async ({ home, context }) => {
	await choose(home, 'Loopback (no AI)');
	const toggle = home.getByRole('button', { name: 'Temporary chat' });
	await toggle.click();
	await expect(toggle).toHaveAttribute('aria-pressed', 'true');
	await expect(home.getByText(about)).toBeVisible();
	await say(home, 'A heron that is nobody’s business');
	await whole(home);
	await expect(home.getByText('deleted 24 hours after its last message')).toBeVisible();
	const path = new URL(home.url()).pathname;
	await expect(chats(home).getByRole('listitem')).toHaveCount(0);
	await expect(home.getByRole('button', { name: 'Share' })).toHaveCount(0);

	await home.reload();
	await expect(sent(home)).toContainText('nobody’s business');
	await whole(home);
	await say(home, 'And one more');
	await whole(home);
	await expect(sent(home)).toHaveCount(2);

	// Neither another tab nor a search knows of it.
	const other = await context.newPage();
	await other.goto('/');
	await expect(composer(other)).toBeVisible();
	await expect(chats(other).getByRole('listitem')).toHaveCount(0);
	const found = await call(context.request, 'GET', '/api/v1/chats/search?query=heron');
	expect(found.items).toEqual([]);

	await home.getByRole('button', { name: 'End and delete' }).click();
	await home.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
	await expect(home).toHaveURL('/');
	await home.goto(path);
	await expect(home.getByRole('heading', { name: 'This chat is not here' })).toBeVisible();
});

test('a new chat is kept again after a temporary one', async ({ home }) => {
	await choose(home, 'Loopback (no AI)');
	await home.getByRole('button', { name: 'Temporary chat' }).click();
	await expect(home.getByText(about)).toBeVisible();
	await home.getByRole('link', { name: 'New chat' }).first().click();
	await expect(home.getByText(about)).toHaveCount(0);
	await say(home, 'A chat that stays');
	await whole(home);
	await expect(chats(home).getByRole('link', { name: 'A chat that stays' })).toBeVisible();
});
