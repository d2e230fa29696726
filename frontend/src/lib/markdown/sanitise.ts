import createPurifier, { type Config } from 'dompurify';
import { t } from '$lib/i18n/index.svelte';

const prose: Config = {
	ALLOWED_TAGS: [
		'a',
		'b',
		'blockquote',
		'br',
		'code',
		'dd',
		'del',
		'details',
		'div',
		'dl',
		'dt',
		'em',
		'h1',
		'h2',
		'h3',
		'h4',
		'h5',
		'h6',
		'hr',
		'i',
		'img',
		'input',
		'ins',
		'kbd',
		'li',
		'mark',
		'ol',
		'p',
		'pre',
		'q',
		's',
		'samp',
		'small',
		'span',
		'strong',
		'sub',
		'summary',
		'sup',
		'table',
		'tbody',
		'td',
		'tfoot',
		'th',
		'thead',
		'tr',
		'u',
		'ul',
		'var'
	],
	ALLOWED_ATTR: [
		'align',
		'alt',
		'checked',
		'class',
		'colspan',
		'dir',
		'disabled',
		'href',
		'lang',
		'open',
		'reversed',
		'rowspan',
		'src',
		'start',
		'tabindex',
		'title',
		'type',
		'value'
	],
	ALLOW_DATA_ATTR: false,
	ALLOW_ARIA_ATTR: false,
	ALLOW_UNKNOWN_PROTOCOLS: false
};

const code: Config = {
	ALLOWED_TAGS: ['span'],
	ALLOWED_ATTR: ['class'],
	ALLOW_DATA_ATTR: false,
	ALLOW_ARIA_ATTR: false
};

// Classes are the page's own style sheet; text from a model may ask only for these.
const classes =
	/^(?:language-[\w+#.-]+|table-scroll|math-inline|math-block|hljs-[\w-]+|(?:function|class|inherited|invoke)_+)$/;
const safeLink = /^(?:https?:\/\/|mailto:)/i;
// No dots and no percent signs: `/api/v1/files/../../x` is another address altogether.
const safeImage = /^(?:data:image\/(?:png|jpeg|gif|webp);base64,|\/api\/v1\/files\/[\w-]+(?:\/[\w-]+)*$)/i;

// KaTeX's own output: its classes are its style sheet's, its measures come in data-style, its source in an annotation.
const math: Config = {
	USE_PROFILES: { html: true, mathMl: true, svg: true },
	ADD_TAGS: ['semantics', 'annotation'],
	ADD_ATTR: ['data-style', 'encoding'],
	// It looks like an address to the purifier, and is none.
	ADD_URI_SAFE_ATTR: ['data-style'],
	FORBID_TAGS: ['a', 'img', 'image', 'style', 'form', 'input', 'button', 'use', 'foreignObject'],
	FORBID_ATTR: ['style', 'id', 'name', 'href', 'xlink:href', 'src'],
	ALLOW_DATA_ATTR: false
};

const purifier = createPurifier(window);
const mathPurifier = createPurifier(window);

purifier.addHook('afterSanitizeAttributes', (element) => {
	const kept = [...element.classList].filter((name) => classes.test(name));
	if (kept.length > 0) element.setAttribute('class', kept.join(' '));
	else element.removeAttribute('class');

	if (element.tagName === 'A') {
		const href = element.getAttribute('href') ?? '';
		if (safeLink.test(href)) {
			element.setAttribute('target', '_blank');
			element.setAttribute('rel', 'noopener noreferrer nofollow');
		} else element.removeAttribute('href');
	} else if (element.tagName === 'IMG') {
		const src = element.getAttribute('src') ?? '';
		if (!safeImage.test(src)) element.replaceWith(inPlaceOf(element, src));
	} else if (element.tagName === 'INPUT') {
		// Only the ticked boxes of a task list; a form field in an answer could pose as the page's own.
		if (element.getAttribute('type') !== 'checkbox') element.remove();
		else {
			element.setAttribute('disabled', '');
			element.setAttribute('aria-label', element.hasAttribute('checked') ? t('chat.task_done') : t('chat.task_open'));
		}
	} else {
		element.removeAttribute('href');
		element.removeAttribute('src');
	}
});

/** A picture on another host would tell that host who reads the answer, and when: it is shown as a link. */
function inPlaceOf(image: Element, src: string): Element {
	const label = image.getAttribute('alt')?.trim() || src;
	const document = image.ownerDocument;
	if (!/^https?:\/\//i.test(src) || image.closest('a')) {
		const span = document.createElement('span');
		span.textContent = label;
		return span;
	}
	const link = document.createElement('a');
	link.href = src;
	link.target = '_blank';
	link.rel = 'noopener noreferrer nofollow';
	link.textContent = label;
	return link;
}

/** The only way for text from a model or a user into the page as markup. */
export function sanitise(html: string): string {
	return purifier.sanitize(html, { ...prose, RETURN_TRUSTED_TYPE: false });
}

/** The same for a highlighter's output: coloured spans and nothing else. */
export function sanitiseCode(html: string): string {
	return purifier.sanitize(html, { ...code, RETURN_TRUSTED_TYPE: false });
}

/** The same for a formula as KaTeX draws it. */
export function sanitiseMath(html: string): string {
	return mathPurifier.sanitize(html, { ...math, RETURN_TRUSTED_TYPE: false });
}
