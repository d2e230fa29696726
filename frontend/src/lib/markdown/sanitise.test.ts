import { describe, expect, it } from 'vitest';
import { blocksOf } from './render';
import { sanitise, sanitiseCode } from './sanitise';

function draw(markdown: string): HTMLElement {
	const root = document.createElement('div');
	root.innerHTML = blocksOf(markdown)
		.map((block) => (block.kind === 'prose' ? block.html : ''))
		.join('\n');
	return root;
}

const hostile = [
	'<script>alert(1)</script>',
	'<img src=x onerror=alert(1)>',
	'<img src="x" onerror="alert(1)" style="background:url(https://evil.test/a)">',
	'<svg onload=alert(1)><circle/></svg>',
	'<svg><script>alert(1)</script></svg>',
	'<svg><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>',
	'<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
	'<iframe src="javascript:alert(1)"></iframe>',
	'<iframe srcdoc="<script>alert(1)</script>"></iframe>',
	'<object data="javascript:alert(1)"></object>',
	'<embed src="https://evil.test/x.swf">',
	'<base href="https://evil.test/">',
	'<meta http-equiv="refresh" content="0;url=https://evil.test">',
	'<link rel="stylesheet" href="https://evil.test/x.css">',
	'<style>body{display:none}</style>',
	'<form action="https://evil.test"><input name="password" type="password"><button>Sign in</button></form>',
	'<input type="text" value="Your password">',
	'<input type="image" src="https://evil.test/x.png">',
	'<textarea autofocus onfocus=alert(1)></textarea>',
	'<details open ontoggle=alert(1)><summary>x</summary></details>',
	'<a href="javascript:alert(1)">x</a>',
	'<a href="JaVaScRiPt:alert(1)">x</a>',
	'<a href="java\nscript:alert(1)">x</a>',
	'<a href="&#106;avascript:alert(1)">x</a>',
	'<a href="vbscript:msgbox(1)">x</a>',
	'<a href="data:text/html,<script>alert(1)</script>">x</a>',
	'<a href="blob:https://evil.test/x">x</a>',
	'<a href="/api/v1/auth/sign-out">x</a>',
	'<a href="https://evil.test" target="_self" rel="opener">x</a>',
	'<a href="https://evil.test" ping="https://evil.test/ping">x</a>',
	'[x](javascript:alert(1))',
	'[x](data:text/html;base64,PHNjcmlwdD4=)',
	'[x]: javascript:alert(1)\n\n[x]',
	'![x](https://evil.test/track.png)',
	'![x](//evil.test/track.png)',
	'![x](javascript:alert(1))',
	'![x](data:image/svg+xml;base64,PHN2Zz4=)',
	'<img srcset="https://evil.test/a.png 1x" src="/api/v1/files/a">',
	'<video src="https://evil.test/x.mp4" autoplay></video>',
	'<audio controls src="https://evil.test/x.mp3"></audio>',
	'<picture><source srcset="https://evil.test/x.png"><img src="https://evil.test/y.png"></picture>',
	'<table background="https://evil.test/x.png"><tr><td background="https://evil.test/y.png">x</td></tr></table>',
	'<div style="position:fixed;inset:0">Session over, sign in again</div>',
	'<div class="dialog dialog-scrim">over everything</div>',
	'<div id="main" name="main">clobbered</div>',
	'<form id="x"><input name="attributes"></form>',
	'<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
	'<template><img src=x onerror=alert(1)></template>',
	'<button onclick=alert(1)>x</button>',
	'<p contenteditable onbeforeinput=alert(1)>x</p>',
	'<marquee onstart=alert(1)>x</marquee>',
	'<body onload=alert(1)>',
	'<x-card onclick=alert(1)>x</x-card>',
	'<a href="https://ok.test" onclick="alert(1)">x</a>',
	'<<script>alert(1)//<</script>',
	'<img """><script>alert(1)</script>">',
	'<p is="x-evil" slot="y" part="z">x</p>'
];

const forbiddenTags =
	'script,style,iframe,object,embed,base,meta,link,form,button,textarea,select,svg,math,video,audio,source,picture,template,noscript';
const kept = new Set(
	'align alt aria-label checked class colspan dir disabled href lang open rel reversed rowspan src start tabindex target title type value'.split(
		' '
	)
);

