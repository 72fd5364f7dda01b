import { fastify } from 'fastify';

const app = fastify();
app.get('/', () => ({ ok: true }));
process.send?.(await app.listen({ port: 0, host: '127.0.0.1' }));
