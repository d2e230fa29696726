import { admin, expect, signIn, test } from '../support';

test('the administration shows who serves which queue, as a picture and as tables', async ({ page, context }) => {
	await signIn(context, admin);
	await page.goto('/admin/queues');
	const pools = page.getByRole('region', { name: 'Queues', exact: true });
	await expect(pools.getByRole('button')).toHaveCount(4);
	await expect(page.getByRole('region', { name: 'Workers' }).getByRole('listitem').first()).toContainText('at work');
	await pools.getByRole('button', { name: 'Jobs of Chat' }).click();
	await expect(page.getByRole('heading', { name: 'Jobs of Chat' })).toBeVisible();
	await page.getByRole('radio', { name: 'Table' }).click();
	await expect(page.getByRole('rowheader', { name: 'Embeddings' })).toBeVisible();
	// The address brings the same back.
	await page.reload();
	await expect(page.getByRole('table')).toHaveCount(2);
	await expect(page.getByRole('heading', { name: 'Jobs of Chat' })).toBeVisible();
});
