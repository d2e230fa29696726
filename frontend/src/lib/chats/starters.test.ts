import { expect, it } from 'vitest';
import type { Collection, Model } from '$lib/api/types';
import { startersFor } from './starters';

const model = (id: string, starters: string[] = []): Model => ({
	id,
	name: id.toUpperCase(),
	provider_id: id,
	starters
});
const collection = (id: string, files = 1): Collection => ({
	id,
	name: `Collection ${id}`,
	description: '',
	files,
	access: 'own',
	created_at: '',
	updated_at: ''
});

it('offers what anybody may ask where there is nothing else', () => {
	const found = startersFor('loopback', [model('loopback')], []);
	expect(found).toHaveLength(4);
	expect(found[0]!.text).toBe('Show me what this page can draw');
});

it('offers the collections that have something in them, drawn on by the message', () => {
	const found = startersFor('a', [model('a')], [collection('empty', 0), collection('1')]);
	expect(found.at(-1)).toEqual({
		text: 'Sum up what is in “Collection 1”',
		said: { content: 'Sum up what is in “Collection 1”', sources: { collections: ['1'], files: [] } }
	});
	expect(found).toHaveLength(4);
});

it('offers what an admin has set for the model', () => {
	const found = startersFor('a', [model('a', ['Ask me of geese', 'Or of herons'])], [collection('1')]);
	expect(found.map(({ text }) => text)).toEqual([
		'Ask me of geese',
		'Or of herons',
		'Sum up what is in “Collection 1”'
	]);
});

it('offers two models side by side', () => {
	const found = startersFor('a', [model('loopback'), model('a'), model('b')], []);
	expect(found.at(-1)!.said).toMatchObject({ model: 'a', others: ['b'] });
	expect(found).toHaveLength(4);
});
