import i18next from 'i18next';
import en from './en.json';
import { bestLanguage, languageKey, languages, storedLanguage, type Language } from './languages';

type Messages = typeof en;
type Plain<K extends string> = K extends `${infer Name}_one` | `${infer Name}_other` ? Name : K;
type Leaf<T, Path extends string = ''> = {
	[K in keyof T & string]: T[K] extends string ? Plain<`${Path}${K}`> : Leaf<T[K], `${Path}${K}.`>;
}[keyof T & string];
/** The name of a message: its place in the message file, without a plural's ending. */
export type TextKey = Leaf<Messages>;

export { bestLanguage, languages, type Language };

const files: Record<Exclude<Language, 'en'>, () => Promise<{ default: object }>> = {
	de: () => import('./de.json'),
	es: () => import('./es.json'),
	fr: () => import('./fr.json'),
	'zh-CN': () => import('./zh-CN.json'),
	ar: () => import('./ar.json')
};
const texts = i18next.createInstance();
void texts.init({
	lng: 'en',
	fallbackLng: 'en',
	ns: 'page',
	defaultNS: 'page',
	resources: { en: { page: en } },
	initAsync: false,
	showSupportNotice: false,
	interpolation: { escapeValue: false },
	returnNull: false
});

let language = $state<Language>('en');
let chosen = $state<Language | 'browser'>('browser');

async function show(next: Language) {
	if (next !== 'en' && !texts.hasResourceBundle(next, 'page')) {
		try {
			texts.addResourceBundle(next, 'page', (await files[next]()).default);
		} catch {
			// The file did not come: English is better than a page that does not start.
			next = 'en';
		}
	}
	await texts.changeLanguage(next);
	language = next;
	document.documentElement.lang = next;
	document.documentElement.dir = languages[next].dir;
}

/** Shows the page in the language that was chosen on this device, or in the browser's. */
export async function startLanguage() {
	chosen = storedLanguage();
	await show(chosen === 'browser' ? bestLanguage(navigator.languages) : chosen);
}

/** What was chosen, which is not always what is shown. */
export function languageChoice(): Language | 'browser' {
	return chosen;
}

export async function chooseLanguage(next: Language | 'browser') {
	if (next === 'browser') localStorage.removeItem(languageKey);
	else localStorage.setItem(languageKey, next);
	await startLanguage();
}

if (typeof window !== 'undefined') {
	addEventListener('storage', (event) => {
		if (event.key === languageKey) void startLanguage();
	});
}

/** The text of a message in the chosen language. Read inside markup it is drawn again when the language changes. */
export function t(key: TextKey, values?: Record<string, string | number>): string {
	void language;
	return texts.t(key, values) as string;
}

export function currentLanguage(): Language {
	return language;
}

const formats = new Map<string, Intl.DateTimeFormat | Intl.NumberFormat | Intl.RelativeTimeFormat>();
function format<T extends Intl.DateTimeFormat | Intl.NumberFormat | Intl.RelativeTimeFormat>(
	key: string,
	make: () => T
): T {
	const name = `${language}:${key}`;
	let known = formats.get(name);
	if (!known) formats.set(name, (known = make()));
	return known as T;
}

export function number(value: number): string {
	return format('number', () => new Intl.NumberFormat(language)).format(value);
}

/** An amount of money; small ones with as many digits as they need. */
export function money(value: number, currency: string): string {
	return format(
		`money:${currency}`,
		() => new Intl.NumberFormat(language, { style: 'currency', currency, maximumFractionDigits: 6 })
	).format(value);
}

export function dateTime(iso: string): string {
	return format(
		'dateTime',
		() => new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' })
	).format(new Date(iso));
}

export function date(iso: string): string {
	return format('date', () => new Intl.DateTimeFormat(language, { dateStyle: 'medium' })).format(new Date(iso));
}

export function timeOfDay(iso: string): string {
	return format('time', () => new Intl.DateTimeFormat(language, { timeStyle: 'short' })).format(new Date(iso));
}

/** A moment to come: the time of day while it is today, otherwise with its date. */
export function soon(iso: string): string {
	return new Date(iso).toDateString() === new Date().toDateString() ? timeOfDay(iso) : dateTime(iso);
}

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
	['day', 86_400],
	['hour', 3_600],
	['minute', 60]
];

/** "3 hours ago"; a date once it is more than a week away. */
export function ago(iso: string, now = Date.now()): string {
	const seconds = (new Date(iso).getTime() - now) / 1000;
	if (Math.abs(seconds) > 7 * 86_400) return date(iso);
	const relative = format('ago', () => new Intl.RelativeTimeFormat(language, { numeric: 'auto' }));
	for (const [unit, length] of steps) {
		if (Math.abs(seconds) >= length) return relative.format(Math.round(seconds / length), unit);
	}
	return relative.format(0, 'second');
}
