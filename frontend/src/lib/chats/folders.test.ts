import { expect, test } from 'vitest';
import type { Folder } from '$lib/api/types';
import { branches } from './folders.svelte';

const folder = (id: string, name: string, parent_id?: string) => ({ id, name, parent_id }) as Folder;

test('folders are in the order of their names, and one whose parent is gone is still there', () => {
	const tree = branches([
		folder('b', 'Part 10'),
		folder('a', 'part 9'),
		folder('c', 'Inner', 'b'),
		folder('d', 'Another', 'b'),
		folder('e', 'Lost', 'gone')
	]);
	expect(tree.map((branch) => [branch.folder.id, ...branch.inner.map((inner) => inner.id)])).toEqual([
		['e'],
		['a'],
		['b', 'd', 'c']
	]);
});
