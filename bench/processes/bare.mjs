// The baseline of durable accept: a bare Fastify route that parses the same request and answers the same, storing nothing.
import { fastify } from "fastify";

const server = fastify();
server.post("/v1/messages", (request, reply) => {
  const { conversationId, messageId, message } = request.body;
  reply.code(202).send({
    name: `conversations/${conversationId}/messages/${messageId}`,
    createTime: new Date().toISOString(),
    state: "QUEUED",
    fallbackText: message.text,
  });
});
process.send?.({ url: await server.listen({ port: 0, host: "127.0.0.1" }) });
process.on("message", () => process.exit(0));
// The benchmark is gone: so are we.
process.on("disconnect", () => process.exit(0));
