import type { Collection, Model } from '$lib/api/types';
import { t } from '$lib/i18n/index.svelte';
import type { Said } from './conversation.svelte';

export type Starter = { text: string; said: Said };

/** How many are offered, and how many where an admin has set some. */
const count = 4;
const most = 6;

/** What a new chat may begin with: out of what this person has, then what anybody may ask. */
export function startersFor(model: string | null, models: Model[], collections: Collection[]): Starter[] {
	const own: Starter[] = collections
		.filter((collection) => collection.files > 0)
		.slice(0, 2)
		.map(({ id, name }) => {
			const text = t('chat.starter_collection', { name });
			return { text, said: { content: text, sources: { collections: [id], files: [] } } };
		});
	const first = models.find(({ id }) => id === model);
	// A node of an older version says nothing of them.
	const set = first?.starters ?? [];
	// Where an admin has thought about it, the page does not.
	if (set.length > 0) {
		return [...set.map((text) => ({ text, said: { content: text } })), ...own].slice(0, most);
	}
	const other = models.find(({ id }) => id !== model && id !== 'loopback');
	if (first && other && first.id !== 'loopback') {
		const text = t('chat.starter_compare', { one: first.name, other: other.name });
		own.push({ text, said: { content: '', model: first.id, others: [other.id] } });
	}
	// Those for anybody come first and stay where they are, since the others are known a moment later.
	const any = (['tour', 'explain', 'write', 'plan'] as const).map((one) => {
		const text = t(`chat.starter_${one}`);
		return { text, said: { content: text } };
	});
	return [...any.slice(0, Math.max(1, count - own.length)), ...own].slice(0, count);
}
