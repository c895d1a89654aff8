/**
 * A guarded server of a fleet, for tests: answers POST with the action, says on its standard output where it listens
 * and whom it banned. Arguments: the address of Redis, and how many texts to verify at once.
 *
 * @module
 */
import { createServer } from 'node:http';
import { createFirewall } from 'edgeward';
import { openJudgement } from 'edgeward/judgement';
import { createRedisStore } from 'edgeward/stores/redis';

const [url, workers] = process.argv.slice(2) as [string, string];

const judgement = await openJudgement({
  // Everything is in doubt: what the verifier says decides.
  firewall: await createFirewall({ transformer: 'off', policy: { verify: 0, block: 1 } }),
  store: await createRedisStore({ url }),
  key: 'a key for the tests only',
  verifier: {
    name: 'word',
    async verify({ text }) {
      const attack = text.includes('zorb');
      return { attack, score: attack ? 0.99 : 0.01, reason: 'word' };
    },
  },
  terms: { banAt: 1 },
  workers: Number(workers),
  onEvent: ({ type, at }) => {
    if (type === 'banned') console.log(`banned ${at}`);
  },
});

const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const subject = String(request.headers['x-user']);
  const { action } = await judgement.guard(Buffer.concat(chunks).toString(), { subject });
  response.writeHead(action === 'block' ? 403 : 200).end(action);
});
server.listen(0, '127.0.0.1', () => console.log(`listening ${(server.address() as { port: number }).port}`));
