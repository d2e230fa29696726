import { describe, expect, it } from 'vitest';
import { bestLanguage, chooseLanguage, languages, t, type Language } from './index.svelte';
import en from './en.json';

type Tree = { [name: string]: string | Tree };

const files = import.meta.glob<{ default: Tree }>('./*.json', { eager: true });
const others = Object.keys(languages).filter((name) => name !== 'en') as Language[];
const endings = ['zero', 'one', 'two', 'few', 'many', 'other'];
const ending = new RegExp(`_(?:${endings.join('|')})$`);

function leaves(tree: Tree, path = ''): Map<string, string> {
	const found = new Map<string, string>();
	for (const [name, value] of Object.entries(tree)) {
		if (typeof value === 'string') found.set(path + name, value);
		else for (const [key, text] of leaves(value, `${path}${name}.`)) found.set(key, text);
	}
	return found;
}

const english = leaves(en);
/** A plural is one message, however many forms a language has for it. */
const plurals = new Set(
	[...english.keys()].filter((key) => key.endsWith('_other')).map((key) => key.replace(ending, ''))
);
const nameOf = (key: string) => (plurals.has(key.replace(ending, '')) ? key.replace(ending, '') : key);
const names = new Set([...english.keys()].map(nameOf));
const marks = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort();

describe.each(others)('%s', (language) => {
	const texts = leaves(files[`./${language}.json`]!.default);

	it('has no message that English lacks', () => {
		expect([...texts.keys()].filter((key) => !names.has(nameOf(key)))).toEqual([]);
	});

	it('has every form of a plural', () => {
		const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
		const wanted = [...plurals].flatMap((name) => forms.map((form) => `${name}_${form}`));
		expect(wanted.filter((key) => !texts.has(key))).toEqual([]);
	});

	it('fills in the same values as English', () => {
		const wrong = [...texts].filter(([key, text]) => {
			const name = nameOf(key);
			const original = english.get(key) ?? english.get(`${name}_other`) ?? '';
			// "One chat" may leave the number out, and so may "two chats" in Arabic.
			const may = /_(?:zero|one|two)$/.test(key) && plurals.has(name);
			const wanted = marks(original).filter((mark) => !may || mark !== 'count');
			const has = marks(text).filter((mark) => !may || mark !== 'count');
			return wanted.join() !== has.join();
		});
		expect(wrong).toEqual([]);
	});

	it('lacks no message that English has', () => {
		const there = new Set([...texts.keys()].map(nameOf));
		expect([...names].filter((name) => !there.has(name))).toEqual([]);
	});
});

it('takes the first language of the browser that there is', () => {
	expect(bestLanguage(['pt-BR', 'fr-CA', 'en'])).toBe('fr');
	expect(bestLanguage(['zh-TW'])).toBe('zh-CN');
	expect(bestLanguage(['zh-cn'])).toBe('zh-CN');
	expect(bestLanguage(['tlh'])).toBe('en');
});

it('turns the page round for a language that is written from the right', async () => {
	await chooseLanguage('ar');
	expect(document.documentElement.dir).toBe('rtl');
	expect(document.documentElement.lang).toBe('ar');
	expect(t('common.save')).not.toBe('Save');
	await chooseLanguage('en');
	expect(document.documentElement.dir).toBe('ltr');
	expect(t('common.save')).toBe('Save');
});
