import type { Message } from '$lib/api/types';

/** What an answer may draw on: ids of collections and of files. */
export type Sources = { collections: string[]; files: string[] };

export const noSources: Sources = { collections: [], files: [] };

/** Files that go with one message at most. */
export const mostFiles = 10;

export function sourcesOf(message: Message | undefined): Sources {
	return { collections: message?.sources?.collections ?? [], files: message?.sources?.files ?? [] };
}

/** The fields of a request; what is empty is left out. */
export function sourceFields(sources: Sources | undefined): Partial<Sources> {
	const { collections, files } = sources ?? noSources;
	return { ...(collections.length > 0 ? { collections } : {}), ...(files.length > 0 ? { files } : {}) };
}
