import { expect, it } from 'vitest';
import type { Chat } from '$lib/api/types';
import { groupByDay } from './groups';

const now = new Date(2026, 5, 15, 10, 0);
const chat = (id: string, day: number, hour: number) =>
	({ id, updated_at: new Date(2026, 5, day, hour).toISOString() }) as Chat;

it('splits chats by the days of the reader', () => {
	const groups = groupByDay(
		[chat('a', 15, 9), chat('b', 15, 0), chat('c', 14, 23), chat('d', 10, 1), chat('e', 2, 1)],
		now
	);
	expect(groups.map((group) => [group.name, group.chats.map((item) => item.id).join('')])).toEqual([
		['today', 'ab'],
		['yesterday', 'c'],
		['week', 'd'],
		['older', 'e']
	]);
});
