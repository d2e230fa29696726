import { firstName, greetingAt } from '../lib/chats/greeting';
import { strokes } from '../lib/ui/strokes';
import { plain } from './plain';

export type Say = (key: string, name?: string) => string;
type Child = Node | string;

/** Classes are those of styles/early.css; texts are set as text, whoever wrote them. */
function make(tag: string, kind: string, ...inner: Child[]): HTMLElement {
	const node = document.createElement(tag);
	if (kind) node.className = `early-${kind}`;
	node.append(...inner);
	return node;
}

function logo(size: number): SVGElement {
	const space = 'http://www.w3.org/2000/svg';
	const svg = document.createElementNS(space, 'svg');
	const set = { width: size, height: size, viewBox: '0 0 24 24', 'aria-hidden': 'true' };
	for (const [name, value] of Object.entries(set)) svg.setAttribute(name, String(value));
	for (const { d, opacity } of strokes) {
		const path = document.createElementNS(space, 'path');
		path.setAttribute('d', d);
		path.setAttribute('opacity', String(opacity));
		svg.append(path);
	}
	return svg;
}

function field(label: string, type: string, name: string, autocomplete: string): HTMLElement {
	const input = document.createElement('input');
	Object.assign(input, { type, name, autocomplete, className: 'early-input' });
	return make('label', 'field', label, input);
}

/** The way in. What is typed here is taken over by the page; nothing can be sent yet. */
export function drawSignIn(say: Say): HTMLElement {
	const link = make('a', '', say('sign_in.make_account'));
	link.setAttribute('href', '/sign-up');
	const button = make('button', 'button', say('sign_in.submit'));
	button.setAttribute('type', 'button');
	button.addEventListener('click', () => (button.dataset.sent = 'yes'));
	return make(
		'main',
		'lone',
		make(
			'div',
			'sheet',
			make('div', 'mark', logo(40)),
			make('div', 'words', make('h1', '', say('sign_in.title')), make('p', '', say('sign_in.lead'))),
			make(
				'div',
				'form',
				field(say('sign_in.email'), 'email', 'email', 'username'),
				field(say('sign_in.password'), 'password', 'password', 'current-password'),
				button
			),
			make('p', 'other', `${say('sign_in.new_here')} `, link)
		)
	);
}

function box(say: Say): HTMLElement {
	const area = document.createElement('textarea');
	Object.assign(area, { name: 'message', rows: 1, placeholder: say('composer.placeholder') });
	area.setAttribute('aria-label', say('composer.label'));
	area.dir = 'auto';
	// What is sent now goes when the page is there.
	area.addEventListener('keydown', (event) => {
		if (event.key !== 'Enter' || event.shiftKey || event.isComposing || !area.value.trim()) return;
		event.preventDefault();
		area.dataset.sent = 'yes';
		area.readOnly = true;
	});
	return make('div', 'box', make('i', 'dot'), area, make('i', 'dot act'));
}

/** The frame around every page of somebody who is signed in, with this in its middle. */
export function drawFrame(say: Say, rail: boolean, ...inner: Child[]): HTMLElement {
	const brand = make('div', 'brand', logo(24), ...(rail ? [] : [say('app.name')]));
	return make(
		'div',
		rail ? 'frame early-rail' : 'frame',
		make('div', 'side', brand),
		make('main', 'main', make('div', 'top'), ...inner)
	);
}

export function drawNewChat(say: Say, name: string): HTMLElement {
	const starters = ['tour', 'explain', 'write', 'plan'].map((one) => make('li', '', say(`chat.starter_${one}`)));
	const greeting = say(greetingAt(new Date().getHours()), firstName(name));
	return make(
		'div',
		'room',
		make('div', 'column', make('h1', '', greeting), box(say), make('ul', 'starters', ...starters))
	);
}

type Message = { role: string; content: string };

/** A chat before its messages have come; `fill` puts them in. */
export function drawChat(say: Say): { node: DocumentFragment; fill: (messages: Message[]) => void } {
	const column = make('div', 'column');
	const node = document.createDocumentFragment();
	node.append(make('div', 'thread', column), make('div', 'dock', box(say)));
	const fill = (messages: Message[]) => {
		const seen = messages.filter(({ role }) => role === 'user' || role === 'assistant').slice(-6);
		column.replaceChildren(
			...seen.map(({ role, content }) => {
				if (role === 'user') return make('div', 'bubble', content);
				const pieces = plain(content).map(({ code, text }) => {
					const piece = make(code ? 'pre' : 'p', '', text);
					piece.dir = code ? 'ltr' : 'auto';
					return piece;
				});
				return make('div', 'prose', ...pieces);
			})
		);
	};
	return { node, fill };
}
