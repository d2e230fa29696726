// Ollama's own JavaScript client against the scripted model server: what our connections are tested with must be
// what a real Ollama would say. Configured by OLLAMA_HOST.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Ollama } from 'ollama';

const client = new Ollama({ host: process.env.OLLAMA_HOST });
const messages = [{ role: 'user', content: 'hi [[tokens=3]]' }];

test('models are listed and described', async () => {
	const { models } = await client.list();
	assert.ok(models.some((model) => model.name === 'mock'));
	assert.ok((await client.show({ model: 'mock' })).capabilities.includes('completion'));
});

test('an answer comes whole and as a stream', async () => {
	assert.equal((await client.chat({ model: 'mock', messages })).message.content, 't0 t1 t2 ');
	let text = '';
	for await (const part of await client.chat({ model: 'mock', messages, stream: true })) text += part.message.content;
	assert.equal(text, 't0 t1 t2 ');
});

test('texts become vectors', async () => {
	const { embeddings } = await client.embed({ model: 'mock-embed', input: ['one', 'two'] });
	assert.deepEqual(
		embeddings.map((vector) => vector.length),
		[64, 64]
	);
});

test('an unknown model is an error', async () => {
	await assert.rejects(client.chat({ model: 'no-such-model', messages }), /does not exist/);
});
