/** Languages that have a message file, by their own names. Each has every message of the English one. */
export const languages = {
	en: { name: 'English', dir: 'ltr' },
	de: { name: 'Deutsch', dir: 'ltr' },
	es: { name: 'Español', dir: 'ltr' },
	fr: { name: 'Français', dir: 'ltr' },
	'zh-CN': { name: '简体中文', dir: 'ltr' },
	ar: { name: 'العربية', dir: 'rtl' }
} as const;
export type Language = keyof typeof languages;

/** Where the choice of this device is kept. */
export const languageKey = 'skein.language';

/** The first of the wanted languages that there is; Chinese of any place is answered with Simplified Chinese. */
export function bestLanguage(wanted: readonly string[]): Language {
	const known = Object.keys(languages) as Language[];
	for (const tag of wanted) {
		const base = tag.toLowerCase().split('-')[0];
		const found =
			known.find((name) => name.toLowerCase() === tag.toLowerCase()) ??
			known.find((name) => name.split('-')[0] === base);
		if (found) return found;
	}
	return 'en';
}

/** What was chosen on this device. Throws where the browser keeps nothing. */
export function storedLanguage(): Language | 'browser' {
	const value = localStorage.getItem(languageKey);
	return value !== null && Object.hasOwn(languages, value) ? (value as Language) : 'browser';
}
