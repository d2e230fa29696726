// OpenAI's own JavaScript client against /v1, configured by OPENAI_BASE_URL and OPENAI_API_KEY alone.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import OpenAI from 'openai';

const client = new OpenAI({ maxRetries: 0, timeout: 30_000 });
const tokens = (count) => Array.from({ length: count }, (_, number) => `t${number} `).join('');
const user = (content) => [{ role: 'user', content }];

test('models are listed', async () => {
	const ids = [];
	for await (const model of client.models.list()) ids.push(model.id);
	assert.ok(ids.includes('mock') && ids.includes('loopback'), ids.join());
});

test('an answer comes whole', async () => {
	const answer = await client.chat.completions.create({ model: 'mock', messages: user('hi [[tokens=5]]') });
	assert.equal(answer.choices[0].message.content, tokens(5));
	assert.equal(answer.usage.completion_tokens, 5);
});

test('an answer streams through the helper', async () => {
	const stream = client.chat.completions.stream({ model: 'mock', messages: user('hi [[tokens=50 rate=200]]') });
	let seen = '';
	stream.on('content', (delta) => (seen += delta));
	const answer = await stream.finalChatCompletion();
	assert.equal(seen, tokens(50));
	assert.equal(answer.choices[0].finish_reason, 'stop');
});

test('the helper runs a tool and answers with its result', async () => {
	let called;
	const runner = client.chat.completions.runTools({
		model: 'mock-tools',
		messages: user('weather?'),
		tools: [
			{
				type: 'function',
				function: {
					name: 'get_weather',
					description: 'The weather of a city.',
					parameters: { type: 'object', properties: { city: { type: 'string' } } },
					parse: JSON.parse,
					function: (args) => {
						called = args;
						return 'sunny';
					}
				}
			}
		]
	});
	await runner.done();
	assert.deepEqual(called, { city: 'text' });
});

test('texts become vectors', async () => {
	const answer = await client.embeddings.create({ model: 'mock-embed', input: ['one', 'two'] });
	assert.deepEqual(
		answer.data.map((item) => item.embedding.length),
		[64, 64]
	);
});

test('a response streams through the helper', async () => {
	const stream = client.responses.stream({ model: 'mock', input: 'hi [[tokens=9]]' });
	let seen = '';
	stream.on('response.output_text.delta', (event) => (seen += event.delta));
	const answer = await stream.finalResponse();
	assert.equal(seen, tokens(9));
	assert.equal(answer.output_text, tokens(9));
});

test('faults have the type that the client knows', async () => {
	await assert.rejects(
		client.chat.completions.create({ model: 'no-such-model', messages: user('hi') }),
		(error) => error instanceof OpenAI.NotFoundError && error.code === 'model_not_found'
	);
	const stranger = new OpenAI({ apiKey: 'sk-wrong', maxRetries: 0 });
	await assert.rejects(stranger.models.list(), OpenAI.AuthenticationError);
});

test('a reader that leaves harms nobody', async () => {
	const stream = await client.chat.completions.create({ model: 'mock-slow', messages: user('hi'), stream: true });
	for await (const _ of stream) break;
	stream.controller.abort();
	const answer = await client.chat.completions.create({ model: 'mock', messages: user('hi [[tokens=2]]') });
	assert.equal(answer.choices[0].message.content, tokens(2));
});
