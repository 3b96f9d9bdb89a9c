#!/usr/bin/env node
// Calls Reprise from Node: makes a memory, stores two units, looks a sentence up, prints the matches.
//
//   (cd examples/node && npm ci)
//   node examples/node/lookup.js --server 127.0.0.1:7420
'use strict';

const path = require('node:path');
const { parseArgs, promisify } = require('node:util');
const grpc = require('@grpc/grpc-js');
const protoLoader = require('@grpc/proto-loader');

// The API as the proto files say it; 64-bit numbers as strings, since a JavaScript number cannot hold them.
function loadApi(protoDir) {
  const files = ['memories', 'units', 'matches'].map((name) => `reprise/v1/${name}.proto`);
  const definition = protoLoader.loadSync(files, {
    includeDirs: [protoDir], keepCase: true, longs: String, enums: String, defaults: true, oneofs: true,
  });
  return grpc.loadPackageDefinition(definition).reprise.v1;
}

// A function that calls a method with a deadline of ten seconds and returns a promise.
function method(client, name) {
  const call = promisify(client[name].bind(client));
  return (request) => call(request, new grpc.Metadata(), { deadline: Date.now() + 10000 });
}

async function makeMemory(memories, memoryId) {
  try {
    await method(memories, 'CreateMemory')({ memory_id: memoryId });
  } catch (error) {
    if (error.code !== grpc.status.ALREADY_EXISTS) throw error;
  }
  return `memories/${memoryId}`;
}

// Stores rows of {locale: text}, each one unit; prints what became of each.
async function putUnits(units, memory, rows) {
  const items = rows.map((row) => ({
    unit: {
      source_locale: 'en',
      variants: Object.entries(row).map(([locale, text]) => ({ locale, content: { text }, origin: 'ORIGIN_HUMAN' })),
    },
  }));
  const { results } = await method(units, 'PutUnits')({ parent: memory, items });
  for (const r of results) console.log(`${r.outcome.padEnd(22)} ${r.unit || r.status.message}`);
}

// Looks one text up, prints its matches, best first, and returns how many there are.
async function lookUp(matches, memory, text, source, target) {
  const response = await method(matches, 'Lookup')({
    memories: [{ name: memory }],
    query: { content: { text }, source_locale: source, target_locale: target },
    options: { threshold: 70 },
  });
  console.log(`\n${source} -> ${target}: ${text}`);
  for (const m of response.matches) {
    const penalties = m.penalties.map((p) => `-${p.points} ${p.name}`).join(', ');
    console.log(`${String(m.score).padStart(4)} %  ${m.source.text}  =>  ${m.target.content.text}  ${penalties}`.trimEnd());
  }
  if (response.matches.length === 0) console.log('  no match');
  return response.matches.length;
}

async function main() {
  const { values } = parseArgs({
    options: {
      server: { type: 'string', default: '127.0.0.1:7420' },
      memory: { type: 'string', default: 'example-node' },
      proto: { type: 'string', default: path.join(__dirname, '..', '..', 'proto') },
    },
  });
  const api = loadApi(values.proto);
  const clients = ['Memories', 'Units', 'Matches'].map(
    (name) => new api[name](values.server, grpc.credentials.createInsecure()));
  try {
    const [memories, units, matches] = clients;
    const memory = await makeMemory(memories, values.memory);
    await putUnits(units, memory, [
      { en: 'The treaty was signed in spring.', fr: 'Le traité a été signé au printemps.', ja: '条約は春に調印されました。' },
      { en: 'The border is open.', fr: 'La frontière est ouverte.', ja: '国境は開いています。' },
    ]);
    const first = await lookUp(matches, memory, 'The treaty was signed in autumn.', 'en', 'fr');
    const second = await lookUp(matches, memory, 'La frontière est ouverte.', 'fr', 'ja');
    process.exitCode = first + second >= 2 ? 0 : 1;
  } finally {
    for (const client of clients) client.close();
  }
}

main().catch((error) => {
  console.error(error.code === undefined ? error : `the server answered ${grpc.status[error.code]}: ${error.details}`);
  process.exitCode = 1;
});