describe('hostile markdown', () => {
	it.each(hostile)('%s', (markdown) => {
		const root = draw(`before\n\n${markdown}\n\nafter`);
		expect(root.querySelector(forbiddenTags)).toBeNull();
		for (const element of root.querySelectorAll('*')) {
			expect(element.tagName).not.toContain('-');
			for (const { name, value } of element.attributes) {
				// `is` cannot be taken off an element, as it would be written out again: the purifier empties it.
				if (name === 'is') expect(value).toBe('');
				else expect(kept).toContain(name);
			}
			for (const name of element.classList)
				expect(name).toMatch(/^(language-|hljs-|table-scroll$|math-(inline|block)$)/);
		}
		for (const link of root.querySelectorAll('a[href]')) {
			expect(link.getAttribute('href')).toMatch(/^(https?:\/\/|mailto:)/i);
			expect(link.getAttribute('target')).toBe('_blank');
			expect(link.getAttribute('rel')).toContain('noopener');
		}
		for (const image of root.querySelectorAll('[src]')) {
			expect(image.tagName).toBe('IMG');
			expect(image.getAttribute('src')).toMatch(/^(data:image\/(png|jpeg|gif|webp);base64,|\/api\/v1\/files\/)/);
		}
		for (const input of root.querySelectorAll('input')) {
			expect(input.type).toBe('checkbox');
			expect(input.disabled).toBe(true);
		}
		// Cleaning twice changes nothing: the browser reads what was written as it was meant.
		expect(sanitise(root.innerHTML)).toBe(root.innerHTML);
	});
});

describe('harmless markdown', () => {
	it('keeps links, and opens them elsewhere', () => {
		const link = draw('[Skein](https://example.com/a?b=1#c)').querySelector('a')!;
		expect(link.getAttribute('href')).toBe('https://example.com/a?b=1#c');
		expect(link.getAttribute('target')).toBe('_blank');
	});

	it('shows a picture on another host as a link to it', () => {
		const root = draw('![A goose](https://example.com/goose.png)');
		expect(root.querySelector('img')).toBeNull();
		expect(root.querySelector('a')?.textContent).toBe('A goose');
		expect(root.querySelector('a')?.getAttribute('href')).toBe('https://example.com/goose.png');
	});

	it('does not put a link into a link', () => {
		const root = draw('[![A goose](https://example.com/goose.png)](https://example.com/)');
		expect(root.querySelectorAll('a')).toHaveLength(1);
		expect(root.querySelector('a')?.textContent).toBe('A goose');
	});

	it.each(['/api/v1/files/../../../x', '/api/v1/files/%2e%2e/me', '/api/v1/files/7/..', '/api/v1/files//evil.test/x'])(
		'asks for no picture at %s',
		(src) => {
			expect(draw(`<img src="${src}">`).querySelector('img')).toBeNull();
		}
	);

	it('keeps pictures that are here already', () => {
		expect(draw('![x](/api/v1/files/7/content)').querySelector('img')?.getAttribute('src')).toBe(
			'/api/v1/files/7/content'
		);
		expect(draw('![x](data:image/png;base64,iVBORw0KGgo=)').querySelector('img')).not.toBeNull();
	});

	it('keeps the boxes of a task list and the columns of a table', () => {
		const tasks = draw('- [x] done\n- [ ] open');
		expect([...tasks.querySelectorAll('input')].map((box) => box.checked)).toEqual([true, false]);
		const table = draw('| a | b |\n|---|--:|\n| 1 | 2 |');
		expect(table.querySelector('.table-scroll th[align="right"]')?.textContent).toBe('b');
	});

	it('shows what looks like markup in code as it is', () => {
		expect(draw('`<script>`').querySelector('code')?.textContent).toBe('<script>');
	});
});

it('lets only coloured spans through from a highlighter', () => {
	expect(sanitiseCode('<span class="hljs-keyword">let</span>')).toBe('<span class="hljs-keyword">let</span>');
	expect(
		sanitiseCode('<span class="dialog" style="top:0" onclick="x()">a</span><img src=x><a href="https://x">b</a>')
	).toBe('<span>a</span>b');
});
