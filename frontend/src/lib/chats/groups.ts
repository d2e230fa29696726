import type { Chat } from '$lib/api/types';

export type Group = { name: 'today' | 'yesterday' | 'week' | 'older'; chats: Chat[] };

const dayMs = 86_400_000;

/** Splits chats, newest first, by the reader's own days. */
export function groupByDay(chats: Chat[], now = new Date()): Group[] {
	const today = new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime();
	const nameOf = (chat: Chat): Group['name'] => {
		const at = new Date(chat.updated_at).getTime();
		if (at >= today) return 'today';
		if (at >= today - dayMs) return 'yesterday';
		return at >= today - 6 * dayMs ? 'week' : 'older';
	};
	const groups: Group[] = [];
	for (const chat of chats) {
		const name = nameOf(chat);
		const last = groups.at(-1);
		if (last?.name === name) last.chats.push(chat);
		else groups.push({ name, chats: [chat] });
	}
	return groups;
}
