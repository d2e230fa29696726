import { Marked, type Token, type TokensList } from 'marked';
import { currentLanguage } from '$lib/i18n/index.svelte';
import { mathSyntax } from './math';
import { sanitise } from './sanitise';

export type Block =
	| { kind: 'prose'; html: string }
	/** `open`: the closing fence has not come yet. */
	| { kind: 'code'; language: string; text: string; open: boolean };

const marked = new Marked({
	gfm: true,
	breaks: false,
	renderer: {
		table(token) {
			const cell = (tag: string, text: string, align: string | null) =>
				`<${tag}${align ? ` align="${align}"` : ''}>${text}</${tag}>`;
			const head = token.header.map((h) => cell('th', this.parser.parseInline(h.tokens), h.align)).join('');
			const rows = token.rows
				.map((row) => `<tr>${row.map((c) => cell('td', this.parser.parseInline(c.tokens), c.align)).join('')}</tr>`)
				.join('');
			return `<div class="table-scroll" tabindex="0"><table><thead><tr>${head}</tr></thead><tbody>${rows}</tbody></table></div>`;
		}
	}
}).use(mathSyntax);

export function lex(source: string): TokensList {
	return marked.lexer(source);
}

/** Makes one top-level piece of markdown ready for the page; null for what draws nothing. */
export function blockFrom(token: Token): Block | null {
	if (token.type === 'space' || token.type === 'def') return null;
	if (token.type === 'code') {
		return { kind: 'code', language: languageOf(token.lang ?? ''), text: token.text, open: false };
	}
	const html = sanitise(marked.parser([token]));
	return html.trim() ? { kind: 'prose', html } : null;
}

/** What was read last, since a long chat draws a message again whenever it comes into sight. */
const read = new Map<string, Block[]>();
const most = 300;
/** Characters of a text that is worth keeping; of more there are few. */
const longest = 20_000;

/** The whole text at once, for what will not change any more. */
export function blocksOf(source: string): Block[] {
	// Some of the markup is in the page's own words.
	const key = `${currentLanguage()} ${source}`;
	let blocks = read.get(key);
	if (!blocks) {
		blocks = lex(source)
			.map(blockFrom)
			.filter((block) => block !== null);
		if (source.length > longest) return blocks;
		if (read.size >= most) read.delete(read.keys().next().value!);
		read.set(key, blocks);
	}
	return blocks;
}

/** The first word of a fence's info string. */
export function languageOf(info: string): string {
	return (/^\s*([^\s{,:]+)/.exec(info)?.[1] ?? '').toLowerCase();
}
