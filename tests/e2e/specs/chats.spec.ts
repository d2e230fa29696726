import { type Page } from '@playwright/test';
import { admin, answers, call, chats, composer, expect, say, sent, signIn, signUp, test, whole } from '../support';

/** A chat with this title, made behind the page's back. */
async function titled(page: Page, title: string): Promise<string> {
	const chat = await call(page.request, 'POST', '/api/v1/chats', { title });
	return chat.id;
}

const row = (page: Page, title: string) => chats(page).getByRole('link', { name: title });
const folder = (page: Page, name: string) => chats(page).getByRole('button', { name, exact: true });
const dialog = (page: Page, name: string) => page.getByRole('dialog', { name });

async function menu(page: Page, title: string, entry: string) {
	await page.getByRole('button', { name: `Actions for ${title}` }).click();
	await page.getByRole('menuitem', { name: entry, exact: true }).click();
}

test('chats_are_pinned_archived_and_copied_from_their_menu', async ({ home }) => {
	await titled(home, 'First geese');
	await titled(home, 'Second geese');
	await home.reload();
	await menu(home, 'First geese', 'Pin');
	await expect(chats(home).getByRole('heading', { name: 'Pinned' })).toBeVisible();
	await expect(chats(home).getByRole('link').first()).toHaveText('First geese');
	await menu(home, 'Second geese', 'Archive');
	await expect(row(home, 'Second geese')).toHaveCount(0);
	await menu(home, 'First geese', 'Duplicate');
	await expect(row(home, 'First geese (copy)')).toBeVisible();
	await expect(home).toHaveURL(/\/chat\//);

	await home.goto('/archived');
	await expect(home.getByRole('link', { name: 'Second geese' })).toBeVisible();
	await home.getByRole('button', { name: 'Take out of the archive' }).click();
	await expect(home.getByText('Nothing is archived.')).toBeVisible();
	await expect(row(home, 'Second geese')).toBeVisible();
});

test('folders_take_chats_by_the_mouse_and_by_the_keyboard', async ({ home }) => {
	await titled(home, 'By mouse');
	await titled(home, 'By keyboard');
	await home.reload();
	await chats(home).getByRole('button', { name: 'New folder' }).click();
	await home.getByRole('textbox', { name: 'Name of the folder' }).fill('Work');
	await home.keyboard.press('Enter');
	await expect(folder(home, 'Work')).toBeVisible();
	await row(home, 'By mouse').dragTo(folder(home, 'Work'));
	await expect(row(home, 'By mouse')).toHaveCount(0);

	await home.getByRole('button', { name: 'Actions for By keyboard' }).focus();
	await home.keyboard.press('Enter');
	await expect(home.getByRole('menuitem', { name: 'Pin', exact: true })).toBeFocused();
	await home.keyboard.type('Move');
	await expect(home.getByRole('menuitem', { name: 'Move to a folder' })).toBeFocused();
	await home.keyboard.press('Enter');
	await dialog(home, 'Move to a folder').getByRole('button', { name: 'Work' }).focus();
	await home.keyboard.press('Enter');
	await expect(dialog(home, 'Move to a folder')).toHaveCount(0);
	await folder(home, 'Work').focus();
	await home.keyboard.press('Enter');
	await expect(folder(home, 'Work')).toHaveAttribute('aria-expanded', 'true');
	await expect(row(home, 'By mouse')).toBeVisible();
	await expect(row(home, 'By keyboard')).toBeVisible();

	// The same after a reload, and out of it again.
	await home.reload();
	await expect(row(home, 'By mouse')).toBeVisible();
	await home.getByRole('button', { name: 'Actions for the folder Work' }).click();
	await home.getByRole('menuitem', { name: 'Delete' }).click();
	await dialog(home, 'Delete the folder').getByRole('button', { name: 'Delete' }).click();
	await expect(folder(home, 'Work')).toHaveCount(0);
	await expect(row(home, 'By mouse')).toBeVisible();
});

test('a_search_leads_to_the_message_and_shows_the_words', async ({ home }) => {
	await say(home, 'Tell me about wild barnacle geese');
	await whole(home);
	await titled(home, 'Nothing to see');
	await home.getByRole('button', { name: 'Search chats' }).click();
	await expect(home.getByRole('searchbox')).toBeFocused();
	await home.keyboard.type('barnac');
	const found = home.getByRole('list', { name: 'Found chats' });
	await expect(found.getByRole('link')).not.toHaveCount(0);
	await expect(found.locator('mark').first()).toHaveText('barnacle');
	await home.keyboard.press('ArrowDown');
	await home.keyboard.press('ArrowDown');
	await home.keyboard.press('Enter');
	await expect(home.getByRole('dialog', { name: 'Search chats' })).toHaveCount(0);
	await expect(home).toHaveURL(/\/chat\/[^?]+$/);
	await expect(sent(home).first()).toBeInViewport();
	await home.getByRole('button', { name: 'Search chats' }).click();
	await home.getByRole('searchbox').fill('albatross');
	await expect(home.getByText('Nothing was found for “albatross”.')).toBeVisible();
});

test('a_shared_chat_is_read_by_others_until_it_is_taken_back', async ({ home, browser }) => {
	await say(home, 'A question worth sharing');
	await whole(home);
	await home.getByRole('main').getByRole('button', { name: 'Share', exact: true }).click();
	const share = dialog(home, 'Share this chat');
	await share.getByRole('button', { name: 'Create link' }).click();
	const link = await share.getByRole('textbox', { name: 'Link' }).inputValue();

	const stranger = await browser.newContext();
	const other = await stranger.newPage();
	await other.goto(link);
	await expect(other.getByRole('heading', { name: 'Sign in to read this chat' })).toBeVisible();
	const account = await signUp(stranger);
	await call(stranger.request, 'POST', '/api/v1/auth/sign-out');
	await other.getByRole('link', { name: 'Sign in' }).click();
	await other.getByRole('textbox', { name: 'Email' }).fill(account.email);
	await other.getByRole('textbox', { name: 'Password' }).fill(account.password);
	await other.getByRole('button', { name: 'Sign in' }).click();
	await expect(other).toHaveURL(link);
	await expect(other.getByRole('article', { name: 'Question' })).toHaveText('A question worth sharing');
	await expect(answers(other)).toHaveCount(1);

	await share.getByRole('button', { name: 'Take back' }).click();
	await expect(share.getByRole('textbox', { name: 'Link' })).toHaveCount(0);
	await other.reload();
	await expect(other.getByRole('heading', { name: 'This link leads nowhere' })).toBeVisible();
	await stranger.close();
});

test('an_import_shows_what_would_come_and_brings_it_once', async ({ home }) => {
	const file = JSON.stringify([
		{
			id: 'e2e',
			title: 'From elsewhere',
			chat: {
				history: {
					currentId: 'a',
					messages: {
						q: { id: 'q', parentId: null, role: 'user', content: 'An old question' },
						a: { id: 'a', parentId: 'q', role: 'assistant', content: 'An old answer' }
					}
				}
			}
		},
		{ id: 'bad', title: 'Empty', chat: { history: { messages: {} } } }
	]);
	await home.goto('/settings/data');
	const choose = home.locator('input[type=file]');
	const upload = (name: string, text: string) =>
		choose.setInputFiles({ name, mimeType: 'application/json', buffer: Buffer.from(text) });
	await upload('chats.json', file);
	const card = home.getByRole('article', { name: 'chats.json' });
	await expect(card).toContainText('New chats: 1. Messages in them: 2.');
	await card.getByText('1 remark').click();
	await expect(card).toContainText('Chats that cannot be read: 1');
	await expect(row(home, 'From elsewhere')).toHaveCount(0);
	await card.getByRole('button', { name: 'Import', exact: true }).click();
	await expect(card).toContainText('Done. Imported chats: 1, messages: 2.');
	await row(home, 'From elsewhere').click();
	await expect(answers(home)).toContainText('An old answer');

	await home.goto('/settings/data');
	await upload('again.json', file);
	await expect(home.getByRole('article', { name: 'again.json' })).toContainText('There is nothing new in it.');
	await upload('none.json', 'no chats at all');
	const none = home.getByRole('article', { name: 'none.json' });
	await expect(none).toContainText('This file has no chats in a form that is known.');
});

test('tags_are_set_and_taken_away', async ({ home }) => {
	await titled(home, 'Tagged');
	await home.reload();
	await menu(home, 'Tagged', 'Tags');
	const tags = dialog(home, 'Tags');
	await tags.getByRole('textbox', { name: 'New tag' }).fill('Wild  Birds');
	await home.keyboard.press('Enter');
	await expect(tags.getByRole('list', { name: 'Tags of this chat' })).toContainText('wild birds');
	await tags.getByRole('button', { name: 'Remove the tag wild birds' }).click();
	await expect(tags.getByRole('list', { name: 'Tags of this chat' })).toHaveCount(0);
});

test('prompts_are_kept_and_models_are_looked_after', async ({ page, context }) => {
	await signIn(context, admin);
	await page.goto('/admin/prompts');
	const command = `c${Date.now().toString(36)}`;
	await page.getByRole('button', { name: 'Add prompt' }).click();
	await page.getByRole('textbox', { name: 'Command' }).fill(command);
	await page.getByRole('textbox', { name: 'Text' }).fill('Sum up {{text}}');
	await page.getByRole('button', { name: 'Save' }).click();
	await expect(page.getByText(`/${command}`)).toBeVisible();
	await page.getByRole('button', { name: `Delete “${command}”?` }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
	await expect(page.getByText(`/${command}`)).toHaveCount(0);

	await page.goto('/admin/models');
	const model = page.getByRole('listitem').filter({ hasText: 'loopback' }).first();
	await model.getByRole('button', { name: 'Edit' }).click();
	await page.getByRole('textbox', { name: 'Description' }).fill('Proves that this works');
	await page.getByRole('textbox', { name: 'Parameters' }).fill('not an object');
	await page.getByRole('button', { name: 'Save' }).click();
	await expect(page.getByText('must be a JSON object')).toBeVisible();
	await page.getByRole('textbox', { name: 'Parameters' }).fill('');
	await page.getByRole('button', { name: 'Save' }).click();
	await expect(page.getByRole('dialog')).toHaveCount(0);
});
