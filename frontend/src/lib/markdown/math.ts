import type { MarkedExtension, Tokens } from 'marked';
import { whenIdle } from '$lib/ui/idle';
import { sanitiseMath } from './sanitise';

// A formula ends before a blank line; so half of one never holds back the text after it.
const body = String.raw`(?:(?!\n[ \t]*\n)[\s\S])+?`;
const blockRule = new RegExp(
	String.raw`^ {0,3}(?:\$\$[ \t]*\n?(${body})\n?[ \t]*\$\$|\\\[[ \t]*\n?(${body})\n?[ \t]*\\\])[ \t]*(?:\n+|$)`
);
const doubleRule = new RegExp(String.raw`^(?:\$\$(${body})\$\$|\\\[(${body})\\\])`);
// Money is no formula: a dollar before a space opens nothing, and one before a digit closes nothing.
const inlineRule = new RegExp(
	String.raw`^(?:\\\((${body})\\\)|\$(?![\s$])((?:\\.|(?!\n[ \t]*\n)[^\\$])+?)(?<![\s\\])\$(?![\d$]))`
);

function token(type: string, match: RegExpExecArray | null, display: boolean): Tokens.Generic | undefined {
	if (!match) return undefined;
	const text = (match[1] ?? match[2] ?? '').trim();
	return text ? { type, raw: match[0], text, display } : undefined;
}

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const markup = ({ text, display }: Tokens.Generic) =>
	`<code class="math-${display ? 'block' : 'inline'}">${String(text).replace(/[&<>"]/g, (c) => escapes[c]!)}</code>`;

/** `$x$`, `\(x\)`, `$$x$$` and `\[x\]`. Each is markup that shows its source; `drawMath` makes it a formula. */
export const mathSyntax: MarkedExtension = {
	extensions: [
		{
			name: 'mathBlock',
			level: 'block',
			start: (source) => {
				const at = /(?:^|\n) {0,3}(?:\$\$|\\\[)/.exec(source);
				return at ? at.index + (at[0].startsWith('\n') ? 1 : 0) : undefined;
			},
			tokenizer: (source) => token('mathBlock', blockRule.exec(source), true),
			renderer: (found) => `<p>${markup(found)}</p>\n`
		},
		{
			name: 'mathInline',
			level: 'inline',
			start: (source) => {
				const at = source.search(/\$|\\[([]/);
				return at < 0 ? undefined : at;
			},
			tokenizer: (source) =>
				token('mathInline', doubleRule.exec(source), true) ?? token('mathInline', inlineRule.exec(source), false),
			renderer: markup
		}
	]
};

type Katex = (typeof import('katex'))['default'];
let katex: Katex | null = null;
let loading: Promise<Katex> | null = null;
// The block that is being written is drawn anew with every step; its formulas are not.
const drawn = new Map<string, string | null>();
const kept = 500;

async function load(): Promise<Katex> {
	loading ??= Promise.all([import('katex'), import('katex/dist/katex.min.css')]).then(
		([module]) => (katex = module.default)
	);
	return loading;
}

/** Markup for a formula; null for one that cannot be read, whose source stays. */
function formula(text: string, display: boolean): string | null {
	const key = `${display}:${text}`;
	const known = drawn.get(key);
	if (known !== undefined) return known;
	let html: string | null = null;
	try {
		const options = { displayMode: display, throwOnError: true, strict: false, trust: false } as const;
		// The content policy allows no style in markup; what the page sets by script is allowed.
		const text_ = katex!.renderToString(text, { ...options, maxSize: 40, maxExpand: 500 });
		html = sanitiseMath(text_.replaceAll(' style="', ' data-style="'));
	} catch {
		html = null;
	}
	if (drawn.size >= kept) drawn.delete(drawn.keys().next().value!);
	drawn.set(key, html);
	return html;
}

const properties =
	/^(?:height|width|min-width|top|left|bottom|margin(?:-\w+)?|padding(?:-\w+)?|vertical-align|border(?:-[\w-]+)?|color|background-color|position)$/;

function dress(element: HTMLElement) {
	for (const part of element.querySelectorAll<HTMLElement | SVGElement>('[data-style]')) {
		for (const rule of (part.getAttribute('data-style') ?? '').split(';')) {
			const [name, value] = rule.split(':').map((word) => word.trim());
			if (name && value && properties.test(name) && !/url|\(|\\/i.test(value)) part.style.setProperty(name, value);
		}
		part.removeAttribute('data-style');
	}
}

function fill(root: HTMLElement) {
	for (const source of root.querySelectorAll('code.math-inline, code.math-block')) {
		const display = source.classList.contains('math-block');
		const html = formula(source.textContent ?? '', display);
		if (html === null) continue;
		const drawing = document.createElement('span');
		drawing.className = display ? 'math math-display' : 'math';
		drawing.dir = 'ltr';
		if (display) drawing.tabIndex = 0;
		drawing.innerHTML = html;
		dress(drawing);
		source.replaceWith(drawing);
	}
}

/** Puts formulas in the place of their sources; KaTeX is loaded with the first one. */
export function drawMath(root: HTMLElement) {
	if (!root.querySelector('code.math-inline, code.math-block')) return;
	if (katex) fill(root);
	else {
		// Its source can be read until then, and what else is drawn does not wait for so large a program.
		whenIdle(() => {
			load().then(
				() => root.isConnected && fill(root),
				() => (loading = null)
			);
		});
	}
}
