import type { Citation, Message } from '$lib/api/types';
import { startAnswer, type LiveAnswer } from '$lib/stream/reducer';

export const pixel =
	'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

const common = {
	chat_id: '01890000-0000-7000-8000-000000000000',
	created_at: '2026-11-22T10:00:00Z',
	images: [],
	together: []
};

export const question: Message = {
	...common,
	id: '01890000-0000-7000-8000-000000000001',
	role: 'user',
	content: 'Why do geese fly in a skein?',
	images: [pixel],
	siblings: ['01890000-0000-7000-8000-000000000001', '01890000-0000-7000-8000-000000000002']
};

export const message: Message = {
	...common,
	id: '01890000-0000-7000-8000-000000000003',
	parent_id: question.id,
	role: 'assistant',
	content: 'Because each bird but the first rides on the **upwash** of the one before it.',
	model: 'loopback',
	siblings: ['01890000-0000-7000-8000-000000000003']
};

export const citations: Citation[] = [1, 2].map((number) => ({
	number,
	file_id: '01890000-0000-7000-8000-00000000000a',
	file_name: number === 1 ? 'geese.pdf' : 'a-file-with-a-very-long-name-that-has-to-be-cut-somewhere.md',
	page: number === 1 ? 12 : undefined,
	heading: number === 1 ? 'On the wing' : 'Herons',
	from: 0,
	to: 60,
	text: 'The bird at the front works hardest; after a while it falls back and another takes its place.'
}));

const live = (change: Partial<LiveAnswer>): LiveAnswer => ({ ...startAnswer('', { state: 'running' }), ...change });
const text = 'Because each bird but the first rides on';

/** Every state that an answer can be in. */
export const answerStates: { name: string; answer: LiveAnswer | undefined }[] = [
	{ name: 'stored', answer: undefined },
	{ name: 'waiting', answer: live({ state: 'queued' }) },
	{ name: 'waiting, with its place', answer: live({ state: 'queued', place: 3, waitSeconds: 12 }) },
	{ name: 'starting', answer: live({}) },
	{ name: 'thinking', answer: live({ reasoning: 'The first one works hardest. ' }) },
	{
		name: 'calling a tool',
		answer: live({ toolCalls: [{ index: 0, id: '1', name: 'weather', arguments: '{"place":"Lake Constance"}' }] })
	},
	{ name: 'writing', answer: live({ text }) },
	{ name: 'stopping', answer: live({ text }) },
	{ name: 'restarted', answer: live({ restarted: true }) },
	{ name: 'stopped', answer: live({ state: 'cancelled', text }) },
	{ name: 'at its length limit', answer: live({ state: 'completed', text, finishReason: 'length' }) },
	{
		name: 'failed',
		answer: live({ state: 'failed', text, error: { code: 'provider_timeout', message: 'No token for 60 s.' } })
	},
	{
		name: 'failed before the first word',
		answer: live({ state: 'failed', error: { code: 'provider_auth', message: 'Incorrect API key provided' } })
	}
];

export const markdown = `# First heading

## Second heading

A paragraph with **bold**, *italic*, ~~struck~~, \`code\`, a [link](https://example.com/) and $e^{i\\pi}+1=0$.

- one
- two
  - inside
- [x] done
- [ ] open

1. first
2. second

> Quoted, over
> two lines.

| name | number |
|---|--:|
| goose | 12 |
| heron | 1 |

\`\`\`rust
fn main() {
    println!("{}", (1..=4).map(|n| n.to_string()).collect::<Vec<_>>().join(", "));
}
\`\`\`

\`\`\`text
${Array.from({ length: 60 }, (_, line) => `line ${line + 1}`).join('\n')}
\`\`\`

$$
\\int_0^\\infty e^{-x^2}\\,dx = \\frac{\\sqrt{\\pi}}{2}
$$

\`\`\`mermaid
graph LR
  Browser --> Node[API node] --> Queue --> Worker
\`\`\`

![One pixel](${pixel})
`;
