// Runs in the head before anything is drawn, as a file of its own: it sets theme and language, asks the server for what
// the page will need at once, and draws what can be drawn without the page's own scripts. Those come after the first
// paint where they have to be fetched, since they would only delay it.
import type { Early } from '../lib/early';
import { bestLanguage, languages, storedLanguage, type Language } from '../lib/i18n/languages';
import { kept } from '../lib/kept';
import { drawChat, drawFrame, drawNewChat, drawSignIn, type Say } from './draw';
import keys from './words.json';

/** Files that an address needs, by its kind; put in by the build, as are the texts, in the order of their keys. */
declare const PARTS: Record<'page' | 'door' | 'app' | 'chat', string[]> & {
	fonts: string;
	language: Partial<Record<Language, string>>;
};
declare const WORDS: Record<Language, string[]>;

const root = document.documentElement;

function read(key: string): string | null {
	try {
		return localStorage.getItem(key);
	} catch {
		return null;
	}
}

function languageHere(): Language {
	try {
		const chosen = storedLanguage();
		if (chosen !== 'browser') return chosen;
	} catch {
		// A browser that keeps nothing still says what it speaks.
	}
	return bestLanguage(navigator.languages);
}

const theme = read(kept.theme);
if (theme === 'light' || theme === 'dark' || theme === 'contrast') root.dataset.theme = theme;
const language = languageHere();
root.lang = language;
root.dir = languages[language].dir;

const say: Say = (key, name = '') => (WORDS[language][keys.indexOf(key)] ?? '').replace('{{name}}', name);

const path = location.pathname;
const chat = /^\/chat\/([0-9a-f-]{36})$/.exec(path)?.[1];
const inside = /^\/(?:$|chat\/|archived$|settings\b|admin\b|welcome$)/.test(path);
/** Who was here last; nobody where the last one signed out. */
const who = read(kept.who);
/** The files of the page are on this device already, as after a first visit. */
const warm = !!navigator.serviceWorker?.controller;

const answers: Early['answers'] = new Map();
function ask(address: string): Promise<Response> {
	const answer = fetch(address, { signal: AbortSignal.timeout(30_000) });
	// Whoever takes it is told; if nobody does, nobody needs to be.
	answer.catch(() => {});
	answers.set(address, answer);
	return answer;
}

let fill: ReturnType<typeof drawChat>['fill'] | undefined;

function draw(): boolean {
	const sheet = document.getElementById('early');
	if (!sheet) return false;
	const rail = read(kept.side) === 'rail' && innerWidth > 820;
	if (path === '/sign-in' && !who) sheet.append(drawSignIn(say));
	else if (!who || !inside) return false;
	else if (path === '/') sheet.append(drawFrame(say, rail, drawNewChat(say, who)));
	else if (chat) {
		const parts = drawChat(say);
		fill = parts.fill;
		sheet.append(drawFrame(say, rail, parts.node));
	} else {
		// No words that somebody would see earlier for it.
		sheet.append(drawFrame(say, rail));
		return false;
	}
	return true;
}

function fetchParts() {
	const fonts = document.createElement('link');
	fonts.rel = 'stylesheet';
	fonts.href = PARTS.fonts;
	document.head.append(fonts);
	const files = [...PARTS.page, ...(inside ? PARTS.app : PARTS.door), ...(chat ? PARTS.chat : [])];
	const own = PARTS.language[language];
	for (const file of own ? [...files, own] : files) {
		const link = document.createElement('link');
		const style = file.endsWith('.css');
		link.rel = style ? 'preload' : 'modulepreload';
		if (style) link.as = 'style';
		link.href = file;
		document.head.append(link);
	}
}

/** Ends with the first paint, or soon where the browser does not tell of it, as in a tab that is not seen. */
function painted(): Promise<void> {
	return new Promise((resolve) => {
		setTimeout(resolve, document.hidden ? 0 : 500);
		try {
			new PerformanceObserver((list) => {
				// A chat begins with an empty sheet where its messages take longer.
				if (list.getEntries().some(({ name }) => chat || name === 'first-contentful-paint')) resolve();
			}).observe({ type: 'paint', buffered: true });
		} catch {
			resolve();
		}
	});
}

const askWho = () => (inside || (path === '/sign-in' && who)) && void ask('/api/v1/me');
const messages = chat && ask(`/api/v1/chats/${chat}/messages?limit=40`);
if (chat) void ask(`/api/v1/chats/${chat}`);
// Later than this they would no longer be true.
setTimeout(() => answers.clear(), 15_000);

if (warm || chat || !who) askWho();
if (warm) fetchParts();

const drawn = new Promise<void>((resolve) => {
	document.addEventListener('DOMContentLoaded', () => {
		const something = draw();
		if (messages && fill) {
			void messages
				.then((answer) => (answer.ok ? answer.clone().json() : { items: [] }))
				.then(({ items }) => fill?.(items))
				.catch(() => {});
		}
		if (warm || !something) resolve();
		else void painted().then(resolve);
	});
}).then(() => {
	if (!answers.has('/api/v1/me')) askWho();
	if (!warm) fetchParts();
});

globalThis.skein = { answers, drawn };
