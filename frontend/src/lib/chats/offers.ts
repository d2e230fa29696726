/** One thing that a sign in the composer offers. */
export type Offer = { id: string; title: string; about: string };

export type Trigger = { kind: '@' | '#' | '/'; start: number; query: string };

/** Models that can be asked with one message. */
export const mostModels = 4;

/**
 * The sign before the caret that asks for something: `@` for a model and `#` for a collection at the start of any word,
 * `/` for a template at the start of the text. An address, a path or a heading is none of them.
 */
export function triggerAt(text: string, caret: number): Trigger | null {
	const match = /(^|\s)([@#][^\s@#]{0,60})$|^(\/[^\s/]{0,60})$/.exec(text.slice(0, caret));
	if (!match) return null;
	const word = match[2] ?? match[3]!;
	return { kind: word[0] as Trigger['kind'], start: caret - word.length, query: word.slice(1) };
}
