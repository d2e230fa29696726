import type { HLJSApi, LanguageFn } from 'highlight.js';
import { sanitiseCode } from './sanitise';

type Loader = () => Promise<{ default: LanguageFn }>;

const languages: Record<string, Loader> = {
	bash: () => import('highlight.js/lib/languages/bash'),
	c: () => import('highlight.js/lib/languages/c'),
	cpp: () => import('highlight.js/lib/languages/cpp'),
	csharp: () => import('highlight.js/lib/languages/csharp'),
	css: () => import('highlight.js/lib/languages/css'),
	diff: () => import('highlight.js/lib/languages/diff'),
	dockerfile: () => import('highlight.js/lib/languages/dockerfile'),
	go: () => import('highlight.js/lib/languages/go'),
	graphql: () => import('highlight.js/lib/languages/graphql'),
	haskell: () => import('highlight.js/lib/languages/haskell'),
	ini: () => import('highlight.js/lib/languages/ini'),
	java: () => import('highlight.js/lib/languages/java'),
	javascript: () => import('highlight.js/lib/languages/javascript'),
	json: () => import('highlight.js/lib/languages/json'),
	kotlin: () => import('highlight.js/lib/languages/kotlin'),
	latex: () => import('highlight.js/lib/languages/latex'),
	lua: () => import('highlight.js/lib/languages/lua'),
	makefile: () => import('highlight.js/lib/languages/makefile'),
	markdown: () => import('highlight.js/lib/languages/markdown'),
	nginx: () => import('highlight.js/lib/languages/nginx'),
	perl: () => import('highlight.js/lib/languages/perl'),
	php: () => import('highlight.js/lib/languages/php'),
	powershell: () => import('highlight.js/lib/languages/powershell'),
	python: () => import('highlight.js/lib/languages/python'),
	r: () => import('highlight.js/lib/languages/r'),
	ruby: () => import('highlight.js/lib/languages/ruby'),
	rust: () => import('highlight.js/lib/languages/rust'),
	scala: () => import('highlight.js/lib/languages/scala'),
	scss: () => import('highlight.js/lib/languages/scss'),
	sql: () => import('highlight.js/lib/languages/sql'),
	swift: () => import('highlight.js/lib/languages/swift'),
	typescript: () => import('highlight.js/lib/languages/typescript'),
	xml: () => import('highlight.js/lib/languages/xml'),
	yaml: () => import('highlight.js/lib/languages/yaml')
};

const aliases: Record<string, string> = {
	'c#': 'csharp',
	'c++': 'cpp',
	cc: 'cpp',
	cs: 'csharp',
	docker: 'dockerfile',
	golang: 'go',
	gql: 'graphql',
	h: 'c',
	hpp: 'cpp',
	hs: 'haskell',
	html: 'xml',
	js: 'javascript',
	jsonc: 'json',
	jsx: 'javascript',
	kt: 'kotlin',
	make: 'makefile',
	md: 'markdown',
	mjs: 'javascript',
	patch: 'diff',
	pl: 'perl',
	ps1: 'powershell',
	py: 'python',
	rb: 'ruby',
	rs: 'rust',
	sh: 'bash',
	shell: 'bash',
	svelte: 'xml',
	svg: 'xml',
	tex: 'latex',
	toml: 'ini',
	ts: 'typescript',
	tsx: 'typescript',
	vue: 'xml',
	yml: 'yaml',
	zsh: 'bash'
};

// Colouring is a nicety; past this many characters it would cost the reader more than it gives.
const longest = 60_000;

/** What was coloured last, of texts that are short enough to be kept. */
const done = new Map<string, string>();
const most = 300;
const longestKept = 20_000;
const keyOf = (text: string, language: string) => `${language} ${text}`;

/** The coloured markup, if it is known already. */
export function highlighted(text: string, language: string): string | null {
	return done.get(keyOf(text, language)) ?? null;
}

let core: Promise<HLJSApi> | null = null;
const loaded = new Map<string, Promise<void>>();

/** Coloured markup for code in a known language; null where there is none, and the plain text stays. */
export async function highlight(text: string, language: string): Promise<string | null> {
	const name = aliases[language] ?? language;
	const loader = Object.hasOwn(languages, name) ? languages[name] : undefined;
	if (!loader || text.length > longest) return null;
	core ??= import('highlight.js/lib/core').then((module) => module.default);
	const api = await core;
	if (!loaded.has(name))
		loaded.set(
			name,
			loader().then((module) => api.registerLanguage(name, module.default))
		);
	await loaded.get(name);
	const html = sanitiseCode(api.highlight(text, { language: name, ignoreIllegals: true }).value);
	if (text.length > longestKept) return html;
	if (done.size >= most) done.delete(done.keys().next().value!);
	done.set(keyOf(text, language), html);
	return html;
}
