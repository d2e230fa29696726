import { admin, expect, signIn, test } from '../support';

test('the general settings say what differs from the default and can be undone', async ({ page, context }) => {
	await signIn(context, admin);
	await page.goto('/admin/general');
	const currency = page.getByRole('textbox', { name: 'Currency' });
	await expect(currency).toHaveValue('USD');
	const save = page.getByRole('button', { name: 'Save' });
	await expect(save).toBeDisabled();
	await currency.fill('chf');
	const note = page.getByText('Differs from the default: USD');
	await expect(note).toBeVisible();
	await expect(save).toBeEnabled();
	await note.locator('..').getByRole('button', { name: 'Back to the default' }).click();
	await expect(currency).toHaveValue('USD');
	await expect(note).toHaveCount(0);
	await expect(save).toBeDisabled();
	await page.getByRole('textbox', { name: 'Answers at a time' }).fill('3');
	await expect(page.getByText('Differs from the default: no bound')).toBeVisible();
	await page.getByRole('button', { name: 'Undo changes' }).click();
	await expect(page.getByText('Differs from the default: no bound')).toHaveCount(0);
});
