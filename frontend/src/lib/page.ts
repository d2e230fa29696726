import type { Page } from '$lib/api/types';

/** Every item of a short list that comes in pages, such as the keys of one account. Stops at 1,000. */
export async function everything<T>(read: (after: string | undefined) => Promise<Page<T>>): Promise<T[]> {
	const items: T[] = [];
	let after: string | undefined;
	do {
		const page = await read(after);
		items.push(...page.items);
		after = page.next ?? undefined;
	} while (after && items.length < 1000);
	return items;
}
